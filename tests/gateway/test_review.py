"""What a hostile review of the whole path of a request found, and that must not come back."""

import asyncio
import gc
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import pytest
import pytest_asyncio

from tests.application import Application, application
from tests.attente import TOUR

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def app(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Application]:
    async with application(tmp_path_factory.mktemp("revue")) as ouverte:
        yield ouverte


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def jeton(app: Application) -> str:
    return str((await app.jeton_de("tout"))["jeton"])


@pytest.mark.parametrize("chemin", ["/graphql/", "//graphql", "/graphql//", "/graphql%2F", "/GRAPHQL", "/graphql/x"])
async def test_a_question_put_beside_the_endpoint_is_not_sent_elsewhere(
    app: Application, jeton: str, chemin: str
) -> None:
    reponse = await app.client.post(
        chemin,
        json={"query": "{ __typename }"},
        headers={"Authorization": f"Bearer {jeton}", "Host": "ailleurs.test"},
    )
    assert reponse.status_code == 404
    assert "location" not in reponse.headers


def nested(fragments: int, niveaux: int, ouvre: str) -> str:
    """Return a document whose fragments nest selections, and spread the next one at the bottom."""
    return "{ ...F0 } " + " ".join(
        f"fragment F{rang} on Query {{ {ouvre * niveaux} ...F{rang + 1} {'}' * niveaux} }}" for rang in range(fragments)
    )


NOMME = "($x: IdentiteInput) { particulier(identite: $x) { __typename } }"
HOSTILES: Mapping[str, tuple[str, str, str | None]] = {
    "nested inline fragments": ("REQUETE_TROP_COUTEUSE", nested(5, 100, "... {"), None),
    "nested fields": ("REQUETE_TROP_COUTEUSE", nested(25, 20, "a {"), None),
    "nesting behind a fragment defined twice": (
        "REQUETE_TROP_COUTEUSE",
        f"{nested(4, 49, '... {')} fragment F0 on Query {{ __typename }} fragment F4 on Query {{ __typename }}",
        None,
    ),
    "a condition named as the identity of another operation": (
        "PARAMETRE_INVALIDE",
        f"query A($x: Boolean!) {{ __typename @skip(if: $x) }} query B{NOMME}",
        "B",
    ),
}


@pytest.mark.parametrize("nom", HOSTILES)
async def test_a_hostile_document_is_refused_and_never_a_fault_of_ours(app: Application, jeton: str, nom: str) -> None:
    code, query, operation = HOSTILES[nom]
    corps: dict[str, Any] = {"query": query, "operationName": operation, "variables": {"x": {"ine": "x"}}}
    reponse = await app.client.post("/graphql", json=corps, headers={"Authorization": f"Bearer {jeton}"})
    assert reponse.status_code == 400
    assert reponse.json()["errors"][0]["extensions"]["code"] == code


PAQUETS = {"graph", "resolvers", "gateway", "audit", "habilitations", "providers"}
#: What the caller writes of a person, and what the sources answer of her.
VALEURS = ("DUBOIS", "ANGELA", "0912345678K", "3001234567890", "75015", "24890")
TROIS = """query($i: IdentiteInput!) { particulier(identite: $i) {
  statutEtudiant { identite { prenom } } situationFiscale { revenuFiscalReference }
  dossierAllocataire { adresse { pays } }
} }"""


#: What lives once two sources answered, and the third one is awaited.
VIVANTES = {"SituationFiscale", "DossierAllocataire", "TraceRequete", "Question", "Info"}


def ours() -> Iterator[object]:
    """Yield every object of ours; the personas of the sandbox are not persons."""
    for objet in gc.get_objects():
        module = getattr(type(objet), "__module__", "")
        if isinstance(module, str) and module.split(".")[0] in PAQUETS and module != "providers._personas":
            yield objet


async def test_no_object_of_a_request_under_way_prints_a_value(app: Application, jeton: str) -> None:
    identite = (await app.personnes())["dubois-angela"]["identite"]
    await app.mettre_en_panne("mesri_statut_etudiant", mode="muette")
    patience = {"X-Delai-Max-Ms": "30000"}
    await app.oublier_les_appels()
    demande = asyncio.create_task(app.demander(TROIS, {"i": identite}, jeton, patience))
    while sum((await app.appels()).values()) < 2 or not {type(objet).__qualname__ for objet in ours()} >= VIVANTES:
        assert not demande.done(), "the request ended before it was looked at"
        await asyncio.sleep(TOUR)
    dits = dict.fromkeys(VIVANTES, "")
    for objet in ours():
        nom = type(objet).__qualname__
        dits[nom] = dits.get(nom, "") + repr(objet)
    demande.cancel()
    await asyncio.wait({demande})
    await app.lever_la_panne("mesri_statut_etudiant")
    assert {nom: valeur for nom, texte in dits.items() for valeur in VALEURS if says(texte, valeur)} == {}


def says(texte: str, valeur: str) -> bool:
    """Tell whether the value stands in the text by itself: an address, or a time, may hold its five digits."""
    return re.search(rf"(?<![0-9A-Z])(?<![0-9]\.){valeur}(?![0-9A-Z]|\.[0-9])", texte.upper()) is not None


async def test_nothing_of_an_answer_outlives_it_until_the_collector_comes(app: Application, jeton: str) -> None:
    identite = (await app.personnes())["dubois-angela"]["identite"]
    gc.collect()
    gc.disable()
    try:
        avant = living()
        reponse = await app.demander(TROIS, {"i": identite}, jeton)
        await asyncio.sleep(0)  # what was to be told of the answer is told
        restent = living() - avant  # what another test holds is not of this one
    finally:
        gc.enable()
    assert reponse.json()["data"]["particulier"]["situationFiscale"]["revenuFiscalReference"] is not None
    assert restent == Counter()


def living() -> Counter[str]:
    """Count what answers are made of."""
    noms = Counter(type(objet).__qualname__ for objet in ours())
    return Counter({nom: noms[nom] for nom in (*VIVANTES, "Lecture", "RequestContext")})
