"""Conduct one request through its stages: token, plan, quotas, INTENT, execution, OUTCOME. Then bytes may leave."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from time import monotonic
from typing import Any, Protocol

import strawberry

from audit.contrat import JournalDurable
from audit.trace import ABANDONNEE, OBTENU
from gateway.attestation import Constat
from gateway.attestation_blocs import blocs_attestes
from gateway.circonstance import Circonstance
from gateway.consultations import Lecteur
from gateway.entrant import Entrant
from gateway.quotas import Comptage
from gateway.sources import Sources
from gateway.traces import TraceRequete, Traces
from graph.circonstances import PARIS
from graph.errors import ErreurDeRequete, ErreurInterne
from graph.habilitation import Habilitation
from habilitations.acces import Presente, ouvrir
from habilitations.citoyen import Citoyen, effectifs, verifier_rattachement, verifier_service
from habilitations.habilitation import Acces
from habilitations.rythme import EtatQuota
from habilitations.store import Store
from providers._source import Appel
from resolvers.context import RequestContext
from resolvers.execution import Resultat, execute
from resolvers.explication import Explicateur
from resolvers.loaders import Ask
from resolvers.planner import Planner, Question

Horloge = Callable[[], datetime]


class Reconnaitre(Protocol):
    """Tells whom a FranceConnect token names."""

    def __call__(self, jeton: str, *, deadline: float) -> Awaitable[Citoyen]:
        """Return the citizen, within `deadline` seconds. Raise FranceConnectInvalide or Surcharge."""


@dataclass(frozen=True, slots=True)
class Conduite:
    """An answer ready to leave."""

    resultat: Resultat
    constat: Constat | None
    """What is to be attested of it; None when no attestation was asked for."""
    etat: EtatQuota | None
    """Where its token stands; None when it is not bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conductor:
    """Knows the order of the stages, and nothing else: each stage is a module of its own."""

    schema: strawberry.Schema
    planner: Planner
    store: Store
    journal: JournalDurable
    sources: Sources
    traces: Traces
    comptage: Comptage
    lecteur: Lecteur
    """Reads the journals of citizens."""
    horloge: Horloge
    reconnaitre: Reconnaitre
    emetteur: str
    """Who attests, as the attestations name it."""
    demande_url: str
    """Where callers are sent to ask for missing scopes."""

    async def visible(self, presente: Presente) -> str:
        """Return the SDL of what a caller may query. Raise ErreurDeRequete."""
        acces, _ = await ouvrir(self.store, presente)
        return self.planner.visibilite.vue(acces.habilitation.scopes).sdl

    async def conduct(self, entrant: Entrant) -> Conduite:
        """Return the answer, once its trace is durable. Raise ErreurDeRequete."""
        acces, siret = await ouvrir(self.store, entrant.presente)
        debut = monotonic()
        circonstance = await self._circonstance(entrant, acces)
        # What FranceConnect took is no longer left to the sources.
        entrant = replace(entrant, delai=entrant.delai - (monotonic() - debut))
        corps = entrant.corps
        question = self.planner.plan(corps.query, corps.operation_name, corps.variables, circonstance)
        etat = await self.comptage.reserver(acces, question)
        context = self._context(entrant, acces, siret, question, circonstance)
        if question.plan.personnes:
            await self.comptage.consulter(acces, question)
        # NOTE: who reads her own journal is not counted: it takes a live token of hers, which no walk has. What she
        # says of herself beyond that token is.
        if question.usager:
            await self.comptage.essayer(acces, question.usager)
        if question.plan.personnes or question.usager:
            resultat = await self._traced(entrant, acces, siret, question, context)
        else:
            resultat = await self._execute(question, context)
        constat = self._constat(entrant, siret, question, context) if entrant.attestation else None
        return Conduite(resultat, constat, etat)

    async def _circonstance(self, entrant: Entrant, acces: Acces) -> Circonstance:
        """Return what the request is judged by: what a citizen did not agree to is not granted."""
        accordee = acces.habilitation
        circonstance = Circonstance(
            accordee.scopes, self._today(), accordee.personnes_par_requete, designe=accordee.designe
        )
        if entrant.france_connect is None:
            return circonstance
        verifier_rattachement(accordee)
        await self.comptage.identifier(acces)
        citoyen = await self.reconnaitre(entrant.france_connect, deadline=entrant.delai)
        verifier_service(accordee, citoyen)
        return replace(circonstance, scopes=effectifs(accordee.scopes, citoyen.scopes), france_connect=citoyen.identite)

    def _constat(self, entrant: Entrant, siret: str, question: Question, context: RequestContext) -> Constat:
        return Constat(
            emetteur=self.emetteur,
            instant=self.horloge(),
            requete=entrant.requete,
            destinataire=siret,
            operation=question.operation.empreinte,
            blocs=blocs_attestes(question.plan, context.reponses, self.sources.fournisseurs),
        )

    async def _traced(
        self, entrant: Entrant, acces: Acces, siret: str, question: Question, context: RequestContext
    ) -> Resultat:
        """Execute between an INTENT and an OUTCOME, both durable; a caller who leaves is traced as well.

        Execution begins while the INTENT is being written, and waits for it at its first source (`context.tracee`).
        """
        trace = self.traces.of(entrant, acces, siret, question)
        intentions = await trace.intentions(self.horloge)
        try:
            async with _menee(self._execute(question, context)) as execution:
                await self.journal.ecrire(intentions)
                context.tracee.set()
                resultat = await self._execute_or_trace(trace, acces, execution, context)
        except asyncio.CancelledError:
            await asyncio.shield(self._conclude(trace, context, ABANDONNEE))
            raise
        await self._conclude(trace, context)
        return resultat

    async def _conclude(self, trace: TraceRequete, context: RequestContext, resultat: str = OBTENU) -> None:
        """Write what came of a request."""
        lu = context.erreur_du_journal is None
        await self.journal.ecrire(await trace.issues(self.horloge, context.reponses, resultat, journal_lu=lu))

    async def _execute_or_trace(
        self, trace: TraceRequete, acces: Acces, execution: Awaitable[Resultat], context: RequestContext
    ) -> Resultat:
        """Wait for the execution, and count what sources answered; a fault is the issue."""
        try:
            resultat = await execution
            await self.comptage.constater(acces, context.reponses.values())
        except Exception as error:
            code = error.code if isinstance(error, ErreurDeRequete) else ErreurInterne.code
            await self._conclude(trace, context, code)
            raise
        return resultat

    async def _execute(self, question: Question, context: RequestContext) -> Resultat:
        async with context:
            return await execute(self.schema, question, context, self.sources.fournisseurs)

    def _context(
        self, entrant: Entrant, acces: Acces, siret: str, question: Question, circonstance: Circonstance
    ) -> RequestContext:
        appel = Appel(siret, entrant.requete, acces.jeton_id, self.horloge().astimezone(PARIS))
        etats = partial(self.sources.etats, appel.instant)
        return RequestContext(
            plan=question.plan,
            habilitation=_shown(acces),
            circonstances=circonstance,
            asks=self._asks(appel, monotonic() + entrant.delai),
            etats=etats,
            horloge=self.horloge,
            explique=Explicateur(self.planner, self.sources.fournisseurs, etats, circonstance, self.demande_url),
            consulte=partial(self.lecteur.consulter, requete=entrant.requete, delai=entrant.delai),
            tracee=asyncio.Event(),
        )

    def _asks(self, appel: Appel, echeance: float) -> Mapping[type[Any], Ask]:
        return {
            bloc: partial(client.call, appel=appel, echeance=echeance) for bloc, client in self.sources.clients.items()
        }

    def _today(self) -> date:
        return self.horloge().astimezone(PARIS).date()


@asynccontextmanager
async def _menee(execution: Coroutine[Any, Any, Resultat]) -> AsyncIterator[asyncio.Task[Resultat]]:
    """Run an execution beside the block, and no longer than it."""
    tache = asyncio.create_task(execution)
    try:
        yield tache
    finally:
        if not tache.done():
            tache.cancel()
            await asyncio.wait((tache,))
        if not tache.cancelled():
            tache.exception()  # told to nobody when the block failed first


def _shown(acces: Acces) -> Habilitation:
    """Return what the caller may see of its own grant."""
    habilitation = acces.habilitation
    return Habilitation(
        intitule=habilitation.intitule,
        cadre_juridique=habilitation.cadre_juridique,
        scopes=sorted(habilitation.scopes),
        destinataires=list(habilitation.sirets),
        personnes_par_requete=habilitation.personnes_par_requete,
        expire=acces.expire,
    )
