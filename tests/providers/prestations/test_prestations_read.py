from typing import Any

import pytest

from graph.errors import (
    DossierAbsent,
    ErreurDeBloc,
    IdentiteNonReconnue,
    ParametreRefuseParLaSource,
    SourceIndisponible,
    SourceReponseInvalide,
)
from providers._outcome import juger
from providers._source import UpstreamResponse
from tests.providers.allers_retours import APPEL
from tests.providers.prestations.epreuves import (
    CNAF,
    DEBUT,
    DEMANDE,
    MOTS,
    MSA,
    RNCPS,
    Cas,
    beneficiaire,
    ligne,
    lire,
    par_majorable,
    par_prestation,
)


@par_prestation
def test_each_word_of_a_right_means_a_beneficiary_since_a_day(cas: Cas) -> None:
    for mot in cas.oui:
        bloc = lire(cas, cas.corps(mot))
        assert beneficiaire(bloc)
        assert bloc.date_debut_droit == DEBUT


@par_prestation
def test_the_date_of_a_non_beneficiary_begins_no_right(cas: Cas) -> None:
    bloc = lire(cas, cas.corps(cas.non))
    assert not beneficiaire(bloc)
    assert bloc.date_debut_droit is None


@par_prestation
def test_a_non_beneficiary_has_no_bonus_nor_share_to_pay(cas: Cas) -> None:
    bloc = lire(cas, cas.corps(cas.non))
    assert getattr(bloc, "avec_majoration", None) is None
    assert getattr(bloc, "avec_participation", None) is None
    assert cas.source.reserves(bloc, DEMANDE, APPEL) == {}


@par_prestation
@pytest.mark.parametrize("valeur", ["", "  ", None, ...])
def test_a_right_whose_beginning_is_not_said_has_no_date(cas: Cas, valeur: object) -> None:
    corps = {**cas.corps(), "dateIndicateur": valeur}
    bloc = lire(cas, {cle: contenu for cle, contenu in corps.items() if contenu is not ...})
    assert beneficiaire(bloc)
    assert bloc.date_debut_droit is None


@par_prestation
def test_a_right_may_begin_in_the_future(cas: Cas) -> None:
    assert str(lire(cas, {**cas.corps(), "dateIndicateur": "2031-09-29"}).date_debut_droit) == "2031-09-29"


@par_prestation
def test_the_word_of_another_prestation_is_refused(cas: Cas) -> None:
    for mot in set(MOTS) - {*cas.oui, cas.non}:
        with pytest.raises(SourceReponseInvalide):
            lire(cas, cas.corps(mot))


@par_prestation
@pytest.mark.parametrize("mot", ["", " ", "beneficiaire", "BENEFICIAIRE ", "INCONNU", None, 1, True, [], {}])
def test_a_word_that_no_contract_says_is_refused(cas: Cas, mot: object) -> None:
    with pytest.raises(SourceReponseInvalide):
        lire(cas, {**cas.corps(), "indicateur": mot})


@par_prestation
@pytest.mark.parametrize("valeur", ["2021-06-31", "2021-13-01", "0000-00-00", "2021-06-00", "01/04/2024", 20240401])
def test_a_date_that_is_no_day_is_refused(cas: Cas, valeur: object) -> None:
    with pytest.raises(SourceReponseInvalide):
        lire(cas, {**cas.corps(), "dateIndicateur": valeur})


@par_prestation
@pytest.mark.parametrize("corps", ["", [], None, 3, {}, {"dateIndicateur": "2024-04-01"}])
def test_a_body_without_a_status_is_refused(cas: Cas, corps: object) -> None:
    with pytest.raises(SourceReponseInvalide):
        lire(cas, corps)


@par_prestation
@pytest.mark.parametrize("regime", [None, CNAF, MSA, RNCPS])
def test_who_answered_changes_nothing(cas: Cas, regime: str | None) -> None:
    assert lire(cas, cas.corps(), regime=regime) == lire(cas, cas.corps())


@par_prestation
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
        (400, 40002, None, ParametreRefuseParLaSource),
        (400, 40013, None, ParametreRefuseParLaSource),
        (400, 40000, None, SourceIndisponible),
        (400, 40024, CNAF, SourceIndisponible),
    ],
)
def test_a_refusal_is_the_one_of_api_secu(
    cas: Cas, status: int, code: int, regime: str | None, attendue: type[ErreurDeBloc]
) -> None:
    with pytest.raises(attendue):
        lire(cas, {"errorCode": code, "error": "texte"}, status, regime)


