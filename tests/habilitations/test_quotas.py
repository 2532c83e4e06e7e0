"""The quotas hold in memory and in Redis alike."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from graph.errors import (
    DossierAbsent,
    IdentifiantManquant,
    IdentiteIncoherente,
    IdentiteNonReconnue,
    JetonSuspendu,
    NonEligible,
    QuotaDepasse,
    RequeteTropCouteuse,
    SourceIndisponible,
)
from habilitations._bornes import borne_personnes, decompte
from habilitations._compteurs import EnMemoire
from habilitations.quotas import Motif, stockage
from habilitations.rythme import EtatQuota, RythmeDepasse, entetes
from tests.habilitations.banc_quotas import AUTRE, GARDE, Banc, banc, personnes
from tests.serveur_redis import ServeurRedis, serveur_redis


@pytest.fixture(scope="module")
def redis() -> Iterator[ServeurRedis]:
    with serveur_redis() as serveur:
        yield serveur


@pytest.fixture(params=["memoire", "redis"])
async def replique(request: pytest.FixtureRequest) -> AsyncIterator[Banc]:
    url = None
    if request.param == "redis":
        url = request.getfixturevalue("redis").url
    async with banc(url) as un:
        yield un


@pytest.fixture
def jeton() -> str:
    """A token that no other test counted for."""
    return str(uuid4())


async def epuiser(replique: Banc, jeton: str) -> None:
    await replique.quotas.constater(jeton, 179, 21)


# --- Calls per second -------------------------------------------------------------------------------------------------


async def test_each_call_is_taken_from_the_second_and_the_state_says_what_is_left(replique: Banc, jeton: str) -> None:
    debut = int(replique.instant.timestamp())
    assert await replique.quotas.reserver(jeton, 3) == EtatQuota(20, 17, debut + 1)
    assert await replique.quotas.reserver(jeton, 17) == EtatQuota(20, 0, debut + 1)


async def test_once_spent_the_second_refuses_until_the_next_one(replique: Banc, jeton: str) -> None:
    replique.avancer(milliseconds=400)
    await replique.quotas.reserver(jeton, 20)
    with pytest.raises(RythmeDepasse) as refus:
        await replique.quotas.reserver(jeton, 1)
    assert refus.value.retry_after_ms == 600
    assert refus.value.etat == EtatQuota(20, 0, int(replique.instant.timestamp()) + 1)
    replique.avancer(milliseconds=600)
    assert (await replique.quotas.reserver(jeton, 1)).restant == 19


async def test_a_citizen_who_says_too_many_ines_may_say_none_and_nobody_else_is_refused(
    replique: Banc, jeton: str
) -> None:
    for dit in ("a", "b", "a", "c", "b"):
        await replique.quotas.essayer(jeton, dit)
    for dit in ("d", "d", "a"):
        with pytest.raises(QuotaDepasse) as refus:
            await replique.quotas.essayer(jeton, dit)
        assert refus.value.retry_after_ms == 3_600_000
    await replique.quotas.essayer(f"autre {jeton}", "d")
    await replique.quotas.consulter(jeton, personnes(range(3)))
    assert (replique.alertes, replique.suspendus) == ([], [])


async def test_a_citizen_who_said_one_ine_too_many_may_say_another_an_hour_later(jeton: str) -> None:
    async with banc(None) as seule:  # Redis forgets by its own clock
        for dit in "abc":
            await seule.quotas.essayer(jeton, dit)
        with pytest.raises(QuotaDepasse):
            await seule.quotas.essayer(jeton, "d")
        seule.avancer(hours=1, seconds=1)
        await seule.quotas.essayer(jeton, "d")


async def test_a_request_that_calls_nothing_takes_one(replique: Banc, jeton: str) -> None:
    assert (await replique.quotas.reserver(jeton, 0)).restant == 19


async def test_a_token_spends_nothing_of_another(replique: Banc, jeton: str) -> None:
    await replique.quotas.reserver(jeton, 20)
    assert (await replique.quotas.reserver(AUTRE + jeton, 20)).restant == 0


async def test_a_burst_needs_an_untouched_second_and_borrows_from_the_next_ones(replique: Banc, jeton: str) -> None:
    assert (await replique.quotas.reserver(jeton, 50)).restant == 0
    for restant in (None, 9):
        replique.avancer(seconds=1)
        if restant is None:
            with pytest.raises(RythmeDepasse):
                await replique.quotas.reserver(jeton, 1)
        else:
            assert (await replique.quotas.reserver(jeton, 1)).restant == restant
    with pytest.raises(RythmeDepasse):
        await replique.quotas.reserver(jeton, 21)


async def test_over_a_burst_waiting_would_never_help(replique: Banc, jeton: str) -> None:
    await replique.quotas.reserver(jeton, 100)
    with pytest.raises(RequeteTropCouteuse):
        await replique.quotas.reserver(jeton, 101)


def test_the_headers_tell_the_state() -> None:
    assert entetes(EtatQuota(20, 3, 1_788_249_601)) == (
        (b"ratelimit-limit", b"20"),
        (b"ratelimit-remaining", b"3"),
        (b"ratelimit-reset", b"1788249601"),
    )


# --- Distinct persons -------------------------------------------------------------------------------------------------


async def test_the_person_beyond_the_bound_suspends_the_token_and_tells_once(replique: Banc, jeton: str) -> None:
    for rang in range(10):
        await replique.quotas.consulter(jeton, personnes([rang]), borne=10)
    for _ in range(3):
        with pytest.raises(JetonSuspendu):
            await replique.quotas.consulter(jeton, personnes([10]), borne=10)
    assert [(alerte.motif, alerte.jeton_id, alerte.borne) for alerte in replique.alertes] == [
        (Motif.PERSONNES, jeton, 10)
    ]
    assert replique.suspendus == [jeton]


async def test_a_suspended_token_asks_nothing_more_even_about_persons_it_knew(replique: Banc, jeton: str) -> None:
    with pytest.raises(JetonSuspendu):
        await replique.quotas.consulter(jeton, personnes(range(11)), borne=10)
    for connues in (personnes([0]), []):
        with pytest.raises(JetonSuspendu):
            await replique.quotas.consulter(jeton, connues, borne=1000)


async def test_a_same_person_counts_once(replique: Banc, jeton: str) -> None:
    for _ in range(30):
        await replique.quotas.consulter(jeton, personnes([1, 1, 2]), borne=2)
    assert not replique.alertes


async def test_the_persons_of_another_token_do_not_count(replique: Banc, jeton: str) -> None:
    await replique.quotas.consulter(jeton, personnes(range(10)), borne=10)
    await replique.quotas.consulter(AUTRE + jeton, personnes(range(10, 20)), borne=10)
    with pytest.raises(JetonSuspendu):
        await replique.quotas.consulter(jeton, personnes([10]), borne=10)
    await replique.quotas.consulter(AUTRE + jeton, personnes([10]), borne=10)


async def test_persons_are_forgotten_one_hour_after_they_were_last_seen(replique: Banc, jeton: str) -> None:
    await replique.quotas.consulter(jeton, personnes([1, 2]), borne=3)
    replique.avancer(minutes=59)
    await replique.quotas.consulter(jeton, personnes([1, 3]), borne=3)
    replique.avancer(minutes=1)
    await replique.quotas.consulter(jeton, personnes([4]), borne=3)
    with pytest.raises(JetonSuspendu):
        await replique.quotas.consulter(jeton, personnes([5]), borne=3)


async def test_the_turn_of_the_clock_s_hour_does_not_double_the_bound(replique: Banc, jeton: str) -> None:
    replique.avancer(minutes=59, seconds=59)
    await replique.quotas.consulter(jeton, personnes(range(10)), borne=10)
    replique.avancer(seconds=2)
    with pytest.raises(JetonSuspendu):
        await replique.quotas.consulter(jeton, personnes([10]), borne=10)


async def test_a_bound_that_was_lowered_does_not_suspend_for_persons_already_counted(
    replique: Banc, jeton: str
) -> None:
    await replique.quotas.consulter(jeton, personnes(range(10)), borne=10)
    await replique.quotas.consulter(jeton, personnes(range(10)), borne=5)
    assert not replique.alertes


async def test_a_suspension_that_could_not_be_recorded_holds_and_is_recorded_later(replique: Banc, jeton: str) -> None:
    replique.base_en_panne = True
    with capture_logs() as dits, pytest.raises(JetonSuspendu):
        await replique.quotas.consulter(jeton, personnes([1, 2]), borne=1)
    assert [(une["event"], une["jeton"], une["exception"]) for une in dits] == [
        ("suspension_non_inscrite", jeton, "BaseEnPanne")
    ]
    replique.base_en_panne = False
    with pytest.raises(JetonSuspendu):
        await replique.quotas.consulter(jeton, personnes([1]), borne=1)
    assert not replique.suspendus  # not at each refused request
    await expirer_bail(replique, jeton)
    with capture_logs() as dits, pytest.raises(JetonSuspendu):
        await replique.quotas.consulter(jeton, personnes([1]), borne=1)
    assert not dits
    assert replique.suspendus == [jeton]
    assert len(replique.alertes) == 1


async def test_a_suspension_being_recorded_is_recorded_before_the_quotas_close(replique: Banc, jeton: str) -> None:
    replique.retenue = asyncio.Event()
    depart = asyncio.create_task(replique.quotas.consulter(jeton, personnes([1, 2]), borne=1))
    await asyncio.wait_for(replique.commencee.wait(), GARDE)
    depart.cancel()
    with suppress(asyncio.CancelledError):
        await depart
    fermeture = asyncio.create_task(replique.quotas.aclose())
    await asyncio.sleep(0)
    assert not replique.suspendus
    replique.retenue.set()
    await fermeture
    assert replique.suspendus == [jeton]


async def expirer_bail(replique: Banc, jeton: str) -> None:
    """Let the lease pass: by the clock of the test in memory, by an operator's hand in Redis."""
    replique.avancer(seconds=6)
    cible = getattr(replique.quotas, "_stockage")  # noqa: B009 - the address of the server is nowhere else
    if redis := getattr(cible, "_redis", None):
        await redis.delete(f"particulier:quotas:bail:{jeton}")


