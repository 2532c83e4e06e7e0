"""A request waits for its traces for one second at most, whatever keeps them, and their fate is always told."""

import asyncio

from audit.bornes import BUDGET
from graph.errors import AuditIndisponible


async def attendre(durable: "asyncio.Future[None]") -> None:
    """Return once it is done; a caller who is cancelled is told so once the fate of its traces is known.

    Raises:
        AuditIndisponible: it failed, or took too long.
    """
    # Cheaper than asyncio.timeout, which costs several per cent of the throughput.
    garde = durable.get_loop().call_later(BUDGET, _renoncer, durable)
    try:
        await asyncio.shield(durable)
    except asyncio.CancelledError:
        # NOTE: the deposit is written all the same: who is cancelled must know if a trace is to be completed.
        await durable
        raise
    finally:
        garde.cancel()


def _renoncer(durable: "asyncio.Future[None]") -> None:
    if not durable.done():
        durable.set_exception(AuditIndisponible(cause="DELAI_DEPASSE"))
