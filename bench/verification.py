"""How fast a journal is verified: one as a server writes it, read whole several times, on every core."""

import argparse
import asyncio
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from uuid import uuid4

import uvloop

from audit.journal import Journal
from audit.scelles import Scelles, chemin_par_defaut, cle_publique
from audit.verification import verifier
from bench.processus import Coeurs
from bench.tableau import ecrire, machine
from bench.trace import intention, issue, maintenant

TOURS = 5
#: Records of the journal, and requests of each of its transactions.
ENREGISTREMENTS, LOT = 1_000_000, 250
#: Records a second.
PROMIS = 200_000
#: A key that seals nothing but this.
_CLE = bytes(32)


def main() -> int:
    """Run the bench; return the exit status: 1 when the journal is not intact, or is verified too slowly."""
    arguments = argparse.ArgumentParser(prog="make bench-verification", description=__doc__)
    arguments.add_argument("--enregistrements", type=int, default=ENREGISTREMENTS)
    nombre: int = arguments.parse_args().enregistrements
    ecrire(machine(Coeurs(None, None)))
    with TemporaryDirectory(prefix="particulier-bench-") as nom:
        chemin = Path(nom) / "journal.db"
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as boucle:
            boucle.run(_ecrire(chemin, nombre))
        ecrire(f"{nombre} enregistrements, {chemin.stat().st_size / nombre:.0f} octets chacun.\n")
        debits = [_verifier(chemin, nombre) for _ in range(TOURS)]
    tenu = median(debits) >= PROMIS
    ecrire(
        f"\nMédiane : {median(debits):.0f} enregistrements/s (promis : {PROMIS} au moins) : "
        f"{'tenu' if tenu else 'NON TENU'}."
    )
    return 0 if tenu else 1


async def _ecrire(chemin: Path, nombre: int) -> None:
    journal = Journal(chemin, maintenant, Scelles(chemin_par_defaut(chemin), _CLE, maintenant))
    await journal.ouvrir()
    for _ in range(0, nombre, 2 * LOT):
        requetes = [str(uuid4()) for _ in range(LOT)]
        await journal.ecrire([trace(requete) for trace in (intention, issue) for requete in requetes])
    await journal.aclose()


def _verifier(chemin: Path, nombre: int) -> float:
    debut = perf_counter()
    rapport = verifier(chemin, chemin_par_defaut(chemin), cle_publique(_CLE))
    duree = perf_counter() - debut
    if not rapport.intact or rapport.enregistrements < nombre:
        raise SystemExit("\n".join(rapport.lignes()))
    ecrire(f"{rapport.enregistrements / duree:.0f}/s en {duree:.2f} s")
    return rapport.enregistrements / duree


if __name__ == "__main__":
    sys.exit(main())
