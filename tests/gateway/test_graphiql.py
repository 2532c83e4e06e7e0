"""GraphiQL is served by us alone, under a strict policy, and its example queries are valid."""

import gzip
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from graphql import FieldNode, OperationDefinitionNode, build_schema, parse, validate

from gateway.graphiql import build_router
from graph.catalogue import blocs, core
from graph.schema import build_schema as construire

RACINE = Path(__file__).parents[2]
EXEMPLES = sorted((RACINE / "docs/exemples").glob("*.graphql"))
SCRIPT = b"console.log(1);"


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    dossier = tmp_path / "graphiql"
    dossier.mkdir()
    (dossier / "index.html").write_text("<!doctype html><title>GraphiQL</title>")
    (dossier / "main-ABC.js").write_bytes(SCRIPT)
    (dossier / "main-ABC.js.gz").write_bytes(gzip.compress(SCRIPT))
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path


@pytest.fixture
async def client(assets: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(build_router(assets))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://passerelle") as client:
        yield client


async def test_the_page_is_html_that_browsers_revalidate(client: httpx.AsyncClient) -> None:
    reponse = await client.get("/graphiql")
    assert reponse.status_code == 200
    assert reponse.headers["content-type"] == "text/html; charset=utf-8"
    assert reponse.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("chemin", ["/graphiql", "/graphiql/main-ABC.js", "/graphiql/absent.js"])
async def test_every_answer_forbids_foreign_and_inline_scripts(client: httpx.AsyncClient, chemin: str) -> None:
    politique = (await client.get(chemin)).headers["content-security-policy"].split("; ")
    assert "default-src 'self'" in politique
    assert "script-src 'self'" in politique
    assert "frame-ancestors 'none'" in politique
    assert not any("unsafe-eval" in regle or "http" in regle for regle in politique)


async def test_a_file_is_compressed_for_a_browser_that_takes_it(client: httpx.AsyncClient) -> None:
    compresse = await client.get("/graphiql/main-ABC.js", headers={"Accept-Encoding": "gzip, br"})
    brut = await client.get("/graphiql/main-ABC.js", headers={"Accept-Encoding": "identity"})
    assert compresse.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in brut.headers
    assert compresse.content == brut.content == SCRIPT
    assert compresse.headers["content-type"] == brut.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "immutable" in compresse.headers["cache-control"]
    assert compresse.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "nom",
    ["absent.js", "..%2Fsecret.txt", "%2E%2E%2Fsecret.txt", "main-ABC.js.gz", "..", "a%00.js", "a" * 300 + ".js"],
    ids=lambda nom: nom[:20],
)
async def test_nothing_else_is_served(client: httpx.AsyncClient, nom: str) -> None:
    reponse = await client.get(f"/graphiql/{nom}")
    assert reponse.status_code == 404
    assert "secret" not in reponse.text


async def test_a_server_without_assets_names_the_command_that_builds_them(
    client: httpx.AsyncClient, assets: Path
) -> None:
    (assets / "graphiql" / "index.html").unlink()
    reponse = await client.get("/graphiql")
    assert reponse.status_code == 503
    assert "make web" in reponse.text


@pytest.mark.parametrize("exemple", EXEMPLES, ids=lambda chemin: chemin.stem)
def test_an_example_is_a_valid_query_that_opens_with_its_title(exemple: Path) -> None:
    texte = exemple.read_text()
    titre, description, *_ = texte.splitlines()
    assert validate(build_schema((RACINE / "schema.graphql").read_text()), parse(texte)) == []
    assert titre.startswith("# ")
    assert description.startswith("# ")


def test_there_are_examples() -> None:
    assert "trois-administrations" in {chemin.stem for chemin in EXEMPLES}


def test_an_example_asks_about_every_bloc() -> None:
    (operation,) = parse((RACINE / "docs/exemples/tout-sur-une-personne.graphql").read_text()).definitions
    assert isinstance(operation, OperationDefinitionNode)
    (particulier,) = operation.selection_set.selections
    assert isinstance(particulier, FieldNode)
    assert particulier.selection_set
    demandes = {noeud.name.value for noeud in particulier.selection_set.selections if isinstance(noeud, FieldNode)}
    assert demandes - {"sources"} == set(blocs(core(construire())))


ELEVE = {
    "identite": {"ine": "E"},
    "arguments": {
        "situationFiscale": {},
        "scolarite": {"anneeScolaire": "2026", "perimetre": {"degreEtablissement": "enum:SECOND_DEGRE"}},
        "vehicule": {"immatriculation": "AA-123-BB"},
    },
}
SUIVANTE = {"identite": {"ine": "S"}, "arguments": {}}


def variables(avant: str, requete: str, *personnes: dict[str, Any]) -> Any:
    """Return what the page writes in the editor of the variables."""
    script = (
        f"import {{ withPersonne }} from {json.dumps(str(RACINE / 'gateway/graphiql/web/edit.js'))};"
        "import { readFileSync } from 'node:fs';"
        "console.log(withPersonne(...JSON.parse(readFileSync(0, 'utf8'))));"
    )
    fini = subprocess.run(  # noqa: S603 - our own page
        [Path(sys.executable).with_name("node"), "--input-type=module", "-e", script],
        input=json.dumps([avant, requete, *personnes]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert fini.returncode == 0, fini.stderr
    return json.loads(fini.stdout)


@pytest.mark.parametrize(
    ("avant", "requete", "attendues"),
    [
        ("", "", {"identite": {"ine": "E"}}),
        ("", "query ($identite: IdentiteInput!) { a }", {"identite": {"ine": "E"}}),
        ("", "query Q($identites: [IdentiteInput!]!) { a }", {"identites": [{"ine": "E"}, {"ine": "S"}]}),
        (
            '{"identite": {"ine": "autre"}, "avecEnfants": false}',
            "query ($annee: Int, $anneeScolaire: String!, $perimetre: P!) { a(annee: $annee) }",
            {"avecEnfants": False, "anneeScolaire": "2026", "perimetre": {"degreEtablissement": "SECOND_DEGRE"}},
        ),
        ('{"identite": {"ine": "autre"}', "{ habilitation { scopes } }", {}),
    ],
)
def test_the_variables_that_a_query_declares_are_filled_for_the_person_chosen(
    avant: str, requete: str, attendues: dict[str, Any]
) -> None:
    assert variables(avant, requete, ELEVE, SUIVANTE) == attendues


def test_a_person_who_stands_alone_is_named_once() -> None:
    assert variables("", "query ($identites: [I!]!) { a }", ELEVE) == {"identites": [{"ine": "E"}]}
