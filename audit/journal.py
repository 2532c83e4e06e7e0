"""The journal: `ecrire` returns once the traces are durable, or refuses within a bound."""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from audit.attente import attendre
from audit.bornes import ATTENTE_MAX, BUDGET
from audit.compteurs import Compteurs
from audit.contrat import JournalDurable
from audit.empreintes import retenir
from audit.plume import Plume, nommer
from audit.registre import encoder
from audit.scelles import Scelles
from audit.scribe import Depot, File, Scribe
from audit.trace import Trace
from graph.errors import AuditIndisponible


class Journal(JournalDurable):
    """The journal of one process, over one SQLite file that no other process writes. Open it before use.

    It heals by itself: each batch that fails closes the file, the next one opens it again; a dead writer is replaced.

    Args:
        chemin: the file, created at opening (mode 0600), apart from any other database.
        horloge: current instant, aware.
        scelles: where the states of the journal are signed; without it, whoever owns the file can write it anew.
    """

    def __init__(self, chemin: Path, horloge: Callable[[], datetime], scelles: Scelles | None = None) -> None:
        self._chemin = chemin
        self._horloge = horloge
        self._scelles = scelles
        self._compteurs = Compteurs()
        self._plume = self._neuve()
        self._file: File = File()
        self._scribe: Scribe | None = None

    @property
    def compteurs(self) -> Compteurs:
        """What was written since the journal was made."""
        return replace(self._compteurs)

    @property
    def scelles_en_panne(self) -> bool:
        """Whether the last seal could not be written: requests go on, and somebody must be told."""
        return self._plume.scelles_en_panne

    async def ouvrir(self) -> int:
        """Create or upgrade the file, complete what a previous run left without issue, and start to write.

        Returns:
            How many intentions were completed: sources may have been called for them, and no answer left.

        Raises:
            AuditIndisponible: the file cannot be opened or written.
            RegistreIncompatible: another version wrote it.
        """
        self._plume = self._neuve()
        try:
            completees = await asyncio.to_thread(self._plume.ouvrir, self._horloge())
        except (sqlite3.Error, OSError) as erreur:
            await asyncio.to_thread(self._plume.ranger, close=True)
            raise AuditIndisponible(cause=nommer(erreur)) from None
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
        await attendre(depot.durable)

    async def retenir_cle(self, mois: str, empreinte: bytes) -> Mapping[str, bytes]:
        """Keep the fingerprint of a key (`audit.accord.Temoin`)."""
        return await retenir(self._chemin, self._plume.fichier, mois, empreinte)

    async def aclose(self) -> None:
        """Write what waits, then close; anything written later is refused."""
        scribe, self._scribe = self._scribe, None
        if scribe is not None:
            self._file.put(None)
            await asyncio.to_thread(scribe.join, 2 * BUDGET)
            await asyncio.to_thread(self._plume.ranger, close=not scribe.is_alive())

    def _neuve(self) -> Plume:
        """Return what nobody writes with: a writer that was stuck at the last closing may still hold its own."""
        return Plume(self._chemin, self._scelles, self._compteurs)

    def _deposer(self, depot: Depot) -> None:
        if self._scribe is None:
            raise AuditIndisponible(cause="JOURNAL_FERME")
        if self._file.qsize() >= ATTENTE_MAX:
            raise AuditIndisponible(cause="FILE_PLEINE")
        if not self._scribe.is_alive():
            self._scribe = self._demarrer()
        self._file.put(depot)

    def _demarrer(self) -> Scribe:
        scribe = Scribe(self._plume, self._file)
        scribe.start()
        return scribe
