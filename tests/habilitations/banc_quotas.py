"""Quotas at instants that a test chooses, which keep what they suspended and told."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from habilitations.quotas import Alerte, Quotas, stockage

JETON, AUTRE = "jeton-a", "jeton-b"
#: Far over what is promised (200 ms): a hang fails, a busy machine does not.
GARDE = 20.0


class BaseEnPanne(Exception):  # noqa: N818 - a test's own
    """The database refuses."""


@dataclass(slots=True)
class Banc:
    """One replica: its quotas, its clock, and what came out of it."""

    instant: datetime = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
    alertes: list[Alerte] = field(default_factory=list)
    suspendus: list[str] = field(default_factory=list)
    base_en_panne: bool = False
    levee_aussitot: bool = False
    """Whether an operator lifts a suspension as soon as it is recorded."""
    commencee: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once a suspension is being recorded."""
    retenue: asyncio.Event | None = None
    """What the database waits for, before it records a suspension."""
    quotas: Quotas = field(init=False)

    def avancer(self, **duree: float) -> None:
        self.instant += timedelta(**duree)

    async def suspendre(self, jeton_id: str) -> None:
        if self.base_en_panne:
            raise BaseEnPanne
        self.commencee.set()
        if self.retenue:
            await self.retenue.wait()
        self.suspendus.append(jeton_id)
        if self.levee_aussitot:
            await self.quotas.lever(jeton_id)


@asynccontextmanager
async def banc(url: str | None, delai: float = GARDE) -> AsyncIterator[Banc]:
    """Open a replica, in memory or on a Redis that it waits for."""
    un = Banc()
    un.quotas = Quotas(stockage(url, delai), lambda: un.instant, suspendre=un.suspendre, alerter=un.alertes.append)
    yield un
    await un.quotas.aclose()


def personnes(rangs: Iterable[int]) -> list[str]:
    return [f"pseudonyme-{rang}" for rang in rangs]
