"""The words of the CNOUS brought to the types of the graph."""

from graph.bourse_etudiante import (
    BourseEtudiante,
    EchelonBourse,
    EchelonBourseEtudiant,
    EtablissementBoursier,
    IdentiteBoursier,
    PeriodeVersementBourse,
    StatutBoursier,
)
from providers._normal import code, jour_ecrit, sexe, texte
from providers.cnous_bourse_etudiante.messages import Boursier


def bourse(boursier: Boursier) -> BourseEtudiante:
    """Return the grant of a student, for one campaign."""
    return BourseEtudiante(
        statut=StatutBoursier(
            est_boursier=boursier.boursier,
            est_radie=boursier.removed == "O",
            date_radiation=jour_ecrit(boursier.removal_date),
        ),
        periode_versement=PeriodeVersementBourse(
            date_rentree=jour_ecrit(boursier.back_to_school_date), duree_mois=boursier.payment_duration
        ),
        etablissement_etudes=EtablissementBoursier(
            nom_commune=texte(boursier.study_town), nom_etablissement=texte(boursier.school_name)
        ),
        echelon=_echelon(boursier),
        email=texte(boursier.email),
        identite=_identite(boursier),
        ine=texte(boursier.ine),
    )


def _identite(boursier: Boursier) -> IdentiteBoursier:
    lieu = texte(boursier.birth_place.libelle) if boursier.birth_place else None
    return IdentiteBoursier(
        nom=texte(boursier.last_name),
        prenoms=[lu for lu in map(texte, (boursier.first_name, boursier.first_name2)) if lu] or None,
        date_naissance=jour_ecrit(boursier.birth_date),
        nom_commune_naissance=lieu or texte(boursier.birth_place_libelle),
        sexe=sexe(boursier.civility),
    )


def _echelon(boursier: Boursier) -> EchelonBourse:
    statut = boursier.grant_status
    return EchelonBourse(
        valeur=code(boursier.grant_echelon, EchelonBourseEtudiant),
        bourse_regionale_provisoire=None if statut is None else statut > 0,
    )
