from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec
import pytest

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.demandeur_emploi import Civilite, DemandeurEmploi
from graph.enums import Sexe
from graph.errors import DossierAbsent, IdentiteNonReconnue, SourceDelaiDepasse
from graph.identite import DateNaissance, Identite, IdentitePivot
from providers._france_travail import AUTH
from providers._personas import Persona, Personas
from providers._simulateur import reglage
from providers._source import Appel, UpstreamRequest, UpstreamResponse
from providers.france_travail_demandeur_emploi import SOURCE

PIVOT = IdentitePivot(
    "Le Gall", ("Marie-Françoise", "Anne"), DateNaissance(1990, 1, 31), sexe=Sexe.F, nom_usage="D'Œuvre"
)
LOGIN = "mf.legall29"
DEMANDE = Demande(Identite(identifiant_france_travail=LOGIN))
JOUR = date(2026, 3, 14)
VUE: Mapping[str, Any] = {
    "inscription": {"dateInscription": "{N-1}-01-07T00:00:00+01:00", "categorieInscription": "2"},
    "codeCertificationCNAV": "EC",
    "adresse": {"codePostal": "29000", "INSEECommune": "29232", "localite": "29000 QUIMPER", "ligneNom": "LE GALL"},
}
FORMULAIRE = {
    "grant_type": "client_credentials",
    "scope": AUTH.scope.format(client_id=reglage(SOURCE.nom, "client_id")),
    "client_id": reglage(SOURCE.nom, "client_id"),
    "client_secret": reglage(SOURCE.nom, "client_secret"),
}


@pytest.fixture
def appel() -> Appel:
    return Appel(
        destinataire="13002526500013",
        correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
        appelant="jeton",
        instant=datetime(2026, 3, 14, 12, tzinfo=PARIS),
    )


def monde(vue: Mapping[str, Any] | None = VUE, pivot: IdentitePivot = PIVOT) -> Personas:
    vues = {} if vue is None else {SOURCE.nom: vue}
    return Personas([Persona("persona", "", pivot, identifiant_france_travail=LOGIN, vues=vues)], lambda: JOUR)


def guichet(**change: str) -> UpstreamResponse:
    headers = (("content-type", "application/x-www-form-urlencoded"),)
    body = urlencode({cle: valeur for cle, valeur in (FORMULAIRE | change).items() if valeur}).encode()
    call = UpstreamRequest("POST", AUTH.token_path, headers=headers, body=body)
    assert dict(parse_qsl(body.decode()))
    return SOURCE.simulate(call, monde())


def requete(appel: Appel, demande: Demande = DEMANDE) -> UpstreamRequest:
    jeton = msgspec.json.decode(guichet().body)["access_token"]
    call = SOURCE.request(demande, appel)
    return replace(call, headers=(*call.headers, ("authorization", f"Bearer {jeton}")))


def avec(call: UpstreamRequest, nom: str, valeur: str) -> UpstreamRequest:
    headers = {**dict(call.headers), nom: valeur}
    return replace(call, headers=tuple((cle, contenu) for cle, contenu in headers.items() if contenu))


def lire(appel: Appel, personas: Personas, demande: Demande = DEMANDE) -> DemandeurEmploi:
    return SOURCE.read(SOURCE.simulate(requete(appel, demande), personas), demande, appel)


def test_the_adapter_reads_back_what_the_persona_holds(appel: Appel) -> None:
    lu = lire(appel, monde())
    assert lu.identifiant == LOGIN
    assert lu.identite
    assert (lu.identite.civilite, lu.identite.sexe) == (Civilite.MME, Sexe.F)
    assert (lu.identite.nom_naissance, lu.identite.nom_usage) == ("LE GALL", "D'OEUVRE")
    assert lu.identite.prenom == "MARIE-FRANCOI"
    assert lu.inscription
    assert (lu.inscription.date_debut, lu.inscription.date_fin) == (date(2025, 1, 7), None)


@pytest.mark.parametrize("sexe", [Sexe.M, Sexe.F, None])
def test_who_has_no_nom_usage_bears_a_space(appel: Appel, sexe: Sexe | None) -> None:
    personas = monde(pivot=replace(PIVOT, nom_usage=None, sexe=sexe))
    assert msgspec.json.decode(SOURCE.simulate(requete(appel), personas).body)["nomUsage"] == " "
    lue = lire(appel, personas).identite
    assert lue
    assert (lue.nom_usage, lue.sexe) == (None, sexe)


