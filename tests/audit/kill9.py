"""Kill a server with -9 under load, again and again: whatever a client received must be in the journal.

    python -m tests.audit.kill9 --kills 40 [--cible minimal]

The target `ecrivain` is a server whose writer alone is killed.

Prints one line of JSON. Exit status 1 when the promise is broken: received within issues, issues within intentions,
and, once restarted, exactly one issue or recovery for each intention.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import socket
import sys
import tempfile
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from audit.registre import lire
from audit.trace import OBTENU, Intention, Issue, Reprise
from tests.audit.kill9_charge import PAUSE, Charge
from tests.audit.kill9_cibles import CIBLES, Cible

#: A kill falls after this many answers at most, drawn for each run.
REPONSES_MAX = 300
#: Answers that a server gives once its writer died.
REPRISE = 50
#: Seconds: for a server to listen, and for a run to receive its answers.
PATIENCE = 60
#: Clients of the server that nobody kills.
VOISINS = 4


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


async def campagne(cible: Cible, kills: int, dossier: Path, hasard: random.Random) -> Bilan:
    """Kill the target `kills` times, restart it once more, and judge its journal."""
    charge, voisine = Charge(_port_libre(hasard)), Charge(_port_libre(hasard))
    async with _voisin(cible, voisine, dossier) if cible.voisin else nullcontext():
        for _ in range(kills):
            async with _serveur(cible, charge.port, dossier) as serveur:
                requete = await cible.requete(charge.port)
                async with charge.clients(requete), asyncio.timeout(PATIENCE):
                    await _premier(charge.attendre(hasard.randint(1, REPONSES_MAX)), serveur)
                    await _tuer(set(cible.victimes(serveur.pid)), serveur, charge)
    async with _serveur(cible, charge.port, dossier):
        pass
    journal = await asyncio.to_thread(cible.journal, dossier)
    return juger(kills, charge.recues | voisine.recues, journal)


@asynccontextmanager
async def _voisin(cible: Cible, charge: Charge, dossier: Path) -> AsyncIterator[None]:
    """Load another server, which nobody kills: none of its accesses may be taken for those of a dead one."""
    async with _serveur(cible, charge.port, dossier / "voisin"):
        requete = await cible.requete(charge.port)
        async with charge.clients(requete, VOISINS):
            yield


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
        await _arreter(serveur)


async def _arreter(serveur: Process) -> None:
    if serveur.returncode is None:
        serveur.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(serveur.wait(), PATIENCE)
    except TimeoutError:
        serveur.kill()
        await serveur.wait()
        raise


async def _tuer(victimes: set[int], serveur: Process, charge: Charge) -> None:
    """Kill processes; if the server is not one of them, it must answer again."""
    for pid in victimes:
        os.kill(pid, signal.SIGKILL)
    if serveur.pid in victimes:
        await serveur.wait()
    else:
        await _premier(charge.attendre(REPRISE), serveur)


async def _premier(attente: Coroutine[Any, Any, None], serveur: Process) -> None:
    """Wait for the answers; raise RuntimeError if the server ends first, by another hand than ours."""
    attentes = {asyncio.ensure_future(attente), asyncio.ensure_future(serveur.wait())}
    try:
        await asyncio.wait(attentes, return_when=asyncio.FIRST_COMPLETED)
        if serveur.returncode is not None:
            raise RuntimeError(f"the server ended by itself with status {serveur.returncode}: see its log")
    finally:
        for une in attentes:
            une.cancel()


async def _ecoute(port: int, serveur: Process) -> None:
    while serveur.returncode is None:
        try:
            _, ecriture = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(PAUSE)
        else:
            ecriture.close()
            return
    raise RuntimeError("the server ended before it listened: see its log")


def _port_libre(hasard: random.Random) -> int:
    """Return a free port, below those that the kernel lends to clients: one that tried too early could meet itself."""
    while True:
        port = hasard.randint(10_000, 30_000)
        with socket.socket() as prise, suppress(OSError):
            prise.bind(("127.0.0.1", port))
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
        try:
            with CIBLES[choix.cible].base(Path(dossier)):
                bilan = asyncio.run(campagne(CIBLES[choix.cible], choix.kills, Path(dossier), hasard))
        finally:
            sys.stderr.write((Path(dossier) / "serveur.log").read_text(errors="replace")[-5000:])
    sys.stdout.write(json.dumps({"cible": choix.cible, "graine": choix.graine, **asdict(bilan)}) + "\n")
    return 0 if bilan.tenu else 1


if __name__ == "__main__":
    sys.exit(main())
