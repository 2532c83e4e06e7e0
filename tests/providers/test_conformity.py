"""What every source must do, whichever it is: a new folder in providers/ is tested here without a line of its own."""

import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from time import monotonic
from typing import Any

import pytest

from graph._declaration import REGLE
from graph.catalogue import blocs, core, declaration, python_type, scopes
from graph.demande import Demande
from graph.enums import Sexe
from graph.errors import ErreurDeBloc, ErreurParticulier, EtatSource, Indisponible
from graph.identite import DateNaissance, Identite, IdentitePivot, choisir
from graph.schema import build_schema
from providers._call import SourceClient
from providers._catalogue import sources
from providers._personas import Persona
from providers._simulateur import reglage
from providers._source import ApiKey, Appel, Source, UpstreamRequest, UpstreamResponse
from providers._transport import in_process
from sandbox.pannes import Mode, Panne
from sandbox.personas import load
from sandbox.simulateurs import Simulateur

AUJOURDHUI = date(2026, 11, 23)
SCHEMA = build_schema()
PERSONAS = load(lambda: AUJOURDHUI)
SOURCES = sources()
APPEL = Appel(
    destinataire="13002526500013",
    correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
    appelant="11111111-1111-4111-8111-111111111111",
    aujourdhui=AUJOURDHUI,
)
INCONNUE = Identite(
    pivot=IdentitePivot(
        nom_naissance="ZZYZX",
        prenoms=("Quidam",),
        naissance=DateNaissance(1970, 1, 2),
        sexe=Sexe.M,
        code_pays="99100",
        code_commune="75101",
    ),
    ine="9999999999Z",
    numero_fiscal="9999999999999",
)
REPONSE_INVALIDE = "SOURCE_REPONSE_INVALIDE"
INDISPONIBLE = "SOURCE_INDISPONIBLE"
Answer = Callable[[UpstreamRequest], Awaitable[UpstreamResponse]]

par_source = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.nom)


@dataclass(frozen=True)
class ToutPermis:
    """The circumstances of a caller who holds every scope."""

    scopes = scopes(SCHEMA)
    aujourdhui = AUJOURDHUI


def demander(source: Source[Any], identite: Identite, persona: Persona | None = None) -> Demande:
    """Build the question of the source's bloc, by the graph's own rule, with the persona's required arguments."""
    ((bloc, champ),) = (paire for paire in blocs(core(SCHEMA)).items() if python_type(paire[1]) is source.fournit)
    declare = declaration(champ)
    assert declare
    valeurs = persona.arguments.get(bloc, {}) if persona else {}
    arguments = {
        un.python_name: valeurs[nom] for nom, un in zip(champ.args, declare.arguments, strict=True) if nom in valeurs
    }
    regle = declare.metadata[REGLE]
    return Demande(identite, **(regle(ToutPermis(), **arguments) if regle else arguments))


def detenus(source: Source[Any]) -> list[Persona]:
    return PERSONAS.trouver(lambda persona: source.nom in persona.sources)


def reglages(source: Source[Any]) -> dict[str, str]:
    noms = (*source.auth.reglages, *(nom for _, nom in source.entetes))
    return {nom: reglage(source.nom, nom) for nom in noms}


async def appeler(source: Source[Any], demande: Demande, answer: Answer | None = None, **autres: Any) -> Any:
    """Ask a source through the shared mechanism; `answer` stands for its simulator."""
    transport = in_process(answer or Simulateur(source, PERSONAS).answer)
    client = SourceClient(source, transport, autres.get("reglages") or reglages(source), monotonic)
    try:
        return await client.call(demande, APPEL, echeance=monotonic() + autres.get("delai", 10.0))
    finally:
        await client.aclose()


async def refuser(source: Source[Any], demande: Demande, answer: Answer | None = None, **autres: Any) -> ErreurDeBloc:
    with pytest.raises(ErreurDeBloc) as refus:
        await appeler(source, demande, answer, **autres)
    return refus.value


def en_panne(source: Source[Any], **panne: Any) -> Answer:
    simulateur = Simulateur(source, PERSONAS)
    simulateur.panne = Panne(**panne)
    return simulateur.answer


@par_source
async def test_each_persona_held_is_answered_with_the_declared_type(source: Source[Any]) -> None:
    personas = detenus(source)
    assert len(personas) > 1
    for persona in personas:
        lu = await appeler(source, demander(source, persona.identite, persona))
        assert type(lu) is source.fournit


@par_source
async def test_a_persona_not_held_is_an_error_of_the_bloc(source: Source[Any]) -> None:
    for persona in (une for une in PERSONAS if source.nom not in une.sources):
        await refuser(source, demander(source, persona.identite, persona))


@par_source
async def test_nobody_is_absent(source: Source[Any]) -> None:
    persona = detenus(source)[0]
    inconnues = [INCONNUE, *(une.identite for une in PERSONAS if une.inconnue)]
    assert len(inconnues) > 1
    for identite in inconnues:
        assert (await refuser(source, demander(source, identite, persona))).etat is EtatSource.ABSENT


@par_source
def test_each_persona_held_bears_a_key_that_the_source_understands(source: Source[Any]) -> None:
    assert all(choisir(persona.identite, source.identifications) for persona in detenus(source))


@par_source
async def test_the_trace_knows_an_etat_civil_of_the_person_asked_about_alone(source: Source[Any]) -> None:
    for persona in detenus(source):
        demande = demander(source, persona.identite, persona)
        etats_civils = source.etats_civils(await appeler(source, demande), demande)
        noms = {etat_civil.nom_naissance.upper() for etat_civil in etats_civils}
        assert noms <= {persona.pivot.nom_naissance.upper()}


