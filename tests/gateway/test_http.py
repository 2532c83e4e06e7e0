"""What HTTP says of a question: methods, types, headers, tokens and recipients. A refusal asks no source."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from graph.errors import ErreurDeRequete, toutes
from habilitations.jeton import generer
from tests.application import SIRET, Application, application, guichet

pytestmark = pytest.mark.asyncio(loop_scope="module")

GRAPHQL_JSON, JSON = "application/graphql-response+json", "application/json"
PERSONNE = "dubois-angela"
QUERY = (
    "query($identite: IdentiteInput!) { particulier(identite: $identite) { statutEtudiant { identite { prenom } } } }"
)
MESSAGES = {(classe.code, classe.status): classe.message for classe in toutes() if issubclass(classe, ErreurDeRequete)}
LA_POSTE = "35600000049837"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def app(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Application]:
    async with application(tmp_path_factory.mktemp("http")) as ouverte:
        yield ouverte


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def jeton(app: Application) -> str:
    return str((await app.jeton_de("tout"))["jeton"])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def variables(app: Application) -> Mapping[str, Any]:
    return {"identite": (await app.personnes())[PERSONNE]["identite"]}


def corps(variables: Mapping[str, Any], query: str = QUERY) -> bytes:
    return json.dumps({"query": query, "variables": variables}).encode()


async def assert_refused(app: Application, reponse: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Check the one form of every refusal, and that no source was asked. Return its entry."""
    assert reponse.status_code == status, reponse.text
    refus = reponse.json()
    assert list(refus) == ["errors"]
    (entree,) = refus["errors"]
    suite = entree["extensions"]
    assert suite["code"] == code
    assert entree["message"].startswith(MESSAGES[code, status])
    assert suite["requestId"] == reponse.headers["x-request-id"]
    assert "path" not in entree
    assert not any((await app.appels()).values())
    return dict(entree)


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def sans_appel(app: Application) -> None:
    await app.oublier_les_appels()


async def post(app: Application, jeton: str | None, contenu: Any, **headers: str) -> httpx.Response:
    """POST as curl would: `headers` win over a caller's usual ones, and underscores stand for hyphens."""
    usuels = {"Content-Type": JSON, "Accept": GRAPHQL_JSON}
    autorisation = {"Authorization": f"Bearer {jeton}"} if jeton else {}
    voulus = {nom.replace("_", "-"): valeur for nom, valeur in headers.items()}
    tous = {**usuels, **autorisation, **voulus}
    ecrits = [(nom.encode(), valeur.encode("latin-1")) for nom, valeur in tous.items() if valeur]
    return await app.client.post("/graphql", content=contenu, headers=ecrits)


# --- Methods, types -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("methode", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_only_post_is_served(app: Application, jeton: str, methode: str) -> None:
    reponse = await app.client.request(
        methode, "/graphql", params={"query": "{ __typename }"}, headers={"Authorization": f"Bearer {jeton}"}
    )
    assert reponse.status_code == 405
    assert reponse.headers["allow"] == "POST"
    if methode != "HEAD":
        await assert_refused(app, reponse, 405, "REQUETE_INVALIDE")


@pytest.mark.parametrize(
    "type_",
    [
        "",
        "text/plain",
        "application/graphql",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=iso-8859-1",
        "application/jsonp",
        "text/json",
    ],
)
async def test_only_json_in_utf8_is_read(app: Application, jeton: str, variables: Any, type_: str) -> None:
    await assert_refused(app, await post(app, jeton, corps(variables), Content_Type=type_), 415, "REQUETE_INVALIDE")


@pytest.mark.parametrize(
    "type_", ["application/json;charset=utf-8", "Application/JSON", 'application/json; charset="UTF-8"']
)
async def test_every_spelling_of_json_is_read(app: Application, jeton: str, variables: Any, type_: str) -> None:
    assert (await post(app, jeton, corps(variables), Content_Type=type_)).status_code == 200


@pytest.mark.parametrize(
    ("accept", "type_"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (GRAPHQL_JSON, GRAPHQL_JSON),
        (f"{GRAPHQL_JSON}, {JSON};q=0.9", GRAPHQL_JSON),
        (f"{JSON};q=0.5, {GRAPHQL_JSON};q=0.8", GRAPHQL_JSON),
        (f"text/html, {JSON}", JSON),
        ("Application/JSON; charset=utf-8", JSON),
    ],
)
async def test_the_type_of_an_answer_is_the_one_preferred(
    app: Application, jeton: str, variables: Any, accept: str, type_: str
) -> None:
    reponse = await post(app, jeton, corps(variables), Accept=accept or "*/*")
    assert reponse.status_code == 200
    assert reponse.headers["content-type"] == f"{type_}; charset=utf-8"
    assert reponse.json()["data"]["particulier"]["statutEtudiant"]


