"""The CNOUS's grants API, played from personas: the same checks in the same order, the same words."""

import re
from typing import Any

import msgspec

from graph.identite import IdentitePivot
from providers._personas import Persona, Personas
from providers._simulateur import Guichet, comparable, entete, parametre, repondre
from providers._source import Paires, UpstreamRequest, UpstreamResponse
from providers.cnous_bourse_etudiante.adapter import (
    CHEMIN,
    CHEMIN_ETAT_CIVIL,
    CHEMIN_FRANCE_CONNECT,
    CIVILITES,
    jour_francais,
)
from providers.cnous_bourse_etudiante.messages import Recherche, RecherchePivot
from providers.cnous_bourse_etudiante.vues import Vue, rendre

NOM = "cnous_bourse_etudiante"
GUICHET = Guichet(NOM, path="/oauth/token", formulaire=False)
_INE = re.compile("[0-9A-Z]{11}", re.IGNORECASE)
_RENTREE = 9
_METHODES = {CHEMIN_ETAT_CIVIL: "POST", CHEMIN_FRANCE_CONNECT: "GET"}
_PANNE = "Service momentanément indisponible"
Boursiers = list[dict[str, Any]]


class _ParEtatCivil(Recherche, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """The body of a search, whose every other word is refused."""


class _ParFranceConnect(RecherchePivot, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of the other search, equally strict."""


def simulate(call: UpstreamRequest, personas: Personas) -> UpstreamResponse:
    """Issue a token, or answer the grant of the student who bears an INE, or an état civil."""
    if GUICHET.ouvre(call):
        return GUICHET.emettre(call, personas.aujourdhui)
    if not GUICHET.reconnait(call, personas.aujourdhui):
        return _refuser(401, "Jeton absent ou expiré", (("www-authenticate", 'Bearer error="invalid_token"'),))
    if call.path in _METHODES:
        return _par_etat_civil(call, personas)
    if call.path.startswith(f"{CHEMIN}/"):
        return _par_ine(call, personas)
    return repondre(404, {"message": "no Route matched with those values"})


def _par_ine(call: UpstreamRequest, personas: Personas) -> UpstreamResponse:
    if call.method != "GET":
        return _refuser(405, "Méthode non autorisée", (("allow", "GET"),))
    ine, annee = call.path.removeprefix(f"{CHEMIN}/"), parametre(call, "campaignYear")
    if not _INE.fullmatch(ine) or not (annee is None or re.fullmatch(r"\d{4}", annee, re.ASCII)):
        return _mauvais_parametres()
    trouves = personas.trouver(lambda persona: (persona.ine or "").upper() == ine.upper())
    boursiers = _boursiers(trouves, int(annee) if annee else None, personas)
    return boursiers if isinstance(boursiers, UpstreamResponse) else repondre(200, boursiers[0])


def _par_etat_civil(call: UpstreamRequest, personas: Personas) -> UpstreamResponse:
    methode = _METHODES[call.path]
    if call.method != methode:
        return _refuser(405, "Méthode non autorisée", (("allow", methode),))
    if (entete(call, "content-type") or "").partition(";")[0].strip() != "application/json":
        return _refuser(415, "Type de contenu non pris en charge")
    recherche = _lue(call)
    if recherche is None:
        return _mauvais_parametres()
    trouves = personas.trouver(lambda persona: _concorde(recherche, persona.pivot))
    boursiers = _boursiers(trouves, recherche.campaign_year, personas)
    return boursiers if isinstance(boursiers, UpstreamResponse) else repondre(200, boursiers)


def _lue(call: UpstreamRequest) -> Recherche | None:
    """Return a search, whichever way it came; None when it is out of form."""
    try:
        if call.path == CHEMIN_ETAT_CIVIL:
            lue: Recherche = msgspec.json.decode(call.body, type=_ParEtatCivil)
        else:
            pivot = msgspec.json.decode(call.body, type=_ParFranceConnect)
            lue = Recherche(
                last_name=pivot.family_name,
                first_names=pivot.given_name,
                birth_date=pivot.birthdate,
                birth_place=pivot.birthplace,
                civility=pivot.gender,
                campaign_year=pivot.campaign_year,
            )
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return lue if re.fullmatch(r"\d{2}/\d{2}/\d{4}", lue.birth_date, re.ASCII) else None


def _concorde(recherche: Recherche, pivot: IdentitePivot) -> bool:
    """Compare names without case or accents; the sex and the commune only when both sides know them."""
    return (
        comparable(recherche.last_name) == comparable(pivot.nom_naissance)
        and comparable(recherche.first_names.partition(",")[0]) == comparable(pivot.prenoms[0])
        and recherche.birth_date == jour_francais(pivot.naissance)
        and not (recherche.civility and pivot.sexe and recherche.civility != CIVILITES[pivot.sexe])
        and not (recherche.birth_place and pivot.code_commune and recherche.birth_place != pivot.code_commune)
    )


def _boursiers(trouves: list[Persona], annee: int | None, personas: Personas) -> Boursiers | UpstreamResponse:
    """Return every grant holder found, for a campaign; else the answer that there is none, or a failure."""
    aujourdhui = personas.aujourdhui
    voulue = annee or (aujourdhui.year if aujourdhui.month >= _RENTREE else aujourdhui.year - 1)
    vues = [(persona, vue) for persona in trouves if (vue := persona.vue(NOM, Vue)) and not vue.absent]
    panne = next((vue.erreur for _, vue in vues if vue.erreur), None)
    if panne:
        return _refuser(panne, _PANNE)
    rendus = [rendre(persona, vue, voulue) for persona, vue in vues if str(voulue) in vue.annees]
    return rendus or _refuser(404, "Étudiant(e) non trouvé(e)")


def _mauvais_parametres() -> UpstreamResponse:
    return _refuser(400, "Mauvais paramètres")


def _refuser(status: int, description: str, headers: Paires = ()) -> UpstreamResponse:
    return repondre(status, {"description": description, "code": status}, headers)
