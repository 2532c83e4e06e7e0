from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from graph.catalogue import core, scopes
from graph.schema import build_schema
from providers._personas import Personas
from providers._simulateur import reglage
from providers.dgfip_situation_fiscale import SOURCE
from sandbox.franceconnect import FranceConnectSimule
from sandbox.jetons import Emetteur, Guichet
from sandbox.pannes import Mode
from sandbox.personas import load
from sandbox.routes import build_router
from sandbox.simulateurs import Simulateur, simuler

SITUATION = "/bac-a-sable/fournisseurs/dgfip_situation_fiscale/impotparticulier/1.0/spi/3001234567890"
SITUATION += "/situations/ir/assiettes/annrev/2025"
PANNE = "/bac-a-sable/sources/dgfip_situation_fiscale/panne"


@pytest.fixture
def personas() -> Personas:
    return load(lambda: date(2026, 11, 23))


@pytest.fixture
def simulateurs(personas: Personas) -> Mapping[str, Simulateur]:
    return simuler([SOURCE], personas)


@pytest.fixture
async def client(
    emetteur: Emetteur, personas: Personas, simulateurs: Mapping[str, Simulateur]
) -> AsyncIterator[httpx.AsyncClient]:
    schema = build_schema()
    app = FastAPI()
    franceconnect = FranceConnectSimule(personas, lambda: datetime(2026, 11, 23, 10, 30, tzinfo=UTC))
    guichet = Guichet(emetteur, scopes(schema))
    app.include_router(build_router(simulateurs, personas, guichet, core(schema), franceconnect))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bac-a-sable") as client:
        yield client


async def demander_jeton(client: httpx.AsyncClient) -> str:
    reponse = await client.post(
        "/bac-a-sable/fournisseurs/dgfip_situation_fiscale/token",
        data={"grant_type": "client_credentials", "scope": "RessourceIR"},
        auth=(reglage(SOURCE.nom, "client_id"), reglage(SOURCE.nom, "client_secret")),
    )
    assert reponse.status_code == 200
    return str(reponse.json()["access_token"])


async def demander_situation(client: httpx.AsyncClient) -> httpx.Response:
    entetes = {
        "Authorization": f"Bearer {await demander_jeton(client)}",
        "Accept": "application/prs.dgfip.part.situations.ir.assiettes.v1+json",
        "X-Correlation-ID": "0f8fad5b-d9cb-469f-a165-70867728950e",
    }
    return await client.get(SITUATION, headers=entetes)


def code(reponse: httpx.Response) -> str:
    (erreur,) = reponse.json()["errors"]
    assert "n'est pas valide" in erreur["message"]
    return str(erreur["extensions"]["code"])


async def test_each_profile_comes_with_a_ready_token(client: httpx.AsyncClient) -> None:
    profils: list[dict[str, Any]] = (await client.get("/bac-a-sable/jetons")).json()
    assert all(
        profil.keys() == {"profil", "description", "jeton", "scopes", "siret"} and profil["scopes"]
        for profil in profils
    )
    par_nom = {profil["profil"]: profil["scopes"] for profil in profils}
    assert par_nom["tout"] == sorted(scopes(build_schema()))
    assert all(scope.startswith("mesri_") for scope in par_nom["universite"])
    assert not any(scope.startswith("dgfip_") for scope in par_nom["sans-dgfip"])
    assert "dgfip_rfr" in par_nom["ccas"]


