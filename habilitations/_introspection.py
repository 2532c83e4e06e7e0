"""What FranceConnect signed about a token (RFC 7662, RFC 9701): every claim judged, then the citizen that it names."""

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, NoReturn

import msgspec
from joserfc.jwt import JWTClaimsRegistry

from graph.enums import Sexe
from graph.errors import FranceConnectInvalide, ParametreInvalide
from graph.identite import FRANCE, Identite
from graph.identite_saisie import IdentiteInput, IdentitePivotInput, figer
from graph.scalars import CodeCog, CodePays
from habilitations._jose import FAUTES, lire_json
from habilitations.citoyen import Citoyen, Niveau

#: Seconds: how far its clock may be ahead of ours, and how old an answer may be; an end is never put off.
_TOLERANCE, _AGE_MAX = 5, 60
#: Seconds since 1970, up to the year 9999.
_Instant = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799)]
_Mot = Annotated[str, msgspec.Meta(pattern=r"\A[!-~]{1,255}\Z")]
_Mots = Annotated[str, msgspec.Meta(pattern=r"\A[ -~]*\Z")]
_NAISSANCE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_SEXES = {"male": Sexe.M, "female": Sexe.F}


@dataclass(frozen=True, slots=True)
class Attendu:
    """What an answer must say to be for us."""

    emetteur: str
    client_id: str
    niveau: Niveau


class _Reponse(msgspec.Struct, frozen=True):
    """The claims of the answer itself."""

    iss: str
    aud: str
    iat: _Instant
    token_introspection: dict[str, Any]
    exp: _Instant | None = None
    nbf: _Instant | None = None

    def __repr__(self) -> str:
        return "_Reponse(…)"


class _Jeton(msgspec.Struct, frozen=True):
    """The claims of the token: its life, what it opens, and the identity of the citizen."""

    exp: _Instant
    iat: _Instant
    sub: _Mot
    scope: _Mots
    acr: _Mots
    family_name: str
    birthdate: str
    birthcountry: str
    gender: Literal["male", "female"]
    aud: _Mot | None = None
    birthplace: str = ""
    given_name: str = ""
    given_name_array: list[str] = []
    nbf: _Instant | None = None

    def __repr__(self) -> str:
        return "_Jeton(…)"


def lire(signe: bytes, attendu: Attendu, instant: datetime, aujourdhui: date) -> Citoyen:
    """Return the citizen whom a signed answer names at an instant (aware). Raise FranceConnectInvalide."""
    secondes = int(instant.timestamp())
    claims = _reponse(signe, attendu, secondes)
    if claims is None:
        _refuser("FRANCECONNECT_REPONSE")
    if claims.get("active") is not True:
        _refuser("FRANCECONNECT_JETON_INACTIF")
    jeton = _jeton(claims, secondes)
    if jeton is None:
        _refuser("FRANCECONNECT_JETON")
    niveau = _niveau(jeton.acr)
    if niveau is None or not niveau.atteint(attendu.niveau):
        _refuser("FRANCECONNECT_NIVEAU", f"L'usager doit s'identifier au niveau {attendu.niveau.value} au moins.")
    identite = _identite(jeton, aujourdhui)
    if identite is None:
        _refuser("FRANCECONNECT_IDENTITE", "L'identité transmise par FranceConnect n'est pas exploitable.")
    fin = datetime.fromtimestamp(jeton.exp, UTC)
    return Citoyen(identite, frozenset(jeton.scope.split()), niveau, fin, jeton.sub, jeton.aud)


def _reponse(signe: bytes, attendu: Attendu, instant: int) -> dict[str, Any] | None:
    """Return what an answer says of the token; None unless FranceConnect gave it to us, just now."""
    with suppress(*FAUTES):
        claims = lire_json(signe)
        lue = msgspec.convert(claims, _Reponse)
        _valider(claims, instant, iss=attendu.emetteur, aud=attendu.client_id)
        return lue.token_introspection if instant - lue.iat <= _AGE_MAX else None
    return None


def _jeton(claims: dict[str, Any], instant: int) -> _Jeton | None:
    """Return the claims of a token that is alive; None if it is not, or if one is missing or of another type."""
    with suppress(*FAUTES):
        lu = msgspec.convert(claims, _Jeton)
        _valider(claims, instant)
        return lu
    return None


def _valider(claims: dict[str, Any], instant: int, **valeurs: str) -> None:
    """Judge claims whose types are right. Raise JoseError.

    NOTE: joserfc judges nothing, not even an end, before its registry does; and its tolerance would put an end off.
    """
    datees = {nom: valeur for nom, valeur in claims.items() if nom in {"iat", "nbf", *valeurs} and valeur is not None}
    exiges = {nom: {"essential": True, "value": valeur} for nom, valeur in valeurs.items()}
    JWTClaimsRegistry(now=instant + _TOLERANCE, iat={"essential": True}, **exiges).validate(datees)  # type: ignore[arg-type]
    if claims.get("exp") is not None:
        JWTClaimsRegistry(now=instant, exp={"essential": True}).validate({"exp": claims["exp"]})


def _niveau(acr: str) -> Niveau | None:
    """Return the level that is certain: FranceConnect joins all those that were asked for."""
    with suppress(ValueError):
        return min(map(Niveau, acr.split()), key=list(Niveau).index)
    return None


def _identite(jeton: _Jeton, aujourdhui: date) -> Identite | None:
    """Return the identity, by the rules that callers follow; None if it breaks one, as no commune in France does."""
    naissance = _NAISSANCE.fullmatch(jeton.birthdate)
    if naissance is None:
        return None
    annee, mois, jour = map(int, naissance.groups())
    pivot = IdentitePivotInput(
        nom_naissance=jeton.family_name,
        prenoms=jeton.given_name_array or jeton.given_name.split(),
        annee_date_naissance=annee,
        mois_date_naissance=mois,
        jour_date_naissance=jour,
        sexe_etat_civil=_SEXES[jeton.gender],
        code_cog_insee_pays_naissance=CodePays(jeton.birthcountry),
        # Abroad it is empty, and no source takes one.
        code_cog_insee_commune_naissance=CodeCog(jeton.birthplace) if jeton.birthcountry == FRANCE else None,
    )
    with suppress(ParametreInvalide):
        return replace(figer(IdentiteInput(identite_pivot=pivot), aujourdhui), france_connect=True)
    return None


def _refuser(cause: str, detail: str = "") -> NoReturn:
    raise FranceConnectInvalide(detail, cause=cause)
