"""Proof that a seal extends an older one: made from the journal, for whoever kept the old one and must not read it."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from audit.registre import connecter
from audit.tables import FEUILLES
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
            feuilles = _feuilles(connexion, nouveau["partie"])
            lues = 0
            for debut, fin in sorted(voulues):
                _passer(feuilles, debut - lues)
                racines[debut, fin] = _racine(feuilles, fin - debut)
                lues = fin
    except sqlite3.Error as erreur:
        raise Illisible(f"{journal} n'est pas un journal lisible : {erreur}.") from None
    except TypeError:  # a value of another type than its column: somebody put it there
        return None
    noeuds = [racines[plage] for plage in voulues]
    return json.dumps([noeud.hex() for noeud in noeuds]) if prolonge(ancien, nouveau, noeuds) else None


def _feuilles(connexion: sqlite3.Connection, nom: str) -> Iterator[bytes]:
    for numero, *champs in connexion.execute(FEUILLES, (nom,)):
        yield sha256(b"\0%b %d %b" % (nom.encode(), numero, reste(*champs))).digest()


def _passer(feuilles: Iterator[bytes], nombre: int) -> None:
    """Leave out what the old root already says."""
    for _ in islice(feuilles, nombre):
        pass


def _racine(feuilles: Iterator[bytes], nombre: int) -> bytes:
    """Return the root of the tree of the next leaves."""
    arbre = Chaine("", ZERO)
    while lot := b"".join(islice(feuilles, min(PAGE, nombre - arbre.taille))):
        arbre.joindre(lot, ZERO)
    return racine(arbre.sommets)
