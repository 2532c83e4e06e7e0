"""The root of the graph."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from graph._declaration import bloc_field
from graph.circonstances import Circonstances
from graph.consultation import SCOPE, ConsultationsConnection
from graph.context import Info
from graph.errors import FranceConnectInvalide, ParametreInvalide
from graph.explication import Explication
from graph.habilitation import Habilitation
from graph.identite import Identite
from graph.identite_saisie import IdentiteInput, figer
from graph.pagination import APRES, INE, PREMIERS, page
from graph.particulier import Particulier
from graph.scalars import Ine
from graph.source import EtatDeSource

IDENTITE = strawberry.argument(description="La personne ; à omettre si l'en-tête X-FranceConnect-Token la désigne.")
IDENTITES = strawberry.argument(description="Les personnes, dans la limite de l'habilitation ; au moins une.")
REQUETE = strawberry.argument(description="Le document GraphQL à expliquer, d'une seule opération.")
VARIABLES = strawberry.argument(
    description="Ses variables ; celles qui manquent ne sont pas jugées : personne n'a besoin d'être désigné."
)

_PAR_FRANCECONNECT = (
    "Cette habilitation ne désigne personne par paramètres : présentez le jeton de l'usager (X-FranceConnect-Token)."
)


def personne(circonstances: Circonstances, identite: IdentiteInput | None = strawberry.UNSET) -> Mapping[str, Identite]:
    """Resolve whom the question is about. Raise ParametreInvalide, or FranceConnectInvalide when it must name her."""
    certifiee = circonstances.france_connect
    if certifiee is None:
        _exiger_designation(circonstances)
    if not identite:
        if certifiee is None:
            detail = "identite : désignez la personne."
            raise ParametreInvalide(detail)
        return {"identite": certifiee}
    if certifiee is None:
        return {"identite": figer(identite, circonstances.aujourdhui)}
    if identite.identite_pivot:
        detail = "identite.identitePivot : à omettre, FranceConnect désigne déjà la personne."
        raise ParametreInvalide(detail)
    cles = figer(identite, circonstances.aujourdhui)
    return {"identite": replace(cles, pivot=certifiee.pivot, france_connect=True)}


def personnes(circonstances: Circonstances, identites: list[IdentiteInput]) -> Mapping[str, Sequence[Identite]]:
    """Resolve whom the question is about, in the order given.

    Raises:
        ParametreInvalide: which tells the rank.
        FranceConnectInvalide: the caller may name nobody itself.
    """
    if circonstances.france_connect:
        detail = "identites : FranceConnect ne désigne qu'une personne, employez particulier."
        raise ParametreInvalide(detail)
    _exiger_designation(circonstances)
    if not identites:
        detail = "identites : désignez une personne au moins."
        raise ParametreInvalide(detail)
    return {"identites": [_ranger(rang, une, circonstances) for rang, une in enumerate(identites)]}


def _exiger_designation(circonstances: Circonstances) -> None:
    """Refuse a caller whose grant was signed for citizens who identify themselves. Raise FranceConnectInvalide."""
    if not circonstances.designe:
        raise FranceConnectInvalide(_PAR_FRANCECONNECT)


def _ranger(rang: int, saisie: IdentiteInput, circonstances: Circonstances) -> Identite:
    try:
        return figer(saisie, circonstances.aujourdhui)
    except ParametreInvalide as refus:
        # NOTE: a rule of the bundle as a whole names it `identite`, one of a key names that key.
        detail = refus.detail.removeprefix("identite") if refus.detail.startswith("identite ") else f".{refus.detail}"
        raise ParametreInvalide(f"identites[{rang}]{detail}") from None


@strawberry.type(description="Ce qu'une administration peut demander.")
class Query:
    """The questions."""

    @bloc_field("Une personne et les données que les administrations détiennent sur elle.", regle=personne)
    def particulier(
        self, info: Info, identite: Annotated[IdentiteInput | None, IDENTITE] = strawberry.UNSET
    ) -> Particulier | None:
        """Name a person; nothing is asked until a bloc is selected."""
        return Particulier(**personne(info.context, identite))

    @bloc_field(
        "Plusieurs personnes, chacune à son rang ; l'échec de l'une est sans effet sur les autres.", regle=personnes
    )
    def particuliers(
        self, info: Info, identites: Annotated[list[IdentiteInput], IDENTITES]
    ) -> list[Particulier | None]:
        """Name several persons; nothing is asked until a bloc is selected."""
        return [Particulier(identite=une) for une in personnes(info.context, identites)["identites"]]

    @strawberry.field(description="Ce que mon jeton permet de demander.")
    def habilitation(self, info: Info) -> Habilitation:
        """Show the caller its own grant."""
        return info.context.habilitation

    @strawberry.field(description="L'état de chaque source, d'après le trafic réel.")
    def sources(self, info: Info) -> list[EtatDeSource]:
        """Show how the administrations answer at present."""
        return list(info.context.sources())

    @strawberry.field(
        description="Ce qu'il adviendrait d'une requête : droits, sources et coût, sans rien demander à aucune source."
    )
    def expliquer(
        self,
        info: Info,
        requete: Annotated[str, REQUETE],
        variables: Annotated[JSON | None, VARIABLES] = strawberry.UNSET,
    ) -> Explication:
        """Judge a question that is not put."""
        return info.context.expliquer(requete, variables)

    @bloc_field(
        "Qui a consulté mes données, quand et pour quoi : le journal de l'usager que FranceConnect identifie.",
        regle=page,
        scope=SCOPE,
    )
    async def mes_consultations(
        self,
        info: Info,
        premiers: Annotated[int | None, PREMIERS] = strawberry.UNSET,
        apres: Annotated[str | None, APRES] = strawberry.UNSET,
        ine: Annotated[Ine | None, INE] = strawberry.UNSET,
    ) -> ConsultationsConnection | None:
        """Show a citizen who asked about her; she is named by FranceConnect, and by nothing else."""
        return await info.consult(**page(info.context, premiers, apres, ine))
