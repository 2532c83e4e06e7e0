import copy
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.enums import Sexe
from graph.errors import DossierAbsent, ErreurDeBloc, IdentiteNonReconnue, NonEligible, SourceReponseInvalide
from graph.identite import DateNaissance, EtatCivil, Identite, IdentitePivot
from graph.scolarite import (
    CodeRegimePensionnat,
    EtablissementScolaire,
    IdentiteEleve,
    ModuleElementaireFormation,
    RegimePensionnat,
    Scolarite,
    StatutEleve,
)
from graph.scolarite_saisie import Perimetre
from providers._maintenance import reste
from providers._source import Appel, UpstreamResponse
from providers.men_scolarite import SOURCE
from tests.providers.allers_retours import ABSENT, Chemin, muter

DEMANDE = Demande(
    Identite(pivot=IdentitePivot("Martin", ("Camille",), DateNaissance(2007, 7, 7), sexe=Sexe.M)),
    annee_scolaire=2025,
    perimetre=Perimetre(code_etablissement="0890003V"),
)
CORPS: dict[str, Any] = {
    "identification": {
        "nom": "Martin",
        "prenom": "Camille",
        "prenom2": "Christine",
        "sexe": 1,
        "date-naissance": "2007-07-07",
        "etablissement": {"code-uai": "0890003V", "ministere-tutelle": "06"},
        "annee-scolaire": "2025",
    },
    "info-scolarite": {
        "est-scolarise": True,
        "code-mef-stat": "211324099991",
        "libelle-long-mef": "1CAP1 STAFFEUR ORNEMANISTE",
        "code-regime": "2",
        "statut-eleve": {"code": "ST", "libelle": "SCOLAIRE"},
    },
    "info-bourse": {"est-boursier": True, "niveau-bourse": 2},
}
NON_FIABLE = {"est_boursier": "DONNEE_NON_FIABLE", "echelon_bourse": "DONNEE_NON_FIABLE"}


def appel_du(jour: date = date(2026, 3, 14)) -> Appel:
    return Appel(
        destinataire="13002526500013",
        correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
        appelant="jeton",
        instant=datetime(jour.year, jour.month, jour.day, 12, tzinfo=PARIS),
    )


