"""Bloc `statutEtudiant`: enrolments in higher education, as the MESRI knows them (décret n° 2018-1180)."""

from datetime import date
from enum import Enum

import strawberry

from graph._declaration import bloc, champ, objet


@strawberry.enum(description="Régime de la formation suivie.")
class CodeRegimeFormation(Enum):
    """Training schemes, as the MESRI words them."""

    RF1 = strawberry.enum_value("formation initiale", description="Formation initiale.")
    RF2 = strawberry.enum_value(
        "formation initiale hors apprentissage", description="Formation initiale hors apprentissage."
    )
    RF3 = strawberry.enum_value(
        "reprise d'études non financée sans convention", description="Reprise d'études non financée sans convention."
    )
    RF4 = strawberry.enum_value("contrat d'apprentissage", description="Contrat d'apprentissage.")
    RF5 = strawberry.enum_value("formation continue", description="Formation continue.")
    RF6 = strawberry.enum_value(
        "formation continue hors contrat professionnel",
        description="Formation continue hors contrat professionnel.",
    )
    RF7 = strawberry.enum_value("contrat de professionnalisation", description="Contrat de professionnalisation.")


@objet(description="Régime de formation d'une inscription.")
class RegimeFormation:
    """Training scheme of an enrolment."""

    libelle: str | None = champ("Libellé du régime, dans les mots du ministère.")
    code: CodeRegimeFormation | None = champ("Code du régime ; nul si le libellé est inconnu.")


@objet(description="Établissement où l'étudiant est admis ou inscrit.")
class EtablissementEtudes:
    """School or university."""

    uai: str | None = champ("Code UAI de l'établissement.")
    nom: str | None = champ("Nom de l'établissement.")


@objet(description="Admission ou inscription dans un établissement d'enseignement supérieur.")
class Admission:
    """An admission, or an enrolment when `est_inscrit`."""

    date_debut: date | None = champ("Premier jour de l'inscription.")
    date_fin: date | None = champ("Dernier jour de l'inscription.")
    est_inscrit: bool | None = champ(
        "Vrai si l'étudiant est inscrit, faux s'il est seulement admis.", scope="mesri_admission_inscrit"
    )
    regime_formation: RegimeFormation | None = champ(
        "Régime de la formation.", scope="mesri_admission_regime_formation"
    )
    code_cog_insee_commune: str | None = champ(
        "Code COG de la commune d'études.", scope="mesri_admission_commune_etudes"
    )
    etablissement_etudes: EtablissementEtudes | None = champ(
        "Établissement d'études.", scope="mesri_admission_etablissement_etudes"
    )


@objet(description="Identité de l'étudiant, telle que l'établissement l'a enregistrée.")
class IdentiteEtudiant:
    """Identity as enrolled."""

    nom_naissance: str | None = champ("Nom de naissance.")
    prenom: str | None = champ("Premier prénom.")
    date_naissance: date | None = champ("Date de naissance.")


@bloc(
    description="Statut d'étudiant : admissions et inscriptions dans l'enseignement supérieur.",
    rest_v3="/v3/mesri/statut_etudiant",
)
class StatutEtudiant:
    """The enrolments of a student."""

    admissions: list[Admission] | None = champ("Admissions et inscriptions connues.", scope="mesri_admissions")
    identite: IdentiteEtudiant | None = champ("Identité enregistrée.", scope="mesri_identite")
