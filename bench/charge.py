"""A load generator on raw asyncio connections, kept alive: a few tens of microseconds per request."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from time import perf_counter

_GRACE = 20.0


@dataclass(frozen=True, slots=True)
class Mesure:
    """What a run gave. Latencies in milliseconds."""

    reponses: int
    erreurs: int
    secondes: float
    p50: float
    p99: float

    @property
    def debit(self) -> float:
        """Answers per second."""
        return self.reponses / self.secondes


def requete(port: int, jeton: str, corps: bytes) -> bytes:
    """Return the bytes of one POST /graphql."""
    entetes = (
        f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {jeton}\r\nContent-Length: {len(corps)}\r\n\r\n"
    )
    return entetes.encode() + corps


async def demander(port: int, message: bytes) -> bytes:
    """Send one message on a connection of its own; return the body of the answer, empty if it is not a 200."""
    lecteur, scripteur = await asyncio.open_connection("127.0.0.1", port)
    scripteur.write(message)
    corps = await _lire(lecteur)
    await _fermer(scripteur)
    return corps


async def charger(port: int, message: bytes, attendu: bytes, clients: int, secondes: float) -> Mesure:
    """Send the same message from `clients` connections for a time.

    An answer that is not a 200 with the body `attendu` is an error, and so is a connection cut.

    Raises:
        TimeoutError: the server hangs.
    """
    durees: list[float] = []
    debut = perf_counter()
    fin = debut + secondes

    async def client() -> int:
        erreurs = 0
        while perf_counter() < fin:
            erreurs += await _enchainer(port, message, attendu, fin, durees)
        return erreurs

    async with asyncio.timeout(secondes + _GRACE):
        erreurs = sum(await asyncio.gather(*(client() for _ in range(clients))))
    return mesurer(durees, erreurs, perf_counter() - debut)


def mesurer(durees: list[float], erreurs: int, secondes: float) -> Mesure:
    """Sum up a run; `durees` in seconds, one per answer."""
    triees = sorted(durees)
    return Mesure(
        len(triees), erreurs, secondes, 1000 * triees[len(triees) // 2], 1000 * triees[len(triees) * 99 // 100]
    )


async def _lire(lecteur: asyncio.StreamReader) -> bytes:
    tete = (await lecteur.readuntil(b"\r\n\r\n")).lower()
    debut = tete.index(b"content-length:") + len(b"content-length:")
    corps = await lecteur.readexactly(int(tete[debut : tete.index(b"\r\n", debut)]))
    return corps if tete.startswith(b"http/1.1 200 ") else b""


async def _enchainer(port: int, message: bytes, attendu: bytes, fin: float, durees: list[float]) -> int:
    """Use one connection until the end, or until the server cuts it; return the errors, the cut being one."""
    lecteur, scripteur = await asyncio.open_connection("127.0.0.1", port)
    erreurs = 0
    try:
        while (envoi := perf_counter()) < fin:
            scripteur.write(message)
            corps = await _lire(lecteur)
            durees.append(perf_counter() - envoi)
            erreurs += corps != attendu
    except (ConnectionError, asyncio.IncompleteReadError):
        erreurs += 1
    await _fermer(scripteur)
    return erreurs


async def _fermer(scripteur: asyncio.StreamWriter) -> None:
    scripteur.close()
    with suppress(ConnectionError):
        await scripteur.wait_closed()
