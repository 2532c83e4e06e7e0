import pytest

from habilitations.siret import siret_valide


@pytest.mark.parametrize("siret", ["13002526500013", "21750001600019", "35600000000048", "35600000049837"])
def test_the_siret_of_an_administration_is_valid(siret: str) -> None:
    assert siret_valide(siret)


def test_an_establishment_of_la_poste_need_not_obey_luhn() -> None:
    assert siret_valide("35600000000001")


@pytest.mark.parametrize(
    "texte",
    ["", "130025265", "1300252650001", "130025265000130", "13002526500013 ", "1300252650001A", "１" * 14],
)
def test_what_is_not_14_ascii_digits_is_refused(texte: str) -> None:
    assert not siret_valide(texte)


def test_any_single_changed_digit_is_detected() -> None:
    siret = "13002526500013"
    for rang, present in enumerate(siret):
        for autre in set("0123456789") - {present}:
            assert not siret_valide(siret[:rang] + autre + siret[rang + 1 :])
