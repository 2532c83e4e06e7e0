"""What cannot be counted is refused, within a bound, and heals by itself; replicas hold the bounds together."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, suppress
from itertools import count

import pytest

from graph.errors import JetonSuspendu, QuotaDepasse, Surcharge
from habilitations._compteurs_redis import DELAI
from habilitations.quotas import Motif
from tests.habilitations.banc_quotas import GARDE, JETON, Banc, banc, personnes
from tests.serveur_redis import ServeurRedis, serveur_redis


@pytest.fixture
def redis() -> Iterator[ServeurRedis]:
    with serveur_redis() as serveur:
        yield serveur


@pytest.fixture
async def replique(redis: ServeurRedis) -> AsyncIterator[Banc]:
    """A replica as it is deployed: it waits for Redis as little as it promises."""
    async with banc(redis.url, DELAI) as un:
        yield un


@pytest.fixture
async def patiente(redis: ServeurRedis) -> AsyncIterator[Banc]:
    """A replica that a busy machine does not make refuse."""
    async with banc(redis.url) as un:
        yield un


@pytest.fixture
async def repliques(redis: ServeurRedis) -> AsyncIterator[list[Banc]]:
    async with AsyncExitStack() as pile:
        yield [await pile.enter_async_context(banc(redis.url)) for _ in range(2)]


def gestes(replique: Banc) -> list[Callable[[], Awaitable[object]]]:
    """Everything that a request asks of the quotas."""
    quotas = replique.quotas
    return [
        lambda: quotas.reserver(JETON, 1),
        lambda: quotas.consulter(JETON, personnes([1])),
        lambda: quotas.constater(JETON, 1, 1),
    ]


def connexions(redis: ServeurRedis) -> int:
    """Count the connections of the replica: all but the one that asks."""
    return redis.commander("CLIENT", "LIST").count(b" fd=") - 1


async def tout_est_refuse(replique: Banc) -> None:
    async with asyncio.timeout(GARDE):
        for geste in gestes(replique):
            with pytest.raises(Surcharge) as panne:
                await geste()
            assert panne.value.retry_after_ms == 1_000
        assert not await replique.quotas.pret()


async def tout_passe(replique: Banc) -> None:
    """Wait until everything passes: nothing but time is needed for that."""
    async with asyncio.timeout(GARDE):
        for geste in gestes(replique):
            await insister(geste)


async def insister(geste: Callable[[], Awaitable[object]]) -> None:
    for _ in count():
        with suppress(Surcharge):
            await geste()
            return
        await asyncio.sleep(0)


async def test_a_redis_that_stops_refuses_everything_until_it_is_back(redis: ServeurRedis, replique: Banc) -> None:
    for _ in range(3):
        await tout_passe(replique)
        redis.arreter()
        await tout_est_refuse(replique)
        redis.demarrer()
    await tout_passe(replique)


async def test_a_redis_that_was_restarted_unseen_is_used_at_once(redis: ServeurRedis, replique: Banc) -> None:
    await tout_passe(replique)
    redis.arreter()
    redis.demarrer()
    for _ in range(5):
        await asyncio.sleep(0)  # the loop notices that the connections were closed
    await tout_passe(replique)


async def test_a_redis_that_hangs_refuses_everything_until_it_is_back(redis: ServeurRedis, replique: Banc) -> None:
    await tout_passe(replique)
    redis.figer()
    await tout_est_refuse(replique)
    redis.reprendre()
    await tout_passe(replique)


async def test_a_redis_that_hangs_before_it_was_ever_reached_refuses(redis: ServeurRedis, replique: Banc) -> None:
    redis.figer()
    await tout_est_refuse(replique)
    redis.reprendre()
    await tout_passe(replique)


async def test_a_server_that_never_was_refuses() -> None:
    async with banc("redis://:secret@127.0.0.1:9/0", DELAI) as replique:
        await tout_est_refuse(replique)
        with pytest.raises(Surcharge) as panne:
            await replique.quotas.reserver(JETON, 1)
        assert "secret" not in f"{panne.value!r} {panne.value.cause}"


async def test_a_flood_during_a_hang_is_refused_and_leaves_nothing_behind(redis: ServeurRedis, replique: Banc) -> None:
    await tout_passe(replique)
    redis.figer()
    async with asyncio.timeout(GARDE):
        issues = await asyncio.gather(
            *(replique.quotas.reserver(JETON, 1) for _ in range(2_000)), return_exceptions=True
        )
    assert {type(issue) for issue in issues} == {Surcharge}
    redis.reprendre()
    replique.avancer(minutes=1)
    await tout_passe(replique)
    assert connexions(redis) <= 8


async def test_the_loop_goes_on_while_redis_hangs(redis: ServeurRedis, replique: Banc) -> None:
    await tout_passe(replique)
    redis.figer()
    demande = asyncio.create_task(replique.quotas.reserver(JETON, 1))
    for _ in range(100):
        await asyncio.sleep(0)
    assert not demande.done()
    redis.reprendre()
    with suppress(Surcharge):
        await demande


async def test_callers_who_leave_lend_their_answers_to_nobody(redis: ServeurRedis, patiente: Banc) -> None:
    """An answer read on the connection of another request would count for the wrong token."""
    await tout_passe(patiente)
    for tour in range(20):
        partants = [asyncio.create_task(patiente.quotas.reserver(f"partant-{tour}", 7)) for _ in range(20)]
        for _ in range(tour):
            await asyncio.sleep(0)
        for partant in partants:
            partant.cancel()
        restants = [patiente.quotas.reserver(f"restant-{tour}-{rang}", rang) for rang in range(1, 20)]
        assert [etat.restant for etat in await asyncio.gather(*restants)] == [20 - rang for rang in range(1, 20)]
        await asyncio.gather(*partants, return_exceptions=True)
    assert connexions(redis) <= 8


async def test_a_full_memory_refuses(redis: ServeurRedis, replique: Banc) -> None:
    await tout_passe(replique)
    redis.commander("CONFIG", "SET", "maxmemory", "1")
    with pytest.raises(Surcharge):
        await replique.quotas.reserver(JETON, 1)
    assert not await replique.quotas.pret()
    redis.commander("CONFIG", "SET", "maxmemory", "0")
    await tout_passe(replique)


async def test_a_suspension_is_told_although_the_caller_left(patiente: Banc) -> None:
    depart = asyncio.create_task(patiente.quotas.consulter(JETON, personnes([1, 2]), borne=1))
    await asyncio.sleep(0)
    depart.cancel()
    with suppress(asyncio.CancelledError):
        await depart
    await patiente.quotas.aclose()
    assert [alerte.motif for alerte in patiente.alertes] == [Motif.PERSONNES]
    assert patiente.suspendus == [JETON]


async def test_what_redis_holds_is_bounded_names_nobody_and_ends(redis: ServeurRedis, patiente: Banc) -> None:
    for rang in range(30):
        with suppress(JetonSuspendu):
            await patiente.quotas.consulter(JETON, personnes([rang]), borne=20)
    await patiente.quotas.constater(JETON, 100, 100)
    await patiente.quotas.reserver(JETON, 100)
    assert redis.commander("ZCARD", f"particulier:quotas:personnes:{JETON}") == b":20\r\n"
    assert b"pseudonyme" not in redis.commander("ZRANGE", f"particulier:quotas:personnes:{JETON}", "0", "-1")
    cles = [mot for mot in redis.commander("KEYS", "*").decode().split("\r\n") if JETON in mot]
    assert len(cles) == 11  # persons, suspension, lease, slowdown, two budgets, five seconds
    assert all(0 < int(redis.commander("TTL", cle)[1:]) <= 3_600 for cle in cles)


# --- Replicas ---------------------------------------------------------------------------------------------------------


async def test_two_replicas_grant_no_more_calls_than_one(repliques: list[Banc]) -> None:
    demandes = [repliques[rang % 2].quotas.reserver(JETON, 1) for rang in range(60)]
    issues = await asyncio.gather(*demandes, return_exceptions=True)
    assert sum(not isinstance(issue, BaseException) for issue in issues) == 20
    assert {type(issue).__name__ for issue in issues} == {"EtatQuota", "RythmeDepasse"}


async def test_two_replicas_consult_no_more_persons_than_the_bound_and_tell_once(repliques: list[Banc]) -> None:
    demandes = [
        repliques[rang % 2].quotas.consulter(JETON, personnes([3 * rang, 3 * rang + 1, 3 * rang + 2]), borne=100)
        for rang in range(80)
    ]
    issues = await asyncio.gather(*demandes, return_exceptions=True)
    assert sum(issue is None for issue in issues) == 33
    assert {type(issue) for issue in issues if issue is not None} == {JetonSuspendu}
    assert [alerte.motif for un in repliques for alerte in un.alertes] == [Motif.PERSONNES]
    assert repliques[0].suspendus + repliques[1].suspendus == [JETON]


async def test_what_one_replica_suspends_the_other_refuses_at_once(repliques: list[Banc]) -> None:
    un, autre = (replique.quotas for replique in repliques)
    with pytest.raises(JetonSuspendu):
        await un.consulter(JETON, personnes([1, 2]), borne=1)
    with pytest.raises(JetonSuspendu):
        await autre.consulter(JETON, personnes([1]), borne=1_000)
    assert not repliques[1].alertes


async def test_what_one_replica_slows_down_the_other_does_as_well(repliques: list[Banc]) -> None:
    un, autre = (replique.quotas for replique in repliques)
    await un.constater(JETON, 90, 10)
    await autre.constater(JETON, 89, 11)
    await un.consulter(JETON, personnes(range(6)))
    with pytest.raises(QuotaDepasse):
        await autre.consulter(JETON, personnes(range(6, 12)))
    assert len(repliques[0].alertes) + len(repliques[1].alertes) == 1
