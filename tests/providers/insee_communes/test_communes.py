from datetime import date, datetime
from time import monotonic
from typing import Any

import msgspec
import pytest

from graph.circonstances import PARIS
from graph.commune import Commune
from graph.demande import Demande
from graph.errors import (
    ErreurDeBloc,
    IdentiteAmbigue,
    ParametreRefuseParLaSource,
    SourceIndisponible,
    SourceReponseInvalide,
)
from graph.identite import DateNaissance, Identite, IdentitePivot
from providers._call import SourceClient
from providers._communes import Communes
from providers._personas import Personas
from providers._source import Appel, UpstreamRequest, UpstreamResponse
from providers._transport import in_process
from providers.insee_communes import SOURCE

APPEL = Appel(
    destinataire="13002526500013",
    correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
    appelant="jeton",
    instant=datetime(2026, 3, 14, 12, tzinfo=PARIS),
)
PERSONNES = Personas([], lambda: date(2026, 3, 14))


def demande(nom: str | None = "Versailles", departement: str | None = "78", **pivot: Any) -> Demande:
    defaut = {"naissance": DateNaissance(1998, 1, 1), "nom_commune": nom, "code_departement": departement}
    return Demande(Identite(pivot=IdentitePivot("SOULI", ("Walid",), **{**defaut, **pivot})), annee=2026)


def une(code: str, nom: str, article: str = "") -> dict[str, str]:
    return {"code": code, "intituleSansArticle": nom, "intitule": f"{article} {nom}".strip(), "type": "Commune"}


def lire(question: Demande, *communes: dict[str, str], status: int = 200) -> Commune:
    return SOURCE.read(UpstreamResponse(status, (), msgspec.json.encode(communes)), question, APPEL)


async def situer(question: Demande, status: int | None = None) -> Demande:
    """Complete a question through the simulator, or through an INSEE that only answers `status`."""

    async def answer(call: UpstreamRequest) -> UpstreamResponse:
        return UpstreamResponse(status) if status else SOURCE.simulate(call, PERSONNES)

    client = SourceClient(SOURCE, in_process(answer), {}, monotonic)
    try:
        return await Communes(client).situer(question, APPEL, monotonic() + 5)
    finally:
        await client.aclose()


def code(question: Demande) -> str | None:
    return question.identite.pivot.code_commune if question.identite.pivot else None


def test_the_communes_of_the_year_of_birth_are_asked_for() -> None:
    assert SOURCE.request(demande("Saint-Denis", "93"), APPEL) == UpstreamRequest(
        "GET",
        "/geo/communes",
        params=(("date", "1998-01-01"), ("filtreNom", "Saint-Denis"), ("com", "false")),
        headers=(("Accept", "application/json"),),
    )


@pytest.mark.parametrize(
    ("nom", "departement", "attendu"),
    [
        ("Versailles", "78", "78646"),
        ("VERSAILLES", "78", "78646"),
        ("la rochette", "73", "73215"),
        ("Rochette", "04", "04170"),
        ("Saint Denis", "974", "97411"),
        ("saint-denis", "93", "93066"),
        ("Charleville", "08", "08105"),
    ],
)
async def test_the_commune_of_the_departement_gives_its_code(nom: str, departement: str, attendu: str) -> None:
    complete = await situer(demande(nom, departement))
    assert code(complete) == attendu
    assert complete["annee"] == 2026


@pytest.mark.parametrize(("nom", "departement"), [("Versailles", "75"), ("Nulle-Part", "78")])
async def test_a_commune_that_nobody_knows_is_a_refused_parameter(nom: str, departement: str) -> None:
    with pytest.raises(ParametreRefuseParLaSource):
        await situer(demande(nom, departement))


@pytest.mark.parametrize(
    "question",
    [
        demande(code_commune="78646"),
        demande(nom=None),
        demande(departement=None),
        Demande(Identite(ine="123456789AB")),
    ],
)
async def test_nothing_is_asked_when_the_code_is_known_or_the_place_is_not(question: Demande) -> None:
    assert await situer(question, status=500) is question


@pytest.mark.parametrize(("status", "erreur"), [(500, SourceIndisponible), (200, SourceReponseInvalide)])
async def test_an_insee_that_is_down_is_not_passed_over_in_silence(status: int, erreur: type[ErreurDeBloc]) -> None:
    with pytest.raises(erreur):
        await situer(demande(), status)


def test_an_exact_name_wins_over_a_longer_one() -> None:
    longue, exacte = une("78001", "Versailles-le-Parc"), une("78646", "Versailles")
    assert lire(demande(), longue, exacte) == Commune("78646")
    assert lire(demande(), longue) == Commune("78001")


@pytest.mark.parametrize(
    ("departement", "annee", "commune"),
    [
        ("92", 1967, une("75050", "Nanterre")),
        ("93", 1950, une("75066", "Saint-Denis")),
        ("93", 1950, une("78010", "Aulnay-sous-Bois")),
        ("95", 1950, une("78500", "Pontoise")),
        ("91", 1950, une("78228", "Évry")),
        ("2A", 1975, une("20004", "Ajaccio")),
        ("2B", 1975, une("20033", "Bastia")),
        ("20", 1976, une("2A004", "Ajaccio")),
        ("75", 1967, une("75050", "Nanterre")),
    ],
)
def test_a_departement_of_today_finds_a_commune_that_was_of_another_at_the_birth(
    departement: str, annee: int, commune: dict[str, str]
) -> None:
    question = demande(commune["intitule"], departement, naissance=DateNaissance(annee))
    assert lire(question, commune) == Commune(commune["code"])


@pytest.mark.parametrize(
    ("departement", "annee", "code"),
    [("92", 1968, "75050"), ("2A", 1976, "20004"), ("92", 1950, "13055"), ("75", 1998, "92050"), ("95", 1950, "75050")],
)
def test_another_departement_is_none_of_those_it_was_made_of(departement: str, annee: int, code: str) -> None:
    with pytest.raises(ParametreRefuseParLaSource):
        lire(demande("Versailles", departement, naissance=DateNaissance(annee)), une(code, "Versailles"))


def test_two_communes_that_nothing_tells_apart_are_ambiguous() -> None:
    with pytest.raises(IdentiteAmbigue):
        lire(demande(), une("78001", "Versailles"), une("78002", "Versailles", "Le"))


@pytest.mark.parametrize("corps", [b"", b"{}", b"[{}]", b'[{"code": 78646}]'])
def test_a_drift_is_caught_at_the_door(corps: bytes) -> None:
    with pytest.raises(SourceReponseInvalide):
        SOURCE.read(UpstreamResponse(200, (), corps), demande(), APPEL)


def test_the_simulator_refuses_what_is_not_its_contract() -> None:
    appel = SOURCE.request(demande(), APPEL)
    statuts = [
        SOURCE.simulate(UpstreamRequest(method, path, params), PERSONNES).status
        for method, path, params in (
            ("POST", appel.path, appel.params),
            ("GET", "/geo/departements", appel.params),
            ("GET", appel.path, ()),
            ("GET", appel.path, (("date", "1998"), ("filtreNom", "Versailles"))),
            ("GET", appel.path, (("date", "1998-01-01"), ("filtreNom", "Nulle-Part"))),
        )
    ]
    assert statuts == [404, 404, 400, 400, 404]
