"""The generated clients, compiled, ask the real gateway and read typed data."""

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import pytest
from graphql import build_schema, is_scalar_type, is_specified_scalar_type

from tests.serveur import RACINE

# One gateway for this file, whatever the number of workers.

_NODE = Path(sys.executable).with_name("node")
_PYTHON = RACINE / "clients/python"
_CLIENTS: dict[str, tuple[list[Path], dict[str, str]]] = {
    "typescript": ([_NODE, RACINE / "clients/typescript/exemple.mjs"], {}),
    "python": ([_PYTHON / ".venv/bin/python", _PYTHON / "exemple.py"], {"PYTHONPATH": str(_PYTHON / "generated")}),
}
_SOURCES = {"dgfip_situation_fiscale", "cnav_quotient_familial", "mesri_statut_etudiant"}


class Passerelle(Protocol):
    url: str

    def jeton(self, profil: str) -> str: ...

    def identite(self, nom: str) -> dict[str, object]: ...


@pytest.fixture(params=_CLIENTS)
def client(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def demander(client: str, url: str, jeton: str, qui: dict[str, object] | list[dict[str, object]]) -> Any:
    commande, environnement = _CLIENTS[client]
    fait = subprocess.run(  # noqa: S603 - our own command
        commande,
        input=json.dumps({"url": url, "jeton": jeton, "qui": qui}),
        env={**os.environ, **environnement},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert fait.returncode == 0, f"{fait.stderr}\nThe clients are built by: make clients"
    return json.loads(fait.stdout)


def test_a_client_reads_three_administrations_at_once(client: str, passerelle: Passerelle) -> None:
    foyer = demander(client, passerelle.url, passerelle.jeton("tout"), passerelle.identite("delatour-thomas"))
    assert foyer["quotientFamilial"] == 2550
    assert Decimal(foyer["revenuFiscalReference"]) == 52310
    assert foyer["etablissements"] == ["CONSERVATOIRE NATIONAL DES ARTS ET METIERS"]
    assert foyer["enfants"] == []
    assert foyer["etats"] == dict.fromkeys(_SOURCES, "OBTENU")
    assert foyer["erreurs"] == []


def test_a_client_reads_the_first_names_of_children(client: str, passerelle: Passerelle) -> None:
    foyer = demander(client, passerelle.url, passerelle.jeton("ccas"), passerelle.identite("martin-pierre"))
    assert foyer["enfants"] == ["LUCAS", "EMMA", "NOAH"]
    assert foyer["revenuFiscalReference"] is not None


def test_a_client_reads_several_persons_each_at_its_rank(client: str, passerelle: Passerelle) -> None:
    noms = ("martin-pierre", "lefevre-alexis", "delatour-thomas")
    lus = demander(client, passerelle.url, passerelle.jeton("ccas"), [passerelle.identite(nom) for nom in noms])
    assert lus["quotients"] == [1200, None, 2550]
    chemins = [erreur["path"] for erreur in lus["erreurs"] if erreur["extensions"]["code"] != "NON_HABILITE"]
    assert chemins == [["particuliers", 1, "dossierAllocataire"]]


def test_a_client_is_told_which_scopes_a_null_wants(client: str, passerelle: Passerelle) -> None:
    foyer = demander(client, passerelle.url, passerelle.jeton("sans-dgfip"), passerelle.identite("delatour-thomas"))
    assert foyer["quotientFamilial"] == 2550
    assert foyer["revenuFiscalReference"] is None
    assert foyer["etats"]["dgfip_situation_fiscale"] == "NON_HABILITE"
    [erreur] = foyer["erreurs"]
    assert erreur["path"] == ["particulier", "situationFiscale"]
    assert erreur["extensions"]["code"] == "NON_HABILITE"
    assert "dgfip_rfr" in erreur["extensions"]["scopes"]


def test_a_client_is_told_that_its_token_is_refused(client: str, passerelle: Passerelle) -> None:
    reponse = demander(client, passerelle.url, "apg_inconnu", passerelle.identite("martin-pierre"))
    assert reponse == {"refus": {"status": 401, "codes": ["JETON_INVALIDE"]}}


def test_every_scalar_has_a_python_type() -> None:
    schema = build_schema((RACINE / "schema.graphql").read_text())
    reglages = (_PYTHON / "pyproject.toml").read_text()
    propres = [nom for nom, t in schema.type_map.items() if is_scalar_type(t) and not is_specified_scalar_type(t)]
    assert [nom for nom in propres if f"\n{nom} = " not in reglages] == []
