"""The state of the sources, observed on real traffic: the calls of the last ten minutes, bounded in number."""

from collections import deque
from collections.abc import Callable
from statistics import median
from typing import Any

from graph.source import Disponibilite, EtatDeSource
from providers._source import Source

_FENETRE = 600.0
_APPELS = 1_000
#: From this share of failures on, a source is said to be disturbed.
_PERTURBEE = 0.1


class Traffic:
    """What was observed of every source since the start.

    Args:
        horloge: monotonic seconds.
    """

    def __init__(self, horloge: Callable[[], float]) -> None:
        self._horloge = horloge
        self._appels: dict[str, deque[tuple[float, bool, int]]] = {}

    def record(self, source: str, *, ok: bool, duree_ms: int) -> None:
        """Remember a call; `ok` when the source answered, be it that it has nothing."""
        self._appels.setdefault(source, deque(maxlen=_APPELS)).append((self._horloge(), ok, duree_ms))

    def etat(self, source: Source[Any]) -> EtatDeSource:
        """Return what callers see of a source."""
        depuis = self._horloge() - _FENETRE
        recents = [(ok, duree) for instant, ok, duree in self._appels.get(source.nom, ()) if instant >= depuis]
        return EtatDeSource(
            nom=source.nom,
            libelle=source.libelle,
            fournisseur=source.fournisseur,
            bloc=source.fournit.__name__,
            disponibilite=_disponibilite([ok for ok, _ in recents]),
            appels_recents=len(recents),
            latence_mediane_ms=round(median(duree for _, duree in recents)) if recents else None,
        )


def _disponibilite(succes: list[bool]) -> Disponibilite:
    if not succes:
        return Disponibilite.INCONNUE
    if not any(succes):
        return Disponibilite.INDISPONIBLE
    echecs = succes.count(False) / len(succes)
    return Disponibilite.PERTURBEE if echecs >= _PERTURBEE else Disponibilite.DISPONIBLE
