"""What a caller may send wrong: each time the right code, in French, none of its values, no source asked, never a 5xx.

Then what a source may answer wrong: its bloc is null with the right code, and the others are answered.
"""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest
import pytest_asyncio

from graph.errors import ErreurDeRequete, toutes
from graph.identite import FRANCE_CONNECT, PIVOT_SITUE
from tests.application import Application, application

pytestmark = pytest.mark.asyncio(loop_scope="module")

#: Values that no message of ours holds.
CANARI, NOMBRE = "ZWQXKJVB8471936052", 847193605
PERSONNE = "dubois-angela"
MESSAGES = {classe.code: classe.message for classe in toutes() if issubclass(classe, ErreurDeRequete)}
SOURCES = {
    "dgfip_situation_fiscale": "situationFiscale { revenuFiscalReference }",
    "cnav_quotient_familial": "dossierAllocataire { quotientFamilial { valeur } }",
    "mesri_statut_etudiant": "statutEtudiant { identite { prenom } }",
}
BLOCS = {source: selection.split(" ", 1)[0] for source, selection in SOURCES.items()}
TOUT = " ".join(SOURCES.values())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def app(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Application]:
    async with application(tmp_path_factory.mktemp("entrees")) as ouverte:
        yield ouverte


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def jeton(app: Application) -> str:
    return str((await app.jeton_de("tout"))["jeton"])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def identite(app: Application) -> Mapping[str, Any]:
    une: Mapping[str, Any] = (await app.personnes())[PERSONNE]["identite"]
    return une


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def sans_appel(app: Application) -> None:
    await app.oublier_les_appels()


async def send(app: Application, jeton: str, contenu: Any) -> httpx.Response:
    headers = {"Content-Type": "application/json", "Accept": "application/graphql-response+json"}
    return await app.client.post("/graphql", content=contenu, headers={**headers, "Authorization": f"Bearer {jeton}"})


async def assert_refused(app: Application, reponse: httpx.Response, code: str, status: int = 400) -> str:
    """Check a refusal: its code, its French, its silence, and that no source was asked. Return its message."""
    assert reponse.status_code == status, reponse.text
    (erreur,) = reponse.json()["errors"]
    assert "data" not in reponse.json()
    assert erreur["extensions"]["code"] == code
    assert erreur["message"].startswith(MESSAGES[code])
    assert erreur["message"].endswith(".")
    assert CANARI not in reponse.text
    assert str(NOMBRE) not in reponse.text
    assert not any((await app.appels()).values())
    return str(erreur["message"])


# --- Bodies -------------------------------------------------------------------------------------------------------

QUERY = f'"query": "{{ __typename }}", "operationName": null, "x": "{CANARI}"'
CORPS: dict[str, bytes] = {
    "empty": b"",
    "blank": b"  \r\n ",
    "not JSON": f"query={CANARI}".encode(),
    "cut JSON": f'{{"query": "{CANARI}'.encode(),
    "a text": f'"{CANARI}"'.encode(),
    "a number": str(NOMBRE).encode(),
    "null": b"null",
    "a list": b"[]",
    "a batch": f"[{{{QUERY}}}, {{{QUERY}}}]".encode(),
    "deep lists": b"[" * 3_000 + b"]" * 3_000,
    "open lists": b"[" * 3_000,
    "deep objects": b'{"a":' * 3_000 + b"1" + b"}" * 3_000,
    "deep variables": b'{"query": "{ __typename }", "variables": {"a": ' + b"[" * 3_000 + b"]" * 3_000 + b"}}",
    "an endless integer": f'{{{QUERY}, "variables": {{"a": {"8471936052" * 500}}}}}'.encode() + b"}",
    "NaN": b'{"query": "{ __typename }", "variables": {"a": NaN}}',
    "a lone surrogate": b'{"query": "{ __typename }", "variables": {"a": "\\ud800"}}',
    "invalid UTF-8": b'{"query": "{ __typename } # \xff"}',
    "UTF-16": '{"query": "{ __typename }"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + b'{"query": "{ __typename }"}',
    "two values": b'{"query": "{ __typename }"} {}',
    "no query": f'{{"variables": {{"a": "{CANARI}"}}}}'.encode(),
    "a null query": b'{"query": null}',
    "an empty query": b'{"query": ""}',
    "a blank query": b'{"query": " \\n "}',
    "a numeric query": f'{{"query": {NOMBRE}}}'.encode(),
    "a list of queries": f'{{"query": ["{CANARI}"]}}'.encode(),
    "a numeric operation": f'{{"query": "{{ __typename }}", "operationName": {NOMBRE}}}'.encode(),
    "textual variables": f'{{"query": "{{ __typename }}", "variables": "{CANARI}"}}'.encode(),
    "listed variables": f'{{"query": "{{ __typename }}", "variables": ["{CANARI}"]}}'.encode(),
    "textual extensions": f'{{"query": "{{ __typename }}", "extensions": "{CANARI}"}}'.encode(),
}


