from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from graph.demande import Demande
from graph.enums import Sexe
from graph.errors import DossierAbsent, ErreurDeBloc, IdentiteIncoherente, IdentiteNonReconnue, SourceReponseInvalide
from graph.identite import DateNaissance, IdentitePivot
from graph.vehicule import (
    AdresseVehicule,
    CaracteristiquesTechniques,
    DonneesImmatriculation,
    IdentiteVehicule,
    NomenclatureVehicule,
    StatutRattachement,
    Vehicule,
)
from providers._concordance import confronter
from providers._source import UpstreamResponse
from providers._xml import ecrire
from providers.ants_vehicule import SOURCE
from providers.ants_vehicule.messages import REPONSE, SOAP, element, enveloppe
from providers.ants_vehicule.tables import CARBURANTS, CATEGORIES, GENRES
from tests.providers.ants_vehicule.reponses import (
    ANCIENNE,
    APPEL,
    DEMANDE,
    IDENTITE,
    PIVOT,
    avec,
    corps,
    personne,
    reponse,
)

TECHNIQUES = "reponse.dossier.vehicule.caracteristiques_techniques"
IMMATRICULATION = "reponse.dossier.immatriculation"
LUE = "reponse.dossier.personne.liste_personnes.personne.0"


def lire(contenu: Any, demande: Demande = DEMANDE) -> Vehicule:
    return SOURCE.read(reponse(contenu), demande, APPEL)


def refuser(contenu: Any, demande: Demande = DEMANDE) -> ErreurDeBloc:
    with pytest.raises(ErreurDeBloc) as refus:
        lire(contenu, demande)
    return refus.value


def pour(**pivot: Any) -> Demande:
    return Demande(replace(IDENTITE, pivot=replace(PIVOT, **pivot)), immatriculation="AB-123-CD")


def test_a_registration_is_read_whole() -> None:
    lu = lire(corps())
    assert lu.identite == IdentiteVehicule(
        nom="DUPONT",
        prenom="JEAN-PAUL",
        sexe_etat_civil=Sexe.M,
        annee_date_naissance=1955,
        mois_date_naissance=12,
        jour_date_naissance=8,
        code_departement_naissance="59",
    )
    assert lu.adresse == AdresseVehicule(
        complement_information="BATIMENT K",
        num_voie="12",
        type_voie="AVENUE",
        libelle_voie="DES CHAMPS",
        code_postal_ville="59000",
        libelle_commune="LILLE",
        lieu_dit="LE BOURG",
        etage_escalier_appartement="ESCALIER 2",
        extension="B",
        pays="FRANCE",
    )
    assert lu.statut_rattachement is StatutRattachement.TITULAIRE
    assert lu.caracteristiques_techniques == CaracteristiquesTechniques(
        marque="PEUGEOT",
        type_variante_version="ABCDEF-G1H234",
        denomination_commerciale="308",
        masse_charge_maximale=1850,
        categorie_vehicule=NomenclatureVehicule(code="M1", libelle=CATEGORIES["M1"]),
        genre_national=NomenclatureVehicule(code="VP", libelle="Voiture Particulière"),
        cylindree=1598,
        type_carburant=NomenclatureVehicule(code="ES", libelle="Essence"),
        taux_co2=120,
        classe_environnementale=NomenclatureVehicule(code="Euro 4", libelle="Norme européenne d'émission Euro 4"),
    )


def test_a_lease_is_read_from_its_own_words_not_from_the_type_of_registration() -> None:
    assert lire(corps()).donnees_immatriculation == DonneesImmatriculation(
        numero_immatriculation="AB-123-CD",
        date_premiere_immatriculation=date(2013, 6, 3),
        statut_location=NomenclatureVehicule(code="LLD", libelle="Location Longue Durée"),
    )
    sans = corps(f"{IMMATRICULATION}.code_type_loc")
    del sans["reponse"]["dossier"]["immatriculation"]["libelle_type_loc"]
    lu = lire(sans).donnees_immatriculation
    assert lu is not None
    assert lu.statut_location is None


