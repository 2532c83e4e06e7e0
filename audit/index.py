"""The index of a journal: where a token, a request or a pseudonym is found in it, without reading it all.

It is a file beside the journal, derived from it: it costs nothing to the requests, is brought up to date by whoever
searches, and is made anew when it is removed. It is no proof: what it leads to is read in the journal.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from hashlib import blake2b
from pathlib import Path

import msgspec

from audit.registre import connecter
from audit.tables import INDEXABLES, PREMIERE_PARTIE

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entree (terme INTEGER, seq INTEGER, PRIMARY KEY (terme, seq)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS etat (journal TEXT PRIMARY KEY, seq INTEGER NOT NULL);
"""
_JOUR = 86_400 * 10**6


class _Pseudonyme(msgspec.Struct):
    genre: str
    empreinte: str


class _Corps(msgspec.Struct):
    """What is indexed of a record."""

    requete: str
    jeton: str | None = None
    pseudonymes: tuple[_Pseudonyme, ...] = ()


_LECTEUR = msgspec.json.Decoder(_Corps)


def chemin_par_defaut(journal: Path) -> Path:
    """Return where the index of a journal is."""
    return journal.with_name(f"{journal.name}.index")


def du_jeton(jeton: str, instant: int) -> str:
    """Return what finds the intentions of a token on the day of an instant, in microseconds since 1970."""
    return f"jeton|{jeton}|{instant // _JOUR}"


def jours(debut: int, fin: int) -> range:
    """Return an instant of each day of [debut, fin[."""
    return range(debut - debut % _JOUR, fin, _JOUR)


def de_la_requete(requete: str) -> str:
    """Return what finds the traces of a request."""
    return f"requete|{requete}"


def du_pseudonyme(genre: str, empreinte: str) -> str:
    """Return what finds the traces that bear a pseudonym."""
    return f"pseudonyme|{genre}|{empreinte}"


class Index:
    """The index of one journal, up to date when it is opened; records are read and indexed `lot` at once."""

    def __init__(self, journal: sqlite3.Connection, chemin: Path, lot: int = 20_000) -> None:
        self._lot = lot
        os.close(os.open(chemin, os.O_CREAT | os.O_RDWR, 0o600))
        self._connexion = connecter(chemin, "rw")
        try:
            self._connexion.execute("PRAGMA journal_mode = WAL")
            self._connexion.executescript(_SCHEMA)
            while self._rattraper(journal):
                pass
        except BaseException:
            self.close()
            raise

    def chercher(self, terme: str) -> list[int]:
        """Return the numbers of the records that may bear what is looked for: one in 10^19 does not."""
        trouves = self._connexion.execute("SELECT seq FROM entree WHERE terme = ? ORDER BY seq", (_empreinte(terme),))
        return [seq for (seq,) in trouves]

    def close(self) -> None:
        """Close the index."""
        self._connexion.close()

    def _rattraper(self, journal: sqlite3.Connection) -> bool:
        """Index the records that follow; tell whether there may be more."""
        (nom,) = journal.execute(PREMIERE_PARTIE).fetchone() or ("",)
        with closing(self._connexion.cursor()) as curseur:
            curseur.execute("BEGIN IMMEDIATE")
            try:
                lignes = journal.execute(INDEXABLES, (self._depuis(curseur, nom), self._lot)).fetchall()
                if lignes:
                    entrees = sorted({(_empreinte(terme), ligne[0]) for ligne in lignes for terme in _termes(*ligne)})
                    curseur.executemany("INSERT OR IGNORE INTO entree VALUES (?, ?)", entrees)
                    curseur.execute("INSERT OR REPLACE INTO etat VALUES (?, ?)", (nom, lignes[-1][0]))
            except BaseException:
                curseur.execute("ROLLBACK")
                raise
            curseur.execute("COMMIT")
        return len(lignes) == self._lot

    def _depuis(self, curseur: sqlite3.Cursor, nom: str) -> int:
        """Return the last record indexed; forget all if the index is that of another journal."""
        etat = curseur.execute("SELECT seq FROM etat WHERE journal = ?", (nom,)).fetchone()
        if etat is None:
            curseur.execute("DELETE FROM entree")
            curseur.execute("DELETE FROM etat")
        return int(etat[0]) if etat else 0


def _termes(_seq: int, instant: int, corps: str) -> Iterator[str]:
    trace = _LECTEUR.decode(corps)
    yield de_la_requete(trace.requete)
    if trace.jeton is not None:
        yield du_jeton(trace.jeton, instant)
    yield from _des_pseudonymes(trace.pseudonymes)


def _des_pseudonymes(pseudonymes: Iterable[_Pseudonyme]) -> Iterator[str]:
    for pseudonyme in pseudonymes:
        yield du_pseudonyme(pseudonyme.genre, pseudonyme.empreinte)


def _empreinte(terme: str) -> int:
    return int.from_bytes(blake2b(terme.encode(), digest_size=8).digest(), signed=True)
