"""The one thread that writes: it makes whatever waits durable in one transaction, and wakes each loop once."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from audit.partie import Ligne
from audit.plume import Plume
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
    """Writes until it is told to stop; a failure is told to those who wait."""

    def __init__(self, plume: Plume, file: File) -> None:
        # A daemon: a disk that hangs must not prevent the process from ending.
        super().__init__(name="journal", daemon=True)
        self._plume = plume
        self._file = file

    def run(self) -> None:
        """Write batch after batch."""
        try:
            # Another one may have died as it wrote: the file is opened anew, ahead of time when nobody waits for it.
            self._plume.lacher()
            if self._file.empty():
                self._plume.tailler()
            continuer = True
            while continuer:
                lot = self._prochain()
                depots = [depot for depot in lot if depot is not None]
                self._inscrire(depots)
                continuer = len(depots) == len(lot)
        finally:
            self._plume.lacher()

    def _prochain(self) -> list[Depot | None]:
        """Wait for one deposit, and take those that gathered meanwhile: no linger when there is little to do."""
        lot = [self._file.get()]
        with suppress(Empty):
            while len(lot) < LOT_MAX:
                lot.append(self._file.get_nowait())
        return lot

    def _inscrire(self, depots: Sequence[Depot]) -> None:
        cause = self._plume.ecrire([ligne for depot in depots for ligne in depot.lignes])
        par_boucle = defaultdict(list)
        for depot in depots:
            par_boucle[depot.boucle].append(depot.durable)
        for boucle, attentes in par_boucle.items():
            with suppress(RuntimeError):  # the loop is closed: nobody waits there any more
                boucle.call_soon_threadsafe(conclure, attentes, cause)


def conclure(attentes: Sequence["asyncio.Future[None]"], cause: str | None) -> None:
    """Tell those who wait, unless they gave up; `cause` is why nothing is durable."""
    for attente in attentes:
        if attente.done():
            continue
        if cause is None:
            attente.set_result(None)
        else:
            attente.set_exception(AuditIndisponible(cause=cause))
