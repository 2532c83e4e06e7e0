"""An operator keeps the keys of the pseudonyms, and finds who consulted a person without writing her in a command."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from audit.cle import TAILLE
from audit.mois import Mois
from audit.trousseau import CONSERVATION, Trousseau
from gateway.cli import app as commande
from tests.application import Application, application

QUESTION = "query ($i: IdentiteInput!) { particulier(identite: $i) { statutEtudiant { identite { nomNaissance } } } }"
MOIS = Mois.de(datetime.now(UTC))
VIEUX = [str(MOIS.plus(-CONSERVATION - rang)) for rang in (3, 2, 1)]
INE = "1234567890A"


def journal(dossier: Path, *arguments: str, entree: str | None = None) -> Result:
    environ = {"PARTICULIER_JOURNAL": f"{dossier}/journal.db", "PARTICULIER_CLES_PSEUDONYMES": f"{dossier}/pseudonymes"}
    return CliRunner().invoke(commande, ["journal", *arguments], env=environ, input=entree)


def refus(dossier: Path, *arguments: str, entree: str | None = None) -> str:
    """Run what is refused, and return its one line."""
    fini = journal(dossier, *arguments, entree=entree)
    assert fini.exit_code in {1, 2}
    assert fini.stdout == ""
    (ligne,) = fini.stderr.splitlines()
    return ligne


@pytest.fixture
def cles(tmp_path: Path) -> Path:
    """Keys of three months to forget, of the month that follows them, of this one and of the next."""
    dossier = tmp_path / "pseudonymes"
    Trousseau(dossier).preparer(datetime.now(UTC))
    for mois in (*VIEUX, str(MOIS.plus(-CONSERVATION))):
        (dossier / f"{mois}.cle").write_bytes(mois.encode().ljust(TAILLE))
    return dossier


def test_the_keys_are_prepared_then_listed(tmp_path: Path) -> None:
    assert "Aucune clé des pseudonymes" in refus(tmp_path, "cles")
    assert journal(tmp_path, "cles", "--preparer").stdout.splitlines() == [
        "mois\tclé",
        f"{MOIS}\tprésente",
        f"{MOIS.plus(1)}\tprésente",
    ]
    encore = journal(tmp_path, "cles", "--preparer", "4")
    assert encore.exit_code == 0
    assert f"{MOIS.plus(2)}, {MOIS.plus(3)}" in encore.stderr
    (tmp_path / "pseudonymes" / f"{MOIS.plus(1)}.cle").unlink()
    sans = journal(tmp_path, "cles")
    assert (sans.exit_code, sans.stdout.splitlines()[2]) == (1, f"{MOIS.plus(1)}\tmanque")
    assert "« particulier journal cles --preparer »" in sans.stderr
    assert "--preparer" in refus(tmp_path, "cles", "4")
    assert refus(tmp_path, "cles", "--preparer", "0").startswith("Valeur absente ou refusée")


def test_expired_months_are_forgotten_once_it_is_confirmed(tmp_path: Path, cles: Path) -> None:
    vues = journal(tmp_path, "cles").stdout
    assert all(f"{mois}\tprésente, à oublier\n" in vues for mois in VIEUX)
    assert f"{MOIS.plus(-CONSERVATION)}\tprésente\n" in vues
    for reponse in ("", "\n", "non\n"):
        garde = journal(tmp_path, "oublier", entree=reponse)
        assert (garde.exit_code, garde.stderr) == (1, "Rien n'a été détruit.\n")
        assert ", ".join(VIEUX) in garde.stdout
    assert len(list(cles.glob("20*"))) == 6
    assert journal(tmp_path, "oublier", "--avant", VIEUX[1], "--oui").exit_code == 0
    assert len(list(cles.glob("20*"))) == 5
    fait = journal(tmp_path, "oublier", entree="oui\n")
    assert fait.exit_code == 0
    assert f"Oubliées : {', '.join(VIEUX[1:])}." in fait.stdout
    assert "copies" in fait.stdout
    assert not any((cles / f"{mois}.cle").exists() for mois in VIEUX)
    assert journal(tmp_path, "oublier").stdout.startswith("Rien à oublier")


@pytest.mark.usefixtures("cles")
def test_no_month_that_a_citizen_may_ask_about_is_forgotten(tmp_path: Path) -> None:
    trop_tard = str(MOIS.plus(-CONSERVATION + 1))
    assert f"plus tard que {MOIS.plus(-CONSERVATION)}" in refus(tmp_path, "oublier", "--avant", trop_tard, "--oui")
    assert "AAAA-MM" in refus(tmp_path, "oublier", "--avant", "2020", "--oui")
    assert journal(tmp_path, "cles").stdout.count("à oublier") == len(VIEUX)


def test_a_key_that_cannot_be_destroyed_is_told(tmp_path: Path, cles: Path) -> None:
    gardee = cles / f"{VIEUX[1]}.cle"
    gardee.unlink()
    gardee.mkdir()
    fini = journal(tmp_path, "oublier", "--oui")
    assert fini.exit_code == 1
    assert f"{VIEUX[1]} ne peut pas être détruite" in fini.stderr
    assert [(cles / f"{mois}.cle").exists() for mois in VIEUX] == [False, True, True]


async def consulter(app: Application, ine: str) -> None:
    jeton = await app.jeton({"mesri_identite"})
    assert (await app.demander(QUESTION, {"i": {"ine": ine}}, jeton)).status_code == 200


@pytest.fixture
async def consultee(tmp_path: Path) -> Path:
    """Consult two persons today; return the folder."""
    async with application(tmp_path) as app:
        app.horloge.instant = datetime.now(UTC)
        await consulter(app, INE)
        await consulter(app, "0987654321A")
    return tmp_path


def exportees(dossier: Path, personne: str, entree: str | None = None) -> list[str]:
    fini = journal(dossier, "exporter", "--personne", personne, entree=entree)
    assert fini.exit_code == 0, fini.stderr
    return [json.loads(ligne)["genre"] for ligne in fini.stdout.splitlines()]


def test_who_consulted_a_person_is_told_to_whoever_gives_her_in_a_file_or_on_stdin(consultee: Path) -> None:
    fichier = consultee / "personne.json"
    fichier.write_text(json.dumps({"ine": INE.lower()}))
    assert exportees(consultee, str(fichier)) == ["INTENT", "OUTCOME"]
    assert exportees(consultee, "-", json.dumps({"ine": INE})) == ["INTENT", "OUTCOME"]
    assert exportees(consultee, "-", json.dumps({"ine": "1111111111A"})) == []


def test_what_was_written_with_the_single_key_of_before_is_still_found(consultee: Path) -> None:
    dossier = consultee / "pseudonymes"
    (dossier / f"{MOIS}.cle").rename(consultee / "pseudonymes.cle")
    Trousseau(dossier).preparer(datetime.now(UTC))
    assert journal(consultee, "cles").stdout.splitlines()[1] == "antérieure\tprésente"
    assert exportees(consultee, "-", json.dumps({"ine": INE})) == ["INTENT", "OUTCOME"]
    (consultee / "pseudonymes.cle").unlink()
    assert exportees(consultee, "-", json.dumps({"ine": INE})) == []


def test_a_month_in_which_nobody_can_be_found_is_told(consultee: Path) -> None:
    (consultee / "pseudonymes" / f"{MOIS.plus(-2)}.cle").write_bytes(bytes(TAILLE))
    fini = journal(consultee, "exporter", "--personne", "-", entree=json.dumps({"ine": INE}))
    assert (fini.exit_code, len(fini.stdout.splitlines())) == (0, 2)
    assert fini.stderr == f"Sans clé, personne n'est retrouvé dans les accès de : {MOIS.plus(-1)}.\n"


@pytest.mark.usefixtures("cles")
def test_what_names_nobody_is_refused_and_never_said_again(tmp_path: Path) -> None:
    periode = ("--entre", "2026-11-01", "--et", "2026-12-01")
    assert "l'un des deux" in refus(tmp_path, "exporter")
    assert "l'un des deux" in refus(tmp_path, "exporter", "--jeton", "j", "--personne", "-", *periode)
    assert "--entre" in refus(tmp_path, "exporter", "--personne", "-", *periode, entree="{}")
    assert "--entre" in refus(tmp_path, "exporter", "--jeton", "j")
    assert "JSON" in refus(tmp_path, "exporter", "--personne", "-", entree="Quévreuilh")
    assert "trop gros" in refus(tmp_path, "exporter", "--personne", "-", entree=" " * 70_000)
    for saisie in ('{"ine": "quévreuilh"}', '{"nom": "quévreuilh"}', "[]", "null", "{}", '"quévreuilh"', "[" * 5000):
        ligne = refus(tmp_path, "exporter", "--personne", "-", entree=saisie)
        assert "vreuilh" not in ligne
    for chemin in ('{"ine": "1234567890A"}', str(tmp_path), "n\0ul"):
        assert "1234567890A" not in refus(tmp_path, "exporter", "--personne", chemin)


def test_without_any_key_a_search_is_refused_rather_than_empty(consultee: Path) -> None:
    for cle in (consultee / "pseudonymes").iterdir():
        cle.unlink()
    ligne = refus(consultee, "exporter", "--personne", "-", entree=json.dumps({"ine": INE}))
    assert "Aucune clé des pseudonymes" in ligne
