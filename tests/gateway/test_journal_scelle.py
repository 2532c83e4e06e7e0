"""What the application writes in its journal is sealed: an operator verifies it, and sees what was touched."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from audit.tables import AVEC_GARDE, SANS_GARDE
from gateway.cli import app as commande
from tests.application import INSTANT, application

QUERY = (
    "query ($identite: IdentiteInput!) { particulier(identite: $identite) { statutEtudiant { identite { prenom } } } }"
)
REQUETES = 3


@pytest.fixture
async def jeton(tmp_path: Path) -> str:
    """Make requests, close the application, and return the identifier of the token that made them."""
    async with application(tmp_path) as app:
        personne = (await app.personnes())["dubois-angela"]["identite"]
        secret = await app.jeton({"mesri_identite"})
        for _ in range(REQUETES):
            assert "errors" not in (await app.demander(QUERY, {"identite": personne}, secret)).json()
        metriques = (await app.client.get("/metrics")).text
    assert "particulier_seals_total" in metriques
    assert "particulier_seal_failures_total 0.0" in metriques
    with closing(sqlite3.connect(tmp_path / "journal.db")) as base:
        (corps,) = base.execute("SELECT corps FROM trace WHERE genre = 'INTENT'").fetchone()
    identifiant: str = json.loads(corps)["jeton"]
    return identifiant


def journal(dossier: Path, *arguments: str) -> Result:
    environ = {
        "PARTICULIER_JOURNAL": f"{dossier}/journal.db",
        "PARTICULIER_CLE_SCELLES": f"{dossier}/scelles.cle",
    }
    return CliRunner().invoke(commande, ["journal", *arguments], env=environ)


def changer_un_octet(base: Path) -> None:
    with closing(sqlite3.connect(base)) as connexion, connexion:
        connexion.execute(SANS_GARDE)
        connexion.execute("UPDATE trace SET corps = replace(corps, 'statutEtudiant', 'statutEtudianT') WHERE seq = 2")
        assert connexion.execute("SELECT changes()").fetchone() == (1,)
        connexion.execute(AVEC_GARDE)


@pytest.mark.usefixtures("jeton")
def test_what_was_written_is_intact_and_one_byte_changed_is_found(tmp_path: Path) -> None:
    intact = journal(tmp_path, "verifier")
    assert (intact.exit_code, intact.stdout.splitlines()[-1]) == (0, "Le journal est intact.")
    assert intact.stdout.startswith(f"{2 * REQUETES} enregistrements, ")
    changer_un_octet(tmp_path / "journal.db")
    altere = journal(tmp_path, "verifier")
    assert altere.exit_code == 1
    assert "n° 2" in altere.stdout.splitlines()[-1]


@pytest.mark.usefixtures("jeton")
def test_the_public_key_is_enough_to_verify(tmp_path: Path) -> None:
    publique = tmp_path / "scelles.pub"
    publique.write_text(journal(tmp_path, "cle-publique").stdout)
    (tmp_path / "scelles.cle").unlink()
    assert journal(tmp_path, "verifier", "--cles", str(publique)).exit_code == 0
    publique.write_text("00" * 31 + "01\n")
    assert journal(tmp_path, "verifier", "--cles", str(publique)).exit_code == 1


@pytest.mark.usefixtures("jeton")
def test_a_seal_that_was_kept_is_proved_to_be_extended(tmp_path: Path) -> None:
    scelles = (tmp_path / "journal.db.scelles").read_bytes().splitlines()
    for nom, ligne in (("ancien", scelles[0]), ("nouveau", scelles[-1])):
        (tmp_path / nom).write_bytes(ligne)
    deux = ("--ancien", str(tmp_path / "ancien"), "--nouveau", str(tmp_path / "nouveau"))
    faite = journal(tmp_path, "prouver", *deux)
    assert faite.exit_code == 0
    (tmp_path / "preuve").write_text(faite.stdout)
    jugee = journal(tmp_path, "verifier-preuve", str(tmp_path / "preuve"), *deux)
    assert (jugee.exit_code, jugee.stdout.startswith("Le scellé de ")) == (0, True)
    (tmp_path / "preuve").write_text(json.dumps(["00" * 32]))
    assert journal(tmp_path, "verifier-preuve", str(tmp_path / "preuve"), *deux).exit_code == 1
    (tmp_path / "ancien").write_text("rien")
    assert journal(tmp_path, "prouver", *deux).exit_code == 2


@pytest.mark.usefixtures("jeton")
async def test_seals_that_no_proof_can_bind_are_told_apart_from_an_anomaly(tmp_path: Path) -> None:
    async with application(tmp_path):
        pass  # another opening, hence another partie
    scelles = (tmp_path / "journal.db.scelles").read_bytes().splitlines()
    premier, dernier = json.loads(scelles[0]), json.loads(scelles[-1])
    assert premier["partie"] != dernier["partie"]
    suivant = [ligne for ligne in scelles if premier["partie"].encode() in ligne][-1]
    for nom, ligne in (("premier", scelles[0]), ("suivant", suivant), ("autre", scelles[-1])):
        (tmp_path / nom).write_bytes(ligne)
    (tmp_path / "preuve").write_text("[]")
    for ancien, nouveau, attendu in (("premier", "autre", "même partie"), ("suivant", "premier", "échangez-les")):
        deux = ("--ancien", f"{tmp_path / ancien}", "--nouveau", f"{tmp_path / nouveau}")
        for ordre in (("prouver",), ("verifier-preuve", f"{tmp_path / 'preuve'}")):
            refus = journal(tmp_path, *ordre, *deux)
            assert (refus.exit_code, refus.stdout, len(refus.stderr.splitlines())) == (2, "", 1)
            assert attendu in refus.stderr
            assert "ANOMALIE" not in refus.stderr


@pytest.mark.usefixtures("jeton")
def test_a_folder_of_seals_beside_a_file_is_a_bad_setting_and_no_anomaly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARTICULIER_SCELLES", str(tmp_path))
    refus = journal(tmp_path, "verifier")
    assert (refus.exit_code, refus.stdout) == (2, "")
    assert "PARTICULIER_SCELLES est un dossier" in refus.stderr


@pytest.mark.usefixtures("jeton")
def test_a_folder_of_seals_named_for_a_journal_is_a_wrong_usage_and_no_anomaly(tmp_path: Path) -> None:
    refus = journal(tmp_path, "verifier", "--scelles", str(tmp_path))
    assert (refus.exit_code, refus.stdout, len(refus.stderr.splitlines())) == (2, "", 1)
    assert "veut un fichier de scellés" in refus.stderr


def test_a_file_that_is_missing_is_told_in_one_line(tmp_path: Path, jeton: str) -> None:
    (tmp_path / "journal.db.scelles").rename(tmp_path / "ailleurs")
    sans_scelles = journal(tmp_path, "verifier")
    assert (sans_scelles.exit_code, len(sans_scelles.stderr.splitlines())) == (2, 1)
    assert journal(tmp_path, "verifier", "--scelles", str(tmp_path / "ailleurs")).exit_code == 0
    (tmp_path / "scelles.cle").unlink()
    for sans_cle in (journal(tmp_path, "verifier"), journal(tmp_path, "cle-publique")):
        assert sans_cle.exit_code == 2
        assert "clé des scellés" in sans_cle.stderr
    autre = str(tmp_path / "absent.db")
    periode = ("--entre", "2026-01-01", "--et", "2027-01-01")
    sans_journal = journal(tmp_path, "exporter", "--jeton", jeton, *periode, "--journal", autre)
    assert (sans_journal.exit_code, len(sans_journal.stderr.splitlines())) == (2, 1)


def test_what_a_token_asked_is_exported(tmp_path: Path, jeton: str) -> None:
    jour = INSTANT.date()
    fin = jour + timedelta(days=1)
    lignes = journal(tmp_path, "exporter", "--jeton", jeton, "--entre", f"{jour}", "--et", f"{fin}").stdout.splitlines()
    assert [json.loads(ligne)["genre"] for ligne in lignes] == ["INTENT", "OUTCOME"] * REQUETES
    avant = journal(tmp_path, "exporter", "--jeton", jeton, "--entre", "2020-01-01", "--et", f"{jour}")
    assert (avant.exit_code, avant.stdout) == (0, "")
