"""The one task that writes: it makes whatever waits durable in one transaction, and tells those who wait."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from audit.bornes import BUDGET
from audit.compteurs import Compteurs
from audit.postgresql.inscription import Inscription
from audit.postgresql.registre import Registre
from audit.scribe import LOT_MAX
from graph.errors import AuditIndisponible


@dataclass(frozen=True, slots=True)
class Depot:
    """What must be durable together, and who waits for it."""

    inscriptions: tuple[Inscription, ...]
    durable: "asyncio.Future[None]"


class Scribe:
    """Writes what is deposited, in the event loop that made it, until it is closed."""

    def __init__(self, registre: Registre, compteurs: Compteurs) -> None:
        self._registre = registre
        self._compteurs = compteurs
        self._file: deque[Depot] = deque()
        self._reveil = asyncio.Event()
        self._fini = False
        self._tache = asyncio.create_task(self._run(), name="journal")

    def __len__(self) -> int:
        """How many deposits wait."""
        return len(self._file)

    def deposer(self, depot: Depot) -> None:
        """Take a deposit; a writer that died is replaced."""
        if self._tache.done():
            self._tache = asyncio.create_task(self._run(), name="journal")
        self._file.append(depot)
        self._reveil.set()

    async def fermer(self) -> None:
        """Write what waits, within a bound, then let go of the partie."""
        self._fini = True
        self._reveil.set()
        ecrits, _ = await asyncio.wait((self._tache,), timeout=2 * BUDGET)
        self._tache.cancel()
        await self._registre.fermer(ecrit_encore=not ecrits)
        for depot in self._file:
            _conclure(depot, "JOURNAL_FERME")

    async def _run(self) -> None:
        while self._file or not self._fini:
            await self._reveil.wait()
            self._reveil.clear()
            while self._file:
                await self._inscrire([self._file.popleft() for _ in range(min(len(self._file), LOT_MAX))])

    async def _inscrire(self, depots: Sequence[Depot]) -> None:
        """Write a batch, without what nobody waits for any more since it took too long."""
        attendus = [depot for depot in depots if not depot.durable.done()]
        repris: list[Depot] = []
        cause = "ECRITURE_INTERROMPUE"
        try:
            await self._registre.tenir()
            repris = [depot for depot in attendus if self._est_repris(depot)]
            attendus = [depot for depot in attendus if depot not in repris] if repris else attendus
            await self._registre.ajouter([une for depot in attendus for une in depot.inscriptions])
        except Exception as erreur:  # noqa: BLE001 - whatever went wrong, those who wait are told
            self._compteurs.echecs += 1
            cause = type(erreur).__name__
        else:
            self._compteurs.lots += 1
            self._compteurs.traces += sum(len(depot.inscriptions) for depot in attendus)
            cause = ""
        finally:
            for depot in attendus:
                _conclure(depot, cause)
            for depot in repris:
                _conclure(depot, "REPRISE")

    def _est_repris(self, depot: Depot) -> bool:
        """Whether another process, which took this one for dead, said that no answer left."""
        reprises = self._registre.reprises
        return bool(reprises) and any(une.acces in reprises for une in depot.inscriptions)


def _conclure(depot: Depot, cause: str) -> None:
    if depot.durable.done():
        return
    if cause:
        depot.durable.set_exception(AuditIndisponible(cause=cause))
    else:
        depot.durable.set_result(None)
