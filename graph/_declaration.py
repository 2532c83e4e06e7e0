"""The words of a declaration: `bloc`, `objet`, `champ` (a field with its scope), `bloc_field` (a method of a bloc)."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, dataclass_transform

import strawberry
from strawberry.schema_directive import Location

T = TypeVar("T")
#: Disjunctive normal form: outer OR, inner AND.
Scopes = tuple[tuple[str, ...], ...]


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="requiresScopes",
    description="Scopes que l'habilitation doit porter pour lire ce champ : un groupe au moins (OU), en entier (ET).",
)
class RequiresScopes:
    """The federation's word for a guarded field."""

    scopes: list[list[str]]


@strawberry.schema_directive(
    locations=[Location.ARGUMENT_DEFINITION],
    name="requiresYearScopes",
    description=(
        "Scopes qu'une valeur de cet argument exige : le groupe de rang k vaut pour l'année N-k, "
        "N étant l'année civile en cours. À défaut de tout groupe, le scope de repli ouvre N-1, et N-2 quand "
        "l'administration répond qu'elle n'a pas N-1."
    ),
)
class RequiresYearScopes:
    """The federation's directive does not go on arguments: this one does, and lists the years from N-1 down."""

    repli: str | None = strawberry.UNSET
    scopes: list[list[str]]


#: A rule over the arguments of a field: pure, run by the plan before anything is called, and again by the method.
#: Given the circumstances and the arguments as keywords, it returns the resolved ones.
#: It raises ParametreInvalide (the whole request is refused) or NonHabilite (the bloc alone is).
Regle = Callable[..., Mapping[str, Any]]
#: Where a field's metadata hold its rule.
REGLE = "regle"


def _groupes(scope: str | None, ou: Scopes) -> list[RequiresScopes]:
    groupes = ou or (((scope,),) if scope else ())
    return [RequiresScopes(scopes=[list(groupe) for groupe in groupes])] if groupes else []


#: Where a field's metadata, or a bloc's class, hold what REST v3 calls it.
REST_V3 = "rest_v3"


def champ(description: str, *, scope: str | None = None, ou: Scopes = (), rest_v3: str | None = None) -> Any:
    """Declare a field.

    Args:
        description: a French sentence.
        scope: what guards it.
        ou: what guards it, when several groups of scopes open it.
        rest_v3: its key in REST v3, for the table of editors, when that is not its name in snake case; blank: none.
            A path (`foyer.adresse`) where REST v3 holds it deeper. Below an object whose key is blank, a key starts
            from the level above the object, and a field that names none has none.
    """
    return strawberry.field(description=description, directives=_groupes(scope, ou), metadata={REST_V3: rest_v3})


def muet(classe: type[T]) -> type[T]:
    """Keep a class from printing what it holds: an event loop writes the result of a slow step in its logs."""
    classe.__repr__ = lambda self: f"{type(self).__name__}(…)"  # type: ignore[method-assign]
    return classe


@dataclass_transform(kw_only_default=True, field_specifiers=(champ,))
def bloc(*, description: str, name: str | None = None, rest_v3: str | None = None) -> Callable[[type[T]], type[T]]:
    """Declare what one source says of a person. A source fills it: the type is the key.

    `rest_v3` is the path of REST v3 that answered the same, for the table of editors, without its modality.
    """

    def declare(classe: type[T]) -> type[T]:
        setattr(classe, f"__{REST_V3}__", rest_v3)
        return strawberry.type(muet(classe), description=description, name=name)

    return declare


@dataclass_transform(kw_only_default=True, field_specifiers=(champ,))
def objet(*, description: str, name: str | None = None) -> Callable[[type[T]], type[T]]:
    """Declare a part of a bloc; mypy sees no dataclass through an alias of `bloc`."""
    return bloc(description=description, name=name)


def bloc_field(description: str, *, regle: Regle | None = None, scope: str | None = None, ou: Scopes = ()) -> Any:
    """Declare a method whose arguments follow `regle`, and whose leaves all share the guard `scope` (or `ou`)."""
    return strawberry.field(description=description, directives=_groupes(scope, ou), metadata={REGLE: regle})
