from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from lxml import etree

from graph.demande import Demande
from graph.enums import Sexe
from graph.errors import DossierAbsent, IdentiteNonReconnue, SourceReponseInvalide
from graph.identite import DateNaissance, Identite, IdentitePivot
from graph.vehicule import NomenclatureVehicule, StatutRattachement, Vehicule
from providers._personas import Persona, Personas
from providers._signature import verifier
from providers._simulateur import reglage
from providers._source import Appel, Sceau, UpstreamRequest, UpstreamResponse
from providers._xml import ecrire, lire
from providers.ants_vehicule import SOURCE
from providers.ants_vehicule.messages import CORPS, ENVELOPPE, SIV, SOAP
from providers.ants_vehicule.sceau import ASSERTION
from tests.providers.ants_vehicule.reponses import APPEL

JOUR = APPEL.aujourdhui
PIVOT = IdentitePivot(
    "Dupré-Lévy", ("Zoë", "Anne"), DateNaissance(1980, 2, 14), sexe=Sexe.F, code_commune="2A004", nom_usage="Roux"
)
REGLAGES = {nom: reglage(SOURCE.nom, nom) for nom in SOURCE.auth.reglages}
VUE: Mapping[str, Any] = {
    "dossiers": [
        {
            "immatriculation": {
                "num_immat": "AB-123-CD",
                "date_prem_immat": "{N-1}-05-12",
                "code_type_loc": "LLD",
                "libelle_type_loc": "Location Longue Durée",
            },
            "caracteristiques_techniques": {"marque_vehicule": "PEUGEOT", "genre_national": "VP", "co2": "115"},
            "code_type_personne": "LOC",
            "adresse_personne": {"num_voie": "12", "code_postal": "20000", "libelle_commune": "AJACCIO"},
            "autres": [
                {
                    "code_type_personne": "TIT",
                    "identite_personne": {"flag_pers_physique": "non", "raison_sociale": "LOCATION & CIE"},
                }
            ],
        },
        {
            "immatriculation": {"num_immat": "123 ABC 12", "date_prem_immat": "1999-04-09"},
            "caracteristiques_techniques": {"marque_vehicule": "2RM", "genre_national": "MTL"},
        },
    ]
}


def persona(vue: Mapping[str, Any] | None = VUE, pivot: IdentitePivot = PIVOT) -> Persona:
    return Persona("persona", "", pivot, vues={} if vue is None else {SOURCE.nom: vue})


def monde(*personnes: Persona, jour: date = JOUR) -> Personas:
    return Personas(personnes or (persona(),), lambda: jour)


def demande(plaque: str = "AB-123-CD", pivot: IdentitePivot = PIVOT) -> Demande:
    return Demande(Identite(pivot=pivot, france_connect=True), immatriculation=plaque)


def sceau() -> Sceau:
    assert isinstance(SOURCE.auth, Sceau)
    return SOURCE.auth


def requete(plaque: str = "AB-123-CD", appel: Appel = APPEL, **reglages: str) -> UpstreamRequest:
    return sceau().sceller(SOURCE.request(demande(plaque), appel), appel, REGLAGES | reglages)


def ouvrir(reponse: UpstreamResponse) -> UpstreamResponse:
    return sceau().ouvrir(reponse, REGLAGES, APPEL.instant)


def lu(plaque: str = "AB-123-CD", personas: Personas | None = None, pivot: IdentitePivot = PIVOT) -> Vehicule:
    reponse = SOURCE.simulate(requete(plaque), personas or monde())
    return SOURCE.read(ouvrir(reponse), demande(plaque, pivot), APPEL)


