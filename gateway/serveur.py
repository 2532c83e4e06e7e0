"""Run the server: one process per journal, announced with what a newcomer needs once it listens."""

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket

import uvicorn
from fastapi import FastAPI

from gateway.settings import ReglageManquant

_GRACE = 10


class _Annonce(uvicorn.Server):
    """A server that says what a newcomer needs, once it is ready."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        annonce = getattr(self._app.state, "annonce", None)
        if self.started and annonce:
            sys.stdout.write(await annonce(f"http://{self.config.host}:{self.config.port}"))
            sys.stdout.flush()


def serve(app: FastAPI, hote: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT, then let what is under way finish."""
    config = uvicorn.Config(
        app,
        host=hote,
        port=port,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
    )
    _Annonce(config, app).run()


@contextmanager
def sole_server(journal: Path) -> Iterator[None]:
    """Hold the journal against a second server. Raise ReglageManquant when one runs already."""
    journal.parent.mkdir(parents=True, exist_ok=True)
    with journal.with_name(journal.name + ".verrou").open("w") as verrou:
        try:
            fcntl.flock(verrou, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ReglageManquant(
                "Un autre serveur utilise déjà ce journal : arrêtez-le, ou réglez PARTICULIER_JOURNAL."
            ) from None
        yield
