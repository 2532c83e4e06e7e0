"""Bloc `allocationAdulteHandicape`: the AAH of a person, as the Sécurité sociale knows it."""

from datetime import date

from graph._declaration import bloc, champ

_SCOPE = "allocation_adulte_handicape"


@bloc(
    description="Allocation aux adultes handicapés (AAH) ; un droit nouveau peut mettre 30 jours à apparaître.",
    rest_v3="/v3/dss/allocation_adulte_handicape",
)
class AllocationAdulteHandicape:
    """Whether a person has the AAH, and since when."""

    est_beneficiaire: bool | None = champ("Vrai si la personne bénéficie de l'AAH.", scope=_SCOPE)
    date_debut_droit: date | None = champ(
        "Date de début du droit ; nulle si la personne ne bénéficie pas de l'AAH.", scope=_SCOPE
    )
