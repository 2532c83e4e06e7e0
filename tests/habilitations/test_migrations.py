import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, DateTime, bindparam, inspect, text

from habilitations import migrations
from habilitations.base import COMMANDE, lire_url, ouvrir_moteur
from habilitations.jeton import empreinte, generer
from habilitations.migrations import TABLE_DES_VERSIONS, migrer
from habilitations.store import Store
from habilitations.tables import METADATA

#: Rows as the second revision knew them.
ANCIENS = (
    """INSERT INTO habilitation (id, intitule, sirets, scopes, cadre_juridique, debut, bac_a_sable)
    VALUES ('h', 'Cantines', '13002526500013', 'cnaf_enfants', 'CRPA', :instant, false)""",
    """INSERT INTO jeton (id, habilitation_id, empreinte, emis_le, expire_le)
    VALUES ('j', 'h', :hash, :instant, '2027-01-01 00:00:00.000000')""",
)


async def lire(url: str, lecture: Any) -> Any:
    moteur = ouvrir_moteur(lire_url(url), COMMANDE)
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


async def test_a_table_changed_behind_the_code_is_seen(url_vide: str) -> None:
    await migrer(url_vide)
    await lire(url_vide, lambda connexion: connexion.execute(text("ALTER TABLE jeton ADD COLUMN oubliee INTEGER")))
    assert [difference[0] for difference in await lire(url_vide, differences)] == ["remove_column"]


async def test_migrating_again_changes_nothing(url: str) -> None:
    await migrer(url)
    assert await lire(url, tables) == {*METADATA.tables, TABLE_DES_VERSIONS}


async def test_two_servers_that_start_together_migrate_once(url_vide: str) -> None:
    await asyncio.gather(migrer(url_vide), migrer(url_vide))
    assert await lire(url_vide, differences) == []


def monter_en_0002(connexion: Connection) -> None:
    reglages = Config(attributes={"connection": connexion})
    reglages.set_main_option("script_location", str(Path(migrations.__file__).parent))
    reglages.set_main_option("path_separator", "os")
    command.upgrade(reglages, "0002")


async def test_a_grant_and_a_token_recorded_before_still_open_what_they_did(url_vide: str) -> None:
    instant, texte = datetime(2026, 3, 10, tzinfo=UTC), generer()
    valeurs = {"instant": instant.replace(tzinfo=None) if "sqlite" in url_vide else instant, "hash": empreinte(texte)}
    ancienne, ancien = (text(sql).bindparams(bindparam("instant", type_=DateTime(timezone=True))) for sql in ANCIENS)

    def semer(connexion: Connection) -> None:
        monter_en_0002(connexion)
        connexion.execute(ancienne, valeurs)
        connexion.execute(ancien, valeurs)

    await lire(url_vide, semer)
    await migrer(url_vide)
    async with Store(url_vide, frozenset(), lambda: instant, delais=COMMANDE) as store:
        acces = await store.authentifier(texte)
        assert acces.habilitation.sirets == ("13002526500013",)
        assert (acces.habilitation.plages_ip, acces.habilitation.volume_annuel, acces.editeur_id) == ((), None, None)
        assert not (await store.lister_jetons())[0].a_retirer


async def test_the_folder_of_a_sqlite_database_is_created(tmp_path: Path) -> None:
    await migrer(f"sqlite:///{tmp_path}/var/habilitations.db")
    assert (tmp_path / "var" / "habilitations.db").exists()


@pytest.mark.parametrize("url", ["", "mysql://u:secret@h/b", "sqlite://", "sqlite:///:memory:", "secret"])
async def test_an_url_that_names_no_durable_database_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(ValueError, match="PARTICULIER_DATABASE_URL") as refus:
        await migrer(url)
    assert "secret" not in str(refus.value)
