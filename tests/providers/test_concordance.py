from dataclasses import replace
from typing import Any

import pytest

from graph.errors import IdentiteIncoherente, SourceReponseInvalide
from graph.identite import DateNaissance, EtatCivil, Identite, IdentitePivot
from graph.source import Concordance
from providers._concordance import comparer, confronter

PIVOT = IdentitePivot("Trois-Dupré", ("Mélissandre", "Anne"), DateNaissance(1987, 6, 12))
RENDU = EtatCivil("TROIS-DUPRE", ("MELISSANDRE", "ANNE"), "1987-06-12")
CONJOINT = EtatCivil("MARTIN", ("MARC",), "1985-01-03", nom_usage="TROIS-DUPRE")
MUET = EtatCivil("", (), "0000-00-00")


def nom(demande: str, rendu: str, *, usage: str | None = None, usage_rendu: str | None = None) -> bool | None:
    pivot = replace(PIVOT, nom_naissance=demande, nom_usage=usage)
    return comparer(pivot, replace(RENDU, nom_naissance=rendu, nom_usage=usage_rendu)).nom


def prenoms(demandes: tuple[str, ...], rendus: tuple[str, ...], prenom_max: int | None = None) -> bool | None:
    pivot = replace(PIVOT, prenoms=demandes)
    return comparer(pivot, replace(RENDU, prenoms=rendus, prenom_max=prenom_max)).prenoms


def naissance(demandee: DateNaissance, rendue: str) -> bool | None:
    return comparer(replace(PIVOT, naissance=demandee), replace(RENDU, naissance=rendue)).date_naissance


def confronter_a(*rendus: EtatCivil, **pivot: Any) -> tuple[Concordance | None, EtatCivil | None]:
    return confronter(Identite(pivot=replace(PIVOT, **pivot)), rendus)


@pytest.mark.parametrize(
    ("demande", "rendu", "attendu"),
    [
        ("Trois-Dupré", "TROIS-DUPRE", True),
        ("Trois-Dupré", "TROIS DUPRE", True),
        ("Trois-Dupré", "TROIS-DUPRÉ", True),
        ("D'Œuvre", "D OEUVRE", True),
        ("N'Guessan", "NGUESSAN", True),
        ("Le Goff", "LE-GOFF", True),
        ("Trois", "TROIS-DUPRE", False),
        ("Lefebvre", "LEFEVRE", False),
        ("Trois-Dupré", "", None),
        ("Trois-Dupré", "-", None),
        ("-", "TROIS-DUPRE", None),
    ],
)
def test_surnames_are_compared_without_accents_nor_separators(demande: str, rendu: str, attendu: bool | None) -> None:  # noqa: FBT001 - a table of cases
    assert nom(demande, rendu) is attendu


@pytest.mark.parametrize(
    ("usage", "rendu", "usage_rendu", "attendu"),
    [
        ("Martin", "MARTIN", None, True),
        (None, "MARTIN", "DURAND", True),
        ("Martin", "AUTRE", "MARTIN", True),
        ("Martin", "DURAND", "AUTRE", True),
        ("Martin", "AUTRE", "DURAND", True),
        ("Martin", "", "MARTIN", True),
        ("Martin", "AUTRE", "TIERS", False),
        (None, "AUTRE", "MARTIN", False),
    ],
)
def test_the_surname_may_be_the_one_in_use_on_either_side(
    usage: str | None,
    rendu: str,
    usage_rendu: str | None,
    attendu: bool,  # noqa: FBT001 - a table of cases
) -> None:
    assert nom("Durand", rendu, usage=usage, usage_rendu=usage_rendu) is attendu


@pytest.mark.parametrize(
    ("demandes", "rendus", "attendu"),
    [
        (("Jean-Paul",), ("JEAN-PAUL",), True),
        (("Jean-Paul",), ("JEAN", "PAUL"), True),
        (("Jean-Paul",), ("JEAN",), True),
        (("Jean-Paul",), ("JEAN-PAUL", "MARIE"), True),
        (("Jean", "Paul"), ("JEAN-PAUL",), True),
        (("Jean",), ("JEAN", "PIERRE"), True),
        (("Jean-Paul",), ("JEAN-PIERRE",), False),
        (("Jean-Paul",), ("JEAN", "PIERRE"), False),
        (("Jean-Paul",), ("PAUL",), False),
        (("Mélissandre",), ("MELISSANDRE",), True),
        (("Zoë Chloé",), ("ZOE", "CHLOE"), True),
        (("Mélissandre", "Anne"), ("ANNE", "MELISSANDRE"), False),
        (("Allexis",), ("ALEXIS",), False),
        (("Mélissandre",), (), None),
        (("Mélissandre",), ("-",), None),
        ((), ("MELISSANDRE",), None),
    ],
)
def test_the_first_given_name_is_compared_as_far_as_both_sides_go(
    demandes: tuple[str, ...],
    rendus: tuple[str, ...],
    attendu: bool | None,  # noqa: FBT001 - a table of cases
) -> None:
    assert prenoms(demandes, rendus) is attendu


@pytest.mark.parametrize(
    ("demandes", "rendus", "prenom_max", "attendu"),
    [
        (("Jean-Philippe",), ("JEAN-PHI",), 8, True),
        (("Jean-Philippe",), ("JEAN", "PHI"), 8, True),
        (("Jean-Philippe",), ("JEAN-PHI",), 9, False),
        (("Jean-Philippe",), ("JEAN-PHI",), None, False),
        (("Jean-Philippe",), ("JEAN-PAU",), 8, False),
        (("Maximilienne",), ("MAXIMILIEN",), 10, True),
        (("Marie",), ("MARIE", "CLA"), 9, True),
        (("Mariette",), ("MARIE", "CLA"), 9, False),
        (("Max",), ("MAXIMILIEN",), 10, False),
    ],
)
def test_a_name_that_the_source_cut_is_compared_as_far_as_it_goes(
    demandes: tuple[str, ...],
    rendus: tuple[str, ...],
    prenom_max: int | None,
    attendu: bool,  # noqa: FBT001 - a table of cases
) -> None:
    assert prenoms(demandes, rendus, prenom_max) is attendu


