"""Bring a database to the latest schema, from its URL alone: `await migrer(url)`."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from habilitations.base import MIGRATION, lire_url, ouvrir_moteur

#: Its own table of versions: other packages may keep theirs in the same database.
TABLE_DES_VERSIONS = "habilitations_version"
#: Any constant: two servers that start together migrate one after the other.
_VERROU = 0x4A50


async def migrer(url: str) -> None:
    """Create or upgrade the tables of habilitations, in one transaction; harmless when they are up to date.

    Args:
        url: `sqlite:///chemin` (the folder is created when it is missing) or `postgresql://…`.

    Raises:
        ValueError: the URL is neither of the two.
        OSError, sqlalchemy.exc.DBAPIError: the database does not answer.
    """
    adresse = lire_url(url)
    if adresse.get_backend_name() == "sqlite":
        Path(adresse.database or "").parent.mkdir(parents=True, exist_ok=True)
    moteur = ouvrir_moteur(adresse, MIGRATION)
    try:
        async with moteur.begin() as connexion:
            await connexion.run_sync(_monter)
    finally:
        await moteur.dispose()


def _monter(connexion: Connection) -> None:
    if connexion.dialect.name == "postgresql":
        connexion.execute(text("SELECT pg_advisory_xact_lock(:verrou)"), {"verrou": _VERROU})
    reglages = Config(attributes={"connection": connexion})
    reglages.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    reglages.set_main_option("path_separator", "os")
    command.upgrade(reglages, "head")
