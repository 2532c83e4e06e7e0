"""France Travail's Liste des paiements, played from personas: the same checks in the same order, the same words."""

from typing import Literal

import msgspec

from providers._france_travail_simulateur import Erreur, accueillir, echouer, guichet, inconnu, refus, trouver
from providers._personas import Personas
from providers._simulateur import parametre, repondre
from providers._source import UpstreamRequest, UpstreamResponse
from providers.france_travail_indemnites_chomage.adapter import CHEMIN, LOGIN

NOM = "france_travail_indemnites_chomage"
GUICHET = guichet(NOM)


class PaiementDeclare(msgspec.Struct, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """A payment as a persona holds it: amounts are numbers of the YAML, answered as they are written."""

    date_paiement: str
    montant_paiement: float
    allocations: float
    aides: float = 0.0
    autres_paiements: float = 0.0


class Vue(msgspec.Struct, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """What France Travail paid to a persona, in its own words (see `messages`). Keys are in camel case in the YAML.

    Amounts are answered as they are written::

        statutInscription: true
        listePaiement:
          - {datePaiement: "{N}-01-03T00:00:00+01:00", montantPaiement: 1096.78, allocations: 1111.35}

    Registered or not, and paid nothing: `absent: inscrit` or `absent: desinscrit`; without any file of payments (204):
    `absent: dossier`. A failure of the source: `erreur: 429` (or 500, 502, 503, 504), or `erreur: delai`. A persona
    without a view is not known (404).
    """

    statut_inscription: bool = True
    liste_paiement: list[PaiementDeclare] = []
    absent: Literal["inscrit", "desinscrit", "dossier"] | None = None
    erreur: Erreur | None = None

    def __post_init__(self) -> None:
        """Refuse a file without payments that does not say so."""
        if not (self.absent or self.erreur or self.liste_paiement):
            message = "listePaiement est nécessaire, ou absent"
            raise ValueError(message)


def simulate(call: UpstreamRequest, personas: Personas) -> UpstreamResponse:
    """Issue a token, or answer the payments of who chose the identifier."""
    return accueillir(call, GUICHET, "GET", CHEMIN, personas) or _repondre(call, personas)


def _repondre(call: UpstreamRequest, personas: Personas) -> UpstreamResponse:
    login = parametre(call, LOGIN)
    if not login:
        return refus(400, f"{LOGIN} absent")
    persona = trouver(login, personas)
    vue = persona.vue(NOM, Vue) if persona else None
    if vue is None:
        return inconnu()
    if vue.erreur:
        return echouer(vue.erreur)
    if vue.absent == "dossier":
        return repondre(204)
    inscrit = vue.statut_inscription if vue.absent is None else vue.absent == "inscrit"
    return repondre(200, {"statutInscription": inscrit, "listePaiement": vue.liste_paiement})
