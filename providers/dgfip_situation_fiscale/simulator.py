"""API Impôt Particulier, played from personas: the same checks in the same order, the same words."""

import re
import uuid
from typing import Any

import msgspec

from providers._personas import Personas
from providers._simulateur import Guichet, entete, reglage, repondre
from providers._source import UpstreamRequest, UpstreamResponse
from providers.dgfip_situation_fiscale.messages import (
    FORMAT_INCORRECT,
    MEDIA_TYPE,
    SPI_INCORRECT,
    Erreur,
    Refus,
    Situation,
)

NOM = "dgfip_situation_fiscale"
GUICHET = Guichet(NOM, scope="RessourceIR")
_ROUTE = re.compile(r"/impotparticulier/1\.0/spi/([^/]+)/situations/ir/assiettes/annrev/([^/]+)")
_SPI = re.compile(r"\d{13}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_META = {"versionApplication": "1.0.0", "versionApi": "1.0", "versionRessource": "v1"}


class Millesime(Situation, frozen=True, forbid_unknown_fields=True):
    """One income year as a persona holds it: a word that the source would not say is refused."""


class Vue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the DGFIP holds on a persona, in its own words (see `messages.Situation`)."""

    annees: dict[str, dict[str, Any]]
    """Per income year, written `{N-1}`: what is proper to that year."""
    foyer: dict[str, Any] = {}
    """What does not change from a year to the next: names, address, family."""

    def millesime(self, annee: str) -> Millesime | None:
        """Return one income year; None when there is no notice for it."""
        if annee not in self.annees:
            return None
        return msgspec.convert({**self.foyer, **self.annees[annee], "annRevenu": int(annee)}, Millesime)


def simulate(call: UpstreamRequest, personas: Personas) -> UpstreamResponse:
    """Issue a token, or answer the tax base of one income year of a persona who holds this numéro fiscal."""
    if GUICHET.ouvre(call):
        return GUICHET.emettre(call, personas.aujourdhui)
    if not GUICHET.reconnait(call, personas.aujourdhui):
        return _passerelle(401, "Invalid Credentials", (("www-authenticate", 'Bearer error="invalid_token"'),))
    route = _ROUTE.fullmatch(call.path)
    if not route:
        return _passerelle(404, "No matching resource found for given API Request")
    if call.method != "GET":
        return _passerelle(405, "Method not allowed", (("allow", "GET"),))
    return _entetes_refuses(call) or _repondre(route[1], route[2], personas)


def _entetes_refuses(call: UpstreamRequest) -> UpstreamResponse | None:
    """Check the headers of the contract: `ID_Teleservice` is optional there, but an unknown one has no right."""
    if not _UUID.fullmatch(entete(call, "x-correlation-id") or ""):
        return _erreur(400, "X-Correlation-ID incorrect")
    if MEDIA_TYPE not in re.split(r"[,;\s]+", entete(call, "accept") or ""):
        return _erreur(406, "Accept incorrect")
    if entete(call, "id_teleservice") not in (None, reglage(NOM, "id_teleservice")):
        return _erreur(403, "Téléservice non autorisé")
    return None


def _repondre(spi: str, annee: str, personas: Personas) -> UpstreamResponse:
    if not _SPI.fullmatch(spi):
        return _erreur(400, FORMAT_INCORRECT, SPI_INCORRECT)
    connus = personas.trouver(lambda persona: persona.numero_fiscal == spi)
    vue = connus[0].vue(NOM, Vue) if connus else None
    millesime = vue.millesime(annee) if vue else None
    if millesime is None:
        return _erreur(404, "Aucune situation trouvée")
    # The whole resource is larger: a caller must stand what it does not read.
    meta = _META | {"uuid": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{spi}/{annee}")), "uuidGenerated": True}
    corps = msgspec.to_builtins(millesime) | {"metaInfo": meta, "rev": {}}
    return UpstreamResponse(200, (("content-type", MEDIA_TYPE),), msgspec.json.encode(corps))


def _erreur(status: int, message: str, codeapp: str | None = None) -> UpstreamResponse:
    return repondre(status, Refus(Erreur(message, codeapp)))


def _passerelle(status: int, message: str, headers: tuple[tuple[str, str], ...] = ()) -> UpstreamResponse:
    """Answer as the API gateway does, before the application is reached."""
    return repondre(status, {"fault": {"code": status, "type": "Status report", "message": message}}, headers)
