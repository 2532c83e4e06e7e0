import asyncio
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from habilitations.base import lire_url, ouvrir_moteur
from habilitations.migrations import TABLE_DES_VERSIONS, migrer
from habilitations.tables import METADATA


async def lire(url: str, lecture: Any) -> Any:
    moteur = ouvrir_moteur(lire_url(url))
    try:
        async with moteur.begin() as connexion:
            return await connexion.run_sync(lecture)
    finally:
        await moteur.dispose()


def differences(connexion: Connection) -> list[Any]:
    options = {"compare_type": True, "compare_server_default": True, "version_table": TABLE_DES_VERSIONS}
    return list(compare_metadata(MigrationContext.configure(connexion, opts=options), METADATA))


def tables(connexion: Connection) -> set[str]:
    return set(inspect(connexion).get_table_names())


async def test_the_migrations_create_the_tables_that_the_code_declares(url: str) -> None:
    assert await lire(url, differences) == []


async def test_a_table_changed_behind_the_code_is_seen(url: str) -> None:
    await lire(url, lambda connexion: connexion.execute(text("ALTER TABLE jeton ADD COLUMN oubliee INTEGER")))
    assert [difference[0] for difference in await lire(url, differences)] == ["remove_column"]


async def test_migrating_again_changes_nothing(url: str) -> None:
    await migrer(url)
    assert await lire(url, tables) == {"habilitation", "jeton", TABLE_DES_VERSIONS}


async def test_two_servers_that_start_together_migrate_once(url_vide: str) -> None:
    await asyncio.gather(migrer(url_vide), migrer(url_vide))
    assert await lire(url_vide, differences) == []


async def test_the_folder_of_a_sqlite_database_is_created(tmp_path: Path) -> None:
    await migrer(f"sqlite:///{tmp_path}/var/habilitations.db")
    assert (tmp_path / "var" / "habilitations.db").exists()


@pytest.mark.parametrize("url", ["", "mysql://u:secret@h/b", "sqlite://", "sqlite:///:memory:", "secret"])
async def test_an_url_that_names_no_durable_database_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(ValueError, match="PARTICULIER_DATABASE_URL") as refus:
        await migrer(url)
    assert "secret" not in str(refus.value)
