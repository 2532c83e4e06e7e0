"""The DSNJ's API `dln1f`, played from personas: the same checks in the same order, the same words."""

import re
from typing import Any, Literal

import msgspec

from graph.identite import FRANCE
from graph.identite import IdentitePivot as Pivot
from providers._noms import nom_compare
from providers._personas import Persona, Personas
from providers._simulateur import entete, reglage, repondre
from providers._source import Paires, UpstreamRequest, UpstreamResponse
from providers.dsnj_service_national.adapter import AGENT, CHEMIN, GENRES
from providers.dsnj_service_national.messages import IdentitePivot, IdentiteRendue, Refus

NOM = "dsnj_service_national"
CLE, PREFIXE = "api_key", "Bearer "
#: The one word of failure that is documented.
_ECHEC = "ERREUR_TECHNIQUE"
_NOM = re.compile("[A-Z' -]+")
_PRENOM = re.compile("[A-Za-z' -]+")
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.ASCII)
_PAYS = re.compile(r"99\d{3}|92352", re.ASCII)
_COMMUNE = re.compile(r"([013-9]\d|2[AB1-9])\d{3}", re.ASCII)


class Vue(msgspec.Struct, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """What the DSNJ holds on a persona, in its own words (see `messages.Trouve`).

    `{enRegle: Pas en règle, complement: JDC non effectuée}`. The person has to be from 16 to 25 years old, else nothing
    is asked. A failure of HTTP: `erreur: 429` (or 500, 502, 503, 504); of the application: `erreur: ERREUR_TECHNIQUE`,
    answered with a 200. A persona without a view is not known (`NON_TROUVE`).
    """

    en_regle: Literal["En règle", "Pas en règle", "Indéterminé", "Non concerné"] = "En règle"
    complement: str | None = None
    identite_rendue: IdentiteRendue | None = None
    """Whom the answer is about when it is somebody else."""
    erreur: Literal[429, 500, 502, 503, 504, "ERREUR_TECHNIQUE"] | None = None
    """The failure that this persona always meets."""


class _Identite(IdentitePivot, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An identity, whose every other word is refused."""


class _Corps(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a request, equally strict."""

    identites_pivot: list[_Identite]


def simulate(call: UpstreamRequest, personas: Personas) -> UpstreamResponse:
    """Answer one result for each identity; a persona who always meets a failure brings it on all of them."""
    refus = _pare_feu(call) or _appel_refuse(call)
    if refus:
        return refus
    try:
        identites = msgspec.json.decode(call.body, type=_Corps).identites_pivot
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _refuser(400, "Corps de la requête incorrect")
    vues = [(identite, _vue(identite, personas)) for identite in identites]
    erreur = next((vue.erreur for _, vue in vues if vue and vue.erreur), None)
    if isinstance(erreur, int):
        return _refuser(erreur, "Service momentanément indisponible")
    if erreur:
        return repondre(200, Refus(_ECHEC, "Erreur interne"))
    resultats = [_resultat(identite, vue) for identite, vue in vues]
    return repondre(200, {"return_code": "OK", "results": resultats})


def _pare_feu(call: UpstreamRequest) -> UpstreamResponse | None:
    """Stop unknown clients before the application is reached, with a page rather than with its words."""
    agents = [valeur for nom, valeur in call.headers if nom.lower() == "user-agent"]
    if agents == [AGENT]:
        return None
    return UpstreamResponse(403, (("content-type", "text/html"),), b"<html><title>Request Rejected</title></html>")


def _appel_refuse(call: UpstreamRequest) -> UpstreamResponse | None:
    if call.path != CHEMIN:
        return _refuser(404, "Ressource inconnue")
    if call.method != "POST":
        return _refuser(405, "Méthode non autorisée", (("allow", "POST"),))
    if entete(call, "authorization") != PREFIXE + reglage(NOM, CLE):
        return _refuser(403, "Jeton absent ou incorrect")
    if (entete(call, "content-type") or "").partition(";")[0].strip() != "application/json":
        return _refuser(400, "Type de contenu incorrect")
    return None


def _vue(identite: IdentitePivot, personas: Personas) -> Vue | None:
    """Return what is held on the one person who bears this identity; homonyms are as unknown as nobody."""
    trouves: list[Persona] = personas.trouver(lambda persona: _concorde(identite, persona.pivot))
    return trouves[0].vue(NOM, Vue) if len(trouves) == 1 else None


def _concorde(identite: IdentitePivot, pivot: Pivot) -> bool:
    """Compare names without hyphens nor case; the commune only when both sides know it."""
    communes = {commune for commune in (identite.birthplace, pivot.code_commune) if commune}
    return (
        nom_compare(identite.family_name) == nom_compare(pivot.nom_naissance)
        and nom_compare(identite.given_name) == nom_compare(pivot.prenoms[0])
        and identite.birthdate == str(pivot.naissance)
        and pivot.sexe is not None
        and identite.gender == GENRES[pivot.sexe]
        and identite.birthcountry == pivot.code_pays
        and (identite.birthcountry != FRANCE or len(communes) <= 1)
    )


def _resultat(identite: IdentitePivot, vue: Vue | None) -> dict[str, Any]:
    if vue is None or not _bien_formee(identite):
        return {"code": "NON_TROUVE" if _bien_formee(identite) else "ERREUR_FORMAT", "identite_pivot": identite}
    rendue = vue.identite_rendue or identite
    return {"code": "OK", "identite_pivot": rendue, "en_regle": vue.en_regle, "complement": vue.complement}


def _bien_formee(identite: IdentitePivot) -> bool:
    return bool(
        _NOM.fullmatch(identite.family_name)
        and _PRENOM.fullmatch(identite.given_name)
        and _DATE.fullmatch(identite.birthdate)
        and _PAYS.fullmatch(identite.birthcountry)
        and _COMMUNE.fullmatch(identite.birthplace or "75101")
    )


def _refuser(status: int, message: str, headers: Paires = ()) -> UpstreamResponse:
    return repondre(status, [Refus(_ECHEC, message)], headers)
