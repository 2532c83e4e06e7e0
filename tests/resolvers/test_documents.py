"""A document is read once: what is derived from it, for which operation, and at what cost."""

import sys
from typing import Any

import pytest

from graph.errors import RequeteTropCouteuse
from tests.resolvers.conftest import PERSONNE, Interrogation

PERSONNE_NOMMEE = '{ particulier(identite: { ine: "%s", identitePivot: { nomNaissance: "%s", prenoms: ["Anne"], '
PERSONNE_NOMMEE += "anneeDateNaissance: %d } }) { __typename } } # %s"


def test_a_condition_of_another_operation_is_none_of_ours(interrogation: Interrogation) -> None:
    document = "query A($x: Boolean!) { __typename @skip(if: $x) } "
    document += "query B($x: IdentiteInput!) { particulier(identite: $x) { __typename } }"
    question = interrogation.ask(document, {"x": PERSONNE}, operation="B")
    assert list(question.identites) == [("particulier",)]
    assert interrogation.ask(document, {"x": True}, operation="A").plan.racines == ()


def empreinte(interrogation: Interrogation, document: str) -> str:
    return interrogation.ask(document, {}).operation.empreinte


def test_the_fingerprint_says_nothing_of_a_person_named_in_the_document(interrogation: Interrogation) -> None:
    une = PERSONNE_NOMMEE % ("123456789AB", "Martin", 1987, "Martin")
    autre = PERSONNE_NOMMEE % ("123456789AC", "Dupont", 2001, "Dupont Anne")
    bloc = PERSONNE_NOMMEE.replace('"%s", prenoms', '"""%s""", prenoms') % ("", "Durand", 1999, "")
    bloc = bloc.replace('ine: "", ', 'ine: "123456789AC", ')
    assert len({empreinte(interrogation, document) for document in (une, autre, bloc)}) == 1


@pytest.mark.parametrize(
    "autre", ["{ b: __typename }", "query A { __typename }", "{ __typename habilitation { scopes } }"]
)
def test_the_fingerprint_tells_documents_apart(interrogation: Interrogation, autre: str) -> None:
    assert empreinte(interrogation, "{ __typename }") == empreinte(interrogation, "{\n  __typename,\n} # x")
    assert empreinte(interrogation, "{ __typename }") != empreinte(interrogation, autre)


def calls(interrogation: Interrogation, document: str, operation: str) -> int:
    """Return how many functions are called to read a document: its work, without a clock."""
    compte = 0

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal compte
        compte += event in {"call", "c_call"}

    avant = sys.getprofile()
    sys.setprofile(count)
    try:
        interrogation.ask(document, {}, operation=operation)
    finally:
        sys.setprofile(avant)
    return compte


def test_many_operations_are_read_in_a_work_that_their_number_bounds(interrogation: Interrogation) -> None:
    documents = [" ".join(f"query Q{rang} {{ __typename }}" for rang in range(nombre)) for nombre in (30, 60, 120, 240)]
    couts = [calls(interrogation, document, "Q1") for document in documents]
    # Compared by differences: what is done once does not count.
    assert (couts[3] - couts[2]) < 1.5 * 2 * (couts[2] - couts[1])


@pytest.mark.parametrize(
    "selection",
    [
        "statutEtudiant { " + "identite { prenom } " * 190 + "}",
        "statutEtudiant { " + "... { identite { prenom } } " * 190 + "}",
        "statutEtudiant { identite { " + "prenom " * 390 + "} }",
    ],
    ids=["objects", "inline fragments", "leaves"],
)
def test_a_field_repeated_hundreds_of_times_is_refused(interrogation: Interrogation, selection: str) -> None:
    with pytest.raises(RequeteTropCouteuse) as refus:
        interrogation.plan(selection, ())
    assert refus.value.detail == "Trop de champs à comparer : demandez chacun une fois."


def test_a_selection_repeated_as_fragments_of_pages_do_is_not(interrogation: Interrogation) -> None:
    selection = "statutEtudiant { identite { prenom nomNaissance } admissions { estInscrit } } " * 20
    assert interrogation.plan(selection, ()).plan.personnes