async def test_a_lifted_token_starts_anew(replique: Banc, jeton: str) -> None:
    with pytest.raises(JetonSuspendu):
        await replique.quotas.consulter(jeton, personnes([1, 2]), borne=1)
    await replique.quotas.lever(jeton)
    await replique.quotas.consulter(jeton, personnes([3]), borne=1)


async def test_a_suspension_lifted_while_it_was_being_recorded_is_lifted(replique: Banc, jeton: str) -> None:
    replique.levee_aussitot = True
    with pytest.raises(JetonSuspendu):
        await replique.quotas.consulter(jeton, personnes([1, 2]), borne=1)
    await replique.quotas.consulter(jeton, personnes([3]), borne=1)


@pytest.mark.parametrize(
    ("volume", "par_requete", "borne"),
    [
        (None, 1, 1_000),
        (0, 1, 16),
        (500, 1, 16),
        (500, 50, 50),
        (16_070, 1, 30),
        (535_000, 1, 998),
        (10_000_000, 1, 1_000),
    ],
)
def test_the_bound_is_three_times_the_declared_hourly_volume_between_a_floor_and_a_thousand(
    volume: int | None, par_requete: int, borne: int
) -> None:
    assert borne_personnes(volume, par_requete) == borne


# --- Answers that find nobody -----------------------------------------------------------------------------------------


