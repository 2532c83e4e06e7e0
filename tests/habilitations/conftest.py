"""Each test of the store runs on SQLite and on PostgreSQL, at instants that it chooses."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from habilitations.habilitation import Habilitation
from habilitations.migrations import migrer
from habilitations.store import Store

SCOPES = frozenset({"cnaf_quotient_familial", "cnaf_enfants", "dgfip_rfr"})


@pytest.fixture
def temps() -> list[datetime]:
    """The instants of the clock: the last one is now; a test appends the next."""
    return [datetime(2026, 3, 10, 9, 30, tzinfo=UTC)]


@pytest.fixture(params=["sqlite", "postgresql"])
def url_vide(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/habilitations.db"
    return str(request.getfixturevalue("base_postgresql"))


@pytest.fixture
async def url(url_vide: str) -> str:
    """The URL of a migrated database."""
    await migrer(url_vide)
    return url_vide


@pytest.fixture
async def store(url: str, temps: list[datetime]) -> AsyncIterator[Store]:
    async with Store(url, SCOPES, lambda: temps[-1]) as store:
        yield store


@pytest.fixture
async def autre_store(url: str, temps: list[datetime]) -> AsyncIterator[Store]:
    """Another process on the same database: nothing is shared with `store` but the tables."""
    async with Store(url, SCOPES, lambda: temps[-1]) as store:
        yield store


@pytest.fixture
async def habilitation(store: Store) -> Habilitation:
    return await store.creer_habilitation(
        intitule="Tarification des cantines",
        sirets=["13002526500013"],
        scopes=["cnaf_quotient_familial"],
        cadre_juridique="CRPA, art. L. 114-8",
    )
