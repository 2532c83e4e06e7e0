"""The context of one request: what a resolver may load, and what came of each load."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Self, TypeVar

from graph.circonstances import Circonstances
from graph.consultation import ConsultationsConnection
from graph.context import Chemin
from graph.demande import Demande
from graph.errors import ErreurDeBloc
from graph.explication import Explication
from graph.habilitation import Habilitation
from graph.identite import Identite
from graph.source import EtatDeSource
from resolvers.loaders import Ask, BlocLoader, Reponse
from resolvers.plan import Plan

Bloc = TypeVar("Bloc")
#: Finds a page of a citizen's journal: how many accesses, after which cursor.
Consulter = Callable[[Identite, int, str | None], Awaitable[ConsultationsConnection]]


class HorsPlan(Exception):  # noqa: N818 - the domain's nouns are French
    """A load that the plan did not keep: refused before anything is asked. Projection answers in its place."""


@dataclass(slots=True)
class RequestContext:
    """Implements `graph.context.Context` for one request. Use as an async context manager."""

    plan: Plan
    habilitation: Habilitation
    circonstances: Circonstances
    asks: Mapping[type[Any], Ask]
    """How to ask the source of each bloc."""
    etats: Callable[[], Sequence[EtatDeSource]]
    horloge: Callable[[], datetime]
    explique: Callable[[str, Any], Explication]
    """Judges a question that is not put."""
    consulte: Consulter
    tracee: asyncio.Event
    """Set once the access has its trace: until then no source is asked, and no journal is read."""
    reponses: dict[Chemin, Reponse] = field(default_factory=dict)
    """What came of each bloc, by path."""
    erreur_du_journal: ErreurDeBloc | None = None
    """Why the citizen's journal could not be read."""
    _gardes: dict[Chemin, type[Any]] = field(init=False)
    _loaders: dict[type[Any], BlocLoader] = field(default_factory=dict)
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Index what the plan kept."""
        self._gardes = {
            bloc.chemin: bloc.bloc for personne in self.plan.personnes for bloc in personne.blocs if bloc.garde
        }

    async def __aenter__(self) -> Self:
        """Open nothing: loaders are made when first used."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop what still runs: nobody waits for it any more."""
        for task in list(self._tasks):
            task.cancel()

    @property
    def scopes(self) -> frozenset[str]:
        """Return the scopes in force."""
        return self.circonstances.scopes

    @property
    def aujourdhui(self) -> date:
        """Return today."""
        return self.circonstances.aujourdhui

    @property
    def personnes_par_requete(self) -> int:
        """Return how many distinct persons may be named."""
        return self.circonstances.personnes_par_requete

    @property
    def designe(self) -> bool:
        """Return whether the caller may name persons itself."""
        return self.circonstances.designe

    @property
    def france_connect(self) -> Identite | None:
        """Return whom FranceConnect named."""
        return self.circonstances.france_connect

    def sources(self) -> Sequence[EtatDeSource]:
        """Return the state of every source."""
        return self.etats()

    def expliquer(self, requete: str, variables: Any) -> Explication:
        """Return what would become of a question."""
        return self.explique(requete, variables)

    async def load(self, bloc: type[Bloc], demande: Demande, chemin: Chemin) -> Bloc:
        """Return the bloc that answers a question. Raise ErreurDeBloc, or HorsPlan for a path that was not kept."""
        if self._gardes.get(chemin) is not bloc:
            raise HorsPlan
        await self.tracee.wait()
        reponse = await self._loader(bloc).get(demande)
        self.reponses[chemin] = reponse
        if reponse.lecture is None:
            raise reponse.erreur or HorsPlan
        return reponse.lecture.bloc  # type: ignore[no-any-return]

    async def consult(
        self, premiers: int, apres: str | None, ine: str | None, chemin: Chemin
    ) -> ConsultationsConnection:
        """Return a page of the journal of the citizen identified. Raise ErreurDeBloc, ParametreInvalide or HorsPlan."""
        garde, usager = self.plan.journal_garde, self.france_connect
        if garde is None or usager is None or chemin != (garde.champ.cle,):
            raise HorsPlan
        await self.tracee.wait()
        try:
            return await self.consulte(replace(usager, ine=ine), premiers, apres)
        except ErreurDeBloc as erreur:
            self.erreur_du_journal = erreur
            raise

    def bloc_of(self, chemin: Chemin) -> Chemin:
        """Return the path of the bloc that a path is in or under; the path itself when there is none."""
        return next((chemin[:longueur] for longueur in (2, 3) if chemin[:longueur] in self._gardes), chemin)

    def _loader(self, bloc: type[Any]) -> BlocLoader:
        if bloc not in self._loaders:
            self._loaders[bloc] = BlocLoader(self.asks[bloc], self._tasks, self.horloge)
        return self._loaders[bloc]