async def test_over_the_budget_a_token_asks_about_ten_persons_a_minute(replique: Banc, jeton: str) -> None:
    await epuiser(replique, jeton)
    for rang in range(10):
        await replique.quotas.consulter(jeton, personnes([rang]))
    replique.avancer(seconds=20)
    with pytest.raises(QuotaDepasse) as refus:
        await replique.quotas.consulter(jeton, personnes([10]))
    assert refus.value.retry_after_ms == 40_000
    replique.avancer(seconds=40)
    await replique.quotas.consulter(jeton, personnes([10]))


async def test_the_operator_is_told_once_of_a_slowdown(replique: Banc, jeton: str) -> None:
    for _ in range(3):
        await epuiser(replique, jeton)
    assert [(alerte.motif, alerte.jeton_id) for alerte in replique.alertes] == [(Motif.INTROUVABLES, jeton)]


@pytest.mark.parametrize(("trouvees", "introuvables"), [(180, 20), (0, 199), (1_000, 0)])
async def test_within_the_budget_nothing_is_slowed_down(
    replique: Banc, jeton: str, trouvees: int, introuvables: int
) -> None:
    await replique.quotas.constater(jeton, trouvees, introuvables)
    await replique.quotas.consulter(jeton, personnes(range(40)))
    assert not replique.alertes