def test_the_adapter_reads_back_what_the_persona_holds() -> None:
    vehicule = lu()
    assert vehicule.statut_rattachement is StatutRattachement.LOCATAIRE
    assert vehicule.identite is not None
    assert (vehicule.identite.nom, vehicule.identite.prenom) == ("DUPRE-LEVY", "ZOE")
    assert vehicule.identite.code_departement_naissance == "2A"
    assert vehicule.donnees_immatriculation is not None
    assert vehicule.donnees_immatriculation.date_premiere_immatriculation == date(2025, 5, 12)
    assert vehicule.donnees_immatriculation.statut_location == NomenclatureVehicule(
        code="LLD", libelle="Location Longue Durée"
    )
    assert vehicule.adresse is not None
    assert vehicule.adresse.libelle_commune == "AJACCIO"
    (etat_civil,) = SOURCE.etats_civils(vehicule)
    assert (etat_civil.naissance, etat_civil.nom_usage) == ("1980-02-14", "ROUX")


def test_a_former_plate_is_answered_as_the_former_file_wrote_it() -> None:
    assert b"<siv:nom_naiss>DUPRE-LEVY ZOE</siv:nom_naiss>" in SOURCE.simulate(requete("123 ABC 12"), monde()).body
    vehicule = lu("123 ABC 12")
    assert vehicule.identite is not None
    assert (vehicule.identite.nom, vehicule.identite.prenom) == ("DUPRE LEVY", "ZOE")
    assert vehicule.adresse is None


def test_a_vehicle_of_somebody_else_is_not_hers() -> None:
    with pytest.raises(IdentiteNonReconnue):
        lu(pivot=replace(PIVOT, nom_naissance="Autre"))


@pytest.mark.parametrize(
    "personas",
    [monde(persona(None)), monde(persona({"absent": "dossier"})), monde(replace(persona(), inconnue=True))],
)
def test_a_plate_that_nobody_bears_is_answered_with_a_status_of_200(personas: Personas) -> None:
    reponse = SOURCE.simulate(requete(), personas)
    assert reponse.status == 200
    assert "Aucune réponse trouvée pour les critères en entrée" in ouvrir(reponse).body.decode()
    with pytest.raises(DossierAbsent):
        lu(personas=personas)


@pytest.mark.parametrize("erreur", [429, 500, 502, 503, 504])
def test_a_plate_may_always_meet_a_failure(erreur: int) -> None:
    personas = monde(persona({"erreur": erreur, "num_immat": "ER-500-RR"}))
    assert SOURCE.simulate(requete("ER-500-RR"), personas).status == erreur
    assert SOURCE.simulate(requete("AB-123-CD"), personas).status == 200