@pytest.mark.parametrize("nom", CORPS)
async def test_a_body_that_is_not_a_request_is_refused(app: Application, jeton: str, nom: str) -> None:
    await assert_refused(app, await send(app, jeton, CORPS[nom]), "REQUETE_INVALIDE")


@pytest.mark.parametrize("nom", ["extra members", "unknown variables", "an empty operation name"])
async def test_what_the_protocol_ignores_is_ignored(app: Application, jeton: str, nom: str) -> None:
    corps = {
        "extra members": {"query": "{ __typename }", "x": CANARI},
        "unknown variables": {"query": "{ __typename }", "variables": {"x": CANARI}, "extensions": {"y": CANARI}},
        "an empty operation name": {"query": "{ __typename }", "operationName": ""},
    }[nom]
    reponse = await send(app, jeton, json.dumps(corps))
    assert reponse.json() == {"data": {"__typename": "Query"}}


async def in_pieces(corps: bytes) -> AsyncIterator[bytes]:
    """Yield a body whose length is not announced."""
    for debut in range(0, len(corps), 8_192):
        yield corps[debut : debut + 8_192]


@pytest.mark.parametrize("annonce", ["announced", "not announced"])
async def test_a_body_over_64_kib_is_refused(app: Application, jeton: str, annonce: str) -> None:
    corps = json.dumps({"query": "{ __typename }", "x": CANARI}).encode().ljust(64 * 1024 + 1)
    reponse = await send(app, jeton, corps if annonce == "announced" else in_pieces(corps))
    await assert_refused(app, reponse, "REQUETE_TROP_GROSSE", 413)


@pytest.mark.parametrize("annonce", ["announced", "not announced"])
async def test_a_body_of_64_kib_is_read(app: Application, jeton: str, annonce: str) -> None:
    corps = b'{"query": "{ __typename }"}'.ljust(64 * 1024)
    reponse = await send(app, jeton, corps if annonce == "announced" else in_pieces(corps))
    assert reponse.json() == {"data": {"__typename": "Query"}}


