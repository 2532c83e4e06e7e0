from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import msgspec
import pytest

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.enums import Sexe
from graph.errors import IdentiteNonReconnue, ParametreRefuseParLaSource, SourceIndisponible
from graph.identite import DateNaissance, EtatCivil, Identite, IdentitePivot
from graph.service_national import ServiceNational, StatutServiceNational
from providers._personas import Persona, Personas
from providers._simulateur import reglage
from providers._source import Appel, UpstreamRequest, UpstreamResponse
from providers.dsnj_service_national import SOURCE

PIVOT = IdentitePivot(
    "Montgomery-Dupré",
    ("Jean-Noël", "Luc"),
    DateNaissance(2006, 2, 14),
    sexe=Sexe.M,
    code_pays="99100",
    code_commune="31555",
)
VUE: Mapping[str, Any] = {"enRegle": "Pas en règle", "complement": "Absent à la JDC"}
APPEL = Appel(
    destinataire="13002526500013",
    correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
    appelant="jeton",
    instant=datetime(2026, 11, 23, 12, tzinfo=PARIS),
)


def persona(vue: Mapping[str, Any] | None = VUE, **change: Any) -> Persona:
    return Persona("persona", "", replace(PIVOT, **change), vues={} if vue is None else {SOURCE.nom: vue})


def monde(*personnes: Persona) -> Personas:
    return Personas(personnes or (persona(),), lambda: date(2026, 11, 23))


def requete(**change: Any) -> UpstreamRequest:
    """Return the adapter's own request, with its key."""
    call = SOURCE.request(Demande(Identite(pivot=replace(PIVOT, **change))), APPEL)
    cle = ("Authorization", f"Bearer {reglage(SOURCE.nom, 'api_key')}")
    return replace(call, headers=(*call.headers, cle))


def avec(call: UpstreamRequest, nom: str, valeur: str) -> UpstreamRequest:
    headers = {**dict(call.headers), nom: valeur}
    return replace(call, headers=tuple((cle, contenu) for cle, contenu in headers.items() if contenu))


def identite(**champs: object) -> UpstreamRequest:
    """Return a request whose one identity is changed; `...` removes a key."""
    call = requete()
    (ecrite,) = msgspec.json.decode(call.body)["identites_pivot"]
    changee = {cle: valeur for cle, valeur in {**ecrite, **champs}.items() if valeur is not ...}
    return replace(call, body=msgspec.json.encode({"identites_pivot": [changee]}))


def codes(reponse: UpstreamResponse) -> list[str]:
    assert reponse.status == 200
    return [resultat["code"] for resultat in msgspec.json.decode(reponse.body)["results"]]


def lire(personas: Personas, **change: Any) -> ServiceNational:
    demande = Demande(Identite(pivot=replace(PIVOT, **change)))
    return SOURCE.read(SOURCE.simulate(requete(**change), personas), demande, APPEL)


def test_the_adapter_reads_back_what_the_persona_holds() -> None:
    lu = lire(monde())
    assert (lu.statut, lu.commentaires) == (StatutServiceNational.PAS_EN_REGLE, "Absent à la JDC")
    assert lu.etat_civil == EtatCivil("MONTGOMERY-DUPRE", ("Jean-Noel",), "2006-02-14")


@pytest.mark.parametrize(
    "change",
    [
        {"nom_naissance": "montgomery dupre"},
        {"prenoms": ("JEAN-NOEL",)},
        {"prenoms": ("jean noël", "Autre")},
        {"code_commune": None},
    ],
)
def test_a_person_is_recognised_whatever_the_case_and_the_accents(change: dict[str, Any]) -> None:
    assert lire(monde(), **change).statut


@pytest.mark.parametrize(
    "change",
    [
        {"nom_naissance": "MONTGOMERY"},
        {"prenoms": ("Luc",)},
        {"naissance": DateNaissance(2006, 2, 15)},
        {"sexe": Sexe.F},
        {"code_pays": "99109"},
        {"code_commune": "75113"},
    ],
)
def test_another_civil_status_is_unknown(change: dict[str, Any]) -> None:
    assert codes(SOURCE.simulate(requete(**change), monde())) == ["NON_TROUVE"]
    with pytest.raises(IdentiteNonReconnue):
        lire(monde(), **change)


def test_who_is_not_held_is_unknown() -> None:
    with pytest.raises(IdentiteNonReconnue):
        lire(monde(persona(None)))


def test_homonyms_are_told_apart_by_their_commune_alone() -> None:
    homonymes = monde(persona(), persona(code_commune="13055"))
    assert lire(homonymes).statut
    with pytest.raises(IdentiteNonReconnue):
        lire(homonymes, code_commune=None)


def test_who_was_born_abroad_has_no_commune_to_compare() -> None:
    assert lire(monde(persona(code_pays="99109", code_commune=None)), code_pays="99109").statut