@pytest.mark.parametrize(
    "vue",
    [
        {"dossier": []},
        {"dossiers": [{"immatriculation": {"num_immat": "AB-123-CD", "date_prem_immat": "2020-01-01"}}]},
        {"absent": "vehicule"},
        {"erreur": 418},
    ],
)
def test_a_view_in_other_words_is_refused(vue: Mapping[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        SOURCE.simulate(requete(), monde(persona(vue)))


# --- The seal ---------------------------------------------------------------------------------------------------------


def test_an_answer_is_signed_by_the_source_alone() -> None:
    reponse = SOURCE.simulate(requete(), monde())
    lue = verifier(reponse.body, certificat=REGLAGES["certificat_source"], instant=APPEL.instant)
    assert lue.tag == ENVELOPPE
    with pytest.raises(SourceReponseInvalide):
        verifier(reponse.body, certificat=REGLAGES["certificat"], instant=APPEL.instant)


@pytest.mark.parametrize(
    ("avant", "apres"),
    [
        (b"PEUGEOT", b"CITROEN"),
        (b"<siv:co2>115</siv:co2>", b""),
        (b"<ds:Signature ", b"<ds:Sceau "),
        (b"</env:Body>", b"</env:Body><env:Body/>"),
    ],
)
def test_an_answer_altered_on_the_way_is_not_opened(avant: bytes, apres: bytes) -> None:
    reponse = SOURCE.simulate(requete(), monde())
    assert avant in reponse.body
    with pytest.raises(SourceReponseInvalide):
        ouvrir(replace(reponse, body=reponse.body.replace(avant, apres)))


def test_an_answer_that_is_not_signed_is_not_opened() -> None:
    with pytest.raises(SourceReponseInvalide):
        ouvrir(ouvrir(SOURCE.simulate(requete(), monde())))


def test_the_answer_to_another_question_is_not_taken_for_this_one() -> None:
    """It is signed all right: an older answer, played again."""
    ancienne = SOURCE.simulate(
        requete(appel=replace(APPEL, correlation="7c9e6679-7425-40de-944b-e07fc1f90ae7")), monde()
    )
    with pytest.raises(SourceReponseInvalide):
        SOURCE.read(ouvrir(ancienne), demande(), APPEL)
    with pytest.raises(SourceReponseInvalide):
        SOURCE.read(ouvrir(SOURCE.simulate(requete("123 ABC 12"), monde())), demande(), APPEL)


def test_a_certificate_past_its_end_opens_nothing() -> None:
    reponse = SOURCE.simulate(requete(), monde())
    for instant in (APPEL.instant.replace(year=2101), APPEL.instant.replace(year=1999)):
        with pytest.raises(SourceReponseInvalide):
            sceau().ouvrir(reponse, REGLAGES, instant)


def fautive(reponse: UpstreamResponse) -> bool:
    faute = lire(reponse.body).find(f"{CORPS}/{{{SOAP}}}Fault/{{{SOAP}}}Code/{{{SOAP}}}Value")
    return reponse.status == 500 and faute is not None and faute.text == "env:Sender"


@pytest.mark.parametrize(
    "call",
    [
        SOURCE.request(demande(), APPEL),
        requete(certificat=reglage("autre", "certificat"), cle=reglage("autre", "cle")),
        requete(cle=reglage("autre", "cle")),
        requete(idp="autre"),
        requete(code_concentrateur="autre"),
        requete(appel=replace(APPEL, instant=APPEL.instant - timedelta(days=2))),
        requete(appel=replace(APPEL, instant=APPEL.instant + timedelta(days=2))),
        replace(requete(), body=b""),
        replace(requete(), body=b"<!DOCTYPE a><a/>"),
        replace(requete(), body=b"{}"),
        replace(requete(), body=requete().body.replace(b"sender-vouches", b"bearer")),
        replace(requete(), body=requete().body.replace(b"req_consulter_dossier", b"req_autre")),
        replace(requete(), body=requete().body.replace(b"siv:mode_appel>L", b"siv:mode_appel>E", 1)),
        replace(requete(), body=requete().body.replace(b"siv:requete>", b"siv:demande>")),
    ],
)
def test_a_message_that_proves_nothing_or_asks_otherwise_is_a_fault_of_soap(call: UpstreamRequest) -> None:
    assert fautive(SOURCE.simulate(call, monde()))


def test_an_assertion_signed_for_another_message_stands_nowhere_else() -> None:
    """The assertion must be in the header: a signed one hidden in the body is not looked at."""
    racine = lire(requete().body)
    (assertion,) = racine.iter(ASSERTION)
    etree.SubElement(racine[1], f"{{{SIV}}}cache").append(assertion)
    assert fautive(SOURCE.simulate(replace(requete(), body=ecrire(racine)), monde()))


@pytest.mark.parametrize("nom", ["code_partenaire", "code_miat"])
def test_a_partner_whom_the_siv_does_not_know_is_rejected(nom: str) -> None:
    reponse = SOURCE.simulate(requete("AB-123-CD", APPEL, **{nom: "autre"}), monde())
    assert reponse.status == 200
    with pytest.raises(SourceReponseInvalide) as refus:
        SOURCE.read(ouvrir(reponse), demande(), APPEL)
    assert refus.value.cause == "SOURCE_ERREUR"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"path": "/autre"}, 404),
        ({"method": "GET"}, 405),
        ({"headers": ()}, 415),
        ({"headers": (("Content-Type", "text/xml"),)}, 415),
    ],
)
def test_what_is_not_a_message_of_soap_is_refused(change: dict[str, Any], status: int) -> None:
    assert SOURCE.simulate(replace(requete(), **change), monde()).status == status
