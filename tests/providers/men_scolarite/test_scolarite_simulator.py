from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.enums import Sexe
from graph.errors import DossierAbsent, ErreurDeBloc, IdentiteNonReconnue, NonEligible
from graph.identite import DateNaissance, Identite, IdentitePivot
from graph.scolarite import CodeRegimePensionnat
from graph.scolarite_saisie import DegreEtablissement, Perimetre
from providers._personas import Persona, Personas
from providers._simulateur import reglage
from providers._source import Appel, UpstreamRequest, UpstreamResponse
from providers.men_scolarite import SOURCE
from providers.men_scolarite.simulator import GUICHET

JOUR = date(2026, 3, 14)
PIVOT = IdentitePivot("Martin-Dupré", ("Zoë", "Anne"), DateNaissance(2012, 8, 15), sexe=Sexe.F)
SECOND = DegreEtablissement.SECOND_DEGRE
ANNEE: Mapping[str, Any] = {
    "code-uai": "0132733A",
    "departement": "013",
    "region": "18",
    "code-mef-stat": "211324099991",
    "libelle-long-mef": "1CAP1 STAFFEUR ORNEMANISTE",
    "code-regime": "2",
    "info-bourse": {"est-boursier": True, "niveau-bourse": 1},
}
VUE: Mapping[str, Any] = {"annees": {"{R}": ANNEE}}
FORMULAIRE = ("content-type", "application/x-www-form-urlencoded")


def demande(perimetre: Perimetre = Perimetre(code_etablissement="0132733A"), pivot: IdentitePivot = PIVOT) -> Demande:  # noqa: B008 - frozen
    return Demande(Identite(pivot=pivot), annee_scolaire=2025, perimetre=perimetre)


PAR_ECOLE = demande()
PAR_DEPARTEMENT = demande(Perimetre(degre=SECOND, departements=("013", "02A")))
PAR_REGION = demande(Perimetre(degre=SECOND, regions=("18",)))
TOUTES = [PAR_ECOLE, PAR_DEPARTEMENT, PAR_REGION]


@pytest.fixture
def appel() -> Appel:
    return Appel(
        destinataire="13002526500013",
        correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
        appelant="jeton",
        instant=datetime(2026, 3, 14, 12, tzinfo=PARIS),
    )


def persona(vue: Mapping[str, Any] | None = VUE, pivot: IdentitePivot = PIVOT) -> Persona:
    return Persona("persona", "", pivot, vues={} if vue is None else {SOURCE.nom: vue})


def monde(*personnes: Persona) -> Personas:
    return Personas(personnes or (persona(),), lambda: JOUR)


def formulaire(**change: str) -> bytes:
    secrets = {nom: reglage(SOURCE.nom, nom) for nom in ("client_id", "client_secret")}
    return urlencode({"grant_type": "client_credentials", **secrets, **change}).encode()


def demander_jeton(body: bytes) -> UpstreamResponse:
    return SOURCE.simulate(UpstreamRequest("POST", GUICHET.path, headers=(FORMULAIRE,), body=body), monde())


def requete(appel: Appel, question: Demande = PAR_ECOLE) -> UpstreamRequest:
    call = SOURCE.request(question, appel)
    jeton = msgspec.json.decode(demander_jeton(formulaire()).body)["access_token"]
    return replace(call, headers=(*call.headers, ("Authorization", f"Bearer {jeton}")))


def lire(appel: Appel, personas: Personas, question: Demande = PAR_ECOLE) -> Any:
    return SOURCE.read(SOURCE.simulate(requete(appel, question), personas), question, appel)


def test_a_token_is_given_for_credentials_in_the_form_without_a_scope() -> None:
    assert demander_jeton(formulaire()).status == 200
    assert demander_jeton(formulaire(client_id="faux")).status == 401
    assert demander_jeton(formulaire(grant_type="password")).status == 400


@pytest.mark.parametrize("question", TOUTES)
def test_the_adapter_reads_back_what_the_persona_holds(appel: Appel, question: Demande) -> None:
    lu = lire(appel, monde(), question)
    assert (lu.identite.nom, lu.identite.prenom, lu.identite.sexe) == ("Martin-Dupré", "Zoë", Sexe.F)
    assert (lu.etablissement.code_uai, lu.annee_scolaire, lu.statut_eleve.code) == ("0132733A", "2025-2026", "ST")
    assert (lu.est_boursier, lu.echelon_bourse) == (True, 1)
    assert lu.regime_pensionnat.code is CodeRegimePensionnat.R2
    assert lu.module_elementaire_formation.libelle == "1CAP1 STAFFEUR ORNEMANISTE"


def test_an_answer_is_typed_as_a_plain_text(appel: Appel) -> None:
    assert SOURCE.simulate(requete(appel), monde()).header("content-type") == "text/plain;charset=UTF-8"


def test_a_school_that_says_nothing_of_a_grant_is_read(appel: Appel) -> None:
    sans = {cle: valeur for cle, valeur in ANNEE.items() if cle != "info-bourse"}
    assert lire(appel, monde(persona({"annees": {"{R}": sans}}))).est_boursier is None


@pytest.mark.parametrize("change", [{"nom_naissance": "MARTIN DUPRE"}, {"prenoms": ("zoe",)}])
def test_a_pupil_is_recognised_whatever_the_case_and_the_accents(appel: Appel, change: dict[str, Any]) -> None:
    assert lire(appel, monde(), demande(pivot=replace(PIVOT, **change))).est_scolarise