def lire(corps: object = CORPS, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Scolarite:
    return SOURCE.read(UpstreamResponse(status, headers, msgspec.json.encode(corps)), DEMANDE, appel_du())


def modifie(chemin: Chemin, valeur: object) -> Any:
    return muter(CORPS, chemin, valeur)


def bourse(est_boursier: bool | None) -> Scolarite:  # noqa: FBT001 - the value under test
    corps = copy.deepcopy(CORPS)
    niveau = 1 if est_boursier else None
    corps["info-bourse"] = None if est_boursier is None else {"est-boursier": est_boursier, "niveau-bourse": niveau}
    return lire(corps)


def reserves(bloc: Scolarite, jour: date) -> dict[str, str]:
    return {champ: erreur.code for champ, erreur in SOURCE.reserves(bloc, DEMANDE, appel_du(jour)).items()}


def test_a_pupil_becomes_the_graph_type() -> None:
    assert lire() == Scolarite(
        regime_pensionnat=RegimePensionnat(
            code=CodeRegimePensionnat.R2, libelle="Demi-pensionnaire dans l'établissement"
        ),
        identite=IdentiteEleve(nom="Martin", prenom="Camille", sexe=Sexe.M, date_naissance=date(2007, 7, 7)),
        module_elementaire_formation=ModuleElementaireFormation(
            code_mef_stat="211324099991", libelle="1CAP1 STAFFEUR ORNEMANISTE"
        ),
        etablissement=EtablissementScolaire(code_uai="0890003V", code_ministere_tutelle="06"),
        annee_scolaire="2025-2026",
        est_scolarise=True,
        statut_eleve=StatutEleve(code="ST", libelle="SCOLAIRE"),
        est_boursier=True,
        echelon_bourse=2,
    )


def test_the_type_of_an_answer_is_not_looked_at() -> None:
    assert lire(headers=(("content-type", "text/plain;charset=UTF-8"),)) == lire()


@pytest.mark.parametrize("code", list(CodeRegimePensionnat))
def test_every_boarding_scheme_has_its_words(code: CodeRegimePensionnat) -> None:
    regime = lire(modifie(("info-scolarite", "code-regime"), code.value)).regime_pensionnat
    assert regime
    assert regime.code is code
    assert regime.libelle


@pytest.mark.parametrize("code", ["AP", "CQ", "FC", "ED", "IN", "FQ", "SC", "CP", "NC", "ZZ"])
def test_the_list_of_statuses_is_open(code: str) -> None:
    statut = lire(modifie(("info-scolarite", "statut-eleve"), {"code": code, "libelle": " "})).statut_eleve
    assert statut == StatutEleve(code=code, libelle=None)


@pytest.mark.parametrize(
    ("chemin", "valeur", "attribut", "attendu"),
    [
        (("info-scolarite", "code-regime"), None, "regime_pensionnat", None),
        (("info-scolarite", "code-regime"), " ", "regime_pensionnat", None),
        (
            ("info-scolarite", "libelle-long-mef"),
            None,
            "module_elementaire_formation",
            ModuleElementaireFormation(code_mef_stat="211324099991", libelle=None),
        ),
        (
            ("identification", "etablissement", "ministere-tutelle"),
            "",
            "etablissement",
            EtablissementScolaire(code_uai="0890003V", code_ministere_tutelle=None),
        ),
        (("identification", "annee-scolaire"), "2025-2026", "annee_scolaire", "2025-2026"),
        (("info-bourse", "niveau-bourse"), None, "echelon_bourse", None),
    ],
)
def test_each_word_is_brought_to_that_of_the_graph(
    chemin: Chemin, valeur: object, attribut: str, attendu: object
) -> None:
    assert getattr(lire(modifie(chemin, valeur)), attribut) == attendu


def test_the_sexes_are_numbered() -> None:
    identite = lire(modifie(("identification", "sexe"), 2)).identite
    assert identite
    assert identite.sexe is Sexe.F


@pytest.mark.parametrize(
    "corps",
    [
        {"info-scolarite": {"est-scolarise": False}},
        modifie(("info-scolarite",), {**CORPS["info-scolarite"], "est-scolarise": False}),
        modifie(("info-scolarite",), {"est-scolarise": False, "statut-eleve": None}),
    ],
)
def test_who_goes_to_no_school_has_no_file(corps: object) -> None:
    with pytest.raises(DossierAbsent):
        lire(corps)


@pytest.mark.parametrize(
    ("status", "detail", "attendue"),
    [
        ("NOT_FOUND", "Aucun élève ne correspond", IdentiteNonReconnue),
        ("NOT_FOUND", None, IdentiteNonReconnue),
        ("FORBIDDEN", "Accès interdit", NonEligible),
        ("FORBIDDEN", None, NonEligible),
        ("NOT_FOUND", "L'élève est hors périmètre", NonEligible),
        ("NOT_FOUND", "Postbac hors périmètre", NonEligible),
        ("INTERNAL", "Erreur", SourceReponseInvalide),
    ],
)
def test_each_404_has_one_meaning(status: str, detail: str | None, attendue: type[ErreurDeBloc]) -> None:
    with pytest.raises(attendue):
        lire({"type": "about:blank", "title": "x", "detail": detail, "status": status}, status=404)


@pytest.mark.parametrize("corps", [b"", b"<html>Not Found</html>", b"{}", b'{"status": 404}', b"[]"])
@pytest.mark.parametrize("status", [200, 404])
def test_an_answer_that_cannot_be_read_says_nothing_of_the_pupil(status: int, corps: bytes) -> None:
    with pytest.raises(SourceReponseInvalide):
        SOURCE.read(UpstreamResponse(status, body=corps), DEMANDE, appel_du())


@pytest.mark.parametrize(
    ("chemin", "valeur"),
    [
        (("identification", "nom"), None),
        (("identification", "nom"), " "),
        (("identification", "sexe"), 3),
        (("identification", "sexe"), "1"),
        (("identification", "date-naissance"), "07/07/2007"),
        (("identification", "annee-scolaire"), "2024"),
        (("identification", "annee-scolaire"), "l'an dernier"),
        (("identification", "etablissement"), None),
        (("info-scolarite", "est-scolarise"), None),
        (("info-scolarite", "code-regime"), "7"),
        (("info-scolarite", "code-regime"), 2),
        (("info-scolarite", "statut-eleve"), None),
        (("info-scolarite", "statut-eleve"), ABSENT),
        (("info-bourse", "est-boursier"), ABSENT),
        (("info-bourse", "est-boursier"), "oui"),
        (("info-bourse", "niveau-bourse"), 7),
        (("info-bourse", "niveau-bourse"), 0),
    ],
)
def test_a_drift_is_caught_at_the_door(chemin: Chemin, valeur: object) -> None:
    with pytest.raises(SourceReponseInvalide):
        lire(modifie(chemin, valeur))


@pytest.mark.parametrize("jour", [date(2025, 7, 1), date(2025, 10, 14), date(2026, 3, 14)])
def test_a_grant_is_always_true(jour: date) -> None:
    assert reserves(bourse(est_boursier=True), jour) == {}


@pytest.mark.parametrize("valeur", [None, ABSENT])
def test_a_level_that_is_not_said_is_not_an_absence_of_grant(valeur: object) -> None:
    lu = lire(modifie(("info-bourse", "niveau-bourse"), valeur))
    assert lu.est_boursier is True
    assert reserves(lu, date(2026, 3, 14)) == {"echelon_bourse": "DONNEE_NON_FIABLE"}


@pytest.mark.parametrize(
    ("jour", "attendues"),
    [
        (date(2025, 7, 1), NON_FIABLE),
        (date(2025, 10, 14), NON_FIABLE),
        (date(2025, 10, 15), {}),
        (date(2026, 3, 14), {}),
    ],
)
def test_no_grant_is_not_believed_before_the_middle_of_october(jour: date, attendues: dict[str, str]) -> None:
    assert reserves(bourse(est_boursier=False), jour) == attendues


def test_what_a_school_does_not_say_may_be_left_out() -> None:
    corps = copy.deepcopy(CORPS)
    corps["identification"]["etablissement"] = {"code-uai": "0890003V"}
    corps["info-scolarite"] = {"est-scolarise": True, "statut-eleve": {"code": "ST", "libelle": "SCOLAIRE"}}
    corps["info-bourse"] = {"est-boursier": False}
    lu = lire(corps)
    assert lu.etablissement == EtablissementScolaire(code_uai="0890003V", code_ministere_tutelle=None)
    assert lu.module_elementaire_formation == ModuleElementaireFormation(code_mef_stat=None, libelle=None)
    assert (lu.regime_pensionnat, lu.est_boursier, lu.echelon_bourse) == (None, False, None)


@pytest.mark.parametrize("jour", [date(2025, 10, 14), date(2026, 3, 14)])
@pytest.mark.parametrize("valeur", [None, ABSENT, {"est-boursier": None, "niveau-bourse": None}])
def test_a_grant_of_which_nothing_is_said_is_not_a_refusal(jour: date, valeur: object) -> None:
    assert reserves(lire(modifie(("info-bourse",), valeur)), jour) == NON_FIABLE


def test_the_pupil_is_named_to_the_comparison() -> None:
    assert SOURCE.etats_civils(lire()) == (EtatCivil("Martin", ("Camille",), "2007-07-07"),)
    sans = modifie(("identification", "prenom"), None)
    sans["identification"]["date-naissance"] = None
    assert SOURCE.etats_civils(lire(sans)) == (EtatCivil("Martin", (), "0000-00-00"),)


@pytest.mark.parametrize(
    ("heure", "minutes"), [((1, 9), None), ((1, 10), 80), ((2, 0), 30), ((2, 29), 1), ((2, 30), None)]
)
def test_the_ministry_does_not_answer_in_the_night(heure: tuple[int, int], minutes: int | None) -> None:
    instant = datetime(2026, 3, 14, *heure, tzinfo=PARIS)
    attendu = None if minutes is None else timedelta(minutes=minutes)
    assert reste(SOURCE.maintenances, instant) == attendu
