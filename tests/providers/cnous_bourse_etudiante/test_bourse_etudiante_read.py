from datetime import date, datetime
from typing import Any

import msgspec
import pytest

from graph.bourse_etudiante import (
    BourseEtudiante,
    EchelonBourse,
    EchelonBourseEtudiant,
    EtablissementBoursier,
    IdentiteBoursier,
    PeriodeVersementBourse,
    StatutBoursier,
)
from graph.circonstances import PARIS
from graph.demande import Demande
from graph.enums import Sexe
from graph.errors import (
    ErreurDeBloc,
    IdentiteAmbigue,
    IdentiteIncoherente,
    IdentiteNonReconnue,
    ParametreRefuseParLaSource,
    SourceReponseInvalide,
)
from graph.identite import DateNaissance, EtatCivil, Identite, IdentitePivot
from providers._source import Appel, UpstreamResponse
from providers.cnous_bourse_etudiante import SOURCE
from tests.providers.allers_retours import muter

PIVOT = IdentitePivot("Moustaki", ("Pierre", "Richard"), DateNaissance(1992, 11, 29), sexe=Sexe.M)
PAR_INE = Demande(Identite(ine="1234567890G"), annee_campagne=None)
PAR_ETAT_CIVIL = Demande(Identite(pivot=PIVOT), annee_campagne=None)
PAR_FRANCE_CONNECT = Demande(Identite(pivot=PIVOT, france_connect=True), annee_campagne=None)
CORPS: dict[str, Any] = {
    "id": 1,
    "ine": "1234567890G",
    "lastName": "Moustaki",
    "firstName": "PIERRE",
    "firstName2": "RICHARD",
    "firstName3": None,
    "birthDate": "1992-11-29T00:00:00.000Z",
    "birthPlace": {"id": 3, "com": "86194", "libelle": "Poitiers"},
    "birthPlaceLibelle": "POITIERS 86",
    "civility": "M",
    "email": "georges@moustaki.fr",
    "grantStatus": 1,
    "grantEchelon": "6",
    "studyTown": "Brest",
    "schoolName": "Carnot",
    "backToSchoolDate": "2025-09-01T00:00:00.000Z",
    "paymentDuration": 12,
    "campaign": {"id": 5, "year": 2025, "active": True},
    "boursier": True,
    "removed": "N",
    "removalDate": None,
}


@pytest.fixture
def appel() -> Appel:
    return Appel(
        destinataire="13002526500013",
        correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
        appelant="jeton",
        instant=datetime(2026, 3, 14, 12, tzinfo=PARIS),
    )


def lire(appel: Appel, corps: object = CORPS, status: int = 200, demande: Demande = PAR_INE) -> BourseEtudiante:
    return SOURCE.read(UpstreamResponse(status, body=msgspec.json.encode(corps)), demande, appel)


def lue(appel: Appel, **change: object) -> BourseEtudiante:
    return lire(appel, {**CORPS, **change})


def test_a_grant_holder_becomes_the_graph_type(appel: Appel) -> None:
    assert lire(appel) == BourseEtudiante(
        statut=StatutBoursier(est_boursier=True, est_radie=False, date_radiation=None),
        periode_versement=PeriodeVersementBourse(date_rentree=date(2025, 9, 1), duree_mois=12),
        etablissement_etudes=EtablissementBoursier(nom_commune="Brest", nom_etablissement="Carnot"),
        echelon=EchelonBourse(valeur=EchelonBourseEtudiant.E6, bourse_regionale_provisoire=True),
        email="georges@moustaki.fr",
        identite=IdentiteBoursier(
            nom="Moustaki",
            prenoms=["PIERRE", "RICHARD"],
            date_naissance=date(1992, 11, 29),
            nom_commune_naissance="Poitiers",
            sexe=Sexe.M,
        ),
        ine="1234567890G",
    )


@pytest.mark.parametrize("demande", [PAR_INE, PAR_ETAT_CIVIL, PAR_FRANCE_CONNECT])
def test_one_student_is_read_alone_or_in_an_array(appel: Appel, demande: Demande) -> None:
    assert lire(appel, [CORPS], demande=demande) == lire(appel, CORPS, demande=demande)


def test_several_students_are_never_chosen_among(appel: Appel) -> None:
    with pytest.raises(IdentiteAmbigue):
        lire(appel, [CORPS, CORPS], demande=PAR_ETAT_CIVIL)


def test_an_array_without_a_student_says_nothing(appel: Appel) -> None:
    with pytest.raises(SourceReponseInvalide):
        lire(appel, [], demande=PAR_ETAT_CIVIL)


@pytest.mark.parametrize(
    "ecrite",
    ["2025-09-01", " 2025-09-01 ", "2025-09-01T00:00:00+02:00", "2025-09-01T23:30:00Z", "2025-09-01T00:00:00.000+0000"],
)
def test_an_instant_gives_its_day_as_written(appel: Appel, ecrite: str) -> None:
    rentree = lue(appel, backToSchoolDate=ecrite).periode_versement
    radiation = lue(appel, removed="O", removalDate=ecrite).statut
    naissance = lue(appel, birthDate=ecrite).identite
    assert rentree
    assert radiation
    assert naissance
    assert {rentree.date_rentree, radiation.date_radiation, naissance.date_naissance} == {date(2025, 9, 1)}


def test_a_student_who_lost_the_grant_is_told(appel: Appel) -> None:
    assert lue(appel, boursier=False, removed="O", removalDate="2023-12-01T00:00:00.000Z").statut == StatutBoursier(
        est_boursier=False, est_radie=True, date_radiation=date(2023, 12, 1)
    )


