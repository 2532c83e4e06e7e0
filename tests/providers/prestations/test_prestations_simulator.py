from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from graph.demande import Demande
from graph.enums import Sexe
from graph.errors import DossierAbsent, ErreurDeBloc, IdentiteNonReconnue, ParametreRefuseParLaSource
from graph.identite import DateNaissance, Identite, IdentitePivot
from providers._personas import Persona, Personas
from providers._source import UpstreamResponse
from tests.providers.allers_retours import APPEL
from tests.providers.prestations.epreuves import (
    DEMANDE,
    PIVOT,
    Cas,
    beneficiaire,
    jeton,
    par_majorable,
    par_prestation,
    requete,
)


def monde(cas: Cas, vue: Mapping[str, Any] | None, pivot: IdentitePivot = PIVOT) -> Personas:
    personne = Persona("persona", "", pivot, vues={} if vue is None else {cas.source.nom: vue})
    return Personas((personne,), lambda: APPEL.aujourdhui)


def repondre(cas: Cas, vue: Mapping[str, Any] | None, pivot: IdentitePivot = PIVOT) -> UpstreamResponse:
    return cas.source.simulate(requete(cas, Demande(Identite(pivot=pivot))), monde(cas, vue))


def lire(cas: Cas, vue: Mapping[str, Any] | None, pivot: IdentitePivot = PIVOT) -> Any:
    return cas.source.read(repondre(cas, vue, pivot), Demande(Identite(pivot=pivot)), APPEL)


def refus(reponse: UpstreamResponse) -> tuple[int, int]:
    return reponse.status, msgspec.json.decode(reponse.body)["errorCode"]


@par_prestation
def test_the_adapter_reads_back_what_the_persona_holds(cas: Cas) -> None:
    for mot in (*cas.oui, cas.non):
        bloc = lire(cas, {"indicateur": mot, "dateIndicateur": "{N-2}-04-01"})
        assert beneficiaire(bloc) is (mot != cas.non)
        assert str(bloc.date_debut_droit) == ("None" if mot == cas.non else "2024-04-01")


@par_prestation
def test_the_body_says_what_the_view_says_and_nothing_else(cas: Cas) -> None:
    assert msgspec.json.decode(repondre(cas, {"caisse": "MSA", "indicateur": cas.non}).body) == {"indicateur": cas.non}


@par_prestation
def test_the_header_names_who_answers(cas: Cas) -> None:
    habituel = "99430000" if cas.non == "NON_BENEFICIAIRE_CSS" else "00810011"
    assert repondre(cas, {"indicateur": cas.non}).header("x-apisecu-fd") == habituel
    assert repondre(cas, {"indicateur": cas.non, "caisse": "MSA"}).header("x-apisecu-fd") == "00171001"


@par_majorable
def test_the_lines_of_a_view_are_active_unless_it_says_otherwise(cas: Cas) -> None:
    simple, majoree = cas.codes
    lignes = [
        {"cd": simple, "libelle": "simple", "dtOuvertureDroit": "{N-3}-01-01"},
        {"cd": majoree, "libelle": "majorée", "dtOuvertureDroit": "{N-1}-01-01"},
    ]
    vue: dict[str, Any] = {"indicateur": "BENEFICIAIRE", "listePrestation": lignes}
    assert lire(cas, vue).avec_majoration is True
    lignes[1] = {**lignes[1], "etat": {"cd": 20, "libelle": "Suspendu"}}  # type: ignore[dict-item] # JSON
    assert lire(cas, vue).avec_majoration is False


@par_prestation
@pytest.mark.parametrize(
    ("vue", "attendu", "regime"),
    [
        (None, (404, 40406), None),
        ({"absent": "CNAF"}, (404, 40404), "00810011"),
        ({"absent": "MSA"}, (404, 40404), "00171001"),
        ({"absent": "RNCPS"}, (404, 40404), "99430000"),
        ({"erreur": 400}, (400, 40013), None),
        ({"erreur": 429}, (429, 42901), None),
        ({"erreur": 500}, (500, 50001), None),
        *(({"erreur": status}, (status, status * 100), None) for status in (403, 502, 503, 504)),
    ],
)
def test_a_persona_without_a_right_is_refused_as_her_view_says(
    cas: Cas, vue: Mapping[str, Any] | None, attendu: tuple[int, int], regime: str | None
) -> None:
    reponse = repondre(cas, vue)
    assert (refus(reponse), reponse.header("x-apisecu-fd")) == (attendu, regime)


@par_prestation
@pytest.mark.parametrize(
    ("vue", "attendue"),
    [(None, DossierAbsent), ({"absent": "RNCPS"}, DossierAbsent), ({"erreur": 400}, ParametreRefuseParLaSource)],
)
def test_the_adapter_understands_why(cas: Cas, vue: Mapping[str, Any] | None, attendue: type[ErreurDeBloc]) -> None:
    with pytest.raises(attendue):
        lire(cas, vue)


@par_prestation
def test_the_sngi_finds_the_person_first(cas: Cas) -> None:
    vue = {"indicateur": cas.non}
    assert lire(cas, vue, replace(PIVOT, naissance=DateNaissance(1980)))
    for change in ({"sexe": Sexe.F}, {"nom_naissance": "AUTRE"}, {"naissance": DateNaissance(1980, 7)}):
        with pytest.raises(IdentiteNonReconnue):
            lire(cas, vue, replace(PIVOT, **change))


@par_prestation
def test_the_gateway_controls_the_request_before_all(cas: Cas) -> None:
    personas, call = monde(cas, {"indicateur": cas.non}), requete(cas, DEMANDE)
    sans_jeton = tuple((nom, valeur) for nom, valeur in call.headers if nom != "Authorization")
    sans_sexe = tuple((nom, valeur) for nom, valeur in call.params if nom != "genre")
    assert refus(cas.source.simulate(replace(call, headers=sans_jeton), personas)) == (401, 40101)
    assert refus(cas.source.simulate(replace(call, path="/prestations/v1/autre"), personas)) == (404, 40401)
    assert refus(cas.source.simulate(replace(call, params=sans_sexe), personas)) == (400, 40014)


@par_prestation
def test_a_token_is_issued_for_the_scope_of_the_prestation_alone(cas: Cas) -> None:
    assert jeton(cas, "quotient_familial_v2") == "invalid_scope"
    assert jeton(cas).count(".") == 1


@par_prestation
@pytest.mark.parametrize(
    "vue",
    [
        {},
        {"caisse": "CNAF"},
        {"indicateur": "PEUT-ETRE"},
        {"indicateur": None},
        {"status": "beneficiaire"},
        {"caisse": "CNAM", "absent": "CNAF"},
        {"absent": "CAF"},
        {"erreur": 418},
    ],
)
def test_a_view_in_other_words_is_refused(cas: Cas, vue: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        repondre(cas, vue)


@par_prestation
def test_the_prestations_without_lines_refuse_a_view_with_some(cas: Cas) -> None:
    vue = {
        "indicateur": cas.non,
        "listePrestation": [{"cd": "FA1001", "libelle": "AAH", "dtOuvertureDroit": "{N}-01-01"}],
    }
    if cas.codes:
        assert msgspec.json.decode(repondre(cas, vue).body)["listePrestation"][0]["etat"]["cd"] == 10
    else:
        with pytest.raises(msgspec.ValidationError):
            repondre(cas, vue)
