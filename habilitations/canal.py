"""How FranceConnect is reached: the two exchanges that this package needs, done by whoever owns an HTTP client."""

from collections.abc import Mapping
from typing import Protocol

#: What callers are told, whatever went wrong on the way.
MUET = "FranceConnect ne répond pas."


class CanalRompu(Exception):  # noqa: N818 - the domain's nouns are French
    """An exchange that gave no answer. Nothing is carried but `cause`, for the audit and the metrics: no token."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class Canal(Protocol):
    """Exchanges with FranceConnect, each within a deadline of its own and without following any redirect."""

    async def poster(self, chemin: str, formulaire: Mapping[str, str]) -> tuple[int, bytes]:
        """POST a form (`application/x-www-form-urlencoded`); return the status and the body. Raise CanalRompu."""

    async def lire(self, chemin: str) -> tuple[int, bytes]:
        """GET a path; return the status and the body. Raise CanalRompu."""
