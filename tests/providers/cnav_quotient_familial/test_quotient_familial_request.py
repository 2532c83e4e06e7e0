from datetime import datetime
from typing import Any

import pytest

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.enums import Sexe
from graph.errors import IdentifiantManquant
from graph.identite import DateNaissance, Identite, IdentitePivot
from providers._source import Appel, UpstreamRequest
from providers.cnav_quotient_familial import SOURCE


@pytest.fixture
def appel() -> Appel:
    return Appel(
        destinataire="13002526500013",
        correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
        appelant="jeton",
        instant=datetime(2026, 3, 14, 12, tzinfo=PARIS),
    )


def demande(annee: int = 2026, mois: int = 3, **pivot: Any) -> Demande:
    defaut: dict[str, Any] = {
        "nom_naissance": "CHAMPION",
        "prenoms": ("Jean-Pascal",),
        "naissance": DateNaissance(1980, 6, 12),
        "sexe": Sexe.M,
        "code_pays": "99100",
        "code_commune": "17300",
    }
    return Demande(Identite(pivot=IdentitePivot(**{**defaut, **pivot})), annee=annee, mois=mois)


def test_one_month_of_one_person_is_asked(appel: Appel) -> None:
    assert SOURCE.request(demande(), appel) == UpstreamRequest(
        "GET",
        "/prestations/v1/quotient_familial",
        params=(
            ("nomNaissance", "CHAMPION"),
            ("listePrenoms", "Jean-Pascal"),
            ("dateNaissance", "1980-06-12"),
            ("codeLieuNaissance", "17300"),
            ("codePaysNaissance", "99100"),
            ("genre", "M"),
            ("anneeDemandee", "2026"),
            ("moisDemande", "03"),
        ),
        headers=(
            ("Accept", "application/json"),
            ("Content-Type", "application/json"),
            ("X-Correlation-ID", "0f8fad5b-d9cb-469f-a165-70867728950e"),
            ("X-APIPART-FSFINAL", "13002526500013"),
        ),
    )


@pytest.mark.parametrize(
    ("pivot", "attendus"),
    [
        (
            {"nom_naissance": "Trois-Dupré", "nom_usage": "D'Ælst", "prenoms": ("Mélissandre", "Zoë Chloé")},
            {"nomNaissance": "Trois-Dupre", "nomUsage": "D'AElst", "listePrenoms": "Melissandre Zoe Chloe"},
        ),
        ({"naissance": DateNaissance(1987, 6)}, {"dateNaissance": "1987-06-00"}),
        ({"naissance": DateNaissance(1987)}, {"dateNaissance": "1987-00-00"}),
        (
            {"naissance": DateNaissance(), "code_pays": "99127", "code_commune": None},
            {"dateNaissance": "0000-00-00", "codePaysNaissance": "99127", "codeLieuNaissance": None},
        ),
        ({"code_pays": "99350"}, {"codePaysNaissance": "99350", "codeLieuNaissance": None}),
        (
            {"code_commune": None, "nom_commune": "Saint-Étienne", "code_departement": "42"},
            {"codeLieuNaissance": None, "villeNaissance": "Saint-Étienne", "depNaissance": "42"},
        ),
        ({"sexe": Sexe.F}, {"genre": "F", "nomUsage": None, "villeNaissance": None, "depNaissance": None}),
    ],
)
def test_the_civil_status_is_said_in_the_words_of_api_secu(
    appel: Appel, pivot: dict[str, Any], attendus: dict[str, str | None]
) -> None:
    params = dict(SOURCE.request(demande(**pivot), appel).params)
    assert {nom: params.get(nom) for nom in attendus} == attendus


@pytest.mark.parametrize(
    "pivot",
    [{"sexe": None}, {"code_pays": None}, {"code_commune": None}, {"code_commune": None, "nom_commune": "LYON"}],
)
def test_a_civil_status_that_does_not_say_where_is_not_sent(appel: Appel, pivot: dict[str, Any]) -> None:
    with pytest.raises(IdentifiantManquant):
        SOURCE.request(demande(**pivot), appel)


def test_nothing_of_the_person_shows_when_a_request_is_printed(appel: Appel) -> None:
    assert "CHAMPION" not in repr(SOURCE.request(demande(), appel))
