"""Long campaigns: a stolen token that asks about everybody through two replicas, and a storage that keeps failing."""

import asyncio
from collections import Counter
from collections.abc import Iterator

import pytest

from graph.errors import JetonSuspendu, QuotaDepasse, Surcharge
from habilitations._compteurs_redis import DELAI
from habilitations.quotas import Motif
from tests.habilitations.banc_quotas import GARDE, Banc, banc, personnes
from tests.serveur_redis import ServeurRedis, serveur_redis

pytestmark = pytest.mark.campagne

VOLE, PERSONNES, DEMANDEURS = "jeton-vole", 20_000, 64
CYCLES = 100


@pytest.fixture
def redis() -> Iterator[ServeurRedis]:
    with serveur_redis() as serveur:
        yield serveur


async def demander(replique: Banc, jeton: str, rang: int) -> str:
    """Ask about one person as a request does; return what came of it."""
    try:
        await replique.quotas.reserver(jeton, 1)
        await replique.quotas.consulter(jeton, personnes([rang]))
        await replique.quotas.constater(jeton, 1, 0)
    except (JetonSuspendu, QuotaDepasse, Surcharge) as refus:
        return refus.code
    return "OBTENU"


async def test_a_stolen_token_obtains_a_thousand_persons_and_harms_no_other(redis: ServeurRedis) -> None:
    async with banc(redis.url) as un, banc(redis.url) as autre:
        issues: Counter[str] = Counter()
        honnetes: Counter[str] = Counter()
        for debut in range(0, PERSONNES, DEMANDEURS):
            # As fast as the rate of one token allows.
            for replique in (un, autre):
                replique.avancer(seconds=DEMANDEURS / 20)
            vol = (demander((un, autre)[rang % 2], VOLE, rang) for rang in range(debut, debut + DEMANDEURS))
            issues.update(await asyncio.gather(*vol))
            honnetes[await demander(un, "jeton-honnete", debut % 100)] += 1
            if (debut // DEMANDEURS) % 50 == 0:
                print(f"{debut}/{PERSONNES} {dict(issues)}", flush=True)  # noqa: T201 - a long campaign shows progress
        assert set(honnetes) == {"OBTENU"}
        assert issues["OBTENU"] <= 1_000
        assert [alerte.motif for replique in (un, autre) for alerte in replique.alertes] == [Motif.PERSONNES]
        assert un.suspendus + autre.suspendus == [VOLE]


@pytest.mark.parametrize("panne", ["arret", "gel"])
async def test_a_storage_that_keeps_failing_never_opens_and_always_heals(redis: ServeurRedis, panne: str) -> None:
    async with banc(redis.url, DELAI) as replique:
        for cycle in range(CYCLES):
            replique.avancer(seconds=1)
            (redis.arreter if panne == "arret" else redis.figer)()
            issues = await asyncio.gather(*(demander(replique, f"jeton-{cycle}-{rang}", 1) for rang in range(8)))
            assert set(issues) == {"SURCHARGE"}
            (redis.demarrer if panne == "arret" else redis.reprendre)()
            async with asyncio.timeout(GARDE):
                while await demander(replique, f"jeton-{cycle}", 1) != "OBTENU":
                    replique.avancer(seconds=1)
                    await asyncio.sleep(0)
            if cycle % 20 == 0:
                print(f"{panne} {cycle}/{CYCLES}", flush=True)  # noqa: T201 - a long campaign shows progress
        assert redis.commander("CLIENT", "LIST").count(b" fd=") - 1 <= 8
