from datetime import UTC, date, datetime
from time import monotonic
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from graph.catalogue import core, scopes
from graph.identite import FRANCE_CONNECT
from graph.schema import build_schema
from providers._call import SourceClient
from providers._catalogue import sources
from providers._source import Source
from providers._transport import HttpxTransport, Transport, in_process
from sandbox.franceconnect import FranceConnectSimule
from sandbox.jetons import Emetteur, Guichet
from sandbox.personas import load
from sandbox.routes import build_router
from sandbox.simulateurs import simuler
from tests.providers.interrogation import appel_du, demander, reglages

AUJOURDHUI = date(2026, 11, 23)
PERSONAS = load(lambda: AUJOURDHUI)


#: Each source, and how the person is named to it: by all her keys, or by FranceConnect where it is accepted.
VOIES = [
    pytest.param(source, voie, id=f"{source.nom}-{voie}")
    for source in sources()
    for voie in ("identite", "par_france_connect")
    if voie == "identite" or FRANCE_CONNECT in source.identifications
]


async def appeler(source: Source[Any], voie: str, transport: Transport) -> Any:
    connue = PERSONAS.trouver(lambda persona: source.nom in persona.sources)[0]
    client = SourceClient(source, transport, reglages(source), monotonic)
    try:
        demande = demander(source, getattr(connue, voie), connue.arguments, AUJOURDHUI)
        return await client.call(demande, appel_du(AUJOURDHUI), echeance=monotonic() + 10)
    finally:
        await client.aclose()


@pytest.mark.parametrize(("source", "voie"), VOIES)
async def test_a_source_answers_over_http_as_it_does_in_process(
    source: Source[Any], voie: str, emetteur: Emetteur
) -> None:
    schema = build_schema()
    simulateurs = simuler([source], PERSONAS)
    app = FastAPI()
    franceconnect = FranceConnectSimule(PERSONAS, lambda: datetime(2026, 11, 23, 10, 30, tzinfo=UTC))
    guichet = Guichet(emetteur, scopes(schema))
    app.include_router(build_router(simulateurs, PERSONAS, guichet, core(schema), franceconnect))
    adresse = f"http://passerelle/bac-a-sable/fournisseurs/{source.nom}"
    par_http = await appeler(source, voie, HttpxTransport(adresse, par=httpx.ASGITransport(app)))
    assert par_http == await appeler(source, voie, in_process(simulateurs[source.nom].answer))
    assert simulateurs[source.nom].appels == 2