@pytest.mark.parametrize(
    "question",
    [
        demande(pivot=replace(PIVOT, nom_naissance="MARTIN")),
        demande(pivot=replace(PIVOT, prenoms=("Anne",))),
        demande(pivot=replace(PIVOT, naissance=DateNaissance(2012, 8, 16))),
        demande(pivot=replace(PIVOT, sexe=Sexe.M)),
        demande(Perimetre(code_etablissement="0132210G")),
        demande(Perimetre(degre=SECOND, departements=("084",))),
        demande(Perimetre(degre=SECOND, regions=("01", "02"))),
        demande(Perimetre(degre=DegreEtablissement.PREMIER_DEGRE, regions=("18",))),
        Demande(Identite(pivot=PIVOT), annee_scolaire=2024, perimetre=Perimetre(code_etablissement="0132733A")),
    ],
)
def test_another_pupil_another_place_or_another_year_is_unknown(appel: Appel, question: Demande) -> None:
    with pytest.raises(IdentiteNonReconnue):
        lire(appel, monde(), question)


@pytest.mark.parametrize("question", TOUTES)
@pytest.mark.parametrize(
    ("vue", "attendue"),
    [
        (None, IdentiteNonReconnue),
        ({}, IdentiteNonReconnue),
        ({"absent": "eleve"}, IdentiteNonReconnue),
        ({"absent": "perimetre"}, NonEligible),
        ({"absent": "scolarite"}, DossierAbsent),
    ],
)
def test_each_absence_is_told_apart(
    appel: Appel, question: Demande, vue: dict[str, Any] | None, attendue: type[ErreurDeBloc]
) -> None:
    with pytest.raises(attendue):
        lire(appel, monde(persona(vue)), question)


def test_homonyms_are_told_apart_by_their_school(appel: Appel) -> None:
    autre = persona({"annees": {"{R}": {**ANNEE, "code-uai": "0132210G"}}})
    assert lire(appel, monde(persona(), autre)).etablissement.code_uai == "0132733A"
    with pytest.raises(IdentiteNonReconnue):
        lire(appel, monde(persona(), autre), PAR_REGION)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_an_error_persona_always_meets_her_failure(appel: Appel, status: int) -> None:
    for question in TOUTES:
        assert SOURCE.simulate(requete(appel, question), monde(persona({"erreur": status}))).status == status


@pytest.mark.parametrize("question", TOUTES)
@pytest.mark.parametrize("authorization", ["", "Bearer faux"])
def test_a_call_without_a_valid_token_is_refused(appel: Appel, question: Demande, authorization: str) -> None:
    call = SOURCE.request(question, appel)
    sans = replace(call, headers=(*call.headers, ("Authorization", authorization)))
    assert SOURCE.simulate(sans, monde()).status == 401


@pytest.mark.parametrize("question", [PAR_ECOLE, PAR_REGION])
@pytest.mark.parametrize("siret", ["", "1300252650001", "DINUM"])
def test_the_recipient_is_named(appel: Appel, question: Demande, siret: str) -> None:
    call = requete(appel, question)
    headers = tuple((nom, siret if nom == "X-Siret-Partenaire" else valeur) for nom, valeur in call.headers)
    assert SOURCE.simulate(replace(call, headers=headers), monde()).status == 400


@pytest.mark.parametrize("question", [PAR_ECOLE, PAR_REGION])
@pytest.mark.parametrize(("change", "attendu"), [({"path": "/anges/v2/eleves"}, 404), ({"method": "PUT"}, 405)])
def test_another_path_or_method_is_refused(
    appel: Appel, question: Demande, change: dict[str, str], attendu: int
) -> None:
    assert SOURCE.simulate(replace(requete(appel, question), **change), monde()).status == attendu  # type: ignore[arg-type] # a path or a method


@pytest.mark.parametrize(
    ("cle", "valeur"),
    [
        ("nom", None),
        ("sexe", "F"),
        ("code-uai", "0132733"),
        ("code-uai", None),
        ("annee-scolaire", "an"),
        ("scope", "tout"),
        ("inconnu", "x"),
    ],
)
def test_a_question_about_a_school_out_of_form_is_refused(appel: Appel, cle: str, valeur: str | None) -> None:
    call = requete(appel)
    params = tuple((nom, une) for nom, une in {**dict(call.params), cle: valeur}.items() if une is not None)
    assert SOURCE.simulate(replace(call, params=params), monde()).status == 400


@pytest.mark.parametrize(
    "change",
    [
        {"sexe": "2"},
        {"degre-etablissement": "3D"},
        {"type-perimetre": "academie"},
        {"valeurs-perimetre": []},
        {"annee-scolaire": 2025},
        {"code-uai": "0132733A"},
        {"scope": "tout"},
    ],
)
def test_a_question_about_a_perimeter_out_of_form_is_refused(appel: Appel, change: dict[str, object]) -> None:
    call = requete(appel, PAR_REGION)
    body = msgspec.json.encode({**msgspec.json.decode(call.body), **change})
    assert SOURCE.simulate(replace(call, body=body), monde()).status == 400


@pytest.mark.parametrize("body", [b"", b"nom=Martin", b"[]", b'"\xff"'])
def test_a_body_that_is_not_a_question_is_refused(appel: Appel, body: bytes) -> None:
    assert SOURCE.simulate(replace(requete(appel, PAR_REGION), body=body), monde()).status == 400


@pytest.mark.parametrize(
    "vue",
    [{"annee": {}}, {"erreur": 404}, {"annees": {"{R}": {}}}, {"annees": {"{R}": {**ANNEE, "degre": "3D"}}}],
)
def test_a_view_in_other_words_is_refused(appel: Appel, vue: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        SOURCE.simulate(requete(appel), monde(persona(vue)))
