"""POST /graphql, a raw ASGI endpoint conformant to GraphQL over HTTP: read, conduct, write; stop if the caller goes."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import Any, TypeVar
from uuid import uuid4

import structlog

from gateway.attestation import attester
from gateway.cle_attestation import CleAttestation
from gateway.conductor import Conductor
from gateway.entrant import (
    ClientParti,
    Receive,
    Scope,
    Send,
    address_of,
    check_envelope,
    headers_of,
    read_body,
    read_entrant,
)
from gateway.logs import locate
from gateway.metrics import Metrics
from gateway.negotiation import JSON, Accepted, negotiate
from gateway.reponse import Redaction, refusal_headers
from gateway.traceparent import continue_trace
from graph.errors import ErreurDeRequete, ErreurInterne, ParametreInvalide, RequeteInvalide, RequeteTropCouteuse
from habilitations.rythme import entetes

log = structlog.get_logger("gateway.graphql")
T = TypeVar("T")
Headers = tuple[tuple[bytes, bytes], ...]
#: Refusals of a document, which a legacy caller receives as 200 (GraphQL over HTTP, application/json profile).
_DOCUMENT = (RequeteInvalide, ParametreInvalide, RequeteTropCouteuse)
_CLIENT_LEFT = 499


@dataclass(frozen=True, slots=True)
class _Sortant:
    status: int
    body: bytes = field(default=b"", repr=False)
    headers: Headers = ()
    code: str = "OK"


class GraphQLEndpoint:
    """The ASGI application behind /graphql."""

    def __init__(self, conductor: Conductor, metrics: Metrics, demande_url: str, cle: CleAttestation) -> None:
        self._conductor = conductor
        self._metrics = metrics
        self._demande_url = demande_url
        self._cle = cle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, and log it without a word of its content."""
        debut, redaction = monotonic(), Redaction(str(uuid4()), self._demande_url)
        headers = headers_of(scope)
        accepted = negotiate(headers.get("accept"))
        trace, traceparent = continue_trace(headers.get("traceparent"))
        try:
            sortant = await self._answer(scope, headers, accepted, receive, redaction)
        except ClientParti:
            sortant = _Sortant(_CLIENT_LEFT, code="CLIENT_PARTI")
        duree = monotonic() - debut
        self._metrics.request(sortant.status, sortant.code, duree)
        log.info(
            "request",
            request_id=redaction.requete,
            trace_id=trace,
            status=sortant.status,
            code=sortant.code,
            duration_ms=round(duree * 1000, 1),
        )
        if sortant.status != _CLIENT_LEFT:
            await _send(send, sortant, accepted, redaction.requete, traceparent)

    async def _answer(
        self, scope: Scope, headers: dict[str, str], accepted: Accepted | None, receive: Receive, redaction: Redaction
    ) -> _Sortant:
        legacy = False
        try:
            check_envelope(scope, headers, accepted)
            entrant = read_entrant(redaction.requete, headers, await read_body(headers, receive), address_of(scope))
            legacy = accepted is not None and accepted.legacy
            work = self._conductor.conduct(entrant)
            conduite = await _unless_gone(work, receive, redaction.requete)
            sceau = partial(attester, conduite.constat, self._cle) if conduite.constat else None
            rythme = entetes(conduite.etat) if conduite.etat else ()
            return _Sortant(200, redaction.answer(conduite.resultat, sceau), rythme)
        except ErreurDeRequete as erreur:
            status = 200 if legacy and isinstance(erreur, _DOCUMENT) else erreur.status
            return _Sortant(status, redaction.refusal(erreur), refusal_headers(erreur), erreur.code)
        except ClientParti:
            raise
        except Exception as error:  # noqa: BLE001 - the last net: nothing of a fault of ours may reach the caller
            log.error("fault", request_id=redaction.requete, **locate(error))  # noqa: TRY400 - its text may hold a value
            interne = ErreurInterne()
            return _Sortant(interne.status, redaction.refusal(interne), code=interne.code)


async def _unless_gone(work: Coroutine[Any, Any, T], receive: Receive, requete: str) -> T:
    """Return what the work gives; cancel it and raise ClientParti as soon as the caller leaves."""
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_disconnected(receive))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled() and (faute := task.exception()):
            log.error("fault", request_id=requete, **locate(faute))
        raise ClientParti
    finally:
        gone.cancel()
        if not task.done():
            task.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(send: Send, sortant: _Sortant, accepted: Accepted | None, requete: str, traceparent: str) -> None:
    media = accepted.media if accepted else JSON
    headers = (
        (b"content-type", f"{media}; charset=utf-8".encode()),
        (b"content-length", str(len(sortant.body)).encode()),
        (b"cache-control", b"no-store"),
        (b"vary", b"Accept"),
        (b"x-content-type-options", b"nosniff"),
        (b"x-request-id", requete.encode()),
        (b"traceparent", traceparent.encode()),
        *sortant.headers,
    )
    await send({"type": "http.response.start", "status": sortant.status, "headers": headers})
    await send({"type": "http.response.body", "body": sortant.body})
