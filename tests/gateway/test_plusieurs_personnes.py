"""Several persons in one question, as a hostile caller names them: bounded, and each with a trace of her own."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio

from audit.registre import lire
from audit.trace import Intention, Issue
from tests.application import Application, application

# One worker for the whole file: its tests share one gateway, whose calls and traces they count.
pytestmark = pytest.mark.asyncio(loop_scope="module")

INE = "0000000001A"
REFUSE = "situationFiscale { revenuFiscalReference }"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def app(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Application]:
    async with application(tmp_path_factory.mktemp("plusieurs")) as ouverte:
        yield ouverte


def traces(app: Application, requete: str) -> tuple[list[Intention], list[Issue]]:
    """Return the intentions and the issues of a request, each in the order of the persons."""
    siennes = [une for une in lire(app.dossier / "journal.db") if une.requete == requete]
    intentions = sorted((une for une in siennes if isinstance(une, Intention)), key=lambda une: une.rang)
    return intentions, sorted((une for une in siennes if isinstance(une, Issue)), key=lambda une: une.rang)


def question(racines: int, blocs: Sequence[str]) -> str:
    """Return a question about the same list of persons, at several roots."""
    corps = " ".join(f"p{rang}: particuliers(identites: $i) {{ {' '.join(blocs)} }}" for rang in range(racines))
    return f"query($i: [IdentiteInput!]!) {{ {corps} }}"


@pytest.mark.parametrize(
    ("racines", "places", "blocs"),
    [
        (1, 101, ["__typename"]),
        (10, 11, ["__typename"]),
        (1, 2_500, [REFUSE]),
        (10, 2_500, [REFUSE]),
        (1, 100, [f"b{rang}: {REFUSE}" for rang in range(11)]),
    ],
)
async def test_one_person_repeated_without_end_is_refused_even_without_a_call(
    app: Application, racines: int, places: int, blocs: list[str]
) -> None:
    jeton = await app.jeton(["mesri_identite"], personnes=1)
    reponse = await app.demander(question(racines, blocs), {"i": [{"ine": INE}] * places}, jeton)
    assert reponse.status_code == 400
    assert reponse.json()["errors"][0]["extensions"]["code"] == "REQUETE_TROP_COUTEUSE"
    assert INE not in reponse.text


async def test_one_key_said_of_two_persons_is_no_way_to_guess_a_birth_date(app: Application) -> None:
    jeton = await app.jeton(["mesri_admissions", "mesri_admission_inscrit"])
    await app.oublier_les_appels()
    essais = [
        {"ine": INE, "identitePivot": {"nomNaissance": "Dubois", "prenoms": ["Angela"], "anneeDateNaissance": annee}}
        for annee in range(1960, 2005)
    ]
    document = question(
        1, ["statutEtudiant { admissions { estInscrit } }", "sources { concordance { dateNaissance } }"]
    )
    reponse = await app.demander(document, {"i": essais}, jeton)
    assert reponse.status_code == 400
    assert reponse.json()["errors"][0]["extensions"]["code"] == "PARAMETRE_INVALIDE"
    assert INE not in reponse.text
    assert (await app.appels())["mesri_statut_etudiant"] == 0


@pytest.mark.parametrize(
    "autre",
    [
        {"ine": INE},
        {"ine": INE, "identitePivot": {"nomNaissance": "DUBOIS", "prenoms": ["Angela"], "anneeDateNaissance": 1962}},
        {"ine": "0000000001B", "identitePivot": {"nomNaissance": "Roux", "prenoms": ["Jeanne"]}},
    ],
)
async def test_one_person_may_be_named_by_more_or_fewer_keys(app: Application, autre: dict[str, Any]) -> None:
    jeton = await app.jeton(["mesri_admissions"])
    pivot = {"nomNaissance": "Dubois", "prenoms": ["Angela"], "anneeDateNaissance": 1962, "sexeEtatCivil": "F"}
    identites = [{"ine": INE, "identitePivot": pivot}, autre]
    reponse = await app.demander(question(1, ["__typename"]), {"i": identites}, jeton)
    assert reponse.status_code == 200


@pytest.mark.parametrize(("nom", "prenom"), [("-", "Angela"), ("Dubois", "'"), (" - ' ", "-")])
async def test_a_name_that_could_not_be_compared_is_refused(app: Application, nom: str, prenom: str) -> None:
    jeton = await app.jeton(["mesri_admissions"])
    identite = {"ine": INE, "identitePivot": {"nomNaissance": nom, "prenoms": [prenom]}}
    reponse = await app.demander(question(1, ["__typename"]), {"i": [identite]}, jeton)
    assert reponse.status_code == 400
    assert reponse.json()["errors"][0]["extensions"]["code"] == "PARAMETRE_INVALIDE"


SCOLARITE = """scolarite(
  anneeScolaire: "2026", perimetre: {degreEtablissement: SECOND_DEGRE, codesBcnDepartements: ["013"]}
) { estScolarise estBoursier }"""
ELEVES = ("garnier-nolan", "martin-emma", "dubois-angela", "garnier-nolan")


async def test_each_person_has_a_trace_of_what_was_disclosed_of_her_and_of_no_other(app: Application) -> None:
    app.horloge.instant = datetime(2026, 10, 14, 12, tzinfo=UTC)  # a pupil's "no grant" is not yet true
    personnes = await app.personnes()
    jeton = (await app.jeton_de("tout"))["jeton"]
    variables = {"i": [personnes[nom]["identite"] for nom in ELEVES]}
    reponse = await app.demander(question(1, [SCOLARITE]), variables, jeton)
    intentions, issues = traces(app, reponse.headers["x-request-id"])
    rendus = [une["scolarite"] for une in reponse.json()["data"]["p0"]]
    assert len(intentions) == len(issues) == len(ELEVES)
    assert [issue.champs for issue in issues] == [
        tuple(sorted(f"scolarite.{nom}" for nom, valeur in (rendu or {}).items() if valeur is not None))
        for rendu in rendus
    ]
    assert len({issue.champs for issue in issues}) == 3
    assert intentions[0].pseudonymes == intentions[3].pseudonymes
    assert len({intention.pseudonymes for intention in intentions}) == 3
    for intention, issue in zip(intentions, issues, strict=True):
        if issue.champs:
            assert {une for une in issue.pseudonymes if une.genre == "etat_civil"} <= set(intention.pseudonymes)
