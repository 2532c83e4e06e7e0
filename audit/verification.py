"""Verification of a journal, as a command runs it: the lines to print, and the exit status."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from audit.verificateur import (
    Anomalie,
    Illisible,
    Nature,
    Rapport,
    conclure,
    exiger_comparables,
    lire_cles,
    lire_scelle,
    verifier,
)

__all__ = [
    "Anomalie",
    "Illisible",
    "Nature",
    "Rapport",
    "conclure",
    "exiger_comparables",
    "lire_cles",
    "lire_scelle",
    "rendre_compte",
    "verifier",
]


def rendre_compte(journal: Path, scelles: Path, cles_publiques: Sequence[bytes]) -> tuple[int, Iterator[str]]:
    """Verify a journal; return the exit status (0 intact, 1 an anomaly, 2 unreadable) and what to print, in French."""
    try:
        rapport = verifier(journal, scelles, cles_publiques)
    except Illisible as refus:
        return 2, iter((str(refus),))
    return (0 if rapport.intact else 1), rapport.lignes()
