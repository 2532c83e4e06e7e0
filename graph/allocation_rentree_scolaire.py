"""Bloc `allocationRentreeScolaire`: the ARS of a person, as the Sécurité sociale knows it."""

from datetime import date
from enum import Enum

import strawberry

from graph._declaration import bloc, champ

#: REST guards the whole answer, and none of its fields.
_SCOPE = "cnav_allocation_rentree_scolaire"


@strawberry.enum(description="Si une personne bénéficie d'une prestation.")
class StatutPrestation(Enum):
    """Beneficiary or not."""

    BENEFICIAIRE = strawberry.enum_value(
        "BENEFICIAIRE", description="Bénéficiaire : parent qui perçoit la prestation, ou enfant qui y ouvre droit."
    )
    NON_BENEFICIAIRE = strawberry.enum_value("NON_BENEFICIAIRE", description="Non bénéficiaire.")


@bloc(
    description="Allocation de rentrée scolaire (ARS) ; un droit nouveau peut mettre 30 jours à apparaître.",
    rest_v3="/v3/dss/allocation_rentree_scolaire",
)
class AllocationRentreeScolaire:
    """Whether a person has the ARS, and since when."""

    statut: StatutPrestation | None = champ("Si la personne bénéficie de l'ARS.", scope=_SCOPE, rest_v3="status")
    date_debut_droit: date | None = champ(
        "Date de début du droit ; nulle si la personne n'est pas bénéficiaire, ou si la caisse ne la donne pas.",
        scope=_SCOPE,
    )
