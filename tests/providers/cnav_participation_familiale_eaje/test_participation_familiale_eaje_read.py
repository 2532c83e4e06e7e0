from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
import pytest

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.enums import Sexe
from graph.errors import (
    DossierAbsent,
    ErreurDeBloc,
    IdentiteNonReconnue,
    ParametreRefuseParLaSource,
    SourceIndisponible,
    SourceReponseInvalide,
)
from graph.foyer import AdresseAllocataire
from graph.identite import DateNaissance, EtatCivil, Identite, IdentitePivot
from graph.participation_familiale_eaje import (
    BaseRessourcesEaje,
    ParametresCalculEaje,
    ParticipationFamilialeEaje,
    PersonneEaje,
)
from graph.scalars import DatePartielle
from providers._source import Appel, Paires, UpstreamResponse
from providers.cnav_participation_familiale_eaje import SOURCE
from tests.providers.allers_retours import ABSENT, Chemin, muter

CNAF, MSA, RNCPS = "00810011", "00171001", "99430000"
PIVOT = IdentitePivot(
    "Champion", ("Jean-Pascal",), DateNaissance(1980, 6, 12), sexe=Sexe.M, code_pays="99100", code_commune="17300"
)
DEMANDE = Demande(Identite(pivot=PIVOT))
APPEL = Appel(
    destinataire="13002526500013",
    correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
    appelant="jeton",
    instant=datetime(2026, 3, 14, 12, tzinfo=PARIS),
)
CORPS: dict[str, Any] = {
    "allocataires": [
        {
            "nomNaissance": "CHAMPION",
            "nomUsage": "DU MONDE",
            "listePrenoms": "JEAN-PASCAL ROMAIN",
            "dateNaissance": "1980-06-12",
            "genre": "M",
            "cogNaissance": "17300",
        },
        {"nomNaissance": "MARTIN", "listePrenoms": "ANNE", "dateNaissance": "1980-06-00", "genre": "F"},
    ],
    "enfants": [
        {"nomNaissance": "CHAMPION", "listePrenoms": "LEO", "dateNaissance": "2024-02-29", "genre": "M"},
        {
            "nomNaissance": "CHAMPION",
            "nomUsage": " ",
            "listePrenoms": "ADA",
            "dateNaissance": "2012-04-00",
            "genre": "F",
            "cogNaissance": "",
        },
    ],
    "adresse": {"identite": "DU MONDE JEAN-PASCAL", "codePostalVille": "81700 GARREVAQUES", "pays": "FRANCE"},
    "nombreEnfantACharge": 2,
    "nombreBeneficiaireAEH": 1,
    "montantRessources": 40923,
    "annee": 2024,
}
ENFANT = ("enfants", 0)


def lire(corps: object = CORPS, regime: str | None = CNAF, appel: Appel = APPEL) -> ParticipationFamilialeEaje:
    headers: Paires = (("x-apisecu-fd", regime),) if regime else ()
    return SOURCE.read(UpstreamResponse(200, headers, msgspec.json.encode(corps)), DEMANDE, appel)


def eligible(corps: object, appel: Appel = APPEL) -> bool:
    return SOURCE.eligible(lire(corps, appel=appel), appel)


def modifie(chemin: Chemin, valeur: object) -> object:
    return muter(CORPS, chemin, valeur)


def nes(*dates: object) -> dict[str, Any]:
    """Return a body whose children were born on these dates; ABSENT: nothing is said."""
    enfants = [
        {"nomNaissance": "CHAMPION", "listePrenoms": "LEO", "genre": "M"}
        | ({} if date is ABSENT else {"dateNaissance": date})
        for date in dates
    ]
    return {**CORPS, "enfants": enfants, "nombreEnfantACharge": len(enfants)}


def le(annee: int, mois: int, jour: int) -> Appel:
    return replace(APPEL, instant=datetime(annee, mois, jour, 0, 30, tzinfo=PARIS))


def test_a_household_becomes_the_graph_type() -> None:
    assert lire() == ParticipationFamilialeEaje(
        allocataires=[
            PersonneEaje(
                nom_naissance="CHAMPION",
                nom_usage="DU MONDE",
                prenoms=["JEAN-PASCAL", "ROMAIN"],
                date_naissance=DatePartielle("1980-06-12"),
                sexe=Sexe.M,
                code_cog_insee_commune_naissance="17300",
            ),
            PersonneEaje(
                nom_naissance="MARTIN",
                nom_usage=None,
                prenoms=["ANNE"],
                date_naissance=DatePartielle("1980-06-00"),
                sexe=Sexe.F,
                code_cog_insee_commune_naissance=None,
            ),
        ],
        enfants=[
            PersonneEaje(
                nom_naissance="CHAMPION",
                nom_usage=None,
                prenoms=["LEO"],
                date_naissance=DatePartielle("2024-02-29"),
                sexe=Sexe.M,
                code_cog_insee_commune_naissance=None,
            ),
            PersonneEaje(
                nom_naissance="CHAMPION",
                nom_usage=None,
                prenoms=["ADA"],
                date_naissance=DatePartielle("2012-04-00"),
                sexe=Sexe.F,
                code_cog_insee_commune_naissance=None,
            ),
        ],
        adresse=AdresseAllocataire(
            destinataire="DU MONDE JEAN-PASCAL",
            complement_information=None,
            complement_information_geographique=None,
            numero_libelle_voie=None,
            lieu_dit=None,
            code_postal_ville="81700 GARREVAQUES",
            pays="FRANCE",
        ),
        parametres_calcul=ParametresCalculEaje(
            nombre_enfants_a_charge=2,
            nombre_enfants_beneficiaires_aeeh=1,
            base_ressources_annuelles=BaseRessourcesEaje(valeur=40923, annee_calcul=2024),
        ),
    )


