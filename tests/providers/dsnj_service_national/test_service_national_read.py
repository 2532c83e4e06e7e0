from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
import pytest

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.enums import Sexe
from graph.errors import (
    DonneeNonFiable,
    ErreurDeBloc,
    IdentiteIncoherente,
    IdentiteNonReconnue,
    ParametreRefuseParLaSource,
    SourceIndisponible,
    SourceReponseInvalide,
)
from graph.identite import DateNaissance, EtatCivil, Identite, IdentitePivot
from graph.lecture import Lecture
from graph.service_national import ServiceNational, StatutServiceNational
from providers._call import SourceClient
from providers._source import Appel, UpstreamRequest, UpstreamResponse
from providers._transport import in_process
from providers.dsnj_service_national import SOURCE

PIVOT = IdentitePivot(
    "D'Œuvre", ("Jean-Paul", "Luc"), DateNaissance(2006, 2, 9), sexe=Sexe.M, code_pays="99100", code_commune="75101"
)
DEMANDE = Demande(Identite(pivot=PIVOT))
APPEL = Appel(
    destinataire="13002526500013",
    correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
    appelant="jeton",
    instant=datetime(2026, 11, 23, 12, tzinfo=PARIS),
)
RENDUE = {
    "given_name": "Jean-Paul",
    "family_name": "D'OEUVRE",
    "birthdate": "2006-02-09",
    "gender": "male",
    "birthplace": "75101",
    "birthcountry": "99100",
}
RESULTAT: dict[str, Any] = {
    "code": "OK",
    "identite_pivot": RENDUE,
    "en_regle": "En règle",
    "complement": "JDC effectuée",
}


def reponse(*resultats: object, **autres: object) -> dict[str, object]:
    return {"return_code": "OK", "results": list(resultats), **autres}


def lire(corps: object, demande: Demande = DEMANDE) -> ServiceNational:
    return SOURCE.read(UpstreamResponse(200, body=msgspec.json.encode(corps)), demande, APPEL)


def refuser(corps: object) -> ErreurDeBloc:
    with pytest.raises(ErreurDeBloc) as refus:
        lire(corps)
    return refus.value


def change(**champs: object) -> dict[str, object]:
    """Return an answer whose one result is changed; `...` removes a key."""
    return reponse({cle: valeur for cle, valeur in (RESULTAT | champs).items() if valeur is not ...})


async def appeler(corps: object, pivot: IdentitePivot = PIVOT, status: int = 200) -> Lecture[ServiceNational]:
    """Ask a source that answers this, through the shared mechanism."""

    async def answer(_call: UpstreamRequest) -> UpstreamResponse:
        return UpstreamResponse(status, (("content-type", "application/json"),), msgspec.json.encode(corps))

    client = SourceClient(SOURCE, in_process(answer), {"api_key": "cle"}, lambda: 0.0)
    try:
        return await client.call(Demande(Identite(pivot=pivot)), APPEL, echeance=5)
    finally:
        await client.aclose()


def test_a_result_becomes_the_graph_type() -> None:
    assert lire(reponse(RESULTAT)) == ServiceNational(
        statut=StatutServiceNational.EN_REGLE,
        commentaires="JDC effectuée",
        etat_civil=EtatCivil("D'OEUVRE", ("Jean-Paul",), "2006-02-09"),
    )


@pytest.mark.parametrize(
    ("mot", "statut"),
    [
        ("En règle", StatutServiceNational.EN_REGLE),
        ("Pas en règle", StatutServiceNational.PAS_EN_REGLE),
        ("Indéterminé", StatutServiceNational.INDETERMINE),
        ("Non concerné", StatutServiceNational.NON_CONCERNE),
    ],
)
def test_each_situation_is_read(mot: str, statut: StatutServiceNational) -> None:
    assert lire(change(en_regle=mot)).statut is statut


@pytest.mark.parametrize(("complement", "lu"), [(" JDC  ", "JDC"), ("", None), (" ", None), (None, None), (..., None)])
def test_a_comment_is_what_is_said_or_nothing(complement: object, lu: str | None) -> None:
    assert lire(change(complement=complement)).commentaires == lu


@pytest.mark.parametrize("autres", [{}, {"identite_pivot": RENDUE}])
def test_an_unknown_person_is_not_recognised(autres: dict[str, object]) -> None:
    assert type(refuser(reponse({"code": "NON_TROUVE", **autres}))) is IdentiteNonReconnue


