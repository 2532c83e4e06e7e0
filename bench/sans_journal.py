"""The gateway with a journal that writes nothing: what its audit costs shows beside it. For the bench alone.

The traces are made all the same, and their pseudonyms: what is left out is to make them durable.
"""

from collections.abc import Mapping, Sequence

import gateway.journal
from audit.journal_isole import JournalIsole
from audit.trace import Trace
from gateway.cli import app


class _Muet(JournalIsole):
    """A journal that is always ready, and keeps nothing."""

    async def ouvrir(self) -> int:
        return 0

    async def ecrire(self, traces: Sequence[Trace]) -> None:
        """Forget at once."""

    async def retenir_cle(self, mois: str, empreinte: bytes) -> Mapping[str, bytes]:
        """Take any key for its own."""
        return {mois: empreinte}

    async def pret(self) -> bool:
        return True

    async def aclose(self) -> None:
        """Nothing is open."""


if __name__ == "__main__":
    # NOTE: no setting turns the audit off, and none may: nothing but this script can.
    gateway.journal.JournalIsole = _Muet  # type: ignore[attr-defined]
    app()
