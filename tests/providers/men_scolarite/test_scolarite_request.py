from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import msgspec
import pytest

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.enums import Sexe
from graph.errors import IdentifiantManquant, ParametreInvalide
from graph.identite import DateNaissance, Identite, IdentitePivot
from graph.scalars import CodeUai
from graph.scolarite_saisie import DegreEtablissement, Perimetre, PerimetreScolariteInput, inscription
from providers._source import Appel, UpstreamRequest
from providers.men_scolarite import SOURCE

PIVOT = IdentitePivot("D'Œuvre-Dupré", ("Zoë", "Anne Marie"), DateNaissance(2012, 2, 9), sexe=Sexe.F)
UAI = Perimetre(code_etablissement="0132733A")
SCOPE = "men_statut_scolarite,men_statut_boursier,men_echelon_bourse"
ENTETES = (
    ("Accept", "application/json"),
    ("Content-Type", "application/json"),
    ("X-Siret-Partenaire", "13002526500013"),
)
CHEMIN = "/anges/v2/eleve/informations-scolarite"
SECOND = DegreEtablissement.SECOND_DEGRE
TROP = [f"{numero:03}" for numero in range(1, 22)]


@dataclass(frozen=True)
class Jour:
    aujourdhui: date = date(2026, 3, 14)
    scopes: frozenset[str] = frozenset()
    france_connect: Identite | None = None
    personnes_par_requete: int = 1
    designe: bool = True


@pytest.fixture
def appel() -> Appel:
    return Appel(
        destinataire="13002526500013",
        correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
        appelant="jeton",
        instant=datetime(2026, 3, 14, 12, tzinfo=PARIS),
    )


def demande(perimetre: Perimetre = UAI, pivot: IdentitePivot = PIVOT) -> Demande:
    return Demande(Identite(pivot=pivot), annee_scolaire=2025, perimetre=perimetre)


def figer(annee: str = "2025", **perimetre: Any) -> Any:
    return inscription(Jour(), annee, PerimetreScolariteInput(**perimetre))


def test_a_pupil_is_asked_in_a_school(appel: Appel) -> None:
    assert SOURCE.request(demande(), appel) == UpstreamRequest(
        "GET",
        CHEMIN,
        params=(
            ("nom", "D'Œuvre-Dupré"),
            ("prenom", "Zoë"),
            ("sexe", "2"),
            ("date-naissance", "2012-02-09"),
            ("code-uai", "0132733A"),
            ("annee-scolaire", "2025"),
            ("scope", SCOPE),
        ),
        headers=ENTETES,
    )


@pytest.mark.parametrize(
    ("perimetre", "type_", "valeurs", "degre"),
    [
        (Perimetre(degre=SECOND, departements=("013", "02A")), "departement", ["013", "02A"], "2D"),
        (Perimetre(degre=DegreEtablissement.PREMIER_DEGRE, regions=("18",)), "region", ["18"], "1D"),
    ],
)
def test_a_pupil_is_asked_in_a_perimeter(
    appel: Appel, perimetre: Perimetre, type_: str, valeurs: list[str], degre: str
) -> None:
    call = SOURCE.request(demande(perimetre, replace(PIVOT, sexe=Sexe.M)), appel)
    assert (call.method, call.path, call.params, call.headers) == ("POST", f"{CHEMIN}/perimetre", (), ENTETES)
    assert msgspec.json.decode(call.body) == {
        "nom": "D'Œuvre-Dupré",
        "prenom": "Zoë",
        "sexe": 1,
        "date-naissance": "2012-02-09",
        "annee-scolaire": "2025",
        "scope": SCOPE,
        "degre-etablissement": degre,
        "type-perimetre": type_,
        "valeurs-perimetre": valeurs,
    }


@pytest.mark.parametrize(
    "identite",
    [
        Identite(ine="1234567890D"),
        Identite(pivot=replace(PIVOT, sexe=None)),
        Identite(pivot=replace(PIVOT, naissance=DateNaissance(2012, 2))),
    ],
)
def test_an_incomplete_civil_status_is_not_sent(appel: Appel, identite: Identite) -> None:
    with pytest.raises(IdentifiantManquant):
        SOURCE.request(Demande(identite, annee_scolaire=2025, perimetre=UAI), appel)


def test_nothing_of_the_pupil_shows_when_a_request_is_printed(appel: Appel) -> None:
    regionale = demande(Perimetre(degre=SECOND, regions=("18",)))
    affichees = repr([SOURCE.request(demande(), appel), SOURCE.request(regionale, appel), demande(), regionale])
    assert not [tu for tu in ("Zoë", "0132733A", "2012") if tu in affichees]


@pytest.mark.parametrize("ecrite", ["2025", "2025-2026", " 2025 "])
def test_a_school_year_is_that_of_its_beginning(ecrite: str) -> None:
    assert figer(ecrite, code_etablissement="0132733a")["annee_scolaire"] == 2025


@pytest.mark.parametrize(
    ("jour", "premiere", "derniere"),
    [
        (date(2026, 3, 14), 2021, 2026),
        (date(2026, 8, 31), 2021, 2026),
        (date(2026, 9, 1), 2022, 2027),
    ],
)
def test_a_school_year_is_between_four_years_back_and_the_next(jour: date, premiere: int, derniere: int) -> None:
    perimetre = PerimetreScolariteInput(code_etablissement=CodeUai("0132733A"))
    for annee in range(premiere, derniere + 1):
        assert inscription(Jour(jour), str(annee), perimetre)["annee_scolaire"] == annee
    for annee in (premiere - 1, derniere + 1):
        with pytest.raises(ParametreInvalide):
            inscription(Jour(jour), str(annee), perimetre)