def test_several_identities_have_a_result_each_in_order() -> None:
    call = requete()
    (connue,) = msgspec.json.decode(call.body)["identites_pivot"]
    identites = [connue, {**connue, "family_name": "AUTRE"}, {**connue, "family_name": "É"}]
    call = replace(call, body=msgspec.json.encode({"identites_pivot": identites}))
    assert codes(SOURCE.simulate(call, monde())) == ["OK", "NON_TROUVE", "ERREUR_FORMAT"]


def test_an_answer_repeats_the_identity_asked() -> None:
    call = requete()
    corps = msgspec.json.decode(SOURCE.simulate(call, monde()).body)
    assert [lu["identite_pivot"] for lu in corps["results"]] == msgspec.json.decode(call.body)["identites_pivot"]


def test_an_answer_about_somebody_else_can_be_played() -> None:
    autre = {"given_name": "Paul", "family_name": "AUTRE", "birthdate": "2006-02-14"}
    assert lire(monde(persona({**VUE, "identiteRendue": autre}))).etat_civil.nom_naissance == "AUTRE"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_an_error_persona_always_meets_her_failure(status: int) -> None:
    assert SOURCE.simulate(requete(), monde(persona({"erreur": status}))).status == status


def test_a_failure_of_the_application_is_a_200() -> None:
    en_echec = monde(persona({"erreur": "ERREUR_TECHNIQUE"}))
    assert SOURCE.simulate(requete(), en_echec).status == 200
    with pytest.raises(SourceIndisponible):
        lire(en_echec)


@pytest.mark.parametrize("agent", ["", "api-particulier", "curl/8.16.0", "Mozilla/5.0", "curl/8.15.0 "])
def test_another_client_is_stopped_by_the_firewall(agent: str) -> None:
    reponse = SOURCE.simulate(avec(requete(), "User-Agent", agent), monde())
    assert (reponse.status, reponse.header("content-type")) == (403, "text/html")


def test_a_client_that_gives_two_names_is_stopped_too() -> None:
    call = requete()
    double = replace(call, headers=(*call.headers, ("user-agent", "api-particulier")))
    assert SOURCE.simulate(double, monde()).status == 403


@pytest.mark.parametrize(
    ("nom", "valeur", "attendu"),
    [
        ("Authorization", "", 403),
        ("Authorization", "Bearer fausse", 403),
        ("Authorization", reglage("dsnj_service_national", "api_key"), 403),
        ("Content-Type", "", 400),
        ("Content-Type", "text/plain", 400),
        ("Content-Type", "application/json", 200),
    ],
)
def test_each_header_is_checked(nom: str, valeur: str, attendu: int) -> None:
    reponse = SOURCE.simulate(avec(requete(), nom, valeur), monde())
    assert reponse.status == attendu
    if attendu != 200:
        assert msgspec.json.decode(reponse.body)[0].keys() == {"return_code", "error_msg"}


@pytest.mark.parametrize(
    "champs",
    [
        {"family_name": "Montgomery"},
        {"family_name": "DUPRÉ"},
        {"family_name": ""},
        {"given_name": "Noël"},
        {"birthdate": "14/02/2006"},
        {"birthdate": "2006-00-00"},
        {"birthcountry": "100"},
        {"birthplace": "Toulouse"},
    ],
)
def test_an_identity_out_of_form_has_its_code(champs: dict[str, object]) -> None:
    reponse = SOURCE.simulate(identite(**champs), monde())
    assert codes(reponse) == ["ERREUR_FORMAT"]
    with pytest.raises(ParametreRefuseParLaSource):
        SOURCE.read(reponse, Demande(Identite(pivot=PIVOT)), APPEL)


@pytest.mark.parametrize(
    "champs", [{"gender": "M"}, {"family_name": None}, {"birthcountry": ...}, {"birthplace": ...}, {"nom": "DUPRE"}]
)
def test_an_identity_in_other_words_is_refused(champs: dict[str, object]) -> None:
    assert SOURCE.simulate(identite(**champs), monde()).status == 400


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"identites_pivot":{}}', b'"\xff"', b"[" * 5000])
def test_a_body_that_is_not_a_list_of_identities_is_refused(body: bytes) -> None:
    assert SOURCE.simulate(replace(requete(), body=body), monde()).status == 400


def test_another_path_or_method_is_refused() -> None:
    assert SOURCE.simulate(replace(requete(), path="/api/dln2f"), monde()).status == 404
    assert SOURCE.simulate(replace(requete(), method="GET"), monde()).status == 405


@pytest.mark.parametrize("vue", [{"enRegle": "en_regle"}, {"statut": "En règle"}, {"erreur": 404}, {"complement": 1}])
def test_a_view_in_other_words_is_refused(vue: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        SOURCE.simulate(requete(), monde(persona(vue)))
