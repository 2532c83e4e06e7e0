from datetime import date
from time import monotonic
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from graph.catalogue import core, scopes
from graph.demande import Demande
from graph.schema import build_schema
from providers._call import SourceClient
from providers._catalogue import sources
from providers._simulateur import reglage
from providers._source import Appel, Source
from providers._transport import HttpxTransport, Transport, in_process
from sandbox.jetons import Emetteur, Guichet
from sandbox.personas import load
from sandbox.routes import build_router
from sandbox.simulateurs import simuler

AUJOURDHUI = date(2026, 11, 23)
PERSONAS = load(lambda: AUJOURDHUI)
ARGUMENTS = {"annee_revenus": 2025, "annee": 2026, "mois": 11}
APPEL = Appel(
    destinataire="13002526500013",
    correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
    appelant="jeton",
    aujourdhui=AUJOURDHUI,
)


async def appeler(source: Source[Any], transport: Transport) -> Any:
    connue = PERSONAS.trouver(lambda persona: source.nom in persona.sources)[0]
    reglages = {nom: reglage(source.nom, nom) for nom in (*source.auth.reglages, *(n for _, n in source.entetes))}
    client = SourceClient(source, transport, reglages, monotonic)
    try:
        return await client.call(Demande(connue.identite, **ARGUMENTS), APPEL, echeance=monotonic() + 10)
    finally:
        await client.aclose()


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.nom)
async def test_a_source_answers_over_http_as_it_does_in_process(source: Source[Any], emetteur: Emetteur) -> None:
    schema = build_schema()
    simulateurs = simuler([source], PERSONAS)
    app = FastAPI()
    app.include_router(build_router(simulateurs, PERSONAS, Guichet(emetteur, scopes(schema)), core(schema)))
    adresse = f"http://passerelle/bac-a-sable/fournisseurs/{source.nom}"
    par_http = await appeler(source, HttpxTransport(adresse, par=httpx.ASGITransport(app)))
    assert par_http == await appeler(source, in_process(simulateurs[source.nom].answer))
    assert simulateurs[source.nom].appels == 2
