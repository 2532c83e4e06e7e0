"""The GIP-MDS's API of contracts, played from personas: the same checks in the same order, the same words."""

import re
from typing import Any, Literal

import msgspec

from graph.identite import IdentitePivot
from providers._noms import nom_compare
from providers._personas import Persona, Personas
from providers._simulateur import Guichet, parametre, repondre
from providers._source import UpstreamRequest, UpstreamResponse
from providers.gip_mds_service_civique.adapter import (
    CHEMIN,
    HOMONYMES,
    INDIVIDU_INCONNU,
    NATURE,
    SANS_CONTRAT,
    naissance,
)
from providers.gip_mds_service_civique.messages import Contrat, Entreprise, Erreur, Etablissement, Refus

NOM = "gip_mds_service_civique"
GUICHET = Guichet(NOM)
_DATE = re.compile(r"\d{8}", re.ASCII)


class ContratDeclare(Contrat, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """A contract as a persona holds it: a word that the source would not say is refused."""

    nature_contrat: Literal["89"] = "89"
    date_fin_previsionnelle: str | None = None
    date_fin_contrat: str | None = None
    motif_rupture: str | None = None


class EtablissementDeclare(Etablissement, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """An establishment as a persona holds it, equally strict."""

    contrat: tuple[ContratDeclare, ...]


class EntrepriseDeclaree(Entreprise, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """A company as a persona holds it, equally strict."""

    siren: str
    etablissement: tuple[EtablissementDeclare, ...]


class Vue(msgspec.Struct, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """What the GIP-MDS holds on a persona, in its own words (see `messages`).

    Dates follow the school year that began in `{R}`::

        entreprise:
          - siren: "130025265"
            raisonSociale: DIRECTION INTERMINISTERIELLE DU NUMERIQUE
            etablissement:
              - siret: "13002526500013"
                contrat:
                  - {dateDebutContrat: "{R}-09-01", dateFinPrevisionnelle: "{R+1}-08-31"}
                  - {dateDebutContrat: "{R-2}-09-01", dateFinContrat: "{R-1}-05-31", motifRupture: "031"}

    A person without any contract, which is an answer: `entreprise: []`. A failure of the source: `erreur: 429` (or 500,
    502, 503, 504). A persona without a view is unknown there; two who share names and birth date are too many.
    """

    entreprise: tuple[EntrepriseDeclaree, ...] = ()
    erreur: Literal[429, 500, 502, 503, 504] | None = None
    """The status of a failure that this persona always meets."""

    @property
    def sans_contrat(self) -> bool:
        """Whether no establishment declared anything."""
        return not any(un.contrat for entreprise in self.entreprise for un in entreprise.etablissement)


def simulate(call: UpstreamRequest, personas: Personas) -> UpstreamResponse:
    """Issue a token, or answer the contracts of the one person who bears an identity."""
    if GUICHET.ouvre(call):
        return GUICHET.emettre(call, personas.aujourdhui)
    refus = _appel_refuse(call, personas)
    return refus or _individu(personas.trouver(lambda persona: _concorde(call, persona.pivot)))


def _appel_refuse(call: UpstreamRequest, personas: Personas) -> UpstreamResponse | None:
    if not GUICHET.reconnait(call, personas.aujourdhui):
        return _refuser(401, "UNAUTHORIZED", "Jeton absent, incorrect ou expiré.")
    if call.path != CHEMIN:
        return _refuser(404, "NOT_FOUND", "Ressource inconnue.")
    if call.method != "GET":
        return _refuser(405, "METHOD_NOT_ALLOWED", "Méthode non autorisée.")
    if not _parametres_corrects(call):
        return _refuser(400, "BAD_REQUEST", "Paramètre absent ou incorrect.")
    return None


def _parametres_corrects(call: UpstreamRequest) -> bool:
    """Check the parameters; only contracts of the civic service may be asked for, with a certified comparison."""
    nom = parametre(call, "nom") or ""
    return bool(
        nom.strip()
        and nom == nom.upper()
        and (parametre(call, "prenom") or "").strip()
        and _DATE.fullmatch(parametre(call, "dateNaissance") or "")
        and parametre(call, "listeCodeNature") == NATURE
        and parametre(call, "comparaisonCertifiee") == "1"
    )


def _concorde(call: UpstreamRequest, pivot: IdentitePivot) -> bool:
    """Compare the surname, the first given name and the birth date: the source knows neither the sex nor the place."""
    return (
        nom_compare(parametre(call, "nom") or "") == nom_compare(pivot.nom_naissance)
        and nom_compare(parametre(call, "prenom") or "") == nom_compare(pivot.prenoms[0])
        and parametre(call, "dateNaissance") == naissance(pivot)
    )


def _individu(trouves: list[Persona]) -> UpstreamResponse:
    if len(trouves) > 1:
        return _refuser(413, HOMONYMES, "Plusieurs individus correspondent aux critères.")
    vue = trouves[0].vue(NOM, Vue) if trouves else None
    if vue is None:
        return _refuser(404, INDIVIDU_INCONNU, "Aucun individu ne correspond aux critères.")
    if vue.erreur:
        return _refuser(vue.erreur, "SERVICE_UNAVAILABLE", "Service momentanément indisponible.")
    if vue.sans_contrat:
        return _refuser(404, SANS_CONTRAT, "Aucun contrat ne correspond aux critères.")
    individu = _sngi(trouves[0].pivot) | {"entreprise": vue.entreprise}
    return repondre(200, {"individu": individu, "retour": {"codeRetour": "OK", "message": "Pas d'erreur."}})


def _sngi(pivot: IdentitePivot) -> dict[str, Any]:
    """Return an identity as the SNGI writes it: capitals without accents."""
    return {
        "nomFamilleSngi": nom_compare(pivot.nom_naissance),
        "prenomsSngi": nom_compare(" ".join(pivot.prenoms)),
        "dateNaissanceSngi": naissance(pivot),
    }


def _refuser(status: int, code: str, message: str) -> UpstreamResponse:
    return repondre(status, Refus((Erreur(code, message),)))
