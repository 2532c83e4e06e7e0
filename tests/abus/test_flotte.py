"""Two processes on one PostgreSQL and one Redis count together, and refuse together what was withdrawn."""

import asyncio
from collections import defaultdict
from collections.abc import Callable

import httpx
import pytest

from habilitations._bornes import APPELS_PAR_SECONDE, PERSONNES_PLANCHER
from habilitations.store import Store
from tests.abus.flotte import GRAND_VOLUME, PETIT_VOLUME, Replique, code, emettre
from tests.abus.retraits import RETRAITS
from tests.attente import attendre
from tests.serveur import Serveur
from tests.serveur_redis import ServeurRedis

#: Seconds for two processes to find their Redis again, whatever the machine does.
GUERISON = 30.0


async def test_two_processes_grant_no_more_calls_a_second_than_one(deux: list[Replique], store: Store) -> None:
    jeton, _ = await emettre(store)
    demandes = (deux[rang % 2].demander(jeton) for rang in range(3 * APPELS_PAR_SECONDE))
    reponses = await asyncio.gather(*demandes)
    # A machine too busy to count in time refuses as well.
    assert "OK" in {code(une) for une in reponses} <= {"OK", "QUOTA_DEPASSE", "SURCHARGE"}
    # Each call of a second, wherever it was answered, was told another rank: it is the same second of the same token.
    rangs: dict[str, list[int]] = defaultdict(list)
    for une in filter(lambda une: une.is_success, reponses):
        rangs[une.headers["ratelimit-reset"]].append(int(une.headers["ratelimit-remaining"]))
    for restants in rangs.values():
        assert len(restants) == len(set(restants)) <= APPELS_PAR_SECONDE


async def test_persons_are_counted_together_and_a_suspension_by_one_is_seen_by_the_other(
    deux: list[Replique], store: Store
) -> None:
    (jeton, jeton_id), (autre, _) = await emettre(store, PETIT_VOLUME), await emettre(store, PETIT_VOLUME)
    for rang in range(PERSONNES_PLANCHER):
        assert code(await deux[rang % 2].consulter(jeton, rang)) == "OK"
    # The same persons, whose pseudonyms are the same in both, may be consulted again.
    assert code(await deux[1].consulter(jeton, 0)) == "OK"
    assert code(await deux[1].consulter(jeton, PERSONNES_PLANCHER)) == "JETON_SUSPENDU"
    assert code(await deux[0].consulter(jeton, 0)) == "JETON_SUSPENDU"
    assert code(await deux[0].demander(jeton)) == "JETON_SUSPENDU"
    assert [un.id for un in await store.lister_jetons() if un.suspendu_le] == [jeton_id]
    for replique in deux:
        assert code(await replique.consulter(autre, 0)) == "OK"


@pytest.mark.parametrize("retrait", RETRAITS, ids=lambda retrait: retrait.__name__)
async def test_what_is_withdrawn_is_refused_by_both_processes_from_the_next_request_on(
    deux: list[Replique], store: Store, retrait: Callable[[Store, int | None], object]
) -> None:
    droit = await retrait(store, GRAND_VOLUME)  # type: ignore[misc] # one of RETRAITS
    assert [await droit.demander(une) for une in deux] == ["IDENTITE_NON_RECONNUE"] * 2
    await droit.retirer()
    assert [await droit.demander(une) for une in deux] == [droit.refus] * 2


async def test_nothing_passes_while_redis_is_down_and_everything_once_it_is_back(
    serveurs: list[Serveur], deux: list[Replique], store: Store, redis: ServeurRedis
) -> None:
    jeton, _ = await emettre(store)
    assert [code(await une.demander(jeton)) for une in deux] == ["OK", "OK"]
    redis.arreter()
    for replique in deux:
        refus = await replique.demander(jeton, essais=1)
        assert (refus.status_code, code(refus), refus.headers["retry-after"]) == (503, "SURCHARGE", "1")
        assert code(await replique.consulter(jeton, 1, essais=1)) == "SURCHARGE"
    redis.demarrer()
    assert attendre(lambda: all(pret(un) for un in serveurs), GUERISON, 0.05)
    assert [code(await une.demander(jeton)) for une in deux] == ["OK", "OK"]


def pret(serveur: Serveur) -> bool:
    return httpx.get(f"{serveur.url}/readyz", trust_env=False).is_success
