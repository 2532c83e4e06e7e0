"""A trace written out for PostgreSQL: its line, and the entries of the index, which are never behind it."""

from collections.abc import Sequence
from typing import NamedTuple

from audit.instants import microsecondes
from audit.partie import Ligne, Partie, Suite
from audit.registre import encoder
from audit.termes import de_la_requete, du_jeton, du_pseudonyme, hache
from audit.trace import Intention, Reprise, Trace

#: Request and rank: which access a trace speaks of.
Acces = tuple[str, int]


class Inscription(NamedTuple):
    """What is appended for a trace."""

    ligne: Ligne
    reste: bytes
    """What is chained of it."""
    termes: tuple[int, ...]

    @property
    def acces(self) -> Acces:
        """Which access it speaks of."""
        return self.ligne.requete, self.ligne.rang


def inscrire(trace: Trace) -> Inscription:
    """Write a trace out."""
    ligne = encoder(trace)
    return Inscription(ligne, ligne.reste, tuple(map(hache, _termes(trace))))


def parametres(partie: Partie, lot: Sequence[Inscription]) -> tuple[Suite, tuple[object, ...]]:
    """Return what a partie becomes with a batch, and what the statement `AJOUT` takes."""
    suite = partie.prolonger([une.reste for une in lot])
    colonnes = zip(*[une.ligne for une in lot], strict=True) if lot else ((),) * 5
    # Sorted, neighbours in the index are written together.
    entrees = sorted((terme, n) for n, une in enumerate(lot, 1) for terme in une.termes)
    termes, lignes = [terme for terme, _ in entrees], [n for _, n in entrees]
    return suite, (*colonnes, suite.maillons, partie.id, partie.chaine.taille + 1, termes, lignes, *_ensemble(lot))


def _ensemble(lot: Sequence[Inscription]) -> tuple[list[int], list[int]]:
    """Return the ranks of the issues whose intention is in the same batch, and those of the intentions."""
    intentions: dict[Acces, int] = {}
    suites: list[int] = []
    de: list[int] = []
    for n, une in enumerate(lot, 1):
        if une.ligne.genre == "INTENT":
            intentions.setdefault(une.acces, n)
        elif une.acces in intentions:
            suites.append(n)
            de.append(intentions[une.acces])
    return suites, de


def _termes(trace: Trace) -> set[str]:
    trouvent: set[str] = set()
    if isinstance(trace, Intention):
        trouvent = {de_la_requete(trace.requete), du_jeton(trace.jeton, microsecondes(trace.instant))}
    if not isinstance(trace, Reprise):
        trouvent.update(du_pseudonyme(un.genre, un.empreinte) for un in trace.pseudonymes)
    return trouvent
