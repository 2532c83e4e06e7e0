"""What ends soon is told in time: the tokens that nothing replaces, and the grants."""

import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from structlog.testing import capture_logs
from typer.testing import CliRunner

from gateway.cli_echeances import ajouter_echeances
from gateway.echeances import Rappels
from gateway.metrics import Metrics
from habilitations.base import COMMANDE
from habilitations.habilitation import Habilitation, JetonEmis
from habilitations.migrations import migrer
from habilitations.store import Store

JOUR = timedelta(days=1)


@pytest.fixture
async def emis(store: Store, habilitation: Habilitation) -> JetonEmis:
    """A token of 40 days."""
    return await store.emettre(habilitation.id, 40 * JOUR)


async def identifiants(store: Store, jours: int = 30) -> list[str]:
    return [une.id for une in await store.echeances(jours * JOUR)]


async def test_a_token_is_told_as_soon_as_its_end_is_within_the_horizon(
    store: Store, emis: JetonEmis, temps: list[datetime]
) -> None:
    assert await identifiants(store) == []
    temps.append(temps[-1] + 10 * JOUR)
    (une,) = await store.echeances(30 * JOUR)
    assert (une.id, une.fin, une.jours(temps[-1]), une.seuil(temps[-1])) == (emis.jeton.id, emis.jeton.fin, 30, 30)
    assert une.intitule == "Tarification des cantines"
    temps.append(emis.jeton.fin)
    assert await identifiants(store) == []


@pytest.mark.parametrize(
    ("reste", "attendus"),
    [
        (timedelta(hours=1), (1, 1)),
        (JOUR, (1, 1)),
        (25 * timedelta(hours=1), (2, 7)),
        (7 * JOUR, (7, 7)),
        (8 * JOUR, (8, 30)),
    ],
)
async def test_the_last_day_counts_as_one(
    store: Store, emis: JetonEmis, temps: list[datetime], reste: timedelta, attendus: tuple[int, int]
) -> None:
    temps.append(emis.jeton.fin - reste)
    (une,) = await store.echeances(30 * JOUR)
    assert (une.jours(temps[-1]), une.seuil(temps[-1])) == attendus


async def test_a_token_renewed_or_revoked_is_not_told(
    store: Store, emis: JetonEmis, habilitation: Habilitation, temps: list[datetime]
) -> None:
    autre = await store.emettre(habilitation.id, 40 * JOUR)
    temps.append(temps[-1] + 35 * JOUR)
    await store.renouveler(emis.jeton.id, timedelta(hours=72))
    assert await identifiants(store) == [autre.jeton.id]
    await store.revoquer(autre.jeton.id)
    assert await identifiants(store) == []


async def test_a_grant_that_ends_is_told_with_the_tokens_that_end_with_it(store: Store, temps: list[datetime]) -> None:
    creee = await store.creer_habilitation(
        intitule="Cantines",
        sirets=["13002526500013"],
        scopes=["cnaf_enfants"],
        cadre_juridique="CRPA",
        fin=temps[-1] + 20 * JOUR,
    )
    emis = await store.emettre(creee.id)
    assert await identifiants(store) == [creee.id, emis.jeton.id]
    temps.append(temps[-1] + 20 * JOUR)
    assert await identifiants(store) == []


async def test_a_server_tells_each_notice_once_and_names_nothing_but_identifiers(
    store: Store, emis: JetonEmis, temps: list[datetime]
) -> None:
    metrics = Metrics()
    rappels = Rappels(store, metrics)
    dits = []
    for reste in (40, 31, 30, 29, 8, 7, 7, 2, 1, 1):
        temps.append(emis.jeton.fin - reste * JOUR)
        with capture_logs() as releve:
            await rappels.relever()
        dits += [(reste, une["jours"]) for une in releve]
        assert all(une.keys() == {"event", "log_level", "jeton", "habilitation", "jours"} for une in releve)
    assert dits == [(30, 30), (7, 7), (1, 1)]
    assert b'particulier_tokens_expiring{within_days="1"} 1.0' in metrics.text()
    assert b'particulier_tokens_expiring{within_days="30"} 0.0' in metrics.text()


async def test_a_database_that_is_not_there_stops_no_watch(temps: list[datetime], tmp_path: Path) -> None:
    async with Store(f"sqlite:///{tmp_path}/vide.db", frozenset(), lambda: temps[-1]) as store:
        rappels = Rappels(store, Metrics())
        with capture_logs() as releve:
            await rappels.relever()
            async with rappels.ouverte():
                pass
    assert releve == []


async def test_a_reading_that_fails_is_told_and_ends_no_watch(temps: list[datetime], tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/abimee.db"
    await migrer(url)
    async with Store(url, frozenset({"a"}), lambda: temps[-1], delais=COMMANDE) as store:
        creee = await store.creer_habilitation(
            intitule="Cantines", sirets=["13002526500013"], scopes=["a"], cadre_juridique="CRPA"
        )
        await store.emettre(creee.id, 5 * JOUR)
        with closing(sqlite3.connect(tmp_path / "abimee.db")) as intrus, intrus:
            intrus.execute("UPDATE jeton SET expire_le = expire_le || ' environ'")
        with capture_logs() as releve:
            async with Rappels(store, Metrics()).ouverte(), asyncio.timeout(10):
                while not releve:  # noqa: ASYNC110 - the log is the one thing that tells of it
                    await asyncio.sleep(0)
    assert [une["event"] for une in releve] == ["echeances_illisibles"]


@pytest.mark.parametrize("en_json", [False, True])
def test_the_command_prints_what_ends_for_people_or_for_scripts(url: str, *, en_json: bool) -> None:
    async def semer() -> str:
        async with Store(url, frozenset({"a"}), lambda: datetime.now(UTC), delais=COMMANDE) as store:
            creee = await store.creer_habilitation(
                intitule="Cantines « été »", sirets=["13002526500013"], scopes=["a"], cadre_juridique="CRPA"
            )
            return (await store.emettre(creee.id, 5 * JOUR)).jeton.id

    identifiant = asyncio.run(semer())
    groupe = typer.Typer()
    ajouter_echeances(groupe)
    groupe.command("autre")(lambda: None)
    commande = ["echeances", "--jours", "10", *(["--json"] if en_json else [])]
    sortie = CliRunner().invoke(groupe, commande, env={"PARTICULIER_DATABASE_URL": url})
    assert sortie.exit_code == 0
    *entete, ligne = sortie.stdout.splitlines()
    if en_json:
        lue = json.loads(ligne)
        assert (entete, lue["genre"], lue["identifiant"], lue["jours"]) == ([], "jeton", identifiant, 5)
        assert lue["intitule"] == "Cantines « été »"
    else:
        assert entete == ["genre\tidentifiant\thabilitation\tfin\tjours\tintitulé"]
        assert ligne.split("\t")[0:2] == ["jeton", identifiant]