@pytest.mark.parametrize(
    ("chemin", "champ"),
    [
        ("tvv", "type_variante_version"),
        ("denomination_com", "denomination_commerciale"),
        ("ptac", "masse_charge_maximale"),
        ("categorie_ce", "categorie_vehicule"),
        ("cylindree", "cylindree"),
        ("energie", "type_carburant"),
        ("co2", "taux_co2"),
        ("classe_environnement_ce", "classe_environnementale"),
    ],
)
@pytest.mark.parametrize("valeur", [None, "", " "])
def test_what_the_siv_does_not_say_is_null(chemin: str, champ: str, valeur: str | None) -> None:
    lues = lire(corps(f"{TECHNIQUES}.{chemin}", valeur)).caracteristiques_techniques
    assert getattr(lues, champ) is None


@pytest.mark.parametrize(
    ("chemin", "champ"),
    [
        ("categorie_ce", "categorie_vehicule"),
        ("genre_national", "genre_national"),
        ("energie", "type_carburant"),
        ("classe_environnement_ce", "classe_environnementale"),
    ],
)
def test_a_code_that_no_table_holds_is_kept_without_a_label(chemin: str, champ: str) -> None:
    lues = lire(corps(f"{TECHNIQUES}.{chemin}", "ZZ9")).caracteristiques_techniques
    assert getattr(lues, champ) == NomenclatureVehicule(code="ZZ9", libelle=None)


def test_the_tables_are_those_of_the_siv() -> None:
    assert (len(CATEGORIES), len(GENRES), len(CARBURANTS)) == (17, 19, 37)


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("70/220*91/441EURO1", "Euro 1"),
        ("70/220*2001/1EURO3", "Euro 3"),
        ("70/220*2003/76EURO4", "Euro 4"),
        ("715/2007*692/2008EURO5", "Euro 5"),
        ("715/2007*692/2008EURO5a", "Euro 5a"),
        ("715/2007*692/2008EURO5B", "Euro 5b"),
        ("715/2007*2015/45EURO6", "Euro 6"),
        ("715/2007*2015/45EURO6b", "Euro 6b"),
        ("715/2007*2017/1347EURO6c", "Euro 6c"),
        ("715/2007*2018/1832EURO6D-TEMP", "Euro 6d-TEMP"),
        ("715/2007*2018/1832EURO6d", "Euro 6d"),
        ("715/2007*2023/443EURO6e", "Euro 6e"),
        ("595/2009*2018/932EUROVI", "Euro VI"),
        ("595/2009*2018/932 Euro VI", "Euro VI"),
    ],
)
def test_the_european_norm_is_read_from_the_reference(reference: str, code: str) -> None:
    lues = lire(corps(f"{TECHNIQUES}.classe_environnement_ce", reference)).caracteristiques_techniques
    assert lues is not None
    assert lues.classe_environnementale == NomenclatureVehicule(
        code=code, libelle=f"Norme européenne d'émission {code}"
    )


@pytest.mark.parametrize("reference", ["70/220*91/441", "EUROV", "EURO7", "EURO10", "88/77"])
def test_a_reference_without_a_known_norm_is_not_guessed(reference: str) -> None:
    lues = lire(corps(f"{TECHNIQUES}.classe_environnement_ce", reference)).caracteristiques_techniques
    assert lues is not None
    assert lues.classe_environnementale == NomenclatureVehicule(code=reference, libelle=None)


# --- Who is retained --------------------------------------------------------------------------------------------------

SOCIETE = {"code_type_personne": "TIT", "identite_personne": {"flag_pers_physique": "non", "raison_sociale": "DUPONT"}}


@pytest.mark.parametrize(
    ("code", "statut"),
    [
        ("TIT", StatutRattachement.TITULAIRE),
        ("COT", StatutRattachement.COTITULAIRE),
        ("LOC", StatutRattachement.LOCATAIRE),
    ],
)
def test_a_person_is_found_among_companies_and_others(code: str, statut: StatutRattachement) -> None:
    autre = personne(nom_naiss="LAPILUS", prenom="LAURENT")
    assert lire(avec(SOCIETE, autre, personne(code))).statut_rattachement is statut


@pytest.mark.parametrize(
    "identite",
    [
        {"nom_naiss": "dupont"},
        {"prenom": "Jean Paul"},
        {"prenom": "JEAN-PAUL LEON"},
        {"prenom": "JEAN-PAUL, LEON"},
        {"prenom": "LEON"},
        {"prenom": "Léon"},
    ],
)
def test_a_name_is_compared_without_case_nor_accents_and_one_given_name_is_enough(identite: dict[str, str]) -> None:
    lu = lire(avec(personne(**identite)))
    confronter(IDENTITE, SOURCE.etats_civils(lu))