# --- Documents ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("{", {}, "REQUETE_INVALIDE"),
        (f"# {CANARI}", {}, "REQUETE_INVALIDE"),
        ("query A { __typename } query B { __typename }", {}, "REQUETE_INVALIDE"),
        ("mutation { a }", {}, "REQUETE_INVALIDE"),
        ("subscription { a }", {}, "REQUETE_INVALIDE"),
        ("{ nulPart }", {}, "REQUETE_INVALIDE"),
        ("{ particulier }", {}, "REQUETE_INVALIDE"),
        (f'{{ particulier(nir: "{CANARI}") {{ __typename }} }}', {}, "REQUETE_INVALIDE"),
        (f'{{ particulier(identite: {{ nir: "{CANARI}" }}) {{ __typename }} }}', {}, "REQUETE_INVALIDE"),
        (f"{{ particulier(identite: {{ ine: {NOMBRE} }}) {{ __typename }} }}", {}, "REQUETE_INVALIDE"),
        ("query($x: Inconnu) { __typename }", {}, "REQUETE_INVALIDE"),
        ("query($x: Int) { __typename }", {"x": NOMBRE}, "REQUETE_INVALIDE"),
        ("{ particulier(identite: $x) { __typename } }", {"x": CANARI}, "REQUETE_INVALIDE"),
        ("query($x: Int!) { particulier(identite: $x) { __typename } }", {"x": NOMBRE}, "REQUETE_INVALIDE"),
        ("{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }", {}, "REQUETE_INVALIDE"),
        ("{ particulier { __typename } }", {}, "PARAMETRE_INVALIDE"),
        ("{ particulier(identite: null) { __typename } }", {}, "PARAMETRE_INVALIDE"),
        ("{ particulier(identite: {}) { __typename } }", {}, "PARAMETRE_INVALIDE"),
        ("query($x: IdentiteInput!) { particulier(identite: $x) { __typename } }", {}, "PARAMETRE_INVALIDE"),
        ("query($b: Boolean = true) { __typename @include(if: $b) }", {"b": None}, "PARAMETRE_INVALIDE"),
        (
            "query($b: Boolean = true) { __schema { types { name @include(if: $b) } } }",
            {"b": None},
            "PARAMETRE_INVALIDE",
        ),
        ('query($n: String = "A") { __type(name: $n) { name } }', {"n": None}, "PARAMETRE_INVALIDE"),
        (
            'query($r: String = "{ __typename }") { expliquer(requete: $r) { acceptee } }',
            {"r": None},
            "PARAMETRE_INVALIDE",
        ),
        ("query($b: Boolean!) { __typename @skip(if: $b) }", {"b": CANARI}, "PARAMETRE_INVALIDE"),
        ("{ " + "a { " * 9 + "b" + " }" * 10, {}, "REQUETE_TROP_COUTEUSE"),
        ("{ " + "a " * 11 + "}", {}, "REQUETE_TROP_COUTEUSE"),
        ("{ h: habilitation { " + "a " * 400 + "} }", {}, "REQUETE_TROP_COUTEUSE"),
        (
            "{ habilitation { " + " ".join(f"a{rang}: scopes" for rang in range(21)) + " } }",
            {},
            "REQUETE_TROP_COUTEUSE",
        ),
        ("{ habilitation { " + "scopes @skip(if: true) " * 41 + "} }", {}, "REQUETE_TROP_COUTEUSE"),
        ("{ particulier { " + "statutEtudiant { __typename } " * 31 + "} }", {}, "REQUETE_TROP_COUTEUSE"),
        ("{ ...A } fragment A on Query { ...A }", {}, "REQUETE_INVALIDE"),
        (
            "{ ...F0 } "
            + " ".join(f"fragment F{rang} on Query {{ ...F{rang + 1} ...F{rang + 1} }}" for rang in range(29))
            + " fragment F29 on Query { __typename }",
            {},
            "REQUETE_TROP_COUTEUSE",
        ),
        (
            "{ __typename } " + " ".join(f"fragment F{rang} on Query {{ __typename }}" for rang in range(31)),
            {},
            "REQUETE_TROP_COUTEUSE",
        ),
        ("{ " + "__typename " * 2_000 + "}", {}, "REQUETE_TROP_COUTEUSE"),
    ],
)
async def test_a_document_that_cannot_be_served_is_refused(
    app: Application, jeton: str, query: str, variables: dict[str, Any], code: str
) -> None:
    await assert_refused(app, await app.demander(query, variables, jeton), code)


async def test_more_persons_than_granted_are_refused(app: Application) -> None:
    jeton = await app.jeton(["mesri_identite"], personnes=1)
    query = f"""query($i: IdentiteInput!, $j: IdentiteInput!) {{
      p: particulier(identite: $i) {{ {TOUT} }} q: particulier(identite: $j) {{ {TOUT} }}
    }}"""
    reponse = await app.demander(query, {"i": {"ine": "123456789AB"}, "j": {"ine": "123456789AC"}}, jeton)
    await assert_refused(app, reponse, "REQUETE_TROP_COUTEUSE")


async def test_an_unknown_operation_is_refused(app: Application, jeton: str) -> None:
    corps = {"query": "query A { __typename }", "operationName": CANARI}
    await assert_refused(app, await send(app, jeton, json.dumps(corps)), "REQUETE_INVALIDE")


