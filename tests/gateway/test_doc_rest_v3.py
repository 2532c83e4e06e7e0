"""The page for editors who come from REST v3 is what the declarations give, and what was agreed with them."""

import re
from pathlib import Path

import pytest
import strawberry
from graphql import build_schema as build_sdl
from graphql import parse, validate
from typer.testing import CliRunner

from gateway.cli import app
from gateway.doc_rest_v3 import Correspondance, correspondances, render, route
from gateway.doc_rest_v3_texte import CODES
from graph._declaration import bloc, bloc_field, champ, objet
from graph.catalogue import blocs, core
from graph.errors import toutes
from graph.schema import build_schema
from tests.graph.champs import RIEN, SOURCES, lire

RACINE = Path(__file__).parents[2]
PAGE = (RACINE / "docs/depuis-rest-v3.md").read_text(encoding="utf-8")


@objet(description="Ce que REST v3 nomme autrement.")
class Nomme:
    """Renamed."""

    date_debut: str | None = champ("Sous son nom.")
    valeur: str | None = champ("Sous un autre nom.", rest_v3="montant")
    ajout: str | None = champ("Absent de REST v3.", rest_v3="")


@objet(description="Ce que REST v3 ne connaît pas.")
class Inconnu:
    """Without an equivalent."""

    detail: str | None = champ("Sans équivalent, comme l'objet.")
    complete: str | None = champ("À un autre endroit.", rest_v3="foyer.adresse")
    dessous: Nomme | None = champ("Sans équivalent non plus.")


@bloc(description="Bloc que REST v3 connaît.", rest_v3="/v3/exemple")
class Exemple:
    """What the generator may meet."""

    mon_objet: Nomme | None = champ("Sous son nom.", scope="a")
    nommes: list[Nomme] | None = champ("Liste sous un autre nom.", scope="b", rest_v3="objets")
    inconnu: Inconnu | None = champ("Sans équivalent.", ou=(("c", "d"), ("e",)), rest_v3="")


@bloc(description="Bloc que REST v3 ne connaît pas.")
class Nouveau:
    """Without a path."""

    reference: str | None = champ("Sans équivalent.", scope="f")


@strawberry.type
class Particulier:
    """The blocs of the example."""

    @bloc_field("Connu.")
    def exemple(self) -> Exemple | None:
        """Answer nothing."""

    @bloc_field("Inconnu.")
    def nouveau(self) -> Nouveau | None:
        """Answer nothing."""


@strawberry.type
class Query:
    """The root of the example."""

    particulier: Particulier | None


@pytest.fixture(scope="module")
def exemples() -> dict[str, Correspondance]:
    schema = core(strawberry.Schema(query=Query))
    return {ligne.chemin: ligne for nom, bloc in blocs(schema).items() for ligne in correspondances(nom, bloc)}


@pytest.mark.parametrize(
    ("chemin", "cle"),
    [
        ("exemple.monObjet.dateDebut", "mon_objet.date_debut"),
        ("exemple.monObjet.valeur", "mon_objet.montant"),
        ("exemple.monObjet.ajout", ""),
        ("exemple.nommes[].dateDebut", "objets[].date_debut"),
        ("exemple.nommes[].valeur", "objets[].montant"),
        ("exemple.inconnu.detail", ""),
        ("exemple.inconnu.complete", "foyer.adresse"),
        ("exemple.inconnu.dessous.dateDebut", ""),
        ("nouveau.reference", ""),
    ],
)
def test_a_key_follows_from_the_declarations(exemples: dict[str, Correspondance], chemin: str, cle: str) -> None:
    assert exemples[chemin].cle == cle


def test_the_guards_of_a_leaf_are_those_met_below_the_bloc(exemples: dict[str, Correspondance]) -> None:
    assert exemples["exemple.monObjet.valeur"].gardes == ((("a",),),)
    assert exemples["exemple.inconnu.detail"].gardes == ((("c", "d"), ("e",)),)


def gaps(engendrees: dict[str, str], accordees: dict[str, str]) -> list[str]:
    """Return what was agreed and is not what the declarations give."""
    return [
        f"{chemin}: {mot}, not {engendrees.get(chemin, 'found')}"
        for chemin, mot in accordees.items()
        if engendrees.get(chemin) != mot
    ]


def test_every_key_is_the_agreed_one() -> None:
    engendrees = {
        ligne.chemin: ligne.cle or RIEN
        for nom, bloc in blocs(core(build_schema())).items()
        for ligne in correspondances(nom, bloc)
    }
    accordees = {ligne.chemin: ligne.rest_v3 for ligne in lire() if "." in ligne.chemin and ligne.bloc != SOURCES}
    assert not gaps(engendrees, accordees), "\n".join(gaps(engendrees, accordees))


def test_every_bloc_takes_over_the_agreed_path() -> None:
    engendrees = {nom: route(bloc) for nom, bloc in blocs(core(build_schema())).items()}
    accordees = {ligne.chemin: ligne.rest_v3 for ligne in lire() if "." not in ligne.chemin}
    assert not gaps(engendrees, accordees), "\n".join(gaps(engendrees, accordees))


def test_the_committed_page_is_the_one_that_the_declarations_give() -> None:
    assert render() == PAGE, "docs/depuis-rest-v3.md is stale: make docs"


def test_the_command_prints_the_page() -> None:
    assert CliRunner().invoke(app, ["rest-v3"]).stdout == render()


def test_every_code_of_ours_exists_and_stands_on_one_line() -> None:
    codes = [code for _, _, code in CODES if code]
    assert len(codes) == len(set(codes))
    assert set(codes) <= {classe.code for classe in toutes()}


def test_no_code_of_rest_v3_has_two_meanings_but_those_said_to() -> None:
    cites = [code for rest, _, _ in CODES for code in re.findall(r"`(\w{5})`", rest)]
    assert {code for code in cites if cites.count(code) > 1} == {"24003", "25003", "30003"}


def test_the_query_shown_is_valid() -> None:
    (requete,) = re.findall(r"^```graphql\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    schema = build_sdl((RACINE / "schema.graphql").read_text(encoding="utf-8"))
    assert validate(schema, parse(requete)) == []


def test_every_row_of_a_table_has_its_three_cells() -> None:
    champs = PAGE.partition("## Les champs")[2]
    lignes = [ligne for ligne in champs.splitlines() if ligne.startswith("|")]
    assert lignes
    assert [ligne for ligne in lignes if ligne.count("|") != 4] == []
