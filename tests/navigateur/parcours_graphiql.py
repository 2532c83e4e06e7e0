"""GraphiQL in a real browser, against the real gateway. Run by `make navigateur`, which finds Chromium."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.serveur import RACINE, Serveur, serveur

_NODE = Path(sys.executable).with_name("node")
_CAPTURES = RACINE / "var/navigateur"


@pytest.fixture(scope="module")
def passerelle() -> Iterator[Serveur]:
    with serveur() as lance:
        yield lance


def explorer(passerelle: Serveur, capture: str, **choix: str) -> Any:
    """Return the report of tests/navigateur/graphiql.mjs."""
    _CAPTURES.mkdir(parents=True, exist_ok=True)
    essai = {"base": passerelle.url, "chromium": os.environ["CHROMIUM"], "capture": str(_CAPTURES / capture), **choix}
    fait = subprocess.run(  # noqa: S603 - our own command
        [_NODE, Path(__file__).with_name("graphiql.mjs")],
        input=json.dumps(essai),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert fait.returncode == 0, fait.stderr
    return json.loads(fait.stdout)


def assert_nothing_leaves(rapport: Any) -> None:
    """Neither the network beyond loopback, nor the browser's storage, receives anything."""
    assert rapport["externes"] == []
    assert rapport["stockage"] == []
    assert rapport["cookies"] == []


def test_a_profile_a_persona_and_an_example_give_an_answer_offline(passerelle: Serveur) -> None:
    rapport = explorer(
        passerelle,
        "graphiql.png",
        profil="tout",
        personne="delatour-thomas",
        exemple="Trois administrations en une requête",
    )
    assert rapport["erreurs"] == []
    assert_nothing_leaves(rapport)
    assert rapport["ouvriers"] >= 3
    assert "Particulier" in rapport["documentation"]
    assert rapport["statut"] == 200
    assert "errors" not in rapport["reponse"]
    particulier = rapport["reponse"]["data"]["particulier"]
    assert particulier["dossierAllocataire"]["quotientFamilial"]["valeur"] == 2550
    assert {source["etat"] for source in particulier["sources"]} == {"OBTENU"}


def test_the_arguments_of_a_persona_are_in_the_variables(passerelle: Serveur) -> None:
    rapport = explorer(passerelle, "graphiql-eleve.png", profil="rectorat", personne="martin-emma", exemple="Élève")
    assert rapport["erreurs"] == []
    assert rapport["requete"]["variables"].keys() == {"identite", "anneeScolaire", "perimetre"}
    assert "errors" not in rapport["reponse"]
    assert rapport["reponse"]["data"]["particulier"]["scolarite"]["estScolarise"] is True


def test_two_neighbours_of_the_list_are_asked_about_at_once(passerelle: Serveur) -> None:
    rapport = explorer(
        passerelle,
        "graphiql-plusieurs.png",
        profil="tout",
        personne="martin-pierre",
        exemple="Plusieurs personnes en une requête",
    )
    assert rapport["erreurs"] == []
    assert rapport["requete"]["variables"].keys() == {"identites"}
    mari, femme = rapport["reponse"]["data"]["particuliers"]
    assert mari["dossierAllocataire"] == femme["dossierAllocataire"] != {}


def test_every_source_is_asked_about_one_person(passerelle: Serveur) -> None:
    rapport = explorer(
        passerelle, "graphiql-tout.png", profil="tout", personne="dubois-angela", exemple="Tout sur une personne"
    )
    assert rapport["erreurs"] == []
    etats = [source["etat"] for source in rapport["reponse"]["data"]["particulier"]["sources"]]
    assert len(etats) == len(httpx.get(f"{passerelle.url}/bac-a-sable/appels", trust_env=False).json())
    assert etats.count("OBTENU") >= 13
    assert not {"INDISPONIBLE", "NON_HABILITE"} & set(etats)


def test_a_refused_bloc_is_explained_in_the_answer(passerelle: Serveur) -> None:
    rapport = explorer(
        passerelle, "graphiql-refus.png", profil="sans-dgfip", personne="martin-pierre", exemple="Avis d'imposition"
    )
    assert rapport["erreurs"] == []
    assert_nothing_leaves(rapport)
    assert rapport["reponse"]["data"]["particulier"] == {"situationFiscale": None}
    assert rapport["reponse"]["errors"][0]["extensions"]["code"] == "NON_HABILITE"


def test_a_typed_token_is_enough_where_there_is_no_sandbox(passerelle: Serveur) -> None:
    jeton = httpx.get(f"{passerelle.url}/bac-a-sable/jetons", trust_env=False).json()[0]["jeton"]
    rapport = explorer(passerelle, "graphiql-jeton.png", jeton=jeton, exemple="Mon habilitation")
    assert_nothing_leaves(rapport)
    # The page asks whether there is a sandbox: that answer alone is logged.
    assert [erreur for erreur in rapport["erreurs"] if "404" not in erreur] == []
    assert len(rapport["erreurs"]) == 1
    assert rapport["reponse"]["data"]["habilitation"]["scopes"]