# --- Values -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pivot", "chemin"),
    [
        ({"nomNaissance": f"{CANARI}"}, "nomNaissance"),
        ({"nomNaissance": ""}, "nomNaissance"),
        ({"nomNaissance": NOMBRE}, "nomNaissance"),
        ({"nomNaissance": None}, "nomNaissance"),
        ({"prenoms": []}, "prenoms"),
        ({"prenoms": ["Anne", CANARI]}, "prenoms"),
        ({"prenoms": ["Anne"] * 21}, "prenoms"),
        ({"anneeDateNaissance": 2023, "moisDateNaissance": 2, "jourDateNaissance": 30}, "anneeDateNaissance"),
        ({"anneeDateNaissance": 2026, "moisDateNaissance": 12, "jourDateNaissance": 1}, "anneeDateNaissance"),
        ({"anneeDateNaissance": 1987, "moisDateNaissance": NOMBRE}, "anneeDateNaissance"),
        ({"anneeDateNaissance": NOMBRE}, "anneeDateNaissance"),
        ({"anneeDateNaissance": NOMBRE * 10**9}, "anneeDateNaissance"),
        ({"anneeDateNaissance": f"{NOMBRE}"}, "anneeDateNaissance"),
        ({"moisDateNaissance": 6}, "anneeDateNaissance"),
        ({"sexeEtatCivil": CANARI}, "sexeEtatCivil"),
        ({"codeCogInseeCommuneNaissance": CANARI}, "codeCogInseeCommuneNaissance"),
        ({"codeCogInseePaysNaissance": CANARI}, "codeCogInseePaysNaissance"),
        ({"codeCogInseeDepartementNaissance": CANARI}, "codeCogInseeDepartementNaissance"),
        ({CANARI: "x"}, ""),
    ],
)
async def test_an_impossible_identity_is_refused_and_says_which_part(
    app: Application, jeton: str, pivot: dict[str, Any], chemin: str
) -> None:
    donnees = {"identite": {"identitePivot": {"nomNaissance": "Martin", "prenoms": ["Anne"], **pivot}}}
    query = f"query($identite: IdentiteInput!) {{ particulier(identite: $identite) {{ {TOUT} }} }}"
    message = await assert_refused(app, await app.demander(query, donnees, jeton), "PARAMETRE_INVALIDE")
    assert chemin in message


@pytest.mark.parametrize(
    ("cle", "valeur"),
    [("ine", CANARI), ("ine", str(NOMBRE)), ("ine", NOMBRE), ("numeroFiscal", str(NOMBRE)), ("numeroFiscal", [CANARI])],
)
async def test_an_impossible_key_is_refused(app: Application, jeton: str, cle: str, valeur: Any) -> None:
    query = f"query($identite: IdentiteInput!) {{ particulier(identite: $identite) {{ {TOUT} }} }}"
    reponse = await app.demander(query, {"identite": {cle: valeur}}, jeton)
    assert cle in await assert_refused(app, reponse, "PARAMETRE_INVALIDE")


@pytest.mark.parametrize(
    "arguments",
    [
        "situationFiscale(anneeRevenus: 2026)",
        "situationFiscale(anneeRevenus: 2022)",
        f"situationFiscale(anneeRevenus: {NOMBRE})",
        "dossierAllocataire(annee: 2026, mois: 12)",
        "dossierAllocataire(annee: 2024, mois: 11)",
        "dossierAllocataire(mois: 0)",
        "dossierAllocataire(mois: 13)",
        f"dossierAllocataire(annee: {NOMBRE})",
        f"dossierAllocataire(annee: -{NOMBRE})",
        f"dossierAllocataire(mois: {NOMBRE})",
    ],
)
async def test_a_period_out_of_range_is_refused_for_the_whole_request(
    app: Application, jeton: str, identite: Any, arguments: str
) -> None:
    query = f"""query($identite: IdentiteInput!) {{
      particulier(identite: $identite) {{ {TOUT} autre: {arguments} {{ __typename }} }}
    }}"""
    await assert_refused(app, await app.demander(query, {"identite": identite}, jeton), "PARAMETRE_INVALIDE")


