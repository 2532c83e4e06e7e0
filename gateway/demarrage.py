"""What must hold before the server listens; otherwise the start is refused with one clear line."""

import asyncio
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy.exc import DBAPIError

from audit.postgresql.ouverture import creer
from audit.registre import RegistreIncompatible
from gateway.settings import ReglageManquant
from graph.errors import AuditIndisponible, Surcharge
from habilitations.migrations import migrer
from habilitations.store import Store

log = structlog.get_logger("gateway.demarrage")
_BASE = "La base ne répond pas ou n'est pas à jour : voyez PARTICULIER_DATABASE_URL et « particulier migrer »."
_MIGRATION = "La base ne peut pas être mise à niveau : voyez PARTICULIER_DATABASE_URL (serveur, droits, dossier)."
_JOURNAL = (
    "Le journal ne peut pas être ouvert : voyez PARTICULIER_JOURNAL (dossier et place sur le disque, ou serveur)."
)


def rehearse(app: FastAPI) -> None:
    """Open everything and close it again, so that a start that would fail fails here. Raise ReglageManquant."""

    async def open_and_close() -> None:
        async with app.router.lifespan_context(app):
            pass

    try:
        asyncio.run(open_and_close())
    except AuditIndisponible:
        raise ReglageManquant(_JOURNAL) from None
    except RegistreIncompatible as refus:
        raise ReglageManquant(str(refus)) from None
    except (Surcharge, DBAPIError, OSError):
        raise ReglageManquant(_BASE) from None


async def upgrade(database_url: str) -> None:
    """Bring the database of habilitations to our version. Raise ReglageManquant, or ValueError for a wrong URL."""
    try:
        await migrer(database_url)
    except (DBAPIError, OSError):
        raise ReglageManquant(_MIGRATION) from None


async def create_tables(journal: SecretStr) -> None:
    """Create the tables of a journal on PostgreSQL. Raise ReglageManquant."""
    try:
        await creer(journal.get_secret_value())
    except RegistreIncompatible as refus:
        raise ReglageManquant(str(refus)) from None
    except AuditIndisponible:
        raise ReglageManquant(_JOURNAL) from None


async def refuse_fiction(store: Store) -> None:
    """Refuse to serve real data beside sandbox tokens. Raise ReglageManquant."""
    if await store.sert_le_bac_a_sable():
        raise ReglageManquant(
            "Cette base porte des jetons du bac à sable : en production, réglez PARTICULIER_DATABASE_URL sur une autre."
        )


async def tell_incompatible(store: Store) -> None:
    """Tell operators of the grants whose scopes cannot go together: every request of theirs is refused."""
    for habilitation, raison in await store.incompatibles():
        log.warning("habilitation_incompatible", habilitation=habilitation.id, raison=raison)


async def tell_unbound(store: Store) -> None:
    """Tell operators of the grants made for FranceConnect that accept none of its tokens yet."""
    for habilitation in await store.sans_service():
        log.warning("habilitation_sans_franceconnect", habilitation=habilitation.id)


@contextmanager
def sole_server(journal: Path) -> Iterator[None]:
    """Hold the journal against a second server. Raise ReglageManquant when one runs already."""
    try:
        journal = journal.resolve()  # two names of one file are one journal
        journal.parent.mkdir(parents=True, exist_ok=True)
        fichier = journal.with_name(journal.name + ".verrou").open("w")
    except OSError:
        raise ReglageManquant(_JOURNAL) from None
    with fichier as verrou:
        try:
            fcntl.flock(verrou, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ReglageManquant(
                "Un autre serveur utilise déjà ce journal : arrêtez-le, ou réglez PARTICULIER_JOURNAL."
            ) from None
        yield
