"""POST /webhooks/datapass, as DataPass and as an attacker send it."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from gateway.webhooks import build_router
from habilitations.store import Store
from tests.habilitations.evenements import INSTANT, SECRET, evenement, signature


@pytest.fixture
async def client(store: Store, temps: list[datetime]) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(build_router(store, SECRET, lambda: temps[-1]))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://particulier.test") as client:
        yield client


async def envoyer(client: httpx.AsyncClient, corps: bytes, **entetes: str) -> httpx.Response:
    signe = {"Content-Type": "application/json", "X-Hub-Signature-256": signature(corps), **entetes}
    return await client.post("/webhooks/datapass", content=corps, headers=signe)


def refusee(reponse: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert reponse.status_code == status
    (erreur,) = reponse.json()["errors"]
    assert erreur["extensions"]["code"] == code
    assert len(erreur["extensions"]["requestId"]) == 36
    assert "data" not in reponse.json()
    return dict(erreur)


async def test_an_approval_is_answered_with_the_identifier_of_the_token_and_never_its_text(
    client: httpx.AsyncClient, store: Store
) -> None:
    reponse = await envoyer(client, evenement("approve"))
    assert reponse.status_code == 200
    assert reponse.json() == {"token_id": (await store.lister_jetons())[0].id}
    assert "apg_" not in reponse.text


async def test_a_revocation_is_acknowledged(client: httpx.AsyncClient, store: Store) -> None:
    await envoyer(client, evenement("approve"))
    reponse = await envoyer(client, evenement("revoke", instant=INSTANT + timedelta(seconds=1)))
    assert (reponse.status_code, reponse.content) == (204, b"")
    assert [jeton.revoque_le for jeton in await store.lister_jetons()] == [INSTANT]


async def test_a_delivery_repeated_is_answered_the_same_even_later(
    client: httpx.AsyncClient, temps: list[datetime]
) -> None:
    premiere = await envoyer(client, evenement("approve"))
    temps.append(temps[0] + timedelta(minutes=20))
    seconde = await envoyer(client, evenement("approve"))
    assert (seconde.status_code, seconde.json()) == (200, premiere.json())


@pytest.mark.parametrize("minutes", [16, -16])
async def test_an_event_never_applied_is_refused_out_of_the_window(
    client: httpx.AsyncClient, store: Store, temps: list[datetime], minutes: int
) -> None:
    temps.append(temps[0] + timedelta(minutes=minutes))
    refusee(await envoyer(client, evenement("approve")), 401, "EVENEMENT_PERIME")
    assert await store.lister() == []


async def test_a_wrong_signature_is_refused_before_the_body_is_read(client: httpx.AsyncClient, store: Store) -> None:
    for corps in (evenement("approve"), b"{", b""):
        refusee(await envoyer(client, corps, **{"X-Hub-Signature-256": signature(b"autre")}), 401, "SIGNATURE_INVALIDE")
    refusee(await client.post("/webhooks/datapass", content=b"{}"), 401, "SIGNATURE_INVALIDE")
    assert await store.lister() == []


@pytest.mark.parametrize("corps", [b"", b"{", b"{}", b'{"event":"approve","model_type":"canari"}'[:-1]])
async def test_a_signed_body_that_is_not_an_event_is_refused(client: httpx.AsyncClient, corps: bytes) -> None:
    erreur = refusee(await envoyer(client, corps), 400, "EVENEMENT_INVALIDE")
    assert "canari" not in str(erreur)


async def test_an_approval_that_breaks_a_rule_is_a_conflict_that_repeats_nothing(client: httpx.AsyncClient) -> None:
    corps = evenement("approve", scopes=["dgfip_rfr", "dgfip_canari"], intitule="canari")
    erreur = refusee(await envoyer(client, corps), 409, "EVENEMENT_REFUSE")
    assert "Scopes incompatibles" in erreur["message"]
    assert "canari" not in str(erreur)


@pytest.mark.parametrize(
    "corps",
    [b'{"test":true,"timestamp":1773135000}', evenement("update"), evenement("approve", modele="api_entreprise")],
)
async def test_a_test_call_and_what_is_not_ours_are_acknowledged(
    client: httpx.AsyncClient, store: Store, corps: bytes
) -> None:
    assert (await envoyer(client, corps)).status_code == 204
    assert await store.lister() == []


async def test_a_body_over_64_kib_is_refused(client: httpx.AsyncClient) -> None:
    refusee(await envoyer(client, b" " * (64 * 1024 + 1)), 413, "REQUETE_TROP_GROSSE")
    assert (await envoyer(client, evenement("submit", note="x" * 60_000))).status_code == 204


async def test_a_get_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.get("/webhooks/datapass")).status_code == 405


async def test_a_database_that_does_not_answer_is_said_so_that_datapass_tries_again(url_vide: str) -> None:
    app = FastAPI()
    async with (
        Store(url_vide, frozenset(), lambda: INSTANT) as jamais_migre,
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://particulier.test") as client,
    ):
        app.include_router(build_router(jamais_migre, SECRET, lambda: INSTANT))
        reponse = await envoyer(client, evenement("approve"))
        refusee(reponse, 503, "SURCHARGE")
        assert reponse.headers["Retry-After"] == "1"


@pytest.mark.parametrize("secret", ["", "canari", "x" * 31])
def test_a_secret_too_short_is_refused_without_being_repeated(store: Store, secret: str) -> None:
    with pytest.raises(ValueError, match="32 octets") as refus:
        build_router(store, secret, lambda: INSTANT)
    assert not secret or secret not in str(refus.value)