@pytest.mark.parametrize("accept", ["text/html", "application/xml, text/*", f"{GRAPHQL_JSON};q=0", "x", ";,;q=z"])
async def test_an_answer_that_nobody_accepts_is_refused(
    app: Application, jeton: str, variables: Any, accept: str
) -> None:
    reponse = await post(app, jeton, corps(variables), Accept=accept)
    await assert_refused(app, reponse, 406, "REQUETE_INVALIDE")
    assert reponse.headers["content-type"].startswith(JSON)


REFUS_DE_DOCUMENT = {
    "REQUETE_INVALIDE": ("{ inconnu }", {}),
    "REQUETE_TROP_COUTEUSE": ("{ " + "a " * 401 + "}", {}),
    "PARAMETRE_INVALIDE": (QUERY, {"identite": None}),
}


@pytest.mark.parametrize("code", REFUS_DE_DOCUMENT)
@pytest.mark.parametrize(
    ("accept", "status"),
    [(GRAPHQL_JSON, 400), (f"{GRAPHQL_JSON}, {JSON}", 400), ("*/*", 400), (JSON, 200), (f"{JSON}, */*;q=0.1", 200)],
)
async def test_a_refused_document_is_200_without_data_for_a_legacy_caller_only(
    app: Application, jeton: str, code: str, accept: str, status: int
) -> None:
    query, donnees = REFUS_DE_DOCUMENT[code]
    reponse = await post(app, jeton, corps(donnees, query), Accept=accept)
    assert reponse.status_code == status
    assert list(reponse.json()) == ["errors"]
    assert reponse.json()["errors"][0]["extensions"]["code"] == code


@pytest.mark.parametrize("accept", [GRAPHQL_JSON, JSON, "*/*"])
async def test_other_refusals_have_one_status_whatever_is_accepted(
    app: Application, jeton: str, variables: Any, accept: str
) -> None:
    bon = corps(variables)
    for code, status, reponse in (
        ("JETON_INVALIDE", 401, await post(app, None, bon, Accept=accept)),
        ("DESTINATAIRE_NON_COUVERT", 403, await post(app, jeton, bon, Accept=accept, X_Destinataire=LA_POSTE)),
        ("REQUETE_TROP_GROSSE", 413, await post(app, jeton, b" " * 65_537, Accept=accept)),
        ("REQUETE_INVALIDE", 415, await post(app, jeton, bon, Accept=accept, Content_Type="text/plain")),
    ):
        await assert_refused(app, reponse, status, code)


# --- Headers ------------------------------------------------------------------------------------------------------


async def test_an_answer_is_identified_and_never_stored(app: Application, jeton: str, variables: Any) -> None:
    reponse = await post(app, jeton, corps(variables))
    assert UUID(reponse.headers["x-request-id"])
    assert reponse.headers["cache-control"] == "no-store"
    assert reponse.headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in reponse.headers
    assert "errors" not in reponse.json()


async def test_the_trace_of_the_caller_is_continued(app: Application, jeton: str, variables: Any) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    reponse = await post(app, jeton, corps(variables), traceparent=f"00-{trace}-b7ad6b7169203331-01")
    version, continuee, span, drapeaux = reponse.headers["traceparent"].split("-")
    assert (version, continuee, drapeaux) == ("00", trace, "01")
    assert span != "b7ad6b7169203331"


@pytest.mark.parametrize("trace", ["x", "00-" + "0" * 32 + "-b7ad6b7169203331-01", "ff-" + "a" * 32 + "-" + "b" * 16])
async def test_a_trace_that_is_not_one_is_ignored(app: Application, jeton: str, variables: Any, trace: str) -> None:
    reponse = await post(app, jeton, corps(variables), traceparent=trace)
    assert reponse.status_code == 200
    assert len(reponse.headers["traceparent"].split("-")[1]) == 32


async def test_a_token_in_the_address_is_refused_even_beside_a_good_one(
    app: Application, jeton: str, variables: Any
) -> None:
    reponse = await app.client.post(
        "/graphql",
        params={"token": jeton},
        content=corps(variables),
        headers={"Content-Type": JSON, "Authorization": f"Bearer {jeton}"},
    )
    entree = await assert_refused(app, reponse, 400, "REQUETE_INVALIDE")
    assert jeton not in json.dumps(entree)


