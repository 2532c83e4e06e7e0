"""Wait for another process, whose progress no event tells."""

import time
from collections.abc import Callable


def attendre(vrai: Callable[[], bool], delai: float, intervalle: float) -> bool:
    """Ask until the answer is yes, for `delai` seconds at most; return the last answer."""
    echeance = time.monotonic() + delai
    while not (reponse := vrai()) and time.monotonic() < echeance:
        time.sleep(intervalle)
    return reponse
