"""The journal of the accesses, and where citizens read it: a SQLite file, or a database that several servers share."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from pydantic import SecretStr

from audit.consultations import Consultations
from audit.consultations_sqlite import ConsultationsSqlite
from audit.contrat import JournalDurable
from audit.journal import Journal
from audit.postgresql.consultations import ConsultationsPostgresql
from audit.postgresql.journal import JournalPostgresql
from gateway.sceau import sceau, sceaux
from gateway.settings import Settings


class Lieu(Consultations, Protocol):
    """Where accesses are found, once it is open."""

    async def ouvrir(self) -> None:
        """Get ready."""

    async def aclose(self) -> None:
        """Answer no more."""


def build_journal(settings: Settings, horloge: Callable[[], datetime]) -> tuple[JournalDurable, Lieu]:
    """Return the journal of the settings, and where it is read. Raise ReglageManquant."""
    if isinstance(settings.journal, SecretStr):
        adresse = settings.journal.get_secret_value()
        return JournalPostgresql(adresse, horloge, sceaux(settings, horloge)), ConsultationsPostgresql(adresse)
    return Journal(settings.journal, horloge, sceau(settings, horloge)), ConsultationsSqlite(settings.journal)