@pytest.mark.parametrize("autres", [{}, {"identite_pivot": RENDUE}])
def test_an_identity_out_of_form_is_a_parameter_refused(autres: dict[str, object]) -> None:
    assert type(refuser(reponse({"code": "ERREUR_FORMAT", **autres}))) is ParametreRefuseParLaSource


@pytest.mark.parametrize("autres", [{}, {"error_msg": "CANARI"}, {"results": []}, {"results": [RESULTAT]}])
def test_a_technical_failure_is_an_unavailable_source(autres: dict[str, object]) -> None:
    refus = refuser({"return_code": "ERREUR_TECHNIQUE", **autres})
    assert (type(refus), refus.cause) == (SourceIndisponible, "SOURCE_ERREUR")
    assert "CANARI" not in repr(refus.args)


@pytest.mark.parametrize(
    "corps",
    [
        reponse(),
        reponse(RESULTAT, RESULTAT),
        reponse(RESULTAT, {"code": "NON_TROUVE"}),
        {"return_code": "OK"},
        {"results": [RESULTAT]},
        reponse(RESULTAT, return_code="PARTIEL"),
        reponse({"code": "AUTRE"}),
        reponse({}),
        reponse("OK"),
        reponse(None),
        change(en_regle=...),
        change(en_regle=None),
        change(en_regle="En regle"),
        change(en_regle="EN_REGLE"),
        change(complement=1),
        change(identite_pivot=...),
        change(identite_pivot=None),
        change(identite_pivot=RENDUE | {"family_name": " "}),
        change(identite_pivot=RENDUE | {"given_name": ""}),
        change(identite_pivot=RENDUE | {"birthdate": ""}),
        change(identite_pivot=RENDUE | {"birthdate": "09/02/2006"}),
        change(identite_pivot=RENDUE | {"birthdate": "2006-02-30"}),
        [{"return_code": "ERREUR_TECHNIQUE", "error_msg": "CANARI"}],
        "En règle",
        None,
    ],
)
def test_an_answer_that_the_contract_does_not_say_is_refused(corps: object) -> None:
    refus = refuser(corps)
    assert type(refus) is SourceReponseInvalide
    assert "CANARI" not in repr(refus.args)


async def test_the_person_answered_is_the_person_asked() -> None:
    lecture = await appeler(reponse(RESULTAT))
    assert lecture.concordance is not None
    assert (lecture.concordance.nom, lecture.concordance.prenoms, lecture.concordance.date_naissance) == (True,) * 3
    assert lecture.etat_civil == EtatCivil("D'OEUVRE", ("Jean-Paul",), "2006-02-09")


@pytest.mark.parametrize("autre", [{"given_name": "Paul"}, {"family_name": "AUTRE"}, {"birthdate": "2006-02-10"}])
async def test_an_answer_about_somebody_else_is_held_back(autre: dict[str, str]) -> None:
    with pytest.raises(IdentiteIncoherente) as refus:
        await appeler(change(identite_pivot=RENDUE | autre))
    assert refus.value.concordance is not None


@pytest.mark.parametrize(
    ("status", "erreur"), [(400, SourceReponseInvalide), (403, SourceIndisponible), (500, SourceIndisponible)]
)
async def test_a_refusal_of_http_has_its_error(status: int, erreur: type[ErreurDeBloc]) -> None:
    with pytest.raises(erreur) as refus:
        await appeler([{"return_code": "ERREUR_TECHNIQUE", "error_msg": "CANARI"}], status=status)
    assert "CANARI" not in repr(refus.value.args)


MINEUR = DateNaissance(2008, 11, 24)
"""18 tomorrow."""
MAJEUR = DateNaissance(2008, 11, 23)
"""18 today."""


@pytest.mark.parametrize(
    ("naissance", "mot", "retenus"),
    [
        (MINEUR, "Pas en règle", {"statut", "commentaires"}),
        (MAJEUR, "Pas en règle", set()),
        (MINEUR, "En règle", set()),
        (MINEUR, "Indéterminé", set()),
        (MINEUR, "Non concerné", set()),
    ],
)
async def test_only_not_in_order_before_18_is_held_back(naissance: DateNaissance, mot: str, retenus: set[str]) -> None:
    corps = change(en_regle=mot, identite_pivot=RENDUE | {"birthdate": str(naissance)})
    lecture = await appeler(corps, replace(PIVOT, naissance=naissance))
    assert lecture.reserves.keys() == retenus
    assert {type(erreur) for erreur in lecture.reserves.values()} <= {DonneeNonFiable}
    assert (lecture.bloc.statut is None, lecture.bloc.commentaires is None) == (bool(retenus), bool(retenus))