@pytest.mark.parametrize("valeur", [10**15, -(10**15), 1.5, "2025", True, [[2025]], {"a": NOMBRE}, 1e300])
async def test_a_year_of_another_type_is_refused(app: Application, jeton: str, identite: Any, valeur: Any) -> None:
    query = """query($identite: IdentiteInput!, $annee: Int) {
      particulier(identite: $identite) { situationFiscale(anneeRevenus: $annee) { nombreParts } }
    }"""
    reponse = await app.demander(query, {"identite": identite, "annee": valeur}, jeton)
    await assert_refused(app, reponse, "PARAMETRE_INVALIDE")


# --- Keys ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cles", "servis", "attendus"),
    [
        (
            ["ine"],
            {"statutEtudiant"},
            {
                "situationFiscale": ["numeroFiscal"],
                "dossierAllocataire": [FRANCE_CONNECT.texte, PIVOT_SITUE.texte],
            },
        ),
        (["identitePivot"], {"dossierAllocataire", "statutEtudiant"}, {"situationFiscale": ["numeroFiscal"]}),
        (["ine", "numeroFiscal", "identitePivot"], {"situationFiscale", "dossierAllocataire", "statutEtudiant"}, {}),
    ],
)
async def test_a_bloc_alone_is_null_when_no_key_suits_its_source(  # noqa: PLR0913 - fixtures and cases
    app: Application, jeton: str, identite: Any, *, cles: list[str], servis: set[str], attendus: dict[str, list[str]]
) -> None:
    query = f"query($identite: IdentiteInput!) {{ particulier(identite: $identite) {{ {TOUT} }} }}"
    reponse = await app.demander(query, {"identite": {cle: identite[cle] for cle in cles}}, jeton)
    particulier = reponse.json()["data"]["particulier"]
    assert {bloc for bloc, valeur in particulier.items() if valeur} == servis
    erreurs = {une["path"][-1]: une["extensions"] for une in reponse.json().get("errors", [])}
    assert {bloc: une["identifiants"] for bloc, une in erreurs.items()} == attendus
    assert {(une["code"], une["etat"], une["retryable"]) for une in erreurs.values()} <= {
        ("IDENTIFIANT_MANQUANT", "INCONNU", False)
    }
    appels = await app.appels()
    assert {BLOCS[source] for source, nombre in appels.items() if nombre} == servis


# --- Sources that fail --------------------------------------------------------------------------------------------

PANNES: dict[str, tuple[dict[str, Any], str]] = {
    "lente": ({"delai_ms": 3_000}, "SOURCE_DELAI_DEPASSE"),
    "muette": ({}, "SOURCE_DELAI_DEPASSE"),
    "refusee": ({}, "SOURCE_INDISPONIBLE"),
    "coupee": ({}, "SOURCE_INDISPONIBLE"),
    "erreur_500": ({}, "SOURCE_INDISPONIBLE"),
    "indisponible_503": ({"retry_after": 7}, "SOURCE_INDISPONIBLE"),
    "quota_429": ({"retry_after": 7}, "SOURCE_QUOTA"),
    "tronquee": ({}, "SOURCE_REPONSE_INVALIDE"),
    "type_errone": ({}, "SOURCE_REPONSE_INVALIDE"),
    "html": ({}, "SOURCE_REPONSE_INVALIDE"),
    "trop_grosse": ({}, "SOURCE_REPONSE_INVALIDE"),
}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("mode", PANNES)
async def test_a_source_that_fails_leaves_its_bloc_null_and_the_others_answered(
    app: Application, jeton: str, identite: Any, mode: str, source: str
) -> None:
    options, code = PANNES[mode]
    query = f"""query($identite: IdentiteInput!) {{
      particulier(identite: $identite) {{ {TOUT} sources {{ chemin source etat code }} }}
    }}"""
    await app.mettre_en_panne(source, mode=mode, **options)
    reponse = await app.demander(query, {"identite": identite}, jeton, {"X-Delai-Max-Ms": "600"})
    await app.lever_la_panne(source)

    corps = reponse.json()
    particulier = corps["data"]["particulier"]
    assert {bloc for bloc in BLOCS.values() if particulier[bloc] is None} == {BLOCS[source]}
    (erreur,) = corps["errors"]
    suite = erreur["extensions"]
    assert erreur["path"] == ["particulier", BLOCS[source]]
    assert (suite["code"], suite["etat"], suite["source"], suite["retryable"]) == (code, "INDISPONIBLE", source, True)
    assert suite.get("retryAfterMs") == (7_000 if "retry_after" in options else None)
    assert {(une["source"], une["etat"], une["code"]) for une in particulier["sources"]} == {
        (autre, "INDISPONIBLE", code) if autre == source else (autre, "OBTENU", None) for autre in SOURCES
    }


