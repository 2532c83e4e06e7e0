from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import msgspec
import pytest

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.enums import Sexe
from graph.errors import DossierAbsent, IdentiteIncoherente, IdentiteNonReconnue
from graph.identite import DateNaissance, Identite, IdentitePivot
from graph.statut_etudiant import CodeRegimeFormation
from providers._personas import Persona, Personas
from providers._simulateur import reglage
from providers._source import ApiKey, Appel, UpstreamRequest, UpstreamResponse
from providers.mesri_statut_etudiant import SOURCE

PIVOT = IdentitePivot(
    "Montgomery-Dupré", ("Zoë", "Anne"), DateNaissance(2004, 2, 14), sexe=Sexe.F, code_commune="31555"
)
INE = "1234567890D"
PAR_INE = Demande(Identite(ine=INE))
PAR_ETAT_CIVIL = Demande(Identite(pivot=PIVOT))
VUE: Mapping[str, Any] = {
    "inscriptions": [
        {
            "dateDebutInscription": "{R}-09-01",
            "dateFinInscription": "{R+1}-08-31",
            "statut": "inscrit",
            "codeCommune": "31555",
            "etablissement": {"uai": "0313142V", "nomEtablissement": "UNIVERSITE TOULOUSE CAPITOLE"},
            "regime": "contrat d'apprentissage",
        },
        {
            "dateDebutInscription": "{R-1}-09-01",
            "dateFinInscription": "{R}-08-31",
            "statut": "admis",
            "codeCommune": None,
            "etablissement": None,
            "regime": None,
        },
    ]
}


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


def monde(*personnes: Persona, jour: date = date(2026, 3, 14)) -> Personas:
    return Personas(personnes or (persona(),), lambda: jour)


def requete(appel: Appel, demande: Demande = PAR_INE) -> UpstreamRequest:
    """Return the adapter's own request, with the key that the source's declaration picks."""
    call = SOURCE.request(demande, appel)
    assert isinstance(SOURCE.auth, ApiKey)
    cle = reglage(SOURCE.nom, SOURCE.auth.reglage(call))
    return replace(call, headers=(*call.headers, (SOURCE.auth.header, cle)))


def avec(call: UpstreamRequest, nom: str, valeur: str) -> UpstreamRequest:
    headers = {**dict(call.headers), nom: valeur}
    return replace(call, headers=tuple((cle, contenu) for cle, contenu in headers.items() if contenu))


def refus(reponse: UpstreamResponse) -> tuple[int, str]:
    return reponse.status, msgspec.json.decode(reponse.body)["message"]


def lire(appel: Appel, personas: Personas, demande: Demande = PAR_INE) -> Any:
    return SOURCE.read(SOURCE.simulate(requete(appel, demande), personas), demande, appel)


@pytest.mark.parametrize("demande", [PAR_INE, PAR_ETAT_CIVIL, Demande(Identite(ine=INE.lower()))])
def test_the_adapter_reads_back_what_the_persona_holds(appel: Appel, demande: Demande) -> None:
    lu = lire(appel, monde(), demande)
    assert [(a.est_inscrit, a.date_debut, a.date_fin) for a in lu.admissions] == [
        (True, date(2025, 9, 1), date(2026, 8, 31)),
        (False, date(2024, 9, 1), date(2025, 8, 31)),
    ]
    assert lu.admissions[0].regime_formation.code is CodeRegimeFormation.RF4
    assert (lu.identite.nom_naissance, lu.identite.prenom) == ("Montgomery-Dupré", "Zoë")
    assert [lue.naissance for lue in SOURCE.etats_civils(lu)] == ["2004-02-14"]


def test_enrolments_follow_the_school_year(appel: Appel) -> None:
    assert lire(appel, monde(jour=date(2026, 9, 1))).admissions[0].date_debut == date(2026, 9, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"nom_naissance": "MONTGOMERY DUPRE"},
        {"prenoms": ("zoe",)},
        {"code_commune": None},
    ],
)
def test_a_student_is_recognised_whatever_the_case_and_the_accents(appel: Appel, change: dict[str, Any]) -> None:
    assert lire(appel, monde(), Demande(Identite(pivot=replace(PIVOT, **change)))).admissions


def test_a_commune_that_the_ministry_does_not_know_is_not_compared(appel: Appel) -> None:
    sans_commune = monde(persona(pivot=replace(PIVOT, code_commune=None)))
    assert lire(appel, sans_commune, PAR_ETAT_CIVIL).admissions


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
def test_another_civil_status_is_unknown(appel: Appel, change: dict[str, Any]) -> None:
    demande = Demande(Identite(pivot=replace(PIVOT, **change)))
    assert refus(SOURCE.simulate(requete(appel, demande), monde())) == (404, "étudiant introuvable")
    with pytest.raises(IdentiteNonReconnue):
        lire(appel, monde(), demande)


def test_a_404_is_worded_as_the_ministry_does(appel: Appel) -> None:
    call = requete(appel, Demande(Identite(ine="9999999999Z")))
    corps = msgspec.json.decode(SOURCE.simulate(call, monde()).body)
    assert corps.keys() == {"message", "uid", "details"}
    assert corps["details"] == {"method": "GET", "endpoint": "etudiant", "parameter": "INE"}
    assert corps == msgspec.json.decode(SOURCE.simulate(call, monde()).body)