@pytest.mark.parametrize(("trouvees", "introuvables", "fois"), [(3, 1, 50), (1, 1, 100)])
async def test_answers_add_up_from_request_to_request(
    replique: Banc, jeton: str, trouvees: int, introuvables: int, fois: int
) -> None:
    for _ in range(fois):
        await replique.quotas.constater(jeton, trouvees, introuvables)
    with pytest.raises(QuotaDepasse):
        await replique.quotas.consulter(jeton, personnes(range(11)))


async def test_the_budget_of_an_hour_is_not_that_of_the_next(replique: Banc, jeton: str) -> None:
    await replique.quotas.constater(jeton, 0, 199)
    replique.avancer(hours=1)
    await replique.quotas.constater(jeton, 0, 199)
    await replique.quotas.consulter(jeton, personnes(range(40)))


async def test_persons_refused_by_the_slowdown_are_not_counted(replique: Banc, jeton: str) -> None:
    await epuiser(replique, jeton)
    with pytest.raises(QuotaDepasse):
        await replique.quotas.consulter(jeton, personnes(range(11)), borne=10)
    replique.avancer(minutes=1)
    await replique.quotas.consulter(jeton, personnes(range(20, 30)), borne=10)
    assert [alerte.motif for alerte in replique.alertes] == [Motif.INTROUVABLES]


def test_only_an_answer_that_finds_nobody_counts_against_the_budget() -> None:
    erreurs = [
        None,
        None,
        DossierAbsent(),
        IdentiteNonReconnue(),
        NonEligible(),
        IdentiteIncoherente(),
        SourceIndisponible(),
        IdentifiantManquant(("INE",)),
    ]
    assert decompte(erreurs) == (2, 4)


# --- Storage in memory ------------------------------------------------------------------------------------------------


async def test_a_counter_in_memory_is_forgotten_when_its_time_is_over() -> None:
    secondes = [100.0]
    memoire = EnMemoire(lambda: secondes[-1])
    assert [await memoire.compter("c", montant, 60) for montant in (1, 2)] == [1, 3]
    secondes.append(159.9)
    assert await memoire.compter("c", 1, 60) == 4
    secondes.append(160.0)
    assert await memoire.compter("c", 1, 60) == 1


# --- Settings ---------------------------------------------------------------------------------------------------------


async def test_the_quotas_are_ready(replique: Banc) -> None:
    assert await replique.quotas.pret()


def test_a_url_that_is_not_of_redis_is_refused_without_its_password() -> None:
    with pytest.raises(ValueError, match="PARTICULIER_REDIS_URL") as refus:
        stockage("postgresql://u:secret@h/base")
    assert "secret" not in str(refus.value)
