"""GraphiQL is served by us alone, under a strict policy, and its example queries are valid."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from graphql import build_schema, parse, validate

from gateway.graphiql import build_router

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
