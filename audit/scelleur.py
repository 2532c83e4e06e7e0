"""The thread that seals: every 1,000 records at once, the others within a second. The journal never waits for it."""

import threading
from collections import deque
from collections.abc import Sequence

from audit.compteurs import Compteurs
from audit.scelles import Scelles
from audit.verificateur import Chaine, Tete

#: Seconds that records wait for others to be sealed with; and between two attempts, while seals cannot be written.
RYTHME = 0.5
#: States that may wait: ten million records; while seals cannot be written, the oldest are then forgotten.
ATTENTE_MAX = 10_000


class Scelleur:
    """Seals what it is told of, until it is closed."""

    def __init__(self, scelles: Scelles, compteurs: Compteurs) -> None:
        self._scelles = scelles
        self._compteurs = compteurs
        self._condition = threading.Condition()
        self._tetes: deque[Tete] = deque(maxlen=ATTENTE_MAX)
        self._chaine: Chaine | None = None
        self._fini = False
        self._essaye = threading.Event()
        self._en_panne = False
        self._faite: Tete | None = None
        # A daemon: a disk that hangs must not prevent the process from ending.
        self._fil = threading.Thread(target=self._run, name="scelles", daemon=True)

    @property
    def en_panne(self) -> bool:
        """Whether the last attempt to seal failed."""
        return self._en_panne

    def ouvrir(self, tetes: Sequence[Tete], delai: float) -> None:
        """Start, and wait for a time that the first states be sealed: the journal begins all the same."""
        self._tetes.extend(tetes)
        self._fil.start()
        self._essaye.wait(delai)

    def deposer(self, tetes: Sequence[Tete], chaine: Chaine) -> None:
        """Take states to seal now, and the present one, to be sealed soon."""
        with self._condition:
            # Once it knows of a chain, the thread wakes by itself; to wake it for each batch costs as much as one.
            if tetes or self._chaine is None:
                self._condition.notify()
            self._tetes.extend(tetes)
            self._chaine = chaine

    def fermer(self, chaine: Chaine | None, delai: float) -> None:
        """Seal what waits, tell that the partie is closed if its last state is given, and stop, all within a time."""
        with self._condition:
            self._fini = True
            if chaine is not None:
                self._tetes.append(chaine.tete(close=True))
                self._chaine = None
            self._condition.notify()
        self._fil.join(delai)

    def _run(self) -> None:
        while self._attendre():
            self._sceller()
        self._sceller()

    def _attendre(self) -> bool:
        """Wait for something to seal; tell whether there will be more."""
        with self._condition:
            self._condition.wait_for(lambda: self._fini or self._tetes or self._chaine)
            self._condition.wait_for(lambda: self._fini or (self._tetes and not self._en_panne), RYTHME)
            if not self._tetes and self._chaine:
                self._tetes.append(self._chaine.tete())
                self._chaine = None
            return not self._fini

    def _sceller(self) -> None:
        try:
            while tete := self._prochaine():
                if tete != self._faite:
                    self._scelles.apposer(tete)
                    self._compteurs.scelles += 1
                self._retirer(tete)
            self._en_panne = False
        except Exception:  # noqa: BLE001 - whatever went wrong, it is counted, tried again, and stops nothing else
            self._compteurs.scelles_echoues += 1
            self._en_panne = True
        finally:
            self._essaye.set()

    def _prochaine(self) -> Tete | None:
        with self._condition:
            return self._tetes[0] if self._tetes else None

    def _retirer(self, tete: Tete) -> None:
        self._faite = tete
        with self._condition:
            # NOTE: it is no longer the first one if too many wait.
            if self._tetes and self._tetes[0] is tete:
                self._tetes.popleft()
