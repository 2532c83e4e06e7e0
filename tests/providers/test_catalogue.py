from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from uuid import uuid4

import pytest

import providers
from providers._catalogue import CatalogueIncoherent, auxiliaires, sources

SOURCE = """
from providers._source import ApiKey, Source

SOURCE = Source(
    nom="{nom}", libelle="", fournisseur="", fournit={fournit}, identifications=(),
    auth=ApiKey("x-cle", lambda _: "cle", ("cle",)), request=None, read=None, simulate=None,
)
"""

Fabrique = Callable[..., ModuleType]


@pytest.fixture
def fabrique(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fabrique:
    def fabriquer(**dossiers: str) -> ModuleType:
        paquet = tmp_path / f"paquet_{uuid4().hex}"
        paquet.mkdir()
        (paquet / "__init__.py").touch()
        (paquet / "_commun.py").write_text("raise AssertionError")
        (paquet / "ancienne" / "__pycache__").mkdir(parents=True)
        for nom, contenu in dossiers.items():
            (paquet / nom).mkdir()
            (paquet / nom / "__init__.py").write_text(contenu)
        monkeypatch.syspath_prepend(str(tmp_path))
        return import_module(paquet.name)

    return fabriquer


def test_every_folder_of_the_project_is_a_source() -> None:
    dossiers = {
        chemin.parent.name for chemin in Path(providers.__path__[0]).glob("*/*.py") if chemin.parent.name[0] != "_"
    }
    assert dossiers
    assert {source.nom for source in (*sources(), *auxiliaires())} == dossiers


def test_a_new_folder_is_discovered_without_being_registered(fabrique: Fabrique) -> None:
    paquet = fabrique(
        b=SOURCE.format(nom="b", fournit="int"), a=SOURCE.format(nom="a", fournit="str"), _prive="raise AssertionError"
    )
    assert [source.nom for source in sources(paquet)] == ["a", "b"]


@pytest.mark.parametrize("contenu", ["", "SOURCE = 'a'", SOURCE.format(nom="autre", fournit="int")])
def test_a_folder_that_holds_no_source_of_its_name_is_refused(fabrique: Fabrique, contenu: str) -> None:
    with pytest.raises(CatalogueIncoherent, match="/a/"):
        sources(fabrique(a=contenu))


def test_two_sources_for_one_bloc_are_refused_by_their_names(fabrique: Fabrique) -> None:
    paquet = fabrique(a=SOURCE.format(nom="a", fournit="int"), b=SOURCE.format(nom="b", fournit="int"))
    with pytest.raises(CatalogueIncoherent, match="a et b remplissent le même bloc, int"):
        sources(paquet)
