"""Keeps the index of a journal up to date while a server runs, in a thread of its own, a little at a time."""

import sqlite3
import threading
from contextlib import closing, suppress
from pathlib import Path
from time import monotonic

from audit.index import Index
from audit.registre import connecter

#: Records indexed in one transaction: some ten milliseconds of work.
LOT = 2_000
#: Seconds between two looks at a journal that nobody searches.
PERIODE = 2.0
#: Before any record: there may be no index at all.
_INCONNU = -1


class Indexeur(threading.Thread):
    """Indexes until it is told to stop; what fails is tried again.

    Between two lots it rests as long as one took: an index that lags by millions must not take the server's time.

    Args:
        journal: the file, which another thread writes.
        index: its index, made when there is none.
        lot: records of one transaction.
        periode: seconds between two looks, when nobody waits.
    """

    def __init__(self, journal: Path, index: Path, lot: int = LOT, periode: float = PERIODE) -> None:
        # A daemon: a disk that hangs must not prevent the process from ending.
        super().__init__(name="index du journal", daemon=True)
        self._journal = journal
        self._index = index
        self._lot = lot
        self._periode = periode
        self._avance = threading.Condition()
        self._reveil = threading.Event()
        self._arret = False
        self._jusqu_a = _INCONNU
        self._ouverts: tuple[sqlite3.Connection, Index, int] | None = None

    def run(self) -> None:
        """Index lot after lot."""
        while not self._arret:
            debut = monotonic()
            encore = self._un_lot()
            self._reveil.wait(monotonic() - debut if encore else self._periode)
            self._reveil.clear()
        self._fermer()

    def attendre(self, seq: int, delai: float) -> bool:
        """Wait until a record is indexed; tell whether it is."""
        with self._avance:
            self._reveil.set()
            return self._avance.wait_for(lambda: self._jusqu_a >= seq or self._arret, delai) and not self._arret

    def arreter(self) -> None:
        """Stop once the present lot is done."""
        self._arret = True
        self._reveil.set()
        with self._avance:
            self._avance.notify_all()

    def _un_lot(self) -> bool:
        """Index what follows; tell whether there may be more. Whatever fails is tried again later."""
        try:
            journal, index = self._ouvrir()
            encore = index.rattraper(journal, self._lot)
            jusqu_a = index.dernier(journal)
        except Exception:  # noqa: BLE001 - whatever went wrong, searches are refused, and the thread must not end
            self._fermer()
            encore, jusqu_a = False, _INCONNU
        with self._avance:
            self._jusqu_a = jusqu_a
            self._avance.notify_all()
        return encore

    def _ouvrir(self) -> tuple[sqlite3.Connection, Index]:
        """Return both files open, anew if the index was removed."""
        if self._ouverts and (not self._index.exists() or self._index.stat().st_ino != self._ouverts[2]):
            self._fermer()
        if self._ouverts is None:
            journal = connecter(self._journal, "ro")
            try:
                index = Index.ouvrir(self._index)
            except BaseException:
                journal.close()
                raise
            self._ouverts = journal, index, self._index.stat().st_ino
        return self._ouverts[:2]

    def _fermer(self) -> None:
        ouverts, self._ouverts = self._ouverts, None
        for un in ouverts[:2] if ouverts else ():
            with suppress(sqlite3.Error), closing(un):
                pass
