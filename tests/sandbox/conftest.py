from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from sandbox.jetons import Emetteur

Emis = list[tuple[Sequence[str], str, str, int | None]]


class EmetteurNotant:
    """Issues numbered tokens, and notes what was asked."""

    def __init__(self, emis: Emis) -> None:
        self._emis = emis

    async def emettre(
        self, scopes: Sequence[str], siret: str, intitule: str, personnes: int | None
    ) -> tuple[str, datetime]:
        self._emis.append((scopes, siret, intitule, personnes))
        return f"apg_{len(self._emis)}", datetime(2027, 11, 23, tzinfo=UTC)


@pytest.fixture
def emis() -> Emis:
    """What was issued."""
    return []


@pytest.fixture
def emetteur(emis: Emis) -> Emetteur:
    return EmetteurNotant(emis)
