"""A thousand times, what is withdrawn from a token is refused by every process at once, whatever becomes of Redis.

    make revocations

A third process, this one, withdraws; time runs from the moment when it begins to. Whatever is not the refusal expected
counts as accepted. Two delays are told: until the last request that was accepted was sent, which is what is promised;
and until both processes had refused, which holds the time that a busy machine takes to answer as well.
"""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from statistics import median
from time import monotonic

import pytest

from habilitations.store import Store
from tests.abus.flotte import GRAND_VOLUME, Replique, flotte, guichet, repliques
from tests.abus.retraits import RETRAITS, Droit, insister
from tests.serveur_redis import serveur_redis

ESSAIS = 1_000
#: Withdrawals at once.
DE_FRONT = 2
#: Seconds: what is promised; between two questions; and after which a test hangs.
PROMIS, PAUSE, GARDE = 1.0, 0.02, 60.0
#: Refusals in a row that end a trial: one process must not refuse, then accept.
DE_SUITE = 2
#: Neither accepted nor refused: a busy machine could not answer.
SANS_REPONSE = {"SURCHARGE", "AUDIT_INDISPONIBLE"}


@dataclass(frozen=True, slots=True)
class Essai:
    """What came of a withdrawal."""

    effet: float
    """Seconds until the last request that was accepted was sent."""
    refus: float
    """Seconds until both processes had refused."""
    tardives: int
    """Answers accepted after what is promised."""


@dataclass(frozen=True, slots=True)
class Echange:
    """A request that was accepted: when it was sent, and answered."""

    envoi: float
    recu: float


@dataclass(frozen=True, slots=True)
class Suivi:
    """What one process answered."""

    acceptees: list[Echange]
    refuse: float
    """When it refused for good."""


@pytest.mark.campagne
@pytest.mark.parametrize("redis", ["sans redis", "avec redis", "redis arrete"])
async def test_a_thousand_withdrawals_are_effective_within_a_second(base_postgresql: str, redis: str) -> None:
    async with AsyncExitStack() as pile:
        reglages, volume = {}, None if redis == "redis arrete" else GRAND_VOLUME
        if redis != "sans redis":
            compteurs = pile.enter_context(serveur_redis())
            reglages["redis_url"] = compteurs.url
        serveurs = pile.enter_context(flotte(base_postgresql, **reglages))
        if redis == "redis arrete":
            compteurs.arreter()
        deux = await pile.enter_async_context(repliques(serveurs))
        store = await pile.enter_async_context(guichet(base_postgresql))
        essais, droits = await campagne(deux, store, volume, redis)
        acceptees = [droit for droit in droits for une in deux if await droit.demander(une) != droit.refus]
    print(rapport(redis, essais, len(acceptees)), flush=True)  # noqa: T201 - the figures of a campaign
    assert len(essais) == ESSAIS
    assert sum(essai.tardives for essai in essais) + len(acceptees) == 0
    assert max(essai.effet for essai in essais) <= PROMIS


async def campagne(deux: list[Replique], store: Store, volume: int | None, nom: str) -> tuple[list[Essai], list[Droit]]:
    """Withdraw a thousand rights of every kind, a few at once."""
    essais: list[Essai] = []
    droits: list[Droit] = []
    for debut in range(0, ESSAIS, DE_FRONT):
        retraits = (RETRAITS[(debut + rang) % len(RETRAITS)] for rang in range(DE_FRONT))
        fournee = [await insister(partial(retrait, store, volume)) for retrait in retraits]
        essais += await asyncio.gather(*(eprouver(droit, deux) for droit in fournee))
        droits += fournee
        if debut % 200 == 0:
            print(f"{nom} : {debut}/{ESSAIS}", flush=True)  # noqa: T201 - a long campaign shows progress
    return essais, droits


async def eprouver(droit: Droit, deux: list[Replique]) -> Essai:
    """Withdraw a right that both processes accept, and ask both until they refuse."""
    for replique in deux:
        assert await droit.demander(replique) == "IDENTITE_NON_RECONNUE"
    async with asyncio.timeout(GARDE), asyncio.TaskGroup() as groupe:
        retrait = groupe.create_task(retirer(droit))
        taches = [groupe.create_task(suivre(droit, une)) for une in deux]
    debut, suivis = retrait.result(), [tache.result() for tache in taches]
    acceptees = [echange for suivi in suivis for echange in suivi.acceptees]
    return Essai(
        max([0.0, *(echange.envoi - debut for echange in acceptees)]),
        max([0.0, *(suivi.refuse - debut for suivi in suivis)]),
        sum(echange.recu - debut > PROMIS for echange in acceptees),
    )


async def retirer(droit: Droit) -> float:
    """Withdraw a right; return when that began, for the last time if a busy database had to be asked again."""
    debuts = []

    async def tenter() -> None:
        debuts.append(monotonic())
        await droit.retirer()

    await insister(tenter)
    return debuts[-1]


async def suivre(droit: Droit, replique: Replique) -> Suivi:
    """Ask one process until it refuses for good."""
    acceptees: list[Echange] = []
    refus: list[float] = []
    while len(refus) < DE_SUITE:
        envoi = monotonic()
        issue = await droit.demander(replique, essais=1)
        if issue == droit.refus:
            refus.append(monotonic())
            continue
        refus.clear()
        if issue not in SANS_REPONSE:
            acceptees.append(Echange(envoi, monotonic()))
        await asyncio.sleep(PAUSE)
    return Suivi(acceptees, refus[0])


def rapport(nom: str, essais: list[Essai], acceptees: int) -> str:
    """Sum up."""
    tenus = sum(essai.effet <= PROMIS for essai in essais)
    tardives = sum(essai.tardives for essai in essais)
    return (
        f"retraits, 2 processus, PostgreSQL, {nom} : {tenus}/{len(essais)} effectifs en moins d'une seconde\n"
        f"  dernière requête acceptée envoyée : {quantiles([essai.effet for essai in essais])}\n"
        f"  refusé par les deux processus     : {quantiles([essai.refus for essai in essais])}\n"
        f"  réponses acceptées reçues après 1 s : {tardives} ; encore acceptées à la fin : {acceptees}"
    )


def quantiles(secondes: list[float]) -> str:
    """Write delays."""
    triees = sorted(1000 * une for une in secondes)
    return f"p50 {median(triees):.0f} ms, p99 {triees[len(triees) * 99 // 100]:.0f} ms, p100 {triees[-1]:.0f} ms"