@pytest.mark.parametrize(
    "autres",
    [
        [SOCIETE],
        [personne(nom_naiss="DUPOND")],
        [personne(nom_naiss="DUPONT MOREAU")],
        [personne(nom_naiss="MARTIN", nom_usage="DUPONT")],
        [personne(prenom="JACQUES")],
        [personne(prenom="JEAN-PAULIN")],
        [personne(prenom=None)],
        [personne(nom_naiss=None)],
        [personne(nom_naiss="DUPONT JEAN-PAUL", prenom=None)],
        [personne(flag_pers_physique="non")],
        [personne("ACQ")],
    ],
)
def test_nobody_else_is_taken_for_the_person_asked_about(autres: list[Any]) -> None:
    assert isinstance(refuser(avec(*autres)), IdentiteNonReconnue)


def test_namesakes_of_one_vehicle_are_told_apart_by_the_birth_date() -> None:
    pere, fils = personne(date_naissance="1930-01-01"), personne("COT")
    assert lire(avec(pere, fils)).statut_rattachement is StatutRattachement.COTITULAIRE


def test_a_namesake_born_another_day_is_held_back() -> None:
    lu = lire(avec(personne(date_naissance="1930-01-01")))
    with pytest.raises(IdentiteIncoherente):
        confronter(IDENTITE, SOURCE.etats_civils(lu))


@pytest.mark.parametrize(
    ("naissance", "lue"),
    [
        (None, (None, None, None)),
        ("0000-00-00", (None, None, None)),
        ("1955-00-00", (1955, None, None)),
        ("1955-12-00", (1955, 12, None)),
    ],
)
def test_the_parts_of_a_birth_date_that_are_unknown_are_null(
    naissance: str | None, lue: tuple[int | None, int | None, int | None]
) -> None:
    identite = lire(avec(personne(date_naissance=naissance))).identite
    assert identite is not None
    assert (identite.annee_date_naissance, identite.mois_date_naissance, identite.jour_date_naissance) == lue


def test_the_etat_civil_compared_is_that_of_the_person_retained() -> None:
    (etat_civil,) = SOURCE.etats_civils(lire(avec(personne(nom_naiss="LAPILUS"), personne())))
    assert (etat_civil.nom_naissance, etat_civil.prenoms, etat_civil.naissance, etat_civil.nom_usage) == (
        "DUPONT",
        ("JEAN-PAUL",),
        "1955-12-08",
        "MARTIN",
    )


@pytest.mark.parametrize(
    ("ecrit", "pivot", "nom", "prenom"),
    [
        ("DUPONT JEAN-PAUL", PIVOT, "DUPONT", "JEAN"),
        ("DUPONT LEON", PIVOT, "DUPONT", "LEON"),
        ("LE GOFF ANNE MARIE", replace(PIVOT, nom_naissance="Le Goff", prenoms=("Anne",)), "LE GOFF", "ANNE"),
        ("D ARC JEANNE", replace(PIVOT, nom_naissance="D'Arc", prenoms=("Jeanne",)), "D ARC", "JEANNE"),
    ],
)
def test_the_former_file_writes_the_given_names_after_the_name(
    ecrit: str, pivot: IdentitePivot, nom: str, prenom: str
) -> None:
    ancien = avec(personne(nom_naiss=ecrit, prenom=None), plaque="123 ABC 12")
    demande = Demande(replace(IDENTITE, pivot=pivot), immatriculation="123 ABC 12")
    lue = lire(ancien, demande).identite
    assert lue is not None
    assert (lue.nom, lue.prenom) == (nom, prenom)


@pytest.mark.parametrize("ecrit", ["DUPONT", "DUPONTEL JEAN-PAUL", "DUPONT JACQUES", "JEAN-PAUL DUPONT"])
def test_the_former_file_is_not_read_wider_than_that(ecrit: str) -> None:
    ancien = avec(personne(nom_naiss=ecrit, prenom=None), plaque="123 ABC 12")
    assert isinstance(refuser(ancien, ANCIENNE), IdentiteNonReconnue)


@pytest.mark.parametrize("plaque", ["123ABC12", "123-ABC-12"])
def test_a_former_plate_may_be_written_otherwise(plaque: str) -> None:
    assert lire(avec(personne(), plaque=plaque), ANCIENNE)


