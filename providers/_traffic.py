"""What the real traffic says of each source: its last calls, its availability, its median latency."""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median_low
from typing import Any

from graph.errors import ErreurDeBloc, Indisponible
from graph.source import Disponibilite, EtatDeSource
from providers._maintenance import reste
from providers._source import Source

#: Seconds.
_FENETRE = 600.0
#: Calls remembered per source; beyond, the window is shorter than ten minutes.
_MEMOIRE = 10_000
#: Share of failures from which a source is disturbed.
_PERTURBEE = 0.10
#: Causes of ours: no source had a part in them.
_A_NOUS = frozenset({"ADAPTATEUR", "DELAI_EPUISE"})


@dataclass(frozen=True, slots=True)
class _Observation:
    instant: float
    ok: bool
    duree_ms: int


def reussite(erreur: ErreurDeBloc | None) -> bool | None:
    """Tell whether a call that ended so is a success of the source; None when the source had no part in it.

    An absent person, or one that the source cannot tell, is an answer: only an unavailability is a failure.
    """
    if erreur is not None and (not erreur.appelee or erreur.cause in _A_NOUS):
        return None
    return not isinstance(erreur, Indisponible)


class Traffic:
    """The last calls to every source. `horloge` is monotonic, in seconds."""

    def __init__(self, horloge: Callable[[], float]) -> None:
        self._horloge = horloge
        self._appels: defaultdict[str, deque[_Observation]] = defaultdict(lambda: deque(maxlen=_MEMOIRE))

    def record(self, source: str, *, ok: bool, duree_ms: int) -> None:
        """Remember how a call to a source ended."""
        self._appels[source].append(_Observation(self._horloge(), ok, duree_ms))

    def etat(self, source: Source[Any], instant: datetime) -> EtatDeSource:
        """Return the state of a source over the last ten minutes; `instant`, aware, in Paris, tells if it is closed."""
        recents, attente = self._recents(source.nom), reste(source.maintenances, instant)
        return EtatDeSource(
            nom=source.nom,
            libelle=source.libelle,
            fournisseur=source.fournisseur,
            bloc=source.fournit.__name__,
            identifiants=[identification.texte for identification in source.identifications],
            disponibilite=Disponibilite.EN_MAINTENANCE if attente else _disponibilite(recents),
            retablissement=(instant.astimezone(UTC) + attente).astimezone(instant.tzinfo) if attente else None,
            appels_recents=len(recents),
            latence_mediane_ms=median_low(appel.duree_ms for appel in recents) if recents else None,
        )

    def _recents(self, nom: str) -> deque[_Observation]:
        appels, limite = self._appels[nom], self._horloge() - _FENETRE
        while appels and appels[0].instant < limite:
            appels.popleft()
        return appels


def _disponibilite(appels: deque[_Observation]) -> Disponibilite:
    echecs = sum(not appel.ok for appel in appels)
    if not appels:
        return Disponibilite.INCONNUE
    if echecs == len(appels):
        return Disponibilite.INDISPONIBLE
    return Disponibilite.PERTURBEE if echecs >= _PERTURBEE * len(appels) else Disponibilite.DISPONIBLE
