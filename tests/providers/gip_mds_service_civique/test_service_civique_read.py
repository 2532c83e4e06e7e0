import copy
from datetime import date, datetime
from typing import Any

import msgspec
import pytest

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.errors import (
    ErreurDeBloc,
    IdentiteAmbigue,
    IdentiteIncoherente,
    IdentiteNonReconnue,
    SourceReponseInvalide,
)
from graph.identite import DateNaissance, EtatCivil, Identite, IdentitePivot
from graph.service_civique import OrganismeAccueil, ServiceCivique, StatutServiceCivique
from providers._concordance import confronter
from providers._source import Appel, UpstreamResponse
from providers.gip_mds_service_civique import SOURCE

PIVOT = IdentitePivot("Dupré", ("Jean-Paul",), DateNaissance(1990, 5, 3), nom_usage="Martin")
DEMANDE = Demande(Identite(pivot=PIVOT))
APPEL = Appel(
    destinataire="13002526500013",
    correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
    appelant="jeton",
    instant=datetime(2026, 11, 23, 12, tzinfo=PARIS),
)
CONTRAT: dict[str, Any] = {
    "dateDebutContrat": "2025-12-01",
    "natureContrat": "89",
    "dateFinPrevisionnelle": "2026-05-05",
    "dateFinContrat": None,
    "motifRupture": None,
}
CORPS: dict[str, Any] = {
    "individu": {
        "nomFamilleSngi": "DUPRE",
        "prenomsSngi": "JEAN PAUL MARIE",
        "dateNaissanceSngi": "03051990",
        "entreprise": [
            {
                "siren": "130025265",
                "raisonSociale": "DIRECTION INTERMINISTERIELLE DU NUMERIQUE",
                "etablissement": [{"siret": "13002526500013", "contrat": [CONTRAT]}],
            }
        ],
    },
    "retour": {"codeRetour": "OK", "message": "Pas d'erreur."},
}
DINUM = OrganismeAccueil(siret="13002526500013", raison_sociale="DIRECTION INTERMINISTERIELLE DU NUMERIQUE")
AUCUN = StatutServiceCivique(
    contrat_trouve=False, organisme_accueil=None, date_debut_contrat=None, date_fin_contrat=None
)
ETABLISSEMENT = ("individu", "entreprise", 0, "etablissement", 0)
UN_CONTRAT = (*ETABLISSEMENT, "contrat", 0)


def lire(corps: object = CORPS, status: int = 200) -> ServiceCivique:
    return SOURCE.read(UpstreamResponse(status, body=msgspec.json.encode(corps)), DEMANDE, APPEL)


def refuser(corps: object, status: int = 200) -> ErreurDeBloc:
    with pytest.raises(ErreurDeBloc) as refus:
        lire(corps, status)
    return refus.value


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


def contrat(debut: str | None, fin: str | None = None, motif: str | None = None) -> dict[str, Any]:
    return {**CONTRAT, "dateDebutContrat": debut, "dateFinContrat": fin, "motifRupture": motif}


