"""What the plan keeps, what it refuses and for want of which scopes, and which sources it will ask."""

from collections.abc import Callable
from typing import Any

import pytest
from graphql import FieldNode, NameNode

from graph._declaration import Scopes
from graph.errors import ParametreInvalide
from graph.particulier import Particulier
from resolvers.plan import make_plan
from resolvers.planner import Question
from resolvers.selection import Champ
from tests.resolvers.conftest import Interrogation, Refus

N1, N2, N3 = "dgfip_annee_n_moins_1", "dgfip_annee_n_moins_2", "dgfip_annee_n_moins_3"
REPLI = "dgfip_annee_n_moins_2_si_indispo_n_moins_1"
RFR, PARTS = "dgfip_rfr", "dgfip_nbpart"
ADMISSIONS, INSCRIT, REGIME = "mesri_admissions", "mesri_admission_inscrit", "mesri_admission_regime_formation"

ETUDIANT = "statutEtudiant { identite { prenom } }"

Refused = Callable[[Question], Refus]
Asked = Callable[[Question], list[str]]


@pytest.mark.parametrize(
    ("selection", "scopes", "refus"),
    [
        ("situationFiscale { revenuFiscalReference }", {N1, RFR}, {}),
        (
            "situationFiscale { revenuFiscalReference nombreParts }",
            {N1, RFR},
            {"situationFiscale.nombreParts": [PARTS]},
        ),
        ("situationFiscale { revenuFiscalReference nombreParts }", {N1}, {"situationFiscale": [PARTS, RFR]}),
        (
            "situationFiscale { declarant1 { nomUsage nomNaissance } revenuFiscalReference }",
            {N1, RFR},
            {"situationFiscale.declarant1": ["dgfip_nmNaiDec1", "dgfip_nmUsaDec1"]},
        ),
        (
            "situationFiscale { declarant1 { nomUsage nomNaissance } }",
            {N1, "dgfip_nmUsaDec1"},
            {"situationFiscale.declarant1.nomNaissance": ["dgfip_nmNaiDec1"]},
        ),
        ("statutEtudiant { admissions { estInscrit } }", {ADMISSIONS}, {"statutEtudiant": [INSCRIT]}),
        (
            "statutEtudiant { admissions { estInscrit dateDebut } }",
            {ADMISSIONS},
            {"statutEtudiant.admissions.estInscrit": [INSCRIT]},
        ),
        (
            "statutEtudiant { identite { prenom } admissions { regimeFormation { code libelle } } }",
            {"mesri_identite", ADMISSIONS},
            {"statutEtudiant.admissions": [REGIME]},
        ),
        (
            "dossierAllocataire { adresse { pays } enfants { prenoms } }",
            {"cnaf_adresse"},
            {"dossierAllocataire.enfants": ["cnaf_enfants"]},
        ),
    ],
)
def test_a_refusal_is_put_on_the_highest_field_wholly_refused(
    interrogation: Interrogation, refused: Refused, selection: str, scopes: set[str], refus: Refus
) -> None:
    assert refused(interrogation.plan(selection, scopes)) == refus


@pytest.mark.parametrize(
    ("scopes", "manquants"),
    [
        (set(), [REGIME, INSCRIT, ADMISSIONS]),
        ({INSCRIT}, [REGIME, ADMISSIONS]),
        ({ADMISSIONS}, [REGIME, INSCRIT]),
        ({INSCRIT, REGIME}, [ADMISSIONS]),
    ],
)
def test_every_guard_from_the_bloc_to_the_leaf_must_hold(
    interrogation: Interrogation, refused: Refused, scopes: set[str], manquants: list[str]
) -> None:
    question = interrogation.plan("statutEtudiant { admissions { estInscrit regimeFormation { code } } }", scopes)
    assert refused(question) == {"statutEtudiant": sorted(manquants)}


