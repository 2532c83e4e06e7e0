"""Proof that a seal extends an older one: made from the journal, for whoever kept the old one and must not read it."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from audit.registre import connecter
from audit.tables import MAILLONS
from audit.verificateur import PAGE, ZERO, Chaine, Illisible, plages, prolonge, racine, reste


def prouver(journal: Path, ancien: dict[str, Any], nouveau: dict[str, Any]) -> str | None:
    """Return the proof that one seal extends another, in JSON; None when the journal does not give any.

    Raises:
        Illisible: the journal cannot be read.
    """
    voulues = plages(ancien["taille"], nouveau["taille"])
    racines: dict[tuple[int, int], bytes] = {}
    try:
        with closing(connecter(journal, "ro")) as connexion:
            maillons = _maillons(connexion, nouveau["partie"])
            lues = 0
            for debut, fin in sorted(voulues):
                _passer(maillons, debut - lues)
                racines[debut, fin] = _racine(maillons, fin - debut)
                lues = fin
    except sqlite3.Error as erreur:
        raise Illisible(f"{journal} n'est pas un journal lisible : {erreur}.") from None
    except TypeError:  # a value of another type than its column: somebody put it there
        return None
    noeuds = [racines[plage] for plage in voulues]
    return json.dumps([noeud.hex() for noeud in noeuds]) if prolonge(ancien, nouveau, noeuds) else None


def _maillons(connexion: sqlite3.Connection, nom: str) -> Iterator[bytes]:
    """Yield the first maillon of a partie, then those its records make: past one that was touched, they differ."""
    chaine = Chaine(nom, ZERO)
    for premier, *champs in connexion.execute(MAILLONS, (nom,)):
        if chaine.taille:
            chaine.avancer(reste(*champs))
        else:
            chaine.joindre(premier)
        yield chaine.maillon


def _passer(maillons: Iterator[bytes], nombre: int) -> None:
    """Leave out what the old root already says."""
    for _ in islice(maillons, nombre):
        pass


def _racine(maillons: Iterator[bytes], nombre: int) -> bytes:
    """Return the root of the tree of the next maillons."""
    arbre = Chaine("", ZERO)
    while lot := b"".join(islice(maillons, min(PAGE, nombre - arbre.taille))):
        arbre.joindre(lot)
    return racine(arbre.sommets)
