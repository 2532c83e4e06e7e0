"""A network between the journal and its database, which may go silent, lose answers, or be cut on one side only."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum


class Etat(Enum):
    """What becomes of what is sent."""

    PASSE = "both ways"
    MUET = "nothing passes"
    SOURD = "questions pass, answers are lost"
    COUPE = "a question passes, and its answer is the end of the connection"


@dataclass(slots=True)
class Relais:
    """Forwards TCP connections to a Unix socket."""

    prise: str
    port: int = 0
    etat: Etat = Etat.PASSE
    _clients: list[asyncio.StreamWriter] = field(default_factory=list)
    _serveurs: list[asyncio.StreamWriter] = field(default_factory=list)
    _taches: set["asyncio.Task[None]"] = field(default_factory=set)

    def url(self, base: str) -> str:
        """The address of a database, through here."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{base}?sslmode=disable"

    def couper_les_clients(self) -> None:
        """Cut every connection for those who opened it; the server sees nothing of it."""
        for client in self._clients:
            client.transport.abort()

    def couper_le_serveur(self) -> None:
        """Cut every connection for the server; those who opened it see nothing of it."""
        for serveur in self._serveurs:
            serveur.transport.abort()

    async def accueillir(self, lecture: asyncio.StreamReader, ecriture: asyncio.StreamWriter) -> None:
        """Forward one connection."""
        du_serveur, vers_serveur = await asyncio.open_unix_connection(self.prise)
        self._clients.append(ecriture)
        self._serveurs.append(vers_serveur)
        for tache in (self._aller(lecture, vers_serveur), self._retour(du_serveur, ecriture)):
            self._taches.add(asyncio.ensure_future(tache))

    async def _aller(self, lecture: asyncio.StreamReader, vers: asyncio.StreamWriter) -> None:
        while octets := await _lire(lecture):
            if self.etat is not Etat.MUET:
                vers.write(octets)

    async def _retour(self, lecture: asyncio.StreamReader, vers: asyncio.StreamWriter) -> None:
        while octets := await _lire(lecture):
            if self.etat is Etat.PASSE:
                vers.write(octets)
            elif self.etat is Etat.COUPE:
                self.etat = Etat.PASSE
                vers.transport.abort()

    async def fermer(self) -> None:
        """Cut everything."""
        self.couper_les_clients()
        self.couper_le_serveur()
        for tache in self._taches:
            tache.cancel()
        await asyncio.gather(*self._taches, return_exceptions=True)


async def _lire(lecture: asyncio.StreamReader) -> bytes:
    try:
        return await lecture.read(65_536)
    except OSError:
        return b""


@asynccontextmanager
async def relais(prise: str) -> AsyncIterator[Relais]:
    """Forward until the block ends."""
    un = Relais(prise)
    async with await asyncio.start_server(un.accueillir, "127.0.0.1", 0) as serveur:
        un.port = serveur.sockets[0].getsockname()[1]
        yield un
        await un.fermer()
