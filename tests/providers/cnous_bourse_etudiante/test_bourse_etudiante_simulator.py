import base64
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import msgspec
import pytest

from graph.bourse_etudiante import EchelonBourseEtudiant
from graph.circonstances import PARIS
from graph.demande import Demande
from graph.enums import Sexe
from graph.errors import IdentiteAmbigue, IdentiteIncoherente, IdentiteNonReconnue
from graph.identite import DateNaissance, Identite, IdentitePivot
from providers._personas import Persona, Personas
from providers._simulateur import reglage
from providers._source import Appel, Paires, UpstreamRequest, UpstreamResponse
from providers.cnous_bourse_etudiante import SOURCE
from providers.cnous_bourse_etudiante.simulator import GUICHET

JOUR = date(2026, 3, 14)
PIVOT = IdentitePivot(
    "Montgomery-Dupré", ("Zoë", "Anne"), DateNaissance(2004, 2, 14), sexe=Sexe.F, code_commune="31555"
)
INE = "1234567890D"
PAR_INE = Demande(Identite(ine=INE), annee_campagne=None)
PAR_ETAT_CIVIL = Demande(Identite(pivot=PIVOT), annee_campagne=None)
PAR_FRANCE_CONNECT = Demande(Identite(pivot=PIVOT, france_connect=True), annee_campagne=None)
TOUTES = [PAR_INE, PAR_ETAT_CIVIL, PAR_FRANCE_CONNECT]
ANNEE: Mapping[str, Any] = {
    "grantEchelon": "0bis",
    "grantStatus": 1,
    "studyTown": "Toulouse",
    "schoolName": "UNIVERSITE TOULOUSE CAPITOLE",
    "backToSchoolDate": "{R}-09-01",
    "paymentDuration": 10,
}
VUE: Mapping[str, Any] = {
    "email": "zoe@example.fr",
    "birthPlaceLibelle": "Toulouse",
    "annees": {"{R}": ANNEE, "2022": {**ANNEE, "grantEchelon": "7", "removed": "O", "removalDate": "2022-12-01"}},
}
FORMULAIRE = ("content-type", "application/x-www-form-urlencoded")


@pytest.fixture
def appel() -> Appel:
    return Appel(
        destinataire="13002526500013",
        correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
        appelant="jeton",
        instant=datetime(2026, 3, 14, 12, tzinfo=PARIS),
    )


def persona(vue: Mapping[str, Any] | None = VUE, pivot: IdentitePivot = PIVOT, ine: str | None = INE) -> Persona:
    return Persona("persona", "", pivot, ine=ine, vues={} if vue is None else {SOURCE.nom: vue})


def monde(*personnes: Persona, jour: date = JOUR) -> Personas:
    return Personas(personnes or (persona(),), lambda: jour)


def basic(secret: str = "") -> tuple[str, str]:
    client = f"{reglage(SOURCE.nom, 'client_id')}:{secret or reglage(SOURCE.nom, 'client_secret')}"
    return ("authorization", "Basic " + base64.b64encode(client.encode()).decode())


def demander_jeton(headers: Paires, body: bytes = b"", method: str = "POST") -> UpstreamResponse:
    return SOURCE.simulate(UpstreamRequest(method, GUICHET.path, headers=headers, body=body), monde())


def jeton(jour: date = JOUR) -> str:
    call = UpstreamRequest("POST", GUICHET.path, headers=(FORMULAIRE, basic()))
    valeur: str = msgspec.json.decode(SOURCE.simulate(call, monde(jour=jour)).body)["access_token"]
    return valeur


def requete(appel: Appel, demande: Demande = PAR_INE, jour: date = JOUR) -> UpstreamRequest:
    call = SOURCE.request(demande, appel)
    return replace(call, headers=(*call.headers, ("Authorization", f"Bearer {jeton(jour)}")))


def lire(appel: Appel, personas: Personas, demande: Demande = PAR_INE) -> Any:
    return SOURCE.read(SOURCE.simulate(requete(appel, demande, personas.aujourdhui), personas), demande, appel)


def refus(reponse: UpstreamResponse) -> tuple[int, object]:
    return reponse.status, msgspec.json.decode(reponse.body)["description"]


