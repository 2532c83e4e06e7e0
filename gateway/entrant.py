"""Read a POST /graphql from the wire: method, headers, body within bounds. Every fault is a clear refusal."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import orjson

from gateway.attestation import demandee
from gateway.negotiation import Accepted
from graph.errors import (
    MethodeRefusee,
    ReponseNonAcceptable,
    RequeteInvalide,
    RequeteTropGrosse,
    TypeDeContenuRefuse,
)
from habilitations.acces import Presente

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BODY_MAX = 64 * 1024
_DELAI_MS = (500, 10_000, 30_000)
_LABEL_MAX = 200


class ClientParti(Exception):  # noqa: N818 - the domain's nouns are French
    """The caller left before its request was whole."""


@dataclass(frozen=True, slots=True)
class Corps:
    """The JSON body of a GraphQL request."""

    query: str = field(repr=False)
    operation_name: str | None
    variables: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Entrant:
    """A well-formed request, before anybody knows whether it may be answered."""

    requete: str
    """Identifier of the request, a UUID."""
    presente: Presente
    """What the caller presents to be let in."""
    france_connect: str | None = field(repr=False)
    """The FranceConnect token presented, if any."""
    agent: str | None
    demarche: str | None
    delai: float
    """Seconds left to the sources, all together."""
    corps: Corps
    attestation: bool = False
    """Whether the answer is to be signed."""


def read_entrant(requete: str, headers: Mapping[str, str], body: bytes, adresse: str | None) -> Entrant:
    """Return what a request says. Raise RequeteInvalide."""
    return Entrant(
        requete=requete,
        presente=presented(headers, adresse),
        france_connect=headers.get("x-franceconnect-token"),
        agent=label(headers, "x-agent"),
        demarche=label(headers, "x-demarche"),
        delai=deadline_of(headers),
        corps=parse_body(body),
        attestation=demandee(headers),
    )


def address_of(scope: Scope) -> str | None:
    """Return the caller's address, as the server saw it, or the proxy that it trusts."""
    client = scope.get("client")
    return client[0] if client else None


def headers_of(scope: Scope) -> dict[str, str]:
    """Return the headers by lower-case name; the first one wins."""
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))
    return headers


def check_envelope(scope: Scope, headers: Mapping[str, str], accepted: Accepted | None) -> None:
    """Refuse what cannot be a GraphQL request, before its body is read. Raise RequeteInvalide or a subclass."""
    if scope["method"] != "POST":
        raise MethodeRefusee("Envoyez la requête par POST : une identité ne doit jamais figurer dans une adresse.")
    if b"token" in scope.get("query_string", b"") and "token" in parse_qs(scope["query_string"].decode("latin-1")):
        raise RequeteInvalide("Le jeton ne se passe pas dans l'adresse : considérez-le comme divulgué et révoquez-le.")
    media, _, parametres = headers.get("content-type", "").lower().partition(";")
    if media.strip() != "application/json" or ("charset" in parametres and "utf-8" not in parametres):
        raise TypeDeContenuRefuse("Envoyez le corps en Content-Type: application/json, en UTF-8.")
    if accepted is None:
        raise ReponseNonAcceptable("Acceptez application/graphql-response+json ou application/json.")


async def read_body(headers: Mapping[str, str], receive: Receive) -> bytes:
    """Return the whole body. Raise RequeteTropGrosse as soon as it is known to be over 64 KiB, or ClientParti."""
    length = headers.get("content-length", "")
    if length.isdecimal() and (len(length) > len(str(BODY_MAX)) or int(length) > BODY_MAX):
        raise RequeteTropGrosse
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientParti
        body += message.get("body", b"")
        if len(body) > BODY_MAX:
            raise RequeteTropGrosse
        if not message.get("more_body", False):
            return bytes(body)


def parse_body(body: bytes) -> Corps:
    """Return the request held by a body. Raise RequeteInvalide, which echoes nothing."""
    try:
        donnees = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise RequeteInvalide("Le corps n'est pas du JSON valide en UTF-8.") from None
    if isinstance(donnees, list):
        raise RequeteInvalide("Les lots de requêtes ne sont pas servis : envoyez un objet JSON.")
    if not isinstance(donnees, dict):
        raise RequeteInvalide("Le corps doit être un objet JSON portant « query ».")
    query, nom, variables = donnees.get("query"), donnees.get("operationName"), donnees.get("variables")
    if not isinstance(query, str) or not query.strip():
        raise RequeteInvalide("Le corps doit porter « query », un document GraphQL.")
    if nom is not None and not isinstance(nom, str):
        raise RequeteInvalide("« operationName » doit être un texte.")
    if variables is not None and not isinstance(variables, dict):
        raise RequeteInvalide("« variables » doit être un objet JSON.")
    if not isinstance(donnees.get("extensions"), dict | None):
        raise RequeteInvalide("« extensions » doit être un objet JSON.")
    return Corps(query, nom or None, variables or {})


def deadline_of(headers: Mapping[str, str]) -> float:
    """Return the deadline asked by `X-Delai-Max-Ms`, in seconds, between 0.5 and 30; 10 by default."""
    bas, defaut, haut = _DELAI_MS
    texte = headers.get("x-delai-max-ms", "").strip()
    if not texte:
        return defaut / 1000
    if not texte.isdecimal() or len(texte) > len("1000000000"):
        raise RequeteInvalide("X-Delai-Max-Ms doit être un nombre entier de millisecondes.")
    return min(max(int(texte), bas), haut) / 1000


def label(headers: Mapping[str, str], name: str) -> str | None:
    """Return one of the caller's own labels, kept for the audit. Raise RequeteInvalide when it is too long."""
    texte = headers.get(name)
    if texte is not None and len(texte) > _LABEL_MAX:
        raise RequeteInvalide(f"L'en-tête {name} dépasse {_LABEL_MAX} caractères.")
    return texte


def presented(headers: Mapping[str, str], adresse: str | None) -> Presente:
    """Return what a caller presents to be let in."""
    return Presente(bearer(headers), adresse, headers.get("x-destinataire"), headers.get("x-delegation"))


def bearer(headers: Mapping[str, str]) -> str:
    """Return the token of `Authorization: Bearer …`; empty when there is none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
