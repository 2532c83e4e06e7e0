from dataclasses import dataclass, replace
from datetime import date, datetime

import msgspec
import pytest
import strawberry

from graph.bourse_etudiante import campagne
from graph.circonstances import PARIS
from graph.demande import Demande
from graph.enums import Sexe
from graph.errors import IdentifiantManquant, ParametreInvalide
from graph.identite import DateNaissance, Identite, IdentitePivot
from providers._source import Appel, UpstreamRequest
from providers.cnous_bourse_etudiante import SOURCE

INE = "1234567890D"
PIVOT = IdentitePivot("D'Œuvre-Dupré", ("Zoë", "Anne Marie"), DateNaissance(2004, 2, 9), sexe=Sexe.F)
ENTETES = (("Accept", "application/json"), ("Content-Type", "application/json"))


@dataclass(frozen=True)
class Jour:
    aujourdhui: date
    scopes: frozenset[str] = frozenset()
    france_connect: Identite | None = None
    personnes_par_requete: int = 1
    designe: bool = True


@pytest.fixture
def appel() -> Appel:
    return Appel(
        destinataire="13002526500013",
        correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
        appelant="jeton",
        instant=datetime(2026, 3, 14, 12, tzinfo=PARIS),
    )


def demande(identite: Identite, annee: int | None = None) -> Demande:
    return Demande(identite, annee_campagne=annee)


def demande_pivot(pivot: IdentitePivot = PIVOT, *, france_connect: bool = False, annee: int | None = None) -> Demande:
    return demande(Identite(pivot=pivot, france_connect=france_connect), annee)


def corps(question: Demande, appel: Appel) -> dict[str, object]:
    lu: dict[str, object] = msgspec.json.decode(SOURCE.request(question, appel).body)
    return lu


def test_a_student_is_asked_by_ine_first(appel: Appel) -> None:
    assert SOURCE.request(demande(Identite(ine=INE, pivot=PIVOT)), appel) == UpstreamRequest(
        "GET", f"/v1/boursier/{INE}", headers=ENTETES[:1]
    )


def test_the_campaign_is_a_parameter_of_the_ine(appel: Appel) -> None:
    assert SOURCE.request(demande(Identite(ine=INE), 2022), appel).params == (("campaignYear", "2022"),)


def test_a_student_is_asked_by_civil_status_otherwise(appel: Appel) -> None:
    question = demande_pivot(replace(PIVOT, code_commune="31555"), annee=2022)
    call = SOURCE.request(question, appel)
    assert (call.method, call.path, call.params, call.headers) == ("POST", "/v1/boursier/find", (), ENTETES)
    assert corps(question, appel) == {
        "lastName": "D'Œuvre-Dupré",
        "firstNames": "Zoë, Anne Marie",
        "birthDate": "09/02/2004",
        "birthPlace": "31555",
        "civility": "F",
        "campaignYear": 2022,
    }


def test_france_connect_is_asked_with_its_own_words_in_the_body_of_a_get(appel: Appel) -> None:
    question = demande_pivot(replace(PIVOT, code_commune="31555"), france_connect=True, annee=2022)
    call = SOURCE.request(question, appel)
    assert (call.method, call.path, call.headers) == ("GET", "/v1/boursier/donnees-pivots", ENTETES)
    assert corps(question, appel) == {
        "given_name": "Zoë, Anne Marie",
        "family_name": "D'Œuvre-Dupré",
        "birthdate": "09/02/2004",
        "gender": "F",
        "birthplace": "31555",
        "campaignYear": 2022,
    }


@pytest.mark.parametrize("france_connect", [True, False])
def test_what_is_not_known_is_not_sent(appel: Appel, *, france_connect: bool) -> None:
    lu = corps(demande_pivot(replace(PIVOT, sexe=None), france_connect=france_connect), appel)
    assert len(lu) == 3
    assert None not in lu.values()


def test_the_name_of_the_commune_is_not_sent(appel: Appel) -> None:
    par_son_nom = replace(PIVOT, nom_commune="Toulouse", code_departement="31")
    assert "birthPlace" not in corps(demande_pivot(par_son_nom), appel)
    assert SOURCE.situe


@pytest.mark.parametrize(
    "identite",
    [
        Identite(numero_fiscal="1234567890123"),
        Identite(pivot=replace(PIVOT, naissance=DateNaissance(2004, 2))),
        Identite(pivot=replace(PIVOT, naissance=DateNaissance())),
    ],
)
def test_an_incomplete_civil_status_is_not_sent(appel: Appel, identite: Identite) -> None:
    with pytest.raises(IdentifiantManquant):
        SOURCE.request(demande(identite), appel)


def test_nothing_of_the_person_shows_when_a_request_is_printed(appel: Appel) -> None:
    affichees = repr(
        [
            SOURCE.request(demande_pivot(), appel),
            SOURCE.request(demande_pivot(france_connect=True), appel),
            SOURCE.request(demande(Identite(ine=INE)), appel),
        ]
    )
    assert "Zoë" not in affichees
    assert INE not in affichees


@pytest.mark.parametrize("annee", [2021, 2025, 2026])
def test_a_campaign_is_one_of_those_kept_or_the_one_of_this_year(annee: int) -> None:
    assert campagne(Jour(date(2026, 3, 14)), annee) == {"annee_campagne": annee}


@pytest.mark.parametrize("annee", [2020, 2027, 0, -1])
def test_any_other_campaign_is_refused_without_a_value(annee: int) -> None:
    with pytest.raises(ParametreInvalide) as refus:
        campagne(Jour(date(2026, 3, 14)), annee)
    assert refus.value.detail == "anneeCampagne : une année comprise entre 2021 et l'année en cours."


@pytest.mark.parametrize("annee", [None, strawberry.UNSET])
def test_the_current_campaign_is_asked_by_saying_nothing(appel: Appel, annee: int | None) -> None:
    resolus = campagne(Jour(date(2026, 3, 14)), annee)
    assert resolus == {"annee_campagne": None}
    assert SOURCE.request(Demande(Identite(ine=INE), **resolus), appel).params == ()
