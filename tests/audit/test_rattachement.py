"""Which accesses are a citizen's: hers for certain, perhaps hers, or a homonym's, by what the traces bear."""

from dataclasses import replace

import pytest

from audit.pseudonyme import fondre, pseudonymes
from audit.rattachement import Cherchee, Rattachement, chercher, rattacher
from audit.trace import OBTENU, Intention, Issue
from graph.enums import Sexe
from graph.identite import DateNaissance, EtatCivil, Identite, IdentitePivot
from tests.audit.journaux import INSTANT, SOBRE

CLE, AUTRE_CLE = b"c" * 32, b"d" * 32
ELLE = IdentitePivot("Quévreuilh", ("Anne-Laure", "Théodrêne"), DateNaissance(1987, 3, 14), Sexe.F, "99100", "2A004")
CERTAIN, PROBABLE = Rattachement.CERTAIN, Rattachement.PROBABLE
SEULE = IdentitePivot("QUEVREUILH", ("ANNE",), DateNaissance(1987, 3, 14))


@pytest.fixture
def elle() -> list[Cherchee]:
    return chercher((AUTRE_CLE, CLE), ELLE)


def test_a_citizen_who_is_looked_for_prints_nothing_of_her() -> None:
    (une,) = chercher((CLE,), ELLE, "0912345678K")
    ensembles = une.preuves | une.indeniables
    faits = {*une.admises, *(fait for ensemble in ensembles for fait in ensemble)}
    empreintes = {un.empreinte for un in une.pseudonymes | une.dites}
    assert faits
    assert empreintes
    assert [secret for secret in faits | empreintes if secret in repr(une)] == []


def nommee(identite: Identite) -> Intention:
    return replace(SOBRE, pseudonymes=pseudonymes(CLE, identite))


def rendue(*etats_civils: EtatCivil) -> Issue:
    portes = fondre(un for etat_civil in etats_civils for un in pseudonymes(CLE, etat_civil))
    return Issue(requete="r", rang=0, instant=INSTANT, resultat=OBTENU, pseudonymes=portes)


def rendu(*prenoms: str, prenom_max: int | None = None) -> EtatCivil:
    return EtatCivil("QUEVREUILH", prenoms, "1987-03-14", prenom_max=prenom_max)


@pytest.mark.parametrize(
    ("pivot", "attendu"),
    [
        (ELLE, CERTAIN),
        (replace(ELLE, nom_usage="MARTIN", nom_commune="AJACCIO"), CERTAIN),
        (SEULE, PROBABLE),
        (replace(SEULE, sexe=Sexe.F, code_pays="99100"), PROBABLE),
        (replace(SEULE, prenoms=("Anne Laure",)), PROBABLE),
        (replace(SEULE, prenoms=("ANNE", "LAURE", "THEODRENE")), CERTAIN),
        (replace(SEULE, code_commune="2a004"), PROBABLE),
        (replace(SEULE, code_commune="2a004", prenoms=("ANNE LAURE",)), CERTAIN),
        (replace(SEULE, nom_commune="Ajaccio", code_departement="2A"), PROBABLE),
        (replace(ELLE, sexe=Sexe.M), PROBABLE),
        (replace(ELLE, sexe=Sexe.M, code_commune=None), None),
        (replace(ELLE, code_commune="13055"), None),
        (replace(ELLE, prenoms=("Anne-Laure", "Marie")), PROBABLE),
        (replace(ELLE, prenoms=("Anne Laure", "Marie")), PROBABLE),
        (replace(ELLE, prenoms=("Anne", "Laure", "Marie")), None),
        (replace(ELLE, prenoms=("Anne-Laure", "Marie"), code_commune=None), None),
        (replace(ELLE, prenoms=("Anne-Laure", "Marie"), code_commune="13055"), None),
        (replace(SEULE, prenoms=("Anne", "Sophie")), None),
        (replace(SEULE, code_pays="99350"), None),
        (replace(SEULE, nom_commune="Nice", code_departement="06"), None),
        (replace(SEULE, naissance=DateNaissance(1987, 3, 15)), None),
        (replace(SEULE, nom_naissance="Martin"), None),
    ],
    ids=range(22),
)
def test_an_identity_that_an_administration_wrote_is_hers_or_not(
    elle: list[Cherchee], pivot: IdentitePivot, attendu: Rattachement | None
) -> None:
    assert rattacher(elle, [nommee(Identite(pivot=pivot))]) is attendu


