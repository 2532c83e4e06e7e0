"""The places of a source are shared between tokens, whatever one of them asks."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from gateway.metrics import Metrics
from gateway.sources import Observed, Sources, wire
from graph.demande import Demande
from graph.errors import ErreurDeBloc
from graph.identite import Identite
from graph.statut_etudiant import StatutEtudiant
from habilitations.partage import PLACES
from providers._simulateur import reglage
from providers._source import Appel, Source, UpstreamRequest, UpstreamResponse
from providers._transport import Transport, in_process
from tests.application import SIRET, reglages

BRUYANT, DISCRET = "jeton-bruyant", "jeton-discret"
PERSONNES = 4 * PLACES

INTROUVABLE = UpstreamResponse(
    404, (("content-type", "application/json"),), '{"message":"étudiant introuvable"}'.encode()
)


@dataclass
class Ministere:
    """A source that answers nobody until it is told to, but the quiet token. Implements `gateway.sources.Simulated`."""

    suite: asyncio.Event = field(default_factory=asyncio.Event)
    tenues: int = 0
    """Questions of the loud token under way."""

    def transport(self, source: Source[Any]) -> Transport:  # noqa: ARG002 - every source is this one
        return in_process(self._repondre)

    def reglage(self, source: Source[Any], nom: str) -> str:
        return reglage(source.nom, nom)

    async def _repondre(self, call: UpstreamRequest) -> UpstreamResponse:
        if DISCRET not in str(dict(call.headers)):
            self.tenues += 1
            await self.suite.wait()
        return UpstreamResponse(
            404, (("content-type", "application/json"),), '{"message":"étudiant introuvable"}'.encode()
        )


@pytest.fixture
def ministere() -> Ministere:
    return Ministere()


@pytest.fixture
async def etudiants(tmp_path: Path, ministere: Ministere) -> AsyncIterator[Observed]:
    sources: Sources = wire(reglages(tmp_path), Metrics(), ministere)
    yield sources.clients[StatutEtudiant]
    await sources.aclose()


async def demander(etudiants: Observed, jeton: str, rang: int) -> str:
    """Ask about one person; return what came of it."""
    appel = Appel(SIRET, f"{jeton}-{rang}", jeton, datetime(2026, 11, 23, tzinfo=UTC))
    try:
        await etudiants.call(Demande(Identite(ine=f"{rang:010}A")), appel=appel, echeance=monotonic() + 60)
    except ErreurDeBloc as issue:
        return issue.code
    return "OBTENU"


async def test_a_loud_token_never_takes_all_the_places_of_a_source(ministere: Ministere, etudiants: Observed) -> None:
    vacarme = [asyncio.create_task(demander(etudiants, BRUYANT, rang)) for rang in range(PERSONNES)]
    for _ in range(100):
        await asyncio.sleep(0)
    tenues = ministere.tenues
    assert PLACES // 2 <= tenues < PLACES
    # All the loud ones wait, for a source or for a place; the quiet one does not.
    async with asyncio.timeout(30):
        for rang in range(5):
            assert await demander(etudiants, DISCRET, rang) == "IDENTITE_NON_RECONNUE"
    assert (ministere.tenues, any(une.done() for une in vacarme)) == (tenues, False)
    ministere.suite.set()
    assert set(await asyncio.gather(*vacarme)) == {"IDENTITE_NON_RECONNUE"}
    assert ministere.tenues == PERSONNES
