"""API-SECU's quotient familial, played from personas: the same checks in the same order, the same words."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Literal

import msgspec

from graph.identite import IdentitePivot
from providers._api_secu import PERIODE_TROP_ANCIENNE, REGIME, Caisse
from providers._api_secu_foyer import Entier, Membre, Personne, VueFoyer, ecrire_allocataire, trouver
from providers._api_secu_simulateur import accueillir, refuser
from providers._personas import Personas
from providers._simulateur import Guichet, parametre, repondre
from providers._source import UpstreamRequest, UpstreamResponse
from providers.cnav_quotient_familial.adapter import CHEMIN
from providers.cnav_quotient_familial.messages import Dossier

NOM = "cnav_quotient_familial"
GUICHET = Guichet(NOM, scope="quotient_familial_v2")
#: The current month and the 23 before it.
_PROFONDEUR_MOIS = 23
_ANNEE_MOIS = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


class Vue(VueFoyer, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """What API-SECU holds on a persona, in its own words (see `messages`). Keys are in camel case in the YAML.

    A file::

        caisse: CNAF
        quotientFamilial: 1200
        quotients: {"{N-1}-12": 1150, "{N}-01": null}
        conjoint: {nomNaissance: "...", listePrenoms: "ANNE MARIE", dateNaissance: "1988-02-00", genre: F}
        enfants: [{nomNaissance: "...", listePrenoms: "...", dateNaissance: "2012-04-00", genre: M}]
        adresse: {identite: "...", numeroLibelleVoie: "...", codePostalVille: "...", pays: FRANCE}

    No file: `absent: CNAF` (or MSA, RNCPS). A failure of the source: `erreur: 429` (or 500, 502, 503, 504).
    A persona without a view is known to the SNGI and affiliated to no caisse (404/40406).
    The MSA has no history: it answers the real-time quotient whatever the month.
    """

    quotient_familial: Entier | None = None
    """In euros, every month that `quotients` does not name; null when it cannot be computed."""
    quotients: Mapping[str, Entier | None] = msgspec.field(default_factory=dict)
    """Exceptions per month, written `{N}-03`: year and two-digit month."""
    conjoint: Membre | None = None
    """Declared spouse; the persona is the first allocataire, from her own état civil."""
    enfants: tuple[Membre, ...] = ()
    absent: Literal["CNAF", "MSA", "RNCPS"] | None = None


def simulate(call: UpstreamRequest, personas: Personas) -> UpstreamResponse:
    """Issue a token, or answer the quotient familial of one month of the persona that the SNGI recognises."""
    refus = accueillir(call, GUICHET, CHEMIN, personas.aujourdhui) or _mois_refuse(call, personas.aujourdhui)
    if refus:
        return refus
    trouve = trouver(call, personas, NOM, Vue)
    return trouve if isinstance(trouve, UpstreamResponse) else _dossier(*trouve, _mois(call), personas.aujourdhui)


def _mois(call: UpstreamRequest) -> str:
    return f"{parametre(call, 'anneeDemandee')}-{parametre(call, 'moisDemande')}"


def _mois_refuse(call: UpstreamRequest, aujourdhui: date) -> UpstreamResponse | None:
    mois = _ANNEE_MOIS.fullmatch(_mois(call))
    if mois is None:
        return refuser(400, 40026, "Année ou mois incorrect")
    anciennete = (aujourdhui.year - int(mois[1])) * 12 + aujourdhui.month - int(mois[2])
    if anciennete < 0:
        return refuser(400, 40026, "Année ou mois dans le futur")
    if anciennete > _PROFONDEUR_MOIS:
        return refuser(400, PERIODE_TROP_ANCIENNE, "La période demandée est trop ancienne")
    return None


def _dossier(pivot: IdentitePivot, vue: Vue, mois: str, aujourdhui: date) -> UpstreamResponse:
    """Answer the month asked, or at the MSA, which keeps no history, the current one without naming it."""
    calcul = mois if vue.caisse == "CNAF" else f"{aujourdhui:%Y-%m}"
    dossier = Dossier(
        allocataires=[ecrire_allocataire(pivot, Personne), *([vue.conjoint] if vue.conjoint else [])],
        enfants=list(vue.enfants) or None,
        adresse=vue.adresse,
        quotient_familial=vue.quotients.get(calcul, vue.quotient_familial),
        annee=int(calcul[:4]) if vue.caisse == "CNAF" else None,
        mois=int(calcul[5:]) if vue.caisse == "CNAF" else None,
    )
    return repondre(200, dossier, ((REGIME, Caisse[vue.caisse].value),))
