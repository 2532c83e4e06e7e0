from dataclasses import replace
from datetime import datetime

import pytest

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.errors import IdentifiantManquant
from graph.identite import DateNaissance, Identite, IdentitePivot
from providers._source import Appel, ClientCredentials, UpstreamRequest
from providers.gip_mds_service_civique import SOURCE

PIVOT = IdentitePivot("d'Œuvre-Dupré", ("Zoë", "Anne Marie"), DateNaissance(1998, 3, 5))
APPEL = Appel(
    destinataire="13002526500013",
    correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
    appelant="jeton",
    instant=datetime(2026, 11, 23, 12, tzinfo=PARIS),
)


@pytest.mark.parametrize("france_connect", [True, False])
def test_the_contracts_of_a_person_are_asked_by_civil_status(france_connect: bool) -> None:  # noqa: FBT001 - a parameter of the test
    demande = Demande(Identite(pivot=PIVOT, france_connect=france_connect))
    assert SOURCE.request(demande, APPEL) == UpstreamRequest(
        "GET",
        "/contrats-generique",
        params=(
            ("nom", "D'ŒUVRE-DUPRÉ"),
            ("prenom", "Zoë"),
            ("dateNaissance", "05031998"),
            ("listeCodeNature", "89"),
            ("comparaisonCertifiee", "1"),
        ),
        headers=(("Accept", "application/json"),),
    )


def test_the_credentials_are_in_the_form_without_a_scope() -> None:
    assert SOURCE.auth == ClientCredentials(scope="", token_path="/token", basic=False)  # noqa: S106 - a path


@pytest.mark.parametrize("naissance", [DateNaissance(1998, 3), DateNaissance(1998), DateNaissance()])
@pytest.mark.parametrize("france_connect", [True, False])
def test_a_person_whose_day_of_birth_is_unknown_is_not_asked(
    naissance: DateNaissance,
    france_connect: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    demande = Demande(Identite(pivot=replace(PIVOT, naissance=naissance), france_connect=france_connect))
    with pytest.raises(IdentifiantManquant):
        SOURCE.request(demande, APPEL)


def test_another_key_alone_is_not_understood() -> None:
    with pytest.raises(IdentifiantManquant):
        SOURCE.request(Demande(Identite(ine="1234567890D")), APPEL)


def test_nothing_of_the_person_shows_when_a_request_is_printed() -> None:
    assert "Zoë" not in repr(SOURCE.request(Demande(Identite(pivot=PIVOT)), APPEL))
