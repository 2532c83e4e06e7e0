"""Two servers share one journal on PostgreSQL: what they wrote is copied, verified, exported, and read by citizens."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr
from typer.testing import CliRunner, Result

from gateway.cli import app as commande
from gateway.settings import ReglageManquant
from tests.application import INSTANT, Application, Personnes, application
from tests.serveur_postgresql import ServeurPostgresql

CITOYENNE = "dubois-angela"
QUERY = """query ($identite: IdentiteInput!) { particulier(identite: $identite) {
  situationFiscale { revenuFiscalReference }
} }"""
JOURNAL = "{ mesConsultations { edges { node { reference contenu { issue } } } } }"


@pytest.fixture
async def adresse(postgresql_durable: ServeurPostgresql) -> str:
    url = postgresql_durable.url("postgres")
    connexion = await asyncpg.connect(url)
    await connexion.execute("SET client_min_messages = error; DROP SCHEMA IF EXISTS journal CASCADE")
    await connexion.close()
    return url


@pytest.fixture
async def app(tmp_path: Path, adresse: str) -> AsyncIterator[Application]:
    async with application(tmp_path, reconnaitre=Personnes().reconnaitre, journal=SecretStr(adresse)) as app:
        yield app


async def demander(app: Application) -> str:
    identite = (await app.personnes())[CITOYENNE]["identite"]
    reponse = await app.demander(QUERY, {"identite": identite}, (await app.jeton_de("tout"))["jeton"])
    assert "errors" not in reponse.json()
    return reponse.headers["x-request-id"]


def journal(dossier: Path, adresse: str, *arguments: str) -> Result:
    environ = {
        "PARTICULIER_JOURNAL": adresse,
        "PARTICULIER_SCELLES": f"{dossier}/scelles",
        "PARTICULIER_CLE_SCELLES": f"{dossier}/scelles.cle",
    }
    return CliRunner().invoke(commande, ["journal", *arguments], env=environ)


async def test_what_two_servers_wrote_is_read_by_a_citizen_copied_verified_and_exported(
    app: Application, tmp_path: Path, adresse: str
) -> None:
    async with application(tmp_path, journal=SecretStr(adresse)) as autre:
        requetes = [await demander(un) for un in (app, autre, app)]
    citoyenne = {"X-FranceConnect-Token": CITOYENNE}
    lus = await app.demander(JOURNAL, {}, (await app.jeton_de("citoyen"))["jeton"], citoyenne)
    noeuds = [edge["node"] for edge in lus.json()["data"]["mesConsultations"]["edges"]]
    assert sorted(noeud["reference"] for noeud in noeuds) == sorted(requetes)
    assert {noeud["contenu"]["issue"] for noeud in noeuds} == {"RENDUE"}
    assert "particulier_seals_total" in (await app.client.get("/metrics")).text
    copie = str(tmp_path / "copie.db")
    prise = await asyncio.to_thread(journal, tmp_path, adresse, "copier", "--vers", copie)
    assert (prise.exit_code, prise.stdout) == (0, "8 enregistrements ajoutés à la copie, 2 parties en tout.\n")
    verifie = journal(tmp_path, adresse, "verifier", "--journal", copie)
    assert (verifie.exit_code, verifie.stdout.splitlines()[-1]) == (0, "Le journal est intact.")
    with closing(sqlite3.connect(copie)) as base:
        (corps,) = base.execute("SELECT corps FROM trace WHERE genre = 'INTENT' AND partie = 2").fetchone()
    periode = ("--entre", f"{INSTANT.date()}", "--et", f"{INSTANT.date() + timedelta(days=1)}")
    jeton = ("--jeton", json.loads(corps)["jeton"])
    exporte = journal(tmp_path, adresse, "exporter", *jeton, *periode, "--journal", copie)
    assert [json.loads(ligne)["genre"] for ligne in exporte.stdout.splitlines()] == ["INTENT", "OUTCOME"]


async def test_no_source_is_called_when_the_database_is_stopped_and_it_heals_by_itself(
    app: Application, postgresql_durable: ServeurPostgresql
) -> None:
    await demander(app)
    avant = await app.appels()
    identite = (await app.personnes())[CITOYENNE]["identite"]
    jeton = (await app.jeton_de("tout"))["jeton"]
    with postgresql_durable.arrete():
        reponse = await app.demander(QUERY, {"identite": identite}, jeton)
        assert reponse.status_code == 503
        assert reponse.json()["errors"][0]["extensions"]["code"] == "AUDIT_INDISPONIBLE"
        assert (await app.client.get("/readyz")).status_code == 503
        assert await app.appels() == avant
    async with asyncio.timeout(20):
        while (await app.demander(QUERY, {"identite": identite}, jeton)).status_code != 200:
            pass
    assert (await app.client.get("/readyz")).status_code == 200


async def test_the_commands_need_a_copy_and_say_so(app: Application, tmp_path: Path, adresse: str) -> None:
    await demander(app)
    periode = ("--entre", f"{INSTANT.date()}", "--et", f"{INSTANT.date() + timedelta(days=1)}")
    for arguments in (("verifier",), ("exporter", "--jeton", "x", *periode)):
        refus = journal(tmp_path, adresse, *arguments)
        assert refus.exit_code == 2
        assert "particulier journal copier" in refus.stderr


async def test_a_server_that_does_not_share_the_keys_of_the_others_does_not_start(
    app: Application, tmp_path_factory: pytest.TempPathFactory, adresse: str
) -> None:
    await demander(app)
    ailleurs = tmp_path_factory.mktemp("ailleurs")
    with pytest.raises(ReglageManquant, match=f"{ailleurs}/pseudonymes.*même dossier"):
        async with application(ailleurs, journal=SecretStr(adresse)):
            pass
