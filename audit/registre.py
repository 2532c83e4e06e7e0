"""The journal's file: the append of a batch, the recovery at opening, the reading."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from audit.chainage import a_sceller, chainer_les_anciennes, ouvrir_partie
from audit.instants import DEBUT, FIN, microsecondes
from audit.partie import Ligne, Partie, Sceller
from audit.tables import AJOUT, AJOUT_D_UNE, CONTENU, EN_COURS, LECTURE, MIGRATIONS, SANS_CHAINE, VERSION
from audit.trace import Intention, Issue, Reprise, Trace
from audit.verificateur import Tete, reste

#: Seconds that a writer waits for another one's lock: half of what a request waits in all.
ATTENTE = 0.5
_GENRES: dict[str, type[Trace]] = {"INTENT": Intention, "OUTCOME": Issue, "RECOVERED": Reprise}
_NOMS = {forme: genre for genre, forme in _GENRES.items()}
#: Device and inode: which file it is, whatever its name.
Fichier = tuple[int, int]
_CANONIQUE = msgspec.json.Encoder(order="sorted")


class RegistreIncompatible(Exception):  # noqa: N818 - the domain's nouns are French
    """The journal cannot be served as it is: another version wrote it, or it would lose what it is given; in French."""


def encoder(trace: Trace) -> Ligne:
    """Write a trace out."""
    return Ligne(
        _NOMS[type(trace)],
        trace.rang,
        microsecondes(trace.instant),
        trace.requete,
        _CANONIQUE.encode(trace).decode(),
    )


class Ouverture(NamedTuple):
    """A file that is ready to be written: which one it is, and the partie that begins."""

    fichier: Fichier
    partie: Partie
    a_sceller: tuple[Tete, ...]
    """What came before, when no seal speaks of it yet."""


def preparer(
    chemin: Path,
    maintenant: datetime,
    sceller: Sceller,
    *,
    scelles_neufs: bool = False,
    attendu: Fichier | None = None,
) -> Ouverture:
    """Create or upgrade the journal, and begin a partie.

    Args:
        chemin: the file.
        maintenant: current instant, aware.
        sceller: what to do with the states to seal.
        scelles_neufs: whether there is no seal yet: what came before is then to be sealed too.
        attendu: the one file that it may be; it is then not created.

    Raises:
        RegistreIncompatible: another version wrote it.
        sqlite3.Error, OSError: it cannot be opened or written.
    """
    if attendu is None:
        chemin.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(chemin, os.O_CREAT | os.O_RDWR, 0o600))
    fichier = attendu or _fichier(chemin)
    with closing(Connexion(chemin, fichier)) as connexion:
        _mettre_a_niveau(connexion, chemin, maintenant)
        tetes = tuple(a_sceller(connexion.sqlite)) if scelles_neufs else ()
        return Ouverture(fichier, ouvrir_partie(connexion.sqlite, maintenant, sceller), tetes)


def lire(chemin: Path, depuis: datetime | None = None, jusqu_a: datetime | None = None) -> Iterator[Trace]:
    """Yield the traces of [depuis, jusqu_a[ in the order of their instants, through a connection that cannot write."""
    bornes = (microsecondes(depuis or DEBUT), microsecondes(jusqu_a or FIN))
    with closing(connecter(chemin, "ro")) as connexion:
        for genre, corps in connexion.execute(LECTURE, bornes):
            yield decoder(genre, corps)


def decoder(genre: str, corps: str) -> Trace:
    """Return the trace that was written out so."""
    return msgspec.json.decode(corps, type=_GENRES[genre])


class Connexion:
    """A connection that writes to one file, and to no other that would take its place.

    A journal moved away must not start anew, empty; and to open another file beside our WAL would destroy both.
    """

    def __init__(self, chemin: Path, fichier: Fichier) -> None:
        self._chemin = chemin
        self._fichier = fichier
        self.verifier()
        self.sqlite = connecter(chemin, "rw")
        try:
            self.sqlite.execute("PRAGMA journal_mode = WAL")
            self.sqlite.execute("PRAGMA synchronous = FULL")
        except BaseException:
            self.close()
            raise

    def verifier(self) -> None:
        """Raise OSError when the file is gone, or is another one."""
        if _fichier(self._chemin) != self._fichier:
            raise FileNotFoundError

    def close(self) -> None:
        """Close the connection."""
        self.sqlite.close()


class Registre:
    """Appends to the partie of one file."""

    def __init__(self, chemin: Path, fichier: Fichier, partie: Partie) -> None:
        self._partie = partie
        self._connexion = Connexion(chemin, fichier)
        try:
            self._rattraper()
        except BaseException:
            self.close()
            raise

    def completer(self, maintenant: datetime) -> int:
        """Give a recovery record to every intention without issue; return how many there were."""
        en_cours = self._connexion.sqlite.execute(EN_COURS).fetchall()
        self.ajouter([encoder(Reprise(requete=requete, rang=rang, instant=maintenant)) for requete, rang in en_cours])
        return len(en_cours)

    def ajouter(self, lignes: Sequence[Ligne]) -> None:
        """Append lines in one durable transaction, all or none. Raise sqlite3.Error or OSError."""
        self._connexion.verifier()
        suite = self._partie.prolonger(ligne.reste for ligne in lignes)
        place = (suite.maillons, self._partie.id, self._partie.chaine.taille + 1)
        if len(lignes) == 1:
            fait = self._connexion.sqlite.execute(AJOUT_D_UNE, (*lignes[0], *place))
        else:
            fait = self._connexion.sqlite.execute(AJOUT, (msgspec.json.encode(lignes).decode(), *place))
        if fait.rowcount != len(lignes):
            raise sqlite3.IntegrityError  # a trigger that is not ours swallows what is appended
        self._partie.retenir(suite)

    def close(self) -> None:
        """Close the connection."""
        self._connexion.close()

    def _rattraper(self) -> None:
        """Chain what a batch that seemed to fail left in the file: a disk may fail after it has written."""
        partie = self._partie
        connues = partie.apres + partie.chaine.taille
        lignes = self._connexion.sqlite.execute(CONTENU, (partie.id, connues)).fetchall()
        partie.retenir(partie.prolonger([reste(*ligne) for ligne in lignes]))


def _mettre_a_niveau(connexion: Connexion, chemin: Path, maintenant: datetime) -> None:
    """Create the tables of an empty file, or bring those of an earlier version to ours."""
    (version,) = connexion.sqlite.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise RegistreIncompatible(
            f"Le journal {chemin} a été écrit par une version plus récente : servez-le avec elle."
        )
    if SANS_CHAINE < version < VERSION:
        raise RegistreIncompatible(
            f"Le journal {chemin} a été chaîné autrement, par une version de travail : gardez-le avec elle, seule à "
            "le vérifier, et nommez-en un autre (PARTICULIER_JOURNAL)."
        )
    if version < VERSION:
        connexion.sqlite.executescript("BEGIN IMMEDIATE;" + "".join(MIGRATIONS[version:]))
        if version == SANS_CHAINE:
            chainer_les_anciennes(connexion.sqlite, maintenant)
        connexion.sqlite.execute(f"PRAGMA user_version = {VERSION}")
        connexion.sqlite.execute("COMMIT")


def connecter(chemin: Path, mode: str) -> sqlite3.Connection:
    """Connect to a file; mode is `ro`, `rw` or `rwc`. Made in one thread, a connection may be closed by another one."""
    adresse = f"{chemin.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(adresse, uri=True, isolation_level=None, timeout=ATTENTE, check_same_thread=False)


def _fichier(chemin: Path) -> Fichier:
    etat = chemin.stat()
    return etat.st_dev, etat.st_ino
