"""Wait for another process, or for a thread, whose progress no event tells."""

import asyncio
import time
from collections.abc import Callable

#: Seconds between two looks of an event loop: one that never rests keeps Python's global lock from the threads.
TOUR = 0.001


def attendre(vrai: Callable[[], bool], delai: float, intervalle: float) -> bool:
    """Ask until the answer is yes, for `delai` seconds at most; return the last answer."""
    echeance = time.monotonic() + delai
    while not (reponse := vrai()) and time.monotonic() < echeance:
        time.sleep(intervalle)
    return reponse


def arrive() -> asyncio.Event:
    """Return what happened already."""
    evenement = asyncio.Event()
    evenement.set()
    return evenement
