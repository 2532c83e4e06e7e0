"""Faults on demand: how a simulated administration misbehaves, and what becomes of the answer it would have given."""

import asyncio
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, Any

import msgspec

from providers._corps import TAILLE_MAX
from providers._pannes import Injoignable, Interrompue
from providers._source import Paires, UpstreamResponse

_LENTEUR_MS = 3_000
#: Beyond every deadline that a caller may ask for; bounded, so that nothing waits for ever.
_SILENCE_MS = 60_000
_JSON = ("content-type", "application/json")
#: The text of an element of XML.
_TEXTE = re.compile(rb"(?<=>)[^<>]+(?=</)")
_HTML = b"<!DOCTYPE html><html lang='fr'><title>Maintenance</title><h1>Service en maintenance</h1></html>"


class Mode(StrEnum):
    """The ways to fail."""

    LENTE = "lente"
    MUETTE = "muette"
    REFUSEE = "refusee"
    COUPEE = "coupee"
    ERREUR_500 = "erreur_500"
    INDISPONIBLE_503 = "indisponible_503"
    QUOTA_429 = "quota_429"
    TRONQUEE = "tronquee"
    TYPE_ERRONE = "type_errone"
    HTML = "html"
    TROP_GROSSE = "trop_grosse"


class Panne(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fault: its mode, an optional delay before it shows, and the `Retry-After` (seconds) of a 429 or a 503."""

    mode: Mode
    delai_ms: Annotated[int, msgspec.Meta(ge=0, le=_SILENCE_MS)] | None = None
    retry_after: Annotated[int, msgspec.Meta(ge=0, le=86_400)] | None = None

    @property
    def attente(self) -> float:
        """Seconds before anything is answered."""
        if self.mode is Mode.MUETTE:
            return _SILENCE_MS / 1000
        defaut = _LENTEUR_MS if self.mode is Mode.LENTE else 0
        return (defaut if self.delai_ms is None else self.delai_ms) / 1000


async def subir(panne: Panne, repondre: Callable[[], UpstreamResponse], *, connexion: bool) -> UpstreamResponse:
    """Answer as the fault wants.

    Args:
        panne: the fault in force.
        repondre: what the source would have answered; not called by the faults that come before it.
        connexion: whether the connection itself may fail; not over HTTP, where it is already open.

    Raises:
        Injoignable: `refusee`.
        Interrompue: `coupee`, and `muette` once its silence is over.
    """
    if connexion and panne.mode is Mode.REFUSEE:
        raise Injoignable
    await asyncio.sleep(panne.attente)
    if panne.mode is Mode.MUETTE or (connexion and panne.mode is Mode.COUPEE):
        raise Interrompue
    return _statuts(panne) or _ALTERATIONS.get(panne.mode, _intacte)(repondre())


def _statuts(panne: Panne) -> UpstreamResponse | None:
    """Answer the faults that are a status; None for the others."""
    delai: Paires = () if panne.retry_after is None else (("retry-after", str(panne.retry_after)),)
    if panne.mode is Mode.ERREUR_500:
        return UpstreamResponse(500, (_JSON,), b'{"message":"Erreur interne"}')
    if panne.mode is Mode.INDISPONIBLE_503:
        return UpstreamResponse(503, (_JSON, *delai), b'{"message":"Service indisponible"}')
    if panne.mode is Mode.QUOTA_429:
        return UpstreamResponse(429, (_JSON, *delai), '{"message":"Trop de requêtes"}'.encode())
    return None


def _intacte(reponse: UpstreamResponse) -> UpstreamResponse:
    return reponse


def _tronquee(reponse: UpstreamResponse) -> UpstreamResponse:
    return UpstreamResponse(reponse.status, reponse.headers, reponse.body[: len(reponse.body) // 2])


def _html(_reponse: UpstreamResponse) -> UpstreamResponse:
    return UpstreamResponse(200, (("content-type", "text/html; charset=utf-8"),), _HTML)


def _trop_grosse(reponse: UpstreamResponse) -> UpstreamResponse:
    """Pad with spaces: the body stays valid JSON or XML, so that its size alone can be refused."""
    return UpstreamResponse(reponse.status, reponse.headers, reponse.body.ljust(TAILLE_MAX + 1))


def _type_errone(reponse: UpstreamResponse) -> UpstreamResponse:
    """Keep the shape, in JSON or in XML, and swap texts and numbers."""
    try:
        corps = msgspec.json.encode(_echanger(msgspec.json.decode(reponse.body)))
    except msgspec.DecodeError:
        corps = _TEXTE.sub(lambda texte: b"texte" if texte[0].isdigit() else b"%d" % len(texte[0]), reponse.body)
    return UpstreamResponse(reponse.status, reponse.headers, corps)


def _echanger(valeur: Any) -> Any:
    if isinstance(valeur, Mapping):
        return {cle: _echanger(contenu) for cle, contenu in valeur.items()}
    if isinstance(valeur, list):
        return [_echanger(element) for element in valeur]
    if isinstance(valeur, str):
        return len(valeur)
    return valeur if valeur is None else str(valeur)


_ALTERATIONS: Mapping[Mode, Callable[[UpstreamResponse], UpstreamResponse]] = {
    Mode.TRONQUEE: _tronquee,
    Mode.TYPE_ERRONE: _type_errone,
    Mode.HTML: _html,
    Mode.TROP_GROSSE: _trop_grosse,
}
