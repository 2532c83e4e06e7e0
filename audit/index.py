"""The index of a journal: where a token, a request or a pseudonym is found in it, without reading it all.

It is a file beside the journal, derived from it: it costs nothing to the requests, is brought up to date by whoever
searches, and is made anew when it is removed. It is no proof: what it leads to is read in the journal.

Every term leads to intentions, and an intention to what came of it: the terms of an issue lead to its intention.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from heapq import nlargest
from pathlib import Path
from typing import Self

from audit.registre import connecter
from audit.tables import COPIE, INDEXABLES, MAILLON, PREMIERE_PARTIE
from audit.termes import de_la_requete, hache, lire, termes

VERSION = 3
# NOTE: the terms are digests, hence scattered. In one tree, each would be written on a page of its own, and the more so
# as the tree grows; a tranche is a few megabytes, and the last one alone is written.
_SCHEMA = f"""
DROP TABLE IF EXISTS entree;
DROP TABLE IF EXISTS suite;
DROP TABLE IF EXISTS etat;
CREATE TABLE entree (
    tranche INTEGER, terme INTEGER, seq INTEGER, PRIMARY KEY (tranche, terme, seq)
) WITHOUT ROWID;
CREATE TABLE suite (intention INTEGER, seq INTEGER, PRIMARY KEY (intention, seq)) WITHOUT ROWID;
CREATE TABLE etat (journal TEXT PRIMARY KEY, seq INTEGER NOT NULL, maillon BLOB NOT NULL);
PRAGMA user_version = {VERSION};
"""
#: Records of a tranche, as a power of two.
TRANCHE = 18
_TABLES = ("entree", "suite", "etat")


def chemin_par_defaut(journal: Path) -> Path:
    """Return where the index of a journal is."""
    return journal.with_name(f"{journal.name}.index")


#: What SQLite says of a file that is not a database, or that lost pieces.
_ABIMES = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


class Index:
    """The index of one journal, over a connection that it owns; `tranche` is the same as long as the file lives."""

    def __init__(self, connexion: sqlite3.Connection, tranche: int = TRANCHE) -> None:
        self._connexion = connexion
        self._tranche = tranche

    @classmethod
    def ouvrir(cls, chemin: Path, tranche: int = TRANCHE) -> Self:
        """Open an index to write it; an old one, or what is not one, is forgotten. Raise sqlite3.Error or OSError."""
        try:
            return cls._ouvert(chemin, tranche)
        except sqlite3.DatabaseError as erreur:
            if erreur.sqlite_errorcode not in _ABIMES:
                raise
            for suffixe in ("", "-wal", "-shm"):
                chemin.with_name(f"{chemin.name}{suffixe}").unlink(missing_ok=True)
            return cls._ouvert(chemin, tranche)

    @classmethod
    def _ouvert(cls, chemin: Path, tranche: int) -> Self:
        os.close(os.open(chemin, os.O_CREAT | os.O_RDWR, 0o600))
        connexion = connecter(chemin, "rw")
        try:
            connexion.execute("PRAGMA journal_mode = WAL")
            # Nothing is lost but what is derived, and the file stays whole: there is no need to wait for the disk.
            connexion.execute("PRAGMA synchronous = NORMAL")
            _mettre_a_niveau(connexion)
        except BaseException:
            connexion.close()
            raise
        return cls(connexion, tranche)

    @classmethod
    def a_jour(cls, journal: sqlite3.Connection, chemin: Path, lot: int = 20_000, tranche: int = TRANCHE) -> Self:
        """Open an index, and bring it up to date, `lot` records at once."""
        index = cls.ouvrir(chemin, tranche)
        try:
            while index.rattraper(journal, lot):
                pass
        except BaseException:
            index.close()
            raise
        return index

    def chercher(self, terme: str) -> list[int]:
        """Return the numbers of the intentions that may be what is looked for: one in 10^19 is not."""
        return [seq for tranche in range(self._tranches()) for seq in self._dans(tranche, hache(terme))]

    def avant(self, termes: Iterable[str], limite: int, combien: int) -> list[int]:
        """Return the last `combien` intentions that come before `limite`, the newest first, whatever the term."""
        empreintes = [hache(terme) for terme in termes]
        trouves: set[int] = set()
        for tranche in range(min(self._tranches(), (limite >> self._tranche) + 1) - 1, -1, -1):
            for empreinte in empreintes:
                trouves.update(self._derniers(tranche, empreinte, limite, combien))
            if len(trouves) >= combien:
                break
        return nlargest(combien, trouves)

    def suites(self, intention: int) -> list[int]:
        """Return the numbers of the records that tell what came of an intention."""
        lues = self._connexion.execute("SELECT seq FROM suite WHERE intention = ? ORDER BY seq", (intention,))
        return [seq for (seq,) in lues]

    def dernier(self, journal: sqlite3.Connection) -> int:
        """Return the number of the last record indexed of a journal; 0 for another journal than its own."""
        return self._reconnu(journal, _nom(journal)) or 0

    def rattraper(self, journal: sqlite3.Connection, lot: int) -> bool:
        """Index the records that follow, `lot` at most; tell whether there may be more."""
        nom = _nom(journal)
        with closing(self._connexion.cursor()) as curseur:
            curseur.execute("BEGIN IMMEDIATE")
            try:
                lignes = journal.execute(INDEXABLES, (self._depuis(curseur, journal, nom), lot)).fetchall()
                if lignes:
                    self._inscrire(curseur, journal, lignes)
                    (maillon,) = journal.execute(MAILLON, (lignes[-1][0],)).fetchone()
                    curseur.execute("INSERT OR REPLACE INTO etat VALUES (?, ?, ?)", (nom, lignes[-1][0], maillon))
            except BaseException:
                curseur.execute("ROLLBACK")
                raise
            curseur.execute("COMMIT")
        return len(lignes) == lot

    def close(self) -> None:
        """Close the index."""
        self._connexion.close()

    def _inscrire(
        self, curseur: sqlite3.Cursor, journal: sqlite3.Connection, lignes: Iterable[tuple[int, int, bytes]]
    ) -> None:
        intentions: dict[tuple[str, int], int] = {}
        entrees: set[tuple[int, int, int]] = set()
        suites: set[tuple[int, int]] = set()
        for seq, instant, corps in lignes:
            trace = lire(corps)
            acces = (trace.requete, trace.rang)
            if trace.jeton is not None:
                vers = intentions.setdefault(acces, seq)
            else:
                vers = intentions.get(acces) or self._intention(journal, acces) or seq
            if vers != seq:
                suites.add((vers, seq))
            entrees.update((vers >> self._tranche, hache(terme), vers) for terme in termes(trace, instant))
        # In the order of the tree: each page is written once.
        curseur.executemany("INSERT OR IGNORE INTO entree VALUES (?, ?, ?)", sorted(entrees))
        curseur.executemany("INSERT OR IGNORE INTO suite VALUES (?, ?)", sorted(suites))

    def _intention(self, journal: sqlite3.Connection, acces: tuple[str, int]) -> int | None:
        """Return the intention of an access that was indexed before, lately as a rule."""
        requete, rang = acces
        empreinte = hache(de_la_requete(requete))
        for tranche in range(self._tranches() - 1, -1, -1):
            for seq in self._dans(tranche, empreinte):
                (ligne,) = journal.execute(INDEXABLES, (seq - 1, 1)).fetchall()
                trace = lire(ligne[2])
                if (trace.requete, trace.rang) == (requete, rang):
                    return seq
        return None

    def _tranches(self) -> int:
        (derniere,) = self._connexion.execute("SELECT ifnull(max(tranche), -1) FROM entree").fetchone()
        return int(derniere) + 1

    def _dans(self, tranche: int, empreinte: int) -> list[int]:
        requete = "SELECT seq FROM entree WHERE tranche = ? AND terme = ? ORDER BY seq"
        return [seq for (seq,) in self._connexion.execute(requete, (tranche, empreinte))]

    def _derniers(self, tranche: int, empreinte: int, limite: int, combien: int) -> Iterator[int]:
        requete = "SELECT seq FROM entree WHERE tranche = ? AND terme = ? AND seq < ? ORDER BY seq DESC LIMIT ?"
        for (seq,) in self._connexion.execute(requete, (tranche, empreinte, limite, combien)):
            yield seq

    def _depuis(self, curseur: sqlite3.Cursor, journal: sqlite3.Connection, nom: str) -> int:
        """Return the last record indexed; forget all if the index is that of another journal."""
        dernier = self._reconnu(journal, nom)
        if dernier is None:
            for table in _TABLES:
                curseur.execute(f"DELETE FROM {table}")  # noqa: S608 - our own words
        return dernier or 0

    def _reconnu(self, journal: sqlite3.Connection, nom: str) -> int | None:
        """Return the last record indexed; None if the journal does not hold it: restored, it has another past."""
        etat = self._connexion.execute("SELECT seq, maillon FROM etat WHERE journal = ?", (nom,)).fetchone()
        if etat is None or journal.execute(MAILLON, etat[:1]).fetchone() != etat[1:]:
            return None
        return int(etat[0])


def _mettre_a_niveau(connexion: sqlite3.Connection) -> None:
    """Create the tables; those of another version are dropped: the journal has all that they held."""
    if connexion.execute("PRAGMA user_version").fetchone() != (VERSION,):
        connexion.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")


def _nom(journal: sqlite3.Connection) -> str:
    """Return what tells a journal from another one; two copies of one do not number its records alike."""
    (nom,) = journal.execute(PREMIERE_PARTIE).fetchone() or ("",)
    (copie,) = journal.execute(COPIE).fetchone()
    return f"{nom}|{copie}"
