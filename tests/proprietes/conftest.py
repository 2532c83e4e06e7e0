"""One world for every test of the folder: what the sources know of a few persons is learnt once."""

import logging
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
import structlog

from tests.proprietes.coeur import Coeur, coeur
from tests.proprietes.differentiel import Campagne, prepare


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Keep the log of thousands of requests out of the report."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def ouvert() -> AsyncIterator[Coeur]:
    async with coeur() as un:
        yield un


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def campagne(ouvert: Coeur) -> Campagne:
    return await prepare(ouvert, seed=1, personnes=14)