@pytest.mark.parametrize(
    ("profil", "debuts", "combien"),
    [
        ("creche", ("cnav_participation_familiale_eaje_",), 4),
        ("transports", ("cnaf_", "mesri_", "cnous_", "men_", "complementaire_sante_solidaire"), 14),
        ("emploi", ("pole_emploi_identite", "pole_emploi_contact"), 2),
        ("rectorat", ("men_", "dgfip_rfr", "dgfip_annee_n_moins_1"), 9),
        ("stationnement", ("ants_",), 5),
    ],
)
async def test_a_profile_is_granted_what_its_procedure_asks_for_and_no_more(
    client: httpx.AsyncClient, profil: str, debuts: tuple[str, ...], combien: int
) -> None:
    profils: list[dict[str, Any]] = (await client.get("/bac-a-sable/jetons")).json()
    (accordes,) = (un["scopes"] for un in profils if un["profil"] == profil)
    assert len(accordes) == combien
    assert all(scope.startswith(debuts) for scope in accordes)


async def test_profiles_are_told_apart(client: httpx.AsyncClient) -> None:
    profils: list[dict[str, Any]] = (await client.get("/bac-a-sable/jetons")).json()
    assert profils[0]["profil"] == "tout"
    for cle in ("profil", "description", "siret"):
        assert len({profil[cle] for profil in profils}) == len(profils)
    assert all(profil["description"].endswith(".") for profil in profils)


async def test_the_tokens_of_the_profiles_are_issued_once(client: httpx.AsyncClient) -> None:
    premiere = (await client.get("/bac-a-sable/jetons")).json()
    assert (await client.get("/bac-a-sable/jetons")).json() == premiere


async def test_a_token_is_issued_to_measure(
    client: httpx.AsyncClient, emis: list[tuple[Sequence[str], str, str, int | None]]
) -> None:
    corps = {"scopes": ["dgfip_rfr", "cnaf_enfants", "dgfip_rfr"], "siret": "13002526500013"}
    reponse = await client.post("/bac-a-sable/jetons", json=corps)
    assert reponse.status_code == 201
    assert reponse.json() == {
        "jeton": "apg_1",
        "scopes": ["cnaf_enfants", "dgfip_rfr"],
        "siret": "13002526500013",
        "expire": "2027-11-23T00:00:00+00:00",
    }
    assert emis[0] == (["cnaf_enfants", "dgfip_rfr"], "13002526500013", "Bac à sable : à la demande", None)
    await client.post("/bac-a-sable/jetons", json={**corps, "personnes": 3})
    assert emis[1][3] == 3


@pytest.mark.parametrize(
    "corps",
    [
        b"",
        b"[]",
        b"{",
        b'"\xff"',
        b"[" * 20_000,
        b'{"scopes": ["dgfip_rfr"]}',
        b'{"scopes": ["inconnu"], "siret": "13002526500013"}',
        b'{"scopes": ["dgfip_rfr"], "siret": "13002526500014"}',
        b'{"scopes": ["dgfip_rfr"], "siret": "13002526500013", "quota": 3}',
    ],
)
async def test_a_bad_request_for_a_token_is_refused_clearly(client: httpx.AsyncClient, corps: bytes) -> None:
    reponse = await client.post("/bac-a-sable/jetons", content=corps)
    assert (reponse.status_code, code(reponse)) == (400, "PARAMETRE_INVALIDE")


async def test_every_person_is_shown_with_a_usable_identity(client: httpx.AsyncClient) -> None:
    reponse = await client.get("/bac-a-sable/personnes")
    assert "null" not in reponse.text
    personnes = reponse.json()
    assert len(personnes) >= 15
    for personne in personnes:
        assert personne.keys() == {"nom", "description", "identite", "arguments", "sources"}
        assert personne["identite"]["identitePivot"]["nomNaissance"]


async def test_data_calls_are_counted_apart_from_tokens(client: httpx.AsyncClient) -> None:
    assert (await demander_situation(client)).json()["rfr"] == 24890
    await demander_jeton(client)
    assert (await client.get("/bac-a-sable/appels")).json() == {SOURCE.nom: 1}
    assert (await client.get("/bac-a-sable/appels/auxiliaires")).json() == {SOURCE.nom: 2}
    assert (await client.delete("/bac-a-sable/appels")).status_code == 204
    assert (await client.get("/bac-a-sable/appels")).json() == {SOURCE.nom: 0}
    assert (await client.get("/bac-a-sable/appels/auxiliaires")).json() == {SOURCE.nom: 0}


