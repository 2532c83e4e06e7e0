from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.enums import Sexe
from graph.errors import IdentiteNonReconnue, SourceReponseInvalide
from graph.identite import EtatCivil, Identite
from graph.statut_sportif import (
    CategorieSportive,
    EtablissementSportif,
    FederationSportive,
    IdentiteSportif,
    PeriodeStatutSportif,
    RegionSportive,
    StatutSportif,
    StatutSportifEnCours,
    StatutSportifPrecedent,
)
from providers._source import Appel, UpstreamResponse
from providers.sdh_statut_sportif import SOURCE
from tests.providers.allers_retours import ABSENT, muter

DEMANDE = Demande(Identite(identifiant_sportif="12345"))
TRIATHLON: dict[str, Any] = {
    "fiche": 789456,
    "debutDroits": "2021-01-01",
    "finDroits": "2022-12-31",
    "federation": 69,
    "nomFederation": "Fédération Française de Triathlon et Disciplines Enchaînées",
    "nomCourtFederation": "TRIATHLON",
    "categorie": 4,
    "libCategorie": "Elite",
    "hautNiveau": True,
    "valeur": 128,
}
HANDBALL: dict[str, Any] = {
    "fiche": 789457,
    "debutDroits": "2023-01-01",
    "finDroits": "2025-09-30",
    "federation": "29",
    "nomFederation": "fédération française de handball",
    "nomCourtFederation": "HANDBALL",
    "categorie": "2",
    "libCategorie": "elite",
    "hautNiveau": True,
    "valeur": "4",
}
OCCITANIE: dict[str, Any] = {
    "active": False,
    "debut": "2020-09-01",
    "fin": "2022-12-31",
    "etablissement": 1093,
    "nomEtablissement": "Maison de la Performance Occitanie",
    "region": 76,
    "nomRegion": "Occitanie",
}
AQUITAINE: dict[str, Any] = {
    "active": True,
    "debut": "2023-01-01",
    "fin": None,
    "etablissement": "2075",
    "nomEtablissement": "Maison de la Performance Nouvelle-Aquitaine",
    "region": "75",
    "nomRegion": "Nouvelle-Aquitaine",
}
CORPS: dict[str, Any] = {
    "id": 12345,
    "nom": "Dupont",
    "prenom": "Jean Claude",
    "nomUsage": "Martin",
    "dateNaissance": "1990-05-15",
    "sexe": True,
    "genre": "M",
    "fichesHN": [TRIATHLON, HANDBALL],
    "fichesClub": [],
    "fichesSportif": [OCCITANIE, AQUITAINE],
}


def le(annee: int, mois: int, jour: int) -> Appel:
    return Appel(
        destinataire="13002526500013",
        correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
        appelant="jeton",
        instant=datetime(annee, mois, jour, 12, tzinfo=PARIS),
    )


@pytest.fixture
def appel() -> Appel:
    return le(2025, 3, 14)


def lire(appel: Appel, corps: object = CORPS) -> StatutSportif:
    return SOURCE.read(UpstreamResponse(200, body=msgspec.json.encode(corps)), DEMANDE, appel)


def fiches(*hn: dict[str, Any], lieux: tuple[dict[str, Any], ...] = (OCCITANIE, AQUITAINE)) -> dict[str, Any]:
    return CORPS | {"fichesHN": list(hn), "fichesSportif": list(lieux)}


def lieu_precedent(appel: Appel, *lieux: dict[str, Any]) -> tuple[str | None, str | None]:
    precedents = lire(appel, fiches(TRIATHLON, HANDBALL, lieux=lieux)).informations_statuts_precedents
    assert precedents
    assert len(precedents) == 1
    etablissement, region = precedents[0].etablissement, precedents[0].region
    return etablissement.code_etablissement if etablissement else None, region.nom_region if region else None


