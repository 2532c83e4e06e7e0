"""One DataLoader per bloc and per request: one question per (bloc, demande), whatever the aliases and the persons."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic
from typing import Any

from aiodataloader import DataLoader

from graph.demande import Demande
from graph.errors import DossierAbsent, ErreurDeBloc, NonHabilite
from graph.lecture import Lecture

#: Asks a source; raises ErreurDeBloc.
Ask = Callable[[Demande], Awaitable[Lecture[Any]]]
#: Questions of one request that one source is asked at the same time: a class of thirty pupils is no attack on it.
_CADENCE = 5


@dataclass(frozen=True, slots=True)
class Reponse:
    """What came of a question to a source: a bloc or an error, and how long it took."""

    lecture: Lecture[Any] | None
    erreur: ErreurDeBloc | None
    duree_ms: int | None
    """None when the source was not called: it was known beforehand that it could not answer."""
    instant: datetime | None = None
    """When it came, aware; None when the source was not called."""
    essais: tuple["Reponse", ...] = ()
    """What came of each question put in turn, when there could be several; this answer is drawn from the last one."""

    @property
    def attente_ms(self) -> int | None:
        """Return how long all of them took; None when the source was never called."""
        durees = [une.duree_ms for une in self.essais or (self,) if une.duree_ms is not None]
        return sum(durees) if durees else None


class BlocLoader(DataLoader[Demande, Reponse]):
    """Batches nothing upstream, since sources answer about one person at a time: it shares identical questions."""

    def __init__(self, ask: Ask, tasks: set[asyncio.Task[Any]], horloge: Callable[[], datetime]) -> None:
        super().__init__()
        self._ask = ask
        self._tasks = tasks
        self._horloge = horloge
        self._cadence = asyncio.Semaphore(_CADENCE)

    async def batch_load_fn(self, keys: Sequence[Demande]) -> list[Reponse]:
        """Ask every question, a few at a time."""
        # NOTE: aiodataloader never cancels its dispatch; the context does, when the request is over.
        if task := asyncio.current_task():
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return list(await asyncio.gather(*(self._reponse(key) for key in keys)))

    async def get(self, demande: Demande) -> Reponse:
        """Return the shared answer. The shield keeps a cancelled field from cancelling its namesakes."""
        return await (self._essayer(demande) if demande.sinon else asyncio.shield(self.load(demande)))

    async def _essayer(self, demande: Demande, avant: tuple[Reponse, ...] = ()) -> Reponse:
        """Put questions in turn: the next one only if the source answers that it has no file, and nothing else."""
        reponse = await asyncio.shield(self.load(demande.seule))
        essais = (*avant, reponse)
        if demande.sinon and isinstance(reponse.erreur, DossierAbsent):
            return await self._essayer(demande.sinon, essais)
        if demande.manquants and reponse.lecture:
            return replace(reponse, lecture=None, erreur=NonHabilite(demande.manquants), essais=essais)
        return replace(reponse, essais=essais)

    async def _reponse(self, demande: Demande) -> Reponse:
        async with self._cadence:
            debut = monotonic()
            lecture, erreur = None, None
            try:
                lecture = await self._ask(demande)
            except ErreurDeBloc as refus:
                erreur = refus
            duree = round((monotonic() - debut) * 1000)
        appelee = erreur is None or erreur.appelee
        return Reponse(lecture, erreur, duree if appelee else None, self._horloge() if appelee else None)
