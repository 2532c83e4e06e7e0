"""A document is judged before it is validated: each limit, and a work that its size bounds."""

from collections.abc import Callable, Iterator

import pytest
import strawberry
from graphql import DocumentNode, SelectionNode, SelectionSetNode, Visitor, parse, visit

from graph.catalogue import core
from graph.errors import RequeteInvalide, RequeteTropCouteuse
from resolvers.cost import Limites, check_cost
from tests.resolvers.conftest import Interrogation


def judge(schema: strawberry.Schema, document: str, limites: Limites) -> str | None:
    """Return what the judge says of a document; None when it lets it pass."""
    try:
        check_cost(core(schema), parse(document), limites)
    except RequeteTropCouteuse as refus:
        return refus.detail
    return None


def times(nombre: int, selection: str) -> str:
    return "{ " + " ".join(selection.replace("#", str(rang)) for rang in range(nombre)) + " }"


BLOC = "b#: statutEtudiant { identite { prenom } }"
DOCUMENTS: dict[str, Callable[[int], str]] = {
    "profondeur": lambda n: "{ a " * n + "}" * n,
    "champs": lambda n: times(n, "a"),
    "alias": lambda n: times(n, "x#: a"),
    "directives": lambda n: times(n, "a @skip(if: true)"),
    "racines": lambda n: times(n, "a"),
    "fragments": lambda n: "{ ...F0 } " + " ".join(f"fragment F{rang} on Query {{ a }}" for rang in range(n)),
    "appels": lambda n: "{ particulier " + times(n, BLOC) + " }",
}
LIBELLES = {
    "profondeur": "niveaux de profondeur",
    "champs": "champs",
    "alias": "alias",
    "directives": "directives",
    "racines": "champs à la racine",
    "fragments": "fragments",
    "appels": "appels de source",
}


@pytest.mark.parametrize("limite", DOCUMENTS)
def test_a_document_at_a_limit_passes_and_the_next_one_does_not(schema: strawberry.Schema, limite: str) -> None:
    limites = Limites(**{limite: 4})
    assert judge(schema, DOCUMENTS[limite](4), limites) is None
    assert judge(schema, DOCUMENTS[limite](5), limites) == f"Limite : 4 {LIBELLES[limite]}."


@pytest.mark.parametrize("ouvre", ["a {", "... {"])
def test_nesting_is_bounded_whatever_carries_it(schema: strawberry.Schema, ouvre: str) -> None:
    limites = Limites(imbrication=4, profondeur=100)
    assert judge(schema, "{" + ouvre * 3 + "b" + "}" * 4, limites) is None
    assert judge(schema, "{" + ouvre * 4 + "b" + "}" * 5, limites) == "Limite : 4 niveaux d'imbrication."


@pytest.mark.parametrize("ordre", [1, -1])
@pytest.mark.parametrize("debut", ["{ ...F0 }", "{ a }"])
def test_nesting_adds_up_through_fragments_spread_or_not(schema: strawberry.Schema, debut: str, ordre: int) -> None:
    fragments = [f"fragment F{rang} on T {{ a {{ ...F{rang + 1} }} }}" for rang in range(20)]
    document = " ".join([debut, *fragments[::ordre], "fragment F20 on T { a }"])
    assert judge(schema, document, Limites(imbrication=30, profondeur=100)) == "Limite : 30 niveaux d'imbrication."


@pytest.mark.parametrize("porteur", ["... {{ {} }}", "...F }} fragment F on Query {{ {}"])
def test_a_field_at_the_root_is_counted_behind_a_fragment(schema: strawberry.Schema, porteur: str) -> None:
    assert judge(schema, f"{{ {porteur.format('a b c d')} }}", Limites(racines=4)) is None
    assert judge(schema, f"{{ {porteur.format('a b c d e')} }}", Limites(racines=4)) == "Limite : 4 champs à la racine."


@pytest.mark.parametrize("porteur", ["a @skip(if: true)", "... @skip(if: true) { a }", "...F @skip(if: true)"])
def test_directives_count_wherever_they_stand(schema: strawberry.Schema, porteur: str) -> None:
    document = times(5, porteur) + " fragment F on Query { a }"
    assert judge(schema, document, Limites(directives=4)) == "Limite : 4 directives."


def test_a_directive_on_a_selection_that_is_skipped_counts_as_well(schema: strawberry.Schema) -> None:
    document = "{ a @skip(if: true) { b { c c c } } }"
    assert judge(schema, document, Limites(champs=4)) == "Limite : 4 champs."


def test_what_a_fragment_holds_counts_each_time_it_is_spread(schema: strawberry.Schema) -> None:
    document = "{ a { ...F } b { ...F } } fragment F on T { x: c d }"
    assert judge(schema, document, Limites(champs=6, alias=2)) is None
    assert judge(schema, document, Limites(champs=5)) == "Limite : 5 champs."
    assert judge(schema, document, Limites(alias=1)) == "Limite : 1 alias."


def test_depth_is_that_of_the_fields_whatever_the_fragments(schema: strawberry.Schema) -> None:
    document = "{ ... { a { ... { ...F } } } } fragment F on T { b { c } }"
    assert judge(schema, document, Limites(profondeur=3)) is None
    assert judge(schema, document, Limites(profondeur=2)) == "Limite : 2 niveaux de profondeur."


def test_a_call_behind_a_fragment_is_a_call(schema: strawberry.Schema) -> None:
    document = "{ particulier { ...F ...F } } fragment F on Particulier { statutEtudiant { identite { prenom } } }"
    assert judge(schema, document, Limites(appels=2)) is None
    assert judge(schema, document, Limites(appels=1)) == "Limite : 1 appels de source."


