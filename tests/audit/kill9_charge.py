"""Clients that load a server while it is killed, and note which answers began to reach them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.audit.kill9_cibles import Requete

CLIENTS = 24
#: Seconds between two attempts to connect.
PAUSE = 0.02
OK = 200


@dataclass(slots=True)
class Charge:
    """Clients that ask without rest, and the identifiers of the answers that began to reach them."""

    port: int
    recues: set[str] = field(default_factory=set)
    _signal: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def clients(self, requete: Requete, combien: int = CLIENTS) -> AsyncIterator[None]:
        """Ask for as long as the context lasts."""
        taches = [asyncio.create_task(self._client(requete)) for _ in range(combien)]
        try:
            yield
        finally:
            for tache in taches:
                tache.cancel()
            await asyncio.gather(*taches, return_exceptions=True)

    async def _client(self, requete: Requete) -> None:
        """Ask until cancelled, over a connection opened anew whenever the server dies."""
        while True:
            try:
                await self._converser(requete)
            except (OSError, asyncio.IncompleteReadError):
                await asyncio.sleep(PAUSE)

    async def attendre(self, nombre: int) -> None:
        """Return once `nombre` more answers have begun to arrive."""
        but = len(self.recues) + nombre
        while len(self.recues) < but:
            self._signal.clear()
            await self._signal.wait()

    async def _converser(self, requete: Requete) -> None:
        lecture, ecriture = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            while True:
                ecriture.write(requete.octets())
                statut, entetes = _tete(await lecture.readuntil(b"\r\n\r\n"))
                if statut == OK:
                    self.recues.add(entetes["x-request-id"])
                    self._signal.set()
                await lecture.readexactly(int(entetes["content-length"]))
        finally:
            ecriture.close()


def _tete(octets: bytes) -> tuple[int, dict[str, str]]:
    premiere, *lignes = octets.decode("latin-1").split("\r\n")
    paires = (ligne.partition(":") for ligne in lignes if ligne)
    return int(premiere.split()[1]), {nom.lower(): valeur.strip() for nom, _, valeur in paires}
