"""Bloc `allocationSoutienFamilial`: the ASF of a person, as the Sécurité sociale knows it."""

from datetime import date

from graph._declaration import bloc, champ

_SCOPE = "allocation_soutien_familial"


@bloc(
    description="Allocation de soutien familial (ASF) ; un droit nouveau peut mettre 30 jours à apparaître.",
    rest_v3="/v3/dss/allocation_soutien_familial",
)
class AllocationSoutienFamilial:
    """Whether a person has the ASF, and since when."""

    est_beneficiaire: bool | None = champ("Vrai si la personne bénéficie de l'ASF.", scope=_SCOPE)
    date_debut_droit: date | None = champ(
        "Date de début du droit ; nulle si la personne ne bénéficie pas de l'ASF.", scope=_SCOPE
    )
