import copy
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
import pytest

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.dossier_allocataire import DossierAllocataire, QuotientFamilial, RegimeAllocataire
from graph.enums import Sexe
from graph.errors import DossierAbsent, ErreurDeBloc, IdentiteNonReconnue, SourceReponseInvalide
from graph.foyer import AdresseAllocataire, PersonneFoyer
from graph.identite import DateNaissance, EtatCivil, Identite, IdentitePivot
from graph.scalars import DatePartielle
from providers._maintenance import reste
from providers._source import Appel, Paires, UpstreamResponse
from providers.cnav_quotient_familial import SOURCE

CNAF, MSA, RNCPS = "00810011", "00171001", "99430000"
PIVOT = IdentitePivot(
    "Champion", ("Jean-Pascal",), DateNaissance(1980, 6, 12), sexe=Sexe.M, code_pays="99100", code_commune="17300"
)
DEMANDE = Demande(Identite(pivot=PIVOT), annee=2025, mois=4)
CORPS: dict[str, Any] = {
    "allocataires": [
        {
            "nomNaissance": "CHAMPION",
            "nomUsage": "DU MONDE",
            "listePrenoms": "JEAN-PASCAL ROMAIN",
            "dateNaissance": "1980-06-12",
            "genre": "M",
        },
        {"nomNaissance": "MARTIN", "listePrenoms": "ANNE", "dateNaissance": "1980-06-12", "genre": "F"},
    ],
    "enfants": [
        {
            "nomNaissance": "CHAMPION",
            "nomUsage": " ",
            "listePrenoms": "LEO",
            "dateNaissance": "2012-04-00",
            "genre": "M",
        }
    ],
    "adresse": {
        "identite": "DU MONDE JEAN-PASCAL",
        "complementInformation": "APPARTEMENT 2",
        "lieuDit": "",
        "codePostalVille": "81700 GARREVAQUES",
        "pays": "FRANCE",
    },
    "quotientFamilial": 464,
    "annee": 2025,
    "mois": 3,
}
ENFANT = ("enfants", 0)


@pytest.fixture
def appel() -> Appel:
    return Appel(
        destinataire="13002526500013",
        correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
        appelant="jeton",
        instant=datetime(2026, 3, 14, 12, tzinfo=PARIS),
    )


def lire(appel: Appel, corps: object = CORPS, regime: str | None = CNAF, status: int = 200) -> DossierAllocataire:
    headers: Paires = (("x-apisecu-fd", regime),) if regime else ()
    return SOURCE.read(UpstreamResponse(status, headers, msgspec.json.encode(corps)), DEMANDE, appel)


def modifie(chemin: tuple[str | int, ...], valeur: object) -> dict[str, Any]:
    """Return the valid body with one value replaced; `...` removes it."""
    corps = copy.deepcopy(CORPS)
    objet: Any = corps
    for pas in chemin[:-1]:
        objet = objet[pas]
    if valeur is ...:
        del objet[chemin[-1]]
    else:
        objet[chemin[-1]] = valeur
    return corps


def quotient(dossier: DossierAllocataire) -> QuotientFamilial:
    assert dossier.quotient_familial
    return dossier.quotient_familial


def test_a_file_of_the_cnaf_becomes_the_graph_type(appel: Appel) -> None:
    assert lire(appel) == DossierAllocataire(
        quotient_familial=QuotientFamilial(
            regime=RegimeAllocataire.CNAF, valeur=464, annee=2025, mois=4, annee_calcul=2025, mois_calcul=3
        ),
        allocataires=[
            PersonneFoyer(
                nom_naissance="CHAMPION",
                nom_usage="DU MONDE",
                prenoms=["JEAN-PASCAL", "ROMAIN"],
                date_naissance=DatePartielle("1980-06-12"),
                sexe=Sexe.M,
            ),
            PersonneFoyer(
                nom_naissance="MARTIN",
                nom_usage=None,
                prenoms=["ANNE"],
                date_naissance=DatePartielle("1980-06-12"),
                sexe=Sexe.F,
            ),
        ],
        enfants=[
            PersonneFoyer(
                nom_naissance="CHAMPION",
                nom_usage=None,
                prenoms=["LEO"],
                date_naissance=DatePartielle("2012-04-00"),
                sexe=Sexe.M,
            )
        ],
        adresse=AdresseAllocataire(
            destinataire="DU MONDE JEAN-PASCAL",
            complement_information="APPARTEMENT 2",
            complement_information_geographique=None,
            numero_libelle_voie=None,
            lieu_dit=None,
            code_postal_ville="81700 GARREVAQUES",
            pays="FRANCE",
        ),
    )