@pytest.mark.parametrize(
    ("demandee", "rendue", "attendu"),
    [
        (DateNaissance(1987, 6, 12), "1987-06-12", True),
        (DateNaissance(1987, 6, 12), "1987-06-00", True),
        (DateNaissance(1987, 6, 12), "1987-00-00", True),
        (DateNaissance(1987, 6), "1987-06-12", True),
        (DateNaissance(1987), "1987-06-12", True),
        (DateNaissance(1987, 6, 12), "1987-06-13", False),
        (DateNaissance(1987, 6), "1987-07-00", False),
        (DateNaissance(1987, 6), "1986-00-00", False),
        (DateNaissance(1990, 10, 20), "1990-10-20", True),
        (DateNaissance(1987, 6, 12), "0000-00-00", None),
        (DateNaissance(1987, 6, 12), "", None),
        (DateNaissance(), "1987-06-12", None),
        (DateNaissance(), "0000-00-00", None),
    ],
)
def test_birth_dates_agree_on_the_parts_that_both_sides_know(
    demandee: DateNaissance,
    rendue: str,
    attendu: bool | None,  # noqa: FBT001 - a table of cases
) -> None:
    assert naissance(demandee, rendue) is attendu


def test_an_answer_on_the_person_asked_says_what_agrees() -> None:
    assert confronter_a(RENDU) == (Concordance(nom=True, prenoms=True, date_naissance=True), RENDU)


def test_a_part_that_a_side_does_not_know_is_not_compared() -> None:
    sans_date = replace(RENDU, naissance="0000-00-00")
    assert confronter_a(sans_date) == (Concordance(nom=True, prenoms=True, date_naissance=None), sans_date)


@pytest.mark.parametrize(
    ("ecart", "partie"),
    [({"nom_naissance": "AUTRE"}, "nom"), ({"prenoms": ("ANNE",)}, "prenoms"), ({"naissance": "1987-06-13"}, "date")],
)
def test_one_part_that_differs_is_enough_to_withhold(ecart: dict[str, Any], partie: str) -> None:
    with pytest.raises(IdentiteIncoherente) as refus:
        confronter_a(replace(RENDU, **ecart))
    lue = refus.value.concordance
    assert lue == Concordance(nom=partie != "nom", prenoms=partie != "prenoms", date_naissance=partie != "date")


def test_a_twin_is_another_person() -> None:
    with pytest.raises(IdentiteIncoherente):
        confronter_a(replace(RENDU, prenoms=("CLEMENCE",)))


def test_nothing_of_the_persons_shows_in_the_error() -> None:
    with pytest.raises(IdentiteIncoherente) as refus:
        confronter_a(CONJOINT)
    assert not any(mot in f"{refus.value!r} {refus.value.args}" for mot in ("MARC", "MARTIN", "Trois", "1985"))


@pytest.mark.parametrize("rendus", [(RENDU, CONJOINT), (CONJOINT, RENDU), (MUET, RENDU), (RENDU, MUET)])
def test_among_several_the_one_who_agrees_most_is_hers(rendus: tuple[EtatCivil, ...]) -> None:
    assert confronter_a(*rendus) == (Concordance(nom=True, prenoms=True, date_naissance=True), RENDU)


def test_none_of_several_is_hers() -> None:
    with pytest.raises(IdentiteIncoherente) as refus:
        confronter_a(CONJOINT, replace(RENDU, prenoms=("CLEMENCE",)))
    assert refus.value.concordance == Concordance(nom=True, prenoms=False, date_naissance=True)


def test_two_who_agree_as_much_are_not_told_apart() -> None:
    un, autre = EtatCivil("TROIS-DUPRE", (), "0000-00-00"), EtatCivil("AUTRE", (), "", nom_usage="TROIS-DUPRE")
    assert confronter_a(un, autre) == (Concordance(nom=True, prenoms=None, date_naissance=None), None)


def test_the_same_person_twice_is_one_person() -> None:
    assert confronter_a(RENDU, RENDU)[1] == RENDU


def test_nothing_to_compare_says_nothing() -> None:
    assert confronter_a() == (None, None)
    assert confronter_a(MUET) == (None, MUET)
    assert confronter_a(MUET, replace(MUET, naissance="")) == (None, None)


def test_without_an_etat_civil_asked_only_one_person_can_be_named() -> None:
    par_ine = Identite(ine="1234567890D")
    assert confronter(par_ine, ()) == (None, None)
    assert confronter(par_ine, (RENDU,)) == (None, RENDU)
    assert confronter(par_ine, (RENDU, CONJOINT)) == (None, None)


@pytest.mark.parametrize("identite", [Identite(pivot=PIVOT), Identite(identifiant_sportif="12345")])
@pytest.mark.parametrize(
    "trop_long",
    [
        {"nom_naissance": "\u0300\u0327" * 501},
        {"nom_usage": "A" * 1_001},
        {"prenoms": ("ANNE", "A" * 1_001)},
        {"prenoms": ("A",) * 1_001},
    ],
)
def test_what_is_too_long_to_be_a_name_is_a_drift(identite: Identite, trop_long: dict[str, Any]) -> None:
    """Unicode orders a run of accents in quadratic time: what a source may make us compare is bounded."""
    with pytest.raises(SourceReponseInvalide):
        confronter(identite, [RENDU, replace(RENDU, **trop_long)])
