"""create_app(settings, horloge): the only wiring. Everything the server needs is built, opened and closed here."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, date, datetime
from functools import partial

from fastapi import FastAPI
from starlette.routing import Route

from gateway import franceconnect
from gateway.annexes import build_router
from gateway.bac_a_sable import BacASable, Emetteur
from gateway.cle_attestation import lire, lire_ou_creer
from gateway.cles import agreed_keys, keys_ready, open_keyring, refuse_foreign
from gateway.conductor import Conductor, Horloge, Reconnaitre
from gateway.consultations import Lecteur
from gateway.demarrage import refuse_fiction, tell_incompatible, tell_unbound
from gateway.echeances import Rappels
from gateway.graphiql import build_router as graphiql_router
from gateway.graphql import GraphQLEndpoint
from gateway.journal import Batir, build_journal
from gateway.jwks import build_router as jwks_router
from gateway.metrics import Metrics
from gateway.quotas import Comptage, open_quotas
from gateway.settings import Settings
from gateway.sources import wire
from gateway.traces import Traces
from gateway.veille import Veille
from gateway.webhooks import build_router as datapass_router
from graph.catalogue import core, scopes
from graph.circonstances import PARIS
from graph.schema import build_schema, sdl
from habilitations.migrations import migrer
from habilitations.store import Store
from resolvers.cost import Limites
from resolvers.planner import Planner
from sandbox.jetons import Guichet


def maintenant() -> datetime:
    """Return the current instant: the clock of a real server."""
    return datetime.now(UTC)


def create_app(
    settings: Settings,
    horloge: Horloge = maintenant,
    reconnaitre: Reconnaitre | None = None,
    batir_le_journal: Batir = build_journal,
) -> FastAPI:
    """Build the application.

    Args:
        settings: what changes from one installation to another.
        horloge: current instant, aware; civil dates are those of Europe/Paris.
        reconnaitre: tells whom a FranceConnect token names; by default, FranceConnect does.
        batir_le_journal: returns what keeps the accesses; by default, this process writes it.

    Raises:
        ReglageManquant: production lacks a setting, or one cannot be used.
    """

    def aujourdhui() -> date:
        return horloge().astimezone(PARIS).date()

    metrics = Metrics()
    schema = build_schema()
    connus = scopes(schema)
    bac_a_sable = BacASable(settings, aujourdhui, horloge) if settings.bac_a_sable else None
    sources = wire(settings, metrics, bac_a_sable)
    store = Store(settings.database_url, connus, horloge, bac_a_sable=settings.bac_a_sable)
    trousseau = open_keyring(settings, horloge())
    journal, consultations = batir_le_journal(settings, horloge)
    metrics.watch(journal)
    cles = agreed_keys(trousseau, journal)
    alarmes = {
        "scelles": lambda: journal.scelles_en_panne,
        "cles_pseudonymes": lambda: cles.etrangere or not trousseau.pret(horloge()),
    }
    metrics.alarmes(alarmes)
    quotas = open_quotas(settings, store, metrics, horloge)
    cle = (lire_ou_creer if settings.bac_a_sable else lire)(settings.cle_attestation)
    citoyens = franceconnect.wire(settings, bac_a_sable.franceconnect if bac_a_sable else None, horloge, metrics)
    conductor = Conductor(
        emetteur=settings.emetteur_en_vigueur,
        schema=schema,
        planner=Planner(schema, Limites()),
        store=store,
        journal=journal,
        sources=sources,
        traces=Traces(cles, sources),
        comptage=Comptage(quotas, trousseau.comptage()),
        lecteur=Lecteur(
            lieu=consultations,
            cles=lambda: trousseau.toutes().values(),
            depuis=lambda: trousseau.depuis(horloge()),
            store=store,
            sources=sources,
            cle=trousseau.comptage(),
        ),
        horloge=horloge,
        reconnaitre=reconnaitre or citoyens.reconnaitre,
        demande_url=settings.demande_url,
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            if settings.bac_a_sable:
                await migrer(settings.database_url)
            await stack.enter_async_context(store)
            if not settings.bac_a_sable:
                await refuse_fiction(store)
                await tell_incompatible(store)
                await tell_unbound(store)
            await stack.enter_async_context(Rappels(store, metrics).ouverte())
            await journal.ouvrir()
            stack.push_async_callback(journal.aclose)
            await refuse_foreign(cles, horloge())
            await stack.enter_async_context(Veille(alarmes).ouverte())
            await consultations.ouvrir()
            stack.push_async_callback(consultations.aclose)
            stack.push_async_callback(quotas.aclose)
            stack.push_async_callback(sources.aclose)
            stack.push_async_callback(citoyens.aclose)
            yield

    # NOTE: redirected to the host that the caller names, a POST would repeat its token and its person there.
    app = FastAPI(
        title="API Particulier",
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.router.routes.append(Route("/graphql", GraphQLEndpoint(conductor, metrics, settings.demande_url, cle)))
    prets = {
        "habilitations": store.pret,
        "audit": journal.pret,
        "cles_pseudonymes": keys_ready(cles, horloge),
        **({"quotas": quotas.pret} if settings.redis_url else {}),
    }
    app.include_router(build_router(sdl(), metrics, prets, conductor.visible))
    app.include_router(jwks_router(cle, citoyens.cles))
    if settings.datapass_secret:
        app.include_router(datapass_router(store, settings.datapass_secret.get_secret_value(), horloge))
    app.include_router(graphiql_router(settings.assets))
    if bac_a_sable:
        guichet = Guichet(Emetteur(store), connus)
        app.include_router(bac_a_sable.router(guichet, core(schema)))
        app.state.annonce = partial(bac_a_sable.annoncer, guichet=guichet, schema=core(schema))
    return app
