"""A load generator on raw asyncio connections, kept alive: a few tens of microseconds per request."""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count
from time import perf_counter

_GRACE = 20.0
_OK = "200"
#: How a server says, by design, that it lacks time: nothing leaves without its trace, nor waits for a source for ever.
_DITS = ("503 ", "200 SOURCE_DELAI_DEPASSE", "200 SOURCE_INDISPONIBLE")


@dataclass(frozen=True, slots=True)
class Mesure:
    """What a run gave. Latencies in milliseconds."""

    reponses: int
    """As they must be: the others are neither counted nor timed."""
    secondes: float
    p50: float
    p99: float
    ecarts: Mapping[str, int] = field(default_factory=dict)
    """The others, by status and code."""

    @property
    def refus(self) -> Counter[str]:
        """Those by which a server says that it lacks time."""
        return Counter({nom: nombre for nom, nombre in self.ecarts.items() if nom.startswith(_DITS)})

    @property
    def erreurs(self) -> Counter[str]:
        """Those that are wrong."""
        return Counter(self.ecarts) - self.refus

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
    statut, corps = await _lire(lecteur)
    await _fermer(scripteur)
    return corps if statut == _OK else b""


async def charger(port: int, message: bytes, attendu: bytes, clients: int, secondes: float) -> Mesure:
    """Send the same message from `clients` connections for a time, each as soon as it is answered.

    Whatever is not a 200 with the body `attendu` is told apart, be it a connection cut.

    Raises:
        TimeoutError: the server hangs.
    """
    debut = perf_counter()
    return await _Charge(port, message, attendu, debut, debut + secondes).mener(clients)


@dataclass(frozen=True, slots=True)
class Cadence:
    """When messages are due: so many a second, in the slices of time of one program among several that take turns."""

    debit: float
    rang: int = 0
    nombre: int = 1
    tranche: float = 1.0
    """Seconds."""
    repos: float = 0.0
    """Seconds between two slices, for the last answers."""

    def moment(self, numero: int) -> float:
        """Return when a message is due, in seconds after the beginning."""
        tranche, dedans = divmod(numero / self.debit, self.tranche)
        return (tranche * self.nombre + self.rang) * (self.tranche + self.repos) + dedans

    def fin(self, secondes: float) -> float:
        """Return when it is over, in seconds after the beginning, for so many seconds of its own."""
        return self.moment(round(secondes * self.debit))


async def cadencer(  # noqa: PLR0913, PLR0917 - as `charger`, and a rate
    port: int, message: bytes, attendu: bytes, clients: int, secondes: float, cadence: Cadence
) -> Mesure:
    """As `charger`, each message when it is due; latencies run from then, be it sent later.

    The seconds are those of the program asked, without those of the others that take turns with it.

    Raises:
        TimeoutError: the server hangs.
    """
    debut = perf_counter()
    charge = _Charge(port, message, attendu, debut, debut + cadence.fin(secondes), cadence)
    return replace(await charge.mener(clients), secondes=secondes)


def mesurer(durees: list[float], secondes: float, ecarts: Mapping[str, int] | None = None) -> Mesure:
    """Sum up a run; `durees` in seconds, one per answer."""
    triees = sorted(durees)
    p50, p99 = (1000 * triees[len(triees) * centile // 100] if triees else float("nan") for centile in (50, 99))
    return Mesure(len(triees), secondes, p50, p99, ecarts or {})


class _Charge:
    """One run: what is sent, until when, and what came of it."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a run is made of
        self, port: int, message: bytes, attendu: bytes, debut: float, fin: float, cadence: Cadence | None = None
    ) -> None:
        self._port = port
        self._message = message
        self._attendu = attendu
        self._debut = debut
        self._fin = fin
        self._cadence = cadence
        self._rangs = count()
        self._durees: list[float] = []
        self._ecarts: Counter[str] = Counter()

    async def mener(self, clients: int) -> Mesure:
        async with asyncio.timeout(self._fin - self._debut + _GRACE):
            await asyncio.gather(*(self._client() for _ in range(clients)))
        return mesurer(self._durees, perf_counter() - self._debut, self._ecarts)

    async def _client(self) -> None:
        while not await self._enchainer():
            self._ecarts["connexion coupée"] += 1

    async def _enchainer(self) -> bool:
        """Use one connection until the end; return whether it came before the server cut it."""
        lecteur, scripteur = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            while (envoi := await self._prochain()) < self._fin:
                scripteur.write(self._message)
                self._noter(*await _lire(lecteur), perf_counter() - envoi)
        except (ConnectionError, asyncio.IncompleteReadError):
            return False
        finally:
            await _fermer(scripteur)
        return True

    async def _prochain(self) -> float:
        """Return when the next message is due: now, unless there is a rate to keep."""
        if self._cadence is None:
            return perf_counter()
        prevu = self._debut + self._cadence.moment(next(self._rangs))
        if prevu < self._fin and (attente := prevu - perf_counter()) > 0:
            await asyncio.sleep(attente)
        return prevu

    def _noter(self, statut: str, corps: bytes, duree: float) -> None:
        if (statut, corps) == (_OK, self._attendu):
            self._durees.append(duree)
        else:
            self._ecarts[f"{statut} {_code(corps)}"] += 1


async def _lire(lecteur: asyncio.StreamReader) -> tuple[str, bytes]:
    """Return the status and the body of an answer."""
    tete = (await lecteur.readuntil(b"\r\n\r\n")).lower()
    debut = tete.index(b"content-length:") + len(b"content-length:")
    corps = await lecteur.readexactly(int(tete[debut : tete.index(b"\r\n", debut)]))
    return tete.split(None, 2)[1].decode(), corps


def _code(corps: bytes) -> str:
    """Return the code of the first error of an answer."""
    try:
        return str(json.loads(corps)["errors"][0]["extensions"]["code"])
    except (ValueError, LookupError, TypeError):
        return "autre corps"


async def _fermer(scripteur: asyncio.StreamWriter) -> None:
    scripteur.close()
    with suppress(ConnectionError):
        await scripteur.wait_closed()
