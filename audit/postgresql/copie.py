"""A copy of the journal in one SQLite file, and of its seals in a folder beside it: what is verified and exported.

A copy is taken up where it was left: what it holds is never read again, and is not changed by what the database became.
"""

import asyncio
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg

from audit.postgresql.connexion import PANNES
from audit.postgresql.tables import CONTENU_ENTIER, DECALAGE, TOUTES
from audit.registre import connecter
from audit.scelles import chemin_par_defaut
from audit.tables import COPIE, DERNIER, MIGRATIONS
from audit.verificateur import EXTENSION

#: Marks a copy; no journal has such a version, so that none is ever opened to be written as if it were one.
VERSION = 1001
#: Records read, then written, at once.
LOT = 2_000
#: Seconds for one step: what an operator runs may wait longer than a request.
_DELAI = 60.0
#: Bytes of seals that are compared at once.
_BLOC = 1 << 20
_SCHEMA = (
    "".join(MIGRATIONS)
    + f"""
DROP TRIGGER trace_commencee;
DROP TRIGGER trace_achevee;
DROP TABLE en_cours;
DROP TABLE cle_du_mois;
ALTER TABLE partie ADD COLUMN liens TEXT NOT NULL DEFAULT '';
-- How far each partie was copied: the number, in the database, of the last record, and its maillon.
CREATE TABLE avance (partie INTEGER PRIMARY KEY, numero INTEGER NOT NULL, maillon BLOB NOT NULL);
PRAGMA user_version = {VERSION};
"""
)
_PARTIE = "INSERT OR IGNORE INTO partie (id, nom, ouverte, liens) VALUES (?, ?, ?, ?)"
_TRACE = """
INSERT INTO trace (seq, genre, requete, rang, instant, corps, partie, numero, maillon)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_AVANCE = "SELECT numero, maillon FROM avance WHERE partie = ?"
_AVANCER = "INSERT OR REPLACE INTO avance VALUES (?, ?, ?)"


class CopieImpossible(Exception):  # noqa: N818 - the domain's nouns are French
    """The copy cannot be made, or taken up; the message, in French, says why."""


class Bilan(NamedTuple):
    """What a copy gained."""

    enregistrements: int
    parties: int
    """In all."""
    a_venir: int
    """Parties that no seal in the folder speaks of yet, begun after all the others: left to the next copy."""


async def copier(adresse: str, scelles: Path, vers: Path, avance: Callable[[int], None]) -> Bilan:
    """Copy, or complete a copy, in bounded memory.

    Args:
        adresse: `postgresql://…`; to read is enough.
        scelles: the folder of the seals of every server.
        vers: the file, created when it is missing (mode 0600).
        avance: told how many records were copied, from time to time.

    Raises:
        CopieImpossible: something does not answer, is no copy, or is not the journal that was copied before.
    """
    try:
        # NOTE: before the database's snapshot, which then holds all that they seal.
        await asyncio.to_thread(_copier_les_scelles, scelles, chemin_par_defaut(vers))
        with closing(await asyncio.to_thread(ouvrir, vers)) as copie:
            connexion = await asyncpg.connect(adresse, timeout=_DELAI, command_timeout=_DELAI)
            try:
                async with connexion.transaction(isolation="repeatable_read", readonly=True):
                    return await _copier(connexion, copie, chemin_par_defaut(vers), avance)
            finally:
                connexion.terminate()
    except PANNES as panne:
        raise CopieImpossible(
            f"Le journal, ou les fichiers de sa copie, ne répond pas ({type(panne).__name__}) : vérifiez "
            "PARTICULIER_JOURNAL, les scellés et le disque, puis relancez ; la copie est poursuivie."
        ) from None
    except sqlite3.Error:
        raise CopieImpossible(
            f"{vers} ne peut pas être écrit, ou n'est pas une copie de ce journal : nommez un autre fichier."
        ) from None


async def _copier(connexion: Any, copie: sqlite3.Connection, scelles: Path, avance: Callable[[int], None]) -> Bilan:
    parties = await connexion.fetch(TOUTES)
    scellees = [partie["id"] for partie in parties if (scelles / f"{partie['nom']}{EXTENSION}").exists()]
    connues = [partie for partie in parties if not scellees or partie["id"] <= scellees[-1]]
    await asyncio.to_thread(ajouter_les_parties, copie, connues)
    total = 0
    for partie in connues:
        async for combien in _une_partie(connexion, copie, partie["id"]):
            total += combien
            avance(total)
    return Bilan(total, len(connues), len(parties) - len(connues))


async def _une_partie(connexion: Any, copie: sqlite3.Connection, partie: int) -> Any:
    debut, fin = partie << DECALAGE, (partie + 1) << DECALAGE
    depuis, maillon = copie.execute(_AVANCE, (partie,)).fetchone() or (debut, None)
    if maillon is not None:
        derniere = await connexion.fetch(CONTENU_ENTIER, depuis - 1, depuis + 1, 1)
        if [ligne["maillon"] for ligne in derniere] != [maillon]:
            raise CopieImpossible(
                "Le journal n'est plus celui qui a été copié : prenez-en une copie neuve, et vérifiez-la."
            )
    while lignes := await connexion.fetch(CONTENU_ENTIER, depuis, fin, LOT):
        await asyncio.to_thread(ajouter, copie, partie, lignes)
        depuis = lignes[-1]["seq"]
        yield len(lignes)


def ajouter_les_parties(copie: sqlite3.Connection, parties: Iterable[Iterable[Any]]) -> None:
    """Append the parties that are not in the copy yet: their numbers, names, instants and liens."""
    copie.executemany(_PARTIE, map(tuple, parties))


def ajouter(copie: sqlite3.Connection, partie: int, lignes: Sequence[Sequence[Any]]) -> None:
    """Append records, as CONTENU_ENTIER gives them, numbered in the order in which they are copied."""
    copie.execute("BEGIN IMMEDIATE")
    try:
        (dernier,) = copie.execute(DERNIER).fetchone()
        copie.executemany(_TRACE, [(seq, *list(ligne)[1:]) for seq, ligne in enumerate(lignes, dernier + 1)])
        copie.execute(_AVANCER, (partie, lignes[-1][0], lignes[-1][-1]))
    except BaseException:
        copie.execute("ROLLBACK")
        raise
    copie.execute("COMMIT")


def ouvrir(vers: Path) -> sqlite3.Connection:
    """Open a copy to complete it, or begin one. Raise OSError, or sqlite3.Error."""
    vers.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(vers, os.O_CREAT | os.O_RDWR, 0o600))
    copie = connecter(vers, "rw")
    try:
        (version,) = copie.execute("PRAGMA user_version").fetchone()
        if version == 0:
            # Another copy may have been here, and its index may be here still.
            copie.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} {COPIE} = {1 + secrets.randbits(30)}; COMMIT;")
        _exiger(version in {0, VERSION})
    except BaseException:
        copie.close()
        raise
    return copie


def _exiger(est_une_copie: bool) -> None:  # noqa: FBT001 - what it is about is said by its name
    if not est_une_copie:
        raise sqlite3.DatabaseError


def _copier_les_scelles(depuis: Path, vers: Path) -> None:
    vers.mkdir(parents=True, exist_ok=True, mode=0o700)
    for fichier in sorted(depuis.glob(f"*{EXTENSION}")):
        _prolonger(fichier, vers / fichier.name)


def _prolonger(fichier: Path, copie: Path) -> None:
    """Add to a copy what its file gained."""
    suite = os.open(copie, os.O_CREAT | os.O_RDWR, 0o600)
    with fichier.open("rb") as origine, os.fdopen(suite, "r+b") as deja:
        while octets := deja.read(_BLOC):
            if origine.read(len(octets)) != octets:
                raise CopieImpossible(
                    f"Les scellés {fichier.name} ne sont plus ceux qui ont été copiés : prenez une copie neuve, et "
                    "vérifiez-la."
                )
        while octets := origine.read(_BLOC):
            deja.write(octets)
