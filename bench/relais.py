"""The least that a gateway can do: forward the three calls in parallel, through our transports, and join the bodies."""

import asyncio
import json
import sys

from bench.asgi import Message, Receive, Send, repondre, servir
from bench.enregistrement import Echange, enregistrer
from gateway.settings import Transporteur
from providers._pannes import PanneDeTransport
from providers._transport import HttpxTransport, ReqwestTransport, Transport

_DELAI = 10.0
_JSON = (("content-type", "application/json"),)


def joindre(corps: list[bytes]) -> bytes:
    """Return what the forwarder answers."""
    return b"[" + b",".join(corps) + b"]"


def donnees() -> list[Echange]:
    """Return the data calls, tokens already in hand."""
    return [echanges[-1] for echanges in enregistrer()]


def main(port: int, amont: str, transporteur: Transporteur) -> None:
    """Serve, with one transport per source as the gateway has."""
    classe = ReqwestTransport if transporteur is Transporteur.REQWEST else HttpxTransport
    appels: list[tuple[Transport, Echange]] = [(classe(f"{amont}/{un.source}"), un) for un in donnees()]

    async def relais(scope: Message, receive: Receive, send: Send) -> None:
        del scope
        while (await receive()).get("more_body"):
            pass
        envois = (transport.send(un.requete, deadline=_DELAI) for transport, un in appels)
        try:
            reponses = await asyncio.gather(*envois)
        except PanneDeTransport as panne:
            refus = {"errors": [{"extensions": {"code": panne.cause}}]}
            await repondre(send, 503, _JSON, json.dumps(refus).encode())
        else:
            await repondre(send, 200, _JSON, joindre([reponse.body for reponse in reponses]))

    servir(relais, port)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], Transporteur(sys.argv[3]))
