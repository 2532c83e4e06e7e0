"""Bloc `serviceNational`: where a young adult stands with the national service, as the DSNJ knows it."""

from enum import Enum

import strawberry

from graph._declaration import bloc, champ
from graph.identite import EtatCivil


@strawberry.enum(description="Situation au regard des obligations du service national.")
class StatutServiceNational(Enum):
    """Situations, as the DSNJ words them."""

    EN_REGLE = strawberry.enum_value("En règle", description="La personne a rempli ses obligations.")
    PAS_EN_REGLE = strawberry.enum_value("Pas en règle", description="La personne n'a pas rempli ses obligations.")
    INDETERMINE = strawberry.enum_value("Indéterminé", description="L'administration ne sait pas encore le dire.")
    NON_CONCERNE = strawberry.enum_value("Non concerné", description="La personne n'a pas d'obligation à remplir.")


@bloc(
    description=(
        "Situation au regard du service national, de 16 à 25 ans. Avant 18 ans, « pas en règle » n'est pas fiable "
        "et n'est jamais rendu : les recensements ne sont versés que chaque trimestre."
    ),
    rest_v3="/v3/dsnj/service_national",
)
class ServiceNational:
    """What the DSNJ answers of one person."""

    statut: StatutServiceNational | None = champ(
        "Situation de la personne.", scope="dsnj_statut_service_national", rest_v3="statut_service_national"
    )
    commentaires: str | None = champ(
        "Précision de l'administration sur la situation.", scope="dsnj_statut_service_national"
    )
    etat_civil: strawberry.Private[EtatCivil]
    """Whose answer it is: compared with the identity asked, and never shown."""
