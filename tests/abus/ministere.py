"""A ministry that knows a student under every INE, and says how many it was asked about. Run as a script, on a port."""

import json
import sys
from urllib.parse import parse_qs

from bench.asgi import Message, Receive, Send, repondre, servir

#: First digit of the INEs of the students of honest callers: they are not counted.
CONNUS = "9"
_JSON = (("content-type", "application/json"),)


def main(port: int) -> None:
    """Serve."""
    demandes: set[str] = set()

    async def ministere(scope: Message, receive: Receive, send: Send) -> None:
        del receive  # nothing but GETs
        if scope["path"] == "/compte":
            await repondre(send, 200, _JSON, json.dumps(len(demandes)).encode())
            return
        ine = parse_qs(scope["query_string"].decode())["INE"][0]
        if not ine.startswith(CONNUS):
            demandes.add(ine)
        etudiant = {
            "ine": ine,
            "nomFamille": "NOM",
            "prenom": None,
            "dateNaissance": None,
            "inscriptions": [],
        }
        await repondre(send, 200, _JSON, json.dumps(etudiant).encode())

    servir(ministere, port)


if __name__ == "__main__":
    main(int(sys.argv[1]))
