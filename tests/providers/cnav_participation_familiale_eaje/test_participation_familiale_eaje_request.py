from datetime import datetime
from typing import Any

import pytest

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.enums import Sexe
from graph.errors import IdentifiantManquant
from graph.identite import DateNaissance, Identite, IdentitePivot
from providers._source import Appel, ClientCredentials, UpstreamRequest
from providers.cnav_participation_familiale_eaje import SOURCE

APPEL = Appel(
    destinataire="13002526500013",
    correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
    appelant="jeton",
    instant=datetime(2026, 3, 14, 12, tzinfo=PARIS),
)


def demande(*, france_connect: bool = False, **pivot: Any) -> Demande:
    defaut: dict[str, Any] = {
        "nom_naissance": "Champion-Dupré",
        "prenoms": ("Jean-Pascal", "Zoë"),
        "naissance": DateNaissance(1980, 6),
        "sexe": Sexe.M,
        "code_pays": "99100",
        "code_commune": "17300",
    }
    return Demande(Identite(pivot=IdentitePivot(**{**defaut, **pivot}), france_connect=france_connect))


def test_one_household_is_asked_without_a_month() -> None:
    assert SOURCE.request(demande(), APPEL) == UpstreamRequest(
        "GET",
        "/prestations/v1/participation_familiale_eaje",
        params=(
            ("nomNaissance", "Champion-Dupre"),
            ("listePrenoms", "Jean-Pascal Zoe"),
            ("dateNaissance", "1980-06-00"),
            ("codeLieuNaissance", "17300"),
            ("codePaysNaissance", "99100"),
            ("genre", "M"),
        ),
        headers=(
            ("Accept", "application/json"),
            ("Content-Type", "application/json"),
            ("X-Correlation-ID", "0f8fad5b-d9cb-469f-a165-70867728950e"),
            ("X-APIPART-FSFINAL", "13002526500013"),
        ),
    )


def test_a_person_named_by_franceconnect_is_asked_about_in_the_same_words() -> None:
    assert SOURCE.request(demande(france_connect=True), APPEL) == SOURCE.request(demande(), APPEL)


def test_the_prestation_has_a_scope_of_its_own() -> None:
    assert isinstance(SOURCE.auth, ClientCredentials)
    assert SOURCE.auth.scope == "participation_familiale_eaje"


def test_the_window_of_the_cnaf_does_not_close_it() -> None:
    assert SOURCE.maintenances == ()


@pytest.mark.parametrize("pivot", [{"sexe": None}, {"code_pays": None}, {"code_commune": None}])
def test_a_civil_status_that_does_not_say_where_is_not_sent(pivot: dict[str, Any]) -> None:
    with pytest.raises(IdentifiantManquant):
        SOURCE.request(demande(**pivot), APPEL)
