"""What a caller sees of the schema is what it may query: no less, no more, and nothing that leads nowhere."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Annotated, Any

import pytest
import strawberry
from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    execute_sync,
    get_named_type,
    parse,
    validate_schema,
)
from graphql.utilities import get_introspection_query

from graph._declaration import RequiresYearScopes, bloc_field, champ, objet
from graph.catalogue import core, scopes
from graph.errors import RequeteInvalide, RequeteTropCouteuse
from resolvers.introspection import introspect
from resolvers.visibilite import Visibilite, Vue, queryable
from tests.proprietes.generateur import draw_scopes
from tests.proprietes.lecture import Types, read_types
from tests.proprietes.monde import read_parameters
from tests.resolvers.conftest import AUJOURDHUI, Interrogation, Refus

SDL = (Path(__file__).parents[2] / "schema.graphql").read_text(encoding="utf-8")
TYPES = read_types(SDL)
PARAMETRES = read_parameters(SDL)
TIRAGES = 60
#: A value for each argument that a bloc requires.
REQUIS = {
    "scolarite": '(anneeScolaire: "2026-2027", perimetre: { codeEtablissement: "0132733A" })',
    "vehicule": '(immatriculation: "AA-123-BB")',
}
ANNEES = ["dgfip_annee_n_moins_1", "dgfip_annee_n_moins_2", "dgfip_annee_n_moins_3"]


@pytest.fixture(scope="module")
def visibilite(schema: strawberry.Schema) -> Visibilite:
    return Visibilite(schema)


@pytest.fixture(scope="module")
def tirages() -> list[frozenset[str]]:
    alea = Random(7)  # noqa: S311 - cases must be found again
    tous = sorted(
        {scope for champs in TYPES.values() for groupes, _ in champs.values() for une in groupes for scope in une}
    )
    peu = [frozenset(alea.sample(tous, alea.randint(0, 4))) for _ in range(TIRAGES // 2)]
    return [*peu, *(draw_scopes(alea, TYPES, PARAMETRES) for _ in range(TIRAGES // 2))]


def chemins(
    type_: str, amont: tuple[str, ...] = (), gardes: tuple[list[list[str]], ...] = ()
) -> Iterator[tuple[tuple[str, ...], tuple[list[list[str]], ...]]]:
    """Yield the way to each leaf of the printed schema: its fields, and every guard met on it."""
    for nom, (groupes, sous) in TYPES[type_].items():
        ici, toutes = (*amont, f"{type_}.{nom}"), (*gardes, groupes)
        if sous in TYPES:
            yield from chemins(sous, ici, toutes)
        else:
            yield ici, toutes


CHEMINS = list(chemins("Query"))


def attendus(accordes: frozenset[str]) -> set[str]:
    """Return the fields on the way to a leaf that can be queried, by the printed schema alone."""
    return {
        champ
        for chemin, gardes in CHEMINS
        if all(not garde or any(accordes >= set(groupe) for groupe in garde) for garde in gardes)
        for champ in chemin
    }


def montres(schema: GraphQLSchema) -> set[str]:
    return {f"{type_.name}.{champ}" for type_ in objets(schema) for champ in type_.fields}


def objets(schema: GraphQLSchema) -> list[GraphQLObjectType]:
    return [
        type_
        for type_ in schema.type_map.values()
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__")
    ]


def test_a_field_is_shown_if_and_only_if_it_can_be_queried(
    visibilite: Visibilite, tirages: list[frozenset[str]]
) -> None:
    for accordes in tirages:
        assert montres(visibilite.vue(accordes).schema) == attendus(accordes), sorted(accordes)


def test_what_is_shown_is_a_valid_schema_without_a_type_that_nothing_names(
    visibilite: Visibilite, tirages: list[frozenset[str]]
) -> None:
    for accordes in tirages[::6]:
        imprime = visibilite.vue(accordes).sdl
        assert validate_schema(build_schema(imprime)) == []
        assert montres(build_schema(imprime)) == attendus(accordes)
        definis = [node for node in parse(imprime).definitions if node.kind != "directive_definition"]
        orphelins = [
            nom
            for nom in (node.name.value for node in definis)  # type: ignore[attr-defined]
            if nom != "Query" and not any(f": {avant}{nom}" in imprime for avant in ("", "[", "[["))
        ]
        assert orphelins == []


def test_introspection_tells_what_the_printed_schema_tells(
    visibilite: Visibilite, tirages: list[frozenset[str]], interrogation: Interrogation
) -> None:
    for accordes in tirages[::10]:
        question = interrogation.ask(get_introspection_query(), {}, accordes)
        assert question.vue
        dit = introspect(question.vue.schema, question.operation.document, question.operation.node, {})
        imprime = execute_sync(build_schema(visibilite.vue(accordes).sdl), parse(get_introspection_query())).data
        assert imprime
        assert sans_ordre(dit) == sans_ordre(imprime)


def sans_ordre(dit: dict[str, Any]) -> object:
    schema = dit["__schema"]
    types = {une["name"]: une for une in schema["types"]}
    return {**schema, "types": types, "directives": sorted(schema["directives"], key=lambda une: str(une["name"]))}


def test_who_may_ask_everything_sees_the_committed_schema(schema: strawberry.Schema, visibilite: Visibilite) -> None:
    assert visibilite.vue(scopes(schema)).sdl == SDL


def test_who_may_ask_nothing_sees_no_bloc(visibilite: Visibilite) -> None:
    vue = visibilite.vue(frozenset())
    particulier = vue.schema.type_map["Particulier"]
    assert isinstance(particulier, GraphQLObjectType)
    assert list(particulier.fields) == ["sources"]
    assert "scopes: [[" not in vue.sdl.partition("type ")[2]


def test_a_bloc_is_shown_with_one_year_of_three_and_not_without_any(visibilite: Visibilite) -> None:
    assert "SituationFiscale.revenuFiscalReference" not in montres(visibilite.vue(frozenset({"dgfip_rfr"})).schema)
    deux = montres(visibilite.vue(frozenset({"dgfip_rfr", ANNEES[1]})).schema)
    assert {une for une in deux if une.startswith("SituationFiscale.")} == {
        "SituationFiscale.anneeRevenus",
        "SituationFiscale.revenuFiscalReference",
    }


@objet(description="…")
class Feuille:
    libre: str = champ("…")
    fermee: str | None = champ("…", scope="b")


@objet(description="…")
class Boucle:
    encore: "Boucle | None" = champ("…", scope="a")


@objet(description="…")
class Vide:
    boucle: Boucle | None = champ("…")
    fermee: str | None = champ("…", scope="b")


@strawberry.type
class Racine:
    deux: Feuille | None = champ("…", ou=(("a", "b"), ("c",)))
    vide: Vide | None = champ("…", scope="a")

    @bloc_field("…")
    def annee(
        self, n: Annotated[int | None, strawberry.argument(directives=[RequiresYearScopes(scopes=[["c"], ["d"]])])]
    ) -> Feuille | None: ...


@pytest.mark.parametrize(
    ("accordes", "racine"),
    [("", ()), ("a", ()), ("b", ()), ("ab", ("deux", "vide")), ("c", ("annee", "deux")), ("d", ("annee",))],
)
def test_groups_years_and_types_that_lead_to_nothing_are_told_apart(accordes: str, racine: tuple[str, ...]) -> None:
    schema = core(strawberry.Schema(query=Racine))
    assert sorted(queryable(schema, frozenset(accordes)).get("Racine", ())) == list(racine)


def tirer(alea: Random, type_: GraphQLObjectType, accordes: frozenset[str]) -> str:
    """Draw a selection that a visible schema allows, with values that its directives allow."""

    def ecrire(nom: str, field: GraphQLField) -> str:
        sous = get_named_type(field.type)
        return nom + arguments(nom) + (tirer(alea, sous, accordes) if isinstance(sous, GraphQLObjectType) else "")

    def arguments(nom: str) -> str:
        permises = [AUJOURDHUI.year - rang for rang, scope in enumerate(ANNEES, start=1) if scope in accordes]
        # The scope that opens a year for want of another is held alone: N-1 may be named, too.
        permises = permises or [AUJOURDHUI.year - 1]
        if nom == "situationFiscale" and alea.random() < 0.7:
            return f"(anneeRevenus: {alea.choice(permises)})"
        return REQUIS.get(nom, "")

    tires = alea.sample(sorted(type_.fields), alea.randint(1, min(4, len(type_.fields))))
    return "{ " + " ".join(ecrire(nom, type_.fields[nom]) for nom in tires) + " }"


def test_a_question_that_the_visible_schema_allows_is_refused_nothing(
    visibilite: Visibilite, tirages: list[frozenset[str]], interrogation: Interrogation, refused: Any
) -> None:
    alea = Random(11)  # noqa: S311 - cases must be found again
    juges = 0
    for accordes in tirages[::2]:
        particulier = visibilite.vue(accordes).schema.type_map["Particulier"]
        assert isinstance(particulier, GraphQLObjectType)
        for _ in range(5):
            selection = tirer(alea, particulier, accordes)
            question = interrogation.plan(selection[1:-1], accordes)
            assert refused(question) == {}, (selection, sorted(accordes))
            juges += sum(bloc.garde for bloc in question.plan.personnes[0].blocs)
    assert juges > 50


def test_a_field_that_is_not_shown_is_still_refused_by_its_scope(
    visibilite: Visibilite, interrogation: Interrogation, refused: Any
) -> None:
    accordes = {"dgfip_rfr", ANNEES[0]}
    assert "nombreParts" not in visibilite.vue(frozenset(accordes)).sdl
    dit: Refus = refused(interrogation.plan("situationFiscale { nombreParts revenuFiscalReference }", accordes))
    assert dit == {"situationFiscale.nombreParts": ["dgfip_nbpart"]}


SCHEMA = "__schema { queryType { name } }"
SEULE = "L'introspection (__schema, __type) se demande seule : envoyez le reste à part."


@pytest.mark.parametrize(
    "document",
    [
        f"{{ {SCHEMA} habilitation {{ scopes }} }}",
        f"{{ {SCHEMA} a: sources {{ nom }} @skip(if: true) }}".replace(
            "{ nom } @skip(if: true)", "@skip(if: true) { nom }"
        ),
        f"{{ ... {{ {SCHEMA} }} ...F }} fragment F on Query {{ ... {{ sources {{ nom }} }} }}",
        f"query A {{ __typename }} query B {{ {SCHEMA} sources {{ nom }} }}",
        '{ __type(name: "Query") { name } particulier { __typename } }',
    ],
)
def test_introspection_beside_anything_else_is_refused(interrogation: Interrogation, document: str) -> None:
    with pytest.raises(RequeteInvalide) as refus:
        interrogation.ask(document, {}, operation="A" if "query A" in document else None)
    assert refus.value.detail == SEULE


@pytest.mark.parametrize(
    "document",
    [
        f"{{ a: {SCHEMA} }}",
        "{ __schema { types { fields { type { a: fields { name } b: fields { name } } } } } }",
        "{ __schema { types { ...F } } } fragment F on __Type { ... { a: fields { name } } }",
        '{ ...F } fragment F on Query { a: __type(name: "Query") { name } __typename }',
        "{ __schema { types { a: __typename } } }",
    ],
)
def test_introspection_is_not_made_longer_by_aliases(interrogation: Interrogation, document: str) -> None:
    with pytest.raises(RequeteTropCouteuse) as refus:
        interrogation.ask(document, {})
    assert refus.value.detail == "L'introspection n'admet pas d'alias : demandez chaque champ une fois."


@pytest.mark.parametrize(
    ("document", "variables", "data"),
    [
        (f"{{ {SCHEMA} a: __typename }}", {}, {"__schema": {"queryType": {"name": "Query"}}, "a": "Query"}),
        (
            f"query A {{ __typename }} query B {{ ...F }} fragment F on Query {{ ... {{ {SCHEMA} }} }}",
            {},
            {"__schema": {"queryType": {"name": "Query"}}},
        ),
        (
            """query B($nom: String!, $sans: Boolean!) {
              __type(name: $nom) { name }
              __schema @skip(if: $sans) { description }
            }""",
            {"nom": "SituationFiscale", "sans": True},
            {"__type": None},
        ),
    ],
)
async def test_introspection_alone_is_answered_from_what_the_caller_may_query(
    interrogation: Interrogation, document: str, variables: dict[str, Any], data: dict[str, Any]
) -> None:
    accordes = {"mesri_identite"}
    question = interrogation.ask(document, variables, accordes, operation="B" if "query B" in document else None)
    resultat = await interrogation.answer(question, accordes, {})
    assert (resultat.data, resultat.erreurs) == (data, ())


def test_a_set_of_scopes_has_one_view_and_the_views_kept_are_bounded(schema: strawberry.Schema) -> None:
    visibilite = Visibilite(schema)
    premiere: Vue = visibilite.vue(frozenset({"a"}))
    assert visibilite.vue(frozenset({"a"})) is premiere
    for rang in range(70):
        visibilite.vue(frozenset({f"scope_{rang}"}))
    assert visibilite.vue(frozenset({"a"})) is not premiere


def test_the_types_of_the_oracle_are_those_of_the_schema() -> None:
    lus: Types = TYPES
    assert {une.name for une in objets(build_schema(SDL))} == set(lus)
