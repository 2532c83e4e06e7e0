"""An identity is checked before anything is asked: what is accepted, what is refused, and nothing of it repeated."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.enums import Sexe
from graph.errors import IdentifiantManquant, ParametreInvalide
from graph.identite import (
    INE,
    NUMERO_FISCAL,
    PIVOT_COMPLET,
    PIVOT_SITUE,
    DateNaissance,
    Identite,
    IdentitePivot,
    choisir,
)
from graph.identite_saisie import IdentiteInput, IdentitePivotInput, figer
from graph.scalars import Ine, NumeroFiscal

AUJOURDHUI = date(2026, 11, 23)


def pivot(**champs: Any) -> IdentiteInput:
    """Return what a caller writes for an état civil, some of its fields replaced."""
    return IdentiteInput(identite_pivot=IdentitePivotInput(**{"nom_naissance": "Martin", "prenoms": ["Anne"]} | champs))


def naissance(annee: int | None = None, mois: int | None = None, jour: int | None = None) -> IdentiteInput:
    donnees = {"annee_date_naissance": annee, "mois_date_naissance": mois, "jour_date_naissance": jour}
    return pivot(**{nom: valeur for nom, valeur in donnees.items() if valeur is not None})


def ine(valeur: str) -> IdentiteInput:
    return IdentiteInput(ine=Ine(valeur))


def numero_fiscal(valeur: str) -> IdentiteInput:
    return IdentiteInput(numero_fiscal=NumeroFiscal(valeur))


def freeze(saisie: IdentiteInput) -> Identite:
    return figer(saisie, AUJOURDHUI)


def frozen_pivot(saisie: IdentiteInput) -> IdentitePivot:
    fige = freeze(saisie).pivot
    assert fige is not None
    return fige


def refusal(saisie: IdentiteInput) -> str:
    with pytest.raises(ParametreInvalide) as refus:
        freeze(saisie)
    return refus.value.detail


@pytest.mark.parametrize(
    ("ecrit", "fige"),
    [
        ("Martin", "Martin"),
        ("  Martin   Durand ", "Martin Durand"),
        ("D'Œuvre-Ébène", "D'Œuvre-Ébène"),
        ("Ÿvœ", "Ÿvœ"),
        ("A" * 80, "A" * 80),
    ],
)
def test_a_name_is_kept_as_written_but_for_its_spaces(ecrit: str, fige: str) -> None:
    assert frozen_pivot(pivot(nom_naissance=ecrit)).nom_naissance == fige


@pytest.mark.parametrize("ecrit", ["", "   ", "A" * 81, "Martin2", "Mar;tin", "Мартин", "Mar\x00tin", "<b>", "Mar×tin"])
@pytest.mark.parametrize("champ", ["nom_naissance", "prenoms"])
def test_what_no_birth_certificate_bears_is_not_a_name(champ: str, ecrit: str) -> None:
    saisie = pivot(**{champ: [ecrit] if champ == "prenoms" else ecrit})
    assert refusal(saisie).startswith(f"identitePivot.{'nomNaissance' if champ == 'nom_naissance' else 'prenoms'} : ")


def test_a_line_break_in_a_name_is_a_space() -> None:
    assert frozen_pivot(pivot(nom_naissance="Martin\r\nDurand")).nom_naissance == "Martin Durand"


@pytest.mark.parametrize(("nombre", "accepte"), [(0, False), (1, True), (20, True), (21, False)])
def test_a_person_has_between_one_and_twenty_first_names(nombre: int, *, accepte: bool) -> None:
    saisie = pivot(prenoms=["Anne"] * nombre)
    if accepte:
        assert frozen_pivot(saisie).prenoms == ("Anne",) * nombre
    else:
        assert refusal(saisie) == "identitePivot.prenoms : un prénom au moins, 20 au plus."


@pytest.mark.parametrize(
    ("parties", "ecrite", "complete"),
    [
        ((), "0000-00-00", False),
        ((1987,), "1987-00-00", False),
        ((1987, 6), "1987-06-00", False),
        ((1987, 6, 9), "1987-06-09", True),
        ((2024, 2, 29), "2024-02-29", True),
        ((1850, 1, 1), "1850-01-01", True),
        ((2026, 11, 23), "2026-11-23", True),
    ],
)
def test_a_birth_date_may_be_partial_from_its_end(parties: tuple[int, ...], ecrite: str, *, complete: bool) -> None:
    fige = frozen_pivot(naissance(*parties)).naissance
    assert str(fige) == ecrite
    assert fige.complete is complete


@pytest.mark.parametrize(
    ("parties", "regle"),
    [
        ((None, 6, 9), "un jour se donne avec son mois"),
        ((1987, None, 9), "un jour se donne avec son mois"),
        ((None, None, 9), "un jour se donne avec son mois"),
        ((None, 6, None), "un jour se donne avec son mois"),
        ((2023, 2, 29), "n'existe pas dans le calendrier"),
        ((1987, 4, 31), "n'existe pas dans le calendrier"),
        ((1987, 13, None), "n'existe pas dans le calendrier"),
        ((1987, 0, None), "n'existe pas dans le calendrier"),
        ((1987, 6, 0), "n'existe pas dans le calendrier"),
        ((1987, -1, 1), "n'existe pas dans le calendrier"),
        ((1849, None, None), "année comprise entre 1850 et l'année en cours"),
        ((2027, None, None), "année comprise entre 1850 et l'année en cours"),
        ((0, None, None), "année comprise entre 1850 et l'année en cours"),
        ((-5, None, None), "année comprise entre 1850 et l'année en cours"),
        ((2026, 11, 24), "dans le futur"),
        ((2026, 12, None), "dans le futur"),
    ],
)
def test_an_impossible_birth_date_is_refused(parties: tuple[int | None, ...], regle: str) -> None:
    detail = refusal(naissance(*parties))
    assert detail.startswith("identitePivot.anneeDateNaissance : ")
    assert regle in detail


@pytest.mark.parametrize(
    ("ecrit", "fige"),
    [
        ("123456789AB", "123456789AB"),  # RNIE
        ("1234567890Z", "1234567890Z"),  # BEA
        ("0A1B2C3D4E5", "0A1B2C3D4E5"),  # base 36
        ("2021A12345B", "2021A12345B"),  # SIFA
        (" 123456789ab ", "123456789AB"),
    ],
)
def test_an_ine_has_one_of_four_forms(ecrit: str, fige: str) -> None:
    assert freeze(ine(ecrit)).ine == fige


@pytest.mark.parametrize(
    "ecrit",
    ["", "123456789", "123456789ABC", "123456789AI", "123456789AO", "1234567890I", "12345-789AB", "\uff1123456789AB"],
)
def test_anything_else_is_not_an_ine(ecrit: str) -> None:
    assert refusal(ine(ecrit)) == "ine : 11 caractères au format RNIE, BEA, base 36 ou SIFA."


@pytest.mark.parametrize(
    ("champ", "accepte"),
    [
        ("code_cog_insee_commune_naissance", "75107"),
        ("code_cog_insee_commune_naissance", "2A004"),
        ("code_cog_insee_commune_naissance", "2b033"),
        ("code_cog_insee_commune_naissance", "97411"),
        ("code_cog_insee_pays_naissance", "99100"),
        ("code_cog_insee_pays_naissance", "99350"),
        ("code_cog_insee_pays_naissance", "92352"),
        ("code_cog_insee_departement_naissance", "01"),
        ("code_cog_insee_departement_naissance", "2a"),
        ("code_cog_insee_departement_naissance", "95"),
        ("code_cog_insee_departement_naissance", "976"),
    ],
)
def test_a_code_of_the_cog_is_accepted_in_either_case(champ: str, accepte: str) -> None:
    fige = frozen_pivot(pivot(**{champ: accepte}))
    assert accepte.upper() in {fige.code_commune, fige.code_pays, fige.code_departement}


@pytest.mark.parametrize(
    ("champ", "chemin", "refuse"),
    [
        ("code_cog_insee_commune_naissance", "codeCogInseeCommuneNaissance", "7510"),
        ("code_cog_insee_commune_naissance", "codeCogInseeCommuneNaissance", "751077"),
        ("code_cog_insee_commune_naissance", "codeCogInseeCommuneNaissance", "2C004"),
        ("code_cog_insee_commune_naissance", "codeCogInseeCommuneNaissance", "20004"),
        ("code_cog_insee_commune_naissance", "codeCogInseeCommuneNaissance", "Paris"),
        ("code_cog_insee_commune_naissance", "codeCogInseeCommuneNaissance", ""),
        ("code_cog_insee_pays_naissance", "codeCogInseePaysNaissance", "FR"),
        ("code_cog_insee_pays_naissance", "codeCogInseePaysNaissance", "9910"),
        ("code_cog_insee_pays_naissance", "codeCogInseePaysNaissance", "75107"),
        ("code_cog_insee_departement_naissance", "codeCogInseeDepartementNaissance", "00"),
        ("code_cog_insee_departement_naissance", "codeCogInseeDepartementNaissance", "96"),
        ("code_cog_insee_departement_naissance", "codeCogInseeDepartementNaissance", "975"),
        ("code_cog_insee_departement_naissance", "codeCogInseeDepartementNaissance", "2C"),
    ],
)
def test_anything_else_is_not_a_code_of_the_cog(champ: str, chemin: str, refuse: str) -> None:
    assert refusal(pivot(**{champ: refuse})).startswith(f"identitePivot.{chemin} : ")


@pytest.mark.parametrize("numero", ["0123456789012", " 3000000000001 "])
def test_a_numero_fiscal_has_thirteen_digits(numero: str) -> None:
    assert freeze(numero_fiscal(numero)).numero_fiscal == numero.strip()


@pytest.mark.parametrize("numero", ["", "012345678901", "01234567890123", "012345678901A", "\uff10123456789012"])
def test_anything_else_is_not_a_numero_fiscal(numero: str) -> None:
    assert refusal(numero_fiscal(numero)) == "numeroFiscal : 13 chiffres."


def test_an_identity_without_any_key_is_refused() -> None:
    assert refusal(IdentiteInput()) == "identite : donnez au moins une clé, par exemple identitePivot."


def test_two_ways_of_writing_one_person_are_one_identity() -> None:
    une = freeze(pivot(nom_naissance=" Martin", code_cog_insee_commune_naissance="2a004"))
    autre = freeze(pivot(nom_naissance="Martin ", code_cog_insee_commune_naissance="2A004", nom_usage=None))
    assert une == autre
    assert hash(une) == hash(autre)


FRANCE, ETRANGER = "99100", "99351"


@pytest.mark.parametrize(
    ("champs", "complet", "situe"),
    [
        ({}, False, False),
        ({"sexe": Sexe.F, "code_pays": ETRANGER}, False, True),
        ({"code_pays": ETRANGER}, False, False),
        ({"sexe": Sexe.F, "code_pays": FRANCE}, False, False),
        ({"sexe": Sexe.F, "code_pays": FRANCE, "code_commune": "75107"}, False, True),
        ({"sexe": Sexe.F, "code_commune": "75107"}, False, False),
        ({"sexe": Sexe.F, "naissance": DateNaissance(1987, 6, 9)}, True, False),
        ({"naissance": DateNaissance(1987, 6, 9)}, False, False),
        ({"sexe": Sexe.F, "naissance": DateNaissance(1987, 6)}, False, False),
        (
            {
                "sexe": Sexe.F,
                "code_pays": FRANCE,
                "nom_commune": "Ajaccio",
                "code_departement": "2A",
                "naissance": DateNaissance(1987),
            },
            False,
            True,
        ),
        (
            {"sexe": Sexe.F, "code_pays": FRANCE, "nom_commune": "Ajaccio", "code_departement": "2A"},
            False,
            False,
        ),
    ],
)
def test_an_etat_civil_is_enough_for_a_source_or_is_not(champs: dict[str, Any], *, complet: bool, situe: bool) -> None:
    identite = Identite(pivot=IdentitePivot("Martin", ("Anne",), **champs))
    assert PIVOT_COMPLET.possible(identite) is complet
    assert PIVOT_SITUE.possible(identite) is situe


def test_a_source_takes_the_first_key_that_it_understands() -> None:
    assert choisir(Identite(ine="123456789AB", numero_fiscal="3000000000001"), (NUMERO_FISCAL, INE)) is NUMERO_FISCAL
    assert choisir(Identite(ine="123456789AB"), (NUMERO_FISCAL, INE)) is INE


def test_a_source_that_understands_no_key_names_those_it_does() -> None:
    with pytest.raises(IdentifiantManquant) as refus:
        choisir(Identite(ine="123456789AB"), (NUMERO_FISCAL, PIVOT_COMPLET))
    assert refus.value.identifiants == (NUMERO_FISCAL.texte, PIVOT_COMPLET.texte)


#: A sign that no message of ours holds, in values that are refused, and a name that no message of ours holds either.
MARQUE, NOM = "¤", "Zwqxkj"
TEXTES = st.just(NOM) | st.text(max_size=100).map(lambda texte: MARQUE + texte)
ENTIERS = st.integers(-(2**31), 2**31 - 1)
CHAMPS_DU_PIVOT: dict[str, st.SearchStrategy[Any]] = {
    "nom_usage": TEXTES,
    "annee_date_naissance": ENTIERS,
    "mois_date_naissance": ENTIERS,
    "jour_date_naissance": ENTIERS,
    "code_cog_insee_pays_naissance": TEXTES,
    "code_cog_insee_commune_naissance": TEXTES,
    "nom_commune_naissance": TEXTES,
    "code_cog_insee_departement_naissance": TEXTES,
}


@st.composite
def saisies(draw: st.DrawFn) -> IdentiteInput:
    """Draw what a caller could write, valid or not."""
    noms: dict[str, st.SearchStrategy[Any]] = {"nom_naissance": TEXTES, "prenoms": st.lists(TEXTES, max_size=22)}
    champs: dict[str, Any] = draw(st.fixed_dictionaries(noms, optional=CHAMPS_DU_PIVOT))
    cles: dict[str, Any] = draw(st.fixed_dictionaries({}, optional={"ine": TEXTES, "numero_fiscal": TEXTES}))
    if not cles or draw(st.booleans()):
        cles["identite_pivot"] = IdentitePivotInput(**champs)
    return IdentiteInput(**cles)


def integers(saisie: IdentiteInput) -> list[str]:
    """Return the integers of an input that are too long for a message of ours (which names a year)."""
    valeurs = vars(saisie.identite_pivot).values() if saisie.identite_pivot else ()
    return [str(abs(valeur)) for valeur in valeurs if isinstance(valeur, int) and abs(valeur) > 99_999]


@given(saisies())
def test_no_refusal_repeats_a_value(saisie: IdentiteInput) -> None:
    try:
        fige = freeze(saisie)
    except ParametreInvalide as refus:
        dit = f"{refus.message} {refus.detail} {refus!r} {refus} {refus.args}"
    else:
        dit = f"{fige!r} {fige.pivot!r}"
    dit += f"{saisie!r} {saisie.identite_pivot!r}"
    assert [valeur for valeur in (MARQUE, NOM, *integers(saisie)) if valeur in dit] == []