def test_the_msa_computes_today(appel: Appel) -> None:
    corps = {cle: valeur for cle, valeur in CORPS.items() if cle not in ("annee", "mois")}
    assert quotient(lire(appel, corps, MSA)) == QuotientFamilial(
        regime=RegimeAllocataire.MSA, valeur=464, annee=2025, mois=4, annee_calcul=2026, mois_calcul=3
    )
    demain = replace(appel, instant=datetime(2026, 4, 1, 12, tzinfo=PARIS))
    assert quotient(lire(demain, CORPS, MSA)).mois_calcul == 4


@pytest.mark.parametrize("valeur", [None, "", "  ", ...])
def test_a_quotient_that_cannot_be_computed_is_null(appel: Appel, valeur: object) -> None:
    assert quotient(lire(appel, modifie(("quotientFamilial",), valeur))).valeur is None


def test_a_quotient_of_zero_is_a_quotient(appel: Appel) -> None:
    assert quotient(lire(appel, modifie(("quotientFamilial",), 0))).valeur == 0


@pytest.mark.parametrize("valeur", [None, [], ...])
def test_a_household_without_children_has_an_empty_list(appel: Appel, valeur: object) -> None:
    assert lire(appel, modifie(("enfants",), valeur)).enfants == []


@pytest.mark.parametrize(
    ("champ", "lu", "attribut", "attendu"),
    [
        ("dateNaissance", "2020-00-00", "date_naissance", "2020-00-00"),
        ("dateNaissance", "0000-00-00", "date_naissance", None),
        ("dateNaissance", "", "date_naissance", None),
        ("dateNaissance", ..., "date_naissance", None),
        ("listePrenoms", " LEO  MARC ", "prenoms", ["LEO", "MARC"]),
        ("listePrenoms", "", "prenoms", None),
        ("genre", None, "sexe", None),
        ("nomUsage", ..., "nom_usage", None),
        ("nomNaissance", " ", "nom_naissance", None),
    ],
)
def test_each_word_is_brought_to_that_of_the_graph(
    appel: Appel, champ: str, lu: object, attribut: str, attendu: object
) -> None:
    enfants = lire(appel, modifie((*ENFANT, champ), lu)).enfants
    assert enfants
    assert getattr(enfants[0], attribut) == attendu


@pytest.mark.parametrize(
    ("champ", "attribut"),
    [
        ("identite", "destinataire"),
        ("complementInformation", "complement_information"),
        ("complementInformationGeo", "complement_information_geographique"),
        ("numeroLibelleVoie", "numero_libelle_voie"),
        ("lieuDit", "lieu_dit"),
        ("codePostalVille", "code_postal_ville"),
        ("pays", "pays"),
    ],
)
def test_each_line_of_the_address_has_its_place(appel: Appel, champ: str, attribut: str) -> None:
    assert getattr(lire(appel, modifie(("adresse", champ), " LIGNE ")).adresse, attribut) == "LIGNE"
    assert getattr(lire(appel, modifie(("adresse", champ), " ")).adresse, attribut) is None


@pytest.mark.parametrize(
    ("chemin", "valeur"),
    [
        (("allocataires",), ...),
        (("allocataires",), []),
        (("adresse",), ...),
        (("adresse",), None),
        ((*ENFANT, "nomNaissance"), ...),
        ((*ENFANT, "listePrenoms"), ...),
        ((*ENFANT, "genre"), ...),
        ((*ENFANT, "genre"), "X"),
        ((*ENFANT, "dateNaissance"), "2021-06-31"),
        ((*ENFANT, "dateNaissance"), "2021-13-00"),
        ((*ENFANT, "dateNaissance"), "20/01/2021"),
        ((*ENFANT, "nomNaissance"), 12),
        (("quotientFamilial",), "464"),
        (("quotientFamilial",), 464.5),
        (("quotientFamilial",), -1),
        (("quotientFamilial",), 2**31),
        (("quotientFamilial",), True),
        (("annee",), ...),
        (("mois",), None),
        (("mois",), 13),
        (("mois",), "03"),
        (("enfants",), {}),
    ],
)
def test_a_drift_is_caught_at_the_door(appel: Appel, chemin: tuple[str | int, ...], valeur: object) -> None:
    with pytest.raises(SourceReponseInvalide):
        lire(appel, modifie(chemin, valeur))


