from datetime import date

import pytest

from graph.errors import ParametreInvalide
from graph.scalars import Immatriculation
from graph.vehicule import ecrire_immatriculation
from tests.providers.interrogation import ToutPermis

CIRCONSTANCES = ToutPermis(frozenset(), date(2026, 11, 23))


def ecrite(saisie: str) -> object:
    return ecrire_immatriculation(CIRCONSTANCES, Immatriculation(saisie))["immatriculation"]


@pytest.mark.parametrize(
    ("saisie", "attendue"),
    [
        ("AB-123-CD", "AB-123-CD"),
        ("ab123cd", "AB-123-CD"),
        (" ab 123 cd ", "AB-123-CD"),
        ("AB\u2013123\u2011CD", "AB-123-CD"),
        ("AB - 123 - CD", "AB-123-CD"),
        ("AB\u00a0123\u00a0CD", "AB-123-CD"),
        ("WW-123-AA", "WW-123-AA"),
        ("123 ABC 12", "123 ABC 12"),
        ("123abc12", "123 ABC 12"),
        ("1234-AB-2a", "1234 AB 2A"),
        ("9 U 974", "9 U 974"),
        ("12 AB 06", "12 AB 06"),
    ],
)
def test_a_plate_is_brought_to_its_official_form(saisie: str, attendue: str) -> None:
    assert ecrite(saisie) == attendue


@pytest.mark.parametrize(
    "saisie",
    [
        "",
        " ",
        "AB-123",
        "AB-1234-CD",
        "AB-000-CD",
        "AI-123-CD",
        "AO-123-CD",
        "AB-123-CU",
        "SS-123-AB",
        "AB-123-SS",
        "A-123-CD",
        "ABC-123-D",
        "AB-12-CD",
        "0123 ABC 12",
        "12345 AB 12",
        "123 ABCD 12",
        "123 AIB 12",
        "123 ABC 00",
        "123 ABC 96",
        "123 ABC 99",
        "123 ABC 978",
        "AB-١٢٣-CD",
        "ÀB-123-CD",
        "AB-123-CD\0",
        "AB\u202e-123-CD",
        "AB-123-CD<x/>",
        "AB-123-CD\r\nX: 1",
        "AB-123-CD" * 1000,
        "ſs-123-ab",
    ],
)
def test_what_is_no_plate_is_refused_without_being_repeated(saisie: str) -> None:
    with pytest.raises(ParametreInvalide) as refus:
        ecrite(saisie)
    assert refus.value.detail.startswith("immatriculation : AA-123-BB")
    assert not saisie.strip() or saisie not in f"{refus.value.detail} {refus.value!r}"
