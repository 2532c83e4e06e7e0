import logging
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import structlog
from pydantic import ValidationError
from typer.testing import CliRunner

from audit.mois import Mois
from audit.trousseau import Trousseau
from gateway.app import create_app
from gateway.cle_attestation import lire_ou_creer
from gateway.cli import app as commande
from gateway.demarrage import rehearse, sole_server
from gateway.reglages_de_source import required
from gateway.settings import Mode, ReglageManquant, Settings
from habilitations.migrations import migrer
from providers._catalogue import auxiliaires, sources
from providers._simulateur import reglage
from tests.application import INSTANT


def reglages(dossier: Path, **autres: object) -> Settings:
    return Settings(
        database_url=f"sqlite:///{dossier}/particulier.db",
        journal=dossier / "journal.db",
        cles_pseudonymes=dossier / "pseudonymes",
        cle_scelles=dossier / "scelles.cle",
        cle_attestation=dossier / "attestation.pem",
        **autres,  # type: ignore[arg-type]
    )


def de_production() -> Mapping[str, Mapping[str, str]]:
    """Return the settings that production needs, for every source."""
    return {
        source.nom: {"url": "http://127.0.0.1:9"} | {nom: reglage(source.nom, nom) for nom in required(source)}
        for source in (*sources(), *auxiliaires())
    }


@pytest.fixture
def cle(tmp_path: Path) -> Path:
    """Make every key, and return that of the seals."""
    Trousseau(tmp_path / "pseudonymes").preparer(datetime.now(UTC))
    scelles = tmp_path / "scelles.cle"
    scelles.write_bytes(bytes(range(32)))
    lire_ou_creer(tmp_path / "attestation.pem")
    return scelles


def test_the_sandbox_starts_with_nothing_set(tmp_path: Path) -> None:
    rehearse(create_app(reglages(tmp_path)))
    rehearse(create_app(reglages(tmp_path)))


def test_production_names_every_setting_that_a_source_lacks(tmp_path: Path, cle: Path) -> None:
    with pytest.raises(ReglageManquant) as refus:
        create_app(reglages(tmp_path, mode=Mode.PRODUCTION))
    for source in (*sources(), *auxiliaires()):
        prefixe = f"PARTICULIER_SOURCES__{source.nom}__"
        assert all(f"{prefixe}{nom}".upper() in str(refus.value) for nom in ("url", *required(source)))
    assert "\n" not in str(refus.value)
    assert cle.exists()


def test_production_does_not_make_the_keys_of_the_pseudonyms_and_names_the_command_that_does(tmp_path: Path) -> None:
    trousseau = Trousseau(tmp_path / "pseudonymes")

    def refus() -> str:
        with pytest.raises(ReglageManquant) as refus:
            create_app(reglages(tmp_path, mode=Mode.PRODUCTION, sources=de_production()), lambda: INSTANT)
        return str(refus.value)

    sans_rien = refus()
    assert not trousseau.dossier.exists()
    trousseau.preparer(INSTANT, 1)
    sans_suivante = refus()
    trousseau.preparer(INSTANT)
    (trousseau.dossier / "comptage.cle").unlink()
    sans_comptage = refus()
    assert f"clé des pseudonymes du mois {Mois.de(INSTANT)} manque" in sans_rien
    assert f"{Mois.de(INSTANT).plus(1)} manque" in sans_suivante
    assert "clé du comptage" in sans_comptage
    for ligne in (sans_rien, sans_suivante, sans_comptage):
        assert "« particulier journal cles --preparer »" in ligne
        assert "\n" not in ligne


def test_the_single_key_of_before_is_not_forgotten_in_its_old_place(tmp_path: Path) -> None:
    with pytest.raises(ReglageManquant, match=r"déplacez cette clé vers .*pseudonymes\.cle"):
        create_app(reglages(tmp_path, cle_pseudonymes=tmp_path / "ancienne.cle"))