@par_source
async def test_the_simulator_is_deterministic(source: Source[Any]) -> None:
    persona = detenus(source)[0]
    demande = demander(source, persona.identite, persona)
    assert await appeler(source, demande) == await appeler(source, demande)


@par_source
@pytest.mark.parametrize(
    ("mode", "code"),
    [
        (Mode.HTML, REPONSE_INVALIDE),
        (Mode.TYPE_ERRONE, REPONSE_INVALIDE),
        (Mode.TRONQUEE, REPONSE_INVALIDE),
        (Mode.TROP_GROSSE, REPONSE_INVALIDE),
        (Mode.ERREUR_500, INDISPONIBLE),
        (Mode.INDISPONIBLE_503, INDISPONIBLE),
        (Mode.REFUSEE, INDISPONIBLE),
        (Mode.COUPEE, INDISPONIBLE),
    ],
)
async def test_a_fault_has_its_code(source: Source[Any], mode: Mode, code: str) -> None:
    persona = detenus(source)[0]
    refus = await refuser(source, demander(source, persona.identite, persona), en_panne(source, mode=mode))
    assert refus.code == code


@par_source
async def test_a_silent_source_is_left_at_the_deadline(source: Source[Any]) -> None:
    persona = detenus(source)[0]
    demande = demander(source, persona.identite, persona)
    refus = await refuser(source, demande, en_panne(source, mode=Mode.MUETTE), delai=0.2)
    assert refus.code == "SOURCE_DELAI_DEPASSE"


@par_source
async def test_a_slow_source_is_answered_within_the_deadline(source: Source[Any]) -> None:
    persona = detenus(source)[0]
    demande = demander(source, persona.identite, persona)
    assert await appeler(source, demande, en_panne(source, mode=Mode.LENTE, delai_ms=5))


@par_source
async def test_the_quota_of_a_source_says_when_to_come_back(source: Source[Any]) -> None:
    persona = detenus(source)[0]
    demande = demander(source, persona.identite, persona)
    refus = await refuser(source, demande, en_panne(source, mode=Mode.QUOTA_429, retry_after=7))
    assert (refus.code, refus.retry_after_ms) == ("SOURCE_QUOTA", 7000)


@par_source
@pytest.mark.parametrize("corps", [b"", b"\xff\x00", b"null", b"[]", b"{}", b'"texte"', b"[" * 5000])
async def test_garbage_is_never_an_answer(source: Source[Any], corps: bytes) -> None:
    persona = detenus(source)[0]
    simulateur = Simulateur(source, PERSONAS)

    async def answer(call: UpstreamRequest) -> UpstreamResponse:
        reponse = await simulateur.answer(call)
        return replace(reponse, body=corps) if simulateur.appels else reponse

    assert (await refuser(source, demander(source, persona.identite, persona), answer)).code == REPONSE_INVALIDE


@par_source
async def test_wrong_credentials_are_refused_by_the_simulator(source: Source[Any]) -> None:
    persona = detenus(source)[0]
    demande = demander(source, persona.identite, persona)
    faux = dict.fromkeys(reglages(source), "faux")
    assert isinstance(await refuser(source, demande, reglages=faux), Indisponible)


@par_source
def test_a_call_without_a_valid_token_is_refused_by_the_simulator(source: Source[Any]) -> None:
    persona = detenus(source)[0]
    call = source.request(demander(source, persona.identite, persona), APPEL)
    entete = source.auth.header if isinstance(source.auth, ApiKey) else "Authorization"
    fausse = replace(call, headers=(*call.headers, (entete, "Bearer faux")))
    assert {source.simulate(une, PERSONAS).status for une in (call, fausse)} <= {401, 403}


@par_source
@pytest.mark.parametrize("mode", [Mode.HTML, Mode.TYPE_ERRONE, Mode.TRONQUEE, Mode.REFUSEE, Mode.ERREUR_500])
async def test_no_error_and_no_log_holds_a_url_a_secret_or_a_person(
    source: Source[Any], mode: Mode, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    persona = detenus(source)[0]
    demande = demander(source, persona.identite, persona)
    refus = await refuser(source, demande, en_panne(source, mode=mode))
    tus = {*secrets(source, demande), *personnels(persona)}
    ecrits = [texte for maillon in chaine(refus) for texte in textes(maillon)]
    ecrits += [caplog.text, *capsys.readouterr()]
    assert not [ecrit for ecrit in ecrits for tu in tus if tu.casefold() in ecrit.casefold()]


def secrets(source: Source[Any], demande: Demande) -> Iterator[str]:
    call = source.request(demande, APPEL)
    yield from reglages(source).values()
    yield from ("source.invalid", call.path, APPEL.correlation)
    yield from (valeur for _, valeur in call.params if len(valeur) > 4)


def personnels(persona: Persona) -> Iterator[str]:
    yield persona.pivot.nom_naissance
    yield from persona.pivot.prenoms
    yield from (valeur for valeur in (persona.ine, persona.numero_fiscal) if valeur)
    if persona.pivot.naissance.complete:
        yield str(persona.pivot.naissance)


def chaine(erreur: BaseException) -> Iterator[BaseException]:
    maillon: BaseException | None = erreur
    while maillon is not None:
        yield maillon
        maillon = maillon.__cause__ or maillon.__context__


def textes(maillon: BaseException) -> Iterator[str]:
    yield from (str(maillon), repr(maillon), repr(maillon.args))
    if isinstance(maillon, ErreurParticulier):
        yield from (maillon.message, maillon.cause or "")
