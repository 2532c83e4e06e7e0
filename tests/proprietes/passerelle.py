"""What a campaign asks of a gateway, however it is reached: in this process, through ASGI, or over real HTTP."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import httpx


class Passerelle(Protocol):
    """Implemented by `tests.application.Application` and by `tests.proprietes.coeur.Coeur`."""

    async def jeton(self, accordes: Iterable[str]) -> str:
        """Return a token that opens some scopes."""

    async def jeton_de(self, profil: str) -> dict[str, Any]:
        """Return the token of a ready profile."""

    async def personnes(self) -> dict[str, dict[str, Any]]:
        """Return the personas by name."""

    async def appels(self) -> dict[str, int]:
        """Return how many data calls each source received."""

    async def oublier_les_appels(self) -> None:
        """Count again from zero."""

    async def demander(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        jeton: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Put a question."""
