import copy
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import msgspec
import pytest

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.enums import Sexe
from graph.errors import DossierAbsent, ErreurDeBloc, IdentiteIncoherente, IdentiteNonReconnue, SourceReponseInvalide
from graph.identite import DateNaissance, EtatCivil, Identite, IdentitePivot
from graph.statut_etudiant import (
    Admission,
    CodeRegimeFormation,
    EtablissementEtudes,
    IdentiteEtudiant,
    RegimeFormation,
    StatutEtudiant,
)
from providers._source import Appel, UpstreamResponse
from providers.mesri_statut_etudiant import SOURCE

PAR_INE = Demande(Identite(ine="1234567890G"))
PAR_ETAT_CIVIL = Demande(Identite(pivot=IdentitePivot("Dupont", ("Jean",), DateNaissance(2000, 1, 1), sexe=Sexe.M)))
CORPS: dict[str, Any] = {
    "ine": "1234567890G",
    "nomFamille": "Dupont",
    "prenom": "Jean",
    "dateNaissance": "2000-01-01",
    "inscriptions": [
        {
            "dateDebutInscription": "2020-07-01",
            "dateFinInscription": "2021-08-31",
            "statut": "inscrit",
            "codeCommune": "75113",
            "etablissement": {"uai": "0751967F", "nomEtablissement": "UFR ECONOMIE UNIVERSITE PARIS 1 (75634)"},
            "regime": "formation initiale",
        }
    ],
}
INSCRIPTION = ("inscriptions", 0)


@pytest.fixture
def appel() -> Appel:
    return Appel(
        destinataire="13002526500013",
        correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
        appelant="jeton",
        instant=datetime(2026, 3, 14, 12, tzinfo=PARIS),
    )


def lire(appel: Appel, corps: object = CORPS, status: int = 200, demande: Demande = PAR_INE) -> StatutEtudiant:
    return SOURCE.read(UpstreamResponse(status, body=msgspec.json.encode(corps)), demande, appel)


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


def admission(appel: Appel, champ: str, valeur: object) -> Admission:
    lues = lire(appel, modifie((*INSCRIPTION, champ), valeur)).admissions
    assert lues
    return lues[0]


def test_a_student_becomes_the_graph_type(appel: Appel) -> None:
    assert lire(appel) == StatutEtudiant(
        admissions=[
            Admission(
                date_debut=date(2020, 7, 1),
                date_fin=date(2021, 8, 31),
                est_inscrit=True,
                regime_formation=RegimeFormation(libelle="formation initiale", code=CodeRegimeFormation.RF1),
                code_cog_insee_commune="75113",
                etablissement_etudes=EtablissementEtudes(uai="0751967F", nom="UFR ECONOMIE UNIVERSITE PARIS 1 (75634)"),
            )
        ],
        identite=IdentiteEtudiant(nom_naissance="Dupont", prenom="Jean", date_naissance=date(2000, 1, 1)),
    )


@pytest.mark.parametrize(
    "ecrite",
    [
        "2020-09-01",
        " 2020-09-01 ",
        "2020-09-01T00:00:00",
        "2020-09-01T00:00:00+02:00",
        "2020-09-01T23:30:00Z",
        "2020-09-01T00:30:00.000Z",
    ],
)
def test_an_instant_gives_its_day_as_written(appel: Appel, ecrite: str) -> None:
    assert admission(appel, "dateDebutInscription", ecrite).date_debut == date(2020, 9, 1)
    naissance = lire(appel, modifie(("dateNaissance",), ecrite)).identite
    assert naissance
    assert naissance.date_naissance == date(2020, 9, 1)


@pytest.mark.parametrize("code", list(CodeRegimeFormation))
def test_every_known_scheme_has_its_code(appel: Appel, code: CodeRegimeFormation) -> None:
    assert admission(appel, "regime", code.value).regime_formation == RegimeFormation(
        libelle=str(code.value), code=code
    )


def test_an_unknown_scheme_keeps_its_words_without_a_code(appel: Appel) -> None:
    assert admission(appel, "regime", "alternance").regime_formation == RegimeFormation(libelle="alternance", code=None)


