"""Tell operators what must be repaired although requests go on: each alarm in a metric, and in the technical log."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress

import structlog

log = structlog.get_logger("gateway.veille")
#: Tells whether something is wrong now.
Alarme = Callable[[], bool]
#: Seconds between two looks; and how many looks between two lines of log, while an alarm lasts.
PERIODE, RAPPEL = 60, 60
#: Seconds after which a look that does not end is an alarm: a disk that hangs.
DELAI = 10.0


class Veille:
    """Looks at each alarm in turn, by its `motif`, from a thread: keys are read on a disk, which may hang."""

    def __init__(self, alarmes: Mapping[str, Alarme], delai: float = DELAI) -> None:
        self._alarmes = alarmes
        self._delai = delai
        self._depuis: Counter[str] = Counter()
        self._regards: dict[str, asyncio.Task[bool]] = {}

    async def regarder(self) -> None:
        """Log what begins, what ends, and from time to time what lasts."""
        for motif, alarme in self._alarmes.items():
            # NOTE: a log that cannot be written, on a full disk, must end neither the watch nor the other alarms.
            with suppress(Exception):
                self._juger(motif, allumee=await self._lire(motif, alarme))

    async def _lire(self, motif: str, alarme: Alarme) -> bool:
        """Tell whether an alarm is on; no second look begins before the first one ends."""
        regard = self._regards.get(motif)
        if regard is None:
            regard = self._regards[motif] = asyncio.create_task(asyncio.to_thread(alarme))
        await asyncio.wait((regard,), timeout=self._delai)
        if not regard.done():
            return True
        del self._regards[motif]
        return regard.result()

    def _juger(self, motif: str, *, allumee: bool) -> None:
        if allumee:
            if self._depuis[motif] % RAPPEL == 0:
                log.warning("alarme", motif=motif)
            self._depuis[motif] += 1
        elif self._depuis.pop(motif, 0):
            log.info("alarme_levee", motif=motif)

    @asynccontextmanager
    async def ouverte(self) -> AsyncIterator[None]:
        """Look now, then regularly, while the block lasts."""
        await self.regarder()
        tache = asyncio.create_task(self._veiller())
        try:
            yield
        finally:
            for une in (tache, *self._regards.values()):
                une.cancel()
            with suppress(asyncio.CancelledError):
                await tache

    async def _veiller(self) -> None:
        while True:
            await asyncio.sleep(PERIODE)
            await self.regarder()