def test_an_athlete_becomes_the_graph_type(appel: Appel) -> None:
    assert lire(appel) == StatutSportif(
        identite=IdentiteSportif(
            nom_naissance="Dupont",
            nom_usage="Martin",
            prenoms=["Jean", "Claude"],
            date_naissance=date(1990, 5, 15),
            sexe=Sexe.M,
        ),
        est_sportif_de_haut_niveau=True,
        a_ete_sportif_de_haut_niveau=True,
        informations_statut=StatutSportifEnCours(
            periode=PeriodeStatutSportif(date_debut_statut=date(2023, 1, 1), date_fin_statut=date(2025, 9, 30)),
            federation=FederationSportive(
                code_federation="29",
                nom_federation="fédération française de handball",
                nom_court_federation="HANDBALL",
            ),
            etablissement=EtablissementSportif(
                code_etablissement="2075", nom_etablissement="Maison de la Performance Nouvelle-Aquitaine"
            ),
            region=RegionSportive(code_region="75", nom_region="Nouvelle-Aquitaine"),
            categorie=CategorieSportive(code_categorie="2", nom_categorie="elite", valeur="4"),
            sportif_de_haut_niveau=True,
        ),
        informations_statuts_precedents=[
            StatutSportifPrecedent(
                fiche=789456,
                periode=PeriodeStatutSportif(date_debut_statut=date(2021, 1, 1), date_fin_statut=date(2022, 12, 31)),
                federation=FederationSportive(
                    code_federation="69",
                    nom_federation="Fédération Française de Triathlon et Disciplines Enchaînées",
                    nom_court_federation="TRIATHLON",
                ),
                etablissement=EtablissementSportif(
                    code_etablissement="1093", nom_etablissement="Maison de la Performance Occitanie"
                ),
                region=RegionSportive(code_region="76", nom_region="Occitanie"),
                categorie=CategorieSportive(code_categorie="4", nom_categorie="Elite", valeur="128"),
                sportif_de_haut_niveau=True,
            )
        ],
    )


@pytest.mark.parametrize(
    ("jour", "en_cours", "precedents", "est", "a_ete"),
    [
        (date(2020, 12, 31), None, [], False, False),
        (date(2021, 1, 1), date(2021, 1, 1), [], True, True),
        (date(2022, 12, 31), date(2021, 1, 1), [], True, True),
        (date(2023, 1, 1), date(2023, 1, 1), [789456], True, True),
        (date(2025, 9, 30), date(2023, 1, 1), [789456], True, True),
        (date(2025, 10, 1), None, [789456, 789457], False, True),
    ],
)
def test_what_is_current_covers_today_bounds_included(
    jour: date, en_cours: date | None, precedents: list[int], *, est: bool, a_ete: bool
) -> None:
    lu = lire(le(jour.year, jour.month, jour.day))
    periode = lu.informations_statut.periode if lu.informations_statut else None
    assert (periode and periode.date_debut_statut) == en_cours
    assert [une.fiche for une in lu.informations_statuts_precedents or ()] == precedents
    assert (lu.est_sportif_de_haut_niveau, lu.a_ete_sportif_de_haut_niveau) == (est, a_ete)


@pytest.mark.parametrize("inverse", [False, True])
def test_of_several_current_statuses_the_last_to_begin_is_told(appel: Appel, *, inverse: bool) -> None:
    espoir = HANDBALL | {"fiche": 1, "debutDroits": "2025-01-01", "hautNiveau": False, "libCategorie": "Espoir"}
    lu = lire(appel, fiches(*([espoir, HANDBALL] if inverse else [HANDBALL, espoir])))
    assert lu.informations_statut
    assert lu.informations_statut.categorie
    assert lu.informations_statut.categorie.nom_categorie == "Espoir"
    assert lu.informations_statut.sportif_de_haut_niveau is False
    assert lu.est_sportif_de_haut_niveau is True
    assert [une.fiche for une in lu.informations_statuts_precedents or ()] == [789457]


def test_a_status_that_is_not_of_high_level_is_no_high_level(appel: Appel) -> None:
    lu = lire(appel, fiches(HANDBALL | {"hautNiveau": False}))
    assert lu.informations_statut
    assert (lu.est_sportif_de_haut_niveau, lu.a_ete_sportif_de_haut_niveau) == (False, False)


@pytest.mark.parametrize("vides", [[], None])
def test_who_never_had_a_status_has_none(appel: Appel, vides: object) -> None:
    lu = lire(appel, CORPS | {"fichesHN": vides, "fichesSportif": vides})
    assert (lu.est_sportif_de_haut_niveau, lu.a_ete_sportif_de_haut_niveau) == (False, False)
    assert (lu.informations_statut, lu.informations_statuts_precedents) == (None, [])


@pytest.mark.parametrize(
    ("lieu", "attendu"),
    [
        (OCCITANIE, ("1093", "Occitanie")),
        (OCCITANIE | {"debut": "2021-01-01", "fin": "2022-12-31"}, ("1093", "Occitanie")),
        (OCCITANIE | {"fin": None}, ("1093", "Occitanie")),
        (OCCITANIE | {"debut": "2021-01-02"}, (None, None)),
        (OCCITANIE | {"fin": "2022-12-30"}, (None, None)),
        (OCCITANIE | {"debut": None}, (None, None)),
        (OCCITANIE | {"etablissement": None, "nomEtablissement": " "}, (None, "Occitanie")),
        (AQUITAINE, (None, None)),
    ],
)
def test_a_previous_status_has_the_place_of_its_own_period_never_that_of_today(
    appel: Appel, lieu: dict[str, Any], attendu: tuple[str | None, str | None]
) -> None:
    assert lieu_precedent(appel, lieu, AQUITAINE) == attendu