def test_the_year_is_the_one_that_the_msa_says_be_it_the_current_one() -> None:
    lu = lire({**CORPS, "annee": 2026}, MSA).parametres_calcul
    assert lu is not None
    assert lu.base_ressources_annuelles == BaseRessourcesEaje(valeur=40923, annee_calcul=2026)


def test_an_income_of_zero_is_an_income() -> None:
    lu = lire({**CORPS, "montantRessources": 0}).parametres_calcul
    assert lu is not None
    assert lu.base_ressources_annuelles is not None
    assert lu.base_ressources_annuelles.valeur == 0


@pytest.mark.parametrize(
    "date",
    [
        "2019-03-15",
        "2019-12-31",
        "2026-03-14",
        "2019-03-00",
        "2019-04-00",
        "2019-00-00",
        "2026-00-00",
        "0000-00-00",
        "0000-03-00",
        "0000-01-01",
        "",
        " ",
        None,
        ABSENT,
    ],
)
def test_one_child_who_is_or_may_be_younger_than_seven_is_enough(date: object) -> None:
    assert eligible(nes("2010-01-01", date))


@pytest.mark.parametrize(
    "date", ["2019-03-14", "2019-03-13", "2019-02-00", "2018-12-31", "2018-00-00", "2018-12-00", "1999-01-01"]
)
def test_a_household_whose_children_are_all_seven_or_more_is_not_eligible(date: str) -> None:
    assert not eligible(nes("2010-01-01", date))


@pytest.mark.parametrize(
    ("jour", "jeune"),
    [((2027, 2, 28), True), ((2027, 3, 1), False)],
)
def test_a_child_born_on_29_february_is_seven_on_1_march(jour: tuple[int, int, int], jeune: bool) -> None:  # noqa: FBT001 - a table of cases
    assert eligible(nes("2020-02-29"), le(*jour)) is jeune


def test_the_age_is_counted_on_29_february_too() -> None:
    assert eligible(nes("2021-03-01"), le(2028, 2, 29))
    assert not eligible(nes("2021-02-28"), le(2028, 2, 29))


@pytest.mark.parametrize("enfants", [None, [], ABSENT])
def test_a_household_without_children_is_not_eligible(enfants: object) -> None:
    assert not eligible(muter({**CORPS, "nombreEnfantACharge": 0}, ("enfants",), enfants))


@pytest.mark.parametrize("enfants", [None, [], ABSENT])
def test_children_who_are_counted_and_not_listed_are_a_drift(enfants: object) -> None:
    with pytest.raises(SourceReponseInvalide):
        lire(modifie(("enfants",), enfants))


@pytest.mark.parametrize(
    ("chemin", "valeur"),
    [
        (("allocataires",), ABSENT),
        (("allocataires",), []),
        (("adresse",), None),
        (("nombreEnfantACharge",), ABSENT),
        (("nombreBeneficiaireAEH",), ABSENT),
        (("montantRessources",), ABSENT),
        (("annee",), ABSENT),
        (("nombreEnfantACharge",), None),
        (("nombreBeneficiaireAEH",), -1),
        (("montantRessources",), "40923"),
        (("montantRessources",), 40923.5),
        (("montantRessources",), 2**31),
        (("annee",), 24),
        (("annee",), None),
        ((*ENFANT, "genre"), ABSENT),
        ((*ENFANT, "genre"), "X"),
        ((*ENFANT, "cogNaissance"), 75113),
        ((*ENFANT, "dateNaissance"), "2021-06-31"),
        ((*ENFANT, "dateNaissance"), "20/01/2021"),
        ((*ENFANT, "dateNaissance"), "2021-00-12"),
    ],
)
def test_a_drift_is_caught_at_the_door(chemin: Chemin, valeur: object) -> None:
    with pytest.raises(SourceReponseInvalide):
        lire(modifie(chemin, valeur))


@pytest.mark.parametrize("regime", [None, "", RNCPS, "12345678"])
def test_an_answer_of_nobody_is_refused(regime: str | None) -> None:
    with pytest.raises(SourceReponseInvalide):
        lire(regime=regime)


@pytest.mark.parametrize(
    ("status", "code", "regime", "attendue"),
    [
        (404, 40409, None, IdentiteNonReconnue),
        (404, 40406, None, DossierAbsent),
        (404, 40412, None, DossierAbsent),
        (404, 40404, CNAF, DossierAbsent),
        (404, 40404, MSA, DossierAbsent),
        (404, 40404, RNCPS, DossierAbsent),
        (404, 40401, None, SourceReponseInvalide),
        (400, 40013, None, ParametreRefuseParLaSource),
        (400, 40024, CNAF, SourceIndisponible),
    ],
)
def test_a_refusal_is_the_one_of_api_secu(
    status: int, code: int, regime: str | None, attendue: type[ErreurDeBloc]
) -> None:
    headers: Paires = (("x-apisecu-fd", regime),) if regime else ()
    reponse = UpstreamResponse(status, headers, msgspec.json.encode({"errorCode": code, "error": "texte"}))
    with pytest.raises(attendue):
        SOURCE.read(reponse, DEMANDE, APPEL)


def test_every_allocataire_is_compared_with_the_person_asked_about_and_no_child() -> None:
    assert SOURCE.etats_civils(lire()) == (
        EtatCivil("CHAMPION", ("JEAN-PASCAL", "ROMAIN"), "1980-06-12", nom_usage="DU MONDE"),
        EtatCivil("MARTIN", ("ANNE",), "1980-06-00"),
    )
