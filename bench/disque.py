"""What the disk alone costs: as many durable appends as an answer needs, with nothing else around."""

import os
import time
from pathlib import Path

from bench.charge import Mesure, mesurer

#: Bytes of a record, and how many an answer waits for: its intention, then its issue.
TAILLE, ECRITURES = 1000, 2
#: Seconds between two answers: a disk that is asked without end answers sooner than one that rests.
_PAUSE = 0.01


def graver(chemin: Path, secondes: float) -> Mesure:
    """Append records to a file, durably, for a time; the latencies are those of `ECRITURES` in a row. Raise OSError."""
    durees: list[float] = []
    debut = time.perf_counter()
    with chemin.open("ab", buffering=0) as fichier:
        while (depart := time.perf_counter()) < debut + secondes:
            for _ in range(ECRITURES):
                fichier.write(bytes(TAILLE))
                os.fdatasync(fichier)
            durees.append(time.perf_counter() - depart)
            time.sleep(_PAUSE)
    return mesurer(durees, time.perf_counter() - debut)