def test_a_birth_in_summer_is_at_midnight_in_paris_too(appel: Appel) -> None:
    personas = monde(pivot=replace(PIVOT, naissance=DateNaissance(1990, 7, 14)))
    reponse = SOURCE.simulate(requete(appel), personas)
    assert msgspec.json.decode(reponse.body)["dateNaissance"] == "1990-07-14T00:00:00+02:00"


@pytest.mark.parametrize("login", ["inconnu", LOGIN.upper(), "éé"])
def test_who_did_not_choose_the_identifier_is_unknown(appel: Appel, login: str) -> None:
    demande = Demande(Identite(identifiant_france_travail=login))
    reponse = SOURCE.simulate(requete(appel, demande), monde())
    assert msgspec.json.decode(reponse.body) == {"codeErreur": "404", "messageLog": "Individu inconnu de nos services"}
    with pytest.raises(IdentiteNonReconnue):
        lire(appel, monde(), demande)


def test_a_persona_without_a_view_is_unknown(appel: Appel) -> None:
    with pytest.raises(IdentiteNonReconnue):
        lire(appel, monde(None))


def test_an_identity_without_registration_is_a_partial_content(appel: Appel) -> None:
    personas = monde({"absent": "inscription", "telephone": "0636656565", "adresse": VUE["adresse"]})
    reponse = SOURCE.simulate(requete(appel), personas)
    assert reponse.status == 206
    assert msgspec.json.decode(reponse.body) == {
        "civilite": "MME",
        "nom": "LE GALL",
        "nomUsage": "D'OEUVRE",
        "prenom": "MARIE-FRANCOI",
        "sexe": "Féminin",
        "dateNaissance": "1990-01-31T00:00:00+01:00",
        "telephone": "0636656565",
        "adresse": VUE["adresse"],
    }
    with pytest.raises(DossierAbsent):
        lire(appel, personas)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_an_error_persona_always_meets_her_failure(appel: Appel, status: int) -> None:
    assert SOURCE.simulate(requete(appel), monde({"erreur": status})).status == status


def test_a_service_too_slow_says_it_with_a_500(appel: Appel) -> None:
    personas = monde({"erreur": "delai"})
    assert SOURCE.simulate(requete(appel), personas).status == 500
    with pytest.raises(SourceDelaiDepasse):
        lire(appel, personas)


@pytest.mark.parametrize(
    ("nom", "valeur", "attendu"),
    [
        ("authorization", "", 401),
        ("authorization", "Bearer faux", 401),
        ("X-pe-consommateur", "", 400),
        ("X-pe-consommateur", "jeton", 400),
        ("X-pe-consommateur", "DINUM - ", 400),
        ("Content-Type", "", 415),
        ("Content-Type", "text/plain", 415),
        ("Content-Type", "application/json; charset=utf-8", 200),
    ],
)
def test_each_header_is_checked(appel: Appel, nom: str, valeur: str, attendu: int) -> None:
    assert SOURCE.simulate(avec(requete(appel), nom, valeur), monde()).status == attendu


def test_another_path_or_method_is_refused(appel: Appel) -> None:
    assert SOURCE.simulate(replace(requete(appel), path="/partenaire"), monde()).status == 404
    assert SOURCE.simulate(replace(requete(appel), method="GET"), monde()).status == 405


def test_an_identifier_written_in_json_is_another_one(appel: Appel) -> None:
    assert SOURCE.simulate(replace(requete(appel), body=f'"{LOGIN}"'.encode()), monde()).status == 404


@pytest.mark.parametrize("manque", FORMULAIRE["scope"].split())
def test_every_scope_must_be_asked_for_and_that_of_the_application(manque: str) -> None:
    assert guichet().status == 200
    assert msgspec.json.decode(guichet().body)["scope"] == FORMULAIRE["scope"]
    autres = " ".join(scope for scope in FORMULAIRE["scope"].split() if scope != manque)
    assert guichet(scope=f"{autres} application_autre").status == 400


def test_credentials_are_read_in_the_form() -> None:
    assert guichet(client_secret="faux").status == 401  # noqa: S106 - a wrong one
    assert guichet(client_id="").status == 401


@pytest.mark.parametrize(
    "vue",
    [
        {"inscriptions": {}},
        {"erreur": 404},
        {**VUE, "adresse": None},
        {**VUE, "inscription": None},
        {**VUE, "inscription": {"dateInscription": "2020-01-01", "categorieInscription": "9"}},
        {**VUE, "adresse": {"rue": "x"}},
    ],
)
def test_a_view_in_other_words_is_refused(appel: Appel, vue: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        SOURCE.simulate(requete(appel), monde(vue))
