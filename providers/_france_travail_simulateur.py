"""What both simulated services of France Travail share: the control of a call, the person, and the refusals."""

import re
from typing import Literal

from providers._france_travail import APPELANT, AUTH, DELAI, INCONNU, Refus
from providers._personas import Persona, Personas
from providers._simulateur import Guichet, entete, repondre
from providers._source import Paires, UpstreamRequest, UpstreamResponse

#: `delai`: France Travail did not answer itself in time, which it says with a 500.
Erreur = Literal[429, 500, 502, 503, 504, "delai"]
_APPELANT = re.compile(r"DINUM - \S.*")


def guichet(source: str) -> Guichet:
    """Return the token endpoint of a service."""
    return Guichet(source, scope=AUTH.scope, path=AUTH.token_path)


def accueillir(
    call: UpstreamRequest, ouvert: Guichet, methode: str, chemin: str, personas: Personas
) -> UpstreamResponse | None:
    """Answer what is not about a person: a token, or a refusal. None lets the request in."""
    if ouvert.ouvre(call):
        return ouvert.emettre(call, personas.aujourdhui)
    if not ouvert.reconnait(call, personas.aujourdhui):
        return refus(401, "Jeton absent, incorrect ou expiré", (("www-authenticate", "Bearer"),))
    if call.path != chemin:
        return refus(404, "Ressource inconnue", code="ressource")
    if call.method != methode:
        return refus(405, "Méthode non autorisée", (("allow", methode),))
    return _entetes_refuses(call)


def _entetes_refuses(call: UpstreamRequest) -> UpstreamResponse | None:
    if not _APPELANT.fullmatch(entete(call, APPELANT) or ""):
        return refus(400, f"{APPELANT} absent ou incorrect")
    if (entete(call, "content-type") or "").partition(";")[0].strip() != "application/json":
        return refus(415, "Type de contenu non pris en charge")
    return None


def trouver(identifiant: str, personas: Personas) -> Persona | None:
    """Return who chose this identifier, to the letter."""
    trouves = personas.trouver(lambda persona: persona.identifiant_france_travail == identifiant)
    return trouves[0] if trouves else None


def inconnu() -> UpstreamResponse:
    """Answer that nobody bears the identifier."""
    return refus(404, "Individu inconnu de nos services", code=INCONNU)


def echouer(erreur: Erreur) -> UpstreamResponse:
    """Answer a failure of the service."""
    if erreur == "delai":
        return refus(500, f"{DELAI}: Did not observe any item or terminal signal within 5000ms")
    return refus(erreur, "Service momentanément indisponible")


def refus(status: int, message: str, headers: Paires = (), *, code: str | None = None) -> UpstreamResponse:
    """Refuse in France Travail's words."""
    return repondre(status, Refus(code or str(status), message), headers)