@pytest.mark.parametrize("regime", [None, "", RNCPS, "12345678"])
def test_an_answer_of_nobody_is_refused(appel: Appel, regime: str | None) -> None:
    with pytest.raises(SourceReponseInvalide):
        lire(appel, regime=regime)


@pytest.mark.parametrize("corps", ["", [], None, 3, {"indicateur": "BENEFICIAIRE"}])
def test_a_body_that_is_not_a_file_is_refused(appel: Appel, corps: object) -> None:
    with pytest.raises(SourceReponseInvalide):
        lire(appel, corps)


@pytest.mark.parametrize(
    ("code", "regime", "attendue"),
    [(40409, None, IdentiteNonReconnue), (40406, None, DossierAbsent), (40404, MSA, DossierAbsent)],
)
def test_a_refusal_is_the_one_of_api_secu(
    appel: Appel, code: int, regime: str | None, attendue: type[ErreurDeBloc]
) -> None:
    with pytest.raises(attendue):
        lire(appel, {"errorCode": code, "error": "texte"}, regime, status=404)


def chemins(objet: object, prefixe: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    cles: Any = objet if isinstance(objet, dict) else range(len(objet)) if isinstance(objet, list) else ()
    for cle in cles:
        yield (*prefixe, cle)
        yield from chemins(objet[cle], (*prefixe, cle))  # type: ignore[index] # a dict or a list, by its keys


@pytest.mark.parametrize("chemin", list(chemins(CORPS)), ids=str)
@pytest.mark.parametrize(
    "valeur", [..., None, "", "CANARI", "2021-02-30", 0, -1, 1.5, True, [], {}, [None], {"CANARI": 1}, 10**40], ids=repr
)
def test_no_single_change_breaks_the_reader_or_shows_a_value(
    appel: Appel, chemin: tuple[str | int, ...], valeur: object
) -> None:
    refus: ErreurDeBloc | None = None
    try:
        lire(appel, modifie(chemin, valeur))
    except ErreurDeBloc as leve:
        refus = leve
    assert refus is None or isinstance(refus, SourceReponseInvalide)
    assert refus is None or "CANARI" not in f"{refus!r} {refus.cause} {refus.__cause__!r}"


def test_every_allocataire_is_compared_with_the_person_asked_about_and_no_child(appel: Appel) -> None:
    assert SOURCE.etats_civils(lire(appel)) == (
        EtatCivil("CHAMPION", ("JEAN-PASCAL", "ROMAIN"), "1980-06-12", nom_usage="DU MONDE"),
        EtatCivil("MARTIN", ("ANNE",), "1980-06-12"),
    )


@pytest.mark.parametrize("valeur", ["", "0000-00-00", None, ...])
def test_an_allocataire_whose_birth_date_nobody_knows_is_compared_too(appel: Appel, valeur: object) -> None:
    dossier = lire(appel, modifie(("allocataires", 0, "dateNaissance"), valeur))
    assert [lu.naissance for lu in SOURCE.etats_civils(dossier)] == ["0000-00-00", "1980-06-12"]


@pytest.mark.parametrize(
    ("jour", "heure", "minute", "fermee"),
    [(15, 22, 59, False), (15, 23, 0, True), (15, 23, 44, True), (15, 23, 45, False), (14, 23, 10, False)],
)
def test_the_cnaf_is_closed_on_sunday_nights(jour: int, heure: int, minute: int, fermee: bool) -> None:  # noqa: FBT001 - a table of cases
    instant = datetime(2026, 3, jour, heure, minute, tzinfo=PARIS)
    assert (reste(SOURCE.maintenances, instant) is not None) is fermee
