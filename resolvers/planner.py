"""From the text of a question to its plan: read, coerce, apply the rules of arguments, judge. Calls nothing."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import strawberry
from graphql import VariableValues, get_nullable_type, is_list_type
from strawberry import UNSET

from graph.catalogue import core
from graph.circonstances import Circonstances
from graph.context import Chemin
from graph.errors import FranceConnectInvalide, NonHabilite, ParametreInvalide, RequeteTropCouteuse
from graph.identite import Identite
from graph.octroi import Octroi
from resolvers._strawberry import coerce_variables, convert
from resolvers.cost import Limites
from resolvers.documents import Documents, Operation
from resolvers.inconnues import depends, missing, places
from resolvers.personnes import check_persons, check_places
from resolvers.plan import Plan, bloc_fields, make_plan, names_a_person, reads_the_journal
from resolvers.selection import Champ, select
from resolvers.visibilite import Visibilite, Vue

_KEPT = 512
#: Each explanation judges a document as long as the whole question may be.
_EXPLICATIONS = 1
#: Each page of the journal is a search.
_JOURNAUX = 1


@dataclass(frozen=True, slots=True)
class Question:
    """A question ready to be traced and executed."""

    operation: Operation
    variables: Mapping[str, Any] = field(repr=False)
    plan: Plan
    identites: Mapping[Chemin, Identite]
    """Whom each `particulier` is about, by path."""
    vue: Vue | None
    """When it is about the schema: what its caller sees of it."""
    usager: Identite | None = None
    """The citizen whose journal it reads, if it does, with what she says of herself."""


class Planner:
    """Plans the questions put to one schema; what derives from the document alone is kept, bounded."""

    def __init__(self, schema: strawberry.Schema, limites: Limites) -> None:
        self._schema = schema
        self._limites = limites
        self._documents = Documents(core(schema), limites)
        self.visibilite = Visibilite(schema)
        self._select = lru_cache(_KEPT)(self._select_anew)
        self._plan = lru_cache(_KEPT)(self._plan_anew)

    def plan(
        self, query: str, operation_name: str | None, variables: Mapping[str, Any], circonstances: Circonstances
    ) -> Question:
        """Return the planned question.

        Raises:
            ErreurDeRequete: RequeteInvalide, RequeteTropCouteuse or ParametreInvalide.
        """
        return self._judge(self._documents.read(query, operation_name), variables, circonstances, None)

    def essayer(self, query: str, variables: Mapping[str, Any], circonstances: Circonstances) -> Question:
        """Return the plan of a question that will not be put: nobody has to be named, nor every variable given.

        Raises:
            ErreurDeRequete: as `plan`.
        """
        operation = self._documents.read(query, None)
        return self._judge(operation, variables, circonstances, missing(operation, variables))

    def _judge(
        self,
        operation: Operation,
        variables: Mapping[str, Any],
        circonstances: Circonstances,
        absentes: frozenset[str] | None,
    ) -> Question:
        """Judge an operation. `absentes` are the variables that may be missing; None: nothing may, nor anybody."""
        values = coerce_variables(self._schema, operation, dict(variables), absentes or ())
        selects, plans = (self._select, self._plan) if operation.kept else (self._select_anew, self._plan_anew)
        if operation.introspection:
            _exiger_valeurs(values)
        # A condition that is not known is neither true nor false: what it rules stays.
        racines = selects(operation, tuple(values.coerced.get(name, UNSET) for name in operation.conditions))
        # Where no rule reads the arguments, nothing else would judge them before the execution.
        for racine in racines:
            if racine.regle is None and not depends(racine.node, absentes or ()):
                convert(self._schema, racine, values)
        qui: dict[Chemin, Identite | None] = {}
        for racine in filter(names_a_person, racines):
            qui |= self._persons(racine, values, circonstances, absentes)
            check_places(qui, self._limites.places)
        identites = {chemin: une for chemin, une in qui.items() if une is not None}
        check_persons(identites.values(), circonstances.personnes_par_requete)
        self._check_blocs(racines, qui)
        ine = self._check_journal(racines, values, circonstances, absentes)
        refus: dict[Chemin, frozenset[str]] = {}
        titres: dict[Chemin, str] = {}
        for chemin, champ in bloc_fields(racines):
            try:
                if champ.regle and not depends(champ.node, absentes or ()):
                    resolus = champ.regle(circonstances, **convert(self._schema, champ, values))
                    titres.update((chemin, une.scope) for une in resolus.values() if isinstance(une, Octroi))
            except NonHabilite as erreur:
                refus[chemin] = erreur.scopes
        plan = plans(racines, circonstances.scopes, tuple(refus.items()), tuple(qui), tuple(titres.items()))
        self._check_calls(plan)
        vue = self.visibilite.vue(circonstances.scopes) if operation.introspection and absentes is None else None
        certifiee = circonstances.france_connect if plan.journal_garde else None
        usager = replace(certifiee, ine=ine) if certifiee else None
        return Question(operation, variables, plan, identites, vue, usager)

    def _persons(
        self, racine: Champ, values: VariableValues, circonstances: Circonstances, absentes: frozenset[str] | None
    ) -> Mapping[Chemin, Identite | None]:
        """Return whom a root is about, by path; None for a person that a question not put leaves out."""
        if absentes and depends(racine.node, absentes):
            return _ranked(racine, [None] * places(racine.node))
        arguments = convert(self._schema, racine, values)
        anonyme = circonstances.france_connect is None and all(une in (None, UNSET) for une in arguments.values())
        if absentes is not None and anonyme:
            return _ranked(racine, [None])
        resolus = racine.regle(circonstances, **arguments) if racine.regle else {}
        return _ranked(racine, resolus["identites"] if "identites" in resolus else [resolus["identite"]])

    def _check_journal(
        self,
        racines: Iterable[Champ],
        values: VariableValues,
        circonstances: Circonstances,
        absentes: frozenset[str] | None,
    ) -> str | None:
        """Apply the rule of the journal; nobody has to be identified for a question that is not put.

        Returns:
            The INE that the citizen says is hers.
        """
        ine: str | None = None
        for racine in filter(reads_the_journal, racines):
            try:
                if racine.regle and not depends(racine.node, absentes or ()):
                    ine = racine.regle(circonstances, **convert(self._schema, racine, values))["ine"]
            except FranceConnectInvalide:
                if absentes is None:
                    raise
        return ine

    def _check_blocs(self, racines: Iterable[Champ], identites: Iterable[Chemin]) -> None:
        """Bound what no source is asked for as well: the plan, the answer and the traces hold it."""
        blocs = Counter(chemin[0] for chemin, _ in bloc_fields(racines))
        if sum(blocs[chemin[0]] for chemin in identites) > self._limites.blocs_en_tout:
            raise RequeteTropCouteuse(f"Limite : {self._limites.blocs_en_tout} blocs, personnes comprises.")

    def _check_calls(self, plan: Plan) -> None:
        """Bound what sources are asked. A bloc that may ask twice weighs twice: the document does not say it."""
        if any(personne.appels > self._limites.appels for personne in plan.personnes):
            raise RequeteTropCouteuse(f"Limite : {self._limites.appels} appels de source.")
        if plan.appels > self._limites.appels_en_tout:
            raise RequeteTropCouteuse(f"Limite : {self._limites.appels_en_tout} appels de source, personnes comprises.")

    def _select_anew(self, operation: Operation, conditions: tuple[Any, ...]) -> tuple[Champ, ...]:
        racines = select(core(self._schema), operation, dict(zip(operation.conditions, conditions, strict=True)))
        if sum(racine.nom == "expliquer" for racine in racines) > _EXPLICATIONS:
            raise RequeteTropCouteuse(f"Limite : {_EXPLICATIONS} requête à expliquer à la fois.")
        if sum(map(reads_the_journal, racines)) > _JOURNAUX:
            raise RequeteTropCouteuse(f"Limite : {_JOURNAUX} page de mesConsultations à la fois.")
        return racines

    def _plan_anew(
        self,
        racines: tuple[Champ, ...],
        scopes: frozenset[str],
        refus: tuple[tuple[Chemin, frozenset[str]], ...],
        chemins: tuple[Chemin, ...],
        titres: tuple[tuple[Chemin, str], ...],
    ) -> Plan:
        return make_plan(racines, scopes, dict(refus), chemins, dict(titres))


def _exiger_valeurs(values: VariableValues) -> None:
    """Refuse an explicit null: nothing of introspection admits one, and a default lets it pass validation.

    Raises:
        ParametreInvalide: it names the variable.
    """
    for nom, valeur in values.coerced.items():
        if valeur is None:
            raise ParametreInvalide(f"La variable « ${nom} » est obligatoire.")


def _ranked(racine: Champ, personnes: Sequence[Identite | None]) -> dict[Chemin, Identite | None]:
    """Return persons by path: the one of a root, or one per rank of a list."""
    if racine.definition and is_list_type(get_nullable_type(racine.definition.type)):
        return {(racine.cle, rang): une for rang, une in enumerate(personnes)}
    (une,) = personnes
    return {(racine.cle,): une}
