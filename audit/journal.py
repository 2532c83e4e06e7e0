"""The journal: `ecrire` returns once the traces are durable, or refuses within a bound."""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from audit.attente import ATTENTE_MAX, BUDGET, attendre
from audit.compteurs import Compteurs
from audit.contrat import JournalDurable
from audit.empreintes import retenir
from audit.partie import Partie
from audit.registre import Fichier, Registre, encoder, preparer
from audit.scelles import Scelles
from audit.scelleur import Scelleur
from audit.scribe import Depot, File, Scribe
from audit.trace import Trace
from audit.verificateur import Chaine, Tete
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
        self._file: File = File()
        self._compteurs = Compteurs()
        self._fichier: Fichier
        self._partie: Partie
        self._scribe: Scribe | None = None
        self._scelleur: Scelleur | None = None

    @property
    def compteurs(self) -> Compteurs:
        """What was written since the journal was made."""
        return replace(self._compteurs)

    @property
    def scelles_en_panne(self) -> bool:
        """Whether the last seal could not be written: requests go on, and somebody must be told."""
        return self._scelleur is not None and self._scelleur.en_panne

    async def ouvrir(self) -> int:
        """Create or upgrade the file, complete what a previous run left without issue, and start to write.

        Returns:
            How many intentions were completed: sources may have been called for them, and no answer left.

        Raises:
            AuditIndisponible: the file cannot be opened or written.
            RegistreIncompatible: a later version wrote it.
        """
        try:
            completees = await asyncio.to_thread(self._ouvrir)
        except (sqlite3.Error, OSError) as erreur:
            await asyncio.to_thread(self._fermer_les_scelles)
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
        await attendre(depot.durable)

    async def retenir_cle(self, mois: str, empreinte: bytes) -> Mapping[str, bytes]:
        """Keep the fingerprint of a key (`audit.accord.Temoin`)."""
        try:
            return await asyncio.to_thread(retenir, self._chemin, self._fichier, mois, empreinte)
        except (sqlite3.Error, OSError) as erreur:
            raise AuditIndisponible(cause=_nom(erreur)) from None

    async def aclose(self) -> None:
        """Write what waits, then close; anything written later is refused."""
        scribe, self._scribe = self._scribe, None
        if scribe is not None:
            self._file.put(None)
            await asyncio.to_thread(scribe.join, 2 * BUDGET)
            await asyncio.to_thread(self._fermer_les_scelles, scribe)

    def _ouvrir(self) -> int:
        neufs = self._scelles is not None and self._scelles.neufs()
        self._fichier, self._partie, tetes = preparer(self._chemin, self._horloge(), self._sceller, scelles_neufs=neufs)
        if self._scelles is not None:
            # The partie is sealed while it is empty: no record is ever in one that no seal knows.
            self._scelleur = Scelleur(self._scelles, self._compteurs)
            self._scelleur.ouvrir((*tetes, self._partie.chaine.tete()), BUDGET)
        with closing(Registre(self._chemin, self._fichier, self._partie)) as registre:
            return registre.completer(self._horloge())

    def _sceller(self, tetes: Sequence[Tete], chaine: Chaine) -> None:
        if self._scelleur is not None:
            self._scelleur.deposer(tetes, chaine)

    def _fermer_les_scelles(self, scribe: Scribe | None = None) -> None:
        """Stop to seal. A writer that is stuck may still write: its partie is not told to be closed."""
        scelleur, self._scelleur = self._scelleur, None
        if scelleur is not None:
            close = scribe is None or not scribe.is_alive()
            scelleur.fermer(self._partie.chaine if close else None, 2 * BUDGET)

    def _deposer(self, depot: Depot) -> None:
        if self._scribe is None:
            raise AuditIndisponible(cause="JOURNAL_FERME")
        if self._file.qsize() >= ATTENTE_MAX:
            raise AuditIndisponible(cause="FILE_PLEINE")
        if not self._scribe.is_alive():
            self._scribe = self._demarrer()
        self._file.put(depot)

    def _demarrer(self) -> Scribe:
        scribe = Scribe(self._chemin, self._fichier, self._partie, self._file, self._compteurs)
        scribe.start()
        return scribe


def _nom(erreur: Exception) -> str:
    return str(getattr(erreur, "sqlite_errorname", type(erreur).__name__))
