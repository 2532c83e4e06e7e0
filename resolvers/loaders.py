"""One DataLoader per bloc and per request: one question per (bloc, demande), whatever the aliases and the persons."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from aiodataloader import DataLoader

from graph.demande import Demande
from graph.errors import ErreurDeBloc, IdentifiantManquant

#: Asks a source; raises ErreurDeBloc.
Ask = Callable[[Demande], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Reponse:
    """What came of a question to a source: a bloc or an error, and how long it took."""

    demande: Demande
    bloc: Any
    erreur: ErreurDeBloc | None
    duree_ms: int | None
    """None when the source was not called, for want of a key that it understands."""


class BlocLoader(DataLoader[Demande, Reponse]):
    """Batches nothing upstream, since sources answer about one person at a time: it shares identical questions."""

    def __init__(self, ask: Ask, tasks: set[asyncio.Task[Any]]) -> None:
        super().__init__()
        self._ask = ask
        self._tasks = tasks

    async def batch_load_fn(self, keys: Sequence[Demande]) -> list[Reponse]:
        """Ask every question in parallel."""
        # NOTE: aiodataloader never cancels its dispatch; the context does, when the request is over.
        if task := asyncio.current_task():
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return list(await asyncio.gather(*(self._reponse(key) for key in keys)))

    async def get(self, demande: Demande) -> Reponse:
        """Return the shared answer. The shield keeps a cancelled field from cancelling its namesakes."""
        return await asyncio.shield(self.load(demande))

    async def _reponse(self, demande: Demande) -> Reponse:
        debut = monotonic()
        bloc, erreur = None, None
        try:
            bloc = await self._ask(demande)
        except ErreurDeBloc as refus:
            erreur = refus
        appelee = not isinstance(erreur, IdentifiantManquant)
        return Reponse(demande, bloc, erreur, round((monotonic() - debut) * 1000) if appelee else None)
