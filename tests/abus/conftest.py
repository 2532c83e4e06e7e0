"""Two gateways for every test of this folder: starting them takes longer than anything that is asked of them."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from habilitations.store import Store
from tests.abus.flotte import Replique, flotte, guichet, repliques
from tests.serveur import Serveur
from tests.serveur_redis import ServeurRedis, serveur_redis


@pytest.fixture(scope="session")
def redis() -> Iterator[ServeurRedis]:
    with serveur_redis() as serveur:
        yield serveur


@pytest.fixture(scope="session")
def base(serveur_postgresql: Callable[[], str]) -> str:
    return serveur_postgresql()


@pytest.fixture(scope="session")
def serveurs(base: str, redis: ServeurRedis) -> Iterator[list[Serveur]]:
    with flotte(base, redis_url=redis.url) as serveurs:
        yield serveurs


@pytest.fixture
async def deux(serveurs: list[Serveur]) -> AsyncIterator[list[Replique]]:
    async with repliques(serveurs) as deux:
        yield deux


@pytest.fixture
async def store(base: str) -> AsyncIterator[Store]:
    async with guichet(base) as store:
        yield store
