"""How the chain is carried on in a file: the next partie, the records of before version 2, what is left to seal."""

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import uuid4

from audit.instants import microsecondes
from audit.partie import PAS, Partie, Sceller
from audit.tables import (
    ANCIENNES,
    AVEC_GARDE,
    CHAINAGE,
    DERNIER,
    DERNIERE_PARTIE,
    OUVERTURE,
    PARTIES,
    SANS_GARDE,
    TOUT,
)
from audit.verificateur import ZERO, Chaine, Tete, origine, reste

#: Old records that are chained at once.
_LOT = 10_000


def ouvrir_partie(connexion: sqlite3.Connection, maintenant: datetime, sceller: Sceller) -> Partie:
    """Begin a partie, bound to all that came before. Raise sqlite3.Error."""
    nom, ouverte = uuid4().hex, microsecondes(maintenant)
    chaine = Chaine(nom, origine(_dernier_maillon(connexion), nom, ouverte))
    (apres,) = connexion.execute(DERNIER).fetchone()
    partie = connexion.execute(OUVERTURE, (nom, ouverte)).lastrowid
    return Partie(partie or 0, apres, chaine, sceller)


def chainer_les_anciennes(connexion: sqlite3.Connection, maintenant: datetime) -> None:
    """Give the records of before version 2 a partie, as they are, within the transaction under way."""
    partie = ouvrir_partie(connexion, maintenant, lambda _tetes, _chaine: None)
    connexion.execute(SANS_GARDE)
    seq = 0
    while lignes := connexion.execute(ANCIENNES, (seq, _LOT)).fetchall():
        suite = partie.prolonger([reste(*ligne[:5]) for ligne in lignes])
        maillons = (suite.maillons[place : place + len(ZERO)] for place in range(0, len(suite.maillons), len(ZERO)))
        numeros = range(partie.chaine.taille + 1, suite.chaine.taille + 1)
        champs = zip(numeros, maillons, lignes, strict=True)
        connexion.executemany(CHAINAGE, ((partie.id, numero, maillon, ligne[5]) for numero, maillon, ligne in champs))
        partie.retenir(suite)
        seq = lignes[-1][5]
    connexion.execute(AVEC_GARDE)


def a_sceller(connexion: sqlite3.Connection) -> Iterator[Tete]:
    """Yield every state to seal of a journal that has no seal yet. Raise sqlite3.Error."""
    chaine, courante = Chaine("", ZERO), 0
    parties: Iterator[tuple[int, str, int]] = connexion.execute(PARTIES)
    lignes: Iterator[tuple[Any, ...]] = connexion.execute(TOUT)
    for partie, *champs in lignes:
        while courante < partie and (suivante := next(parties, None)):
            if chaine.taille % PAS:
                yield chaine.tete()
            courante, nom, ouverte = suivante
            chaine = Chaine(nom, origine(chaine.maillon, nom, ouverte))
        chaine.avancer(reste(*champs))
        if chaine.taille % PAS == 0:
            yield chaine.tete()
    if chaine.taille % PAS:
        yield chaine.tete()


def _dernier_maillon(connexion: sqlite3.Connection) -> bytes:
    """Return the maillon that all that is written leads to: a partie may hold no record."""
    partie, maillon = connexion.execute(DERNIERE_PARTIE).fetchone() or (0, ZERO)
    for id_, nom, ouverte in connexion.execute(PARTIES):
        if id_ > partie:
            maillon = origine(maillon, nom, ouverte)
    return bytes(maillon)