def test_a_person_without_a_birth_date_asked_is_found_all_the_same() -> None:
    assert lire(corps(), pour(naissance=DateNaissance()))


# --- What the SIV refuses, and what it should not answer --------------------------------------------------------------


def rejet(code: str | None, traitement: str = "1") -> Any:
    control = {"code_traitement": traitement, "code_erreur": code}
    erreur = {"item_erreur": {"message_erreur": "CANARI"}}
    return {"control": {**control, "description_erreur": erreur}}


def test_a_plate_that_nobody_bears_is_an_absent_file() -> None:
    assert isinstance(refuser(rejet("20")), DossierAbsent)


@pytest.mark.parametrize("contenu", [rejet("1"), rejet("99"), rejet(None), rejet("20", "0"), rejet("x", "0")])
def test_another_rejection_is_a_fault_of_the_source(contenu: Any) -> None:
    refus = refuser(contenu)
    assert isinstance(refus, SourceReponseInvalide)
    assert "CANARI" not in f"{refus!r} {refus.cause}"


@pytest.mark.parametrize(
    "contenu",
    [
        corps("reponse"),
        corps("control"),
        corps("control.code_traitement"),
        corps("control.code_traitement", "2"),
        corps("control.numero_session", "req_ailleurs"),
        corps(f"{IMMATRICULATION}.num_immat"),
        corps(f"{IMMATRICULATION}.num_immat", "AB-123-CE"),
        corps(f"{IMMATRICULATION}.date_prem_immat"),
        corps(f"{IMMATRICULATION}.date_prem_immat", "03/06/2013"),
        corps(f"{TECHNIQUES}.marque_vehicule"),
        corps(f"{TECHNIQUES}.marque_vehicule", ["PEUGEOT", "RENAULT"]),
        corps(f"{TECHNIQUES}.genre_national"),
        corps(f"{TECHNIQUES}.ptac", "1 850"),
        corps(f"{TECHNIQUES}.co2", "-1"),
        corps(f"{TECHNIQUES}.cylindree", "99999999"),
        corps("reponse.dossier.vehicule"),
        corps("reponse.dossier.personne"),
        corps("reponse.dossier.personne.liste_personnes"),
        corps("reponse.dossier.personne.liste_personnes.personne"),
        avec(personne(flag_pers_physique="peut-être")),
        avec(personne(sexe="X")),
        avec(personne(nom_naiss="A" * 1_001)),
        avec(personne(prenom="A" * 1_001)),
        avec(personne(date_naissance="1955-02-30")),
        "texte",
        {},
    ],
)
def test_a_drift_is_refused(contenu: Any) -> None:
    assert isinstance(refuser(contenu), SourceReponseInvalide)


def test_an_answer_that_does_not_repeat_the_session_is_read() -> None:
    assert lire(corps("control.numero_session"))


def test_what_is_signed_may_be_the_body_or_the_message_alone() -> None:
    racine = enveloppe(corps=element(REPONSE, corps()))
    for signe in (racine, racine[1], racine[1][0]):
        assert SOURCE.read(UpstreamResponse(200, (), ecrire(signe)), DEMANDE, APPEL) == lire(corps())


def test_an_envelope_may_be_of_soap_1_1_as_in_the_samples_of_the_siv() -> None:
    enveloppee = reponse(corps()).body.replace(SOAP.encode(), b"http://schemas.xmlsoap.org/soap/envelope/")
    assert SOURCE.read(UpstreamResponse(200, (), enveloppee), DEMANDE, APPEL) == lire(corps())


@pytest.mark.parametrize(
    "contenu",
    [
        b"",
        b"<html/>",
        f'<e:Envelope xmlns:e="{SOAP}"/>'.encode(),
        f'<e:Envelope xmlns:e="{SOAP}"><e:Body/></e:Envelope>'.encode(),
        f'<e:Envelope xmlns:e="{SOAP}"><e:Body/><e:Body/></e:Envelope>'.encode(),
        b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body/></e:Envelope>',
        ecrire(enveloppe(corps=element("req_consulter_dossier", "x"))),
    ],
)
def test_what_is_not_this_message_is_refused(contenu: bytes) -> None:
    with pytest.raises(SourceReponseInvalide):
        SOURCE.read(UpstreamResponse(200, (), contenu), DEMANDE, APPEL)
