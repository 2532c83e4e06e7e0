from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest

from graph.circonstances import PARIS
from providers._maintenance import DIMANCHE, JEUDI, LUNDI, SAMEDI, Fenetre, reste

NUIT = Fenetre(time(1, 10), time(2, 30))
DIMANCHE_SOIR = Fenetre(time(23), time(23, 45), frozenset({DIMANCHE}))
SAMEDI_A_CHEVAL = Fenetre(time(23, 30), time(0, 30), frozenset({SAMEDI}))
#: The nights on which the hour changes in 2026, both on a Sunday.
PRINTEMPS, AUTOMNE = date(2026, 3, 29), date(2026, 10, 25)
MINUTE = timedelta(minutes=1)


def a(jour: date, heure: int, minute: int = 0, seconde: int = 0, *, fold: int = 0) -> datetime:
    return datetime.combine(jour, time(heure, minute, seconde, fold=fold), PARIS)


def jours(debut: date, nombre: int) -> Iterator[date]:
    return (debut + timedelta(days=rang) for rang in range(nombre))


def minutes(fenetre: Fenetre, instant: datetime) -> float | None:
    duree = fenetre.reste(instant)
    return None if duree is None else duree / MINUTE


def test_a_daily_window_begins_every_day() -> None:
    assert all(minutes(NUIT, a(jour, 2)) == 30 for jour in jours(date(2026, 11, 23), 7))


def test_a_weekly_window_begins_on_its_day_alone() -> None:
    ouverts = [jour.weekday() for jour in jours(date(2026, 11, 23), 14) if DIMANCHE_SOIR.reste(a(jour, 23, 10))]
    assert ouverts == [DIMANCHE, DIMANCHE]


@pytest.mark.parametrize(
    ("heure", "minute", "seconde", "attendu"),
    [(1, 9, 59, None), (1, 10, 0, 80), (2, 29, 0, 1), (2, 30, 0, None), (13, 10, 0, None)],
)
def test_the_beginning_is_inside_and_the_end_is_not(
    heure: int, minute: int, seconde: int, attendu: float | None
) -> None:
    assert minutes(NUIT, a(date(2026, 11, 23), heure, minute, seconde)) == attendu


@pytest.mark.parametrize(
    ("jour", "heure", "minute", "attendu"),
    [
        (date(2026, 11, 28), 23, 29, None),
        (date(2026, 11, 28), 23, 30, 60),
        (date(2026, 11, 29), 0, 0, 30),
        (date(2026, 11, 29), 0, 29, 1),
        (date(2026, 11, 29), 0, 30, None),
        (date(2026, 11, 28), 0, 10, None),
        (date(2026, 11, 29), 23, 40, None),
    ],
)
def test_a_window_across_midnight_belongs_to_the_day_on_which_it_begins(
    jour: date, heure: int, minute: int, attendu: float | None
) -> None:
    assert minutes(SAMEDI_A_CHEVAL, a(jour, heure, minute)) == attendu


def test_a_window_crosses_the_end_of_the_year() -> None:
    jeudi = Fenetre(time(22), time(2), frozenset({JEUDI}))
    assert minutes(jeudi, a(date(2026, 12, 31), 23)) == 180
    assert minutes(jeudi, a(date(2027, 1, 1), 1)) == 60


def test_a_window_that_ends_when_it_begins_lasts_a_day() -> None:
    lundi = Fenetre(time(6), time(6), frozenset({LUNDI}))
    assert minutes(lundi, a(date(2026, 11, 23), 6)) == 24 * 60
    assert minutes(lundi, a(date(2026, 11, 24), 5, 59)) == 1
    assert minutes(lundi, a(date(2026, 11, 24), 6)) is None


@pytest.mark.parametrize(
    ("heure", "minute", "attendu"),
    [(1, 9, None), (1, 10, 80), (1, 59, 31), (3, 0, 30), (3, 29, 1), (3, 30, None)],
)
def test_a_window_whose_end_is_skipped_in_spring_lasts_as_long_as_planned(
    heure: int, minute: int, attendu: float | None
) -> None:
    assert minutes(NUIT, a(PRINTEMPS, heure, minute)) == attendu


@pytest.mark.parametrize(
    ("heure", "minute", "fold", "attendu"),
    [(1, 10, 0, 80), (2, 29, 0, 1), (2, 30, 0, None), (2, 10, 1, None), (2, 30, 1, None)],
)
def test_a_window_that_ends_in_the_hour_that_comes_twice_ends_the_first_time(
    heure: int, minute: int, fold: int, attendu: float | None
) -> None:
    assert minutes(NUIT, a(AUTOMNE, heure, minute, fold=fold)) == attendu


@pytest.mark.parametrize(("jour", "attendu"), [(PRINTEMPS, 120), (AUTOMNE, 240), (date(2026, 11, 29), 180)])
def test_a_window_over_the_change_of_hour_ends_at_its_hour(jour: date, attendu: float) -> None:
    fenetre = Fenetre(time(1), time(4))
    assert minutes(fenetre, a(jour, 1)) == attendu
    assert minutes(fenetre, a(jour, 3, 59)) == 1
    assert minutes(fenetre, a(jour, 4)) is None


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    fenetre = Fenetre(time(1), time(4))
    premiere, seconde = (minutes(fenetre, a(AUTOMNE, 2, 30, fold=fold)) for fold in (0, 1))
    assert (premiere, seconde) == (150, 90)


@pytest.mark.parametrize("jour", [PRINTEMPS, AUTOMNE, date(2026, 11, 29)])
def test_a_sunday_evening_is_the_same_whatever_the_morning(jour: date) -> None:
    assert minutes(DIMANCHE_SOIR, a(jour, 23)) == 45


@pytest.mark.parametrize("fenetre", [NUIT, DIMANCHE_SOIR, SAMEDI_A_CHEVAL, Fenetre(time(2, 10), time(2, 50))])
@pytest.mark.parametrize("veille", [date(2026, 3, 28), date(2026, 10, 24), date(2026, 11, 28)])
def test_whoever_comes_back_when_told_is_let_in(fenetre: Fenetre, veille: date) -> None:
    instants = [a(veille, 0).astimezone(UTC) + MINUTE * 10 * rang for rang in range(6 * 49)]
    for instant in (utc.astimezone(PARIS) for utc in instants):
        if (attente := fenetre.reste(instant)) is not None:
            retour = (instant.astimezone(UTC) + attente).astimezone(PARIS)
            assert attente > timedelta(0)
            assert fenetre.reste(retour) is None
            assert fenetre.reste((retour.astimezone(UTC) - MINUTE).astimezone(PARIS)) == MINUTE


def test_of_several_windows_the_last_to_end_is_waited_for() -> None:
    instant = a(date(2026, 11, 29), 23, 10)
    autre = Fenetre(time(22), time(0, 10))
    assert reste((DIMANCHE_SOIR, autre), instant) == reste((autre, DIMANCHE_SOIR), instant) == 60 * MINUTE
    assert reste((DIMANCHE_SOIR, NUIT), instant) == 35 * MINUTE


def test_no_window_is_no_maintenance() -> None:
    assert reste((), a(date(2026, 11, 29), 23, 10)) is None
    assert reste((NUIT, SAMEDI_A_CHEVAL), a(date(2026, 11, 29), 12)) is None
