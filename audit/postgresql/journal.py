"""The journal over PostgreSQL, with the contract of `audit.contrat`: durable, or refused within a bound."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from audit.attente import attendre
from audit.bornes import ATTENTE_MAX
from audit.compteurs import Compteurs
from audit.contrat import JournalDurable
from audit.postgresql.connexion import PANNES
from audit.postgresql.empreintes import retenir
from audit.postgresql.inscription import inscrire
from audit.postgresql.registre import Registre
from audit.postgresql.sceaux import OuvrirScelles, Sceaux
from audit.postgresql.scribe import Depot, Scribe
from audit.registre import RegistreIncompatible
from audit.trace import Trace
from graph.errors import AuditIndisponible


class JournalPostgresql(JournalDurable):
    """The journal that several processes write, each one in a partie of its own. Open it before use.

    It heals by itself: a connection that fails is replaced by the next batch.

    Args:
        adresse: `postgresql://…`, straight to the server: a pooler would not keep the session that holds the partie.
        horloge: current instant, aware.
        scelles: where the states of each partie are signed; without it, whoever owns the database can write it anew.
    """

    def __init__(self, adresse: str, horloge: Callable[[], datetime], scelles: OuvrirScelles | None = None) -> None:
        self._adresse = adresse
        self._horloge = horloge
        self._compteurs = Compteurs()
        self._sceaux = Sceaux(scelles, self._compteurs)
        self._scribe: Scribe | None = None

    @property
    def compteurs(self) -> Compteurs:
        """What was written since the journal was made."""
        return replace(self._compteurs)

    @property
    def scelles_en_panne(self) -> bool:
        """Whether the last seal could not be written: requests go on, and somebody must be told."""
        return self._sceaux.en_panne

    async def ouvrir(self) -> int:
        """Create the tables if they are missing, begin a partie, and complete those of the processes that are dead.

        Returns:
            How many intentions were completed: sources may have been called for them, and no answer left.

        Raises:
            AuditIndisponible: the database does not answer, or cannot be written.
            RegistreIncompatible: another version wrote it, this role may not write it, or the server would lose traces.
        """
        registre = Registre(self._adresse, self._horloge, self._sceaux)
        try:
            completees = await registre.ouvrir()
        except (*PANNES, ValueError) as erreur:
            await self._sceaux.fermer(None)
            raise AuditIndisponible(cause=type(erreur).__name__) from None
        except RegistreIncompatible:
            await self._sceaux.fermer(None)
            raise
        self._scribe = Scribe(registre, self._compteurs)
        return completees

    async def ecrire(self, traces: Sequence[Trace]) -> None:
        """Return once every trace is durable, all in one transaction.

        A write refused for want of time may still be made: an intention without a call, or an issue without an answer,
        says too much, never too little. An intention whose issue could not be written is completed by a later opening.

        A caller who is cancelled is told so once the fate of its traces is known.

        Raises:
            AuditIndisponible: not durable, told within 1 s. `cause` names why.
        """
        scribe = self._scribe
        if scribe is None:
            raise AuditIndisponible(cause="JOURNAL_FERME")
        if len(scribe) >= ATTENTE_MAX:
            raise AuditIndisponible(cause="FILE_PLEINE")
        depot = Depot(tuple(map(inscrire, traces)), asyncio.get_running_loop().create_future())
        scribe.deposer(depot)
        await attendre(depot.durable)

    async def retenir_cle(self, mois: str, empreinte: bytes) -> Mapping[str, bytes]:
        """Keep the fingerprint of a key (`audit.accord.Temoin`)."""
        try:
            return await retenir(self._adresse, mois, empreinte)
        except PANNES as panne:
            raise AuditIndisponible(cause=type(panne).__name__) from None

    async def aclose(self) -> None:
        """Write what waits, then close; anything written later is refused."""
        scribe, self._scribe = self._scribe, None
        if scribe is not None:
            await scribe.fermer()
