"""A same person is found again whatever the key and the writing; another person gives another pseudonym."""

import hmac
import unicodedata
from dataclasses import fields, replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.pseudonyme import pseudonymes
from graph.enums import Sexe
from graph.identite import DateNaissance, EtatCivil, Identite, IdentitePivot

CLE = bytes(range(32))
PIVOT = IdentitePivot(
    nom_naissance="Lefèvre-D'Aubigné",
    prenoms=("Jean-François", "Noël"),
    naissance=DateNaissance(1987, 3, 14),
    sexe=Sexe.M,
    code_pays="99100",
    code_commune="92023",
)
COMPLETE = Identite(
    pivot=PIVOT,
    ine="1234567890G",
    numero_fiscal="1234567890123",
    identifiant_france_travail="jean.lefevre",
    identifiant_sportif="12345",
)
#: How a person is known, which names nobody.
_SANS_NOM = {"france_connect"}


def genres(personne: Identite | EtatCivil, cle: bytes = CLE) -> dict[str, str]:
    return {pseudonyme.genre: pseudonyme.empreinte for pseudonyme in pseudonymes(cle, personne)}


def etat_civil(nom: str, prenoms: tuple[str, ...], naissance: str = "1987-03-14") -> str:
    return genres(EtatCivil(nom, prenoms, naissance))["etat_civil"]


def test_each_key_given_has_its_pseudonym() -> None:
    assert set(genres(COMPLETE)) == {
        "ine",
        "numero_fiscal",
        "identifiant_france_travail",
        "identifiant_sportif",
        "identite_pivot",
        "etat_civil",
    }
    assert set(genres(Identite(ine="1234567890G"))) == {"ine"}
    assert set(genres(Identite(numero_fiscal="1234567890123"))) == {"numero_fiscal"}
    assert len(set(genres(COMPLETE).values())) == 6


def test_a_pseudonym_is_for_ever_or_the_accesses_of_before_would_be_lost() -> None:
    formes = {
        "ine": "1234567890G",
        "numero_fiscal": "1234567890123",
        "identifiant_france_travail": "jean.lefevre",
        "identifiant_sportif": "12345",
        "identite_pivot": "LEFEVRE D AUBIGNE|JEAN FRANCOIS NOEL|1987-03-14|M|99100|92023",
        "etat_civil": "LEFEVRE D AUBIGNE|JEAN|1987-03-14",
    }
    attendus = {genre: hmac.new(CLE, f"{genre}|{forme}".encode(), sha256) for genre, forme in formes.items()}
    assert genres(COMPLETE) == {genre: attendu.hexdigest() for genre, attendu in attendus.items()}
    nomme = replace(PIVOT, code_commune=None, nom_commune="L'Haÿ-les-Roses", code_departement="94", sexe=None)
    forme = "identite_pivot|LEFEVRE D AUBIGNE|JEAN FRANCOIS NOEL|1987-03-14||99100|L HAY LES ROSES 94"
    pivot = genres(Identite(pivot=nomme))["identite_pivot"]
    assert pivot == hmac.new(CLE, forme.encode(), sha256).hexdigest()


@pytest.mark.parametrize("cle", [champ.name for champ in fields(Identite) if champ.name not in _SANS_NOM])
def test_no_key_of_an_identity_is_forgotten(cle: str) -> None:
    seule = replace(Identite(), **{cle: getattr(COMPLETE, cle)})
    assert genres(seule), f"{cle} has no canonical form in audit/pseudonyme.py"


@pytest.mark.parametrize(
    ("nom", "prenoms"),
    [
        ("LEFEVRE D AUBIGNE", ("JEAN FRANCOIS", "NOEL")),
        ("LEFEVRE-D’AUBIGNE", ("JEAN", "FRANCOIS", "NOEL")),
        ("lefèvre  d'aubigné ", ("jean-françois",)),
        (unicodedata.normalize("NFD", "Lefèvre-D'Aubigné"), ("Jean-Franc\u0327ois",)),
    ],
)
def test_a_person_asked_by_ine_meets_herself_asked_by_pivot(nom: str, prenoms: tuple[str, ...]) -> None:
    assert etat_civil(nom, prenoms) == genres(Identite(pivot=PIVOT))["etat_civil"]


