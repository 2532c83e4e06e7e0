from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.errors import IdentiteAmbigue, IdentiteNonReconnue
from graph.identite import DateNaissance, EtatCivil, Identite, IdentitePivot
from graph.service_civique import ServiceCivique
from providers._personas import Persona, Personas
from providers._simulateur import reglage
from providers._source import Appel, UpstreamRequest, UpstreamResponse
from providers.gip_mds_service_civique import SOURCE

PIVOT = IdentitePivot("Montgomery-Dupré", ("Zoë", "Anne"), DateNaissance(1999, 2, 14), code_commune="31555")
JOUR = date(2026, 11, 23)
ETABLISSEMENT = {
    "siret": "13002526500013",
    "contrat": [
        {"dateDebutContrat": "{R-2}-09-01", "dateFinContrat": "{R-1}-05-31", "motifRupture": "031"},
        {"dateDebutContrat": "{R}-09-01", "dateFinPrevisionnelle": "{R+1}-08-31"},
    ],
}
VUE: Mapping[str, Any] = {
    "entreprise": [{"siren": "130025265", "raisonSociale": "DINUM", "etablissement": [ETABLISSEMENT]}]
}
APPEL = Appel(
    destinataire="13002526500013",
    correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
    appelant="jeton",
    instant=datetime(2026, 11, 23, 12, tzinfo=PARIS),
)


def persona(vue: Mapping[str, Any] | None = VUE, **change: Any) -> Persona:
    return Persona("persona", "", replace(PIVOT, **change), vues={} if vue is None else {SOURCE.nom: vue})


def monde(*personnes: Persona) -> Personas:
    return Personas(personnes or (persona(),), lambda: JOUR)


def demande_de_jeton(**change: str) -> UpstreamRequest:
    formulaire = {
        "grant_type": "client_credentials",
        "client_id": reglage(SOURCE.nom, "client_id"),
        "client_secret": reglage(SOURCE.nom, "client_secret"),
        **change,
    }
    headers = (("content-type", "application/x-www-form-urlencoded"),)
    return UpstreamRequest("POST", "/token", headers=headers, body=urlencode(formulaire).encode())


def requete(**change: Any) -> UpstreamRequest:
    """Return the adapter's own request, with a token."""
    call = SOURCE.request(Demande(Identite(pivot=replace(PIVOT, **change))), APPEL)
    jeton = msgspec.json.decode(SOURCE.simulate(demande_de_jeton(), monde()).body)["access_token"]
    return replace(call, headers=(*call.headers, ("authorization", f"Bearer {jeton}")))


def code(reponse: UpstreamResponse) -> tuple[int, str]:
    (erreur,) = msgspec.json.decode(reponse.body)["erreurs"]
    return reponse.status, erreur["code"]


def lire(personas: Personas, **change: Any) -> ServiceCivique:
    demande = Demande(Identite(pivot=replace(PIVOT, **change)))
    return SOURCE.read(SOURCE.simulate(requete(**change), personas), demande, APPEL)


def test_the_adapter_reads_back_what_the_persona_holds() -> None:
    lu = lire(monde())
    assert lu.statut_actuel
    assert lu.statut_passe
    assert (lu.statut_actuel.date_debut_contrat, lu.statut_actuel.date_fin_contrat) == (date(2026, 9, 1), None)
    assert lu.statut_passe.date_fin_contrat == date(2025, 5, 31)
    assert lu.etat_civil == EtatCivil("MONTGOMERY DUPRE", ("ZOE", "ANNE"), "1999-02-14")


def test_an_answer_is_worded_as_the_gip_mds_does() -> None:
    corps = msgspec.json.decode(SOURCE.simulate(requete(), monde()).body)
    assert corps.keys() == {"individu", "retour"}
    (lue,) = corps["individu"]["entreprise"]
    assert lue.keys() == {"siren", "raisonSociale", "etablissement"}
    assert lue["etablissement"][0]["contrat"][1] == {
        "dateDebutContrat": "2026-09-01",
        "natureContrat": "89",
        "dateFinPrevisionnelle": "2027-08-31",
        "dateFinContrat": None,
        "motifRupture": None,
    }