@pytest.mark.parametrize("ecrite", ["", "25", "2025-2027", "2025-2025", "2026-2025", "2025/2026", "٢٠٢٥", "2025-26"])
def test_anything_else_is_not_a_school_year(ecrite: str) -> None:
    with pytest.raises(ParametreInvalide) as refus:
        figer(ecrite, code_etablissement="0132733A")
    assert refus.value.detail.startswith("anneeScolaire : une année")


@pytest.mark.parametrize(
    ("saisie", "fige"),
    [
        ({"code_etablissement": " 0132733a "}, UAI),
        ({"code_etablissement": "0132733A", "codes_bcn_regions": None, "degre_etablissement": None}, UAI),
        (
            {"degre_etablissement": SECOND, "codes_bcn_departements": ["974", "02a", "974"]},
            Perimetre(degre=SECOND, departements=("02A", "974")),
        ),
        ({"degre_etablissement": SECOND, "codes_bcn_regions": ["18"]}, Perimetre(degre=SECOND, regions=("18",))),
        (
            {"degre_etablissement": SECOND, "codes_bcn_departements": TROP[:20]},
            Perimetre(degre=SECOND, departements=tuple(TROP[:20])),
        ),
    ],
)
def test_a_perimeter_is_a_school_or_a_degree_and_codes(saisie: dict[str, Any], fige: Perimetre) -> None:
    rendu = figer(**saisie)["perimetre"]
    assert rendu == fige
    assert hash(rendu) == hash(fige)


@pytest.mark.parametrize(
    ("saisie", "detail"),
    [
        ({}, "perimetre : soit codeEtablissement"),
        ({"code_etablissement": None}, "perimetre : soit codeEtablissement"),
        ({"degre_etablissement": SECOND}, "perimetre : soit codeEtablissement"),
        ({"codes_bcn_regions": ["18"]}, "perimetre : soit codeEtablissement"),
        (
            {"degre_etablissement": SECOND, "codes_bcn_regions": ["18"], "codes_bcn_departements": ["013"]},
            "perimetre : soit codeEtablissement",
        ),
        ({"code_etablissement": "0132733A", "degre_etablissement": SECOND}, "perimetre : codeEtablissement exclut"),
        ({"code_etablissement": "0132733A", "codes_bcn_regions": []}, "perimetre : codeEtablissement exclut"),
        ({"code_etablissement": ""}, "perimetre.codeEtablissement : 7 chiffres"),
        ({"code_etablissement": "01327334"}, "perimetre.codeEtablissement : 7 chiffres"),
        ({"code_etablissement": "919273B"}, "perimetre.codeEtablissement : 7 chiffres"),
        ({"code_etablissement": "٠١٣٢٧٣٣A"}, "perimetre.codeEtablissement : 7 chiffres"),
        ({"degre_etablissement": SECOND, "codes_bcn_departements": []}, "perimetre.codesBcnDepartements : de 1 à 20"),
        ({"degre_etablissement": SECOND, "codes_bcn_departements": TROP}, "perimetre.codesBcnDepartements : de 1 à 20"),
        (
            {"degre_etablissement": SECOND, "codes_bcn_departements": ["13"]},
            "perimetre.codesBcnDepartements : de 1 à 20 codes de la BCN, par exemple 013, 02A ou 974.",
        ),
        ({"degre_etablissement": SECOND, "codes_bcn_departements": ["096"]}, "perimetre.codesBcnDepartements : de 1"),
        (
            {"degre_etablissement": SECOND, "codes_bcn_regions": ["93"]},
            "perimetre.codesBcnRegions : de 1 à 20 codes de la BCN, de 01 à 18, qui ne sont pas ceux de l'INSEE.",
        ),
        ({"degre_etablissement": SECOND, "codes_bcn_regions": [""]}, "perimetre.codesBcnRegions : de 1 à 20"),
    ],
)
def test_a_perimeter_that_contradicts_itself_is_refused_without_a_value(saisie: dict[str, Any], detail: str) -> None:
    with pytest.raises(ParametreInvalide) as refus:
        figer(**saisie)
    assert refus.value.detail.startswith(detail)
    donnees = [une for une in (saisie.get("code_etablissement"), *(saisie.get("codes_bcn_regions") or ())) if une]
    assert not [une for une in donnees if une in refus.value.detail and une != "0132733A"]


def test_two_ways_of_writing_one_question_are_one_question() -> None:
    ecrites = [
        figer("2025", degre_etablissement=SECOND, codes_bcn_regions=["18", "01"]),
        figer("2025-2026", degre_etablissement=SECOND, codes_bcn_regions=["01", "18", "18"]),
    ]
    assert len({Demande(Identite(pivot=PIVOT), **une) for une in ecrites}) == 1


def test_an_input_tells_nothing_when_it_is_printed() -> None:
    assert "0132733A" not in repr(PerimetreScolariteInput(code_etablissement=CodeUai("0132733A")))
