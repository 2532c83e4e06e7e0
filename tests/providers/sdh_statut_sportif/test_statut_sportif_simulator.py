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
from graph.errors import IdentiteNonReconnue
from graph.identite import DateNaissance, Identite, IdentitePivot
from graph.statut_sportif import StatutSportif
from providers._personas import Persona, Personas
from providers._simulateur import reglage
from providers._source import Appel, UpstreamRequest, UpstreamResponse
from providers.sdh_statut_sportif import SOURCE

PIVOT = IdentitePivot("Noiret", ("Camille", "Odile"), DateNaissance(1995, 3, 8), sexe=Sexe.F)
PSQS = "12346"
DEMANDE = Demande(Identite(identifiant_sportif=PSQS))
FICHE: Mapping[str, Any] = {
    "fiche": 1,
    "debutDroits": "{N}-01-01",
    "finDroits": "{N}-12-31",
    "federation": 29,
    "nomFederation": None,
    "nomCourtFederation": "HANDBALL",
    "categorie": 2,
    "libCategorie": "elite",
    "hautNiveau": True,
    "valeur": 4,
}
VUE: Mapping[str, Any] = {"fichesHN": [FICHE]}


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
    return Personas([Persona("persona", "", pivot, identifiant_sportif=PSQS, vues=vues)], lambda: date(2026, 3, 14))


def guichet(**change: str) -> UpstreamResponse:
    client = {nom: reglage(SOURCE.nom, nom) for nom in ("client_id", "client_secret")}
    body = urlencode({"grant_type": "client_credentials", **client, **change}).encode()
    headers = (("content-type", "application/x-www-form-urlencoded"),)
    return SOURCE.simulate(UpstreamRequest("POST", "/token", headers=headers, body=body), monde())


def requete(appel: Appel, demande: Demande = DEMANDE) -> UpstreamRequest:
    jeton = msgspec.json.decode(guichet().body)["access_token"]
    call = SOURCE.request(demande, appel)
    return replace(call, headers=(*call.headers, ("authorization", f"Bearer {jeton}")))


def lire(appel: Appel, personas: Personas, demande: Demande = DEMANDE) -> StatutSportif:
    return SOURCE.read(SOURCE.simulate(requete(appel, demande), personas), demande, appel)


@pytest.mark.parametrize("sexe", [Sexe.M, Sexe.F, None])
def test_the_adapter_reads_back_what_the_persona_holds(appel: Appel, sexe: Sexe | None) -> None:
    lu = lire(appel, monde(pivot=replace(PIVOT, sexe=sexe)))
    assert lu.identite
    assert (lu.identite.nom_naissance, lu.identite.prenoms, lu.identite.sexe) == ("Noiret", ["Camille", "Odile"], sexe)
    assert lu.est_sportif_de_haut_niveau
    assert lu.informations_statut
    assert lu.informations_statut.periode
    assert lu.informations_statut.periode.date_debut_statut == date(2026, 1, 1)


def test_days_have_an_hour_and_no_timezone(appel: Appel) -> None:
    lieu = {
        "active": True,
        "debut": "{N}-01-01",
        "fin": None,
        "etablissement": 980,
        "nomEtablissement": None,
        "region": 76,
        "nomRegion": "Occitanie",
    }
    corps = msgspec.json.decode(SOURCE.simulate(requete(appel), monde({**VUE, "fichesSportif": [lieu]})).body)
    assert corps["dateNaissance"] == "1995-03-08T00:00:00"
    assert corps["fichesHN"][0]["finDroits"] == "2026-12-31T00:00:00"
    assert (corps["fichesSportif"][0]["debut"], corps["fichesSportif"][0]["fin"]) == ("2026-01-01T00:00:00", None)


def test_who_is_not_an_athlete_is_an_empty_404(appel: Appel) -> None:
    for personas, psqs in ((monde(None), PSQS), (monde(), "99999999")):
        demande = Demande(Identite(identifiant_sportif=psqs))
        reponse = SOURCE.simulate(requete(appel, demande), personas)
        assert (reponse.status, reponse.body) == (404, b"")
        with pytest.raises(IdentiteNonReconnue):
            lire(appel, personas, demande)


@pytest.mark.parametrize("status", [403, 422, 429, 500, 502, 503, 504])
def test_an_error_persona_always_meets_her_failure(appel: Appel, status: int) -> None:
    assert SOURCE.simulate(requete(appel), monde({"erreur": status})).status == status


def test_what_is_out_of_form_is_refused(appel: Appel) -> None:
    call = requete(appel)
    assert SOURCE.simulate(replace(call, headers=()), monde()).status == 401
    assert SOURCE.simulate(replace(call, method="POST"), monde()).status == 405
    assert SOURCE.simulate(replace(call, path="/12a45"), monde()).status == 400
    assert SOURCE.simulate(replace(call, path="/12345/6"), monde()).status == 400


def test_credentials_are_read_in_the_form_and_no_scope_is_wanted() -> None:
    assert guichet().status == 200
    assert guichet(client_secret="faux").status == 401  # noqa: S106 - a wrong one
    assert guichet(grant_type="password").status == 400


@pytest.mark.parametrize(
    "vue", [{"fiches": []}, {"erreur": 404}, {"fichesHN": [{**FICHE, "club": "x"}]}, {"fichesHN": [{"fiche": 1}]}]
)
def test_a_view_in_other_words_is_refused(appel: Appel, vue: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        SOURCE.simulate(requete(appel), monde(vue))
