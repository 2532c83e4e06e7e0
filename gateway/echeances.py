"""Watch what ends soon: a gauge for dashboards, and one line of the log at each notice of a token."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import structlog

from gateway.metrics import Metrics
from graph.errors import Surcharge
from habilitations.echeances import SEUILS, Genre
from habilitations.store import Store

log = structlog.get_logger("gateway.echeances")
#: Seconds between two readings.
_PERIODE = 3600.0


class Rappels:
    """Reads what ends soon, now and then. A notice is told once per server, and again after it restarts."""

    def __init__(self, store: Store, metrics: Metrics) -> None:
        self._store = store
        self._metrics = metrics
        self._dits: dict[str, int] = {}

    async def relever(self) -> None:
        """Tell what is due now; a database that is down is told elsewhere, and read again later."""
        maintenant = self._store.instant()
        try:
            echeances = await self._store.echeances(timedelta(days=max(SEUILS)))
        except Surcharge:
            return
        dus = {
            une.id: (une, seuil)
            for une in echeances
            if une.genre is Genre.JETON and (seuil := une.seuil(maintenant)) is not None
        }
        self._metrics.echeances(Counter(seuil for _, seuil in dus.values()))
        for une, seuil in dus.values():
            if seuil < self._dits.get(une.id, seuil + 1):
                jours = une.jours(maintenant)
                log.warning("jeton_expire_bientot", jeton=une.id, habilitation=une.habilitation_id, jours=jours)
        self._dits = {identifiant: seuil for identifiant, (_, seuil) in dus.items()}

    @asynccontextmanager
    async def ouverte(self) -> AsyncIterator[None]:
        """Watch while the block lasts; a reading under way ends by itself, within its bound."""
        fini = asyncio.Event()
        tache = asyncio.create_task(self._durer(fini))
        try:
            yield
        finally:
            fini.set()
            await tache

    async def _relever_ou_dire(self) -> None:
        # Whatever went wrong is told, by its kind alone, and goes on to whoever watches.
        try:
            await self.relever()
        except Exception as faute:
            log.error("echeances_illisibles", kind=type(faute).__name__)  # noqa: TRY400 - its text may hold a value
            raise

    async def _durer(self, fini: asyncio.Event) -> None:
        while not fini.is_set():
            # NOTE: whatever fails, be it the log, the next reading is made, and the server ends as it should.
            with suppress(Exception):
                await self._relever_ou_dire()
            with suppress(TimeoutError):
                await asyncio.wait_for(fini.wait(), _PERIODE)
