"""A question is read, coerced and planned, or refused without repeating any of its values; what is kept is bounded."""

import gc
from typing import Any

import pytest

from graph.errors import ErreurDeRequete, ParametreInvalide, RequeteInvalide
from resolvers.documents import Operation
from resolvers.plan import Plan
from tests.resolvers.conftest import PERSONNE, Interrogation

CANARI = "ZWQXKJVB8471936052"
NOMBRE = 847193605284719


@pytest.mark.parametrize(
    ("document", "nom", "lue"),
    [
        ("{ __typename }", None, None),
        ("query A { __typename }", None, "A"),
        ("query A { __typename } query B { __typename }", "B", "B"),
    ],
)
def test_the_operation_named_is_the_one_planned(
    interrogation: Interrogation, document: str, nom: str | None, lue: str | None
) -> None:
    node = interrogation.ask(document, {}, operation=nom).operation.node
    assert (node.name.value if node.name else None) == lue


@pytest.mark.parametrize(
    ("document", "nom"),
    [
        ("query A { __typename } query B { __typename }", None),
        ("query A { __typename } query B { __typename }", "C"),
        ("{ __typename }", "A"),
        ("query A { __typename } query A { __typename }", "A"),
        ("{ __typename } { __typename }", None),
        ("query A { __typename } { __typename }", "A"),
        ("fragment F on Query { __typename }", None),
        ("type T { a: Int }", None),
        ("subscription { a }", None),
        ("mutation { a }", None),
        ("# rien", None),
    ],
)
def test_an_operation_that_cannot_be_told_or_served_is_refused(
    interrogation: Interrogation, document: str, nom: str | None
) -> None:
    with pytest.raises(RequeteInvalide):
        interrogation.ask(document, {}, operation=nom)


def test_the_fingerprint_is_that_of_the_document_and_of_the_operation(interrogation: Interrogation) -> None:
    document = "query A { __typename } query B { __typename }"
    empreintes = {
        interrogation.ask(document, {}, operation="A").operation.empreinte,
        interrogation.ask(document, {}, operation="B").operation.empreinte,
        interrogation.ask("query A { __typename }", {}).operation.empreinte,
    }
    assert len(empreintes) == 3
    assert interrogation.ask("query A { __typename }", {}).operation.empreinte in empreintes


VARIABLES: list[tuple[str, Any]] = [
    ("IdentiteInput", CANARI),
    ("IdentiteInput", [CANARI]),
    ("IdentiteInput", NOMBRE),
    ("IdentiteInput", {"ine": CANARI}),
    ("IdentiteInput", {"ine": NOMBRE}),
    ("IdentiteInput", {"ine": [CANARI]}),
    ("IdentiteInput", {"ine": {"a": CANARI}}),
    ("IdentiteInput", {"numeroFiscal": CANARI}),
    ("IdentiteInput", {"numeroFiscal": float(NOMBRE)}),
    ("IdentiteInput", {"nir": CANARI}),
    ("IdentiteInput", {CANARI: "x"}),
    ("IdentiteInput", {"identitePivot": CANARI}),
    ("IdentiteInput", {"identitePivot": {"nomNaissance": CANARI}}),
    ("IdentiteInput", {"identitePivot": {"nomNaissance": NOMBRE, "prenoms": ["Anne"]}}),
    ("IdentiteInput", {"identitePivot": {"nomNaissance": CANARI, "prenoms": ["Anne"]}}),
    ("IdentiteInput", {"identitePivot": {"nomNaissance": "Martin", "prenoms": [None, CANARI]}}),
    ("IdentiteInput", {"identitePivot": {"nomNaissance": "Martin", "prenoms": [["Anne"], CANARI]}}),
    ("IdentiteInput", {"identitePivot": {"nomNaissance": "Martin", "prenoms": [], "sexeEtatCivil": CANARI}}),
    ("IdentiteInput", {"identitePivot": {"nomNaissance": "Martin", "prenoms": ["A"], "anneeDateNaissance": NOMBRE}}),
    ("IdentiteInput", {"identitePivot": {"nomNaissance": "Martin", "prenoms": ["A"], "jourDateNaissance": CANARI}}),
    ("IdentiteInput", {"identitePivot": {"nomNaissance": "Martin", "prenoms": ["A"], "codeCogInseePaysNaissance": 1}}),
    ("IdentiteInput!", None),
]