def test_each_search_has_its_method(appel: Appel) -> None:
    for demande, autre in ((PAR_ETAT_CIVIL, "GET"), (PAR_FRANCE_CONNECT, "POST")):
        assert SOURCE.simulate(replace(requete(appel, demande), method=autre), monde()).status == 405


def test_days_are_answered_as_midnight_in_paris(appel: Appel) -> None:
    corps = msgspec.json.decode(SOURCE.simulate(requete(appel), monde()).body)
    assert (corps["birthDate"], corps["backToSchoolDate"]) == ("2004-02-14T00:00:00+01:00", "2025-09-01T00:00:00+02:00")


def test_a_token_is_given_for_an_empty_form() -> None:
    assert demander_jeton((FORMULAIRE, basic())).status == 200


@pytest.mark.parametrize(
    ("headers", "body", "method", "attendu"),
    [
        ((FORMULAIRE, basic()), b"grant_type=client_credentials", "POST", 400),
        ((basic(),), b"", "POST", 400),
        ((FORMULAIRE, basic("faux")), b"", "POST", 401),
        ((FORMULAIRE,), b"", "POST", 401),
        ((FORMULAIRE, basic()), b"", "GET", 405),
    ],
)
def test_a_token_asked_for_otherwise_is_refused(headers: Paires, body: bytes, method: str, attendu: int) -> None:
    assert demander_jeton(headers, body, method).status == attendu


@pytest.mark.parametrize("demande", TOUTES)
def test_the_adapter_reads_back_what_the_persona_holds(appel: Appel, demande: Demande) -> None:
    lu = lire(appel, monde(), demande)
    assert (lu.echelon.valeur, lu.echelon.bourse_regionale_provisoire) == (EchelonBourseEtudiant.E0BIS, True)
    assert lu.periode_versement.date_rentree == date(2025, 9, 1)
    assert (lu.identite.nom, lu.identite.prenoms, lu.identite.sexe) == ("Montgomery-Dupré", ["Zoë", "Anne"], Sexe.F)
    assert (lu.identite.nom_commune_naissance, lu.ine, lu.email) == ("Toulouse", INE, "zoe@example.fr")


def test_one_by_ine_and_several_by_civil_status(appel: Appel) -> None:
    formes = [type(msgspec.json.decode(SOURCE.simulate(requete(appel, une), monde()).body)) for une in TOUTES]
    assert formes == [dict, list, list]


@pytest.mark.parametrize("demande", TOUTES)
def test_a_campaign_of_the_past_is_answered(appel: Appel, demande: Demande) -> None:
    lu = lire(appel, monde(), Demande(demande.identite, annee_campagne=2022))
    assert lu.echelon.valeur is EchelonBourseEtudiant.E7
    assert (lu.statut.est_radie, lu.statut.date_radiation) == (True, date(2022, 12, 1))


def test_a_campaign_that_is_not_held_is_not_found(appel: Appel) -> None:
    with pytest.raises(IdentiteNonReconnue):
        lire(appel, monde(), Demande(Identite(ine=INE), annee_campagne=2023))


def test_the_current_campaign_begins_in_september(appel: Appel) -> None:
    assert lire(appel, monde(jour=date(2026, 9, 1))).periode_versement.date_rentree == date(2026, 9, 1)


@pytest.mark.parametrize(
    "change",
    [{"nom_naissance": "MONTGOMERY DUPRE"}, {"prenoms": ("zoe",)}, {"code_commune": None}, {"sexe": None}],
)
def test_a_student_is_recognised_whatever_the_case_and_the_accents(appel: Appel, change: dict[str, Any]) -> None:
    question = Demande(Identite(pivot=replace(PIVOT, **change)), annee_campagne=None)
    assert lire(appel, monde(), question).statut.est_boursier


@pytest.mark.parametrize(
    "change",
    [
        {"nom_naissance": "MONTGOMERY"},
        {"prenoms": ("Anne",)},
        {"naissance": DateNaissance(2004, 2, 15)},
        {"sexe": Sexe.M},
        {"code_commune": "75113"},
    ],
)
@pytest.mark.parametrize("france_connect", [True, False])
def test_another_civil_status_is_unknown(appel: Appel, change: dict[str, Any], *, france_connect: bool) -> None:
    identite = Identite(pivot=replace(PIVOT, **change), france_connect=france_connect)
    question = Demande(identite, annee_campagne=None)
    assert refus(SOURCE.simulate(requete(appel, question), monde())) == (404, "Étudiant(e) non trouvé(e)")
    with pytest.raises(IdentiteNonReconnue):
        lire(appel, monde(), question)


