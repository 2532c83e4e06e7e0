"""The administrations of the bench: one process that answers each call with a recorded reply, at full speed."""

import sys

from bench.asgi import Message, Receive, Send, repondre, servir
from bench.enregistrement import enregistrer
from providers._source import UpstreamResponse

_INCONNU = UpstreamResponse(404)


def main(port: int) -> None:
    """Serve each source under /<its name>."""
    reponses = {
        f"/{echange.source}{echange.requete.path}": echange.reponse
        for echanges in enregistrer()
        for echange in echanges
    }

    async def amont(scope: Message, receive: Receive, send: Send) -> None:
        del receive  # a GET, or a form whose content changes nothing
        reponse = reponses.get(scope["path"], _INCONNU)
        await repondre(send, reponse.status, reponse.headers, reponse.body)

    servir(amont, port)


if __name__ == "__main__":
    main(int(sys.argv[1]))