def test_each_operation_is_judged_alone(schema: strawberry.Schema) -> None:
    document = "query A { a a } query B { a a }"
    assert judge(schema, document, Limites(champs=2)) is None
    assert judge(schema, document + " query C { a a a }", Limites(champs=2)) == "Limite : 2 champs."


@pytest.mark.parametrize(
    "document",
    [
        "{ ...A } fragment A on Query { ...A }",
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        "{ ...A } fragment A on Query { a { ...B } } fragment B on T { ... { b { ...A } } }",
        "{ ...A ...A } fragment A on Query { a b ...C } fragment C on Query { ...A @skip(if: true) }",
    ],
)
def test_a_fragment_that_contains_itself_is_refused(schema: strawberry.Schema, document: str) -> None:
    with pytest.raises(RequeteInvalide) as refus:
        check_cost(core(schema), parse(document), Limites())
    assert refus.value.detail == "Un fragment se contient lui-même."


def test_a_cycle_that_no_operation_reaches_is_refused_all_the_same(interrogation: Interrogation) -> None:
    with pytest.raises(RequeteInvalide):
        interrogation.plan("__typename", (), fragments="fragment A on Query { ...B } fragment B on Query { ...A }")


# --- The work -----------------------------------------------------------------------------------------------------


class Lues(tuple[SelectionNode, ...]):
    """Selections that count how many of them are read; the count is shared by a whole document."""

    __slots__ = ()
    compte: list[int]

    @classmethod
    def counted_in(cls, compte: list[int]) -> type["Lues"]:
        return type("Lues", (cls,), {"compte": compte})

    def __iter__(self) -> Iterator[SelectionNode]:
        self.compte[0] += len(self)
        return super().__iter__()


class _Replace(Visitor):
    def __init__(self, lues: type[Lues]) -> None:
        super().__init__()
        self._lues = lues

    def leave_selection_set(self, node: SelectionSetNode, *_: object) -> SelectionSetNode:
        return SelectionSetNode(selections=self._lues(node.selections), loc=node.loc)


def counting(document: str) -> tuple[DocumentNode, list[int]]:
    """Return a document that counts the selections read in it."""
    compte = [0]
    lu: DocumentNode = visit(parse(document), _Replace(Lues.counted_in(compte)))
    compte[0] = 0
    return lu, compte


def bomb(niveaux: int, feuille: str) -> str:
    """Return a document whose fragments each spread the next one twice."""
    chaine = " ".join(f"fragment F{rang} on Query {{ ...F{rang + 1} ...F{rang + 1} }}" for rang in range(niveaux))
    return f"{{ ...F0 }} {chaine} fragment F{niveaux} on Query {{ {feuille} }}"


@pytest.mark.parametrize("niveaux", [10, 60, 200])
def test_a_bomb_of_fragments_is_judged_by_reading_each_selection_once(schema: strawberry.Schema, niveaux: int) -> None:
    document, compte = counting(bomb(niveaux, "a"))
    with pytest.raises(RequeteTropCouteuse) as refus:
        check_cost(core(schema), document, Limites(fragments=niveaux + 1, imbrication=niveaux + 2))
    assert refus.value.detail == "Limite : 400 champs."
    assert compte[0] == 2 * niveaux + 2


def test_a_bomb_that_reaches_no_field_of_its_own_is_judged_as_well(schema: strawberry.Schema) -> None:
    document = bomb(60, "... @skip(if: true) { __typename }")
    assert judge(schema, document, Limites(fragments=61, imbrication=63)) == "Limite : 400 champs."


def test_a_bomb_of_sixty_levels_has_too_many_fragments_to_begin_with(interrogation: Interrogation) -> None:
    with pytest.raises(RequeteTropCouteuse) as refus:
        interrogation.plan("__typename", (), fragments=bomb(60, "__typename").partition("} ")[2])
    assert refus.value.detail == "Limite : 30 fragments."


# --- Limits that are not those of a selection ---------------------------------------------------------------------


@pytest.mark.parametrize("separateur", [" ", "\n#\n"])
def test_a_document_of_too_many_lexical_elements_is_not_even_parsed(
    interrogation: Interrogation, separateur: str
) -> None:
    with pytest.raises(RequeteTropCouteuse) as refus:
        interrogation.plan(f"__typename{separateur}" * 2_000, ())
    assert refus.value.detail == "Limite : 2000 éléments lexicaux."


@pytest.mark.parametrize("ouvre", ["a {", "... {", "a(b: [", "a(b: {c: "])
def test_a_document_too_deep_for_the_parser_is_refused(interrogation: Interrogation, ouvre: str) -> None:
    ferme = {"a {": "}", "... {": "}", "a(b: [": "])", "a(b: {c: ": "})"}[ouvre]
    profond = ouvre[-1] if ouvre.endswith("[") else ouvre
    with pytest.raises(RequeteInvalide):
        interrogation.plan(profond * 600 + "x" + ferme * 600, ())


def test_one_person_may_be_named_twice_but_two_persons_may_not(interrogation: Interrogation) -> None:
    document = "query($i: IdentiteInput!, $j: IdentiteInput!) { p: particulier(identite: $i) { __typename } "
    document += "q: particulier(identite: $j) { __typename } }"
    une, autre = {"ine": "123456789AB"}, {"ine": "123456789AC"}
    question = interrogation.ask(document, {"i": une, "j": {"ine": " 123456789ab"}})
    assert set(question.identites) == {("p",), ("q",)}
    with pytest.raises(RequeteTropCouteuse) as refus:
        interrogation.ask(document, {"i": une, "j": autre})
    assert refus.value.detail == "Limite : 1 personne distincte par requête."
