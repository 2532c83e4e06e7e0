"""Bloc `dossierAllocataire`: quotient familial, household and address, as the CNAF or the MSA knows them."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

import strawberry

from graph._declaration import bloc, champ, objet
from graph.circonstances import Circonstances
from graph.errors import ParametreInvalide
from graph.foyer import AdresseAllocataire, PersonneFoyer

#: The CAF keeps the current month and the 23 before it.
_PROFONDEUR_MOIS = 23
ANNEE = strawberry.argument(description="Année du quotient familial ; à défaut, l'année en cours.")
MOIS = strawberry.argument(description="Mois du quotient familial (1 à 12) ; à défaut, le mois en cours.")


def periode(
    circonstances: Circonstances, annee: int | None = strawberry.UNSET, mois: int | None = strawberry.UNSET
) -> Mapping[str, Any]:
    """Resolve the month asked, between the current one and the 23 before it."""
    aujourdhui = circonstances.aujourdhui
    annee_voulue = aujourdhui.year if annee is None or annee is strawberry.UNSET else annee
    mois_voulu = aujourdhui.month if mois is None or mois is strawberry.UNSET else mois
    if not 1 <= mois_voulu <= 12:  # noqa: PLR2004 - months of a year
        detail = "mois : un entier de 1 à 12."
        raise ParametreInvalide(detail)
    anciennete = (aujourdhui.year - annee_voulue) * 12 + aujourdhui.month - mois_voulu
    if anciennete < 0:
        detail = "annee, mois : un mois qui n'est pas dans le futur."
        raise ParametreInvalide(detail)
    if anciennete > _PROFONDEUR_MOIS:
        detail = "annee, mois : le mois en cours ou l'un des 23 précédents."
        raise ParametreInvalide(detail)
    return {"annee": annee_voulue, "mois": mois_voulu}


@strawberry.enum(description="Régime qui gère le dossier de l'allocataire.")
class RegimeAllocataire(Enum):
    """General scheme (CAF) or agricultural scheme (MSA)."""

    CNAF = strawberry.enum_value("CNAF", description="Régime général : une caisse d'allocations familiales.")
    MSA = strawberry.enum_value("MSA", description="Régime agricole : une caisse de mutualité sociale agricole.")


@objet(description="Quotient familial d'un mois.")
class QuotientFamilial:
    """The family quotient of a month, in euros, and the month it was computed for."""

    regime: RegimeAllocataire | None = champ("Régime qui a répondu.", rest_v3="fournisseur")
    valeur: int | None = champ("Quotient familial, en euros ; nul s'il n'est pas calculable.")
    annee: int | None = champ("Année demandée.")
    mois: int | None = champ("Mois demandé.")
    annee_calcul: int | None = champ("Année pour laquelle la caisse a calculé le quotient.")
    mois_calcul: int | None = champ("Mois pour lequel la caisse a calculé le quotient.")


@bloc(
    description="Dossier d'allocataire à la CAF ou à la MSA : quotient familial, composition du foyer, adresse.",
    rest_v3="/v3/dss/quotient_familial",
)
class DossierAllocataire:
    """What the CNAF or the MSA holds on a household; its composition is always the current one."""

    quotient_familial: QuotientFamilial | None = champ(
        "Quotient familial du mois demandé.", scope="cnaf_quotient_familial"
    )
    allocataires: list[PersonneFoyer] | None = champ("Allocataire et conjoint déclaré.", scope="cnaf_allocataires")
    enfants: list[PersonneFoyer] | None = champ("Enfants à charge.", scope="cnaf_enfants")
    adresse: AdresseAllocataire | None = champ("Adresse déclarée.", scope="cnaf_adresse")