def test_of_several_places_the_last_to_begin_is_told(appel: Appel) -> None:
    autre = OCCITANIE | {"debut": "2020-10-01", "etablissement": 7, "nomRegion": "Corse"}
    assert lieu_precedent(appel, OCCITANIE, autre) == lieu_precedent(appel, autre, OCCITANIE) == ("7", "Corse")


def test_the_current_status_has_the_active_place_or_none(appel: Appel) -> None:
    lu = lire(appel, fiches(HANDBALL, lieux=(OCCITANIE, AQUITAINE | {"active": False}))).informations_statut
    assert lu
    assert (lu.etablissement, lu.region) == (None, None)


@pytest.mark.parametrize(
    ("cle", "valeur", "attribut", "attendu"),
    [
        ("prenom", "Jean Claude Paul", "prenoms", ["Jean", "Claude", "Paul"]),
        ("prenom", " ", "prenoms", None),
        ("nomUsage", None, "nom_usage", None),
        ("dateNaissance", "1990-05-15T00:00:00", "date_naissance", date(1990, 5, 15)),
        ("dateNaissance", None, "date_naissance", None),
        ("genre", "F", "sexe", Sexe.F),
        ("genre", None, "sexe", None),
    ],
)
def test_the_identity_has_the_words_of_the_graph(
    appel: Appel, cle: str, valeur: object, attribut: str, attendu: object
) -> None:
    assert getattr(lire(appel, CORPS | {cle: valeur}).identite, attribut) == attendu


@pytest.mark.parametrize(
    ("chemin", "valeur"),
    [
        (("nom",), None),
        (("nom",), ABSENT),
        (("genre",), "X"),
        (("dateNaissance",), "15/05/1990"),
        (("fichesHN",), ABSENT),
        (("fichesSportif",), ABSENT),
        (("fichesHN", 0, "debutDroits"), None),
        (("fichesHN", 0, "debutDroits"), ""),
        (("fichesHN", 0, "finDroits"), "2022-02-30"),
        (("fichesHN", 1, "hautNiveau"), "oui"),
        (("fichesHN", 1, "hautNiveau"), None),
        (("fichesHN", 1, "fiche"), 2**31),
        (("fichesHN", 1, "federation"), True),
        (("fichesSportif", 0, "active"), ABSENT),
        (("fichesSportif", 0, "fin"), "bientôt"),
    ],
)
def test_a_drift_is_caught_at_the_door(appel: Appel, chemin: tuple[str | int, ...], valeur: object) -> None:
    with pytest.raises(SourceReponseInvalide):
        lire(appel, muter(CORPS, chemin, valeur))


@pytest.mark.parametrize("liste", ["fichesHN", "fichesSportif"])
def test_more_files_than_any_athlete_has_are_refused(appel: Appel, liste: str) -> None:
    """Every status is compared with every place: what a hostile answer could make them cost is bounded."""
    modele = CORPS[liste][0]
    assert lire(appel, CORPS | {liste: [modele] * 500})
    with pytest.raises(SourceReponseInvalide):
        lire(appel, CORPS | {liste: [modele] * 501})


@pytest.mark.parametrize("ecrit", ["2022-12-31T00:00:00", "2022-12-31T09:25:28.67", "2022-12-31T09:25:28.677"])
def test_a_day_may_be_followed_by_an_hour(appel: Appel, ecrit: str) -> None:
    assert lieu_precedent(appel, OCCITANIE | {"fin": ecrit}) == ("1093", "Occitanie")


@pytest.mark.parametrize("body", [b"", b'"Le sportif n\'existe pas"'])
def test_a_404_that_is_empty_or_one_sentence_is_an_unknown_number(appel: Appel, body: bytes) -> None:
    with pytest.raises(IdentiteNonReconnue):
        SOURCE.read(UpstreamResponse(404, body=body), DEMANDE, appel)


@pytest.mark.parametrize("body", [b"<html>", b'{"message":"Not Found"}', b"null"])
def test_any_other_404_says_nothing_of_the_person(appel: Appel, body: bytes) -> None:
    with pytest.raises(SourceReponseInvalide):
        SOURCE.read(UpstreamResponse(404, body=body), DEMANDE, appel)


def test_the_athlete_is_named_to_be_compared(appel: Appel) -> None:
    assert SOURCE.etats_civils(lire(appel)) == (EtatCivil("Dupont", ("Jean", "Claude"), "1990-05-15", "Martin"),)


def test_the_day_is_that_of_paris() -> None:
    minuit = datetime(2025, 9, 30, 23, 59, tzinfo=PARIS)
    for instant, attendu in ((minuit, True), (minuit + timedelta(minutes=1), False)):
        appel = Appel("13002526500013", "0f8fad5b-d9cb-469f-a165-70867728950e", "jeton", instant)
        assert lire(appel).est_sportif_de_haut_niveau is attendu