@pytest.mark.parametrize(
    ("rendus", "attendu"),
    [
        ([rendu("ANNE")], PROBABLE),
        ([rendu("ANNE LAURE")], PROBABLE),
        ([rendu("ANNE-LAURE", "THEODRENE")], CERTAIN),
        ([rendu("ANNE"), rendu("ANNE", "LAURE", "THEODRENE")], CERTAIN),
        ([rendu("ANNE", "MARIE")], None),
        ([rendu("ANNE-LAURE", "THEODRENE"), rendu("ANNE", "MARIE")], None),
        ([rendu("ANNE LAURE THEO", prenom_max=15)], PROBABLE),
        ([EtatCivil("MARTIN", ("ANNE",), "1987-03-14")], None),
        ([rendu("ANNE-LAURE", "THEODRENE"), EtatCivil("MARTIN", ("PAUL",), "1960-01-02")], PROBABLE),
        ([], None),
    ],
    ids=range(10),
)
def test_an_etat_civil_that_sources_returned_for_a_number_is_hers_or_not(
    elle: list[Cherchee], rendus: list[EtatCivil], attendu: Rattachement | None
) -> None:
    assert rattacher(elle, [nommee(Identite(ine="1234567890G")), rendue(*rendus)]) is attendu


def test_what_no_source_checks_hides_no_access_and_what_a_source_returned_still_excludes(elle: list[Cherchee]) -> None:
    nommant = nommee(Identite(pivot=replace(ELLE, prenoms=("Anne-Laure", "Inventé"))))
    assert rattacher(elle, [nommant, rendue(rendu("ANNE-LAURE", "THEODRENE"))]) is PROBABLE
    assert rattacher(elle, [nommant, rendue(rendu("ANNE", "MARIE"))]) is None


NEE_AILLEURS = replace(ELLE, prenoms=("Anne",), code_pays="99352", code_commune=None)


@pytest.mark.parametrize(
    ("elle", "attendu"),
    [
        (NEE_AILLEURS, PROBABLE),
        (replace(NEE_AILLEURS, prenoms=("Anne-Laure",)), PROBABLE),
        (replace(NEE_AILLEURS, prenoms=("Anne", "Laure")), CERTAIN),
        (replace(ELLE, prenoms=("Anne",)), CERTAIN),
        (replace(ELLE, prenoms=()), CERTAIN),
    ],
    ids=range(5),
)
def test_an_identity_that_holds_neither_commune_nor_second_given_name_excludes_no_homonym(
    elle: IdentitePivot, attendu: Rattachement
) -> None:
    assert rattacher(chercher((AUTRE_CLE, CLE), elle), [nommee(Identite(pivot=elle))]) is attendu


JUMELLE = replace(ELLE, prenoms=("Anne-Sophie", "Théodrêne"))


def test_a_twin_whose_first_given_name_begins_alike_is_not_excluded_by_the_commune_that_they_share() -> None:
    ecrites = {("Anne",): (PROBABLE, PROBABLE), ("Anne-Laure",): (CERTAIN, None), ("Anne-Sophie",): (None, CERTAIN)}
    for prenoms, attendus in ecrites.items():
        trace = nommee(Identite(pivot=replace(ELLE, prenoms=prenoms)))
        assert tuple(rattacher(chercher((CLE,), une), [trace]) for une in (ELLE, JUMELLE)) == attendus
    # What the administration did not say, the source may: the two together are hers alone.
    trace, issue = nommee(Identite(pivot=replace(ELLE, prenoms=("Anne",)))), rendue(rendu("ANNE", "LAURE"))
    assert [rattacher(chercher((CLE,), une), [trace, issue]) for une in (ELLE, JUMELLE)] == [CERTAIN, None]


@pytest.mark.parametrize(
    ("sienne", "dite", "attendu"),
    [
        ("75107", "75056", PROBABLE),
        ("75056", "75120", PROBABLE),
        ("69389", "69123", PROBABLE),
        ("13055", "13201", PROBABLE),
        ("75107", "75107", CERTAIN),
        ("75107", "75108", None),
        ("75107", "69123", None),
        ("75056", "75121", None),
        ("69123", "69390", None),
        ("13055", "13217", None),
        ("13204", "13054", None),
    ],
)
def test_a_city_and_its_arrondissements_do_not_contradict_one_another_and_prove_nothing(
    sienne: str, dite: str, attendu: Rattachement | None
) -> None:
    elle = replace(ELLE, prenoms=("Anne",), code_commune=sienne)
    assert rattacher(chercher((CLE,), elle), [nommee(Identite(pivot=replace(SEULE, code_commune=dite)))]) is attendu