def test_a_bloc_wholly_refused_is_not_asked(interrogation: Interrogation, asked: Asked) -> None:
    question = interrogation.plan(
        "statutEtudiant { identite { prenom } } dossierAllocataire { adresse { pays } }", {"cnaf_adresse"}
    )
    assert asked(question) == ["dossierAllocataire"]


# --- Argument values are permissions too ------------------------------------------------------------------------------


@pytest.mark.parametrize(("annee", "scope"), [(2025, N1), (2024, N2), (2023, N3)])
@pytest.mark.parametrize("autres", [set(), {N1}, {N2}, {N3}])
def test_an_income_year_needs_its_own_scope(
    interrogation: Interrogation, refused: Refused, annee: int, scope: str, autres: set[str]
) -> None:
    question = interrogation.plan(
        f"situationFiscale(anneeRevenus: {annee}) {{ revenuFiscalReference }}", {RFR, *autres}
    )
    assert refused(question) == ({} if scope in autres else {"situationFiscale": [scope]})


@pytest.mark.parametrize("fournie", ["", "(anneeRevenus: null)", "(anneeRevenus: $annee)"])
def test_an_income_year_left_out_needs_one_of_the_scopes_of_years(
    interrogation: Interrogation, refused: Refused, fournie: str
) -> None:
    declare = "$annee: Int" if "$" in fournie else ""
    selection = f"situationFiscale{fournie} {{ revenuFiscalReference nombreParts }}"
    for scope in (N1, N2, N3, REPLI):
        question = interrogation.plan(selection, {RFR, PARTS, scope}, declare=declare)
        assert refused(question) == {}
    assert refused(interrogation.plan(selection, {RFR}, declare=declare)) == {
        "situationFiscale": sorted([PARTS, N1, N2, N3, REPLI])
    }


def test_a_year_that_is_not_granted_adds_its_scope_to_those_of_the_fields(
    interrogation: Interrogation, refused: Refused
) -> None:
    question = interrogation.plan("situationFiscale(anneeRevenus: 2023) { revenuFiscalReference nombreParts }", {N1})
    assert refused(question) == {"situationFiscale": sorted([N3, PARTS, RFR])}


def test_each_alias_of_a_bloc_is_judged_for_its_own_year(
    interrogation: Interrogation, refused: Refused, asked: Asked
) -> None:
    question = interrogation.plan(
        "a: situationFiscale(anneeRevenus: 2025) { revenuFiscalReference }"
        "b: situationFiscale(anneeRevenus: 2024) { revenuFiscalReference }"
        "c: situationFiscale { revenuFiscalReference }",
        {RFR, N2},
    )
    assert refused(question) == {"a": [N1]}
    assert asked(question) == ["b", "c"]


@pytest.mark.parametrize("annee", [2026, 2022, 0, -1])
def test_another_income_year_refuses_the_whole_request(interrogation: Interrogation, annee: int) -> None:
    with pytest.raises(ParametreInvalide) as refus:
        interrogation.plan(f"situationFiscale(anneeRevenus: {annee}) {{ revenuFiscalReference }}", {RFR, N1})
    assert refus.value.detail == "anneeRevenus : l'une des trois années qui précèdent l'année en cours."


@pytest.mark.parametrize("arguments", ["annee: 2026, mois: 12", "mois: 13", "mois: 0", "annee: 2024, mois: 11"])
def test_a_month_out_of_range_refuses_the_whole_request(interrogation: Interrogation, arguments: str) -> None:
    with pytest.raises(ParametreInvalide):
        interrogation.plan(f"dossierAllocataire({arguments}) {{ adresse {{ pays }} }}", {"cnaf_adresse"})


@pytest.mark.parametrize("arguments", ["annee: 2026, mois: 11", "annee: 2024, mois: 12", "mois: 1", "annee: 2025"])
def test_a_month_of_the_last_two_years_is_planned(interrogation: Interrogation, asked: Asked, arguments: str) -> None:
    question = interrogation.plan(f"dossierAllocataire({arguments}) {{ adresse {{ pays }} }}", {"cnaf_adresse"})
    assert asked(question) == ["dossierAllocataire"]