@pytest.mark.parametrize(("declare", "valeur"), VARIABLES)
def test_a_variable_is_refused_without_its_value(interrogation: Interrogation, declare: str, valeur: Any) -> None:
    document = f"query($i: {declare}) {{ particulier(identite: $i) {{ __typename }} }}"
    with pytest.raises(ParametreInvalide) as refus:
        interrogation.ask(document, {"i": valeur})
    assert_french_and_mute(refus.value)


LITTERAUX = [
    f'ine: "{CANARI}"',
    f"ine: {NOMBRE}",
    f"ine: {CANARI}",
    f"ine: $i, numeroFiscal: {NOMBRE}",
    f'ine: ["{CANARI}"]',
    f'ine: {{ a: "{CANARI}" }}',
    f'{CANARI}: "x"',
    f'identitePivot: "{CANARI}"',
    f'identitePivot: {{ nomNaissance: "{CANARI}" }}',
    f'identitePivot: {{ nomNaissance: {CANARI}, prenoms: ["Anne"] }}',
    f'identitePivot: {{ nomNaissance: "{CANARI}", prenoms: ["Anne"] }}',
    f'identitePivot: {{ nomNaissance: "Martin", prenoms: ["Anne"], sexeEtatCivil: {CANARI} }}',
    f'identitePivot: {{ nomNaissance: "Martin", prenoms: ["Anne"], sexeEtatCivil: "{CANARI}" }}',
    f'identitePivot: {{ nomNaissance: "Martin", prenoms: ["Anne"], anneeDateNaissance: {NOMBRE} }}',
    f'identitePivot: {{ nomNaissance: "Martin", prenoms: ["Anne"], anneeDateNaissance: "{CANARI}" }}',
    f'identitePivot: {{ nomNaissance: "Martin", prenoms: ["Anne"], codeCogInseePaysNaissance: "{CANARI}" }}',
]


@pytest.mark.parametrize("litteral", LITTERAUX)
def test_a_literal_is_refused_without_its_value(interrogation: Interrogation, litteral: str) -> None:
    declare = f"($i: Ine = {NOMBRE})" if "$i" in litteral else ""
    with pytest.raises(ErreurDeRequete) as refus:
        interrogation.ask(f"query{declare} {{ particulier(identite: {{ {litteral} }}) {{ __typename }} }}", {})
    assert isinstance(refus.value, RequeteInvalide | ParametreInvalide)
    assert_french_and_mute(refus.value)


@pytest.mark.parametrize(
    "document",
    [
        f'{{ particulier(identite: "{CANARI}',
        f'{{ particulier "{CANARI}" }}',
        f"{{ particulier(identite: {{ ine: {NOMBRE}x }}) }}",
        f'{{ particulier @include(if: "{CANARI}") {{ __typename }} }}',
        f'query($i: IdentiteInput = {{ ine: "{CANARI}", ine: "{CANARI}" }}) {{ particulier(identite: $i) {{ x }} }}',
        f'{{ p: particulier(identite: {{ ine: "{CANARI}" }}) {{ __typename }} p: habilitation {{ intitule }} }}',
        f'{{ p: particulier(identite: {{ ine: "{CANARI}" }}) {{ __typename }} p: particulier {{ __typename }} }}',
        f'{{ __type(name: "{CANARI}") {{ name {{ x }} }} }}',
    ],
)
def test_a_document_is_refused_without_its_values(interrogation: Interrogation, document: str) -> None:
    with pytest.raises(RequeteInvalide) as refus:
        interrogation.ask(document, {})
    assert_french_and_mute(refus.value)
    assert refus.value.lignes, "the place in the document helps, and tells nothing"


