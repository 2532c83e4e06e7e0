"""Bloc `bourseEtudiante`: grant on social criteria of a student, as the CNOUS knows it."""

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any

import strawberry

from graph._declaration import bloc, champ, objet
from graph.circonstances import Circonstances
from graph.enums import Sexe
from graph.errors import ParametreInvalide

#: The first campaign that the CNOUS keeps.
_PREMIERE_CAMPAGNE = 2021
ANNEE_CAMPAGNE = strawberry.argument(
    description="Année où commence la campagne de bourse, depuis 2021 ; à défaut, la campagne en cours."
)


def campagne(circonstances: Circonstances, annee_campagne: int | None = strawberry.UNSET) -> Mapping[str, Any]:
    """Resolve the campaign asked; None is the current one, which the CNOUS alone knows.

    REST refuses the year in progress. Its campaign is open from the spring, and is the one paid from the autumn:
    it is as legitimate a question as those of the past.
    """
    if annee_campagne is None or annee_campagne is strawberry.UNSET:
        return {"annee_campagne": None}
    if not _PREMIERE_CAMPAGNE <= annee_campagne <= circonstances.aujourdhui.year:
        detail = f"anneeCampagne : une année comprise entre {_PREMIERE_CAMPAGNE} et l'année en cours."
        raise ParametreInvalide(detail)
    return {"annee_campagne": annee_campagne}


@strawberry.enum(description="Échelon d'une bourse sur critères sociaux, du plus faible au plus élevé.")
class EchelonBourseEtudiant(Enum):
    """Levels of a grant, as the CNOUS writes them."""

    E0BIS = strawberry.enum_value("0bis", description="Échelon 0 bis.")
    E1 = strawberry.enum_value("1", description="Échelon 1.")
    E2 = strawberry.enum_value("2", description="Échelon 2.")
    E3 = strawberry.enum_value("3", description="Échelon 3.")
    E4 = strawberry.enum_value("4", description="Échelon 4.")
    E5 = strawberry.enum_value("5", description="Échelon 5.")
    E6 = strawberry.enum_value("6", description="Échelon 6.")
    E7 = strawberry.enum_value("7", description="Échelon 7.")


@objet(description="Statut de boursier.")
class StatutBoursier:
    """Whether the student holds a grant, and lost it."""

    est_boursier: bool | None = champ("Vrai si l'étudiant est boursier.")
    est_radie: bool | None = champ("Vrai si l'étudiant a été radié de la liste des boursiers.")
    date_radiation: date | None = champ("Date de la radiation, s'il y en a eu une.")


@objet(description="Période pendant laquelle la bourse est versée.")
class PeriodeVersementBourse:
    """When the grant is paid."""

    date_rentree: date | None = champ("Date de la rentrée, premier jour de la période.")
    duree_mois: int | None = champ("Durée du versement, en mois.", rest_v3="duree")


@objet(description="Établissement d'études du boursier.")
class EtablissementBoursier:
    """Where the student studies."""

    nom_commune: str | None = champ("Nom de la commune d'études.")
    nom_etablissement: str | None = champ("Nom de l'établissement.")


@objet(description="Échelon de la bourse.")
class EchelonBourse:
    """Level of the grant."""

    valeur: EchelonBourseEtudiant | None = champ("Échelon accordé.", rest_v3="echelon")
    bourse_regionale_provisoire: bool | None = champ(
        "Vrai si la bourse est régionale et son échelon provisoire.", rest_v3="echelon_bourse_regionale_provisoire"
    )


@objet(description="Identité du boursier, telle que le Crous l'a enregistrée.")
class IdentiteBoursier:
    """Identity as registered."""

    nom: str | None = champ("Nom.")
    prenoms: list[str] | None = champ("Prénoms, deux au plus, dans l'ordre de l'état civil.", rest_v3="prenoms[]")
    date_naissance: date | None = champ("Date de naissance.")
    nom_commune_naissance: str | None = champ("Nom de la commune de naissance.")
    sexe: Sexe | None = champ("Sexe à l'état civil.")


@bloc(
    description="Bourse d'enseignement supérieur sur critères sociaux, pour une campagne.",
    rest_v3="/v5/cnous/etudiant_boursier",
)
class BourseEtudiante:
    """The grant of a student for a campaign."""

    statut: StatutBoursier | None = champ(
        "Statut de boursier.", scope="cnous_statut_boursier", rest_v3="statut_boursier"
    )
    periode_versement: PeriodeVersementBourse | None = champ(
        "Période de versement de la bourse.", scope="cnous_periode_versement", rest_v3="periode_versement_bourse"
    )
    etablissement_etudes: EtablissementBoursier | None = champ("Établissement d'études.", scope="cnous_ville_etudes")
    echelon: EchelonBourse | None = champ(
        "Échelon de la bourse.", scope="cnous_echelon_bourse", rest_v3="echelon_bourse"
    )
    email: str | None = champ("Adresse électronique de l'étudiant.", scope="cnous_email")
    identite: IdentiteBoursier | None = champ("Identité enregistrée.", scope="cnous_identite")
    ine: str | None = champ("Identifiant national étudiant.", scope="cnous_ine")
