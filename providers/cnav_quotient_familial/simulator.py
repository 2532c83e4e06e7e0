"""API-SECU's quotient familial, played from personas: the same checks in the same order, the same words."""

import re
from datetime import date
from typing import Literal

import msgspec

from graph.identite import IdentitePivot
from providers._api_secu import INCONNU_DU_SNGI, PERIODE_TROP_ANCIENNE, REGIME, SANS_RATTACHEMENT, Caisse, translitterer
from providers._api_secu_simulateur import accueillir, identifier, refuser
from providers._personas import Personas
from providers._simulateur import Guichet, parametre, repondre
from providers._source import UpstreamRequest, UpstreamResponse
from providers.cnav_quotient_familial.adapter import CHEMIN
from providers.cnav_quotient_familial.messages import Adresse, Dossier, Euros, Personne

NOM = "cnav_quotient_familial"
GUICHET = Guichet(NOM, scope="quotient_familial_v2")
#: The current month and the 23 before it.
_PROFONDEUR_MOIS = 23
_ANNEE_MOIS = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


class Membre(Personne, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """A person of the household as a persona holds it: a word that the source would not say is refused."""


class AdresseDeclaree(Adresse, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """The address as a persona holds it, equally strict."""


class Vue(msgspec.Struct, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
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
    """

    caisse: Literal["CNAF", "MSA"] = "CNAF"
    """Who holds the file. The MSA has no history: it answers the real-time quotient whatever the month."""
    quotient_familial: Euros | None = None
    """In euros, every month that `quotients` does not name; null when it cannot be computed."""
    quotients: dict[str, Euros | None] = {}
    """Exceptions per month, written `{N}-03`: year and two-digit month."""
    conjoint: Membre | None = None
    """Declared spouse; the persona is the first allocataire, from her own état civil."""
    enfants: list[Membre] = []
    adresse: AdresseDeclaree = AdresseDeclaree()
    absent: Literal["CNAF", "MSA", "RNCPS"] | None = None
    """The caisse that answers that it has no file (404 and X-APISECU-FD)."""
    erreur: Literal[429, 500, 502, 503, 504] | None = None
    """The status of a failure that this persona always meets."""


def simulate(call: UpstreamRequest, personas: Personas) -> UpstreamResponse:
    """Issue a token, or answer the quotient familial of one month of the persona that the SNGI recognises."""
    refus = accueillir(call, GUICHET, CHEMIN, personas.aujourdhui) or _mois_refuse(call, personas.aujourdhui)
    if refus:
        return refus
    persona = identifier(call, personas)
    if persona is None:
        return refuser(404, INCONNU_DU_SNGI, "Il n’a pas été possible d’identifier la personne")
    vue = persona.vue(NOM, Vue)
    if vue is None:
        return refuser(404, SANS_RATTACHEMENT, "Le répertoire ne contient aucun rattachement pour cette personne")
    return _incident(vue) or _dossier(vue, persona.pivot, _mois(call), personas.aujourdhui)


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


def _incident(vue: Vue) -> UpstreamResponse | None:
    if vue.erreur:
        return refuser(vue.erreur, vue.erreur * 100, "Le service est momentanément indisponible")
    if vue.absent:
        return refuser(404, 40404, "Le dossier de l’allocataire n’existe pas", Caisse[vue.absent])
    return None


def _dossier(vue: Vue, pivot: IdentitePivot, mois: str, aujourdhui: date) -> UpstreamResponse:
    """Answer the month asked, or at the MSA, which keeps no history, the current one without naming it."""
    calcul = mois if vue.caisse == "CNAF" else f"{aujourdhui:%Y-%m}"
    dossier = Dossier(
        allocataires=[_allocataire(pivot), *([vue.conjoint] if vue.conjoint else [])],
        enfants=list(vue.enfants) or None,
        adresse=vue.adresse,
        quotient_familial=vue.quotients.get(calcul, vue.quotient_familial),
        annee=int(calcul[:4]) if vue.caisse == "CNAF" else None,
        mois=int(calcul[5:]) if vue.caisse == "CNAF" else None,
    )
    return repondre(200, dossier, ((REGIME, Caisse[vue.caisse].value),))


def _allocataire(pivot: IdentitePivot) -> Personne:
    """Write an état civil as the caisses keep it: capitals without accents."""
    return Personne(
        nom_naissance=translitterer(pivot.nom_naissance).upper(),
        nom_usage=translitterer(pivot.nom_usage).upper() if pivot.nom_usage else None,
        liste_prenoms=translitterer(" ".join(pivot.prenoms)).upper(),
        date_naissance=str(pivot.naissance),
        genre=pivot.sexe.name if pivot.sexe else None,
    )
