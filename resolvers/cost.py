"""Judge a document before validation, in time linear in its size: depth, fields, aliases, directives, source calls."""

from dataclasses import dataclass, replace

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    NamedTypeNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
)

from graph.errors import RequeteInvalide, RequeteTropCouteuse


@dataclass(frozen=True, slots=True)
class Limites:
    """The most that one operation may hold; how many persons it may name depends on the habilitation."""

    jetons_lexicaux: int = 2_000
    profondeur: int = 8
    imbrication: int = 50
    """Levels of selections, fragments included: it also bounds every later recursion over the document."""
    champs: int = 400
    alias: int = 20
    racines: int = 10
    fragments: int = 30
    directives: int = 40
    appels: int = 30
    """Blocs of one person, aliases included."""
    appels_en_tout: int = 100
    """Questions to sources, all persons together, once variables are known."""
    places: int = 100
    """Ranks at which persons are named, be it the same one: each is planned, executed and traced."""
    blocs_en_tout: int = 1_000
    """Blocs of all these ranks, refused ones included: each has its error."""


@dataclass(frozen=True, slots=True)
class Cout:
    """The measure of a selection, fragments expanded; counters saturate, so that none can grow without bound."""

    profondeur: int = 0
    imbrication: int = 0
    racines: int = 0
    """Fields at the top of the selection itself."""
    champs: int = 0
    alias: int = 0
    directives: int = 0
    appels: int = 0

    def plus(self, autre: "Cout") -> "Cout":
        """Add what stands beside."""
        return Cout(
            max(self.profondeur, autre.profondeur),
            max(self.imbrication, autre.imbrication),
            min(_SATURATION, self.racines + autre.racines),
            min(_SATURATION, self.champs + autre.champs),
            min(_SATURATION, self.alias + autre.alias),
            min(_SATURATION, self.directives + autre.directives),
            min(_SATURATION, self.appels + autre.appels),
        )


_SATURATION = 10_000
_LIBELLES = {
    "profondeur": "niveaux de profondeur",
    "champs": "champs",
    "alias": "alias",
    "directives": "directives",
    "appels": "appels de source",
    "racines": "champs à la racine",
}


def check_cost(schema: GraphQLSchema, document: DocumentNode, limites: Limites) -> None:
    """Refuse a document one of whose operations is over a limit. Raise RequeteTropCouteuse, or RequeteInvalide."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    measure = _Measure(schema, document, limites.imbrication)
    if len(measure.fragments) > limites.fragments:
        raise RequeteTropCouteuse(f"Limite : {limites.fragments} fragments.")
    for operation in operations:
        cout = measure.selection(operation.selection_set, schema.get_root_type(operation.operation))
        for compteur, libelle in _LIBELLES.items():
            if getattr(cout, compteur) > getattr(limites, compteur):
                raise RequeteTropCouteuse(f"Limite : {getattr(limites, compteur)} {libelle}.")
    measure.unused()


class _Measure:
    """One walk over a document: each fragment is measured once."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, imbrication: int) -> None:
        self.fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._schema = schema
        self._particulier = schema.type_map["Particulier"]
        self._memo: dict[str, Cout] = {}
        self._open: set[str] = set()
        self._imbrication = imbrication
        self._niveau = 0

    def selection(self, selection_set: SelectionSetNode, parent: object) -> Cout:
        self._niveau += 1
        self._check_nesting(self._niveau)
        cout = Cout()
        for node in selection_set.selections:
            cout = cout.plus(self._node(node, parent))
        self._niveau -= 1
        # Checked again on the way back: the walk does not go down a fragment already measured.
        self._check_nesting(cout.imbrication + 1)
        return replace(cout, imbrication=cout.imbrication + 1)

    def unused(self) -> None:
        """Measure what no operation spreads: validation will read it too."""
        for name in self.fragments:
            self._spread(name)

    def _check_nesting(self, niveau: int) -> None:
        if niveau > self._imbrication:
            raise RequeteTropCouteuse(f"Limite : {self._imbrication} niveaux d'imbrication.")

    def _node(self, node: SelectionNode, parent: object) -> Cout:
        directives = Cout(directives=len(node.directives or ()))
        if isinstance(node, FieldNode):
            return directives.plus(self._field(node, parent))
        if isinstance(node, InlineFragmentNode):
            return directives.plus(self.selection(node.selection_set, self._on(node.type_condition, parent)))
        return directives.plus(self._spread(node.name.value))  # type: ignore[attr-defined]

    def _field(self, node: FieldNode, parent: object) -> Cout:
        definition = parent.fields.get(node.name.value) if isinstance(parent, GraphQLObjectType) else None
        named = get_named_type(definition.type) if definition else None
        below = self.selection(node.selection_set, named) if node.selection_set else Cout()
        introspection = node.name.value.startswith("__")
        if introspection and node.selection_set and (node.alias or below.alias):
            # Each thing shown once, the longest answer is that of a tool that wants it all. With aliases, a short
            # document is a long work that nothing else may interrupt.
            raise RequeteTropCouteuse("L'introspection n'admet pas d'alias : demandez chaque champ une fois.")
        appel = parent is self._particulier and node.selection_set is not None
        return Cout(
            # graphql-core bounds the depth of introspection by a rule of its own.
            profondeur=0 if introspection else below.profondeur + 1,
            imbrication=below.imbrication,
            racines=1,
            champs=min(_SATURATION, below.champs + 1),
            alias=min(_SATURATION, below.alias + (node.alias is not None)),
            directives=below.directives,
            appels=min(_SATURATION, below.appels + appel),
        )

    def _spread(self, name: str) -> Cout:
        if name in self._open:
            raise RequeteInvalide("Un fragment se contient lui-même.")
        fragment = self.fragments.get(name)
        if fragment is None:
            return Cout()
        if name not in self._memo:
            self._open.add(name)
            self._memo[name] = self.selection(fragment.selection_set, self._on(fragment.type_condition, None))
            self._open.discard(name)
        return self._memo[name]

    def _on(self, condition: NamedTypeNode | None, parent: object) -> object:
        return self._schema.type_map.get(condition.name.value) if condition else parent