@pytest.mark.parametrize("vue", [{"absent": "inscription"}, {"inscriptions": []}, {}])
def test_who_is_not_a_student_or_has_no_enrolment_is_told_apart(appel: Appel, vue: dict[str, Any]) -> None:
    with pytest.raises(IdentiteNonReconnue):
        lire(appel, monde(persona(None)))
    with pytest.raises(DossierAbsent):
        lire(appel, monde(persona(vue)))


def test_homonyms_are_not_told_apart_without_their_commune(appel: Appel) -> None:
    homonymes = monde(persona(), persona(pivot=replace(PIVOT, code_commune="13055"), ine=None))
    with pytest.raises(IdentiteNonReconnue):
        lire(appel, homonymes, Demande(Identite(pivot=replace(PIVOT, code_commune=None))))
    assert lire(appel, homonymes, PAR_ETAT_CIVIL).admissions


def test_a_persona_without_an_ine_is_found_by_civil_status_alone(appel: Appel) -> None:
    personas = monde(persona(ine=None))
    assert lire(appel, personas, PAR_ETAT_CIVIL).admissions
    with pytest.raises(IdentiteNonReconnue):
        lire(appel, personas)


def test_a_merged_file_answers_under_another_ine(appel: Appel) -> None:
    with pytest.raises(IdentiteIncoherente):
        lire(appel, monde(persona({**VUE, "ineRendu": "1234567890H"})))


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_an_error_persona_always_meets_her_failure(appel: Appel, status: int) -> None:
    assert SOURCE.simulate(requete(appel), monde(persona({"erreur": status}))).status == status


@pytest.mark.parametrize("demande", [PAR_INE, PAR_ETAT_CIVIL])
@pytest.mark.parametrize(
    ("nom", "valeur", "attendu"),
    [
        ("X-API-Key", "", 401),
        ("X-API-Key", "fausse", 403),
        ("X-Caller", "", 400),
        ("X-Caller", "jeton", 400),
        ("X-Caller", "DINUM - ", 400),
        ("Content-Type", "", 415),
        ("Content-Type", "text/plain", 415),
        ("Content-Type", "application/json; charset=utf-8", 200),
    ],
)
def test_each_header_is_checked(appel: Appel, demande: Demande, nom: str, valeur: str, attendu: int) -> None:
    assert SOURCE.simulate(avec(requete(appel, demande), nom, valeur), monde()).status == attendu


def test_each_way_of_asking_has_its_own_key(appel: Appel) -> None:
    cle_ine, cle_identite = (reglage(SOURCE.nom, nom) for nom in ("api_key_ine", "api_key_identite"))
    assert cle_ine != cle_identite
    assert SOURCE.simulate(avec(requete(appel), "X-API-Key", cle_identite), monde()).status == 403
    assert SOURCE.simulate(avec(requete(appel, PAR_ETAT_CIVIL), "X-API-Key", cle_ine), monde()).status == 403


@pytest.mark.parametrize("params", [(), (("INE", ""),), (("INE", "123"),), (("ine", INE),), (("INE", "1234-67890D"),)])
def test_an_ine_out_of_form_is_refused(appel: Appel, params: tuple[tuple[str, str], ...]) -> None:
    assert SOURCE.simulate(replace(requete(appel), params=params), monde()).status == 400


@pytest.mark.parametrize(
    "change",
    [
        {"nomFamille": None},
        {"prenom1": ...},
        {"sexe": "F"},
        {"sexe": 2},
        {"dateNaissance": "2004-02-30"},
        {"dateNaissance": "14/02/2004"},
        {"prenoms": ["Zoë"]},
    ],
)
def test_a_search_out_of_form_is_refused(appel: Appel, change: dict[str, object]) -> None:
    call = requete(appel, PAR_ETAT_CIVIL)
    corps = {**msgspec.json.decode(call.body), **change}
    body = msgspec.json.encode({cle: valeur for cle, valeur in corps.items() if valeur is not ...})
    assert SOURCE.simulate(replace(call, body=body), monde()).status == 400


@pytest.mark.parametrize("body", [b"", b"nom=Dupont", b"[]", b'"\xff"'])
def test_a_body_that_is_not_a_search_is_refused(appel: Appel, body: bytes) -> None:
    assert SOURCE.simulate(replace(requete(appel, PAR_ETAT_CIVIL), body=body), monde()).status == 400


def test_another_path_or_method_is_refused(appel: Appel) -> None:
    assert refus(SOURCE.simulate(replace(requete(appel), path="/api/etudiants"), monde()))[0] == 404
    assert SOURCE.simulate(replace(requete(appel), method="DELETE"), monde()).status == 405


@pytest.mark.parametrize(
    "vue", [{"inscription": []}, {"erreur": 404}, {"inscriptions": [{"statut": "inscrit"}]}, {"inscriptions": {}}]
)
def test_a_view_in_other_words_is_refused(appel: Appel, vue: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        SOURCE.simulate(requete(appel), monde(persona(vue)))