@pytest.mark.parametrize(
    "change", [{"nom_naissance": "MONTGOMERY DUPRE"}, {"prenoms": ("zoe",)}, {"code_commune": "75101"}]
)
def test_a_person_is_recognised_whatever_the_case_the_accents_and_the_place(change: dict[str, Any]) -> None:
    assert lire(monde(), **change).statut_actuel


@pytest.mark.parametrize(
    "change", [{"nom_naissance": "MONTGOMERY"}, {"prenoms": ("Anne",)}, {"naissance": DateNaissance(1999, 2, 15)}]
)
def test_another_civil_status_is_unknown(change: dict[str, Any]) -> None:
    assert code(SOURCE.simulate(requete(**change), monde())) == (404, "NOT_FOUND_INDIVIDU")
    with pytest.raises(IdentiteNonReconnue):
        lire(monde(), **change)


def test_who_is_not_held_is_unknown() -> None:
    with pytest.raises(IdentiteNonReconnue):
        lire(monde(persona(None)))


@pytest.mark.parametrize(
    "vue", [{}, {"entreprise": []}, {"entreprise": [{"siren": "1", "raisonSociale": "A", "etablissement": []}]}]
)
def test_who_has_no_contract_is_told_apart(vue: dict[str, Any]) -> None:
    assert code(SOURCE.simulate(requete(), monde(persona(vue)))) == (404, "NOT_FOUND_CONTRAT")
    lu = lire(monde(persona(vue))).statut_actuel
    assert lu
    assert lu.contrat_trouve is False


def test_homonyms_are_too_many() -> None:
    homonymes = monde(persona(), persona(None, code_commune="13055"))
    assert code(SOURCE.simulate(requete(), homonymes)) == (413, "TOO_MANY_INDIVIDU")
    with pytest.raises(IdentiteAmbigue):
        lire(homonymes)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_an_error_persona_always_meets_her_failure(status: int) -> None:
    assert SOURCE.simulate(requete(), monde(persona({"erreur": status}))).status == status


@pytest.mark.parametrize("change", [{"client_id": "autre"}, {"client_secret": ""}])
def test_a_token_is_refused_to_an_unknown_client(change: dict[str, str]) -> None:
    assert SOURCE.simulate(demande_de_jeton(**change), monde()).status == 401


def test_no_token_no_contract() -> None:
    call = SOURCE.request(Demande(Identite(pivot=PIVOT)), APPEL)
    assert code(SOURCE.simulate(call, monde())) == (401, "UNAUTHORIZED")
    fausse = replace(call, headers=(("authorization", "Bearer faux"),))
    assert SOURCE.simulate(fausse, monde()).status == 401


@pytest.mark.parametrize(
    ("nom", "valeur"),
    [
        ("nom", None),
        ("nom", " "),
        ("nom", "Montgomery"),
        ("prenom", None),
        ("prenom", ""),
        ("dateNaissance", None),
        ("dateNaissance", "1999-02-14"),
        ("listeCodeNature", None),
        ("listeCodeNature", "01"),
        ("comparaisonCertifiee", None),
        ("comparaisonCertifiee", "0"),
    ],
)
def test_a_parameter_out_of_form_is_refused(nom: str, valeur: str | None) -> None:
    call = requete()
    params = {**dict(call.params), nom: valeur}
    changee = replace(call, params=tuple((cle, lue) for cle, lue in params.items() if lue is not None))
    assert code(SOURCE.simulate(changee, monde())) == (400, "BAD_REQUEST")


def test_another_path_or_method_is_refused() -> None:
    assert code(SOURCE.simulate(replace(requete(), path="/contrats"), monde())) == (404, "NOT_FOUND")
    assert SOURCE.simulate(replace(requete(), method="POST"), monde()).status == 405


@pytest.mark.parametrize(
    "vue",
    [
        {"absent": "contrat"},
        {"erreur": 413},
        {"entreprise": {}},
        {"entreprise": [{"raisonSociale": "A", "etablissement": []}]},
        {"entreprise": [{"siren": "1", "raisonSociale": "A", "etablissement": [{"siret": "1"}]}]},
    ],
)
def test_a_view_in_other_words_is_refused(vue: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        SOURCE.simulate(requete(), monde(persona(vue)))
