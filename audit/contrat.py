"""What the server asks of a journal, whatever keeps it."""

from collections.abc import Sequence
from typing import Protocol

from audit.accord import Temoin
from audit.compteurs import Compteurs
from audit.trace import Trace
from graph.errors import AuditIndisponible


class JournalDurable(Temoin, Protocol):
    """Open it before use, in the event loop that will write."""

    @property
    def compteurs(self) -> Compteurs:
        """What was written since the journal was made."""
        ...

    @property
    def scelles_en_panne(self) -> bool:
        """Whether the last seal could not be written: requests go on, and somebody must be told."""
        ...

    async def ouvrir(self) -> int:
        """Begin a partie, and return how many intentions left without issue were completed.

        Raises:
            AuditIndisponible: it cannot be opened or written.
            RegistreIncompatible: another version wrote it, or it would lose what it is given.
        """
        ...

    async def ecrire(self, traces: Sequence[Trace]) -> None:
        """Return once every trace is durable, all in one transaction. Raise AuditIndisponible within 1 s."""
        ...

    async def pret(self) -> bool:
        """Tell whether the journal can be written now, by an empty write."""
        try:
            await self.ecrire(())
        except AuditIndisponible:
            return False
        return True

    async def aclose(self) -> None:
        """Write what waits, then close; anything written later is refused."""
        ...
