from datetime import date
from enum import Enum

import msgspec
import pytest

from graph.enums import Sexe
from graph.errors import SourceReponseInvalide
from providers._normal import code, date_complete, date_partielle, decode, jour_ecrit, naissance, prenoms, sexe, texte


class Echelon(Enum):
    E0BIS = "0bis"


class Fiche(msgspec.Struct):
    nom: str
    rang: int


@pytest.mark.parametrize(("lu", "attendu"), [(" PARIS ", "PARIS"), ("   ", None), ("", None), (None, None)])
def test_a_blank_text_is_nothing(lu: str | None, attendu: str | None) -> None:
    assert texte(lu) == attendu


@pytest.mark.parametrize(("lu", "attendu"), [("JEAN  PIERRE ", ["JEAN", "PIERRE"]), (" ", None), (None, None)])
def test_first_names_are_split_on_spaces(lu: str | None, attendu: list[str] | None) -> None:
    assert prenoms(lu) == attendu


@pytest.mark.parametrize("lu", ["1987-06-15", "1987-06-00", "1987-00-00", "0000-02-29", "2000-02-29"])
def test_a_partial_date_is_kept_as_written(lu: str) -> None:
    assert date_partielle(lu) == lu


@pytest.mark.parametrize("lu", [None, "", "  ", "0000-00-00"])
def test_a_wholly_unknown_date_is_nothing(lu: str | None) -> None:
    assert date_partielle(lu) is None


@pytest.mark.parametrize(
    "lu", ["2023-02-30", "1987-13-01", "1987-00-12", "1987-6-5", "15/06/1987", "1987-06-15T00:00:00", "１９８７-06-15"]
)
def test_an_impossible_partial_date_is_refused_without_being_quoted(lu: str) -> None:
    with pytest.raises(SourceReponseInvalide) as refus:
        date_partielle(lu)
    assert refus.value.cause == "SOURCE_DERIVE"
    assert lu not in repr(refus.value)
    assert refus.value.__cause__ is None


def test_a_complete_date_is_a_day_of_the_calendar() -> None:
    assert date_complete("2024-02-29") == date(2024, 2, 29)
    assert date_complete(" ") is None


@pytest.mark.parametrize("lu", ["2023-02-29", "2023-02-00", "0000-00-00", "demain"])
def test_an_incomplete_date_is_not_a_complete_one(lu: str) -> None:
    with pytest.raises(SourceReponseInvalide):
        date_complete(lu)


@pytest.mark.parametrize(
    ("lu", "attendu"),
    [("M", Sexe.M), ("1", Sexe.M), ("Masculin", Sexe.M), ("F", Sexe.F), ("2", Sexe.F), ("Féminin", Sexe.F), ("", None)],
)
def test_every_coding_of_sex_becomes_one(lu: str, attendu: Sexe | None) -> None:
    assert sexe(lu) is attendu


def test_an_unknown_sex_is_a_drift() -> None:
    with pytest.raises(SourceReponseInvalide):
        sexe("3")


@pytest.mark.parametrize(
    ("ecrit", "jour"),
    [
        ("1980-11-14T00:00:00+01:00", date(1980, 11, 14)),
        ("1980-11-14T23:59:59-11:00", date(1980, 11, 14)),
        ("1980-11-14", date(1980, 11, 14)),
        (" ", None),
        (None, None),
    ],
)
def test_the_day_of_an_instant_is_the_one_that_is_written(ecrit: str | None, jour: date | None) -> None:
    assert jour_ecrit(ecrit) == jour


@pytest.mark.parametrize("ecrit", ["1980-11-14T", "1980-11-14T25:00", "1980-02-30T00:00:00", "14/11/1980"])
def test_what_is_neither_a_day_nor_an_instant_is_a_drift(ecrit: str) -> None:
    with pytest.raises(SourceReponseInvalide):
        jour_ecrit(ecrit)


@pytest.mark.parametrize(("jour", "ecrit"), [(date(1990, 5, 3), "1990-05-03"), (None, "0000-00-00")])
def test_an_unknown_birth_date_is_written_with_zeros(jour: date | None, ecrit: str) -> None:
    assert naissance(jour) == ecrit


@pytest.mark.parametrize(
    ("lu", "attendu"), [("0bis", Echelon.E0BIS), (" 0bis ", Echelon.E0BIS), (" ", None), (None, None)]
)
def test_a_word_of_a_closed_list_is_its_code(lu: str | None, attendu: Echelon | None) -> None:
    assert code(lu, Echelon) is attendu


@pytest.mark.parametrize("lu", ["SECRET", "0BIS", "E0BIS"])
def test_a_word_out_of_a_closed_list_is_refused_without_being_quoted(lu: str) -> None:
    with pytest.raises(SourceReponseInvalide) as refus:
        code(lu, Echelon)
    assert refus.value.__cause__ is None
    assert refus.value.__suppress_context__


def test_a_body_is_decoded_strictly() -> None:
    assert decode(b'{"nom": "X", "rang": 2, "nouveau": true}', Fiche) == Fiche("X", 2)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b'{"nom": "SECRET"',
        b'{"nom": "SECRET"}',
        b'{"nom": "SECRET", "rang": "2"}',
        b'{"nom": "\xff", "rang": 1}',
        b"[" * 100_000,
    ],
)
def test_a_drifting_body_is_refused_without_being_quoted(body: bytes) -> None:
    with pytest.raises(SourceReponseInvalide) as refus:
        decode(body, Fiche)
    assert refus.value.cause == "SOURCE_DERIVE"
    assert refus.value.__cause__ is None
    assert refus.value.__suppress_context__
