"""The quotas that protect people: calls per second, distinct persons per hour, answers that find nobody.

What cannot be counted is refused: a storage that is down or slow is a Surcharge, and nothing passes.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from hashlib import blake2b
from typing import Any, TypeVar

import structlog

from graph.errors import JetonSuspendu, QuotaDepasse, Surcharge
from habilitations._bornes import (
    APPELS_PAR_SECONDE,
    FREIN,
    HEURE,
    INE_PAR_HEURE,
    INTROUVABLES_POUR_CENT,
    MINUTE,
    PERSONNES_AU_RALENTI,
    PERSONNES_PAR_HEURE,
    RAFALE,
    excessif,
)
from habilitations._compteurs import EnMemoire, Stockage, Verdict
from habilitations._compteurs_redis import DELAI, EnRedis
from habilitations.rythme import EtatQuota, Rythme

#: Seconds given to the recording of a suspension: the token is refused whatever comes of it.
DELAI_INSCRIPTION = 1.0
Valeur = TypeVar("Valeur")


class Motif(Enum):
    """Why an operator is alerted."""

    PERSONNES = "personnes_distinctes"
    """More distinct persons in an hour than the bound: the token is suspended."""
    INTROUVABLES = "reponses_introuvables"
    """Too many answers find nobody: the token is slowed down."""


@dataclass(frozen=True, slots=True)
class Alerte:
    """What an operator must know. It names a token, and nobody else."""

    motif: Motif
    jeton_id: str
    borne: int
    """Persons per hour, or per cent of the answers."""
    instant: datetime


def stockage(url: str | None, delai: float = DELAI) -> Stockage:
    """Return the storage in Redis, waited for `delai` seconds, if there is a URL; else in memory. Raise ValueError."""
    return EnMemoire() if url is None else EnRedis(url, delai)


class Quotas:
    """The quotas of every token.

    Args:
        stockage: where they are counted; closed with the quotas.
        horloge: current instant, aware.
        suspendre: records the suspension of a token, for ever. Called again, with the same token, until it succeeds.
        alerter: tells an operator; must not wait. A same suspension is told once, or once more when the replica that
            was telling it died.
        par_seconde: source calls per second.
        rafale: source calls of one request at most, when it alone takes its window.
    """

    def __init__(  # noqa: PLR0913 - what it is made of, all named
        self,
        stockage: Stockage,
        horloge: Callable[[], datetime],
        *,
        suspendre: Callable[[str], Awaitable[None]],
        alerter: Callable[[Alerte], None],
        par_seconde: int = APPELS_PAR_SECONDE,
        rafale: int = RAFALE,
    ) -> None:
        self._stockage = stockage
        self._horloge = horloge
        self._suspendre = suspendre
        self._alerter = alerter
        self._rythme = Rythme(stockage, horloge, par_seconde, rafale)
        self._taches: set[asyncio.Task[Any]] = set()

    async def reserver(self, jeton_id: str, appels: int) -> EtatQuota:
        """Take source calls from the present second. Raise RythmeDepasse, RequeteTropCouteuse or Surcharge."""
        return await self._rythme.reserver(jeton_id, appels)

    async def consulter(self, jeton_id: str, personnes: Collection[str] = (), borne: int = PERSONNES_PAR_HEURE) -> None:
        """Count the persons of a request, before anything is asked about them.

        Args:
            jeton_id: who asks.
            personnes: one keyed pseudonym per person, made of **every** key that names her: with the first one alone,
                a constant INE would hide any number of états civils.
            borne: distinct persons per hour (`borne_personnes`). A request that would cross it counts nobody, and
                suspends the token: nothing is ever asked about the persons beyond.

        Raises:
            JetonSuspendu: the token is suspended, be it by this request.
            QuotaDepasse: too many answers found nobody lately, and the persons of this minute are spent.
            Surcharge: the storage is down or slow.
        """
        empreintes = tuple({blake2b(une.encode(), digest_size=16).digest(): None for une in personnes})
        operation = self._consulter(jeton_id, empreintes, borne)
        # A caller who leaves as it crosses the bound must not keep the operator from knowing.
        await (operation if self._stockage.immediat else self._jusqu_au_bout(operation))

    async def essayer(self, usager: str, ine: str) -> None:
        """Count the INE that a citizen says are hers: in the hour that follows one too many, she may say none.

        Args:
            usager: a keyed pseudonym of the citizen: a guesser who changes portals is the same.
            ine: a keyed pseudonym of what she says.

        Raises:
            QuotaDepasse: too many lately.
            Surcharge: the storage is down or slow.
        """
        qui, dit = f"usager/{usager}", blake2b(ine.encode(), digest_size=16).digest()
        secondes = int(self._horloge().timestamp())
        verdict = await self._stockage.inscrire(qui, (dit,), INE_PAR_HEURE, secondes, freinable=False)
        if verdict is Verdict.ADMISE:
            return
        if verdict is not Verdict.SUSPENDUE:
            # Forgotten after an hour: nothing of it is recorded, unlike what a token did.
            await self._stockage.marquer(qui, Verdict.INSCRITE)
        raise QuotaDepasse(f"ine : {INE_PAR_HEURE} numéros différents par heure.", retry_after_ms=HEURE * 1000)

    async def constater(self, jeton_id: str, trouvees: int, introuvables: int) -> None:
        """Count the answers of sources (`decompte`), and slow the token down when too many find nobody.

        What was obtained is not refused here: the slowdown holds from the next request on.

        Raises:
            Surcharge: the storage is down or slow.
        """
        if not trouvees + introuvables:
            return
        instant = self._horloge()
        secondes = int(instant.timestamp())
        heure = secondes // HEURE
        reponses = await self._stockage.compter(f"reponses/{jeton_id}/{heure}", trouvees + introuvables, HEURE)
        if not introuvables:
            return
        perdues = await self._stockage.compter(f"introuvables/{jeton_id}/{heure}", introuvables, HEURE)
        if excessif(reponses, perdues) and await self._stockage.freiner(jeton_id, FREIN, secondes):
            self._alerter(Alerte(Motif.INTROUVABLES, jeton_id, INTROUVABLES_POUR_CENT, instant))

    async def lever(self, jeton_id: str) -> None:
        """Forget the suspension and the slowdown of a token, once an operator lifted them. Raise Surcharge."""
        await self._stockage.lever(jeton_id)

    async def pret(self) -> bool:
        """Tell whether the storage answers."""
        try:
            await self._stockage.compter("pret", 1, MINUTE)
        except Surcharge:
            return False
        return True

    async def aclose(self) -> None:
        """Let the suspensions under way be recorded, and close the storage."""
        if self._taches:
            await asyncio.wait(self._taches)
        await self._stockage.aclose()

    async def _consulter(self, jeton_id: str, personnes: tuple[bytes, ...], borne: int) -> None:
        instant = self._horloge()
        secondes = int(instant.timestamp())
        verdict = await self._stockage.inscrire(jeton_id, personnes, borne, secondes, freinable=bool(personnes))
        if verdict is Verdict.FREINEE:
            await self._ralentir(jeton_id, len(personnes), secondes)
            verdict = await self._stockage.inscrire(jeton_id, personnes, borne, secondes, freinable=False)
        if verdict is Verdict.ADMISE:
            return
        if verdict is Verdict.A_SIGNALER:
            self._alerter(Alerte(Motif.PERSONNES, jeton_id, borne, instant))
        if verdict is not Verdict.SUSPENDUE:
            await self._jusqu_au_bout(self._inscrire(jeton_id))
        raise JetonSuspendu

    async def _ralentir(self, jeton_id: str, personnes: int, secondes: int) -> None:
        minute, ecoulees = divmod(secondes, MINUTE)
        if await self._stockage.compter(f"ralenti/{jeton_id}/{minute}", personnes, MINUTE) > PERSONNES_AU_RALENTI:
            raise QuotaDepasse(
                f"Trop de personnes introuvables : {PERSONNES_AU_RALENTI} personnes par minute pour l'instant.",
                retry_after_ms=(MINUTE - ecoulees) * 1000,
            )

    async def _inscrire(self, jeton_id: str) -> None:
        """Record a suspension; after a failure a later request tries again, the storage alone holding it until then."""
        echec = None
        try:
            async with asyncio.timeout(DELAI_INSCRIPTION):
                await self._suspendre(jeton_id)
        except Exception as faute:  # noqa: BLE001 - whatever went wrong, the token is refused
            echec = type(faute).__name__
        if echec:
            structlog.get_logger().error("suspension_non_inscrite", jeton=jeton_id, exception=echec)
        with suppress(Surcharge):
            await self._stockage.marquer(jeton_id, Verdict.A_INSCRIRE if echec else Verdict.INSCRITE)

    async def _jusqu_au_bout(self, operation: Coroutine[Any, Any, Valeur]) -> Valeur:
        """Run to the end, even if the caller leaves."""
        tache = asyncio.create_task(operation)
        self._taches.add(tache)
        tache.add_done_callback(self._taches.discard)
        return await asyncio.shield(tache)
