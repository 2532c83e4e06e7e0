"""Bloc `allocationEnfantHandicape`: the AEEH of a parent or of a child, as the Sécurité sociale knows it."""

from datetime import date
from enum import Enum

import strawberry

from graph._declaration import bloc, champ

#: REST guards the whole answer, and none of its fields.
_SCOPE = "cnav_allocation_enfant_handicape"


@strawberry.enum(description="Ce qu'une personne est pour l'allocation d'éducation de l'enfant handicapé.")
class StatutBeneficiaireAeeh(Enum):
    """The parent who is paid, or the child for whom it is paid."""

    ALLOCATAIRE = strawberry.enum_value("ALLOCATAIRE", description="Parent qui perçoit l'allocation.")
    OUVRANT_DROIT = strawberry.enum_value("OUVRANT_DROIT", description="Enfant qui ouvre droit à l'allocation.")
    NON_BENEFICIAIRE = strawberry.enum_value("NON_BENEFICIAIRE", description="Ni l'un ni l'autre.")


@bloc(
    description=(
        "Allocation d'éducation de l'enfant handicapé (AEEH), demandée pour le parent ou pour l'enfant ; "
        "un droit nouveau peut mettre 30 jours à apparaître."
    ),
    rest_v3="/v3/dss/allocation_enfant_handicape",
)
class AllocationEnfantHandicape:
    """What a person is for the AEEH, and since when."""

    statut: StatutBeneficiaireAeeh | None = champ("Ce que la personne est pour l'AEEH.", scope=_SCOPE, rest_v3="status")
    date_debut_droit: date | None = champ(
        "Date de début du droit ; nulle si la personne n'est pas bénéficiaire, ou si la caisse ne la donne pas.",
        scope=_SCOPE,
    )