@pytest.mark.parametrize(
    ("champ", "lu", "attribut", "attendu"),
    [
        ("statut", "admis", "est_inscrit", False),
        ("dateFinInscription", "", "date_fin", None),
        ("dateFinInscription", None, "date_fin", None),
        ("codeCommune", " ", "code_cog_insee_commune", None),
        ("regime", "", "regime_formation", None),
        ("etablissement", None, "etablissement_etudes", None),
        (
            "etablissement",
            {"uai": "", "nomEtablissement": " EHESS "},
            "etablissement_etudes",
            EtablissementEtudes(uai=None, nom="EHESS"),
        ),
    ],
)
def test_each_word_is_brought_to_that_of_the_graph(
    appel: Appel, champ: str, lu: object, attribut: str, attendu: object
) -> None:
    assert getattr(admission(appel, champ, lu), attribut) == attendu


@pytest.mark.parametrize(
    ("chemin", "valeur"),
    [
        (("nomFamille",), ...),
        (("nomFamille",), None),
        (("nomFamille",), " "),
        (("prenom",), ...),
        (("dateNaissance",), "2000-02-30"),
        (("dateNaissance",), "2000-01-00"),
        (("dateNaissance",), "01/01/2000"),
        (("inscriptions",), ...),
        (("inscriptions",), None),
        ((*INSCRIPTION, "statut"), ...),
        ((*INSCRIPTION, "statut"), "INSCRIT"),
        ((*INSCRIPTION, "statut"), "radié"),
        ((*INSCRIPTION, "dateDebutInscription"), ...),
        ((*INSCRIPTION, "dateDebutInscription"), "2020-09-31T00:00:00Z"),
        ((*INSCRIPTION, "dateDebutInscription"), "2020-09-01T25:00:00Z"),
        ((*INSCRIPTION, "dateDebutInscription"), "2020-W36-2T00:00:00"),
        ((*INSCRIPTION, "dateDebutInscription"), 1598911200),
        ((*INSCRIPTION, "codeCommune"), 75113),
        ((*INSCRIPTION, "etablissement"), "EHESS"),
        ((*INSCRIPTION, "etablissement", "uai"), ...),
    ],
)
def test_a_drift_is_caught_at_the_door(appel: Appel, chemin: tuple[str | int, ...], valeur: object) -> None:
    with pytest.raises(SourceReponseInvalide):
        lire(appel, modifie(chemin, valeur))


def test_the_answer_must_bear_the_ine_asked(appel: Appel) -> None:
    with pytest.raises(IdentiteIncoherente):
        lire(appel, modifie(("ine",), "1234567890H"))
    assert lire(appel, modifie(("ine",), "1234567890g"))
    assert lire(appel, modifie(("ine",), ...))
    assert lire(appel, modifie(("ine",), "1234567890H"), demande=PAR_ETAT_CIVIL)


@pytest.mark.parametrize(
    ("message", "attendue"),
    [
        ("étudiant introuvable", IdentiteNonReconnue),
        ("inscription introuvable", DossierAbsent),
        ("ressource inconnue", SourceReponseInvalide),
    ],
)
def test_each_404_has_one_meaning(appel: Appel, message: str, attendue: type[ErreurDeBloc]) -> None:
    with pytest.raises(attendue):
        lire(appel, {"message": message, "uid": "x", "details": {"method": "GET"}}, status=404)


@pytest.mark.parametrize("body", [b"", b"<html>Not Found</html>", b"{}", b'{"message": null}', b"[]"])
@pytest.mark.parametrize("status", [200, 404])
def test_an_answer_that_cannot_be_read_says_nothing_of_the_person(appel: Appel, status: int, body: bytes) -> None:
    with pytest.raises(SourceReponseInvalide):
        SOURCE.read(UpstreamResponse(status, body=body), PAR_INE, appel)


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
    assert refus is None or isinstance(refus, (SourceReponseInvalide, IdentiteIncoherente))
    assert refus is None or "CANARI" not in f"{refus!r} {refus.cause} {refus.__cause__!r}"


def test_the_student_is_named_to_the_trace(appel: Appel) -> None:
    assert SOURCE.etats_civils(lire(appel)) == (EtatCivil("Dupont", ("Jean",), "2000-01-01"),)


@pytest.mark.parametrize(
    ("champ", "attendu"),
    [
        ("prenom", EtatCivil("Dupont", (), "2000-01-01")),
        ("dateNaissance", EtatCivil("Dupont", ("Jean",), "0000-00-00")),
    ],
)
def test_what_the_ministry_does_not_say_is_left_blank(appel: Appel, champ: str, attendu: EtatCivil) -> None:
    assert SOURCE.etats_civils(lire(appel, modifie((champ,), ""))) == (attendu,)
