"""The processes of the bench: each on its core, ready before it is measured, ended by its id."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

RACINE = Path(__file__).parents[1]
#: Seconds for a server to listen, migrations included; and to stop.
_DELAI = 180.0
_INTERVALLE = 0.1


@dataclass(frozen=True, slots=True)
class Coeurs:
    """Where processes run: the server under test alone on one core, all the rest on another; None where none is."""

    serveur: int | None
    reste: int | None


def repartir() -> Coeurs:
    """Keep the first core for the server under test, and move this process to the second one."""
    libres = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    coeurs = Coeurs(libres[0], libres[1]) if len(libres) > 1 else Coeurs(None, None)
    _occuper(coeurs.reste)
    return coeurs


@dataclass(frozen=True, slots=True)
class Serveur:
    """A process that listens."""

    port: int
    pid: int

    def cpu(self) -> float:
        """Return the seconds of CPU that its threads took since it began; NaN where /proc does not tell."""
        try:
            champs = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return float("nan")
        return (int(champs[11]) + int(champs[12])) / os.sysconf("SC_CLK_TCK")

    def ecarter(self, coeur: int | None) -> None:
        """Move the processes that it started to a core, if one is named."""
        if coeur is None:
            return
        for tache in Path(f"/proc/{self.pid}/task").iterdir():
            for enfant in (tache / "children").read_text().split():
                for sienne in Path(f"/proc/{enfant}/task").iterdir():
                    os.sched_setaffinity(int(sienne.name), {coeur})


@contextmanager
def servir(
    commande: Sequence[str], sortie: Path, coeurs: tuple[int | None, int | None], env: Mapping[str, str]
) -> Iterator[Serveur]:
    """Run a command until the block ends.

    Args:
        commande: what to run; `{port}` is replaced by a free port.
        sortie: file of what it prints.
        coeurs: its core, and that of this process.
        env: variables added to those of this process, whose PARTICULIER_… are left out.

    Raises:
        RuntimeError: it ended, or did not listen in time; the message holds what it printed.
    """
    port = _port_libre()
    propre = {nom: valeur for nom, valeur in os.environ.items() if not nom.startswith("PARTICULIER_")}
    arguments = [mot.format(port=port) for mot in commande]
    with sortie.open("w") as ecrite:
        _occuper(coeurs[0])  # inherited by every thread of the child, from the first
        processus = subprocess.Popen(  # noqa: S603 - our own commands
            arguments, cwd=RACINE, env={**propre, **env}, stdout=ecrite, stderr=subprocess.STDOUT
        )
        _occuper(coeurs[1])
        try:
            _attendre(port, processus, sortie)
            yield Serveur(port, processus.pid)
        finally:
            _arreter(processus)


def _occuper(coeur: int | None) -> None:
    if coeur is not None:
        os.sched_setaffinity(0, {coeur})


def _port_libre() -> int:
    with socket.socket() as libre:
        libre.bind(("127.0.0.1", 0))
        port: int = libre.getsockname()[1]
        return port


def _attendre(port: int, processus: subprocess.Popen[bytes], sortie: Path) -> None:
    """Poll the port: no event tells that another process listens."""
    echeance = time.monotonic() + _DELAI
    while time.monotonic() < echeance and processus.poll() is None:
        with socket.socket() as essai:
            if essai.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(_INTERVALLE)
    message = f"Un serveur du banc n'écoute pas (état {processus.poll()}) :\n{sortie.read_text()}"
    raise RuntimeError(message)


def _arreter(processus: subprocess.Popen[bytes]) -> None:
    processus.terminate()
    try:
        processus.wait(_DELAI)
    except subprocess.TimeoutExpired:
        processus.kill()
        processus.wait()