def test_an_argument_out_of_range_is_refused_even_where_nothing_would_be_asked(interrogation: Interrogation) -> None:
    with pytest.raises(ParametreInvalide):
        interrogation.plan("situationFiscale(anneeRevenus: 1999) { __typename }", ())


# --- Names of types ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "selection",
    [
        "situationFiscale { __typename }",
        "situationFiscale { declarant1 { __typename } }",
        "situationFiscale { __typename declarant1 { a: __typename } declarant2 { ...F } }",
        "statutEtudiant { admissions @skip(if: true) { dateDebut } __typename }",
    ],
)
@pytest.mark.parametrize("scopes", [(), (N1, RFR, ADMISSIONS)])
def test_a_type_name_alone_never_keeps_a_bloc(
    interrogation: Interrogation, asked: Asked, refused: Refused, selection: str, scopes: tuple[str, ...]
) -> None:
    fragments = "fragment F on Declarant2 { __typename }" if "...F" in selection else ""
    question = interrogation.plan(selection, scopes, fragments=fragments)
    assert asked(question) == []
    assert refused(question) == {}


def test_a_type_name_does_not_save_a_bloc_whose_guarded_fields_are_refused(
    interrogation: Interrogation, refused: Refused
) -> None:
    question = interrogation.plan("situationFiscale { __typename revenuFiscalReference }", {N1})
    assert refused(question) == {"situationFiscale": [RFR]}


@pytest.mark.parametrize(("scopes", "demandes"), [((), []), ((ADMISSIONS,), ["statutEtudiant"])])
def test_an_object_with_its_own_guard_is_guarded_whatever_is_selected_below(
    interrogation: Interrogation, asked: Asked, refused: Refused, scopes: tuple[str, ...], demandes: list[str]
) -> None:
    question = interrogation.plan("statutEtudiant { admissions { __typename } }", scopes)
    assert asked(question) == demandes
    assert refused(question) == ({} if scopes else {"statutEtudiant": [ADMISSIONS]})


# --- Merged selections ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("directive", "variables", "garde"),
    [
        ("@include(if: true)", {}, True),
        ("@include(if: false)", {}, False),
        ("@skip(if: true)", {}, False),
        ("@include(if: $oui)", {"oui": True}, True),
        ("@include(if: $oui)", {"oui": False}, False),
        ("@include(if: $defaut)", {}, True),
        ("@include(if: $defaut)", {"defaut": False}, False),
        ("@skip(if: $defaut)", {}, False),
        ("@skip(if: $oui) @include(if: $defaut)", {"oui": False}, True),
        ("@skip(if: $oui) @include(if: $defaut)", {"oui": True}, False),
        ("@skip(if: $oui) @include(if: $defaut)", {"oui": False, "defaut": False}, False),
    ],
)
def test_a_selection_that_is_skipped_is_not_planned(
    interrogation: Interrogation, asked: Asked, directive: str, variables: dict[str, Any], *, garde: bool
) -> None:
    declares = {"$oui": "$oui: Boolean!", "$defaut": "$defaut: Boolean = true"}
    question = interrogation.plan(
        f"__typename a: statutEtudiant {directive} {{ identite {{ nomNaissance }} }}"
        f"... {directive} {{ b: {ETUDIANT} }} ...F {directive}",
        {"mesri_identite"},
        variables,
        declare=" ".join(declaration for nom, declaration in declares.items() if nom in directive),
        fragments=f"fragment F on Particulier {{ c: {ETUDIANT} }}",
    )
    assert asked(question) == (["a", "b", "c"] if garde else [])


