"""What is printed: what the figures depend on, a Markdown table of medians, and ratios taken turn by turn."""

import os
import platform
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from bench.charge import Mesure
from bench.processus import Coeurs

_ENTETE = "| | transport | c | req/s | p50 ms | p99 ms | CPU ms | cœur occupé |\n|---|---|--:|--:|--:|--:|--:|--:|"


@dataclass(frozen=True, slots=True)
class Ligne:
    """One run of one target."""

    nom: str
    transport: str
    clients: int
    mesure: Mesure
    cpu: float
    """Seconds of CPU that the server took."""

    @property
    def cle(self) -> tuple[str, str, int]:
        """What a run has in common with the same one of another turn."""
        return self.nom, self.transport, self.clients

    @property
    def cpu_par_reponse(self) -> float:
        """Milliseconds of CPU per answer."""
        return 1000 * self.cpu / self.mesure.reponses if self.mesure.reponses else float("nan")

    @property
    def occupation(self) -> float:
        """Share of one core that the server took."""
        return self.cpu / self.mesure.secondes


def machine(coeurs: Coeurs) -> str:
    """Tell what every figure depends on."""
    seul = "" if coeurs.serveur is None else ", le serveur mesuré seul sur l'un d'eux"
    charge = ", ".join(f"{valeur:.1f}" for valeur in os.getloadavg())
    return f"Python {platform.python_version()}, {os.cpu_count()} cœurs{seul} ; charge au départ : {charge}.\n"


def presentation(coeurs: Coeurs, tours: int) -> str:
    """Tell what the figures of the table depend on."""
    return (
        f"{machine(coeurs)}"
        f"Médiane de {tours} tours alternés ; CPU : temps de processeur du serveur mesuré, par réponse.\n"
    )


def ecrire(texte: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{texte}\n")
    sys.stdout.flush()


def tableau(lignes: Iterable[Ligne]) -> str:
    """Return the table: the median of the turns, for each figure apart."""
    groupes: dict[tuple[str, str, int], list[Ligne]] = {}
    for ligne in lignes:
        groupes.setdefault(ligne.cle, []).append(ligne)
    return "\n".join((_ENTETE, *map(_rangee, groupes.values())))


def rapport(un: str, autre: str, transport: str, clients: int, lignes: Sequence[Ligne]) -> str:
    """Compare two targets turn by turn, since what slowed one slowed the other."""

    def median_ratio(valeur: Callable[[Ligne], float]) -> float:
        uns, autres = (
            [valeur(ligne) for ligne in lignes if ligne.cle == (nom, transport, clients)] for nom in (un, autre)
        )
        return median(a / b for a, b in zip(uns, autres, strict=True))

    debit = median_ratio(lambda ligne: ligne.mesure.debit)
    cpu = median_ratio(lambda ligne: ligne.cpu_par_reponse)
    return f"{un} / {autre}, {transport}, c={clients} : débit x {debit:.2f}, CPU x {cpu:.2f}"


def _rangee(lignes: Sequence[Ligne]) -> str:
    nom, transport, clients = lignes[0].cle
    debit = median(ligne.mesure.debit for ligne in lignes)
    p50 = median(ligne.mesure.p50 for ligne in lignes)
    p99 = median(ligne.mesure.p99 for ligne in lignes)
    cpu = median(ligne.cpu_par_reponse for ligne in lignes)
    occupe = median(ligne.occupation for ligne in lignes)
    return f"| {nom} | {transport} | {clients} | {debit:.0f} | {p50:.1f} | {p99:.1f} | {cpu:.2f} | {occupe:.0%} |"
