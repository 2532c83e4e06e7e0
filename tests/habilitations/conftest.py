"""Each test of the store runs on SQLite and on PostgreSQL, at instants that it chooses."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from habilitations.base import COMMANDE
from habilitations.habilitation import Habilitation
from habilitations.migrations import migrer
from habilitations.store import Store
from habilitations.tables import METADATA

SCOPES = frozenset({"cnaf_quotient_familial", "cnaf_enfants", "dgfip_rfr", "dgfip_annee_n_moins_1"})


@pytest.fixture
def temps() -> list[datetime]:
    """The instants of the clock: the last one is now; a test appends the next."""
    return [datetime(2026, 3, 10, 9, 30, tzinfo=UTC)]


@pytest.fixture(scope="session")
def bases_recyclees(serveur_postgresql: Callable[[], str]) -> tuple[str, str]:
    """The URLs of two PostgreSQL databases, empty and migrated: created once, since each takes time and 8 MB."""
    vide, migree = serveur_postgresql(), serveur_postgresql()
    asyncio.run(migrer(migree))
    return vide, migree


@pytest.fixture(scope="session")
def fichier_migre(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database, to copy."""
    fichier = tmp_path_factory.mktemp("migree") / "habilitations.db"
    asyncio.run(migrer(f"sqlite:///{fichier}"))
    return fichier


@pytest.fixture(params=["sqlite", "postgresql"])
def url_vide(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/habilitations.db"
    vide, _ = request.getfixturevalue("bases_recyclees")
    asyncio.run(executer(vide, "DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
    return str(vide)


@pytest.fixture
def url(request: pytest.FixtureRequest, url_vide: str) -> str:
    """The URL of a migrated database that holds nothing."""
    if url_vide.startswith("sqlite"):
        shutil.copy(request.getfixturevalue("fichier_migre"), url_vide.removeprefix("sqlite:///"))
        return url_vide
    _, migree = request.getfixturevalue("bases_recyclees")
    asyncio.run(executer(migree, f"TRUNCATE {', '.join(METADATA.tables)} CASCADE"))
    return str(migree)


async def executer(url: str, sql: str) -> None:
    """Run a statement on a PostgreSQL database."""
    connexion = await asyncpg.connect(url)
    await connexion.execute(sql)
    await connexion.close()


@pytest.fixture
async def store(url: str, temps: list[datetime]) -> AsyncIterator[Store]:
    async with Store(url, SCOPES, lambda: temps[-1], delais=COMMANDE) as store:
        yield store


@pytest.fixture
async def autre_store(url: str, temps: list[datetime]) -> AsyncIterator[Store]:
    """Another process on the same database: nothing is shared with `store` but the tables."""
    async with Store(url, SCOPES, lambda: temps[-1], delais=COMMANDE) as store:
        yield store


@pytest.fixture
async def habilitation(store: Store) -> Habilitation:
    return await store.creer_habilitation(
        intitule="Tarification des cantines",
        sirets=["13002526500013"],
        scopes=["cnaf_quotient_familial"],
        cadre_juridique="CRPA, art. L. 114-8",
    )