async def test_a_slow_source_is_waited_for_within_the_deadline(app: Application, jeton: str, identite: Any) -> None:
    await app.mettre_en_panne("mesri_statut_etudiant", mode="lente", delai_ms=50)
    query = f"query($identite: IdentiteInput!) {{ particulier(identite: $identite) {{ {TOUT} }} }}"
    reponse = await app.demander(query, {"identite": identite}, jeton)
    await app.lever_la_panne("mesri_statut_etudiant")
    assert "errors" not in reponse.json()


async def test_every_source_down_leaves_an_answer_all_the_same(app: Application, jeton: str, identite: Any) -> None:
    for source in SOURCES:
        await app.mettre_en_panne(source, mode="refusee")
    query = f"""query($identite: IdentiteInput!) {{
      particulier(identite: $identite) {{ {TOUT} }} habilitation {{ scopes }}
    }}"""
    reponse = await app.demander(query, {"identite": identite}, jeton)
    for source in SOURCES:
        await app.lever_la_panne(source)
    assert reponse.status_code == 200
    assert set(reponse.json()["data"]["particulier"].values()) == {None}
    assert reponse.json()["data"]["habilitation"]["scopes"]
    assert [une["extensions"]["code"] for une in reponse.json()["errors"]] == ["SOURCE_INDISPONIBLE"] * 3


async def test_two_aliases_with_the_same_arguments_make_one_call(app: Application, jeton: str, identite: Any) -> None:
    query = f"""query($identite: IdentiteInput!) {{
      p: particulier(identite: $identite) {{ {TOUT} autre: dossierAllocataire(mois: 11) {{ adresse {{ pays }} }} }}
      q: particulier(identite: $identite) {{ {TOUT} autre: dossierAllocataire(mois: 3) {{ adresse {{ pays }} }} }}
    }}"""
    reponse = await app.demander(query, {"identite": identite}, jeton)
    assert "errors" not in reponse.json()
    assert {source: appels for source, appels in (await app.appels()).items() if appels} == {
        "dgfip_situation_fiscale": 1,
        "cnav_quotient_familial": 2,
        "mesri_statut_etudiant": 1,
    }


async def test_a_refusal_says_where_to_ask_for_the_scopes(app: Application, identite: Any) -> None:
    texte = await app.jeton(["mesri_identite"])
    query = f"query($identite: IdentiteInput!) {{ particulier(identite: $identite) {{ {TOUT} }} }}"
    reponse = await app.demander(query, {"identite": identite}, texte)
    erreurs = {une["path"][-1]: une["extensions"] for une in reponse.json()["errors"]}
    assert erreurs["dossierAllocataire"]["scopes"] == ["cnaf_quotient_familial"]
    assert erreurs["situationFiscale"]["scopes"] == [
        "dgfip_annee_n_moins_1",
        "dgfip_annee_n_moins_2",
        "dgfip_annee_n_moins_2_si_indispo_n_moins_1",
        "dgfip_annee_n_moins_3",
        "dgfip_rfr",
    ]
    assert {une["demande"] for une in erreurs.values()} == {"https://datapass.api.gouv.fr"}
    assert {(une["code"], une["etat"], une["retryable"]) for une in erreurs.values()} == {
        ("NON_HABILITE", "NON_HABILITE", False)
    }
    assert not any("source" in une for une in erreurs.values())
    assert sum((await app.appels()).values()) == 1