async def test_a_franceconnect_token_that_is_refused_is_not_repeated(
    app: Application, jeton: str, variables: Any
) -> None:
    canari = "ZWQXKJVB8471936052"
    reponse = await post(app, jeton, corps(variables), X_FranceConnect_Token=canari)
    entree = await assert_refused(app, reponse, 401, "FRANCECONNECT_INVALIDE")
    assert canari not in json.dumps(entree)


@pytest.mark.parametrize("delai", ["x", "-1", "1.5", "1e3", "²", "9" * 30])
async def test_a_deadline_that_is_not_a_number_is_refused(
    app: Application, jeton: str, variables: Any, delai: str
) -> None:
    reponse = await post(app, jeton, corps(variables), X_Delai_Max_Ms=delai)
    await assert_refused(app, reponse, 400, "REQUETE_INVALIDE")


@pytest.mark.parametrize("delai", ["0", "1", "500", "30000", "999999999"])
async def test_a_deadline_out_of_bounds_is_brought_within_them(
    app: Application, jeton: str, variables: Any, delai: str
) -> None:
    reponse = await post(app, jeton, corps(variables), X_Delai_Max_Ms=delai)
    assert "errors" not in reponse.json()


async def test_a_source_slower_than_the_deadline_leaves_its_bloc_null(
    app: Application, jeton: str, variables: Any
) -> None:
    source = "mesri_statut_etudiant"
    await app.mettre_en_panne(source, mode="lente", delai_ms=3_000)
    reponse = await post(app, jeton, corps(variables), X_Delai_Max_Ms="1")
    await app.lever_la_panne(source)
    (erreur,) = reponse.json()["errors"]
    assert erreur["extensions"]["code"] == "SOURCE_DELAI_DEPASSE"
    assert reponse.json()["data"] == {"particulier": {"statutEtudiant": None}}


@pytest.mark.parametrize("nom", ["X_Agent", "X_Demarche"])
async def test_a_label_of_the_caller_is_taken_up_to_200_characters(
    app: Application, jeton: str, variables: Any, nom: str
) -> None:
    assert (await post(app, jeton, corps(variables), **{nom: "a" * 200})).status_code == 200
    await app.oublier_les_appels()
    reponse = await post(app, jeton, corps(variables), **{nom: "a" * 201})
    await assert_refused(app, reponse, 400, "REQUETE_INVALIDE")


# --- Tokens -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "autorisation",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer apg_",
        "Bearer apg_" + "a" * 36,
        "Bearer " + "x" * 5_000,
        "Basic YTpi",
        "Basic INCONNU",
        "Bearer INCONNU",
        "Bearer INCONNU INCONNU",
        "Bearer apg_'; DROP TABLE jeton; --",
    ],
)
async def test_without_a_token_that_was_issued_nothing_is_executed(
    app: Application, variables: Any, autorisation: str
) -> None:
    inconnu = generer()
    reponse = await post(app, None, corps(variables), Authorization=autorisation.replace("INCONNU", inconnu))
    entree = await assert_refused(app, reponse, 401, "JETON_INVALIDE")
    assert reponse.headers["www-authenticate"] == "Bearer"
    assert inconnu not in json.dumps(entree)


async def test_even_the_schema_is_not_introspected_without_a_token(app: Application) -> None:
    reponse = await post(app, None, corps({}, "{ __schema { types { name } } }"))
    await assert_refused(app, reponse, 401, "JETON_INVALIDE")


async def test_a_revoked_token_is_refused_at_the_next_request(app: Application, variables: Any) -> None:
    async with guichet(app) as store:
        habilitation = await store.creer_habilitation(
            intitule="Cantine", sirets=[SIRET], scopes=["mesri_identite"], cadre_juridique="CRPA, art. L. 114-8"
        )
        emis = await store.emettre(habilitation.id)
        assert (await post(app, emis.texte, corps(variables))).status_code == 200
        await app.oublier_les_appels()
        await store.revoquer(emis.jeton.id)
        await assert_refused(app, await post(app, emis.texte, corps(variables)), 401, "JETON_REVOQUE")


async def test_a_suspended_grant_opens_nothing(app: Application, variables: Any) -> None:
    async with guichet(app) as store:
        habilitation = await store.creer_habilitation(
            intitule="Cantine", sirets=[SIRET], scopes=["mesri_identite"], cadre_juridique="CRPA, art. L. 114-8"
        )
        emis = await store.emettre(habilitation.id)
        await store.suspendre(habilitation.id)
        await assert_refused(app, await post(app, emis.texte, corps(variables)), 403, "HABILITATION_INACTIVE")


