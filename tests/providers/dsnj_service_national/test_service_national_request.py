from dataclasses import replace
from datetime import date, datetime
from typing import Any

import msgspec
import pytest

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.enums import Sexe
from graph.errors import IdentifiantManquant, NonEligible
from graph.identite import DateNaissance, Identite, IdentitePivot
from providers._source import Appel, UpstreamRequest
from providers.dsnj_service_national import SOURCE

ENTETES = (
    ("Accept", "application/json"),
    ("Content-Type", "application/json; charset=utf-8"),
    ("User-Agent", "curl/8.15.0"),
)
PIVOT = IdentitePivot(
    "D'Œuvre-Dupré",
    ("zoë", "Anne"),
    DateNaissance(2006, 2, 9),
    sexe=Sexe.F,
    code_pays="99100",
    code_commune="75101",
)


def appel(jour: date = date(2026, 11, 23), heure: int = 12) -> Appel:
    return Appel(
        destinataire="13002526500013",
        correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
        appelant="jeton",
        instant=datetime(jour.year, jour.month, jour.day, heure, tzinfo=PARIS),
    )


def identite(**change: Any) -> dict[str, Any]:
    """Return the identity sent for the pivot, changed."""
    demande = Demande(Identite(pivot=replace(PIVOT, **change)))
    (lue,) = msgspec.json.decode(SOURCE.request(demande, appel()).body)["identites_pivot"]
    return dict(lue)


@pytest.mark.parametrize("france_connect", [True, False])
def test_a_person_is_asked_by_civil_status(france_connect: bool) -> None:  # noqa: FBT001 - a parameter of the test
    demande = Demande(Identite(pivot=PIVOT, france_connect=france_connect))
    assert SOURCE.request(demande, appel()) == UpstreamRequest(
        "POST",
        "/api/dln1f",
        headers=ENTETES,
        body=(
            b'{"identites_pivot":[{"given_name":"Zoe","family_name":"D\'OEUVRE-DUPRE","birthdate":"2006-02-09",'
            b'"gender":"female","birthplace":"75101","birthcountry":"99100"}]}'
        ),
    )


@pytest.mark.parametrize(
    ("prenoms", "ecrit"),
    [
        (("JEAN-PAUL", "Marie"), "Jean-Paul"),
        (("jean paul",), "Jean Paul"),
        (("n'golo",), "N'Golo"),
        (("Ælfwine",), "Aelfwine"),
        (("Éloïse",), "Eloise"),
        (("Jean", "Michel"), "Jean"),
    ],
)
def test_the_first_given_name_is_capitalised_without_accents(prenoms: tuple[str, ...], ecrit: str) -> None:
    assert identite(prenoms=prenoms)["given_name"] == ecrit


@pytest.mark.parametrize(
    ("nom", "ecrit"), [("Muñoz-Ybarra", "MUNOZ-YBARRA"), ("de l'Aÿ", "DE L'AY"), ("Œ", "OE"), ("Ÿ", "Y")]
)
def test_the_surname_is_in_capitals_without_accents(nom: str, ecrit: str) -> None:
    assert identite(nom_naissance=nom)["family_name"] == ecrit


def test_the_sexes_are_worded_as_franceconnect_does() -> None:
    assert (identite()["gender"], identite(sexe=Sexe.M)["gender"]) == ("female", "male")


def test_the_commune_of_birth_is_sent_for_france_alone() -> None:
    assert identite(code_pays="99350")["birthplace"] is None
    assert identite(code_commune=None)["birthplace"] is None
    assert identite(code_pays="99350")["birthcountry"] == "99350"


@pytest.mark.parametrize(
    ("naissance", "jour"),
    [
        (DateNaissance(2010, 11, 23), date(2026, 11, 23)),  # 16 today
        (DateNaissance(2000, 11, 24), date(2026, 11, 23)),  # 26 tomorrow
        (DateNaissance(2008, 2, 29), date(2024, 3, 1)),  # 16 on the day after a birthday that is not in the calendar
        (DateNaissance(2000, 2, 29), date(2026, 2, 28)),  # 26 tomorrow
    ],
)
def test_from_16_to_25_years_old_the_dsnj_is_asked(naissance: DateNaissance, jour: date) -> None:
    demande = Demande(Identite(pivot=replace(PIVOT, naissance=naissance)))
    assert SOURCE.request(demande, appel(jour)).body


@pytest.mark.parametrize(
    ("naissance", "jour"),
    [
        (DateNaissance(2010, 11, 24), date(2026, 11, 23)),  # 16 tomorrow
        (DateNaissance(2000, 11, 23), date(2026, 11, 23)),  # 26 today
        (DateNaissance(2000, 2, 29), date(2026, 3, 1)),
        (DateNaissance(1962, 8, 24), date(2026, 11, 23)),
        (DateNaissance(2026, 11, 20), date(2026, 11, 23)),
    ],
)
@pytest.mark.parametrize("france_connect", [True, False])
def test_out_of_that_age_nothing_is_asked(
    naissance: DateNaissance,
    jour: date,
    france_connect: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    demande = Demande(Identite(pivot=replace(PIVOT, naissance=naissance), france_connect=france_connect))
    with pytest.raises(NonEligible):
        SOURCE.request(demande, appel(jour))


@pytest.mark.parametrize("heure", [0, 23])
def test_the_age_is_that_of_paris(heure: int) -> None:
    demande = Demande(Identite(pivot=replace(PIVOT, naissance=DateNaissance(2010, 11, 23))))
    assert SOURCE.request(demande, appel(date(2026, 11, 23), heure)).body


@pytest.mark.parametrize(
    "change",
    [
        {"naissance": DateNaissance(2006, 2)},
        {"naissance": DateNaissance(2006)},
        {"naissance": DateNaissance()},
        {"sexe": None},
        {"code_pays": None},
    ],
)
@pytest.mark.parametrize("france_connect", [True, False])
def test_an_incomplete_civil_status_is_not_sent(
    change: dict[str, Any],
    france_connect: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    demande = Demande(Identite(pivot=replace(PIVOT, **change), france_connect=france_connect))
    with pytest.raises(IdentifiantManquant):
        SOURCE.request(demande, appel())


def test_another_key_alone_is_not_understood() -> None:
    with pytest.raises(IdentifiantManquant):
        SOURCE.request(Demande(Identite(ine="1234567890D")), appel())


def test_nothing_of_the_person_shows_when_a_request_is_printed() -> None:
    assert "Zoe" not in repr(SOURCE.request(Demande(Identite(pivot=PIVOT)), appel()))