@pytest.mark.parametrize(("ecrit", "rendu"), [("Lœuilleux", "LOEUILLEUX"), ("Cæsar", "CAESAR"), ("Strauß", "STRAUSS")])
def test_letters_that_capitals_spell_out_meet(ecrit: str, rendu: str) -> None:
    assert etat_civil(ecrit, ("Zoé",)) == etat_civil(rendu, ("ZOE",))


@pytest.mark.parametrize(
    ("nom", "prenoms", "naissance"),
    [
        ("Lefebvre-D'Aubigné", ("Jean-François",), "1987-03-14"),
        ("Lefèvre-D'Aubigné", ("François",), "1987-03-14"),
        ("Lefèvre-D'Aubigné", ("Jean-François",), "1987-03-15"),
        ("Lefèvre-D'Aubigné", ("Jean-François",), "1987-03-00"),
        ("Lefèvre", ("D'Aubigné Jean-François",), "1987-03-14"),
    ],
)
def test_another_person_has_another_pseudonym(nom: str, prenoms: tuple[str, ...], naissance: str) -> None:
    assert etat_civil(nom, prenoms, naissance) != genres(COMPLETE)["etat_civil"]


def test_homonyms_of_a_same_day_are_one_etat_civil_but_two_pivots() -> None:
    jumeau = replace(PIVOT, prenoms=("Jean-Paul", "Noël"))
    une, autre = genres(Identite(pivot=PIVOT)), genres(Identite(pivot=jumeau))
    assert une["etat_civil"] == autre["etat_civil"]
    assert une["identite_pivot"] != autre["identite_pivot"]


@pytest.mark.parametrize(
    "autre",
    [
        {"sexe": Sexe.F},
        {"code_pays": "99131"},
        {"code_commune": "75056"},
        {"code_commune": None, "nom_commune": "Clamart", "code_departement": "92"},
        {"naissance": DateNaissance(1987, 3)},
        {"prenoms": ("Jean-François",)},
    ],
)
def test_each_fact_of_a_pivot_counts(autre: dict[str, object]) -> None:
    change = Identite(pivot=replace(PIVOT, **autre))  # type: ignore[arg-type] # one fact at a time, of its own type
    assert genres(change)["identite_pivot"] != genres(COMPLETE)["identite_pivot"]


def test_a_name_in_use_does_not_change_the_pivot() -> None:
    usage = Identite(pivot=replace(PIVOT, nom_usage="Martin"))
    assert genres(usage)["identite_pivot"] == genres(COMPLETE)["identite_pivot"]


def test_a_birth_whose_day_is_unknown_still_meets() -> None:
    annee_seule = replace(PIVOT, naissance=DateNaissance(1987))
    assert genres(Identite(pivot=annee_seule))["etat_civil"] == etat_civil(
        "LEFEVRE D AUBIGNE", ("JEAN FRANCOIS",), "1987-00-00"
    )


def test_an_etat_civil_without_year_surname_or_given_name_names_too_many_persons() -> None:
    assert set(genres(Identite(pivot=replace(PIVOT, naissance=DateNaissance())))) == {"identite_pivot"}
    assert genres(EtatCivil("DURAND", ("ANNE",), "0000-00-00")) == {}
    assert genres(EtatCivil("DURAND", (), "1987-03-14")) == {}
    assert genres(EtatCivil("", ("ANNE",), "1987-03-14")) == {}


def test_another_secret_key_gives_other_pseudonyms() -> None:
    une, autre = genres(COMPLETE), genres(COMPLETE, bytes(32))
    assert not set(une.values()) & set(autre.values())


LETTRES = st.text("abcdefghijklmnopqrstuvwxyzàâäçéèêëîïôöùûüÿæœ", min_size=1, max_size=12)


@given(st.lists(LETTRES, min_size=1, max_size=4), st.lists(LETTRES, min_size=1, max_size=3), st.dates())
def test_accents_case_and_separators_never_part_a_person_from_herself(
    noms: list[str], prenoms: list[str], ne: object
) -> None:
    plat = str.maketrans({"œ": "oe", "æ": "ae"})

    def sans_accent(texte: str) -> str:
        nfd = unicodedata.normalize("NFD", texte.translate(plat))
        return "".join(lettre for lettre in nfd if not unicodedata.combining(lettre)).upper()

    ecrit = etat_civil("-".join(noms).title(), ("-".join(prenoms).title(),), f"{ne}")
    rendu = etat_civil(sans_accent(" ".join(noms)), tuple(map(sans_accent, prenoms)), f"{ne}")
    assert ecrit == rendu