def test_production_does_not_make_the_key_of_the_seals(tmp_path: Path, cle: Path) -> None:
    cle.unlink()
    with pytest.raises(ReglageManquant, match="clé des scellés"):
        create_app(reglages(tmp_path, mode=Mode.PRODUCTION, sources=de_production()))
    assert not cle.exists()


@pytest.mark.usefixtures("cle")
def test_production_refuses_a_database_that_was_not_migrated(tmp_path: Path) -> None:
    with pytest.raises(ReglageManquant, match="particulier migrer"):
        rehearse(create_app(reglages(tmp_path, mode=Mode.PRODUCTION, sources=de_production())))


def test_production_refuses_a_database_with_sandbox_tokens(tmp_path: Path) -> None:
    bac_a_sable = create_app(reglages(tmp_path))
    rehearse(bac_a_sable)
    creer = "habilitation creer --intitule Essai --siret 21750001600019 --scope cnaf_enfants --cadre Essai"
    assert CliRunner().invoke(commande, creer.split(), env=environnement(tmp_path)).exit_code == 0
    with pytest.raises(ReglageManquant, match="bac à sable"):
        rehearse(create_app(reglages(tmp_path, mode=Mode.PRODUCTION, sources=de_production())))


@pytest.mark.usefixtures("cle")
async def test_production_starts_once_migrated_and_serves_no_sandbox_endpoint(tmp_path: Path) -> None:
    settings = reglages(tmp_path, mode=Mode.PRODUCTION, sources=de_production())
    await migrer(settings.database_url)
    app = create_app(settings, lambda: datetime.now(UTC))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://particulier.test") as client,
    ):
        assert (await client.get("/livez")).status_code == 200
        for chemin in ("jetons", "personnes", "appels", "appels/auxiliaires", "fournisseurs/mesri_statut_etudiant/x"):
            assert (await client.get(f"/bac-a-sable/{chemin}")).status_code == 404