def assert_french_and_mute(refus: ErreurDeRequete) -> None:
    """Check that a refusal says where, in French, and nothing of what was sent."""
    dit = f"{refus.message} {refus.detail} {refus!r} {refus.args}"
    assert CANARI not in dit
    assert str(NOMBRE) not in dit
    assert "847193605" not in dit
    assert refus.detail.endswith(".")
    assert not {"Expected", "Variable", "value", "found", "Unknown", "mean"} & set(
        refus.detail.replace('"', " ").split()
    )


@pytest.mark.parametrize(
    ("selection", "detail"),
    [
        ("inconnu", "le champ « inconnu » n'existe pas sur le type « Particulier »."),
        ("statutEtudiant", "le champ « statutEtudiant » demande une sélection de champs."),
        ("__typename { a }", "le champ « __typename » n'admet pas de sélection de champs."),
        (
            "situationFiscale(an: 1) { __typename }",
            "l'argument « an » n'existe pas sur « Particulier.situationFiscale ».",
        ),
        ("...F", "le fragment « F » n'est pas défini."),
        ("... on Inconnu { a }", "le type « Inconnu » n'existe pas."),
        ("__typename @inconnue", "la directive « @inconnue » n'existe pas."),
        ("__typename @include", "« include » exige l'argument « if »."),
        ("dossierAllocataire(mois: $m) { __typename }", "la variable « $m » n'est pas déclarée par l'opération."),
    ],
)
def test_a_mistake_of_names_is_told_in_french(interrogation: Interrogation, selection: str, detail: str) -> None:
    with pytest.raises(RequeteInvalide) as refus:
        interrogation.plan(selection, ())
    assert refus.value.detail.endswith(detail)
    assert refus.value.detail.startswith("Ligne 1, colonne ")


# --- What is kept from one request to the next ------------------------------------------------------------------------

#: Above the bounds of the caches: 256 documents; 512 selections or plans, which hold their document.
NOMBREUX, BORNE = 600, 512


def living(classe: type[Any]) -> int:
    gc.collect()
    return sum(type(objet) is classe for objet in gc.get_objects())


@pytest.mark.parametrize(("commentaire", "nombre", "borne"), [("", NOMBREUX, BORNE), ("#" + "x" * 9_000, 30, 0)])
def test_documents_kept_are_bounded_in_number_and_in_size(
    interrogation: Interrogation, commentaire: str, nombre: int, borne: int
) -> None:
    avant = living(Operation)
    for rang in range(nombre):
        interrogation.ask(f"{{ a{rang}: __typename }} {commentaire}", {})
    assert living(Operation) - avant <= borne


def test_plans_kept_are_bounded(interrogation: Interrogation) -> None:
    avant = living(Plan)
    for rang in range(NOMBREUX):
        interrogation.plan("statutEtudiant { identite { prenom } }", {f"scope_{rang}"})
    assert living(Plan) - avant <= BORNE


def test_a_question_asked_again_gets_the_same_plan(interrogation: Interrogation) -> None:
    une = interrogation.plan("statutEtudiant { identite { prenom } }", {"mesri_identite"})
    autre = interrogation.plan("statutEtudiant { identite { prenom } }", {"mesri_identite"})
    assert une.plan is autre.plan
    assert une.identites == autre.identites


def test_a_plan_kept_serves_no_other_scopes_conditions_nor_arguments(interrogation: Interrogation) -> None:
    declare, scopes = "$b: Boolean!, $annee: Int", {"dgfip_rfr", "dgfip_annee_n_moins_1"}
    selection = "situationFiscale(anneeRevenus: $annee) @include(if: $b) { revenuFiscalReference }"
    plans = [
        interrogation.plan(selection, habilites, {"b": b, "annee": annee, "identite": PERSONNE}, declare=declare).plan
        for habilites in (scopes, set())
        for b in (True, False)
        for annee in (2025, 2024)
    ]
    garde = [any(bloc.garde for personne in plan.personnes for bloc in personne.blocs) for plan in plans]
    assert garde == [True] + [False] * 7
