"""Execute a planned question: strawberry resolves what the plan kept, then projection rebuilds the answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import strawberry
import structlog
from graphql import GraphQLError

from graph.errors import ErreurDeBloc, ErreurDeRequete, ErreurInterne, SourceReponseInvalide
from resolvers._strawberry import run
from resolvers.context import HorsPlan, RequestContext
from resolvers.introspection import introspect
from resolvers.planner import Question
from resolvers.projection import ErreurAuChemin, Fournisseur, Projection

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Resultat:
    """The answer to a question: data in the order of the question, and one error per null of ours."""

    data: dict[str, Any] = field(repr=False)
    erreurs: tuple[ErreurAuChemin, ...]


async def execute(
    schema: strawberry.Schema,
    question: Question,
    context: RequestContext,
    fournisseurs: Mapping[type[Any], Fournisseur],
) -> Resultat:
    """Return the answer. Raise ErreurInterne for a fault that is nobody's but ours, or what a root refuses."""
    if question.vue:
        operation = question.operation
        return Resultat(introspect(question.vue.schema, operation.document, operation.node, question.variables), ())
    result = await run(schema, question.operation, dict(question.variables), context)
    for error in result.errors or ():
        _settle(error, context)
    projection = Projection(context.reponses, fournisseurs, context.erreur_du_journal)
    data = projection.project(question.plan, result.data or {})
    return Resultat(data, tuple(projection.erreurs))


def _settle(error: GraphQLError, context: RequestContext) -> None:
    """Account for an error of execution: one the plan or a source explains, else a value that breaks its type."""
    if isinstance(error.original_error, (HorsPlan, ErreurDeBloc)):
        return
    if isinstance(error.original_error, ErreurDeRequete):
        raise error.original_error
    chemin = context.bloc_of(tuple(error.path or ()))
    reponse = context.reponses.get(chemin)
    log.error("execution_fault", kind=type(error.original_error or error).__name__)
    if reponse is None:
        raise ErreurInterne
    context.reponses[chemin] = replace(reponse, lecture=None, erreur=SourceReponseInvalide(cause="SOURCE_DERIVE"))
