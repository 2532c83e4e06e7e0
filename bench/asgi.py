"""What the bare servers of the bench share: the types of raw ASGI, one answer, the same server as the gateway's."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import uvicorn

from providers._source import Paires

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


async def repondre(send: Send, status: int, headers: Paires, body: bytes) -> None:
    """Send one answer."""
    paires = [(nom.encode(), valeur.encode()) for nom, valeur in (*headers, ("content-length", str(len(body))))]
    await send({"type": "http.response.start", "status": status, "headers": paires})
    await send({"type": "http.response.body", "body": body})


def servir(application: Application, port: int) -> None:
    """Serve on loopback until SIGTERM."""
    uvicorn.run(
        application,
        port=port,
        access_log=False,
        log_config=None,
        server_header=False,
        lifespan="off",
        timeout_keep_alive=60,  # a machine that starves for seconds must not look like a cut connection
    )