def test_a_journal_serves_one_server_at_a_time(tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    with sole_server(journal), pytest.raises(ReglageManquant, match="Un autre serveur"), sole_server(journal):
        pass
    autre_nom = tmp_path / "lien.db"
    autre_nom.symlink_to(journal)
    with sole_server(journal), pytest.raises(ReglageManquant, match="Un autre serveur"), sole_server(autre_nom):
        pass
    with sole_server(journal):
        pass


def test_a_server_that_may_not_start_says_why_in_one_line(tmp_path: Path) -> None:
    fini = particulier(tmp_path, "serve", "--port", "1", PARTICULIER_MODE="production")
    assert (fini.returncode, fini.stdout, len(fini.stderr.splitlines())) == (78, "", 1)
    assert "PARTICULIER_SOURCES__" in fini.stderr


@pytest.fixture
def journaux_rendus() -> Iterator[None]:
    """Give the logs of these tests back, after a command that takes those of the process."""
    racine = logging.getLogger()
    poignees, niveau = racine.handlers[:], racine.level
    yield
    structlog.reset_defaults()
    racine.handlers[:] = poignees
    racine.setLevel(niveau)


@pytest.mark.usefixtures("journaux_rendus")
@pytest.mark.parametrize(
    ("variables", "attendu"),
    [
        ({"PARTICULIER_TRANSPORT": "pigeon"}, "PARTICULIER_TRANSPORT"),
        ({"PARTICULIER_DATABASE_URL": "mysql://secret@hote/base"}, "PARTICULIER_DATABASE_URL"),
        ({"PARTICULIER_JOURNAL": "/dev/null/journal.db"}, "PARTICULIER_JOURNAL"),
        ({"PARTICULIER_JOURNAL": "mysql://u:secret@h/base"}, "PARTICULIER_JOURNAL"),
        ({"PARTICULIER_JOURNAL": "postgresql://u:secret@127.0.0.1:9/absente"}, "PARTICULIER_JOURNAL"),
        ({"PARTICULIER_PERSONAS": "/dev/null"}, "personnes"),
        ({"PARTICULIER_SOURCES": "{secret"}, "Réglage invalide : PARTICULIER_SOURCES. docs/demarrer.md dit"),
        ({"PARTICULIER_SCELLES": "/dev"}, "PARTICULIER_SCELLES est un dossier"),
        (
            {"PARTICULIER_SCELLES": "/dev/null", "PARTICULIER_JOURNAL": "postgresql://u:secret@h/b"},
            "n'est pas un dossier",
        ),
    ],
)
def test_a_bad_setting_stops_the_start_with_one_line_and_status_78(
    tmp_path: Path, variables: dict[str, str], attendu: str
) -> None:
    fini = CliRunner().invoke(commande, ["serve", "--port", "1"], env=environnement(tmp_path) | variables)
    assert (fini.exit_code, fini.stdout, len(fini.stderr.splitlines())) == (78, "", 1)
    assert attendu in fini.stderr
    assert "secret" not in fini.stderr


@pytest.mark.parametrize(
    ("variables", "attendu"),
    [
        ({"PARTICULIER_DATAPASS_SECRET": "secret"}, "PARTICULIER_DATAPASS_SECRET"),
        ({"PARTICULIER_JOURNAL": "mysql://u:secret@h/base"}, "PARTICULIER_JOURNAL"),
        ({"PARTICULIER_FRANCECONNECT__CLIENT_SECRET": "secret"}, "PARTICULIER_FRANCECONNECT__CLE"),
        ({"PARTICULIER_SOURCES": "{secret"}, "PARTICULIER_SOURCES"),
    ],
)
@pytest.mark.parametrize(
    "arguments", ["migrer", "journal cles", "journal verifier", "jeton lister", "habilitation rapport"]
)
def test_every_command_names_a_bad_setting_in_one_french_line_and_never_its_value(
    arguments: str, variables: dict[str, str], attendu: str
) -> None:
    fini = CliRunner().invoke(commande, arguments.split(), env=variables)
    assert (fini.exit_code, fini.stdout, len(fini.stderr.splitlines())) == (78, "", 1)
    assert fini.stderr.startswith("Réglage invalide : ")
    assert attendu in fini.stderr
    assert "secret" not in fini.stderr


@pytest.mark.parametrize("url", ["postgresql://u:secret@127.0.0.1:9/absente", "sqlite:////dev/null/secret/base.db"])
def test_a_database_that_cannot_be_upgraded_is_one_line_and_no_traceback(tmp_path: Path, url: str) -> None:
    variables = environnement(tmp_path) | {"PARTICULIER_DATABASE_URL": url}
    fini = CliRunner().invoke(commande, ["migrer"], env=variables)
    assert (fini.exit_code, fini.stdout, len(fini.stderr.splitlines())) == (78, "", 1)
    assert fini.stderr.startswith("La base ne peut pas être mise à niveau : voyez PARTICULIER_DATABASE_URL")
    assert "secret" not in fini.stderr


def test_no_error_of_the_settings_repeats_what_was_given() -> None:
    with pytest.raises(ValidationError) as refus:
        Settings(datapass_secret="un-secret")  # type: ignore[arg-type]  # noqa: S106 - of the tests
    assert "un-secret" not in str(refus.value)


def environnement(dossier: Path) -> dict[str, str]:
    """Return the settings that keep every file in a folder."""
    return {
        "PARTICULIER_DATABASE_URL": f"sqlite:///{dossier}/particulier.db",
        "PARTICULIER_JOURNAL": f"{dossier}/journal.db",
        "PARTICULIER_CLES_PSEUDONYMES": f"{dossier}/pseudonymes",
        "PARTICULIER_CLE_SCELLES": f"{dossier}/scelles.cle",
        "PARTICULIER_CLE_ATTESTATION": f"{dossier}/attestation.pem",
    }


def particulier(dossier: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command of the project, with its files in a folder."""
    environ = {"PATH": "/usr/bin:/bin", **environnement(dossier), **variables}
    commande = [sys.executable, "-m", "gateway.cli", *arguments]
    return subprocess.run(commande, env=environ, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603 - our own command