@par_prestation
@pytest.mark.parametrize("status", [401, 403, 405, 422, 429, 500, 502, 503, 504])
def test_other_statuses_are_judged_by_the_shared_mechanism(cas: Cas, status: int) -> None:
    assert status not in cas.source.lit
    assert isinstance(juger(UpstreamResponse(status)), ErreurDeBloc)


@par_prestation
def test_an_answer_names_nobody(cas: Cas) -> None:
    assert list(cas.source.etats_civils(lire(cas, cas.corps()))) == []


def majoration(cas: Cas, *lignes: dict[str, Any]) -> tuple[bool | None, list[str]]:
    """Return what is read of the increase, and the codes of what is held back."""
    bloc = lire(cas, {"indicateur": "BENEFICIAIRE", "dateIndicateur": "2024-04-01", "listePrestation": list(lignes)})
    reserves = cas.source.reserves(bloc, DEMANDE, APPEL)
    assert set(reserves) <= {"avec_majoration"}
    return bloc.avec_majoration, [reserve.code for reserve in reserves.values()]


@par_majorable
def test_the_code_of_the_active_line_tells_the_increase(cas: Cas) -> None:
    simple, majoree = cas.codes
    assert majoration(cas, ligne(simple)) == (False, [])
    assert majoration(cas, ligne(majoree)) == (True, [])


@par_majorable
def test_the_line_opened_last_wins_in_whatever_order(cas: Cas) -> None:
    simple, majoree = cas.codes
    ancienne, recente = ligne(simple, "2019-01-01"), ligne(majoree, "2024-04-01")
    assert majoration(cas, ancienne, recente) == majoration(cas, recente, ancienne) == (True, [])
    assert majoration(cas, ligne(majoree, "2019-01-01"), ligne(simple, "2024-04-01")) == (False, [])


@par_majorable
def test_only_the_active_lines_of_the_prestation_count(cas: Cas) -> None:
    simple, majoree = cas.codes
    autres = [ligne("FA1001", "2025-01-01"), ligne(majoree, "2025-01-01", etat=20), ligne(majoree, None, etat=20)]
    assert majoration(cas, ligne(simple), *autres) == (False, [])


@par_majorable
def test_an_increase_that_no_active_line_settles_is_held_back_not_guessed(cas: Cas) -> None:
    _, majoree = cas.codes
    reserve = (None, ["DONNEE_NON_FIABLE"])
    assert majoration(cas) == reserve
    assert majoration(cas, ligne(majoree, etat=20)) == reserve
    assert majoration(cas, ligne("FA1001")) == reserve


@par_majorable
@pytest.mark.parametrize("corps", [{}, {"listePrestation": None}, {"listePrestation": []}])
def test_a_beneficiary_without_lines_is_still_a_beneficiary(cas: Cas, corps: dict[str, Any]) -> None:
    bloc = lire(cas, {"indicateur": "BENEFICIAIRE", "dateIndicateur": "2024-04-01", **corps})
    assert (bloc.est_beneficiaire, bloc.avec_majoration, bloc.date_debut_droit) == (True, None, DEBUT)
    assert [*cas.source.reserves(bloc, DEMANDE, APPEL)] == ["avec_majoration"]


@par_majorable
def test_two_lines_opened_the_same_day_must_agree(cas: Cas) -> None:
    simple, majoree = cas.codes
    assert majoration(cas, ligne(majoree), ligne(majoree)) == (True, [])
    assert majoration(cas, ligne(simple), ligne(majoree)) == (None, ["DONNEE_NON_FIABLE"])


@par_majorable
@pytest.mark.parametrize("ouverture", [None, "", "2024-02-30"])
def test_an_active_line_that_does_not_say_when_it_was_opened_is_a_drift(cas: Cas, ouverture: str | None) -> None:
    with pytest.raises(SourceReponseInvalide):
        majoration(cas, ligne(cas.codes[0], ouverture))


@par_majorable
@pytest.mark.parametrize("cle", ["cd", "etat"])
def test_a_line_without_its_code_or_state_is_a_drift(cas: Cas, cle: str) -> None:
    with pytest.raises(SourceReponseInvalide):
        majoration(cas, {nom: valeur for nom, valeur in ligne(cas.codes[0]).items() if nom != cle})