def entreprise(nom: str, *etablissements: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a company whose establishments, numbered from 1, declared these contracts."""
    numerotes = [{"siret": f"{nom}-{rang}", "contrat": contrats} for rang, contrats in enumerate(etablissements, 1)]
    return {"siren": "130025265", "raisonSociale": nom, "etablissement": numerotes}


def siret(statut: StatutServiceCivique | None) -> str | None:
    return statut.organisme_accueil.siret if statut and statut.organisme_accueil else None


def refus(*codes: str) -> dict[str, Any]:
    return {"erreurs": [{"code": code, "message": "CANARI"} for code in codes]}


def test_a_current_contract_becomes_the_graph_type() -> None:
    assert lire() == ServiceCivique(
        statut_actuel=StatutServiceCivique(
            contrat_trouve=True, organisme_accueil=DINUM, date_debut_contrat=date(2025, 12, 1), date_fin_contrat=None
        ),
        statut_passe=AUCUN,
        etat_civil=EtatCivil("DUPRE", ("JEAN", "PAUL", "MARIE"), "1990-05-03"),
    )


def test_a_past_contract_becomes_the_graph_type() -> None:
    lu = lire(modifie(UN_CONTRAT, contrat("2023-01-15", "2023-07-14", "031")))
    assert lu.statut_actuel == AUCUN
    assert lu.statut_passe == StatutServiceCivique(
        contrat_trouve=True,
        organisme_accueil=DINUM,
        date_debut_contrat=date(2023, 1, 15),
        date_fin_contrat=date(2023, 7, 14),
    )


@pytest.mark.parametrize(
    ("fin", "motif", "en_cours"),
    [
        (None, None, True),
        ("", None, True),
        (None, "031", True),
        ("2026-05-05", "99", True),
        ("2026-05-05", "099", True),
        ("2026-05-05", "100", True),
        ("2026-05-05", " 99 ", True),
        ("2026-05-05", None, False),
        ("2026-05-05", "", False),
        ("2026-05-05", "031", False),
        ("2026-05-05", "999", False),
    ],
)
def test_a_contract_is_current_until_an_end_that_counts(fin: str | None, motif: str | None, *, en_cours: bool) -> None:
    lu = lire(modifie(UN_CONTRAT, contrat("2025-12-01", fin, motif)))
    assert lu.statut_actuel
    assert lu.statut_passe
    assert (lu.statut_actuel.contrat_trouve, lu.statut_passe.contrat_trouve) == (en_cours, not en_cours)


def test_every_contract_is_looked_at_and_both_kinds_are_answered() -> None:
    entreprises = [
        entreprise("A", [], [contrat("2020-01-01", "2020-06-30"), contrat("2024-01-01", "2024-02-01")]),
        entreprise("B"),
        entreprise("C", [contrat("2025-01-01")], [contrat("2026-01-01"), contrat("2019-01-01", "2024-06-30")]),
        entreprise("D", [contrat("2025-06-01"), contrat("2024-03-01", "2024-05-31")]),
    ]
    lu = lire(modifie(("individu", "entreprise"), entreprises))
    assert lu.statut_actuel
    assert lu.statut_passe
    assert (siret(lu.statut_actuel), lu.statut_actuel.date_debut_contrat) == ("C-2", date(2026, 1, 1))
    assert (siret(lu.statut_passe), lu.statut_passe.date_fin_contrat) == ("C-2", date(2024, 6, 30))


def test_a_contract_whose_beginning_is_unknown_comes_before_the_others() -> None:
    entreprises = [entreprise("A", [contrat("2019-01-01")]), entreprise("B", [contrat(None)])]
    assert siret(lire(modifie(("individu", "entreprise"), entreprises)).statut_actuel) == "A-1"
    seul = lire(modifie(UN_CONTRAT, contrat(None))).statut_actuel
    assert seul
    assert (seul.contrat_trouve, seul.date_debut_contrat) == (True, None)


@pytest.mark.parametrize(
    "entreprises", [[], [entreprise("A")], [entreprise("A", [])]], ids=["company", "establishment", "contract"]
)
def test_a_person_without_any_contract_has_neither_kind(entreprises: list[dict[str, Any]]) -> None:
    lu = lire(modifie(("individu", "entreprise"), entreprises))
    assert (lu.statut_actuel, lu.statut_passe) == (AUCUN, AUCUN)


def test_that_there_is_no_contract_is_an_answer() -> None:
    lu = lire(refus("NOT_FOUND_CONTRAT"), 404)
    assert lu == ServiceCivique(statut_actuel=AUCUN, statut_passe=AUCUN, etat_civil=None)
    assert lu.statut_actuel is not lu.statut_passe


@pytest.mark.parametrize(
    ("chemin", "attendu"),
    [
        ((*ETABLISSEMENT, "siret"), OrganismeAccueil(siret=None, raison_sociale=DINUM.raison_sociale)),
        (("individu", "entreprise", 0, "raisonSociale"), OrganismeAccueil(siret=DINUM.siret, raison_sociale=None)),
    ],
)
@pytest.mark.parametrize("valeur", [None, "", "  "])
def test_what_is_blank_of_the_host_is_null(
    chemin: tuple[str | int, ...], attendu: OrganismeAccueil, valeur: str | None
) -> None:
    lu = lire(modifie(chemin, valeur)).statut_actuel
    assert lu
    assert lu.organisme_accueil == attendu


@pytest.mark.parametrize(
    ("status", "codes", "attendue"),
    [
        (404, ("NOT_FOUND_INDIVIDU",), IdentiteNonReconnue),
        (413, ("TOO_MANY_INDIVIDU",), IdentiteAmbigue),
        (404, ("TOO_MANY_INDIVIDU",), SourceReponseInvalide),
        (413, ("NOT_FOUND_CONTRAT",), SourceReponseInvalide),
        (404, ("NOT_FOUND",), SourceReponseInvalide),
        (404, (), SourceReponseInvalide),
        (404, ("NOT_FOUND_INDIVIDU", "NOT_FOUND_CONTRAT"), SourceReponseInvalide),
    ],
)
def test_each_refusal_has_its_error(status: int, codes: tuple[str, ...], attendue: type[ErreurDeBloc]) -> None:
    erreur = refuser(refus(*codes), status)
    assert type(erreur) is attendue
    assert "CANARI" not in repr(erreur.args)


@pytest.mark.parametrize("corps", ["", None, {}, {"erreurs": None}, {"erreurs": [{}]}, {"code": "NOT_FOUND_INDIVIDU"}])
@pytest.mark.parametrize("status", [404, 413])
def test_a_refusal_in_other_words_tells_nothing_of_the_person(corps: object, status: int) -> None:
    assert type(refuser(corps, status)) is SourceReponseInvalide


@pytest.mark.parametrize(
    ("chemin", "valeur"),
    [
        (("individu",), ...),
        (("individu",), None),
        (("retour",), ...),
        (("retour", "codeRetour"), "KO"),
        (("individu", "entreprise"), ...),
        (("individu", "entreprise"), None),
        (("individu", "entreprise", 0, "raisonSociale"), ...),
        (("individu", "entreprise", 0, "etablissement"), ...),
        ((*ETABLISSEMENT, "siret"), ...),
        ((*ETABLISSEMENT, "siret"), 13002526500013),
        ((*ETABLISSEMENT, "contrat"), ...),
        ((*UN_CONTRAT, "natureContrat"), "01"),
        ((*UN_CONTRAT, "natureContrat"), ...),
        ((*UN_CONTRAT, "dateDebutContrat"), ...),
        ((*UN_CONTRAT, "dateDebutContrat"), "01122025"),
        ((*UN_CONTRAT, "dateFinContrat"), ...),
        ((*UN_CONTRAT, "dateFinContrat"), "2026-02-30"),
        ((*UN_CONTRAT, "motifRupture"), ...),
        ((*UN_CONTRAT, "motifRupture"), 99),
        (("individu", "nomFamilleSngi"), ...),
        (("individu", "nomFamilleSngi"), " "),
        (("individu", "prenomsSngi"), ...),
        (("individu", "dateNaissanceSngi"), ...),
        (("individu", "dateNaissanceSngi"), ""),
        (("individu", "dateNaissanceSngi"), "1990-05-03"),
        (("individu", "dateNaissanceSngi"), "31021990"),
    ],
)
def test_an_answer_that_the_contract_does_not_say_is_refused(chemin: tuple[str | int, ...], valeur: object) -> None:
    assert type(refuser(modifie(chemin, valeur))) is SourceReponseInvalide


@pytest.mark.parametrize(
    ("ecrite", "lue"), [("00051990", "1990-05-00"), ("00001990", "1990-00-00"), ("00000000", "0000-00-00")]
)
def test_a_birth_date_of_the_sngi_may_be_partial(ecrite: str, lue: str) -> None:
    (etat_civil,) = SOURCE.etats_civils(lire(modifie(("individu", "dateNaissanceSngi"), ecrite)))
    assert etat_civil.naissance == lue


def test_the_person_answered_is_the_person_asked() -> None:
    concordance, etat_civil = confronter(DEMANDE.identite, SOURCE.etats_civils(lire()))
    assert concordance is not None
    assert (concordance.nom, concordance.prenoms, concordance.date_naissance) == (True, True, True)
    assert etat_civil == EtatCivil("DUPRE", ("JEAN", "PAUL", "MARIE"), "1990-05-03")


@pytest.mark.parametrize(
    ("cle", "valeur"),
    [("nomFamilleSngi", "DURAND"), ("prenomsSngi", "JEAN MARIE"), ("dateNaissanceSngi", "04051990")],
)
def test_an_answer_about_somebody_else_is_held_back(cle: str, valeur: str) -> None:
    lu = lire(modifie(("individu", cle), valeur))
    with pytest.raises(IdentiteIncoherente):
        confronter(DEMANDE.identite, SOURCE.etats_civils(lu))


def test_nothing_is_compared_without_an_identity() -> None:
    assert SOURCE.etats_civils(lire(refus("NOT_FOUND_CONTRAT"), 404)) == ()


@pytest.mark.parametrize(
    "liste", [("individu", "entreprise"), ("individu", "entreprise", 0, "etablissement"), (*ETABLISSEMENT, "contrat")]
)
def test_more_contracts_than_anybody_signed_are_refused(liste: tuple[str | int, ...]) -> None:
    modele: Any = CORPS
    for pas in (*liste, 0):
        modele = modele[pas]
    assert lire(modifie(liste, [modele] * 50))
    assert type(refuser(modifie(liste, [modele] * 51))) is SourceReponseInvalide
