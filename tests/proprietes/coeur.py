"""The heart of the gateway in this process: its planner, execution, sources and writing; no HTTP, token nor trace.

Simulators are deterministic, and the clock stands still: a source is really asked the first time that it meets a
question, through its adapter and its simulator, and gives the same answer to the same question ever after.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import strawberry

from gateway.bac_a_sable import BacASable
from gateway.circonstance import Circonstance
from gateway.metrics import Metrics
from gateway.reponse import Redaction
from gateway.settings import Settings
from gateway.sources import Observed, Sources, wire
from graph.catalogue import core, scopes
from graph.circonstances import PARIS
from graph.consultation import ConsultationsConnection
from graph.demande import Demande
from graph.errors import ErreurDeBloc, ErreurDeRequete
from graph.habilitation import Habilitation
from graph.identite import Identite
from graph.lecture import Lecture
from graph.schema import build_schema
from habilitations.citoyen import effectifs
from habilitations.regles import PERSONNES_MAX
from providers._source import Appel
from resolvers.context import RequestContext
from resolvers.cost import Limites
from resolvers.execution import execute
from resolvers.explication import Explicateur
from resolvers.loaders import Ask
from resolvers.planner import Planner
from sandbox.personnes import presenter
from sandbox.simulateurs import Simulateur
from tests.application import INSTANT, SIRET, Personnes, reglages
from tests.attente import arrive
from tests.proprietes.citoyens import Citoyens

_REDACTION = Redaction("00000000-0000-0000-0000-000000000000", "https://demande.test")
_APPEL = Appel(SIRET, _REDACTION.requete, "jeton", INSTANT.astimezone(PARIS))
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Issue:
    """What a source makes of a question."""

    lecture: Lecture[Any] | None
    erreur: ErreurDeBloc | None
    appels: int
    """Data calls that it took."""


@dataclass(slots=True)
class Constante:
    """A source that is really asked each question once."""

    client: Observed
    simulateur: Simulateur
    appels: Counter[tuple[str, Identite]]
    """Data calls, by source and person: shared by all sources."""
    connues: dict[Demande, Issue] = field(default_factory=dict)
    seul: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def __call__(self, demande: Demande) -> Lecture[Any]:
        """Ask. Raise ErreurDeBloc."""
        if demande not in self.connues:
            async with self.seul:
                avant = self.simulateur.appels
                lecture, erreur = await self._ask(demande)
                self.connues[demande] = Issue(lecture, erreur, self.simulateur.appels - avant)
        issue = self.connues[demande]
        self.appels[self.simulateur.source.nom, demande.identite] += issue.appels
        if issue.lecture is None:
            assert issue.erreur
            raise issue.erreur.with_traceback(None)
        return issue.lecture

    async def _ask(self, demande: Demande) -> tuple[Lecture[Any] | None, ErreurDeBloc | None]:
        try:
            return await self.client.call(demande, appel=_APPEL, echeance=monotonic() + _PATIENCE), None
        except ErreurDeBloc as erreur:
            return None, erreur


@dataclass(frozen=True, slots=True)
class Coeur:
    """Implements `Passerelle`: a token is the list of its scopes."""

    schema: strawberry.Schema
    planner: Planner
    sources: Sources
    sandbox: BacASable
    citoyens: Personnes
    demandees: Counter[tuple[str, Identite]]
    """Data calls received, by source and person."""
    asks: Mapping[type[Any], Ask]
    noms: Mapping[Identite, str]
    """Names of the personas, by all their keys, and as FranceConnect knows them."""

    async def jeton(self, accordes: Iterable[str]) -> str:
        return " ".join(sorted(accordes))

    async def jeton_de(self, profil: str) -> dict[str, Any]:
        assert profil == "tout"
        return {"jeton": await self.jeton(scopes(self.schema))}

    async def personnes(self) -> dict[str, dict[str, Any]]:
        return {une.nom: presenter(une, core(self.schema)) for une in self.sandbox.personas}

    async def appels(self) -> dict[str, int]:
        appels = dict.fromkeys((fournisseur.nom for fournisseur in self.sources.fournisseurs.values()), 0)
        for (source, _), nombre in self.demandees.items():
            appels[source] += nombre
        return appels

    async def oublier_les_appels(self) -> None:
        self.demandees.clear()

    def interroges(self) -> Counter[tuple[str, str]]:
        """Return the data calls received, by source and by name of the person."""
        interroges: Counter[tuple[str, str]] = Counter()
        for (source, identite), nombre in self.demandees.items():
            interroges[source, self.noms[identite]] += nombre
        return +interroges

    async def demander(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        jeton: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        try:
            circonstance = await self._circonstance(jeton, headers or {})
            question = self.planner.plan(query, None, dict(variables or {}), circonstance)
            etats = partial(self.sources.etats, _APPEL.instant)
            fournisseurs = self.sources.fournisseurs
            explicateur = Explicateur(self.planner, fournisseurs, etats, circonstance, _REDACTION.demande_url)
            context = RequestContext(
                plan=question.plan,
                habilitation=_habilitation(jeton),
                circonstances=circonstance,
                asks=self.asks,
                etats=etats,
                horloge=lambda: INSTANT,
                explique=explicateur,
                consulte=_sans_journal,
                tracee=arrive(),
            )
            async with context:
                resultat = await execute(self.schema, question, context, fournisseurs)
        except ErreurDeRequete as refus:
            return httpx.Response(refus.status, content=_REDACTION.refusal(refus))
        return httpx.Response(httpx.codes.OK, content=_REDACTION.answer(resultat))

    async def _circonstance(self, jeton: str | None, headers: Mapping[str, str]) -> Circonstance:
        accordes = frozenset((jeton or "").split())
        jour = _APPEL.instant.date()
        presente = headers.get("X-FranceConnect-Token")
        if presente is None:
            return Circonstance(accordes, jour, PERSONNES_MAX)
        citoyen = await self.citoyens.reconnaitre(presente, deadline=_PATIENCE)
        return Circonstance(effectifs(accordes, citoyen.scopes), jour, PERSONNES_MAX, citoyen.identite)


async def _sans_journal(*_: Any) -> ConsultationsConnection:
    raise NotImplementedError  # no question of the campaign asks for the citizen's journal


def _habilitation(jeton: str | None) -> Habilitation:
    return Habilitation(
        intitule="",
        cadre_juridique="",
        scopes=sorted((jeton or "").split()),
        destinataires=[SIRET],
        personnes_par_requete=PERSONNES_MAX,
        expire=None,
    )


@asynccontextmanager
async def coeur() -> AsyncIterator[Coeur]:
    """Wire what the server wires, from the question to the answer, while the block lasts."""
    settings: Settings = reglages(Path())
    sandbox = BacASable(settings, lambda: INSTANT.astimezone(PARIS).date(), lambda: INSTANT)
    schema, sources = build_schema(), wire(settings, Metrics(), sandbox)
    demandees: Counter[tuple[str, Identite]] = Counter()
    asks = {bloc: Constante(un, sandbox.simulateurs[un.source.nom], demandees) for bloc, un in sources.clients.items()}
    noms = {identite: une.nom for une in sandbox.personas for identite in (une.identite, une.par_france_connect)}
    try:
        yield Coeur(schema, Planner(schema, Limites()), sources, sandbox, Citoyens(), demandees, asks, noms)
    finally:
        await sources.aclose()
