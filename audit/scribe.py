"""The one thread that writes: it makes whatever waits durable in one transaction, and wakes each loop once."""

import asyncio
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue

from audit.compteurs import Compteurs
from audit.partie import Ligne, Partie
from audit.registre import Fichier, Registre
from graph.errors import AuditIndisponible

#: Deposits of one transaction.
LOT_MAX = 256


@dataclass(frozen=True, slots=True)
class Depot:
    """Lines that must be durable together, and who waits for them."""

    lignes: tuple[Ligne, ...]
    boucle: asyncio.AbstractEventLoop
    durable: "asyncio.Future[None]"


#: None asks the writer to stop, once what came before is written.
File = SimpleQueue[Depot | None]


class Scribe(threading.Thread):
    """Writes until it is told to stop; a failure is told to those who wait, and the file is opened anew."""

    def __init__(self, chemin: Path, fichier: Fichier, partie: Partie, file: File, compteurs: Compteurs) -> None:
        # A daemon: a disk that hangs must not prevent the process from ending.
        super().__init__(name="journal", daemon=True)
        self._chemin = chemin
        self._fichier = fichier
        self._partie = partie
        self._file = file
        self._compteurs = compteurs
        self._registre: Registre | None = None

    def run(self) -> None:
        """Write batch after batch."""
        try:
            self._ouvrir_d_avance()
            continuer = True
            while continuer:
                lot = self._prochain()
                depots = [depot for depot in lot if depot is not None]
                self._inscrire(depots)
                continuer = len(depots) == len(lot)
        finally:
            self._fermer()

    def _ouvrir_d_avance(self) -> None:
        """Open the file while nobody waits for it; what goes wrong is told to the first who does."""
        with suppress(Exception):
            if self._file.empty():
                self._registre = Registre(self._chemin, self._fichier, self._partie)

    def _prochain(self) -> list[Depot | None]:
        """Wait for one deposit, and take those that gathered meanwhile: no linger when there is little to do."""
        lot = [self._file.get()]
        with suppress(Empty):
            while len(lot) < LOT_MAX:
                lot.append(self._file.get_nowait())
        return lot

    def _inscrire(self, depots: Sequence[Depot]) -> None:
        cause = self._ecrire([ligne for depot in depots for ligne in depot.lignes])
        par_boucle = defaultdict(list)
        for depot in depots:
            par_boucle[depot.boucle].append(depot.durable)
        for boucle, attentes in par_boucle.items():
            with suppress(RuntimeError):  # the loop is closed: nobody waits there any more
                boucle.call_soon_threadsafe(_conclure, attentes, cause)

    def _ecrire(self, lignes: Sequence[Ligne]) -> str | None:
        """Make lines durable; return why not, as a name that holds no value."""
        try:
            self._registre = self._registre or Registre(self._chemin, self._fichier, self._partie)
            self._registre.ajouter(lignes)
        except Exception as erreur:  # noqa: BLE001 - whatever went wrong, those who wait are told
            self._fermer()
            self._compteurs.echecs += 1
            return getattr(erreur, "sqlite_errorname", type(erreur).__name__)
        self._compteurs.lots += 1
        self._compteurs.traces += len(lignes)
        return None

    def _fermer(self) -> None:
        registre, self._registre = self._registre, None
        if registre is not None:
            with suppress(sqlite3.Error):
                registre.close()


def _conclure(attentes: Sequence["asyncio.Future[None]"], cause: str | None) -> None:
    for attente in attentes:
        if attente.done():
            continue
        if cause is None:
            attente.set_result(None)
        else:
            attente.set_exception(AuditIndisponible(cause=cause))
