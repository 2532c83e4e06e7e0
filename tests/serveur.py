"""Start the real gateway for a test, as its users do: `particulier serve` in a process, on a free loopback port."""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.attente import attendre

RACINE = Path(__file__).parents[1]
_PARTICULIER = Path(sys.executable).with_name("particulier")
#: Seconds for the gateway to be ready, migrations included, on a machine that ten others share; and to stop.
_DELAI = 180.0
_INTERVALLE = 0.1


@dataclass(frozen=True, slots=True)
class Serveur:
    """A running gateway."""

    url: str
    """Its address, without a final slash."""
    dossier: Path
    """Where it stores everything."""
    pid: int
    """Of the process that listens."""


@contextmanager
def serveur(
    port: int | None = None,
    commande: Sequence[str | Path] = (_PARTICULIER, "serve"),
    garde: Path | None = None,
    **reglages: str,
) -> Iterator[Serveur]:
    """Serve the sandbox on loopback until the block ends.

    Args:
        port: Port to listen on; a free one by default.
        commande: What serves, given `--port`.
        garde: Folder where it stores everything, kept afterwards; one of its own by default.
        reglages: Settings by their name without prefix, e.g. `transport="reqwest"`; they win over those of the test.

    Raises:
        RuntimeError: The gateway stopped, or was not ready in time; the message holds what it printed.
    """
    with _dossier(garde) as dossier:
        choisi = port or _free_port()
        url = f"http://127.0.0.1:{choisi}"
        with (dossier / "sortie.txt").open("w") as sortie:
            processus = subprocess.Popen(  # noqa: S603 - our own command
                [*commande, "--port", str(choisi)],
                cwd=RACINE,
                env=_environnement(dossier, reglages),
                stdout=sortie,
                stderr=subprocess.STDOUT,
            )
            try:
                _wait_until_ready(url, processus, dossier / "sortie.txt")
                yield Serveur(url, dossier, processus.pid)
            finally:
                _stop(processus)


@contextmanager
def _dossier(garde: Path | None) -> Iterator[Path]:
    if garde:
        yield garde
        return
    with tempfile.TemporaryDirectory(prefix="particulier-") as nom:
        yield Path(nom)


def _environnement(dossier: Path, reglages: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the process: nothing of the developer's own settings, everything under `dossier`."""
    propre = {nom: valeur for nom, valeur in os.environ.items() if not nom.startswith("PARTICULIER_")}
    defauts = {
        "mode": "bac_a_sable",
        "database_url": f"sqlite:///{dossier}/particulier.db",
        "journal": f"{dossier}/journal.db",
        "cles_pseudonymes": f"{dossier}/cles/pseudonymes",
        "cle_scelles": f"{dossier}/cles/scelles.cle",
        "cle_attestation": f"{dossier}/cles/attestation.pem",
    }
    return propre | {f"PARTICULIER_{nom.upper()}": valeur for nom, valeur in {**defauts, **reglages}.items()}


def _free_port() -> int:
    with socket.socket() as libre:
        libre.bind(("127.0.0.1", 0))
        port: int = libre.getsockname()[1]
        return port


def _wait_until_ready(url: str, processus: subprocess.Popen[bytes], sortie: Path) -> None:
    attendre(lambda: processus.poll() is not None or _ready(url), _DELAI, _INTERVALLE)
    if processus.poll() is not None or not _ready(url):
        message = f"La passerelle n'est pas prête (état {processus.poll()}) :\n{sortie.read_text()}"
        raise RuntimeError(message)


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=1.0, trust_env=False).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def _stop(processus: subprocess.Popen[bytes]) -> None:
    processus.terminate()
    try:
        processus.wait(_DELAI)
    except subprocess.TimeoutExpired:
        processus.kill()
        processus.wait()
