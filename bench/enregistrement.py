"""What is exchanged with the three administrations of the bench: recorded once, through clients and simulators."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from time import monotonic
from typing import Any
from uuid import UUID

from gateway.annonce import REQUETE
from gateway.circonstance import Circonstance
from gateway.reglages_de_source import required
from graph.catalogue import core, scopes
from graph.circonstances import PARIS
from graph.demande import Demande
from graph.dossier_allocataire import DossierAllocataire, periode
from graph.schema import build_schema
from graph.situation_fiscale import SituationFiscale, resoudre_annee
from graph.statut_etudiant import StatutEtudiant
from providers._call import SourceClient
from providers._catalogue import sources
from providers._personas import Persona, Personas
from providers._simulateur import reglage
from providers._source import Appel, Source, UpstreamRequest, UpstreamResponse
from sandbox import personas
from sandbox.jetons import PROFILS
from sandbox.personnes import presenter


@dataclass(frozen=True, slots=True)
class Echange:
    """One request to a source, and what was answered."""

    source: str
    requete: UpstreamRequest
    reponse: UpstreamResponse


class _Temoin:
    """A transport that asks the simulator of a source, and keeps what was said."""

    def __init__(self, source: Source[Any], toutes: Personas) -> None:
        self.echanges: list[Echange] = []
        self._source = source
        self._personas = toutes

    async def send(self, request: UpstreamRequest, *, deadline: float) -> UpstreamResponse:
        del deadline  # a simulator answers at once
        reponse = self._source.simulate(request, self._personas)
        self.echanges.append(Echange(self._source.nom, request, reponse))
        return reponse

    async def aclose(self) -> None:
        """Nothing was opened."""


def enregistrer() -> list[list[Echange]]:
    """Return the exchanges of each source asked: the token if it wants one, then the data, which come last.

    Raises:
        ErreurDeBloc: a source does not know the persona.
    """
    toutes = _personas()
    appel = Appel(PROFILS[0].siret, str(UUID(int=0)), "bench", datetime.combine(toutes.aujourdhui, time(12), PARIS))
    demandes = _demandes(_connue(toutes), toutes.aujourdhui)
    temoins = [(_Temoin(source, toutes), source) for source in sources() if source.fournit in demandes]

    async def asks() -> None:
        for temoin, source in temoins:
            reglages = {nom: reglage(source.nom, nom) for nom in required(source)}
            client = SourceClient(source, temoin, reglages)
            await client.call(demandes[source.fournit], appel, echeance=monotonic() + source.deadline)
            await client.aclose()

    asyncio.run(asks())
    return [temoin.echanges for temoin, _ in temoins]


def question() -> dict[str, Any]:
    """Return the body that is posted: the first query that the server shows to a newcomer, about the same persona."""
    identite = presenter(_connue(_personas()), core(build_schema()))["identite"]
    return {"query": REQUETE, "variables": {"identite": identite}}


def _personas() -> Personas:
    return personas.load(lambda: datetime.now(PARIS).date())


def _connue(toutes: Personas) -> Persona:
    """Return the persona that most sources know."""
    return max(toutes, key=lambda persona: len(persona.sources))


def _demandes(persona: Persona, jour: date) -> Mapping[type[Any], Demande]:
    """Return the three questions of the query, their arguments left to their defaults."""
    circonstance = Circonstance(scopes(build_schema()), jour)
    return {
        SituationFiscale: Demande(persona.identite, **resoudre_annee(circonstance)),
        DossierAllocataire: Demande(persona.identite, **periode(circonstance)),
        StatutEtudiant: Demande(persona.identite),
    }
