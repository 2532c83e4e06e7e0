"""From the text of a question to its plan: read, coerce, apply the rules of arguments, judge. Calls nothing."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import strawberry

from graph.catalogue import core
from graph.circonstances import Circonstances
from graph.context import Chemin
from graph.errors import NonHabilite, RequeteTropCouteuse
from graph.identite import Identite
from resolvers._strawberry import coerce_variables, convert
from resolvers.cost import Limites
from resolvers.documents import Documents, Operation
from resolvers.personnes import check_persons, check_places
from resolvers.plan import Plan, bloc_fields, make_plan, names_a_person
from resolvers.selection import Champ, select

_KEPT = 512


@dataclass(frozen=True, slots=True)
class Question:
    """A question ready to be traced and executed."""

    operation: Operation
    variables: Mapping[str, Any] = field(repr=False)
    plan: Plan
    identites: Mapping[Chemin, Identite]
    """Whom each `particulier` is about, by path."""


class Planner:
    """Plans the questions put to one schema; what derives from the document alone is kept, bounded."""

    def __init__(self, schema: strawberry.Schema, limites: Limites) -> None:
        self._schema = schema
        self._limites = limites
        self._documents = Documents(core(schema), limites)
        self._select = lru_cache(_KEPT)(self._select_anew)
        self._plan = lru_cache(_KEPT)(self._plan_anew)

    def plan(
        self, query: str, operation_name: str | None, variables: Mapping[str, Any], circonstances: Circonstances
    ) -> Question:
        """Return the planned question.

        Raises:
            ErreurDeRequete: RequeteInvalide, RequeteTropCouteuse or ParametreInvalide.
        """
        operation = self._documents.read(query, operation_name)
        values = coerce_variables(self._schema, operation, dict(variables))
        selects, plans = (self._select, self._plan) if operation.kept else (self._select_anew, self._plan_anew)
        racines = selects(operation, tuple(values.coerced.get(name) for name in operation.conditions))
        identites: dict[Chemin, Identite] = {}
        for racine in filter(names_a_person, racines):
            if racine.regle:
                identites |= _named(racine, racine.regle(circonstances, **convert(self._schema, racine, values)))
                check_places(identites, self._limites.places)
        check_persons(identites.values(), circonstances.personnes_par_requete)
        self._check_blocs(racines, identites)
        refus: dict[Chemin, frozenset[str]] = {}
        for chemin, champ in bloc_fields(racines):
            try:
                if champ.regle:
                    champ.regle(circonstances, **convert(self._schema, champ, values))
            except NonHabilite as erreur:
                refus[chemin] = erreur.scopes
        plan = plans(racines, circonstances.scopes, tuple(refus.items()), tuple(identites))
        self._check_calls(plan)
        return Question(operation, variables, plan, identites)

    def _check_blocs(self, racines: Iterable[Champ], identites: Iterable[Chemin]) -> None:
        """Bound what no source is asked for as well: the plan, the answer and the traces hold it."""
        blocs = Counter(chemin[0] for chemin, _ in bloc_fields(racines))
        if sum(blocs[chemin[0]] for chemin in identites) > self._limites.blocs_en_tout:
            raise RequeteTropCouteuse(f"Limite : {self._limites.blocs_en_tout} blocs, personnes comprises.")

    def _check_calls(self, plan: Plan) -> None:
        appels = sum(bloc.garde for personne in plan.personnes for bloc in personne.blocs)
        if appels > self._limites.appels_en_tout:
            raise RequeteTropCouteuse(f"Limite : {self._limites.appels_en_tout} appels de source, personnes comprises.")

    def _select_anew(self, operation: Operation, conditions: tuple[Any, ...]) -> tuple[Champ, ...]:
        return select(core(self._schema), operation, dict(zip(operation.conditions, conditions, strict=True)))

    def _plan_anew(
        self,
        racines: tuple[Champ, ...],
        scopes: frozenset[str],
        refus: tuple[tuple[Chemin, frozenset[str]], ...],
        chemins: tuple[Chemin, ...],
    ) -> Plan:
        return make_plan(racines, scopes, dict(refus), chemins)


def _named(racine: Champ, resolus: Mapping[str, Any]) -> dict[Chemin, Identite]:
    """Return whom a root is about, by path: one person, or one per rank."""
    if "identite" in resolus:
        return {(racine.cle,): resolus["identite"]}
    return {(racine.cle, rang): identite for rang, identite in enumerate(resolus["identites"])}
