"""What the audit costs: the gateway with its journal, and without, by turns, at 60 % of what the latter can do then.

Both have a core, where only one is asked at a time. What writes the journal shares the other one with the sources and
with the load: elsewhere, these two are on other machines.

In each turn they are asked by slices of a second, one after the other: the speed of a machine that others share changes
from one ten seconds to the next. Beside them, the disk alone: what its durable writes take, however they are asked for.
"""

import asyncio
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import uvloop

from bench.charge import Cadence, Mesure, cadencer, charger
from bench.cibles import Cible, amont, attendre, passerelle
from bench.disque import ECRITURES, graver
from bench.processus import repartir
from bench.tableau import ecrire, machine
from gateway.settings import Transporteur

#: Turns, seconds of each program in each, connections, and share of the peak.
TOURS, SECONDES, CLIENTS, PART = 5, 20.0, 64, 0.6
#: Connections of a program that takes its turn: few enough for none to be idle until the server closes it.
_LIAISONS = 32
#: Seconds of the peak, of a slice, and between two of them.
_POINTE, _TRANCHE, _REPOS = 8.0, 1.0, 0.1
_RODAGE = 2.0
#: Milliseconds that the audit may add.
P50_MAX, P99_MAX = 2.0, 5.0
AVEC, SANS, DISQUE = "avec journal", "sans journal", "disque seul"


def main() -> int:
    """Run the bench; return the exit status: 1 when an answer was wrong, or when the audit costs more than promised."""
    coeurs = repartir()
    ecrire(machine(coeurs))
    muette = (sys.executable, "-m", "bench.sans_journal")
    with (
        TemporaryDirectory(prefix="particulier-bench-") as nom,
        ExitStack() as pile,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as boucle,
    ):
        adresse = pile.enter_context(amont(Path(nom), coeurs))
        avec = pile.enter_context(passerelle(Path(nom), coeurs, Transporteur.HTTPX, adresse, AVEC))
        sans = pile.enter_context(passerelle(Path(nom), coeurs, Transporteur.HTTPX, adresse, SANS, muette))
        avec.serveur.ecarter(coeurs.reste)
        return boucle.run(_mesurer(avec, sans, Path(nom)))


async def _mesurer(avec: Cible, sans: Cible, dossier: Path) -> int:
    attendus = {cible.nom: await attendre(cible) for cible in (avec, sans)}
    for cible in (avec, sans):
        await charger(cible.serveur.port, cible.message, attendus[cible.nom], CLIENTS, _RODAGE)
    ecrire(
        f"Chaque tour à {PART:.0%} de la pointe {SANS}, mesurée juste avant : la machine n'est pas toujours la même.\n"
    )
    ecrire("| tour | | req/s | p50 ms | p99 ms | cœur occupé | refus |\n|--:|---|--:|--:|--:|--:|--:|")
    mesures: dict[str, list[Mesure]] = {AVEC: [], SANS: [], DISQUE: []}
    for tour in range(1, TOURS + 1):
        seul = graver(dossier / "disque", _RODAGE)
        mesures[DISQUE].append(seul)
        ecrire(f"| {tour} | {DISQUE} | | {seul.p50:.2f} | {seul.p99:.2f} | | |")
        pointe = await _charger(tour, sans, attendus[SANS])
        alternance = [
            _charger(tour, cible, attendus[cible.nom], Cadence(PART * pointe.debit, rang, 2, _TRANCHE, _REPOS))
            for rang, cible in enumerate((avec, sans))
        ]
        for nom, mesure in zip((AVEC, SANS), await asyncio.gather(*alternance), strict=True):
            mesures[nom].append(mesure)
    return _conclure(mesures)


async def _charger(tour: int, cible: Cible, attendu: bytes, cadence: Cadence | None = None) -> Mesure:
    """Measure a target at its peak, or at a rate; print how full it is."""
    avant, port = cible.serveur.cpu(), cible.serveur.port
    if cadence is None:
        une = await charger(port, cible.message, attendu, CLIENTS, _POINTE)
    else:
        une = await cadencer(port, cible.message, attendu, _LIAISONS, SECONDES, cadence)
    occupe = (cible.serveur.cpu() - avant) / une.secondes
    nom = cible.nom if cadence else f"pointe {cible.nom}"
    ecrire(f"| {tour} | {nom} | {une.debit:.0f} | {une.p50:.2f} | {une.p99:.2f} | {occupe:.0%} | {une.refus.total()} |")
    return une


def _conclure(mesures: dict[str, list[Mesure]]) -> int:
    """Print what the audit adds: the median of the turns, each compared with its neighbour."""
    paires = list(zip(mesures[AVEC], mesures[SANS], strict=True))
    p50 = median(avec.p50 - sans.p50 for avec, sans in paires)
    p99 = median(avec.p99 - sans.p99 for avec, sans in paires)
    disque = mesures[DISQUE]
    tenu = p50 <= P50_MAX and p99 <= P99_MAX
    refus = sum((une.refus for liste in mesures.values() for une in liste), Counter())
    erreurs = sum((une.erreurs for liste in mesures.values() for une in liste), Counter())
    ecrire(
        f"\nL'audit ajoute {p50:+.2f} ms de p50 (promis : {P50_MAX:+.0f} au plus) et {p99:+.2f} ms de p99 "
        f"(promis : {P99_MAX:+.0f} au plus), médianes de {TOURS} tours : {'tenu' if tenu else 'NON TENU'} ; "
        f"refus faute de temps : {dict(refus)}, réponses fausses : {dict(erreurs)}.\n"
        f"Dont le disque, seul, pour {ECRITURES} ajouts durables : {median(un.p50 for un in disque):.2f} ms de p50 et "
        f"{median(un.p99 for un in disque):.2f} ms de p99."
    )
    return 0 if tenu and not erreurs else 1


if __name__ == "__main__":
    sys.exit(main())