async def test_a_token_past_its_end_is_refused(tmp_path: Path) -> None:
    async with application(tmp_path) as app:
        texte = await app.jeton(["mesri_identite"])
        identite = (await app.personnes())[PERSONNE]["identite"]
        assert (await app.demander(QUERY, {"identite": identite}, texte)).status_code == 200
        await app.oublier_les_appels()
        app.horloge.instant += timedelta(days=366)
        reponse = await app.demander(QUERY, {"identite": identite}, texte)
        await assert_refused(app, reponse, 401, "JETON_EXPIRE")


async def test_a_caller_sees_its_own_grant(app: Application) -> None:
    texte = await app.jeton(["mesri_identite", "cnaf_enfants"], LA_POSTE)
    reponse = await app.demander("{ habilitation { scopes destinataires expire cadreJuridique } }", jeton=texte)
    habilitation = reponse.json()["data"]["habilitation"]
    assert habilitation["scopes"] == ["cnaf_enfants", "mesri_identite"]
    assert habilitation["destinataires"] == [LA_POSTE]
    assert habilitation["expire"].startswith("2027-11-23")
    assert texte not in reponse.text


# --- Recipients ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("siret", ["x", "", "1300250650001", "130025065000133", "13002506500014", "１3002526500013"])
async def test_a_recipient_that_is_not_a_siret_is_refused(
    app: Application, jeton: str, variables: Any, siret: str
) -> None:
    reponse = await app.client.post(
        "/graphql",
        content=corps(variables),
        headers=[
            (b"Content-Type", JSON.encode()),
            (b"Authorization", f"Bearer {jeton}".encode()),
            (b"X-Destinataire", siret.encode()),
        ],
    )
    entree = await assert_refused(app, reponse, 400, "DESTINATAIRE_INVALIDE")
    assert not siret or siret not in entree["message"]


async def test_a_recipient_that_the_grant_does_not_cover_is_refused(
    app: Application, jeton: str, variables: Any
) -> None:
    reponse = await post(app, jeton, corps(variables), X_Destinataire="21750001600019")
    entree = await assert_refused(app, reponse, 403, "DESTINATAIRE_NON_COUVERT")
    assert "21750001600019" not in entree["message"]


@pytest.mark.parametrize("siret", [SIRET, LA_POSTE])
async def test_a_recipient_that_the_grant_covers_is_accepted(app: Application, variables: Any, siret: str) -> None:
    texte = await app.jeton(["mesri_identite"], siret)
    for entete in ({}, {"X_Destinataire": siret}):
        assert (await post(app, texte, corps(variables), **entete)).status_code == 200


async def test_a_grant_with_several_recipients_must_be_told_which_one(app: Application, variables: Any) -> None:
    async with guichet(app) as store:
        habilitation = await store.creer_habilitation(
            intitule="Éditeur", sirets=[SIRET, LA_POSTE], scopes=["mesri_identite"], cadre_juridique="CRPA"
        )
        texte = (await store.emettre(habilitation.id)).texte
    await assert_refused(app, await post(app, texte, corps(variables)), 400, "DESTINATAIRE_INVALIDE")
    assert (await post(app, texte, corps(variables), X_Destinataire=LA_POSTE)).status_code == 200


# --- Other routes -------------------------------------------------------------------------------------------------


async def test_the_schema_needs_no_token(app: Application) -> None:
    reponse = await app.client.get("/schema.graphql")
    assert reponse.text == (Path(__file__).parents[2] / "schema.graphql").read_text(encoding="utf-8")


async def test_the_server_tells_that_it_lives_and_is_ready(app: Application) -> None:
    assert (await app.client.get("/livez")).status_code == 200
    prete = await app.client.get("/readyz")
    assert prete.status_code == 200
    assert set(prete.json().values()) == {True}


async def test_requests_and_calls_are_counted_without_naming_anybody(
    app: Application, jeton: str, variables: Any
) -> None:
    await post(app, jeton, corps(variables))
    metriques = (await app.client.get("/metrics")).text
    assert 'particulier_requests_total{code="OK",status="200"}' in metriques
    assert 'particulier_source_calls_total{cause="",outcome="OBTENU",source="mesri_statut_etudiant"}' in metriques
    assert jeton not in metriques
    assert variables["identite"]["ine"] not in metriques