async def test_the_simulator_refuses_over_http_as_the_source_does(client: httpx.AsyncClient) -> None:
    reponse = await client.get(SITUATION)
    assert reponse.status_code == 401
    assert "Bearer" in reponse.headers["WWW-Authenticate"]
    assert (await client.put(SITUATION)).status_code == 401


@pytest.mark.parametrize(
    ("panne", "status", "entetes"),
    [
        ({"mode": "erreur_500"}, 500, {}),
        ({"mode": "indisponible_503", "retry_after": 5}, 503, {"retry-after": "5"}),
        ({"mode": "quota_429", "retry_after": 7}, 429, {"retry-after": "7"}),
        ({"mode": "html"}, 200, {"content-type": "text/html; charset=utf-8"}),
        ({"mode": "lente", "delai_ms": 1}, 200, {}),
        ({"mode": "refusee"}, 200, {}),
        ({"mode": "coupee"}, 200, {}),
    ],
)
async def test_a_fault_lasts_until_it_is_lifted(
    client: httpx.AsyncClient, panne: dict[str, Any], status: int, entetes: dict[str, str]
) -> None:
    assert (await client.put(PANNE, json=panne)).status_code == 200
    reponse = await demander_situation(client)
    assert reponse.status_code == status
    assert entetes.items() <= dict(reponse.headers).items()
    assert (await client.delete(PANNE)).status_code == 204
    assert (await demander_situation(client)).json()["rfr"] == 24890


async def test_faults_of_the_body_spoil_it(client: httpx.AsyncClient) -> None:
    intact = await demander_situation(client)
    corps = {}
    for mode in ("tronquee", "type_errone", "trop_grosse"):
        await client.put(PANNE, json={"mode": mode})
        corps[mode] = await demander_situation(client)
    assert intact.content.startswith(corps["tronquee"].content)
    assert len(corps["tronquee"].content) < len(intact.content)
    assert corps["type_errone"].json()["rfr"] == "24890"
    assert isinstance(corps["type_errone"].json()["nmNaiDec1"], int)
    assert len(corps["trop_grosse"].content) > 4 * 1024 * 1024
    assert corps["trop_grosse"].json() == intact.json()


@pytest.mark.parametrize(
    "panne",
    [{}, {"mode": "autre"}, {"mode": "lente", "delai_ms": 10**9}, {"mode": "lente", "inconnu": 1}, {"delai_ms": 3}],
)
async def test_a_fault_that_does_not_exist_is_refused(client: httpx.AsyncClient, panne: dict[str, Any]) -> None:
    reponse = await client.put(PANNE, json=panne)
    assert (reponse.status_code, code(reponse)) == (400, "PARAMETRE_INVALIDE")


async def test_every_mode_of_the_contract_can_be_set(client: httpx.AsyncClient) -> None:
    modes = "lente muette refusee coupee erreur_500 indisponible_503 quota_429 tronquee type_errone html trop_grosse"
    assert list(Mode) == modes.split()
    for mode in modes.split():
        assert (await client.put(PANNE, json={"mode": mode})).json()["mode"] == mode


@pytest.mark.parametrize(
    ("methode", "chemin"),
    [
        ("PUT", "/bac-a-sable/sources/inconnue/panne"),
        ("DELETE", "/bac-a-sable/sources/inconnue/panne"),
        ("GET", "/bac-a-sable/fournisseurs/inconnue/token"),
    ],
)
async def test_an_unknown_source_is_not_found(client: httpx.AsyncClient, methode: str, chemin: str) -> None:
    reponse = await client.request(methode, chemin, json={"mode": "html"})
    assert (reponse.status_code, code(reponse)) == (404, "PARAMETRE_INVALIDE")
