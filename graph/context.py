"""What a resolver may ask of the request: the Protocol that `resolvers/` implements, and the Info that carries it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import strawberry

from graph._declaration import muet
from graph.circonstances import Circonstances
from graph.demande import Demande

if TYPE_CHECKING:
    from graph.consultation import ConsultationsConnection
    from graph.explication import Explication
    from graph.habilitation import Habilitation
    from graph.source import EtatDeSource

Bloc = TypeVar("Bloc")
Chemin = tuple[str | int, ...]


class Context(Circonstances, Protocol):
    """The context of one request."""

    @property
    def habilitation(self) -> "Habilitation":
        """What the caller's token may ask."""

    def sources(self) -> Sequence["EtatDeSource"]:
        """State of every source, from real traffic."""

    def expliquer(self, requete: str, variables: Any) -> "Explication":
        """What would become of a question; `variables` is whatever the caller wrote, unset included."""

    async def load(self, bloc: type[Bloc], demande: Demande, chemin: Chemin) -> Bloc:
        """Return the bloc that answers `demande`. Raise ErreurDeBloc; refuse a path that the plan did not keep."""

    async def consult(
        self, premiers: int, apres: str | None, ine: str | None, chemin: Chemin
    ) -> "ConsultationsConnection":
        """Return a page of the journal of the citizen that FranceConnect named; refuse as `load` does.

        `ine` is what she says is hers, which nobody vouches for.

        Raises:
            ErreurDeBloc: the journal cannot be searched now.
            ParametreInvalide: the page begins after a cursor that was not given to her.
        """


@muet
class Info(strawberry.Info[Context, None]):
    """GraphQL's info, with the one verb that bloc methods need."""

    async def load(self, bloc: type[Bloc], demande: Demande) -> Bloc:
        """Load a bloc for the field being resolved."""
        return await self.context.load(bloc, demande, tuple(self.path.as_list()))

    async def consult(self, premiers: int, apres: str | None, ine: str | None) -> "ConsultationsConnection":
        """Read a page of the citizen's journal for the field being resolved."""
        return await self.context.consult(premiers, apres, ine, tuple(self.path.as_list()))
