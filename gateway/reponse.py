"""Write what leaves: the body of an answer, and the entry of each error. Nothing else writes to callers of /graphql."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from math import ceil
from typing import Any

import orjson

from graph.errors import ErreurDeRequete, IdentifiantManquant, MethodeRefusee, NonHabilite
from habilitations.rythme import RythmeDepasse, entetes
from resolvers.execution import Resultat
from resolvers.projection import ErreurAuChemin

#: Signs the bytes of `data` and of `errors`, if any. Raises RequeteTropCouteuse.
Attester = Callable[[bytes, bytes | None], str]


@dataclass(frozen=True, slots=True)
class Redaction:
    """What every entry repeats: the request, and where missing scopes are asked for."""

    requete: str
    demande_url: str

    def answer(self, resultat: Resultat, attester: Attester | None = None) -> bytes:
        """Write an answer; `errors` is absent when empty. What is signed is the bytes that leave, as they leave."""
        data = orjson.dumps(resultat.data)
        errors = orjson.dumps([self._au_chemin(une) for une in resultat.erreurs]) if resultat.erreurs else None
        corps: dict[str, Any] = {"errors": orjson.Fragment(errors)} if errors else {}
        corps["data"] = orjson.Fragment(data)
        if attester:
            corps["extensions"] = {"attestation": attester(data, errors)}
        return orjson.dumps(corps)

    def refusal(self, erreur: ErreurDeRequete) -> bytes:
        """Write the refusal of a whole request: no data."""
        message = f"{erreur.message} {erreur.detail}".strip()
        entree: dict[str, Any] = {"message": message}
        if erreur.lignes:
            entree["locations"] = [{"line": ligne, "column": colonne} for ligne, colonne in erreur.lignes]
        return orjson.dumps({"errors": [entree | {"extensions": self._extensions(erreur)}]})

    def _au_chemin(self, une: ErreurAuChemin) -> dict[str, Any]:
        erreur = une.erreur
        extensions = {"code": erreur.code, "etat": erreur.etat.name} | self._extensions(erreur)
        if une.source:
            extensions["source"] = une.source
        if isinstance(erreur, NonHabilite):
            extensions |= {"scopes": sorted(erreur.scopes), "demande": self.demande_url}
        if isinstance(erreur, IdentifiantManquant):
            extensions["identifiants"] = list(erreur.identifiants)
        return {"message": erreur.message, "path": list(une.chemin), "extensions": extensions}

    def _extensions(self, erreur: Any) -> dict[str, Any]:
        extensions: dict[str, Any] = {"code": erreur.code, "retryable": erreur.retryable, "requestId": self.requete}
        if erreur.retry_after_ms is not None:
            extensions["retryAfterMs"] = erreur.retry_after_ms
        return extensions


def refusal_headers(erreur: ErreurDeRequete) -> tuple[tuple[bytes, bytes], ...]:
    """Return what a refusal adds: `Allow` on 405, `Retry-After` on 429 and 503, `WWW-Authenticate` on 401.

    A suspension has no `Retry-After`: waiting does not end it. A refusal by the rate says where the token stands as
    well (`RateLimit-*`).
    """
    if isinstance(erreur, MethodeRefusee):
        return ((b"allow", b"POST"),)
    if erreur.status == HTTPStatus.UNAUTHORIZED:
        return ((b"www-authenticate", b"Bearer"),)
    if erreur.retryable and erreur.status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        attente = (b"retry-after", str(max(1, ceil((erreur.retry_after_ms or 0) / 1000))).encode())
        return (attente, *entetes(erreur.etat)) if isinstance(erreur, RythmeDepasse) else (attente,)
    return ()
