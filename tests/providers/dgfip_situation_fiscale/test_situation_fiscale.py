import base64
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import msgspec
import pytest

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.errors import (
    DossierAbsent,
    ErreurDeBloc,
    IdentifiantManquant,
    ParametreRefuseParLaSource,
    SourceIndisponible,
    SourceReponseInvalide,
)
from graph.identite import DateNaissance, EtatCivil, Identite, IdentitePivot
from graph.situation_fiscale import AdresseTaxation, SituationFamilleFiscale, SituationFiscale
from providers._outcome import juger
from providers._personas import Persona, Personas
from providers._simulateur import reglage
from providers._source import Appel, UpstreamRequest, UpstreamResponse
from providers.dgfip_situation_fiscale import SOURCE

SPI = "1234567890123"
AUJOURDHUI = date(2026, 3, 1)
APPEL = Appel(
    destinataire="13002526500013",
    correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
    appelant="jeton",
    instant=datetime.combine(AUJOURDHUI, time(12), PARIS),
)
PIVOT = IdentitePivot(nom_naissance="DUPONT", prenoms=("JEAN",), naissance=DateNaissance(1980, 1, 19))
DEMANDE = Demande(Identite(numero_fiscal=SPI), annee_revenus=2025)
VUE: Mapping[str, Any] = {
    "foyer": {
        "sitFam": "C",
        "nbPart": 1.5,
        "pac": {"nbPac": 1, "nbPacF": 1},
        "nmNaiDec1": "DUPONT",
        "nmUsaDec1": " ",
        "prnmDec1": "JEAN MARTIN",
        "dateNaisDec1": {"jour": "19", "mois": "1", "annee": "1980"},
        "aft": "42 RUE DE LA PAIX 75002 PARIS",
        "aftDetail": {"complementAdresse": "", "voie": "42 RUE DE LA PAIX", "codePostal": "75002", "commune": "PARIS"},
        "sitParIso": "O",
    },
    "annees": {
        "{N-1}": {
            "rfr": 9001,
            "montTotIr": 100,
            "impAvImput": 0,
            "indDeficit": "N",
            "datRec": "31/07/{N}",
            "datEtab": "{N}-07-10",
        }
    },
}


@pytest.fixture
def personas() -> Personas:
    persona = Persona("dupont-jean", "", PIVOT, numero_fiscal=SPI, vues={SOURCE.nom: VUE})
    return Personas([persona], lambda: AUJOURDHUI)


def demander_jeton(personas: Personas, scope: str = "RessourceIR", **autres: str) -> UpstreamResponse:
    secret = autres.get("secret", reglage(SOURCE.nom, "client_secret"))
    basic = base64.b64encode(f"{reglage(SOURCE.nom, 'client_id')}:{secret}".encode()).decode()
    grant = autres.get("grant", "client_credentials")
    headers = (("Authorization", f"Basic {basic}"), ("Content-Type", "application/x-www-form-urlencoded"))
    call = UpstreamRequest("POST", "/token", headers=headers, body=f"grant_type={grant}&scope={scope}".encode())
    return SOURCE.simulate(call, personas)


def appeler(
    personas: Personas, demande: Demande = DEMANDE, entetes: Mapping[str, str] = MappingProxyType({})
) -> UpstreamResponse:
    """Send the adapter's request with a valid token; `entetes` replace headers ("" removes one)."""
    jeton = msgspec.json.decode(demander_jeton(personas).body)["access_token"]
    call = SOURCE.request(demande, APPEL)
    headers = {**dict(call.headers), "Authorization": f"Bearer {jeton}", **entetes}
    return SOURCE.simulate(replace(call, headers=tuple((k, v) for k, v in headers.items() if v)), personas)


def lire(corps: object, demande: Demande = DEMANDE, status: int = 200) -> SituationFiscale:
    return SOURCE.read(UpstreamResponse(status, body=msgspec.json.encode(corps)), demande, APPEL)


def corps_valide(personas: Personas, **autres: object) -> dict[str, object]:
    corps: dict[str, object] = msgspec.json.decode(appeler(personas).body)
    return {**corps, **autres}


def test_a_tax_notice_becomes_the_graph_type(personas: Personas) -> None:
    lue = SOURCE.read(appeler(personas), DEMANDE, APPEL)
    assert lue.annee_revenus == 2025
    assert lue.revenu_fiscal_reference == Decimal(9001)
    assert (lue.nombre_parts, lue.situation_famille) == (1.5, SituationFamilleFiscale.CELIBATAIRE)
    assert lue.nombre_personnes_charge == 1
    assert lue.detail_personnes_charge
    assert (lue.detail_personnes_charge.f, lue.detail_personnes_charge.j) == (1, None)
    assert (lue.parent_isole, lue.indicateur_deficit) == (True, False)
    assert (lue.date_recouvrement, lue.date_etablissement) == (date(2026, 7, 31), date(2026, 7, 10))
    assert lue.adresse_taxation == AdresseTaxation(
        complete="42 RUE DE LA PAIX 75002 PARIS",
        complement=None,
        voie="42 RUE DE LA PAIX",
        code_postal="75002",
        commune="PARIS",
    )


