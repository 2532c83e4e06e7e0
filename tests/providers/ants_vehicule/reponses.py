"""Answers of the SIV, as its documentation shows them, for the tests of the reader."""

import copy
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.enums import Sexe
from graph.identite import DateNaissance, Identite, IdentitePivot
from providers._source import Appel, UpstreamResponse
from providers._xml import ecrire
from providers.ants_vehicule.messages import REPONSE, element, enveloppe

PIVOT = IdentitePivot("DUPONT", ("Jean-Paul", "Léon"), DateNaissance(1955, 12, 8), sexe=Sexe.M)
IDENTITE = Identite(pivot=PIVOT, france_connect=True)
DEMANDE = Demande(IDENTITE, immatriculation="AB-123-CD")
ANCIENNE = Demande(IDENTITE, immatriculation="123 ABC 12")
APPEL = Appel(
    destinataire="13002526500013",
    correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
    appelant="11111111-1111-4111-8111-111111111111",
    instant=datetime(2026, 11, 23, 11, 30, tzinfo=PARIS),
)
IDENTITE_LUE: Mapping[str, str] = {
    "flag_pers_physique": "oui",
    "nom_naiss": "DUPONT",
    "nom_usage": "MARTIN",
    "prenom": "JEAN-PAUL",
    "sexe": "M",
    "date_naissance": "1955-12-08",
    "lieu_naissance": "LILLE",
    "code_dep_naissance": "59",
    "libelle_dep_naissance": "NORD",
}
ADRESSE_LUE: Mapping[str, str] = {
    "point_remise": "ESCALIER 2",
    "compl_adresse": "BATIMENT K",
    "num_voie": "12",
    "extension": "B",
    "type_voie": "AVENUE",
    "libelle_voie": "DES CHAMPS",
    "lieudit_ou_bp": "LE BOURG",
    "code_postal": "59000",
    "libelle_commune": "LILLE",
    "pays": "FRANCE",
}
CORPS: Mapping[str, Any] = {
    "control": {
        "code_partenaire": "1",
        "code_miat": "2",
        "date_envoi": "2026-11-23T11:30:00+01:00",
        "type_operation": "Consultation Dossier",
        "numero_session": "req_0f8fad5b-d9cb-469f-a165-70867728950e",
        "code_traitement": "0",
        "code_operation": "1830959",
        "date_reception": "2026-11-23T11:30:01+01:00",
    },
    "reponse": {
        "dossier": {
            "immatriculation": {
                "num_immat": "AB-123-CD",
                "date_prem_immat": "2013-06-03",
                "date_att_immat": "2013-06-03",
                "code_type_immat": "N",
                "libelle_type_immat": "Normale",
                "code_type_loc": "LLD",
                "libelle_type_loc": "Location Longue Durée",
            },
            "vehicule": {
                "caracteristiques_techniques": {
                    "marque_vehicule": "PEUGEOT",
                    "tvv": "ABCDEF-G1H234",
                    "denomination_com": "308",
                    "vin": "VF3XXXXXXXXXXXXXX",
                    "ptac": "1850",
                    "categorie_ce": "M1",
                    "genre_national": "VP",
                    "cylindree": "1598",
                    "energie": "ES",
                    "co2": "120",
                    "classe_environnement_ce": "70/220*2003/76EURO4",
                }
            },
            "personne": {
                "nb_cotitulaires": "0",
                "liste_personnes": {
                    "personne": [
                        {
                            "code_type_personne": "TIT",
                            "libelle_type_personne": "titulaire",
                            "identite_personne": IDENTITE_LUE,
                            "adresse_personne": ADRESSE_LUE,
                        }
                    ]
                },
            },
        }
    },
}


def corps(chemin: str = "", valeur: Any = None) -> Any:
    """Return the answer, with one value replaced; None removes it."""
    copie = copy.deepcopy(dict(CORPS))
    lieu: Any = copie
    *pas, dernier = chemin.split(".") if chemin else [""]
    for cle in pas:
        lieu = lieu[int(cle) if cle.isdigit() else cle]
    if chemin and valeur is None:
        del lieu[dernier]
    elif chemin:
        lieu[dernier] = valeur
    return copie


def avec(*personnes: Mapping[str, Any], plaque: str = "AB-123-CD") -> Any:
    """Return the answer with other persons."""
    copie = corps("reponse.dossier.immatriculation.num_immat", plaque)
    copie["reponse"]["dossier"]["personne"]["liste_personnes"]["personne"] = list(personnes)
    return copie


def personne(code: str = "TIT", **identite: str | None) -> Mapping[str, Any]:
    """Return a person; None removes a part of the identity."""
    return {"code_type_personne": code, "identite_personne": {**IDENTITE_LUE, **identite}}


def reponse(contenu: Any) -> UpstreamResponse:
    """Return an answer once opened: an envelope without its signature."""
    return UpstreamResponse(200, (), ecrire(enveloppe(corps=element(REPONSE, contenu))))
