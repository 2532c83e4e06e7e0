"""A database that is down, locked or silent is a bounded Surcharge, and heals by itself."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from graph.errors import JetonInvalide, Surcharge
from habilitations.base import REQUETE
from habilitations.habilitation import Habilitation
from habilitations.jeton import generer
from habilitations.store import Store
from tests.habilitations.conftest import SCOPES

#: Far over what is promised (1 s): a hang fails, a busy machine does not.
GARDE = 20.0


def store_de(url: str) -> Store:
    return Store(url, frozenset(), lambda: datetime(2026, 3, 10, tzinfo=UTC))


@pytest.fixture
async def presse(url: str, temps: list[datetime]) -> AsyncIterator[Store]:
    """The store of a server, whose requests wait; `store` is that of an operator's command."""
    async with Store(url, SCOPES, lambda: temps[-1], delais=REQUETE) as presse:
        yield presse


@asynccontextmanager
async def port_muet() -> AsyncIterator[int]:
    """A server that accepts and never answers."""
    fini = asyncio.Event()

    async def se_taire(_: asyncio.StreamReader, ecriture: asyncio.StreamWriter) -> None:
        await fini.wait()
        ecriture.close()

    async with await asyncio.start_server(se_taire, "127.0.0.1", 0) as serveur:
        yield serveur.sockets[0].getsockname()[1]
        fini.set()


async def est_en_panne(store: Store) -> None:
    async with asyncio.timeout(GARDE):
        with pytest.raises(Surcharge):
            await store.authentifier(generer())
        with pytest.raises(Surcharge):
            await store.lister()
        with pytest.raises(Surcharge):
            await store.revoquer("jeton")
        assert not await store.pret()


async def test_a_refused_connection_is_a_bounded_failure() -> None:
    async with store_de("postgresql://u:secret@127.0.0.1:9/absente") as store:
        await est_en_panne(store)


async def test_a_server_that_never_answers_is_a_bounded_failure() -> None:
    async with port_muet() as port, store_de(f"postgresql://u@127.0.0.1:{port}/muette?sslmode=disable") as store:
        await est_en_panne(store)


async def test_a_sqlite_file_that_is_missing_is_a_failure_and_is_not_created(tmp_path: Path) -> None:
    fichier = tmp_path / "absente.db"
    async with store_de(f"sqlite:///{fichier}") as store:
        with pytest.raises(Surcharge):
            await store.authentifier(generer())
    assert not fichier.exists()


async def test_a_database_that_was_never_migrated_is_a_failure(url_vide: str) -> None:
    async with store_de(url_vide) as store:
        await est_en_panne(store)


async def test_a_migrated_database_is_ready(store: Store) -> None:
    assert await store.pret()


async def test_a_malformed_token_is_refused_although_the_database_is_down() -> None:
    async with store_de("postgresql://u:secret@127.0.0.1:9/absente") as store:
        with pytest.raises(JetonInvalide):
            await store.authentifier("apg_" + "a" * 36)


async def test_the_cause_of_a_failure_never_tells_the_password() -> None:
    async with store_de("postgresql://u:secret@127.0.0.1:9/absente") as store:
        with pytest.raises(Surcharge) as panne:
            await store.authentifier(generer())
    assert "secret" not in f"{panne.value!r} {panne.value.cause}"


@pytest.mark.parametrize("url_vide", ["sqlite"], indirect=True)
async def test_while_another_process_writes_tokens_are_read_and_writing_waits_then_fails(
    presse: Store, store: Store, habilitation: Habilitation, url: str
) -> None:
    emis = await store.emettre(habilitation.id)
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as autre:
        autre.execute("BEGIN IMMEDIATE")
        assert await presse.authentifier(emis.texte)
        revocation = asyncio.ensure_future(store.revoquer(emis.jeton.id))
        with pytest.raises(Surcharge):
            await presse.revoquer(emis.jeton.id)
        assert not revocation.done()
    await revocation


@pytest.mark.parametrize("url_vide", ["sqlite"], indirect=True)
async def test_a_sqlite_file_held_by_another_process_is_a_failure_until_it_is_released(
    presse: Store, store: Store, habilitation: Habilitation, tmp_path: Path
) -> None:
    emis = await store.emettre(habilitation.id)
    await store.fermer()
    with closing(sqlite3.connect(tmp_path / "habilitations.db", isolation_level=None)) as autre:
        autre.execute("PRAGMA locking_mode = EXCLUSIVE")
        autre.execute("UPDATE jeton SET revoque_le = NULL")
        with pytest.raises(Surcharge) as panne:
            await presse.authentifier(emis.texte)
        assert panne.value.cause == "SQLITE_BUSY"
    assert await store.authentifier(emis.texte)


@pytest.mark.parametrize("url_vide", ["sqlite"], indirect=True)
async def test_a_corrupt_sqlite_file_is_a_failure_until_it_is_mended(
    store: Store, habilitation: Habilitation, tmp_path: Path
) -> None:
    emis = await store.emettre(habilitation.id)
    await store.fermer()
    fichier, copie = tmp_path / "habilitations.db", tmp_path / "copie.db"
    shutil.copy(fichier, copie)
    fichier.write_bytes(b"\xff" * fichier.stat().st_size)
    with pytest.raises(Surcharge):
        await store.authentifier(emis.texte)
    shutil.copy(copie, fichier)
    assert await store.authentifier(emis.texte)


@pytest.mark.parametrize("url_vide", ["postgresql"], indirect=True)
async def test_a_locked_table_is_a_bounded_failure_and_heals(
    presse: Store, store: Store, habilitation: Habilitation, url: str
) -> None:
    emis = await store.emettre(habilitation.id)
    autre = await asyncpg.connect(url)
    async with asyncio.timeout(GARDE):
        async with autre.transaction():
            await autre.execute("LOCK TABLE jeton IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(Surcharge):
                await presse.authentifier(emis.texte)
            with pytest.raises(Surcharge):
                await presse.revoquer(emis.jeton.id)
        assert await presse.authentifier(emis.texte)
    await autre.close()


@pytest.mark.parametrize("url_vide", ["postgresql"], indirect=True)
async def test_connections_cut_by_the_server_are_opened_again(
    store: Store, habilitation: Habilitation, url: str
) -> None:
    emis = await store.emettre(habilitation.id)
    assert await store.authentifier(emis.texte)
    autre = await asyncpg.connect(url)
    await autre.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await autre.close()
    for _ in range(2):  # each pool notices at its first use, if not before
        with suppress(Surcharge):
            await store.authentifier(emis.texte)
        with suppress(Surcharge):
            await store.lister()
    assert await store.authentifier(emis.texte)
    await store.suspendre(habilitation.id)


@pytest.mark.parametrize("url_vide", ["postgresql"], indirect=True)
async def test_more_readers_than_connections_are_all_answered(store: Store, habilitation: Habilitation) -> None:
    emis = await store.emettre(habilitation.id, timedelta(days=1))
    acces = await asyncio.gather(*(store.authentifier(emis.texte) for _ in range(200)))
    assert {un.jeton_id for un in acces} == {emis.jeton.id}