def test_a_given_name_of_one_word_is_told_apart_by_the_commune() -> None:
    seule = replace(ELLE, prenoms=("Anne", "Théodrêne"))
    assert rattacher(chercher((CLE,), seule), [nommee(Identite(pivot=replace(SEULE, code_commune="2A004")))]) is CERTAIN


def test_her_whole_identity_is_certain_whatever_another_source_returned(elle: list[Cherchee]) -> None:
    rendus = rendue(rendu("ANNE"), EtatCivil("QUEVREUILHE", ("ANNE",), "1987-03-14"))
    assert rattacher(elle, [nommee(Identite(pivot=ELLE)), rendus]) is CERTAIN


def test_a_fact_of_either_trace_contradicts_both(elle: list[Cherchee]) -> None:
    autre = replace(SEULE, code_commune="13055")
    assert rattacher(elle, [nommee(Identite(pivot=autre)), rendue(rendu("ANNE-LAURE", "THEODRENE"))]) is None


def test_a_trace_written_before_the_precisions_is_not_certain(elle: list[Cherchee]) -> None:
    ancienne = nommee(Identite(pivot=replace(ELLE, nom_commune="Ajaccio", code_commune=None)))
    depouillee = tuple(replace(un, precisions=()) for un in ancienne.pseudonymes)
    assert rattacher(elle, [replace(ancienne, pseudonymes=depouillee)]) is PROBABLE


def test_a_key_that_was_destroyed_finds_nothing() -> None:
    assert rattacher(chercher((AUTRE_CLE,), ELLE), [nommee(Identite(pivot=ELLE))]) is None
    assert rattacher(chercher((), ELLE), [nommee(Identite(pivot=ELLE))]) is None


def test_what_is_said_of_one_person_has_another_digest_for_another_one() -> None:
    autre = replace(ELLE, nom_naissance="Martin")
    dits = [{dit for un in pseudonymes(CLE, Identite(pivot=une)) for dit in un.precisions} for une in (ELLE, autre)]
    assert all(dits)
    assert dits[0].isdisjoint(dits[1])


SIEN, AUTRE_INE = "1234567890G", "1234567890H"


@pytest.mark.parametrize(
    ("cles", "rendus", "dit", "attendu"),
    [
        (Identite(ine=SIEN), [rendu("ANNE")], SIEN, CERTAIN),
        (Identite(ine=SIEN, pivot=SEULE), [], SIEN, CERTAIN),
        (Identite(ine=SIEN), [rendu("ANNE")], AUTRE_INE, PROBABLE),
        (Identite(ine=AUTRE_INE), [rendu("ANNE")], SIEN, PROBABLE),
        (Identite(pivot=SEULE), [], SIEN, PROBABLE),
        (Identite(numero_fiscal=SIEN), [rendu("ANNE")], SIEN, PROBABLE),
        (Identite(ine=SIEN), [], SIEN, None),
        (Identite(ine=SIEN), [rendu("ANNE", "MARIE")], SIEN, None),
        (Identite(ine=SIEN), [rendu("ANNE"), rendu("ANNE", "MARIE")], SIEN, None),
        (Identite(ine=SIEN, pivot=replace(SEULE, code_commune="13055")), [rendu("ANNE")], SIEN, None),
        (Identite(ine=SIEN), [EtatCivil("MARTIN", ("ANNE",), "1987-03-14")], SIEN, None),
        (Identite(ine=SIEN), [rendu("ANNE"), EtatCivil("MARTIN", ("PAUL",), "1960-01-02")], SIEN, PROBABLE),
    ],
    ids=range(12),
)
def test_the_ine_that_she_says_makes_certain_what_is_probable_and_finds_nothing_more(
    cles: Identite, rendus: list[EtatCivil], dit: str, attendu: Rattachement | None
) -> None:
    sans, avec = chercher((AUTRE_CLE, CLE), ELLE), chercher((AUTRE_CLE, CLE), ELLE, dit)
    assert [une.pseudonymes for une in avec] == [une.pseudonymes for une in sans]
    assert rattacher(avec, [nommee(cles), rendue(*rendus)]) is attendu
    assert rattacher(sans, [nommee(cles), rendue(*rendus)]) is (attendu and PROBABLE)