@pytest.mark.parametrize("echelon", list(EchelonBourseEtudiant))
def test_every_level_has_its_name(appel: Appel, echelon: EchelonBourseEtudiant) -> None:
    rendu = lue(appel, grantEchelon=echelon.value).echelon
    assert rendu
    assert rendu.valeur is echelon


@pytest.mark.parametrize(("statut", "provisoire"), [(0, False), (1, True), (3, True), (None, None)])
def test_a_level_is_provisional_while_its_status_is_not_zero(
    appel: Appel, statut: int | None, *, provisoire: bool | None
) -> None:
    rendu = lue(appel, grantStatus=statut, grantEchelon=None).echelon
    assert rendu == EchelonBourse(valeur=None, bourse_regionale_provisoire=provisoire)


@pytest.mark.parametrize(
    ("change", "attribut", "attendu"),
    [
        ({"firstName2": None}, "prenoms", ["PIERRE"]),
        ({"firstName2": " "}, "prenoms", ["PIERRE"]),
        ({"firstName": None, "firstName2": None}, "prenoms", None),
        ({"birthPlace": None}, "nom_commune_naissance", "POITIERS 86"),
        ({"birthPlace": {"libelle": " "}}, "nom_commune_naissance", "POITIERS 86"),
        ({"birthPlace": None, "birthPlaceLibelle": None}, "nom_commune_naissance", None),
        ({"civility": "F"}, "sexe", Sexe.F),
        ({"civility": None}, "sexe", None),
        ({"birthDate": None}, "date_naissance", None),
    ],
)
def test_each_word_of_the_identity_is_brought_to_that_of_the_graph(
    appel: Appel, change: dict[str, object], attribut: str, attendu: object
) -> None:
    assert getattr(lue(appel, **change).identite, attribut) == attendu


def test_a_blank_word_is_a_null(appel: Appel) -> None:
    vide = lue(appel, email=" ", studyTown="", schoolName=None, ine=None, paymentDuration=None, backToSchoolDate="")
    assert (vide.email, vide.ine) == (None, None)
    assert vide.etablissement_etudes == EtablissementBoursier(nom_commune=None, nom_etablissement=None)
    assert vide.periode_versement == PeriodeVersementBourse(date_rentree=None, duree_mois=None)


@pytest.mark.parametrize(
    ("cle", "valeur"),
    [
        ("lastName", None),
        ("lastName", " "),
        ("boursier", None),
        ("removed", None),
        ("removed", "X"),
        ("grantEchelon", "8"),
        ("grantEchelon", 6),
        ("grantStatus", "0"),
        ("civility", "MME"),
        ("birthDate", "29/11/1992"),
        ("birthDate", "1992-11-31T00:00:00Z"),
        ("backToSchoolDate", "2025-09-01T25:00:00Z"),
        ("removalDate", 1598911200),
        ("paymentDuration", -1),
        ("paymentDuration", 1200),
        ("birthPlace", "Poitiers"),
    ],
)
def test_a_drift_is_caught_at_the_door(appel: Appel, cle: str, valeur: object) -> None:
    with pytest.raises(SourceReponseInvalide):
        lire(appel, {**CORPS, cle: valeur})


@pytest.mark.parametrize("cle", sorted(CORPS.keys() - {"id", "firstName3"}))
def test_a_key_that_every_answer_bears_may_not_disappear(appel: Appel, cle: str) -> None:
    with pytest.raises(SourceReponseInvalide):
        lire(appel, {autre: valeur for autre, valeur in CORPS.items() if autre != cle})


def test_the_answer_must_bear_the_ine_asked(appel: Appel) -> None:
    with pytest.raises(IdentiteIncoherente):
        lue(appel, ine="1234567890H")
    assert lue(appel, ine="1234567890g")
    assert lue(appel, ine=None)
    assert lire(appel, [{**CORPS, "ine": "1234567890H"}], demande=PAR_ETAT_CIVIL)


@pytest.mark.parametrize("annee", [2025, "2025"])
def test_the_answer_must_be_about_the_campaign_asked(appel: Appel, annee: object) -> None:
    corps = muter(CORPS, ("campaign", "year"), annee)
    assert lire(appel, corps, demande=Demande(Identite(ine="1234567890G"), annee_campagne=2025))
    with pytest.raises(SourceReponseInvalide):
        lire(appel, corps, demande=Demande(Identite(ine="1234567890G"), annee_campagne=2024))


@pytest.mark.parametrize(
    ("status", "attendue"),
    [(404, IdentiteNonReconnue), (400, ParametreRefuseParLaSource)],
)
def test_each_refusal_has_one_meaning(appel: Appel, status: int, attendue: type[ErreurDeBloc]) -> None:
    with pytest.raises(attendue):
        lire(appel, {"description": "Étudiant(e) non trouvé(e)", "code": status}, status=status)


@pytest.mark.parametrize("corps", [b"", b"<html>Not Found</html>", b"{}", b'{"description":"x","code":500}', b"[]"])
@pytest.mark.parametrize("status", [200, 400, 404])
def test_an_answer_that_cannot_be_read_says_nothing_of_the_person(appel: Appel, status: int, corps: bytes) -> None:
    with pytest.raises(SourceReponseInvalide):
        SOURCE.read(UpstreamResponse(status, body=corps), PAR_INE, appel)


def test_the_student_is_named_to_the_comparison(appel: Appel) -> None:
    assert SOURCE.etats_civils(lire(appel)) == (EtatCivil("Moustaki", ("PIERRE", "RICHARD"), "1992-11-29"),)
    sans = lue(appel, firstName=None, firstName2=None, birthDate=None)
    assert SOURCE.etats_civils(sans) == (EtatCivil("Moustaki", (), "0000-00-00"),)
