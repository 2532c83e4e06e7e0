"""Run the server, and say what a newcomer needs once it listens."""

import gc
import sys
from contextlib import suppress
from socket import socket

import uvicorn
from fastapi import FastAPI

from graph.errors import Surcharge

_GRACE = 10
#: Objects that are made before the collector looks at the young ones. A request leaves it nothing; whatever would is
#: freed little by little: with 370 a request, at 50,000, every request stopped for 60 ms twice in three seconds.
_JEUNES = 2_000


class _Annonce(uvicorn.Server):
    """A server that says what a newcomer needs, once it is ready."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        _settle()
        annonce = getattr(self._app.state, "annonce", None)
        if self.started and annonce:
            # It already answers requests: words for a newcomer must not stop it when the database is slow.
            with suppress(Surcharge):
                sys.stdout.write(await annonce(f"http://{self.config.host}:{self.config.port}"))
                sys.stdout.flush()


def _settle() -> None:
    """Leave what was built to serve out of the collector's sight: it lives as long as the server.

    To walk the schema and its plans again and again stopped every request for a quarter of a second.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_JEUNES, *gc.get_threshold()[1:])


def serve(app: FastAPI, hote: str, port: int, proxys: str) -> None:
    """Serve until SIGTERM or SIGINT, then let what is under way finish; `proxys` tell the addresses of callers."""
    config = uvicorn.Config(
        app,
        host=hote,
        port=port,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=bool(proxys),
        forwarded_allow_ips=proxys,
        timeout_graceful_shutdown=_GRACE,
    )
    _Annonce(config, app).run()
