from datetime import datetime

import pytest

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.errors import IdentifiantManquant
from graph.identite import Identite
from providers._source import Appel, UpstreamRequest
from providers.france_travail_demandeur_emploi import SOURCE as STATUT
from providers.france_travail_indemnites_chomage import SOURCE

DEMANDE = Demande(Identite(identifiant_france_travail="jean.dupont33"))


@pytest.fixture
def appel() -> Appel:
    return Appel(
        destinataire="13002526500013",
        correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
        appelant="jeton",
        instant=datetime(2026, 3, 14, 12, tzinfo=PARIS),
    )


def test_payments_are_asked_by_identifier(appel: Appel) -> None:
    assert SOURCE.request(DEMANDE, appel) == UpstreamRequest(
        "GET",
        "/partenaire/liste-paiements/v1",
        params=(("loginMnemotechnique", "jean.dupont33"),),
        headers=(
            ("Accept", "application/json"),
            ("Content-Type", "application/json"),
            ("X-pe-consommateur", "DINUM - jeton"),
        ),
    )


def test_nothing_but_the_identifier_will_do(appel: Appel) -> None:
    with pytest.raises(IdentifiantManquant):
        SOURCE.request(Demande(Identite(identifiant_sportif="12345")), appel)


def test_both_services_take_the_same_credentials() -> None:
    assert SOURCE.auth == STATUT.auth


def test_nothing_of_the_person_shows_when_a_request_is_printed(appel: Appel) -> None:
    assert "jean.dupont33" not in repr(SOURCE.request(DEMANDE, appel))
