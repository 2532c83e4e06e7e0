"""The quotas of a token, as its caller and its operators see them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from audit.registre import lire
from audit.trace import Issue
from gateway.app import create_app
from gateway.settings import ReglageManquant
from habilitations._bornes import APPELS_PAR_SECONDE, PERSONNES_PLANCHER
from habilitations.store import Store
from tests.application import INSTANT, SIRET, Application, Horloge, application, guichet, reglages
from tests.attente import TOUR
from tests.serveur_redis import serveur_redis

QUESTION = "{ habilitation { intitule } }"
PERSONNE = "query ($i: IdentiteInput!) { particulier(identite: $i) { statutEtudiant { identite { nomNaissance } } } }"
PERSONNES = PERSONNE.replace("IdentiteInput!", "[IdentiteInput!]!").replace("r(identite:", "rs(identites:")
SOURCE = "mesri_statut_etudiant"
RESET = int(INSTANT.timestamp()) + 1


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Application]:
    async with application(tmp_path) as app:
        yield app


@pytest.fixture
async def store(app: Application) -> AsyncIterator[Store]:
    async with guichet(app) as store:
        yield store


@asynccontextmanager
async def partagee(dossier: Path, redis: str) -> AsyncIterator[Application]:
    """Run an application that counts in a Redis."""
    horloge = Horloge()
    serveur = create_app(reglages(dossier).model_copy(update={"redis_url": SecretStr(redis)}), horloge)
    async with (
        serveur.router.lifespan_context(serveur),
        httpx.AsyncClient(transport=httpx.ASGITransport(serveur), base_url="http://particulier.test") as client,
    ):
        yield Application(client, dossier, horloge, serveur)


async def borne(store: Store, personnes: int = 1) -> tuple[str, str]:
    """Return a token whose grant declares a volume, so low that the floor applies, and its identifier."""
    creee = await store.creer_habilitation(
        intitule="Université",
        sirets=[SIRET],
        scopes=["mesri_identite"],
        cadre_juridique="CRPA, art. L. 114-8",
        personnes_par_requete=personnes,
        volume_annuel=1,
    )
    emis = await store.emettre(creee.id)
    return emis.texte, emis.jeton.id


def ine(rang: int) -> dict[str, str]:
    return {"ine": f"{rang:010}A"}


async def consulter(app: Application, rang: int, jeton: str) -> httpx.Response:
    return await app.demander(PERSONNE, {"i": ine(rang)}, jeton)


def code(reponse: httpx.Response) -> tuple[int, str]:
    return reponse.status_code, str(reponse.json()["errors"][0]["extensions"]["code"])


def rythme(reponse: httpx.Response) -> list[int | None]:
    noms = ("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset")
    return [int(reponse.headers[nom]) if nom in reponse.headers else None for nom in noms]


async def test_an_answer_tells_where_its_token_stands(app: Application, store: Store) -> None:
    jeton, _ = await borne(store, personnes=3)
    reponse = await app.demander(QUESTION, jeton=jeton)
    assert (reponse.status_code, rythme(reponse)) == (200, [APPELS_PAR_SECONDE, APPELS_PAR_SECONDE - 1, RESET])
    reponse = await app.demander(PERSONNES, {"i": [ine(rang) for rang in range(3)]}, jeton)
    assert rythme(reponse) == [APPELS_PAR_SECONDE, APPELS_PAR_SECONDE - 4, RESET]


async def test_one_call_more_than_a_second_allows_is_refused_until_the_next(app: Application, store: Store) -> None:
    jeton, _ = await borne(store)
    for _ in range(APPELS_PAR_SECONDE):
        assert (await app.demander(QUESTION, jeton=jeton)).is_success
    refus = await app.demander(QUESTION, jeton=jeton)
    assert (code(refus), rythme(refus)) == ((429, "QUOTA_DEPASSE"), [APPELS_PAR_SECONDE, 0, RESET])
    assert refus.headers["retry-after"] == "1"
    app.horloge.instant += timedelta(seconds=1)
    assert (await app.demander(QUESTION, jeton=jeton)).is_success


async def test_a_token_that_walks_through_persons_is_suspended_before_it_learns_more(
    app: Application, store: Store
) -> None:
    (jeton, jeton_id), (autre, _) = await borne(store), await borne(store)
    await app.oublier_les_appels()
    for rang in range(PERSONNES_PLANCHER):
        assert (await consulter(app, rang, jeton)).is_success
    assert (await app.appels())[SOURCE] == PERSONNES_PLANCHER
    refus = await consulter(app, PERSONNES_PLANCHER, jeton)
    assert (code(refus), "retry-after" in refus.headers) == ((429, "JETON_SUSPENDU"), False)
    app.horloge.instant += timedelta(days=1)
    assert code(await app.demander(QUESTION, jeton=jeton)) == (429, "JETON_SUSPENDU")
    assert (await app.appels())[SOURCE] == PERSONNES_PLANCHER
    assert [un.id for un in await store.lister_jetons() if un.suspendu_le] == [jeton_id]
    assert 'particulier_alertes_total{motif="personnes_distinctes"} 1.0' in (await app.client.get("/metrics")).text

    assert (await consulter(app, 0, autre)).is_success
    assert (await app.appels())[SOURCE] == PERSONNES_PLANCHER + 1


async def test_a_request_that_would_cross_the_bound_asks_about_none_of_its_persons(
    app: Application, store: Store
) -> None:
    jeton, _ = await borne(store, personnes=PERSONNES_PLANCHER)
    await consulter(app, 0, jeton)
    app.horloge.instant += timedelta(seconds=1)
    await app.oublier_les_appels()
    suivantes = [ine(rang) for rang in range(1, PERSONNES_PLANCHER + 1)]
    assert code(await app.demander(PERSONNES, {"i": suivantes}, jeton)) == (429, "JETON_SUSPENDU")
    assert not (await app.appels()).get(SOURCE)


async def test_a_token_of_the_sandbox_without_a_volume_is_not_bound(app: Application) -> None:
    jeton = await app.jeton(["mesri_identite"])
    for _ in range(APPELS_PAR_SECONDE + 1):
        reponse = await app.demander(QUESTION, jeton=jeton)
        assert (reponse.status_code, rythme(reponse)) == (200, [None, None, None])


async def test_answers_that_cannot_be_counted_do_not_leave_and_are_traced(tmp_path: Path) -> None:
    with serveur_redis() as redis:
        async with partagee(tmp_path, redis.url) as app:
            async with guichet(app) as store:
                jeton, _ = await borne(store)
            await app.oublier_les_appels()
            # Slow enough for Redis to stop, at once, before what was found can be counted.
            await app.mettre_en_panne(SOURCE, mode="lente", delai_ms=400)
            question = asyncio.create_task(consulter(app, 0, jeton))
            while not (await app.appels())[SOURCE] and not question.done():  # noqa: ASYNC110 - no event tells it
                await asyncio.sleep(TOUR)
            redis.arreter()
            assert code(await question) == (503, "SURCHARGE")
    issues = [une for une in lire(tmp_path / "journal.db") if isinstance(une, Issue)]
    assert [une.resultat for une in issues] == ["SURCHARGE"]


async def test_nothing_passes_when_redis_is_down_and_readiness_says_it(tmp_path: Path) -> None:
    async with partagee(tmp_path, f"unix://{tmp_path / 'absent.sock'}") as app:
        async with guichet(app) as store:
            jeton, _ = await borne(store)
        assert code(await app.demander(QUESTION, jeton=jeton)) == (503, "SURCHARGE")
        pret = await app.client.get("/readyz")
        assert (pret.status_code, pret.json()["quotas"]) == (503, False)


def test_an_unusable_address_of_redis_stops_the_start(tmp_path: Path) -> None:
    fausse = {"redis_url": SecretStr("http://:secret@localhost")}
    with pytest.raises(ReglageManquant, match="PARTICULIER_REDIS_URL") as arret:
        create_app(reglages(tmp_path).model_copy(update=fausse))
    assert "secret" not in str(arret.value)
