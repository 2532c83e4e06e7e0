"""The smallest server that keeps the promise: an intention, an answer made ready, an issue, and only then the bytes.

Run as `python serveur_minimal.py <port> <journal> [menteur]`; the journal is a file or `postgresql://…`. A liar answers
without waiting for its issue, which it never writes, so that the campaign of kills can be seen to catch it.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import uvicorn

from audit.contrat import JournalDurable
from audit.journal import Journal
from audit.postgresql.journal import JournalPostgresql
from audit.trace import OBTENU, Intention, Issue
from graph.errors import AuditIndisponible

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
#: Seconds that the imaginary source takes: long enough for some kills to fall between an intention and its issue.
SOURCE = 0.002


def maintenant() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Serveur:
    journal: JournalDurable
    menteur: bool

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._vivre(receive, send)
            return
        requete = str(uuid4())
        try:
            await self._repondre(requete)
            await _envoyer(send, 200, requete)
        except AuditIndisponible as refus:
            await _envoyer(send, refus.status, requete)

    async def _repondre(self, requete: str) -> None:
        await self.journal.ecrire((_intention(requete),))
        await asyncio.sleep(SOURCE)
        if not self.menteur:
            await self.journal.ecrire((Issue(requete=requete, rang=0, instant=maintenant(), resultat=OBTENU),))

    async def _vivre(self, receive: Receive, send: Send) -> None:
        await receive()
        await self.journal.ouvrir()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.journal.aclose()
        await send({"type": "lifespan.shutdown.complete"})


def _intention(requete: str) -> Intention:
    return Intention(
        requete=requete,
        rang=0,
        instant=maintenant(),
        jeton="jeton",
        habilitation="habilitation",
        destinataire="21920023500014",
        cadre_juridique="art. L. 114-8 du CRPA",
        operation="ab" * 32,
        champs=("situationFiscale.revenuFiscalReference",),
    )


async def _envoyer(send: Send, status: int, requete: str) -> None:
    headers = [(b"x-request-id", requete.encode()), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"{}"})


if __name__ == "__main__":
    port, adresse, *menteur = sys.argv[1:]
    partage = adresse.startswith("postgresql://")
    journal = JournalPostgresql(adresse, maintenant) if partage else Journal(Path(adresse), maintenant)
    serveur = Serveur(journal, bool(menteur))
    uvicorn.run(serveur, port=int(port), log_level="error", access_log=False)
