"""The root of the graph."""

from collections.abc import Mapping
from typing import Annotated

import strawberry

from graph._declaration import bloc_field
from graph.circonstances import Circonstances
from graph.context import Info
from graph.errors import ParametreInvalide
from graph.habilitation import Habilitation
from graph.identite import Identite
from graph.identite_saisie import IdentiteInput, figer
from graph.particulier import Particulier
from graph.source import EtatDeSource

IDENTITE = strawberry.argument(description="La personne ; à omettre si l'en-tête X-FranceConnect-Token la désigne.")


def personne(circonstances: Circonstances, identite: IdentiteInput | None = strawberry.UNSET) -> Mapping[str, Identite]:
    """Resolve whom the question is about. Raise ParametreInvalide."""
    if not identite:
        detail = "identite : désignez la personne."
        raise ParametreInvalide(detail)
    return {"identite": figer(identite, circonstances.aujourdhui)}


@strawberry.type(description="Ce qu'une administration peut demander.")
class Query:
    """The questions."""

    @bloc_field("Une personne et les données que les administrations détiennent sur elle.", regle=personne)
    def particulier(
        self, info: Info, identite: Annotated[IdentiteInput | None, IDENTITE] = strawberry.UNSET
    ) -> Particulier | None:
        """Name a person; nothing is asked until a bloc is selected."""
        return Particulier(**personne(info.context, identite))

    @strawberry.field(description="Ce que mon jeton permet de demander.")
    def habilitation(self, info: Info) -> Habilitation:
        """Show the caller its own grant."""
        return info.context.habilitation

    @strawberry.field(description="L'état de chaque source, d'après le trafic réel.")
    def sources(self, info: Info) -> list[EtatDeSource]:
        """Show how the administrations answer at present."""
        return list(info.context.sources())
