from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.errors import DossierAbsent, IdentiteNonReconnue, SourceDelaiDepasse
from graph.identite import DateNaissance, Identite, IdentitePivot
from graph.indemnites_chomage import IndemnitesChomage
from providers._france_travail import AUTH
from providers._personas import Persona, Personas
from providers._simulateur import reglage
from providers._source import Appel, UpstreamRequest
from providers.france_travail_indemnites_chomage import SOURCE

PIVOT = IdentitePivot("Dupont", ("Jean",), DateNaissance(1985, 4, 12))
LOGIN = "jean.dupont33"
DEMANDE = Demande(Identite(identifiant_france_travail=LOGIN))
VUE: Mapping[str, Any] = {
    "listePaiement": [
        {"datePaiement": "{N}-01-03T00:00:00+01:00", "montantPaiement": 1096.78, "allocations": 1111.35},
        {"datePaiement": "{N-1}-12-03T00:00:00+01:00", "montantPaiement": 200, "allocations": 0, "aides": 200},
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


def monde(vue: Mapping[str, Any] | None = VUE) -> Personas:
    vues = {} if vue is None else {SOURCE.nom: vue}
    personas = [Persona("persona", "", PIVOT, identifiant_france_travail=LOGIN, vues=vues)]
    return Personas(personas, lambda: date(2026, 3, 14))


def requete(appel: Appel, demande: Demande = DEMANDE) -> UpstreamRequest:
    client = {nom: reglage(SOURCE.nom, nom) for nom in ("client_id", "client_secret")}
    formulaire = {"grant_type": "client_credentials", "scope": AUTH.scope.format(**client), **client}
    headers = (("content-type", "application/x-www-form-urlencoded"),)
    guichet = UpstreamRequest("POST", AUTH.token_path, headers=headers, body=urlencode(formulaire).encode())
    jeton = msgspec.json.decode(SOURCE.simulate(guichet, monde()).body)["access_token"]
    call = SOURCE.request(demande, appel)
    return replace(call, headers=(*call.headers, ("authorization", f"Bearer {jeton}")))


def lire(appel: Appel, personas: Personas, demande: Demande = DEMANDE) -> IndemnitesChomage:
    return SOURCE.read(SOURCE.simulate(requete(appel, demande), personas), demande, appel)


def test_the_adapter_reads_back_what_the_persona_holds(appel: Appel) -> None:
    lus = lire(appel, monde()).paiements
    assert [(un.date_versement, un.montant_total, un.montant_aides) for un in lus or ()] == [
        (date(2026, 1, 3), Decimal("1096.78"), Decimal(0)),
        (date(2025, 12, 3), Decimal(200), Decimal(200)),
    ]


@pytest.mark.parametrize(("absent", "status"), [("inscrit", 200), ("desinscrit", 200), ("dossier", 204)])
def test_who_was_paid_nothing_has_no_file(appel: Appel, absent: str, status: int) -> None:
    personas = monde({"absent": absent})
    assert SOURCE.simulate(requete(appel), personas).status == status
    with pytest.raises(DossierAbsent):
        lire(appel, personas)


def test_who_did_not_choose_the_identifier_is_unknown(appel: Appel) -> None:
    for personas, login in ((monde(None), LOGIN), (monde(), "inconnu")):
        with pytest.raises(IdentiteNonReconnue):
            lire(appel, personas, Demande(Identite(identifiant_france_travail=login)))


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_an_error_persona_always_meets_her_failure(appel: Appel, status: int) -> None:
    assert SOURCE.simulate(requete(appel), monde({"erreur": status})).status == status


def test_a_service_too_slow_says_it_with_a_500(appel: Appel) -> None:
    with pytest.raises(SourceDelaiDepasse):
        lire(appel, monde({"erreur": "delai"}))


def test_what_is_out_of_form_is_refused(appel: Appel) -> None:
    call = requete(appel)
    assert SOURCE.simulate(replace(call, headers=call.headers[:-1]), monde()).status == 401
    assert SOURCE.simulate(replace(call, path="/partenaire"), monde()).status == 404
    assert SOURCE.simulate(replace(call, method="POST"), monde()).status == 405
    assert SOURCE.simulate(replace(call, params=(("login", LOGIN),)), monde()).status == 400


@pytest.mark.parametrize("vue", [{}, {"paiements": []}, {"erreur": 404}, {"listePaiement": [{"montantPaiement": 1.0}]}])
def test_a_view_in_other_words_is_refused(appel: Appel, vue: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        SOURCE.simulate(requete(appel), monde(vue))
