"""Bloc `statutSportif`: the ministerial lists of high-level athletes, as the Sport Data Hub knows them."""

from datetime import date

from graph._declaration import bloc, champ, objet
from graph.enums import Sexe


@objet(description="Identité du sportif, telle que le ministère des Sports l'a enregistrée.")
class IdentiteSportif:
    """Identity as registered."""

    nom_naissance: str | None = champ("Nom de naissance.")
    nom_usage: str | None = champ("Nom d'usage.")
    prenoms: list[str] | None = champ("Prénoms.")
    date_naissance: date | None = champ("Date de naissance.")
    sexe: Sexe | None = champ("Sexe.")


@objet(description="Période d'un statut, bornes comprises.")
class PeriodeStatutSportif:
    """First and last days of a status."""

    date_debut_statut: date | None = champ("Premier jour du statut.")
    date_fin_statut: date | None = champ("Dernier jour du statut.")


@objet(description="Fédération sportive.")
class FederationSportive:
    """Federation that asked for the status."""

    code_federation: str | None = champ("Code de la fédération.")
    nom_federation: str | None = champ("Nom de la fédération.")
    nom_court_federation: str | None = champ("Nom court de la fédération.")


@objet(description="Établissement où le sportif s'entraîne.")
class EtablissementSportif:
    """Training centre."""

    code_etablissement: str | None = champ("Code de l'établissement.")
    nom_etablissement: str | None = champ("Nom de l'établissement.")


@objet(description="Région où le sportif s'entraîne.")
class RegionSportive:
    """Region of the training centre."""

    code_region: str | None = champ("Code de la région.")
    nom_region: str | None = champ("Nom de la région.")


@objet(description="Catégorie d'un statut : élite, senior, relève, espoir, reconversion ou autre.")
class CategorieSportive:
    """Category of a status."""

    code_categorie: str | None = champ("Code de la catégorie.")
    nom_categorie: str | None = champ("Nom de la catégorie.")
    valeur: str | None = champ("Valeur de la catégorie.")


@objet(description="Statut en cours d'un sportif.")
class StatutSportifEnCours:
    """The status of today."""

    periode: PeriodeStatutSportif | None = champ("Période du statut.")
    federation: FederationSportive | None = champ("Fédération.")
    etablissement: EtablissementSportif | None = champ("Établissement d'entraînement actuel, s'il y en a un.")
    region: RegionSportive | None = champ("Région d'entraînement actuelle, s'il y en a une.")
    categorie: CategorieSportive | None = champ("Catégorie du statut.")
    sportif_de_haut_niveau: bool | None = champ("Vrai si ce statut est de haut niveau.")


@objet(description="Statut précédent d'un sportif.")
class StatutSportifPrecedent:
    """A status before the one of today."""

    fiche: int | None = champ("Numéro de la fiche.")
    periode: PeriodeStatutSportif | None = champ("Période du statut.")
    federation: FederationSportive | None = champ("Fédération.")
    etablissement: EtablissementSportif | None = champ(
        "Établissement d'entraînement pendant toute la période du statut, s'il est connu."
    )
    region: RegionSportive | None = champ(
        "Région d'entraînement pendant toute la période du statut, si elle est connue."
    )
    categorie: CategorieSportive | None = champ("Catégorie du statut.")
    sportif_de_haut_niveau: bool | None = champ("Vrai si ce statut était de haut niveau.")


@bloc(description="Statut de sportif de haut niveau (listes ministérielles).", rest_v3="/v3/sdh/statut_sportif")
class StatutSportif:
    """The statuses of an athlete."""

    identite: IdentiteSportif | None = champ("Identité enregistrée.", scope="sdh_statut_sportif_identite")
    est_sportif_de_haut_niveau: bool | None = champ(
        "Vrai si un statut de haut niveau est en cours aujourd'hui.",
        scope="sdh_statut_sportif_est_sportif_de_haut_niveau",
    )
    a_ete_sportif_de_haut_niveau: bool | None = champ(
        "Vrai si un statut, en cours ou passé, est de haut niveau.",
        scope="sdh_statut_sportif_a_ete_sportif_de_haut_niveau",
    )
    informations_statut: StatutSportifEnCours | None = champ(
        "Statut en cours, celui qui a commencé en dernier s'il y en a plusieurs ; nul s'il n'y en a pas.",
        scope="sdh_statut_sportif_informations_statut",
    )
    informations_statuts_precedents: list[StatutSportifPrecedent] | None = champ(
        "Autres statuts déjà commencés, dans l'ordre de la source.",
        scope="sdh_statut_sportif_informations_statuts_precedents",
    )
