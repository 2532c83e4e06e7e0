"""What served is read in the journal: the fields asked, whose guards are the graph's, and the scopes of arguments."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from audit.registre import lire
from audit.trace import Intention
from gateway.cli import app as cli
from gateway.usages import usages
from tests.application import INSTANT, Application, Personnes, application, guichet, reglages
from tests.audit.journaux import SOBRE

N1, N2, N3 = (f"dgfip_annee_n_moins_{rang}" for rang in (1, 2, 3))
SCOPES = {N1, N2, "dgfip_rfr", "dgfip_pac", "mesri_identite", "mesri_admissions", "cnaf_enfants"}
QUERY = """query ($identite: IdentiteInput!, $annee: Int) { particulier(identite: $identite) {
  situationFiscale(anneeRevenus: $annee) { anneeRevenus revenuFiscalReference nombreParts }
  statutEtudiant { identite { __typename } }
  scolarite(anneeScolaire: "2025", perimetre: {codeEtablissement: "0130001A"}) { __typename }
} }"""


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Application]:
    async with application(tmp_path) as app:
        yield app


def intention(*champs: str, arguments: tuple[str, ...] = ()) -> Intention:
    return replace(SOBRE, instant=INSTANT, champs=champs, scopes_arguments=arguments)


async def demander(app: Application, annee: int | None) -> None:
    personne = (await app.personnes())["dubois-angela"]["identite"]
    reponse = await app.demander(QUERY, {"identite": personne, "annee": annee}, await app.jeton(SCOPES))
    assert "data" in reponse.json(), reponse.text


@pytest.mark.parametrize(("annee", "scope"), [(None, N1), (INSTANT.year - 1, N1), (INSTANT.year - 2, N2)])
async def test_a_request_used_what_opened_its_fields_and_its_year(
    app: Application, annee: int | None, scope: str
) -> None:
    await demander(app, annee)
    (usage,) = usages(lire(app.dossier / "journal.db"))
    assert usage.scopes == {scope, "dgfip_rfr", "mesri_identite"}
    assert usage.instant == INSTANT


async def test_a_year_that_is_refused_did_not_serve(app: Application) -> None:
    await demander(app, INSTANT.year - 3)
    (usage,) = usages(lire(app.dossier / "journal.db"))
    assert usage.scopes == {"mesri_identite"}


def test_a_record_that_does_not_tell_its_year_accuses_none() -> None:
    (usage,) = usages([intention("situationFiscale.revenuFiscalReference")])
    assert usage.scopes >= {N1, N2, N3, "dgfip_rfr"}


def test_a_field_that_the_graph_no_longer_has_used_nothing_that_is_known() -> None:
    (usage,) = usages([intention("blocRetire.champ", "statutEtudiant.identite.prenom")])
    assert usage.scopes == {"mesri_identite"}


async def test_a_portal_that_shows_citizens_their_journal_used_its_scope(tmp_path: Path) -> None:
    async with application(tmp_path, reconnaitre=Personnes().reconnaitre) as app:
        query = "{ mesConsultations { edges { node { instant contenu { champs } } } pageInfo { hasNextPage } } }"
        jeton = await app.jeton({*SCOPES, "mes_consultations"})
        reponse = await app.demander(query, {}, jeton, {"X-FranceConnect-Token": "dubois-angela"})
        assert "errors" not in reponse.json(), reponse.text
        (usage,) = usages(lire(app.dossier / "journal.db"))
    assert usage.scopes == {"mes_consultations"}


async def test_the_report_names_what_a_grant_never_asked(
    app: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.horloge.instant = INSTANT - timedelta(days=400)
    await demander(app, None)
    settings = reglages(tmp_path)
    monkeypatch.setenv("PARTICULIER_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("PARTICULIER_JOURNAL", str(settings.journal))
    async with guichet(app) as store:
        (une,) = [une for une in await store.lister() if une.scopes == SCOPES]
    commande = ["habilitation", "rapport", "--jours"]
    sortie = await asyncio.to_thread(CliRunner().invoke, cli, [*commande, "3650"])
    assert une.id not in sortie.stdout, "too young to tell"
    sortie = await asyncio.to_thread(CliRunner().invoke, cli, [*commande, "300"])
    (ligne,) = [ligne.split("\t") for ligne in sortie.stdout.splitlines() if ligne.startswith(une.id)]
    assert ligne[1:3] == ["-", " ".join(sorted(SCOPES))]
