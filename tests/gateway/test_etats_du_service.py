"""What a caller sees of the sources in service: maintenances, fields held back, places of birth, other persons."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from audit.registre import lire
from audit.trace import Issue
from tests.application import Application, Personnes, application

SCOLARITE = """query($i: IdentiteInput!) { particulier(identite: $i) {
  scolarite(anneeScolaire: "2026", perimetre: {degreEtablissement: SECOND_DEGRE, codesBcnDepartements: ["013"]}) {
    estScolarise estBoursier echelonBourse
  }
  sources { chemin etat code reessayerDansMs dureeMs }
} }"""
#: A pupil of the second degree who holds no grant.
SANS_BOURSE = "garnier-nolan"
ETUDIANT = """query($i: IdentiteInput!) { particulier(identite: $i) {
  statutEtudiant { identite { nomNaissance } }
  sources { etat code concordance { nom prenoms dateNaissance } }
} }"""


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Application]:
    async with application(tmp_path, reconnaitre=Personnes().reconnaitre) as ouverte:
        yield ouverte


async def ask(app: Application, query: str, personne: str, **autres: Any) -> dict[str, Any]:
    """Ask about a persona with every scope; `autres` replace what her état civil says, None leaves it out."""
    jeton = (await app.jeton_de("tout"))["jeton"]
    identite = (await app.personnes())[personne]["identite"]
    pivot = {nom: valeur for nom, valeur in {**identite["identitePivot"], **autres}.items() if valeur is not None}
    cles = {} if autres else {nom: valeur for nom, valeur in identite.items() if nom != "identitePivot"}
    reponse = await app.demander(query, {"i": {"identitePivot": pivot, **cles}}, jeton)
    corps: dict[str, Any] = reponse.json()
    return corps


async def test_a_source_in_maintenance_is_not_called_and_says_when_it_comes_back(app: Application) -> None:
    app.horloge.instant = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)  # half past one in Paris
    corps = await ask(app, SCOLARITE, "martin-emma")
    assert corps["data"]["particulier"] == {
        "scolarite": None,
        "sources": [
            {
                "chemin": "particulier.scolarite",
                "etat": "INDISPONIBLE",
                "code": "SOURCE_MAINTENANCE",
                "reessayerDansMs": 3_600_000,
                "dureeMs": None,
            }
        ],
    }
    (erreur,) = corps["errors"]
    assert erreur["path"] == ["particulier", "scolarite"]
    assert (erreur["extensions"]["retryable"], erreur["extensions"]["retryAfterMs"]) == (True, 3_600_000)
    assert (await app.appels())["men_scolarite"] == 0
    app.horloge.instant += timedelta(hours=1)
    assert (await ask(app, SCOLARITE, "martin-emma"))["data"]["particulier"]["scolarite"]["estScolarise"] is True


async def test_no_grant_before_mid_october_is_not_said_to_be_no_grant(app: Application) -> None:
    app.horloge.instant = datetime(2026, 10, 14, 12, tzinfo=UTC)
    corps = await ask(app, SCOLARITE, SANS_BOURSE)
    particulier = corps["data"]["particulier"]
    assert particulier["scolarite"] == {"estScolarise": True, "estBoursier": None, "echelonBourse": None}
    assert (particulier["sources"][0]["etat"], particulier["sources"][0]["code"]) == ("OBTENU", None)
    assert [(une["path"][-1], une["extensions"]["code"], une["extensions"]["etat"]) for une in corps["errors"]] == [
        ("estBoursier", "DONNEE_NON_FIABLE", "INCONNU"),
        ("echelonBourse", "DONNEE_NON_FIABLE", "INCONNU"),
    ]
    app.horloge.instant = datetime(2026, 10, 15, 12, tzinfo=UTC)
    assert (await ask(app, SCOLARITE, SANS_BOURSE))["data"]["particulier"]["scolarite"]["estBoursier"] is False


async def test_what_is_held_back_is_not_traced_as_disclosed(app: Application) -> None:
    app.horloge.instant = datetime(2026, 10, 14, 12, tzinfo=UTC)
    await ask(app, SCOLARITE, SANS_BOURSE)
    issues = [trace for trace in lire(app.dossier / "journal.db", app.horloge.instant) if isinstance(trace, Issue)]
    assert [issue.champs for issue in issues] == [("scolarite.estScolarise",)]


@pytest.mark.parametrize(
    ("commune", "departement", "code"),
    [
        ("Versailles", "78", None),
        ("versailles", "78", None),
        ("Nulle-Part", "78", "PARAMETRE_REFUSE_PAR_LA_SOURCE"),
        ("Versailles", "75", "PARAMETRE_REFUSE_PAR_LA_SOURCE"),
    ],
)
async def test_a_place_of_birth_may_be_given_by_its_name(
    app: Application, commune: str, departement: str, code: str | None
) -> None:
    lieu = {
        "codeCogInseeCommuneNaissance": None,
        "nomCommuneNaissance": commune,
        "codeCogInseeDepartementNaissance": departement,
    }
    particulier = (await ask(app, ETUDIANT, "souli-walid", **lieu))["data"]["particulier"]
    assert particulier["sources"][0]["code"] == code
    assert (particulier["statutEtudiant"] is None) is (code is not None)
    auxiliaires = (await app.client.get("/bac-a-sable/appels/auxiliaires")).json()
    assert auxiliaires["insee_communes"] == 1
    appels = await app.appels()
    assert (appels["mesri_statut_etudiant"], "insee_communes" in appels) == (0 if code else 1, False)


async def test_who_was_answered_is_compared_with_who_was_asked(app: Application) -> None:
    particulier = (await ask(app, ETUDIANT, "souli-walid"))["data"]["particulier"]
    assert particulier["sources"] == [
        {"etat": "OBTENU", "code": None, "concordance": {"nom": True, "prenoms": True, "dateNaissance": True}}
    ]
    jeton = (await app.jeton_de("tout"))["jeton"]
    personnes = await app.personnes()
    chimere = {
        "ine": personnes["souli-walid"]["identite"]["ine"],
        "identitePivot": personnes["martin-emma"]["identite"]["identitePivot"],
    }
    corps = (await app.demander(ETUDIANT, {"i": chimere}, jeton)).json()
    assert corps["data"]["particulier"] == {
        "statutEtudiant": None,
        "sources": [
            {
                "etat": "INCONNU",
                "code": "IDENTITE_INCOHERENTE",
                "concordance": {"nom": False, "prenoms": False, "dateNaissance": False},
            }
        ],
    }
    assert "SOULI" not in str(corps).upper()


async def test_a_citizen_may_be_named_by_france_connect_and_by_her_own_numbers(app: Application) -> None:
    jeton = (await app.jeton_de("tout"))["jeton"]
    query = ETUDIANT.replace("IdentiteInput!", "IdentiteInput").replace(
        "identite { nomNaissance }", "admissions { estInscrit }"
    )
    presentee = {"X-FranceConnect-Token": "souli-walid"}
    for identite in (None, {"ine": "2234567890G"}):
        corps = (await app.demander(query, {"i": identite}, jeton, presentee)).json()
        assert corps["data"]["particulier"]["statutEtudiant"] == {"admissions": [{"estInscrit": True}]}
    double = {"i": {"identitePivot": {"nomNaissance": "SOULI", "prenoms": ["Walid"]}}}
    refus = await app.demander(query, double, jeton, presentee)
    assert (refus.status_code, refus.json()["errors"][0]["extensions"]["code"]) == (400, "PARAMETRE_INVALIDE")
