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


class Veille:
    """Looks at each alarm in turn, by its `motif`."""

    def __init__(self, alarmes: Mapping[str, Alarme]) -> None:
        self._alarmes = alarmes
        self._depuis: Counter[str] = Counter()

    def regarder(self) -> None:
        """Log what begins, what ends, and from time to time what lasts."""
        for motif, alarme in self._alarmes.items():
            # NOTE: a log that cannot be written, on a full disk, must end neither the watch nor the other alarms.
            with suppress(Exception):
                self._juger(motif, allumee=alarme())

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
        tache = asyncio.create_task(self._veiller())
        try:
            yield
        finally:
            tache.cancel()
            with suppress(asyncio.CancelledError):
                await tache

    async def _veiller(self) -> None:
        while True:
            self.regarder()
            await asyncio.sleep(PERIODE)
