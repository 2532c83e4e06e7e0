"""Source calls per second and token, and the headers that tell callers where they stand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from graph.errors import QuotaDepasse, RequeteTropCouteuse
from habilitations._compteurs import Stockage


@dataclass(frozen=True, slots=True)
class EtatQuota:
    """Where a token stands in its present second."""

    limite: int
    restant: int
    reset_epoch: int
    """When the next window opens, in seconds since 1970."""


class RythmeDepasse(QuotaDepasse):
    """The calls of the present second are spent; `etat` is for the headers of the refusal."""

    def __init__(self, etat: EtatQuota, *, retry_after_ms: int) -> None:
        super().__init__(retry_after_ms=retry_after_ms)
        self.etat = etat


class Rythme:
    """A fixed window per second of the clock: what callers of the REST predecessor know, and whose reset is exact.

    Around a turn of the second, twice the limit may pass. A refusal spends what it asked for, in its own second.

    Args:
        stockage: where calls are counted.
        horloge: current instant, aware.
        par_seconde: source calls per second.
        rafale: source calls of one request at most. Over the limit, it needs a window that nobody used, and borrows
            from the next ones: the rate holds in the long run.
    """

    def __init__(self, stockage: Stockage, horloge: Callable[[], datetime], par_seconde: int, rafale: int) -> None:
        self._stockage = stockage
        self._horloge = horloge
        self._limite = par_seconde
        self._rafale = rafale
        # Counters are kept until the last second that a burst may borrow from is over.
        self._duree = 2 + rafale // par_seconde

    async def reserver(self, jeton_id: str, appels: int) -> EtatQuota:
        """Take source calls from the present second; a request without any takes one, for it costs us a plan.

        Raises:
            RythmeDepasse: the second is spent.
            RequeteTropCouteuse: more than a burst, hence never possible however long one waits.
            Surcharge: the storage is down or slow.
        """
        if appels > self._rafale:
            raise RequeteTropCouteuse(f"Limite : {self._rafale} appels de source à la fois.")
        demandes = max(1, appels)
        maintenant = self._horloge().timestamp()
        seconde = int(maintenant)
        # NOTE: the counter of the library, and not its fixed window, which says yes or no: the headers need the count.
        pris = await self._compter(jeton_id, seconde, demandes)
        etat = EtatQuota(self._limite, max(0, self._limite - pris), seconde + 1)
        if pris > max(self._limite, demandes):
            raise RythmeDepasse(etat, retry_after_ms=max(1, round((seconde + 1 - maintenant) * 1000)))
        for deja in range(self._limite, pris, self._limite):
            await self._compter(jeton_id, seconde + deja // self._limite, min(self._limite, pris - deja))
        return etat

    async def _compter(self, jeton_id: str, seconde: int, appels: int) -> int:
        return await self._stockage.compter(f"appels/{jeton_id}/{seconde}", appels, self._duree)


def entetes(etat: EtatQuota) -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers of an answer: the limit is in source calls per second, the reset in epoch seconds."""
    return (
        (b"ratelimit-limit", str(etat.limite).encode()),
        (b"ratelimit-remaining", str(etat.restant).encode()),
        (b"ratelimit-reset", str(etat.reset_epoch).encode()),
    )
