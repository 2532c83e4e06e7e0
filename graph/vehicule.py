"""Bloc `vehicule`: a registration and its holder, as the ANTS knows them (SIV, code de la route art. L. 330-2)."""

import re
from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any

import strawberry

from graph._declaration import bloc, champ, objet
from graph.circonstances import Circonstances
from graph.enums import Sexe
from graph.errors import ParametreInvalide
from graph.identite import EtatCivil
from graph.scalars import Immatriculation

IMMATRICULATION = strawberry.argument(
    description="Numéro d'immatriculation du véhicule : AA-123-BB, ou 123 ABC 12 avant avril 2009."
)
_LETTRES = "[A-HJ-NP-TV-Z]"
_SIV = re.compile(rf"(?!SS)({_LETTRES}{{2}})[- ]?(?!000)(\d{{3}})[- ]?(?!SS)({_LETTRES}{{2}})", re.ASCII)
_DEPARTEMENT = "0[1-9]|[1-8][0-9]|9[0-5]|2[AB]|97[1-6]"
_FNI = re.compile(rf"([1-9]\d{{0,3}})[- ]?([A-HJ-NP-Z]{{1,3}})[- ]?({_DEPARTEMENT})", re.ASCII)
#: What people type between the parts of a plate.
_SEPARATEURS = re.compile(r"[\s\u2010-\u2015-]+")


def ecrire_immatriculation(circonstances: Circonstances, immatriculation: Immatriculation) -> Mapping[str, Any]:
    """Bring a plate to its official form. Raise ParametreInvalide when it is of no series."""
    del circonstances
    saisie = _SEPARATEURS.sub(" ", immatriculation.strip()).upper()
    if siv := _SIV.fullmatch(saisie):
        return {"immatriculation": "-".join(siv.groups())}
    if fni := _FNI.fullmatch(saisie):
        return {"immatriculation": " ".join(fni.groups())}
    raise ParametreInvalide("immatriculation : AA-123-BB, ou 123 ABC 12 pour un véhicule d'avant avril 2009.")


@strawberry.enum(description="Lien entre une personne et un véhicule.")
class StatutRattachement(Enum):
    """What a person is to a vehicle, in the words of the SIV."""

    TITULAIRE = strawberry.enum_value("titulaire", description="Titulaire du certificat d'immatriculation.")
    COTITULAIRE = strawberry.enum_value("cotitulaire", description="Cotitulaire du certificat d'immatriculation.")
    LOCATAIRE = strawberry.enum_value("locataire", description="Locataire du véhicule.")


@objet(description="Code d'une nomenclature du système d'immatriculation des véhicules.")
class NomenclatureVehicule:
    """A code and what it means."""

    code: str | None = champ("Code, dans les mots du système d'immatriculation.")
    libelle: str | None = champ("Libellé du code ; nul si le code est inconnu.", rest_v3="label")


@objet(description="Identité de la personne rattachée au véhicule, telle qu'elle est enregistrée.")
class IdentiteVehicule:
    """The person of the registration whom FranceConnect named."""

    nom: str | None = champ("Nom de naissance.")
    prenom: str | None = champ("Premier prénom enregistré.")
    sexe_etat_civil: Sexe | None = champ("Sexe à l'état civil.")
    annee_date_naissance: int | None = champ("Année de naissance.")
    mois_date_naissance: int | None = champ("Mois de naissance.")
    jour_date_naissance: int | None = champ("Jour de naissance.")
    code_departement_naissance: str | None = champ("Code du département de naissance.")


@objet(description="Adresse de la personne rattachée au véhicule, telle qu'elle est enregistrée.")
class AdresseVehicule:
    """Her address in the registration."""

    complement_information: str | None = champ("Complément d'adresse.")
    num_voie: str | None = champ("Numéro dans la voie.")
    type_voie: str | None = champ("Type de voie.")
    libelle_voie: str | None = champ("Nom de la voie.")
    code_postal_ville: str | None = champ("Code postal.")
    libelle_commune: str | None = champ("Nom de la commune.")
    lieu_dit: str | None = champ("Lieu-dit ou boîte postale.")
    etage_escalier_appartement: str | None = champ("Étage, escalier ou appartement.")
    extension: str | None = champ("Extension du numéro, par exemple BIS.")
    pays: str | None = champ("Pays.")


@objet(description="Immatriculation du véhicule.")
class DonneesImmatriculation:
    """The registration itself."""

    numero_immatriculation: str | None = champ("Numéro d'immatriculation.")
    date_premiere_immatriculation: date | None = champ("Date de la première immatriculation.")
    statut_location: NomenclatureVehicule | None = champ("Location de longue durée ou crédit-bail ; nul sans location.")


@objet(description="Caractéristiques techniques du véhicule.")
class CaracteristiquesTechniques:
    """What the vehicle is."""

    marque: str | None = champ("Marque.")
    type_variante_version: str | None = champ("Type, variante et version.")
    denomination_commerciale: str | None = champ("Dénomination commerciale.")
    masse_charge_maximale: int | None = champ("Masse en charge maximale admissible, en kilogrammes.")
    categorie_vehicule: NomenclatureVehicule | None = champ("Catégorie européenne, par exemple M1.")
    genre_national: NomenclatureVehicule | None = champ("Genre national, par exemple VP.")
    cylindree: int | None = champ("Cylindrée, en centimètres cubes.")
    type_carburant: NomenclatureVehicule | None = champ("Carburant ou source d'énergie.")
    taux_co2: int | None = champ("Émissions de dioxyde de carbone, en grammes par kilomètre.")
    classe_environnementale: NomenclatureVehicule | None = champ("Norme européenne d'émission.")


@bloc(
    description="Véhicule immatriculé, et ce qui y rattache la personne.",
    rest_v3="/v3/ants/extrait_immatriculation_vehicule",
)
class Vehicule:
    """A vehicle, and the one person of its registration who is asked about."""

    identite: IdentiteVehicule | None = champ(
        "Identité enregistrée de la personne.",
        scope="ants_extrait_immatriculation_vehicule_identite_particulier",
        rest_v3="identite_particulier",
    )
    adresse: AdresseVehicule | None = champ(
        "Adresse enregistrée de la personne.",
        scope="ants_extrait_immatriculation_vehicule_adresse_particulier",
        rest_v3="adresse_particulier",
    )
    statut_rattachement: StatutRattachement | None = champ(
        "Lien de la personne avec le véhicule.", scope="ants_extrait_immatriculation_vehicule_statut_rattachement"
    )
    donnees_immatriculation: DonneesImmatriculation | None = champ(
        "Immatriculation du véhicule.",
        scope="ants_extrait_immatriculation_vehicule_donnees_immatriculation_vehicule",
        rest_v3="donnees_immatriculation_vehicule",
    )
    caracteristiques_techniques: CaracteristiquesTechniques | None = champ(
        "Caractéristiques techniques du véhicule.",
        scope="ants_extrait_immatriculation_vehicule_caracteristiques_techniques_vehicule",
        rest_v3="caracteristiques_techniques_vehicule",
    )
    etat_civil: strawberry.Private[EtatCivil]
    """Of the person retained, for the comparison with the one asked about: callers do not see it."""
