"""The journal's file: the append of a batch, the recovery at opening, the reading."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from audit.tables import AJOUT, EN_COURS, LECTURE, SCHEMA, VERSION
from audit.trace import Intention, Issue, Reprise, Trace

#: Seconds that a writer waits for another one's lock: half of what a request waits in all.
ATTENTE = 0.5
_GENRES: dict[str, type[Trace]] = {"INTENT": Intention, "OUTCOME": Issue, "RECOVERED": Reprise}
_NOMS = {forme: genre for genre, forme in _GENRES.items()}
#: Device and inode: which file it is, whatever its name.
Fichier = tuple[int, int]
_EPOQUE = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECONDE = timedelta(microseconds=1)
_CANONIQUE = msgspec.json.Encoder(order="sorted")


class RegistreIncompatible(Exception):  # noqa: N818 - the domain's nouns are French
    """The file was written by a later version; the message is for the operator, in French."""


def encoder(trace: Trace) -> bytes:
    """Return the line of a trace: a JSON array of genre, request, rank, instant and body (canonical JSON, a string)."""
    corps = _CANONIQUE.encode(trace).decode()
    ligne = (_NOMS[type(trace)], trace.requete, trace.rang, _microsecondes(trace.instant), corps)
    return msgspec.json.encode(ligne)


def preparer(chemin: Path, maintenant: datetime) -> tuple[Fichier, int]:
    """Create the journal if there is none, and complete the intentions that a previous run left without issue.

    Returns:
        Which file it is, and how many intentions were completed.

    Raises:
        RegistreIncompatible: a later version wrote it.
        sqlite3.Error, OSError: it cannot be opened or written.
    """
    chemin.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(chemin, os.O_CREAT | os.O_RDWR, 0o600))
    fichier = _fichier(chemin)
    with closing(Registre(chemin, fichier)) as registre:
        registre.mettre_a_niveau()
        return fichier, registre.completer(maintenant)


def lire(chemin: Path, depuis: datetime | None = None, jusqu_a: datetime | None = None) -> Iterator[Trace]:
    """Yield the traces of [depuis, jusqu_a[ in the order of their instants, through a connection that cannot write."""
    bornes = (_microsecondes(depuis or _EPOQUE), _microsecondes(jusqu_a or datetime.max.replace(tzinfo=UTC)))
    with closing(_connecter(chemin, "ro")) as connexion:
        for genre, corps in connexion.execute(LECTURE, bornes):
            yield msgspec.json.decode(corps, type=_GENRES[genre])


class Registre:
    """A connection that appends to one file, and to no other that would take its place.

    A journal moved away must not start anew, empty; and to open another file beside our WAL would destroy both.
    """

    def __init__(self, chemin: Path, fichier: Fichier) -> None:
        self._chemin = chemin
        self._fichier = fichier
        self._verifier()
        self._connexion = _connecter(chemin, "rw")
        try:
            self._connexion.execute("PRAGMA journal_mode = WAL")
            self._connexion.execute("PRAGMA synchronous = FULL")
        except BaseException:
            self.close()
            raise

    def mettre_a_niveau(self) -> None:
        """Create the tables of an empty file. Raise RegistreIncompatible."""
        (version,) = self._connexion.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise RegistreIncompatible(
                f"Le journal {self._chemin} a été écrit par une version plus récente : servez-le avec elle."
            )
        if version < VERSION:
            self._connexion.executescript(SCHEMA)

    def completer(self, maintenant: datetime) -> int:
        """Give a recovery record to every intention without issue; return how many there were."""
        en_cours = self._connexion.execute(EN_COURS).fetchall()
        self.ajouter([encoder(Reprise(requete=requete, rang=rang, instant=maintenant)) for requete, rang in en_cours])
        return len(en_cours)

    def ajouter(self, lignes: Sequence[bytes]) -> None:
        """Append lines in one durable transaction, all or none. Raise sqlite3.Error or OSError."""
        self._verifier()
        self._connexion.execute(AJOUT, ((b"[" + b",".join(lignes) + b"]").decode(),))

    def close(self) -> None:
        """Close the connection."""
        self._connexion.close()

    def _verifier(self) -> None:
        if _fichier(self._chemin) != self._fichier:
            raise FileNotFoundError


def _connecter(chemin: Path, mode: str) -> sqlite3.Connection:
    # Made in one thread, it may be closed by another one: never used by two at once.
    adresse = f"{chemin.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(adresse, uri=True, isolation_level=None, timeout=ATTENTE, check_same_thread=False)


def _fichier(chemin: Path) -> Fichier:
    etat = chemin.stat()
    return etat.st_dev, etat.st_ino


def _microsecondes(instant: datetime) -> int:
    return (instant - _EPOQUE) // _MICROSECONDE
