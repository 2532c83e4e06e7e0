"""Bloc `scolarite`: schooling of a pupil and national grant, as the ministry of education knows them."""

from datetime import date
from enum import Enum

import strawberry

from graph._declaration import bloc, champ, objet
from graph.enums import Sexe


@strawberry.enum(description="Régime de pension d'un élève.")
class CodeRegimePensionnat(Enum):
    """Boarding schemes, as the ministry numbers them."""

    R0 = strawberry.enum_value("0", description="Externe libre.")
    R1 = strawberry.enum_value("1", description="Externe surveillé.")
    R2 = strawberry.enum_value("2", description="Demi-pensionnaire dans l'établissement.")
    R3 = strawberry.enum_value("3", description="Interne dans l'établissement.")
    R4 = strawberry.enum_value("4", description="Interne externé.")
    R5 = strawberry.enum_value("5", description="Interne hébergé.")
    R6 = strawberry.enum_value("6", description="Demi-pensionnaire hors l'établissement.")


@objet(description="Régime de pension de l'élève.")
class RegimePensionnat:
    """Boarding scheme."""

    code: CodeRegimePensionnat | None = champ("Code du régime.")
    libelle: str | None = champ("Libellé du régime.")


@objet(description="Identité de l'élève, telle que l'établissement l'a enregistrée.")
class IdentiteEleve:
    """Identity as enrolled."""

    nom: str | None = champ("Nom.")
    prenom: str | None = champ("Premier prénom.")
    sexe: Sexe | None = champ("Sexe à l'état civil.")
    date_naissance: date | None = champ("Date de naissance.")


@objet(description="Module élémentaire de formation (MEF) que l'élève suit : son niveau et sa filière.")
class ModuleElementaireFormation:
    """What the pupil is taught."""

    code_mef_stat: str | None = champ("Code MEFSTAT de la formation.")
    libelle: str | None = champ("Libellé long de la formation.")


@objet(description="Établissement scolaire de l'élève.")
class EtablissementScolaire:
    """School."""

    code_uai: str | None = champ("Code UAI de l'établissement.")
    code_ministere_tutelle: str | None = champ("Code du ministère de tutelle de l'établissement.")


@objet(description="Statut de l'élève : scolaire, apprenti, stagiaire.")
class StatutEleve:
    """Status of the pupil, from a list that the ministry may lengthen."""

    code: str | None = champ("Code du statut, par exemple ST (scolaire) ou AP (apprenti).")
    libelle: str | None = champ("Libellé du statut, dans les mots du ministère.")


@bloc(
    description="Scolarité d'un élève du premier ou du second degré, pour une année scolaire.",
    rest_v3="/v5/men/scolarites",
)
class Scolarite:
    """The schooling of a pupil during a school year."""

    regime_pensionnat: RegimePensionnat | None = champ(
        "Régime de pension ; nul si l'établissement n'en dit rien.", scope="men_regime_pensionnat"
    )
    identite: IdentiteEleve | None = champ("Identité enregistrée.", scope="men_statut_identite")
    module_elementaire_formation: ModuleElementaireFormation | None = champ(
        "Formation suivie.", scope="men_statut_module_elementaire_formation"
    )
    etablissement: EtablissementScolaire | None = champ("Établissement fréquenté.", scope="men_statut_etablissement")
    annee_scolaire: str | None = champ("Année scolaire, par exemple 2025-2026.", scope="men_statut_scolarite")
    est_scolarise: bool | None = champ("Vrai si l'élève est scolarisé.", scope="men_statut_scolarite")
    statut_eleve: StatutEleve | None = champ("Statut de l'élève.", scope="men_statut_scolarite")
    est_boursier: bool | None = champ(
        "Vrai si l'élève est boursier ; un faux n'est rendu qu'à partir du 15 octobre de l'année scolaire.",
        scope="men_statut_boursier",
    )
    echelon_bourse: int | None = champ(
        "Échelon de la bourse (1 à 6) ; nul si l'élève n'est pas boursier.", scope="men_echelon_bourse"
    )
