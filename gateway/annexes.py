"""The routes beside /graphql: the schema, liveness, readiness, metrics."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from gateway.metrics import Metrics

#: Tells whether one of the things that the server cannot do without is ready.
Ready = Callable[[], Awaitable[bool]]


def build_router(sdl: str, metrics: Metrics, ready: dict[str, Ready]) -> APIRouter:
    """Build the routes; `ready` names what /readyz checks."""
    router = APIRouter(include_in_schema=False)

    @router.get("/schema.graphql")
    def schema() -> Response:
        return PlainTextResponse(sdl, media_type="application/graphql; charset=utf-8")

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