@pytest.mark.parametrize(
    "place", ["statutEtudiant @include(if: $b) { identite { prenom } }", "...@skip(if: $b) { x: __typename }"]
)
def test_a_null_condition_is_a_refused_parameter(interrogation: Interrogation, place: str) -> None:
    with pytest.raises(ParametreInvalide) as refus:
        interrogation.plan(place, (), {"b": None}, declare="$b: Boolean = true")
    assert refus.value.detail == "La variable « $b » est obligatoire."


def test_selections_of_one_key_are_judged_together(interrogation: Interrogation, refused: Refused) -> None:
    question = interrogation.plan(
        "situationFiscale { revenuFiscalReference } ...F "
        "... on Particulier { situationFiscale { ... { nombreParts } } }",
        {N1, "dgfip_sitfam"},
        fragments="fragment F on Particulier { situationFiscale { situationFamille } }",
    )
    assert refused(question) == {
        "situationFiscale.revenuFiscalReference": [RFR],
        "situationFiscale.nombreParts": [PARTS],
    }


def test_an_alias_bears_the_verdict_of_its_field(interrogation: Interrogation, refused: Refused) -> None:
    question = interrogation.plan(
        "situationFiscale { nombreParts: revenuFiscalReference revenuFiscalReference: nombreParts }", {N1, RFR}
    )
    assert refused(question) == {"situationFiscale.revenuFiscalReference": [PARTS]}


def test_a_guarded_object_of_which_only_the_name_is_asked_is_what_is_disclosed_or_refused(
    interrogation: Interrogation,
) -> None:
    selection = "statutEtudiant { identite { __typename } admissions { dateDebut } }"
    for scopes, divulgues, refuses in (
        ({"mesri_identite"}, "identite", "admissions.dateDebut"),
        ({"mesri_admissions"}, "admissions.dateDebut", "identite"),
    ):
        ((bloc,),) = (personne.blocs for personne in interrogation.plan(selection, scopes).plan.personnes)
        assert bloc.divulgues == (f"statutEtudiant.{divulgues}",)
        assert bloc.refuses == (f"statutEtudiant.{refuses}",)
        assert bloc.noms({"identite"}) == {"identite"}


def test_leaves_disclosed_and_refused_are_named_by_the_schema(interrogation: Interrogation) -> None:
    question = interrogation.plan(
        "f: situationFiscale { r: revenuFiscalReference nombreParts declarant1 { n: nomUsage } }", {N1, RFR}
    )
    (bloc,) = question.plan.personnes[0].blocs
    assert bloc.divulgues == ("situationFiscale.revenuFiscalReference",)
    assert bloc.refuses == ("situationFiscale.nombreParts", "situationFiscale.declarant1.nomUsage")


# --- Groups of scopes -------------------------------------------------------------------------------------------------


def champ(nom: str, garde: Scopes = (), *enfants: Champ, type_: type[Any] | None = None) -> Champ:
    """Return a selected field: no field of the graph needs two scopes at once yet."""
    return Champ(
        cle=nom,
        nom=nom,
        attribut=nom,
        garde=garde,
        regle=None,
        parent="",
        type=type_,
        definition=None,
        node=FieldNode(name=NameNode(value=nom)),
        enfants=enfants or None,
    )


@pytest.mark.parametrize(
    ("scopes", "manquants"),
    [
        (set(), {"a", "b", "c", "d"}),
        ({"a"}, {"b", "c", "d"}),
        ({"a", "c"}, {"b", "d"}),
        ({"a", "b"}, None),
        ({"c", "d"}, None),
        ({"a", "b", "c"}, None),
    ],
)
def test_one_group_of_scopes_held_as_a_whole_is_enough(scopes: set[str], manquants: set[str] | None) -> None:
    bloc = champ("bloc", (), champ("feuille", (("a", "b"), ("c", "d"))))
    plan = make_plan((champ("particulier", (), bloc, type_=Particulier),), frozenset(scopes), {}, [("particulier",)])
    ((prevu,),) = (personne.blocs for personne in plan.personnes)
    assert prevu.garde is (manquants is None)
    assert prevu.noeud.manquants == (manquants or set())
