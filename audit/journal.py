"""The journal: `ecrire` returns once the traces are durable, or refuses within a bound."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from audit.registre import Fichier, encoder, preparer
from audit.scribe import Compteurs, Depot, File, Scribe
from audit.trace import Trace
from graph.errors import AuditIndisponible

#: Seconds that a request waits for its trace, whatever happens to the disk.
BUDGET = 1.0
#: Deposits that may wait: more could not be made durable within the budget.
ATTENTE_MAX = 4096


class Journal:
    """The journal of one process, over one SQLite file that no other process writes. Open it before use.

    It heals by itself: each batch that fails closes the file, the next one opens it again; a dead writer is replaced.

    Args:
        chemin: the file, created at opening (mode 0600), apart from any other database.
        horloge: current instant, aware.
    """

    def __init__(self, chemin: Path, horloge: Callable[[], datetime]) -> None:
        self._chemin = chemin
        self._horloge = horloge
        self._file: File = File()
        self._compteurs = Compteurs()
        self._fichier: Fichier
        self._scribe: Scribe | None = None

    @property
    def compteurs(self) -> Compteurs:
        """What was written since the journal was made."""
        return replace(self._compteurs)

    async def ouvrir(self) -> int:
        """Create or upgrade the file, complete what a previous run left without issue, and start to write.

        Returns:
            How many intentions were completed: sources may have been called for them, and no answer left.

        Raises:
            AuditIndisponible: the file cannot be opened or written.
            RegistreIncompatible: a later version wrote it.
        """
        try:
            self._fichier, completees = await asyncio.to_thread(preparer, self._chemin, self._horloge())
        except (sqlite3.Error, OSError) as erreur:
            raise AuditIndisponible(cause=_nom(erreur)) from None
        self._scribe = self._demarrer()
        return completees

    async def ecrire(self, traces: Sequence[Trace]) -> None:
        """Return once every trace is durable, all in one transaction.

        A write refused for want of time may still be made: an intention without a call, or an issue without an answer,
        says too much, never too little. An intention whose issue could not be written is completed at the next opening.

        A caller who is cancelled is told so once the fate of its traces is known.

        Raises:
            AuditIndisponible: not durable, told within 1 s: file locked, disk full or failing, writer dead, too many
                waiting, journal closed. `cause` names which.
        """
        boucle = asyncio.get_running_loop()
        depot = Depot(tuple(map(encoder, traces)), boucle, boucle.create_future())
        self._deposer(depot)
        # Cheaper than asyncio.timeout, which costs several per cent of the throughput.
        garde = boucle.call_later(BUDGET, _renoncer, depot.durable)
        try:
            await asyncio.shield(depot.durable)
        except asyncio.CancelledError:
            # NOTE: the deposit is written all the same: who is cancelled must know if a trace is to be completed.
            await depot.durable
            raise
        finally:
            garde.cancel()

    async def pret(self) -> bool:
        """Tell whether the journal can be written now, by an empty write."""
        try:
            await self.ecrire(())
        except AuditIndisponible:
            return False
        return True

    async def aclose(self) -> None:
        """Write what waits, then close; anything written later is refused."""
        scribe, self._scribe = self._scribe, None
        if scribe is not None:
            self._file.put(None)
            await asyncio.to_thread(scribe.join, 2 * BUDGET)

    def _deposer(self, depot: Depot) -> None:
        if self._scribe is None:
            raise AuditIndisponible(cause="JOURNAL_FERME")
        if self._file.qsize() >= ATTENTE_MAX:
            raise AuditIndisponible(cause="FILE_PLEINE")
        if not self._scribe.is_alive():
            self._scribe = self._demarrer()
        self._file.put(depot)

    def _demarrer(self) -> Scribe:
        scribe = Scribe(self._chemin, self._fichier, self._file, self._compteurs)
        scribe.start()
        return scribe


def _renoncer(durable: "asyncio.Future[None]") -> None:
    if not durable.done():
        durable.set_exception(AuditIndisponible(cause="DELAI_DEPASSE"))


def _nom(erreur: Exception) -> str:
    return str(getattr(erreur, "sqlite_errorname", type(erreur).__name__))
