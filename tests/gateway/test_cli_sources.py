"""`particulier sources` lists what production asks of the environment: all of it, and what may be added."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from gateway.reglages_de_source import read_settings
from gateway.settings import Settings
from providers._catalogue import auxiliaires, sources


@pytest.fixture
def liste() -> str:
    resultat = CliRunner().invoke(app, ["sources"])
    assert resultat.exit_code == 0
    return resultat.stdout


def test_the_settings_listed_are_enough_to_start(liste: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    valeur = tmp_path / "valeur"
    valeur.write_text("secret\n")
    for variable in re.findall(r"^  (PARTICULIER_\w+)$", liste, re.MULTILINE):
        monkeypatch.setenv(variable, f"@{valeur}")
    toutes = (*sources(), *auxiliaires())
    lus = read_settings(Settings(), toutes, None)
    assert {nom for nom, reglages in lus.items() if reglages["url"] == "secret"} == {source.nom for source in toutes}


def test_an_optional_setting_is_told_from_the_others(liste: str) -> None:
    facultatives = re.findall(r"^  (PARTICULIER_\w+) \(facultatif", liste, re.MULTILINE)
    assert "PARTICULIER_SOURCES__CNOUS_BOURSE_ETUDIANTE__URL_JETON" in facultatives
    assert all(variable.endswith("__URL_JETON") for variable in facultatives)


def test_a_source_without_a_scope_of_its_own_says_what_it_is_for(liste: str) -> None:
    assert re.search(r"^insee_communes\tInsee - .*\(auxiliaire", liste, re.MULTILINE)