def test_blanks_are_null_and_first_names_are_a_list(personas: Personas) -> None:
    lue = SOURCE.read(appeler(personas), DEMANDE, APPEL)
    assert lue.declarant1
    assert lue.declarant1.nom_usage is None
    assert lue.declarant1.prenoms == ["JEAN", "MARTIN"]
    assert lue.declarant1.date_naissance == "1980-01-19"
    assert lue.declarant2 is None
    assert lue.revenu_brut_global is None


@pytest.mark.parametrize(("montant", "attendu"), [(100, Decimal(100)), (0, None), (-350, None), (None, None)])
def test_a_tax_that_is_not_due_is_null(personas: Personas, montant: int | None, attendu: Decimal | None) -> None:
    lue = lire(corps_valide(personas, montTotIr=montant, impAvImput=montant))
    assert (lue.montant_impot, lue.impot_avant_corrections) == (attendu, attendu)


def test_a_birth_date_without_its_day_is_partial(personas: Personas) -> None:
    lue = lire(corps_valide(personas, dateNaisDec1={"jour": "", "mois": "6", "annee": "1987"}))
    assert lue.declarant1
    assert lue.declarant1.date_naissance == "1987-06-00"


def test_the_etat_civil_of_a_single_taxpayer_is_known(personas: Personas) -> None:
    lue = SOURCE.read(appeler(personas), DEMANDE, APPEL)
    (etat_civil,) = SOURCE.etats_civils(lue)
    assert replace(etat_civil, nom_usage=None) == EtatCivil("DUPONT", ("JEAN", "MARTIN"), "1980-01-19")


def test_the_person_may_be_either_of_two_taxpayers(personas: Personas) -> None:
    lue = lire(corps_valide(personas, nmNaiDec2="DURAND", prnmDec2="LEA"))
    assert lue.declarant2
    assert lue.declarant2.nom_naissance == "DURAND"
    assert [lu.nom_naissance for lu in SOURCE.etats_civils(lue)] == ["DUPONT", "DURAND"]


@pytest.mark.parametrize(
    "derive",
    [
        {"rfr": "9001"},
        {"rfr": None},
        {"nbPart": "1,5"},
        {"sitFam": "X"},
        {"annRevenu": 2024},
        {"indDeficit": "peut-être"},
        {"datRec": "2026-02-30"},
        {"dateNaisDec1": {"jour": "31", "mois": "02", "annee": "1980"}},
        {"dateNaisDec1": {"jour": "19", "mois": "01", "annee": "80"}},
        {"montTotIr": 12.5},
        {"aftDetail": []},
        {"rfr": 2**53},
        {"revenuBrutGlobal": -(2**53)},
        {"pac": {"nbPac": 2**31}},
        {"nbPart": 1e30},
        {"nbPart": -1.0},
    ],
)
def test_a_drift_is_refused_at_the_door(personas: Personas, derive: dict[str, object]) -> None:
    with pytest.raises(SourceReponseInvalide):
        lire(corps_valide(personas, **derive))


@pytest.mark.parametrize("champ", ["annRevenu", "rfr", "nbPart", "sitFam"])
def test_what_every_notice_bears_cannot_be_missing(personas: Personas, champ: str) -> None:
    corps = corps_valide(personas)
    del corps[champ]
    with pytest.raises(SourceReponseInvalide):
        lire(corps)


@pytest.mark.parametrize("status", [204, 410, 404])
def test_nothing_known_is_an_absent_file(status: int) -> None:
    with pytest.raises(DossierAbsent):
        SOURCE.read(UpstreamResponse(status), DEMANDE, APPEL)


def test_an_unknown_year_and_an_unknown_person_are_the_same_to_the_source(personas: Personas) -> None:
    inconnus = (replace(DEMANDE.identite, numero_fiscal="9999999999999"), 2025), (DEMANDE.identite, 2024)
    for identite, annee in inconnus:
        demande = Demande(identite, annee_revenus=annee)
        reponse = appeler(personas, demande)
        assert reponse.status == 404
        with pytest.raises(DossierAbsent):
            SOURCE.read(reponse, demande, APPEL)


