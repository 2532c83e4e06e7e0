"""The words of the SIV brought to the types of the graph, one part of the bloc at a time."""

import re
from collections.abc import Mapping

from graph.errors import SourceReponseInvalide
from graph.vehicule import (
    AdresseVehicule,
    CaracteristiquesTechniques,
    DonneesImmatriculation,
    IdentiteVehicule,
    NomenclatureVehicule,
)
from providers._normal import DERIVE, date_complete, sexe, texte
from providers.ants_vehicule import messages
from providers.ants_vehicule.personnes import Retenue
from providers.ants_vehicule.tables import CARBURANTS, CATEGORIES, GENRES, norme

_ENTIER = re.compile(r"\d{1,7}", re.ASCII)


def identite(retenue: Retenue) -> IdentiteVehicule:
    """Return the identity of the person retained."""
    lue = retenue.personne.identite_personne
    annee, mois, jour = (int(partie) or None for partie in retenue.etat_civil.naissance.split("-"))
    return IdentiteVehicule(
        nom=retenue.nom,
        prenom=retenue.prenoms[0],
        sexe_etat_civil=sexe(lue.sexe),
        annee_date_naissance=annee,
        mois_date_naissance=mois,
        jour_date_naissance=jour,
        code_departement_naissance=texte(lue.code_dep_naissance),
    )


def adresse(lue: messages.AdressePersonne | None) -> AdresseVehicule | None:
    """Return an address; None when the SIV gives none."""
    if lue is None:
        return None
    return AdresseVehicule(
        complement_information=texte(lue.compl_adresse),
        num_voie=texte(lue.num_voie),
        type_voie=texte(lue.type_voie),
        libelle_voie=texte(lue.libelle_voie),
        code_postal_ville=texte(lue.code_postal),
        libelle_commune=texte(lue.libelle_commune),
        lieu_dit=texte(lue.lieudit_ou_bp),
        etage_escalier_appartement=texte(lue.point_remise),
        extension=texte(lue.extension),
        pays=texte(lue.pays),
    )


def immatriculation(lue: messages.Immatriculation) -> DonneesImmatriculation:
    """Return the registration."""
    code, libelle = texte(lue.code_type_loc), texte(lue.libelle_type_loc)
    return DonneesImmatriculation(
        numero_immatriculation=texte(lue.num_immat),
        date_premiere_immatriculation=date_complete(lue.date_prem_immat),
        statut_location=NomenclatureVehicule(code=code, libelle=libelle) if code or libelle else None,
    )


def caracteristiques(lues: messages.Caracteristiques) -> CaracteristiquesTechniques:
    """Return what the vehicle is. Raise SourceReponseInvalide for a number that is none."""
    return CaracteristiquesTechniques(
        marque=texte(lues.marque_vehicule),
        type_variante_version=texte(lues.tvv),
        denomination_commerciale=texte(lues.denomination_com),
        masse_charge_maximale=_entier(lues.ptac),
        categorie_vehicule=_nomenclature(lues.categorie_ce, CATEGORIES),
        genre_national=_nomenclature(lues.genre_national, GENRES),
        cylindree=_entier(lues.cylindree),
        type_carburant=_nomenclature(lues.energie, CARBURANTS),
        taux_co2=_entier(lues.co2),
        classe_environnementale=_classe(lues.classe_environnement_ce),
    )


def _nomenclature(code: str | None, libelles: Mapping[str, str]) -> NomenclatureVehicule | None:
    lu = texte(code)
    return NomenclatureVehicule(code=lu, libelle=libelles.get(lu)) if lu else None


def _classe(reference: str | None) -> NomenclatureVehicule | None:
    """Read the norm; a reference that names none stays as it is written, without a label."""
    lue = texte(reference)
    if lue is None:
        return None
    code = norme(lue)
    return NomenclatureVehicule(code=code or lue, libelle=f"Norme européenne d'émission {code}" if code else None)


def _entier(valeur: str | None) -> int | None:
    lue = texte(valeur)
    if lue is None:
        return None
    if not _ENTIER.fullmatch(lue):
        raise SourceReponseInvalide(cause=DERIVE)
    return int(lue)
