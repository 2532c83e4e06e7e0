"""Kill a server with -9 under load, again and again: whatever a client received must be in the journal.

    python -m tests.audit.kill9 --kills 40 [--cible minimal]

Prints one line of JSON. Exit status 1 when the promise is broken: received within issues, issues within intentions,
and, once restarted, exactly one issue or recovery for each intention.
"""

import argparse
import asyncio
import json
import random
import signal
import socket
import sys
import tempfile
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from audit.registre import lire
from audit.trace import OBTENU, Intention, Issue, Reprise
from tests.audit.kill9_cibles import CIBLES, Cible, Requete

CLIENTS = 24
#: A kill falls after this many answers at most, drawn for each run.
REPONSES_MAX = 300
#: Seconds: for a server to listen, and for a run to receive its answers.
PATIENCE = 60
#: Seconds between two attempts to connect.
PAUSE = 0.02
OK = 200


@dataclass(frozen=True, slots=True)
class Bilan:
    """What the clients received and what the journal says of it."""

    kills: int
    recues: int
    intentions: int
    issues: int
    reprises: int
    recues_sans_issue: int
    issues_sans_intention: int
    intentions_mal_closes: int

    @property
    def tenu(self) -> bool:
        """Tell whether the promise was kept, by a campaign that put it to the test."""
        fautes = self.recues_sans_issue + self.issues_sans_intention + self.intentions_mal_closes
        return self.recues > self.kills and fautes == 0


@dataclass(slots=True)
class Charge:
    """Clients that ask without rest, and the identifiers of the answers that began to reach them."""

    port: int
    recues: set[str] = field(default_factory=set)
    _signal: asyncio.Event = field(default_factory=asyncio.Event)

    async def client(self, requete: Requete) -> None:
        """Ask until cancelled, over a connection opened anew whenever the server dies."""
        while True:
            try:
                await self._converser(requete)
            except (OSError, asyncio.IncompleteReadError):
                await asyncio.sleep(PAUSE)

    async def attendre(self, nombre: int) -> None:
        """Return once `nombre` more answers have begun to arrive."""
        but = len(self.recues) + nombre
        while len(self.recues) < but:
            self._signal.clear()
            await self._signal.wait()

    async def _converser(self, requete: Requete) -> None:
        lecture, ecriture = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            while True:
                ecriture.write(requete.octets())
                statut, entetes = _tete(await lecture.readuntil(b"\r\n\r\n"))
                if statut == OK:
                    self.recues.add(entetes["x-request-id"])
                    self._signal.set()
                await lecture.readexactly(int(entetes["content-length"]))
        finally:
            ecriture.close()


def _tete(octets: bytes) -> tuple[int, dict[str, str]]:
    premiere, *lignes = octets.decode("latin-1").split("\r\n")
    paires = (ligne.partition(":") for ligne in lignes if ligne)
    return int(premiere.split()[1]), {nom.lower(): valeur.strip() for nom, _, valeur in paires}


async def campagne(cible: Cible, kills: int, dossier: Path, hasard: random.Random) -> Bilan:
    """Kill the target `kills` times, restart it once more, and judge its journal."""
    charge = Charge(_port_libre())
    requete: Requete | None = None
    for _ in range(kills):
        async with _serveur(cible, charge.port, dossier) as serveur:
            requete = requete or await cible.requete(charge.port)
            async with _clients(charge, requete), asyncio.timeout(PATIENCE):
                await charge.attendre(hasard.randint(1, REPONSES_MAX))
                serveur.kill()
                await serveur.wait()
    async with _serveur(cible, charge.port, dossier):
        pass
    return juger(kills, charge.recues, cible.journal(dossier))


def juger(kills: int, recues: set[str], journal: Path) -> Bilan:
    """Compare what was received with what the journal keeps."""
    traces = list(lire(journal))
    intentions = {trace.requete for trace in traces if isinstance(trace, Intention)}
    issues = {trace.requete for trace in traces if isinstance(trace, Issue)}
    rendues = {trace.requete for trace in traces if isinstance(trace, Issue) and trace.resultat == OBTENU}
    closes = Counter(trace.requete for trace in traces if isinstance(trace, Issue | Reprise))
    return Bilan(
        kills=kills,
        recues=len(recues),
        intentions=len(intentions),
        issues=len(issues),
        reprises=len(closes) - len(issues),
        recues_sans_issue=len(recues - rendues),
        issues_sans_intention=len(issues - intentions),
        intentions_mal_closes=sum(closes[requete] != 1 for requete in intentions),
    )


@asynccontextmanager
async def _clients(charge: Charge, requete: Requete) -> AsyncIterator[None]:
    taches = [asyncio.create_task(charge.client(requete)) for _ in range(CLIENTS)]
    try:
        yield
    finally:
        for tache in taches:
            tache.cancel()
        await asyncio.gather(*taches, return_exceptions=True)


@asynccontextmanager
async def _serveur(cible: Cible, port: int, dossier: Path) -> AsyncIterator[Process]:
    """Start the target and wait until it listens; stop it gently if it is still alive at the end."""
    with (dossier / "serveur.log").open("ab") as sortie:
        serveur = await asyncio.create_subprocess_exec(
            *cible.commande(port, dossier), env=cible.environnement(dossier), stdout=sortie, stderr=sortie
        )
    try:
        async with asyncio.timeout(PATIENCE):
            await _ecoute(port, serveur)
        yield serveur
    finally:
        if serveur.returncode is None:
            serveur.send_signal(signal.SIGTERM)
        await serveur.wait()


async def _ecoute(port: int, serveur: Process) -> None:
    while serveur.returncode is None:
        try:
            _, ecriture = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(PAUSE)
        else:
            ecriture.close()
            return
    raise RuntimeError("the server ended before it listened: see serveur.log")


def _port_libre() -> int:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        port: int = prise.getsockname()[1]
        return port


def main() -> int:
    """Run a campaign in a temporary folder."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    options.add_argument("--kills", type=int, default=3)
    options.add_argument("--cible", choices=sorted(CIBLES), default="passerelle")
    options.add_argument("--graine", type=int, default=random.randrange(2**32))  # noqa: S311 - draws moments
    choix = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="kill9-") as dossier:
        hasard = random.Random(choix.graine)  # noqa: S311 - draws moments
        bilan = asyncio.run(campagne(CIBLES[choix.cible], choix.kills, Path(dossier), hasard))
        if not bilan.tenu:
            sys.stderr.write((Path(dossier) / "serveur.log").read_text(errors="replace")[-5000:])
    sys.stdout.write(json.dumps({"cible": choix.cible, "graine": choix.graine, **asdict(bilan)}) + "\n")
    return 0 if bilan.tenu else 1


if __name__ == "__main__":
    sys.exit(main())
