"""Share the places of one source between tokens: a loud one never takes them all from the others."""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from graph.errors import SourceDelaiDepasse, SourceIndisponible

#: Concurrent calls of one source: what its transport has connections for.
PLACES = 64
#: One place in 8 is kept for tokens that hold less than half: a newcomer does not wait for a slow call to end.
_RESERVE = 8
#: Calls that may wait for a source: at 64 every 10 s, the slowest sources, more than this has no chance.
ATTENTE_MAX = 1_024


class Partage:
    """The places of one source, in one process and one event loop.

    Up to half of them, rounded up, a token takes any free place. Beyond, it takes one only while no other token waits,
    and leaves the reserve. Whoever waits is served in turn: tokens one after the other, the calls of each in order.

    Args:
        places: concurrent calls.
    """

    def __init__(self, places: int = PLACES) -> None:
        self._libres = places
        self._moitie = (places + 1) // 2
        self._reserve = places // _RESERVE
        self._tenues: Counter[str] = Counter()
        # Tokens that wait, the next one to serve first.
        self._files: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._en_attente = 0

    @asynccontextmanager
    async def place(self, jeton_id: str, *, delai: float) -> AsyncIterator[None]:
        """Hold a place during the block, after `delai` seconds of waiting at most.

        Raises:
            SourceDelaiDepasse: none was free in time; nothing was called.
            SourceIndisponible: too many are waiting.
        """
        if self._admissible(jeton_id):
            self._occuper(jeton_id)
        else:
            await self._attendre(jeton_id, delai)
        try:
            yield
        finally:
            self._rendre(jeton_id)

    def _admissible(self, jeton_id: str) -> bool:
        if self._tenues[jeton_id] < self._moitie:
            return self._libres > 0
        return self._libres > self._reserve and self._files.keys() <= {jeton_id}

    def _occuper(self, jeton_id: str) -> None:
        self._libres -= 1
        self._tenues[jeton_id] += 1

    def _rendre(self, jeton_id: str) -> None:
        self._libres += 1
        self._tenues[jeton_id] -= 1
        if not self._tenues[jeton_id]:
            del self._tenues[jeton_id]
        self._servir()

    async def _attendre(self, jeton_id: str, delai: float) -> None:
        if self._en_attente >= ATTENTE_MAX:
            raise _sans_appel(SourceIndisponible(cause="PARTAGE_PLEIN"))
        attente = asyncio.get_running_loop().create_future()
        self._files.setdefault(jeton_id, deque()).append(attente)
        self._en_attente += 1
        try:
            async with asyncio.timeout(delai):
                await attente
        except TimeoutError:
            self._renoncer(jeton_id, attente)
            raise _sans_appel(SourceDelaiDepasse(cause="PARTAGE")) from None
        except asyncio.CancelledError:
            self._renoncer(jeton_id, attente)
            raise
        finally:
            self._en_attente -= 1

    def _renoncer(self, jeton_id: str, attente: "asyncio.Future[None]") -> None:
        """Leave the queue; or give back the place that was granted at the very moment of leaving."""
        if not attente.cancelled():
            self._rendre(jeton_id)
            return
        file = self._files[jeton_id]
        file.remove(attente)
        if not file:
            del self._files[jeton_id]
        self._servir()

    def _servir(self) -> None:
        """Give the free places to those who may have them: nobody who may have one is ever left waiting."""
        while (jeton_id := next(filter(self._servable, self._files), None)) is not None:
            file = self._files[jeton_id]
            attente = next(une for une in file if not une.done())
            file.remove(attente)
            self._occuper(jeton_id)
            attente.set_result(None)
            self._files.move_to_end(jeton_id)
            if not file:
                del self._files[jeton_id]

    def _servable(self, jeton_id: str) -> bool:
        # A call that was cancelled waits until its task leaves the queue by itself.
        return self._admissible(jeton_id) and not all(une.done() for une in self._files[jeton_id])


def _sans_appel(erreur: SourceDelaiDepasse | SourceIndisponible) -> SourceDelaiDepasse | SourceIndisponible:
    erreur.appelee = False
    return erreur
