"""The fingerprints of the keys of the months, in the file of the journal (see `audit.accord`)."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from audit.registre import Connexion, Fichier
from audit.tables import EMPREINTES, RETENUE


def retenir(chemin: Path, fichier: Fichier, mois: str, empreinte: bytes) -> Mapping[str, bytes]:
    """Keep a fingerprint unless that month has one, durably; return all. Raise sqlite3.Error or OSError."""
    with closing(Connexion(chemin, fichier)) as connexion:
        gardees: dict[str, bytes] = dict(connexion.sqlite.execute(EMPREINTES).fetchall())
        if mois not in gardees:
            connexion.sqlite.execute(RETENUE, (mois, empreinte))
            gardees = dict(connexion.sqlite.execute(EMPREINTES).fetchall())
        return gardees
