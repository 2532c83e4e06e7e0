from datetime import datetime

import pytest

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.errors import IdentifiantManquant
from graph.identite import DateNaissance, Identite, IdentitePivot
from providers._source import Appel, ClientCredentials, UpstreamRequest
from providers.france_travail_demandeur_emploi import SOURCE


@pytest.fixture
def appel() -> Appel:
    return Appel(
        destinataire="13002526500013",
        correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
        appelant="jeton",
        instant=datetime(2026, 3, 14, 12, tzinfo=PARIS),
    )


@pytest.mark.parametrize("identifiant", ["jean.dupont33", "123461A", 'Ét"ourdi'])
def test_the_body_is_the_identifier_itself(appel: Appel, identifiant: str) -> None:
    assert SOURCE.request(Demande(Identite(identifiant_france_travail=identifiant)), appel) == UpstreamRequest(
        "POST",
        "/partenaire/statutaugmente/v1/statutAugmente",
        headers=(
            ("Accept", "application/json"),
            ("Content-Type", "application/json"),
            ("X-pe-consommateur", "DINUM - jeton"),
        ),
        body=identifiant.encode(),
    )


def test_nothing_but_the_identifier_will_do(appel: Appel) -> None:
    autre = Identite(pivot=IdentitePivot("DUPONT", ("Jean",), DateNaissance(1985, 4, 12)), identifiant_sportif="12345")
    with pytest.raises(IdentifiantManquant) as refus:
        SOURCE.request(Demande(autre), appel)
    assert refus.value.identifiants == ("identifiantFranceTravail",)


def test_credentials_go_in_the_form_with_the_scope_of_the_application() -> None:
    assert isinstance(SOURCE.auth, ClientCredentials)
    assert not SOURCE.auth.basic
    assert SOURCE.auth.scope.format(client_id="PAR_x").split() == [
        "api_statutaugmentev1",
        "api_liste-paiementsv1",
        "individuStatutAugmente",
        "application_PAR_x",
    ]


def test_nothing_of_the_person_shows_when_a_request_is_printed(appel: Appel) -> None:
    demande = Demande(Identite(identifiant_france_travail="jean.dupont33"))
    assert "jean.dupont33" not in repr(SOURCE.request(demande, appel))
