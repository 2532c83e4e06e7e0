from datetime import datetime

import pytest

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.errors import IdentifiantManquant
from graph.identite import DateNaissance, Identite, IdentitePivot
from providers._source import Appel, ClientCredentials, UpstreamRequest
from providers.sdh_statut_sportif import SOURCE

DEMANDE = Demande(Identite(identifiant_sportif="12345"))


@pytest.fixture
def appel() -> Appel:
    return Appel(
        destinataire="13002526500013",
        correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
        appelant="jeton",
        instant=datetime(2026, 3, 14, 12, tzinfo=PARIS),
    )


def test_an_athlete_is_asked_by_number(appel: Appel) -> None:
    assert SOURCE.request(DEMANDE, appel) == UpstreamRequest("GET", "/12345", headers=(("Accept", "application/json"),))


def test_nothing_but_the_number_will_do(appel: Appel) -> None:
    autre = Identite(
        pivot=IdentitePivot("DUPONT", ("Jean",), DateNaissance(1990, 5, 15)), identifiant_france_travail="default"
    )
    with pytest.raises(IdentifiantManquant) as refus:
        SOURCE.request(Demande(autre), appel)
    assert refus.value.identifiants == ("identifiantSportif",)


def test_credentials_go_in_the_form_without_any_scope() -> None:
    assert isinstance(SOURCE.auth, ClientCredentials)
    assert (SOURCE.auth.basic, SOURCE.auth.scope) == (False, "")


def test_nothing_of_the_person_shows_when_a_request_is_printed(appel: Appel) -> None:
    assert "12345" not in repr(SOURCE.request(DEMANDE, appel))
