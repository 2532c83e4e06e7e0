"""One schema and its planner, and sources that answer what a test writes."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest
import strawberry

from gateway.circonstance import Circonstance
from graph.consultation import ConsultationsConnection, PageInfo
from graph.context import Chemin
from graph.demande import Demande
from graph.dossier_allocataire import DossierAllocataire
from graph.errors import ErreurDeBloc
from graph.habilitation import Habilitation
from graph.lecture import Lecture
from graph.schema import build_schema
from graph.situation_fiscale import SituationFiscale
from graph.statut_etudiant import StatutEtudiant
from resolvers.context import RequestContext
from resolvers.cost import Limites
from resolvers.execution import Resultat, execute
from resolvers.explication import Explicateur
from resolvers.loaders import Ask
from resolvers.plan import Noeud, Verdict
from resolvers.planner import Planner, Question
from resolvers.projection import Fournisseur
from tests.attente import arrive

AUJOURDHUI = date(2026, 11, 23)
INSTANT = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
PERSONNE = {"numeroFiscal": "3000000000001", "ine": "123456789AB"}
FOURNISSEURS: Mapping[type[Any], Fournisseur] = {
    SituationFiscale: Fournisseur("dgfip", "DGFIP"),
    DossierAllocataire: Fournisseur("cnav", "CNAV"),
    StatutEtudiant: Fournisseur("mesri", "MESRI"),
}
Refus = dict[str, list[str]]


@dataclass
class SourceEcrite:
    """A source that answers what it is given, and remembers what it was asked."""

    reponse: Any
    demandes: list[Demande] = field(default_factory=list)

    async def __call__(self, demande: Demande) -> Any:
        self.demandes.append(demande)
        if isinstance(self.reponse, ErreurDeBloc):
            raise self.reponse
        return Lecture(self.reponse)


async def consulter(*_: Any) -> ConsultationsConnection:
    """Return the journal of somebody whom nobody asked about."""
    page = PageInfo(has_next_page=False, has_previous_page=False, start_cursor=None, end_cursor=None)
    return ConsultationsConnection(edges=[], page_info=page, depuis=None)


@dataclass(frozen=True)
class Interrogation:
    """Puts questions about one person; `declare` are the variables that a selection uses."""

    schema: strawberry.Schema
    planner: Planner

    def document(self, selection: str, declare: str = "", fragments: str = "") -> str:
        return (
            f"query($identite: IdentiteInput! {declare}) "
            f"{{ particulier(identite: $identite) {{ {selection} }} }} {fragments}"
        )

    def plan(
        self,
        selection: str,
        scopes: Iterable[str],
        variables: Mapping[str, Any] | None = None,
        *,
        declare: str = "",
        fragments: str = "",
    ) -> Question:
        document = self.document(selection, declare, fragments)
        return self.ask(document, {"identite": PERSONNE} | dict(variables or {}), scopes)

    def ask(
        self,
        document: str,
        variables: Mapping[str, Any],
        scopes: Iterable[str] = (),
        operation: str | None = None,
        **circonstances: Any,
    ) -> Question:
        circonstance = Circonstance(frozenset(scopes), AUJOURDHUI, **circonstances)
        return self.planner.plan(document, operation, variables, circonstance)

    def context(self, question: Question, scopes: Iterable[str], sources: Mapping[type[Any], Ask]) -> RequestContext:
        habilitation = Habilitation(
            intitule="", cadre_juridique="", scopes=[], destinataires=[], personnes_par_requete=1, expire=None
        )
        circonstance = Circonstance(frozenset(scopes), AUJOURDHUI)
        explicateur = Explicateur(self.planner, FOURNISSEURS, list, circonstance, None)
        return RequestContext(
            plan=question.plan,
            habilitation=habilitation,
            circonstances=circonstance,
            asks=sources,
            etats=list,
            horloge=lambda: INSTANT,
            explique=explicateur,
            consulte=consulter,
            tracee=arrive(),
        )

    async def answer(self, question: Question, scopes: Iterable[str], sources: Mapping[type[Any], Ask]) -> Resultat:
        async with self.context(question, scopes, sources) as context:
            return await execute(self.schema, question, context, FOURNISSEURS)


@pytest.fixture(scope="session")
def schema() -> strawberry.Schema:
    return build_schema()


@pytest.fixture
def interrogation(schema: strawberry.Schema) -> Interrogation:
    return Interrogation(schema, Planner(schema, Limites()))


@pytest.fixture(scope="session")
def refused() -> Callable[[Question], Refus]:
    """The highest refused fields of a plan, below `particulier`, with the scopes that they lack."""

    def walk(noeud: Noeud, chemin: Chemin) -> Refus:
        if noeud.verdict is Verdict.REFUS:
            return {".".join(map(str, chemin)): sorted(noeud.manquants)}
        return {
            cle: noms
            for enfant in noeud.enfants or ()
            for cle, noms in walk(enfant, (*chemin, enfant.champ.cle)).items()
        }

    def of(question: Question) -> Refus:
        return {
            cle: noms
            for personne in question.plan.personnes
            for noeud in personne.noeuds
            for cle, noms in walk(noeud, (noeud.champ.cle,)).items()
        }

    return of


@pytest.fixture(scope="session")
def asked() -> Callable[[Question], list[str]]:
    """The response keys of the blocs whose source will be asked."""

    def of(question: Question) -> list[str]:
        return [str(bloc.chemin[-1]) for personne in question.plan.personnes for bloc in personne.blocs if bloc.garde]

    return of
