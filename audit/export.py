"""What may be asked of a journal: whom a token saw, and who saw a person. Traces as JSON lines, pseudonyms only."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

from audit.index import Index, chemin_par_defaut
from audit.instants import microsecondes
from audit.pseudonyme import pseudonymes
from audit.registre import connecter, decoder
from audit.tables import ENREGISTREMENT
from audit.termes import du_jeton, du_pseudonyme, jours
from audit.trace import Intention, Issue, Trace
from graph.identite import Identite


def exporter(journal: Path, jeton: str, entre: tuple[datetime, datetime], index: Path | None = None) -> Iterator[str]:
    """Yield what a token asked in [start, end[ and what came of it: each intention, then its issue.

    Args:
        journal: the file, which may be written meanwhile.
        jeton: identifier of the token.
        entre: start and end, aware.
        index: its index, made or brought up to date; beside the journal by default.

    Raises:
        sqlite3.Error, OSError: the journal cannot be read, or the index written.
    """
    debut, fin = map(microsecondes, entre)
    with closing(_Recherche(journal, index)) as recherche:
        for jour in jours(debut, fin):
            for seq in recherche.index.chercher(du_jeton(jeton, jour)):
                (intention, ligne), *suites = recherche.acces(seq)
                dans = debut <= microsecondes(intention.instant) < fin
                if dans and isinstance(intention, Intention) and intention.jeton == jeton:
                    yield ligne
                    yield from (suite for _, suite in suites)


def exporter_personne(
    journal: Path, cles: Iterable[bytes], identite: Identite, index: Path | None = None
) -> Iterator[str]:
    """Yield every access about a person, whatever the key that named her: the intentions, and what came of them.

    Accesses about a homonym born the same day may be among them when the état civil is given (`audit.pseudonyme`).

    Args:
        journal: the file, which may be written meanwhile.
        cles: every key of the keyring that was not destroyed, and the one that served before the keyring.
        identite: all that is known of her; each key given finds more accesses.
        index: its index, made or brought up to date; beside the journal by default.

    Raises:
        sqlite3.Error, OSError: the journal cannot be read, or the index written.
    """
    cherches = {pseudonyme for cle in cles for pseudonyme in pseudonymes(cle, identite)}
    with closing(_Recherche(journal, index)) as recherche:
        termes = (du_pseudonyme(pseudonyme.genre, pseudonyme.empreinte) for pseudonyme in cherches)
        for seq in sorted({seq for terme in termes for seq in recherche.index.chercher(terme)}):
            lues = recherche.acces(seq)
            if any(isinstance(une, Intention | Issue) and cherches & set(une.pseudonymes) for une, _ in lues):
                yield from (ligne for _, ligne in lues)


class _Recherche:
    """A journal open for reading, and its index."""

    def __init__(self, journal: Path, index: Path | None) -> None:
        self._journal = connecter(journal, "ro")
        try:
            self.index = Index.a_jour(self._journal, index or chemin_par_defaut(journal))
        except BaseException:
            self._journal.close()
            raise

    def lire(self, seq: int) -> tuple[Trace, str]:
        """Return a trace and its JSON line."""
        ligne = self._journal.execute(ENREGISTREMENT, (seq,)).fetchone()
        if ligne is None:
            raise sqlite3.DatabaseError("the index knows a record that the journal does not hold")
        genre, corps = ligne
        return decoder(genre, corps), f'{{"genre":"{genre}",{corps[1:]}'

    def acces(self, intention: int) -> list[tuple[Trace, str]]:
        """Return an intention and what came of it."""
        return [self.lire(seq) for seq in (intention, *self.index.suites(intention))]

    def close(self) -> None:
        """Close both."""
        self.index.close()
        self._journal.close()