def test_a_404_of_the_gateway_says_nothing_of_the_person(personas: Personas) -> None:
    call = replace(SOURCE.request(DEMANDE, APPEL), path="/ailleurs")
    jeton = msgspec.json.decode(demander_jeton(personas).body)["access_token"]
    reponse = SOURCE.simulate(replace(call, headers=(("Authorization", f"Bearer {jeton}"),)), personas)
    assert reponse.status == 404
    with pytest.raises(SourceReponseInvalide):
        SOURCE.read(reponse, DEMANDE, APPEL)


def test_a_malformed_tax_number_is_a_refused_parameter(personas: Personas) -> None:
    demande = Demande(Identite(numero_fiscal="12"), annee_revenus=2025)
    reponse = appeler(personas, demande)
    assert reponse.status == 400
    with pytest.raises(ParametreRefuseParLaSource):
        SOURCE.read(reponse, demande, APPEL)


@pytest.mark.parametrize(
    "erreur",
    [
        {"message": "format SPI incorrect"},
        {"message": "Requete mal formée", "codeapp": "4001"},
        {"message": "Requete mal formée", "codeapp": 4001},
    ],
)
def test_a_malformed_tax_number_is_told_by_its_code_or_by_its_words(erreur: dict[str, object]) -> None:
    with pytest.raises(ParametreRefuseParLaSource):
        lire({"erreur": erreur}, status=400)


@pytest.mark.parametrize("autre", [{}, {"codeapp": None}, {"codeapp": "4002"}, {"codeapp": 4002}])
def test_another_400_is_not_blamed_on_the_person(autre: dict[str, object]) -> None:
    with pytest.raises(SourceReponseInvalide):
        lire({"erreur": {"message": "Requete mal formée", **autre}}, status=400)


def test_a_refused_teleservice_is_never_an_absent_file() -> None:
    assert 403 not in SOURCE.lit
    assert isinstance(juger(UpstreamResponse(403)), SourceIndisponible)


def test_a_tax_number_is_needed() -> None:
    with pytest.raises(IdentifiantManquant):
        SOURCE.request(Demande(Identite(pivot=PIVOT), annee_revenus=2025), APPEL)


def test_the_simulator_refuses_who_bears_no_valid_token(personas: Personas) -> None:
    assert appeler(personas, entetes={"Authorization": ""}).status == 401
    assert appeler(personas, entetes={"Authorization": "Bearer faux"}).status == 401
    assert appeler(personas, entetes={"Authorization": "Basic faux"}).status == 401


def test_a_token_of_the_simulator_expires(personas: Personas) -> None:
    jeton = msgspec.json.decode(demander_jeton(personas).body)["access_token"]
    plus_tard = Personas(personas, lambda: date(2026, 3, 3))
    call = SOURCE.request(DEMANDE, APPEL)
    avec_jeton = replace(call, headers=(*call.headers, ("Authorization", f"Bearer {jeton}")))
    assert SOURCE.simulate(avec_jeton, personas).status == 200
    assert SOURCE.simulate(avec_jeton, plus_tard).status == 401


def test_the_simulator_checks_the_headers_of_the_contract(personas: Personas) -> None:
    assert appeler(personas, entetes={"X-Correlation-ID": ""}).status == 400
    assert appeler(personas, entetes={"X-Correlation-ID": "pas-un-uuid"}).status == 400
    assert appeler(personas, entetes={"Accept": "application/json"}).status == 406
    assert appeler(personas, entetes={"ID_Teleservice": "inconnu"}).status == 403
    assert appeler(personas, entetes={"ID_Teleservice": reglage(SOURCE.nom, "id_teleservice")}).status == 200


def test_the_token_endpoint_answers_the_errors_of_oauth(personas: Personas) -> None:
    assert msgspec.json.decode(demander_jeton(personas).body)["token_type"] == "Bearer"  # noqa: S105 - a scheme
    refus = {
        "invalid_client": demander_jeton(personas, secret="faux"),  # noqa: S106 - a wrong one
        "unsupported_grant_type": demander_jeton(personas, grant="password"),
        "invalid_scope": demander_jeton(personas, scope="RessourceIFI"),
    }
    assert {code: msgspec.json.decode(reponse.body)["error"] for code, reponse in refus.items()} == {
        c: c for c in refus
    }
    assert [reponse.status for reponse in refus.values()] == [401, 400, 400]


def test_no_error_holds_a_value_of_the_person(personas: Personas) -> None:
    with pytest.raises(ErreurDeBloc) as refus:
        lire(corps_valide(personas, nmNaiDec1=12345))
    chaine = (refus.value, refus.value.__cause__, refus.value.cause)
    assert all(SPI not in repr(maillon) and "12345" not in repr(maillon) for maillon in chaine)
    assert SPI not in repr(SOURCE.request(DEMANDE, APPEL))
