"""The journal of the accesses, and where citizens read it: a SQLite file, or a database that several servers share."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from pydantic import SecretStr

from audit.consultations import Consultations
from audit.consultations_sqlite import ConsultationsSqlite
from audit.contrat import JournalDurable
from audit.journal import Journal
from audit.journal_isole import JournalIsole
from audit.postgresql.consultations import ConsultationsPostgresql
from audit.postgresql.journal import JournalPostgresql
from gateway.sceau import cle_des_scelles, lieu_des_scelles, sceau, sceaux
from gateway.settings import Settings


class Lieu(Consultations, Protocol):
    """Where accesses are found, once it is open."""

    async def ouvrir(self) -> None:
        """Get ready."""

    async def aclose(self) -> None:
        """Answer no more."""


#: Returns the journal of the settings, and where it is read. Raises ReglageManquant.
Batir = Callable[[Settings, Callable[[], datetime]], tuple[JournalDurable, Lieu]]


def build_journal(settings: Settings, horloge: Callable[[], datetime]) -> tuple[JournalDurable, Lieu]:
    """Return a journal that this process writes, at the hour of its clock. Raise ReglageManquant."""
    if isinstance(settings.journal, SecretStr):
        return _partage(settings.journal, settings, horloge)
    return Journal(settings.journal, horloge, sceau(settings, horloge)), ConsultationsSqlite(settings.journal)


def build_served_journal(settings: Settings, horloge: Callable[[], datetime]) -> tuple[JournalDurable, Lieu]:
    """Return the journal of a server: what takes its requests does not wait for what writes. Raise ReglageManquant."""
    if isinstance(settings.journal, SecretStr):
        return _partage(settings.journal, settings, horloge)
    isole = JournalIsole(settings.journal, lieu_des_scelles(settings), cle_des_scelles(settings))
    return isole, ConsultationsSqlite(settings.journal)


def _partage(adresse: SecretStr, settings: Settings, horloge: Callable[[], datetime]) -> tuple[JournalDurable, Lieu]:
    url = adresse.get_secret_value()
    return JournalPostgresql(url, horloge, sceaux(settings, horloge)), ConsultationsPostgresql(url)
