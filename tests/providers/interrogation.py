"""Put to a source the question of its bloc, whichever source it is, through the rules of the graph."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum
from functools import cache
from time import monotonic
from typing import Any

import msgspec
import strawberry
from strawberry.types.base import has_object_definition

from graph.catalogue import blocs, core, python_type, scopes
from graph.circonstances import PARIS
from graph.demande import Demande
from graph.errors import ErreurDeBloc
from graph.identite import FRANCE_CONNECT, Identite
from graph.lecture import Lecture
from graph.schema import build_schema
from providers._call import SourceClient
from providers._pannes import Interrompue
from providers._personas import Persona, Personas
from providers._simulateur import reglage
from providers._source import Appel, Source, UpstreamRequest, UpstreamResponse
from providers._transport import in_process
from resolvers._strawberry import coerce_variables, convert
from resolvers.cost import Limites
from resolvers.documents import Documents, Operation
from resolvers.plan import bloc_fields
from resolvers.selection import Champ, select
from tests.proprietes.monde import arguments_written, literal

Answer = Callable[[UpstreamRequest], Awaitable[UpstreamResponse]]


@cache
def schema() -> strawberry.Schema:
    """Return the schema, built once."""
    return build_schema()


@cache
def _lire(document: str) -> tuple[Operation, Champ]:
    """Return what a document asks, and its bloc: most persons are asked about in the same words."""
    operation = Documents(core(schema()), Limites()).read(document, None)
    ((_, champ),) = bloc_fields(select(core(schema()), operation, {}))
    return operation, champ


@dataclass(frozen=True)
class ToutPermis:
    """The circumstances of a caller who holds every scope."""

    scopes: frozenset[str]
    aujourdhui: date
    personnes_par_requete: int = 1
    designe: bool = True
    france_connect: Identite | None = None


def appel_du(jour: date) -> Appel:
    """Return the circumstances of a call on a day."""
    return Appel(
        destinataire="13002526500013",
        correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
        appelant="11111111-1111-4111-8111-111111111111",
        instant=datetime.combine(jour, time(11, 30), PARIS),
    )


def demander(
    source: Source[Any], identite: Identite, arguments: Mapping[str, Mapping[str, Any]], jour: date
) -> Demande:
    """Build the question of the source's bloc, by the graph's own rule, with the arguments that a persona has for it.

    Whoever bears no key that the source understands is presented by FranceConnect.
    """
    (bloc,) = (nom for nom, champ in blocs(core(schema())).items() if python_type(champ) is source.fournit)
    ecrits = arguments_written({nom: literal(valeur) for nom, valeur in arguments.get(bloc, {}).items()})
    operation, champ = _lire(f"{{ particulier {{ {bloc}{ecrits} {{ __typename }} }} }}")
    convertis = convert(schema(), champ, coerce_variables(schema(), operation, {}))
    resolus = champ.regle(ToutPermis(scopes(schema()), jour), **convertis) if champ.regle else convertis
    return Demande(presenter(source, identite), **resolus)


def presenter(source: Source[Any], identite: Identite) -> Identite:
    """Return an identity, or its état civil alone, as FranceConnect gives it, when the source wants nothing else."""
    if tuple(source.identifications) == (FRANCE_CONNECT,):
        return Identite(pivot=identite.pivot, france_connect=True)
    return identite


def reglages(source: Source[Any]) -> dict[str, str]:
    """Return the settings that the simulator expects."""
    noms = (*source.auth.reglages, *(nom for _, nom in source.entetes))
    return {nom: reglage(source.nom, nom) for nom in noms}


async def appeler(source: Source[Any], demande: Demande, answer: Answer, jour: date, **autres: Any) -> Lecture[Any]:
    """Ask a source through the shared mechanism. Raise ErreurDeBloc."""
    client = SourceClient(source, in_process(answer), autres.get("reglages") or reglages(source), monotonic)
    try:
        return await client.call(demande, appel_du(jour), echeance=monotonic() + autres.get("delai", 10.0))
    finally:
        await client.aclose()


class Direct:
    """A transport without HTTP: the simulator is called as a function."""

    def __init__(self, source: Source[Any], personas: Personas) -> None:
        self._source = source
        self._personas = personas

    async def send(self, request: UpstreamRequest, *, deadline: float) -> UpstreamResponse:
        """Answer at once. Raise Interrompue when the simulator cannot play what a persona holds."""
        del deadline
        try:
            return self._source.simulate(request, self._personas)
        except msgspec.ValidationError:
            raise Interrompue from None

    async def aclose(self) -> None:
        """Nothing to close."""


async def answer_of(source: Source[Any], persona: Persona, demande: Demande, jour: date) -> str:
    """Return all that a source says of one persona on a day, in one text; blank when it refuses."""
    client = SourceClient(source, Direct(source, Personas([persona], lambda: jour)), reglages(source), monotonic)
    try:
        lecture = await client.call(demande, appel_du(jour), echeance=monotonic() + 10.0)
    except ErreurDeBloc:
        return ""
    finally:
        await client.aclose()
    return " ".join(_texts(lecture.bloc))


def _texts(valeur: Any) -> list[str]:
    if has_object_definition(valeur):
        champs = valeur.__strawberry_definition__.fields
        return [texte for champ in champs for texte in _texts(getattr(valeur, champ.python_name))]
    if isinstance(valeur, list | tuple):
        return [texte for element in valeur for texte in _texts(element)]
    return [str(valeur.value if isinstance(valeur, Enum) else valeur)]
