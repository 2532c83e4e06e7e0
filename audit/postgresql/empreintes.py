"""The fingerprints of the keys of the months, in the database of the journal (see `audit.accord`)."""

from collections.abc import Mapping

import asyncpg

from audit.postgresql.connexion import Connexion, borne, connecter, fermer
from audit.postgresql.tables import EMPREINTES, RETENUE
from audit.registre import RegistreIncompatible

_DROITS = (
    "PARTICULIER_JOURNAL : ce rôle ne peut pas lire et compléter la table journal.cle_du_mois. Donnez-lui, avec celui "
    "qui la possède, le droit d'y lire et d'y ajouter (SELECT, INSERT)."
)


async def retenir(adresse: str, mois: str, empreinte: bytes) -> Mapping[str, bytes]:
    """Keep a fingerprint unless that month has one, durably; return all, within three delays.

    It has a connection of its own, once a month: that of the journal never waits for it.

    Raises:
        RegistreIncompatible: this role may not.
        OSError, asyncpg.PostgresError, asyncpg.InterfaceError: the database is down, or slow.
    """
    connexion = await connecter(adresse)
    try:
        with borne(connexion):
            gardees = await _lire(connexion)
            if mois not in gardees:
                await connexion.execute(RETENUE, mois, empreinte)
                # Another server may have been first: its own is then seen by this new statement.
                gardees = await _lire(connexion)
            return gardees
    except asyncpg.InsufficientPrivilegeError:
        raise RegistreIncompatible(_DROITS) from None
    finally:
        await fermer(connexion)


async def _lire(connexion: Connexion) -> Mapping[str, bytes]:
    return {mois: bytes(empreinte) for mois, empreinte in await connexion.fetch(EMPREINTES)}
