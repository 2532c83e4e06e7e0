"""Bloc `demandeurEmploi`: registration as a job seeker, as France Travail knows it (data since 2010)."""

from datetime import date
from enum import Enum

import strawberry

from graph._declaration import bloc, champ, objet
from graph.enums import Sexe


@strawberry.enum(description="Civilité enregistrée par France Travail.")
class Civilite(Enum):
    """Titles, as France Travail writes them."""

    MME = strawberry.enum_value("MME", description="Madame.")
    M = strawberry.enum_value("M.", description="Monsieur.")


@strawberry.enum(description="Certification de l'identité par la CNAV.")
class CodeCertificationCnav(Enum):
    """How far the CNAV vouches for the identity."""

    VC = strawberry.enum_value("VC", description="Identité certifiée.")
    IC = strawberry.enum_value("IC", description="Identité certifiée, par assimilation.")
    PC = strawberry.enum_value("PC", description="Identité certifiée partiellement.")
    AC = strawberry.enum_value("AC", description="Identité non certifiée : certification en attente.")
    DC = strawberry.enum_value("DC", description="Identité non certifiée : certification demandée.")
    EC = strawberry.enum_value("EC", description="Identité non certifiée : échec de la certification.")
    RC = strawberry.enum_value("RC", description="Identité non certifiée : certification refusée.")


@objet(description="Identité du demandeur d'emploi, telle que France Travail l'a enregistrée.")
class IdentiteDemandeurEmploi:
    """Identity as registered."""

    civilite: Civilite | None = champ("Civilité.")
    nom_naissance: str | None = champ("Nom de naissance.")
    nom_usage: str | None = champ("Nom d'usage.")
    prenom: str | None = champ("Prénom, coupé à 13 caractères.")
    sexe: Sexe | None = champ("Sexe.")
    date_naissance: date | None = champ("Date de naissance.")


@objet(description="Coordonnées du demandeur d'emploi.")
class ContactDemandeurEmploi:
    """How to reach the person."""

    telephone: str | None = champ("Numéro de téléphone.")
    telephone2: str | None = champ("Second numéro de téléphone.")
    email: str | None = champ("Adresse électronique.")


@objet(description="Adresse postale du demandeur d'emploi.")
class AdresseDemandeurEmploi:
    """Postal address."""

    code_postal: str | None = champ("Code postal.")
    code_cog_insee_commune: str | None = champ("Code COG de la commune.")
    localite: str | None = champ("Code postal et nom de la localité.")
    ligne_voie: str | None = champ("Numéro et nom de la voie.")
    ligne_complement_destinataire: str | None = champ("Complément du destinataire, par exemple l'appartement.")
    ligne_complement_adresse: str | None = champ("Complément d'adresse, par exemple le bâtiment.")
    ligne_complement_distribution: str | None = champ("Complément de distribution, par exemple le lieu-dit.")
    ligne_nom: str | None = champ("Nom du destinataire.")


@objet(description="Catégorie d'inscription.")
class CategorieInscription:
    """Category of registration."""

    code: int | None = champ("Code de la catégorie : 1, 2, 3, 4 ou 5.")
    libelle: str | None = champ("Libellé de la catégorie, dans les mots de France Travail.")


@objet(description="Inscription sur la liste des demandeurs d'emploi.")
class InscriptionDemandeurEmploi:
    """Registration, open or closed."""

    date_debut: date | None = champ("Date de l'inscription.")
    date_fin: date | None = champ("Date de la cessation d'inscription ; nulle tant que la personne est inscrite.")
    categorie: CategorieInscription | None = champ("Catégorie de l'inscription.")
    code_certification_cnav: CodeCertificationCnav | None = champ(
        "Certification de l'identité ; nulle si elle n'a pas été demandée."
    )


@bloc(
    description=(
        "Inscription comme demandeur d'emploi. L'identifiant est déclaré par la personne : comparez l'identité rendue "
        "à la sienne, ou donnez aussi identitePivot, à laquelle elle est alors comparée."
    ),
    rest_v3="/v3/france_travail/statut",
)
class DemandeurEmploi:
    """The last registration of a job seeker."""

    identifiant: str | None = champ("Identifiant francetravail.fr demandé.", scope="pole_emploi_identifiant")
    identite: IdentiteDemandeurEmploi | None = champ("Identité enregistrée.", scope="pole_emploi_identite")
    contact: ContactDemandeurEmploi | None = champ("Coordonnées.", scope="pole_emploi_contact")
    adresse: AdresseDemandeurEmploi | None = champ("Adresse postale.", scope="pole_emploi_adresse")
    inscription: InscriptionDemandeurEmploi | None = champ("Dernière inscription.", scope="pole_emploi_inscription")
