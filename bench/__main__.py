"""Measure every target by turns, print a table, and fail if any answer was wrong. Nothing is kept."""

import asyncio
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import uvloop

from bench.charge import charger
from bench.cibles import PASSERELLE, RELAIS, Cible, attendre, cibles
from bench.processus import repartir
from bench.tableau import Ligne, ecrire, presentation, rapport, tableau
from bench.trace import tracer
from gateway.settings import Transporteur

#: Each target is measured this many times, by turns: a machine that slows down slows them all.
TOURS = 3
#: Connections at once, and seconds.
PHASES = ((64, 5.0), (1, 2.0))
_RODAGE = 1.0
TRACE = "trace seule"


def main() -> int:
    """Run the bench; return the exit status."""
    coeurs = repartir()
    ecrire(presentation(coeurs, TOURS))
    with (
        TemporaryDirectory(prefix="particulier-bench-") as nom,
        cibles(Path(nom), coeurs) as toutes,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as boucle,
    ):
        lignes = boucle.run(_mesurer(toutes, Path(nom)))
    ecrire(tableau(lignes) + "\n")
    for transport in Transporteur:
        for clients, _ in PHASES:
            ecrire(rapport(PASSERELLE, RELAIS, transport.value, clients, lignes))
    for nom in dict.fromkeys(ligne.nom for ligne in lignes):
        mesures = [ligne.mesure for ligne in lignes if ligne.nom == nom]
        if refus := sum((une.refus for une in mesures), Counter()):
            ecrire(f"\n{nom} : refus faute de temps, comptés à part : {dict(refus)}.")
        if erreurs := sum((une.erreurs for une in mesures), Counter()):
            ecrire(f"\nÉCHEC : {nom} : réponses fausses : {dict(erreurs)}.")
    return 1 if any(ligne.mesure.erreurs for ligne in lignes) else 0


async def _mesurer(toutes: list[Cible], dossier: Path) -> list[Ligne]:
    attendus = [await attendre(cible) for cible in toutes]
    for cible, attendu in zip(toutes, attendus, strict=True):
        await charger(cible.serveur.port, cible.message, attendu, PHASES[0][0], _RODAGE)
    lignes: list[Ligne] = []
    for tour in range(1, TOURS + 1):
        for clients, secondes in PHASES:
            for cible, attendu in zip(toutes, attendus, strict=True):
                lignes.append(await _charger(cible, attendu, clients, secondes))
                _progresser(tour, lignes[-1])
            lignes.append(await _tracer(dossier / "journal.db", clients))
            _progresser(tour, lignes[-1])
    return lignes


async def _charger(cible: Cible, attendu: bytes, clients: int, secondes: float) -> Ligne:
    avant = cible.serveur.cpu()
    mesure = await charger(cible.serveur.port, cible.message, attendu, clients, secondes)
    return Ligne(cible.nom, cible.transport.value, clients, mesure, cible.serveur.cpu() - avant)


async def _tracer(chemin: Path, clients: int) -> Ligne:
    """Measure the trace in this process, while the servers have nothing to do."""
    debut = time.process_time()
    mesure = await tracer(chemin, clients, _RODAGE)
    return Ligne(TRACE, "-", clients, mesure, time.process_time() - debut)


def _progresser(tour: int, ligne: Ligne) -> None:
    nom, transport, clients = ligne.cle
    sys.stderr.write(f"tour {tour}/{TOURS}  {nom:11}  {transport:7}  c={clients:<3} {ligne.mesure.debit:7.0f}/s\n")


if __name__ == "__main__":
    sys.exit(main())
