"""What every source must do, whichever it is: a new folder in providers/ is tested here without a line of its own."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import pytest

from graph.demande import Demande
from graph.enums import Sexe
from graph.errors import (
    ErreurDeBloc,
    ErreurParticulier,
    EtatSource,
    IdentiteIncoherente,
    IdentiteNonReconnue,
    Indisponible,
)
from graph.identite import DateNaissance, Identite, IdentitePivot, choisir
from graph.lecture import Lecture
from providers._catalogue import sources
from providers._noms import nom_compare
from providers._personas import Persona
from providers._source import ApiKey, Sceau, Source, UpstreamRequest, UpstreamResponse
from sandbox.identites import CLES
from sandbox.pannes import Mode, Panne
from sandbox.personas import load
from sandbox.simulateurs import Simulateur
from tests.providers import interrogation
from tests.providers.interrogation import Answer, appel_du, presenter, reglages

AUJOURDHUI = date(2026, 11, 23)
PERSONAS = load(lambda: AUJOURDHUI)
SOURCES = sources()
APPEL = appel_du(AUJOURDHUI)
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
    identifiant_france_travail="quidam.zzyzx",
    identifiant_sportif="99999999",
)
REPONSE_INVALIDE = "SOURCE_REPONSE_INVALIDE"
INDISPONIBLE = "SOURCE_INDISPONIBLE"

par_source = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.nom)


def demander(source: Source[Any], identite: Identite, persona: Persona | None = None) -> Demande:
    """Build the question of the source's bloc, with the persona's required arguments."""
    return interrogation.demander(source, identite, persona.arguments if persona else {}, AUJOURDHUI)


def detenus(source: Source[Any]) -> list[Persona]:
    return PERSONAS.trouver(lambda persona: source.nom in persona.sources)


async def appeler(source: Source[Any], demande: Demande, answer: Answer | None = None, **autres: Any) -> Lecture[Any]:
    """Ask a source through the shared mechanism; `answer` stands for its simulator."""
    return await interrogation.appeler(
        source, demande, answer or Simulateur(source, PERSONAS).answer, AUJOURDHUI, **autres
    )


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
        assert type(lu.bloc) is source.fournit


@par_source
async def test_a_persona_not_held_is_an_error_of_the_bloc(source: Source[Any]) -> None:
    for persona in (une for une in PERSONAS if source.nom not in une.sources):
        await refuser(source, demander(source, persona.identite, persona))


def nommee(source: Source[Any], identite: Identite) -> bool:
    """Tell whether an identity bears a key that a source understands."""
    return any(une.possible(presenter(source, identite)) for une in source.identifications)


@par_source
async def test_nobody_is_absent(source: Source[Any]) -> None:
    persona = detenus(source)[0]
    assert nommee(source, INCONNUE)
    inconnues = [INCONNUE, *(une.identite for une in PERSONAS if une.inconnue)]
    for identite in filter(partial(nommee, source), inconnues):
        assert (await refuser(source, demander(source, identite, persona))).etat is EtatSource.ABSENT


@par_source
def test_each_persona_held_bears_a_key_that_the_source_understands(source: Source[Any]) -> None:
    assert all(choisir(presenter(source, une.identite), source.identifications) for une in detenus(source))


@par_source
async def test_the_trace_knows_an_etat_civil_of_the_person_asked_about_alone(source: Source[Any]) -> None:
    for persona in detenus(source):
        demande = demander(source, persona.identite, persona)
        etat_civil = (await appeler(source, demande)).etat_civil
        assert etat_civil is None or nom_compare(etat_civil.nom_naissance) in {
            nom_compare(nom) for nom in (persona.pivot.nom_naissance, persona.pivot.nom_usage) if nom
        }


class Rediffusion:
    """A source that answers every question as it answered the first one."""

    def __init__(self, source: Source[Any]) -> None:
        self.simulateur = Simulateur(source, PERSONAS)
        self.premiere: UpstreamResponse | None = None

    async def answer(self, call: UpstreamRequest) -> UpstreamResponse:
        avant = self.simulateur.appels
        reponse = await self.simulateur.answer(call)
        if self.simulateur.appels == avant:
            return reponse
        self.premiere = self.premiere or reponse
        return self.premiere


@par_source
async def test_an_answer_about_somebody_else_is_held_back(source: Source[Any]) -> None:
    for persona in detenus(source)[:3]:
        rediffusion = Rediffusion(source)
        demande = demander(source, persona.identite, persona)
        if (await appeler(source, demande, rediffusion.answer)).concordance is None:
            continue  # the source says nothing of whom it answers about
        autre = replace(persona.pivot, nom_naissance="ZZYZX", nom_usage=None)
        identite = replace(persona.identite, pivot=autre)
        refus = await refuser(source, demander(source, identite, persona), rediffusion.answer)
        if isinstance(refus, IdentiteNonReconnue):
            continue  # asked about a thing, the source names those who hold it, and she is none of them
        assert isinstance(refus, IdentiteIncoherente)
        assert refus.concordance
        assert refus.concordance.nom is False


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
    # A message that bears no signature is a fault of SOAP.
    refus = {500} if isinstance(source.auth, Sceau) else {401, 403}
    assert {source.simulate(une, PERSONAS).status for une in (call, fausse)} <= refus


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
    yield from (valeur for cle in CLES if (valeur := getattr(persona, cle)))
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
