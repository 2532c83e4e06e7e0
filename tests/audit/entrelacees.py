"""Honest copies of journals that several processes wrote at once: their parties are interleaved, each with its seals.

They are made by what makes those of PostgreSQL, from processes that live, end or are killed at moments drawn at random.
"""

import random
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from audit.instants import microsecondes
from audit.partie import Partie, Suite
from audit.postgresql.copie import ajouter, ajouter_les_parties, ouvrir
from audit.postgresql.ouverture import lier
from audit.postgresql.tables import DECALAGE
from audit.registre import encoder
from audit.scelles import Scelles, chemin_par_defaut
from audit.verificateur import EXTENSION, Chaine, Tete, lies, origine
from tests.audit.journaux import CLE, INSTANT, une


@dataclass(slots=True)
class Processus:
    """One process: the partie that it writes, and what a copy has of it already."""

    ouverte: int
    liens: str
    partie: Partie
    scelles: Scelles
    lignes: list[tuple[Any, ...]] = field(default_factory=list)
    copiees: int = 0

    def etat(self) -> tuple[Any, ...]:
        """As the database tells it to a partie that begins."""
        chaine = self.partie.chaine
        return self.partie.id, chaine.nom, self.ouverte, self.liens, chaine.taille, self.lignes and chaine.maillon

    def ecrire(self, combien: int, hasard: random.Random) -> tuple[Tete, ...]:
        """Write a batch; return the states to seal."""
        traces = [une(hasard) for _ in range(combien)]
        lignes = [encoder(trace) for trace in traces]
        suite: Suite = self.partie.prolonger(ligne.reste for ligne in lignes)
        premier = self.partie.chaine.taille + 1
        for rang, (genre, ordre, instant, requete, corps) in enumerate(lignes):
            maillon = suite.maillons[32 * rang : 32 * rang + 32]
            numero = premier + rang
            seq = (self.partie.id << DECALAGE) + numero
            self.lignes.append((seq, genre, requete, ordre, instant, corps, self.partie.id, numero, maillon))
        self.partie.retenir(suite)
        return suite.tetes


def _ne_rien_sceller(*_: object) -> None: ...


@dataclass(slots=True)
class Atelier:
    """Where a copy is made, in the middle of what is written."""

    copie: Path
    hasard: random.Random
    tous: list[Processus] = field(default_factory=list)
    vivants: list[Processus] = field(default_factory=list)

    def commencer(self) -> None:
        """Start a process."""
        nom, rang = self.hasard.randbytes(16).hex(), len(self.tous) + 1
        ouverte = microsecondes(INSTANT + timedelta(seconds=rang))
        liens = lier([un.etat() for un in self.tous])
        chaine = Chaine(nom, origine(lies(liens.encode()), nom, ouverte))
        fichier = chemin_par_defaut(self.copie) / f"{nom}{EXTENSION}"
        scelles = Scelles(fichier, CLE, lambda: INSTANT)
        un = Processus(ouverte, liens, Partie(rang, rang << DECALAGE, chaine, _ne_rien_sceller), scelles)
        scelles.apposer(chaine.tete())
        self.tous.append(un)
        self.vivants.append(un)

    def ecrire(self, lot: int, *, sceller: bool) -> None:
        """Let one of them write a batch."""
        un = self.hasard.choice(self.vivants)
        for tete in un.ecrire(self.hasard.randint(1, lot), self.hasard):
            un.scelles.apposer(tete)
        if sceller:
            un.scelles.apposer(un.partie.chaine.tete())

    def finir(self, *, tue: bool) -> None:
        """Let one of them end, or be killed: what it wrote since its last seal then has none."""
        un = self.vivants.pop(self.hasard.randrange(len(self.vivants)))
        if not tue:
            un.scelles.apposer(un.partie.chaine.tete(close=True))
        elif self.hasard.random() < 0.5:
            with (chemin_par_defaut(self.copie) / f"{un.partie.chaine.nom}{EXTENSION}").open("ab") as fichier:
                fichier.write(b'{"close":false,"ins')  # a seal half written

    def copier(self) -> None:
        """Begin the copy, or complete it."""
        with closing(ouvrir(self.copie)) as copie:
            ajouter_les_parties(copie, [un.etat()[:4] for un in self.tous])
            for un in self.tous:
                if neuves := un.lignes[un.copiees :]:
                    ajouter(copie, un.partie.id, neuves)
                    un.copiees = len(un.lignes)


def entrelacer(copie: Path, tours: int, hasard: random.Random, lot: int = 9, *, tout_scelle: bool = False) -> None:
    """Make a copy of what processes wrote in so many steps.

    Args:
        copie: the file; the seals are in their folder beside it.
        tours: steps: a batch, a start, an end, or a copy.
        hasard: draws them.
        lot: records of a batch, at most.
        tout_scelle: whether no process is killed, so that a seal answers for each record.
    """
    atelier = Atelier(copie, hasard)
    atelier.commencer()
    atelier.commencer()
    etapes: tuple[Callable[[], None], ...] = (
        atelier.commencer,
        lambda: atelier.finir(tue=not tout_scelle and hasard.random() < 0.5),
        atelier.copier,
        *(10 * (lambda: atelier.ecrire(lot, sceller=hasard.random() < 0.2),)),
    )
    for _ in range(tours):
        hasard.choice(etapes)()
        if not atelier.vivants:
            atelier.commencer()
    while tout_scelle and atelier.vivants:
        atelier.finir(tue=False)
    atelier.copier()