@pytest.mark.parametrize("vue", [None, {"absent": "etudiant"}, {"annees": {}}])
@pytest.mark.parametrize("demande", TOUTES)
def test_who_holds_no_grant_is_not_found(appel: Appel, vue: dict[str, Any] | None, demande: Demande) -> None:
    with pytest.raises(IdentiteNonReconnue):
        lire(appel, monde(persona(vue)), demande)


def test_homonyms_are_ambiguous_without_their_commune(appel: Appel) -> None:
    homonymes = monde(persona(), persona(pivot=replace(PIVOT, code_commune="13055"), ine=None))
    with pytest.raises(IdentiteAmbigue):
        lire(appel, homonymes, Demande(Identite(pivot=replace(PIVOT, code_commune=None)), annee_campagne=None))
    assert lire(appel, homonymes, PAR_ETAT_CIVIL).ine == INE


def test_a_merged_file_answers_under_another_ine(appel: Appel) -> None:
    with pytest.raises(IdentiteIncoherente):
        lire(appel, monde(persona({**VUE, "ineRendu": "1234567890H"})))


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_an_error_persona_always_meets_her_failure(appel: Appel, status: int) -> None:
    for demande in TOUTES:
        assert SOURCE.simulate(requete(appel, demande), monde(persona({"erreur": status}))).status == status


@pytest.mark.parametrize("demande", TOUTES)
@pytest.mark.parametrize("authorization", ["", "Bearer faux", "Basic faux"])
def test_a_call_without_a_valid_token_is_refused(appel: Appel, demande: Demande, authorization: str) -> None:
    call = SOURCE.request(demande, appel)
    reponse = SOURCE.simulate(replace(call, headers=(*call.headers, ("Authorization", authorization))), monde())
    assert reponse.status == 401


@pytest.mark.parametrize(
    ("change", "attendu"),
    [
        ({"path": "/v2/boursier"}, 404),
        ({"path": "/v1/boursier/123"}, 400),
        ({"method": "POST"}, 405),
        ({"params": (("campaignYear", "deux"),)}, 400),
    ],
)
def test_a_question_by_ine_out_of_form_is_refused(appel: Appel, change: dict[str, Any], attendu: int) -> None:
    assert SOURCE.simulate(replace(requete(appel), **change), monde()).status == attendu


@pytest.mark.parametrize("demande", [PAR_ETAT_CIVIL, PAR_FRANCE_CONNECT])
@pytest.mark.parametrize(
    ("change", "attendu"),
    [
        ({"body": b""}, 400),
        ({"body": b"[]"}, 400),
        ({"body": b'"\xff"'}, 400),
        ({"body": b'{"inconnu": 1}'}, 400),
        ({"method": "PUT"}, 405),
    ],
)
def test_a_search_out_of_form_is_refused(appel: Appel, demande: Demande, change: dict[str, Any], attendu: int) -> None:
    assert SOURCE.simulate(replace(requete(appel, demande), **change), monde()).status == attendu


@pytest.mark.parametrize(
    "change",
    [{"lastName": None}, {"firstNames": ["Zoë"]}, {"birthDate": "2004-02-14"}, {"civility": "1"}, {"prenoms": "Zoë"}],
)
def test_each_word_of_a_search_is_checked(appel: Appel, change: dict[str, object]) -> None:
    call = requete(appel, PAR_ETAT_CIVIL)
    body = msgspec.json.encode({**msgspec.json.decode(call.body), **change})
    assert SOURCE.simulate(replace(call, body=body), monde()).status == 400


def test_a_search_is_json(appel: Appel) -> None:
    call = requete(appel, PAR_ETAT_CIVIL)
    headers = tuple((nom, valeur) for nom, valeur in call.headers if nom != "Content-Type")
    assert SOURCE.simulate(replace(call, headers=headers), monde()).status == 415


@pytest.mark.parametrize(
    "vue",
    [{"annee": {}}, {"erreur": 404}, {"annees": {"{R}": {}}}, {"annees": {"{R}": {**ANNEE, "grantEchelon": "8"}}}],
)
def test_a_view_in_other_words_is_refused(appel: Appel, vue: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        SOURCE.simulate(requete(appel), monde(persona(vue)))
