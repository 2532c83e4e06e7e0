"""The routes beside /graphql: the schema, whole or as a token may query it, liveness, readiness, metrics."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from gateway.entrant import address_of, presented
from gateway.metrics import Metrics
from gateway.reponse import Redaction, refusal_headers
from graph.errors import ErreurDeRequete, RequeteInvalide
from habilitations.acces import Presente

#: Tells whether one of the things that the server cannot do without is ready.
Ready = Callable[[], Awaitable[bool]]
#: Returns the SDL of what a caller may query. Raises ErreurDeRequete.
Visible = Callable[[Presente], Awaitable[str]]
_SDL = "application/graphql; charset=utf-8"
_NO_STORE = {"Cache-Control": "no-store"}


def build_router(sdl: str, metrics: Metrics, ready: Mapping[str, Ready], visible: Visible) -> APIRouter:
    """Build the routes; `ready` names what /readyz checks."""
    router = APIRouter(include_in_schema=False)

    @router.get("/schema.graphql")
    async def schema(request: Request, habilitation: Annotated[list[str] | None, Query()] = None) -> Response:
        if habilitation is None:
            return PlainTextResponse(sdl, media_type=_SDL)
        try:
            if habilitation != ["moi"]:
                raise RequeteInvalide("habilitation : « moi » est la seule valeur servie.")
            vu = await visible(presented(request.headers, address_of(request.scope)))
        except ErreurDeRequete as erreur:
            return _refuse(erreur)
        return PlainTextResponse(vu, media_type=_SDL, headers=_NO_STORE)

    @router.get("/livez")
    def livez() -> Response:
        return PlainTextResponse("ok\n")

    @router.get("/readyz")
    async def readyz() -> Response:
        etats = {nom: await check() for nom, check in ready.items()}
        return JSONResponse(etats, 200 if all(etats.values()) else 503)

    @router.get("/metrics")
    def prometheus() -> Response:
        return Response(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return router


def _refuse(erreur: ErreurDeRequete) -> Response:
    """Refuse as /graphql does."""
    requete = str(uuid4())
    ajouts = {nom.decode(): valeur.decode() for nom, valeur in refusal_headers(erreur)}
    corps = Redaction(requete, "").refusal(erreur)
    headers = {**_NO_STORE, "X-Request-Id": requete, **ajouts}
    return Response(corps, erreur.status, headers, media_type="application/json; charset=utf-8")
