"""The fingerprints of the keys of the months, in the file of the journal (see `audit.accord`)."""

import asyncio
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from audit.plume import nommer
from audit.registre import Connexion, Fichier
from audit.tables import EMPREINTES, RETENUE
from graph.errors import AuditIndisponible


async def retenir(chemin: Path, fichier: Fichier, mois: str, empreinte: bytes) -> Mapping[str, bytes]:
    """Keep a fingerprint unless that month has one, durably; return all. Raise AuditIndisponible."""
    try:
        return await asyncio.to_thread(_retenir, chemin, fichier, mois, empreinte)
    except (sqlite3.Error, OSError) as erreur:
        raise AuditIndisponible(cause=nommer(erreur)) from None


def _retenir(chemin: Path, fichier: Fichier, mois: str, empreinte: bytes) -> Mapping[str, bytes]:
    with closing(Connexion(chemin, fichier)) as connexion:
        gardees: dict[str, bytes] = dict(connexion.sqlite.execute(EMPREINTES).fetchall())
        if mois not in gardees:
            connexion.sqlite.execute(RETENUE, (mois, empreinte))
            gardees = dict(connexion.sqlite.execute(EMPREINTES).fetchall())
        return gardees
