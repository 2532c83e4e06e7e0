"""Read a document once: parse, cost, validate; then keep it, bounded, for every caller that sends the same text."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from graphql import (
    DirectiveNode,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    TokenKind,
    VariableNode,
    Visitor,
    parse,
    print_ast,
    validate,
    visit,
)
from graphql.validation import OverlappingFieldsCanBeMergedRule, ValidationContext, specified_rules
from graphql.validation.validate import ValidationAbortedError

from graph.errors import RequeteInvalide, RequeteTropCouteuse
from resolvers._refusals import invalid_document
from resolvers.cost import Limites, check_cost
from resolvers.introspection import introspects

_KEPT = 256
#: A longer document is judged anew each time: the cache must not be a way to fill the memory.
_KEPT_LENGTH = 8_192
_ERRORS = 5
#: Units of work to compare the fields of a same key, two by two; the library's own bound takes a third of a second.
_COMPARISONS = 20_000


class _Overlaps(OverlappingFieldsCanBeMergedRule):
    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.rule_context.remaining_complexity_budget = _COMPARISONS


_RULES = [_Overlaps if rule is OverlappingFieldsCanBeMergedRule else rule for rule in specified_rules]


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One operation of a valid document; compared by identity, so that it can key a cache."""

    document: DocumentNode
    node: OperationDefinitionNode
    fragments: dict[str, FragmentDefinitionNode]
    empreinte: str
    """SHA-256, in hexadecimal, of the operation's name and of the document without its literals."""
    conditions: tuple[str, ...]
    """Names of the variables that @skip and @include read."""
    kept: bool
    """Whether what derives from it may be kept too: its nodes hold the whole text."""
    introspection: bool
    """Whether it is about the schema, and nothing else."""


class Documents:
    """The reader of documents for one schema."""

    def __init__(self, schema: GraphQLSchema, limites: Limites) -> None:
        self._schema = schema
        self._limites = limites
        self._short = lru_cache(_KEPT)(self._read)

    def read(self, query: str, operation_name: str | None) -> Operation:
        """Return the operation to execute. Raise RequeteInvalide or RequeteTropCouteuse."""
        operations = self._short(query) if len(query) <= _KEPT_LENGTH else self._read(query)
        if operation_name is None and len(operations) > 1:
            raise RequeteInvalide("Le document porte plusieurs opérations : nommez celle à exécuter (operationName).")
        if operation_name is None:
            return next(iter(operations.values()))
        if operation_name not in operations:
            raise RequeteInvalide("L'opération nommée par operationName n'est pas dans le document.")
        return operations[operation_name]

    def _read(self, query: str) -> dict[str | None, Operation]:
        document = self._parse(query)
        check_cost(self._schema, document, self._limites)
        self._validate(document)
        fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
        lues, texte, kept = _conditions(document), _text(document), len(query) <= _KEPT_LENGTH
        return {
            node.name.value if node.name else None: Operation(
                document=document,
                node=node,
                fragments=fragments,
                empreinte=sha256(f"{node.name.value if node.name else ''}\0{texte}".encode()).hexdigest(),
                conditions=tuple(sorted(lues & _booleans(node))),
                kept=kept,
                introspection=introspects(node.selection_set, fragments),
            )
            for node in document.definitions
            if isinstance(node, OperationDefinitionNode)
        }

    def _validate(self, document: DocumentNode) -> None:
        errors = validate(
            self._schema, document, _RULES, max_errors=_ERRORS, hide_suggestions=True, allow_empty_selection_sets=False
        )
        if errors and isinstance(errors[0], ValidationAbortedError):
            raise RequeteTropCouteuse("Trop de champs à comparer : demandez chacun une fois.")
        if errors:
            raise invalid_document(errors)

    def _parse(self, query: str) -> DocumentNode:
        limite = self._limites.jetons_lexicaux
        try:
            document = parse(query, max_lexical_tokens=limite, max_comments=limite, allow_empty_selection_sets=False)
        except GraphQLError as error:
            if "token" in error.message and str(limite) in error.message:
                raise RequeteTropCouteuse(f"Limite : {limite} éléments lexicaux.") from None
            raise invalid_document([error]) from None
        if not any(isinstance(node, OperationDefinitionNode) for node in document.definitions):
            raise RequeteInvalide("Le document ne porte aucune opération.")
        return document


#: What literals are written as: a hash of an identity can be reversed by trying them all, and the journal keeps it.
_LITERALS = {
    TokenKind.STRING: '""',
    TokenKind.BLOCK_STRING: '""',
    TokenKind.INT: "0",
    TokenKind.FLOAT: "0",
    TokenKind.COMMENT: "",
}


def _text(document: DocumentNode) -> str:
    """Write the lexical elements of a document, without its comments nor the values of its literals."""
    ecrits, token = [], document.loc.start_token if document.loc else None
    while token:
        ecrits.append(_LITERALS.get(token.kind, token.value or token.kind.value))
        token = token.next
    return " ".join(filter(None, ecrits))


class _Conditions(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        for argument in node.arguments or ():
            if isinstance(argument.value, VariableNode):
                self.names.add(argument.value.name.value)


def _conditions(document: DocumentNode) -> set[str]:
    visitor = _Conditions()
    visit(document, visitor)
    return visitor.names


def _booleans(node: OperationDefinitionNode) -> set[str]:
    """Return the Boolean variables of an operation: another one of the document may use their names otherwise."""
    return {
        declared.variable.name.value
        for declared in node.variable_definitions or ()
        if print_ast(declared.type).rstrip("!") == "Boolean"
    }
