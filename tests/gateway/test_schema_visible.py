"""Over HTTP: the schema that a token shows is the one it may query, and a question is explained without a trace."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
import pytest_asyncio
from graphql import (
    GraphQLSchema,
    build_client_schema,
    build_schema,
    get_introspection_query,
    lexicographic_sort_schema,
    print_schema,
    validate_schema,
)

from audit.registre import lire
from gateway.settings import Settings
from graph.situation_fiscale import SCOPE_REPLI, SCOPES_ANNEES
from habilitations.jeton import generer
from tests.application import Application, application
from tests.proprietes.generateur import draw_scopes
from tests.proprietes.lecture import read_types
from tests.proprietes.monde import everything, read_parameters

# One worker for the whole file: its tests share one gateway.
pytestmark = pytest.mark.asyncio(loop_scope="module")

SDL = (Path(__file__).parents[2] / "schema.graphql").read_text(encoding="utf-8")
ADRESSE = "/schema.graphql"
MOI = {"habilitation": "moi"}
EXPLIQUER = """query($requete: String!, $variables: JSON) {
  expliquer(requete: $requete, variables: $variables) {
    acceptee code message appels personnes
    champs { chemin champ accorde scopesManquants demande source disponibilite latenceMedianeMs }
  }
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def app(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Application]:
    async with application(tmp_path_factory.mktemp("visible")) as ouverte:
        yield ouverte


async def vu(app: Application, jeton: str) -> httpx.Response:
    return await app.client.get(ADRESSE, params=MOI, headers={"Authorization": f"Bearer {jeton}"})


async def introspecte(app: Application, jeton: str) -> Any:
    reponse = await app.demander(get_introspection_query(specified_by_url=True), jeton=jeton)
    return reponse.raise_for_status().json()["data"]


def sans_directives(schema: GraphQLSchema) -> str:
    """Print a schema without what introspection does not tell, in one order."""
    return print_schema(lexicographic_sort_schema(schema))


@pytest.mark.parametrize("autorisation", [None, "Bearer INCONNU"])
async def test_the_whole_schema_is_given_to_anybody(app: Application, autorisation: str | None) -> None:
    reponse = await app.client.get(ADRESSE, headers={"Authorization": autorisation} if autorisation else {})
    assert (reponse.status_code, reponse.text) == (200, SDL)
    assert reponse.headers["content-type"] == "application/graphql; charset=utf-8"


async def test_a_token_shows_what_it_may_query_in_print_and_by_introspection(app: Application) -> None:
    jeton = await app.jeton(["mesri_identite", "dgfip_annee_n_moins_2", "dgfip_nmUsaDec2"])
    reponse = await vu(app, jeton)
    assert reponse.status_code == 200
    assert reponse.headers["content-type"] == "application/graphql; charset=utf-8"
    assert reponse.headers["cache-control"] == "no-store"
    schema = build_schema(reponse.text)
    assert validate_schema(schema) == []
    assert sorted(read_types(reponse.text)["Particulier"]) == ["situationFiscale", "sources", "statutEtudiant"]
    assert sorted(read_types(reponse.text)["Declarant2"]) == ["nomUsage"]
    assert '@requiresScopes(scopes: [["dgfip_nmUsaDec2"]])' in reponse.text
    assert sans_directives(build_client_schema(await introspecte(app, jeton))) == sans_directives(schema)


async def test_the_token_that_opens_everything_shows_everything(app: Application) -> None:
    jeton = (await app.jeton_de("tout"))["jeton"]
    assert (await vu(app, jeton)).text == SDL
    client = build_client_schema(await introspecte(app, jeton))
    assert sans_directives(client) == sans_directives(build_schema(SDL))


@pytest.mark.parametrize("autorisation", ["", "Bearer INCONNU", "Basic INCONNU", "Bearer apg_x"])
async def test_a_token_that_was_never_issued_is_refused_as_a_question_is(app: Application, autorisation: str) -> None:
    headers = {"Authorization": autorisation.replace("INCONNU", generer())}
    reponse = await app.client.get(ADRESSE, params=MOI, headers=headers)
    question = await app.demander("{ habilitation { scopes } }", headers=headers)
    assert reponse.status_code == question.status_code == 401
    assert sans_identifiant(reponse) == sans_identifiant(question)
    assert reponse.headers["www-authenticate"] == "Bearer"
    assert reponse.headers["cache-control"] == "no-store"


def sans_identifiant(reponse: httpx.Response) -> Any:
    corps = reponse.json()
    assert corps["errors"][0]["extensions"].pop("requestId") == reponse.headers["x-request-id"]
    return corps


@pytest.mark.parametrize("valeur", ["", "tous", "MOI"])
async def test_another_view_than_ones_own_is_refused(app: Application, valeur: str) -> None:
    reponse = await app.client.get(ADRESSE, params={"habilitation": valeur})
    assert (reponse.status_code, reponse.json()["errors"][0]["extensions"]["code"]) == (400, "REQUETE_INVALIDE")


@pytest.mark.parametrize("graine", range(6))
async def test_all_that_a_token_shows_is_answered_without_a_refusal(app: Application, graine: int) -> None:
    alea = Random(graine)  # noqa: S311 - cases must be found again
    jeton = await app.jeton(draw_scopes(alea, read_types(SDL), read_parameters(SDL)))
    types = read_types((await vu(app, jeton)).text)
    personne = (await app.personnes())["delatour-thomas"]
    blocs = [nom for nom in types["Particulier"] if nom not in personne["arguments"] or not personne["arguments"][nom]]
    corps = " ".join(f"{nom} {everything(types, types['Particulier'][nom][1])}" for nom in blocs)
    query = f"query($i: IdentiteInput!) {{ particulier(identite: $i) {{ {corps} }} }}"
    reponse = (await app.demander(query, {"i": personne["identite"]}, jeton)).json()
    assert "data" in reponse, reponse
    codes = {erreur["extensions"]["code"] for erreur in reponse.get("errors", [])}
    assert "NON_HABILITE" not in codes


async def test_a_field_that_is_not_shown_is_refused_by_its_scope_without_a_suggestion(app: Application) -> None:
    jeton = await app.jeton(["mesri_identite"])
    identite = (await app.personnes())["delatour-thomas"]["identite"]
    query = "query($i: IdentiteInput!) { particulier(identite: $i) { statutEtudiant { admissions { dateDebut } } } }"
    (erreur,) = (await app.demander(query, {"i": identite}, jeton)).json()["errors"]
    assert (erreur["extensions"]["code"], erreur["extensions"]["scopes"]) == ("NON_HABILITE", ["mesri_admissions"])
    refus = await app.demander("{ particulier { statutEtudian { ine } } }", jeton=jeton)
    assert refus.status_code == 400
    assert "statutEtudiant" not in refus.text


async def test_introspection_beside_a_question_is_refused(app: Application) -> None:
    reponse = await app.demander("{ __schema { description } habilitation { scopes } }", jeton=await app.jeton([]))
    assert reponse.status_code == 400
    (erreur,) = reponse.json()["errors"]
    assert erreur["extensions"]["code"] == "REQUETE_INVALIDE"
    assert "se demande seule" in erreur["message"]


async def test_a_question_is_explained_without_a_call_a_trace_or_a_person(app: Application) -> None:
    jeton = await app.jeton(["mesri_identite"])
    await app.oublier_les_appels()
    avant = len(list(lire(app.dossier / "journal.db")))
    requete = "query($i: IdentiteInput!) { particulier(identite: $i) { statutEtudiant { identite { prenom } "
    requete += "admissions { dateDebut } } situationFiscale { revenuFiscalReference } } }"
    reponse = await app.demander(EXPLIQUER, {"requete": requete}, jeton)
    explication = reponse.json()["data"]["expliquer"]
    champs = explication.pop("champs")
    assert explication == {"acceptee": True, "code": None, "message": None, "appels": 1, "personnes": 1}
    sources = (await app.demander("{ sources { nom disponibilite latenceMedianeMs } }", jeton=jeton)).json()["data"]
    (etat,) = [une for une in sources["sources"] if une.pop("nom") == "mesri_statut_etudiant"]
    mesri = {"source": "mesri_statut_etudiant", **etat}
    bloc = "particulier.statutEtudiant"
    assert champs[:2] == [
        {
            "chemin": f"{bloc}.identite.prenom",
            "champ": "statutEtudiant.identite.prenom",
            "accorde": True,
            "scopesManquants": [],
            "demande": None,
            **mesri,
        },
        {
            "chemin": f"{bloc}.admissions.dateDebut",
            "champ": "statutEtudiant.admissions.dateDebut",
            "accorde": False,
            "scopesManquants": ["mesri_admissions"],
            "demande": Settings().demande_url,
            **mesri,
        },
    ]
    assert champs[2]["source"] == "dgfip_situation_fiscale"
    assert champs[2]["scopesManquants"] == sorted([*SCOPES_ANNEES, SCOPE_REPLI, "dgfip_rfr"])
    assert not any((await app.appels()).values())
    assert len(list(lire(app.dossier / "journal.db"))) == avant


async def test_the_refusal_explained_is_the_one_that_the_question_meets(app: Application) -> None:
    jeton = await app.jeton([])
    for query, variables in (
        ("{ particulier { inconnu } }", None),
        ("query($i: IdentiteInput) { particulier(identite: $i) { __typename } }", {"i": {"ine": "x"}}),
        ("{" * 100, {}),
    ):
        refus = (await app.demander(query, variables, jeton)).json()["errors"][0]
        reponse = await app.demander(EXPLIQUER, {"requete": query, "variables": variables}, jeton)
        explication = reponse.json()["data"]["expliquer"]
        assert not explication["acceptee"]
        assert (explication["code"], explication["message"]) == (refus["extensions"]["code"], refus["message"])


async def test_a_document_as_long_as_a_body_may_be_is_explained_within_the_bounds_of_any_other(
    app: Application,
) -> None:
    jeton = await app.jeton([])
    for requete in ("{ a " * 15_000, "query " + "x" * 60_000 + " { __typename }", '{ a(b: "' + "[" * 60_000 + '") }'):
        assert len(json.dumps(requete)) < 64_000
        reponse = await app.demander(EXPLIQUER, {"requete": requete, "variables": {}}, jeton)
        assert reponse.status_code == 200
        assert "errors" not in reponse.json()
    profonde: Any = {}
    for _ in range(400):
        profonde = {"i": profonde}
    requete = "query($i: IdentiteInput) { particulier(identite: $i) { __typename } }"
    reponse = await app.demander(EXPLIQUER, {"requete": requete, "variables": profonde}, jeton)
    assert reponse.json()["data"]["expliquer"]["code"] == "PARAMETRE_INVALIDE"
    litteral = "[" * 100 + "]" * 100
    reponse = await app.demander(f'{{ expliquer(requete: "{{ a }}", variables: {litteral}) {{ code }} }}', {}, jeton)
    assert reponse.json()["data"]["expliquer"]["code"] == "REQUETE_INVALIDE"
