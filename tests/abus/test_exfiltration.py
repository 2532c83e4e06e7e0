"""A stolen token that walks through twenty thousand persons obtains no more than its bound, and harms no other.

    make exfiltration

Its thief asks both processes at once, as fast as the rate of one token allows, about students who all exist: a guesser,
whose persons do not, is slowed down long before.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import count, cycle
from pathlib import Path
from time import monotonic

import pytest

from bench.processus import servir
from habilitations._bornes import PERSONNES_PAR_HEURE
from tests.abus.flotte import REPLIQUES, SOURCE, Replique, code, emettre, flotte, guichet, repliques
from tests.abus.ministere import CONNUS
from tests.serveur_redis import serveur_redis

pytestmark = pytest.mark.campagne
PERSONNES, VOLEURS = 20_000, 64
#: What is promised beyond the bound, and seconds for an operator to be alerted.
DEPASSEMENT, ALERTE = 16, 10.0
#: Persons of an honest caller, and seconds between two of its questions.
HABITUES, PAUSE = 100, 0.25
ALERTES = 'particulier_alertes_total{motif="personnes_distinctes"} '


@dataclass(slots=True)
class Vol:
    """What a thief obtained, and when."""

    rangs: Iterator[int] = field(default_factory=lambda: iter(range(PERSONNES)))
    issues: Counter[str] = field(default_factory=Counter)
    obtenues: int = 0
    suspendu: float | None = None
    """When it was first told to be suspended."""


@pytest.mark.parametrize("redis", ["avec redis", "sans redis"])
async def test_a_stolen_token_is_suspended_at_its_bound_and_the_others_see_nothing_of_it(
    base_postgresql: str, tmp_path: Path, redis: str
) -> None:
    commande = [sys.executable, "-m", "tests.abus.ministere", "{port}"]
    async with AsyncExitStack() as pile:
        source = pile.enter_context(servir(commande, tmp_path / "ministere.txt", (None, None), {}))
        reglages = {f"sources__{SOURCE}__url": f"http://127.0.0.1:{source.port}"}
        if redis == "avec redis":
            reglages["redis_url"] = pile.enter_context(serveur_redis()).url
        serveurs = pile.enter_context(flotte(base_postgresql, **reglages))
        deux = await pile.enter_async_context(repliques(serveurs))
        store = await pile.enter_async_context(guichet(base_postgresql))
        (vole, vole_id), (honnete, _) = await emettre(store), await emettre(store)

        vol, fin, debut = Vol(), asyncio.Event(), monotonic()
        habitue = asyncio.create_task(travailler(deux, honnete, fin))
        alerte = asyncio.create_task(guetter(deux, fin))
        await asyncio.gather(*(voler(deux[rang % REPLIQUES], vole, vol, redis) for rang in range(VOLEURS)))
        duree = monotonic() - debut
        fin.set()
        issues, alertee = await habitue, await alerte
        demandees = (await deux[0].client.get(f"http://127.0.0.1:{source.port}/compte")).json()
        suspendus = [un.id for un in await store.lister_jetons() if un.suspendu_le]
    assert vol.suspendu is not None
    assert alertee is not None
    retard = max(0.0, alertee - vol.suspendu)
    print(  # noqa: T201 - the figures of a campaign
        f"vol, 2 processus, PostgreSQL, {redis} : {PERSONNES} personnes demandées en {duree:.0f} s, "
        f"{vol.obtenues} obtenues, {demandees} demandées à la source "
        f"(borne {PERSONNES_PAR_HEURE}, dépassement {max(0, demandees - PERSONNES_PAR_HEURE)}) ; "
        f"suspension {vol.suspendu - debut:.0f} s après le début, alerte {retard:.1f} s plus tard ; "
        f"refus {dict(vol.issues)} ; l'autre jeton : {dict(issues)}",
        flush=True,
    )
    # In memory, each process counts alone, until the first to suspend tells all of them through the database.
    permises = PERSONNES_PAR_HEURE + DEPASSEMENT if redis == "avec redis" else PERSONNES_PAR_HEURE * REPLIQUES
    assert vol.obtenues <= demandees <= permises
    assert suspendus == [vole_id]
    assert retard <= ALERTE
    assert set(issues) == {"OK"}


async def voler(replique: Replique, jeton: str, vol: Vol, nom: str) -> None:
    """Ask about one person after another; the rate alone makes it ask again."""
    for rang in vol.rangs:
        while (issue := code(reponse := await replique.consulter(jeton, rang))) == "QUOTA_DEPASSE":  # noqa: ASYNC110 - told to
            await asyncio.sleep(float(reponse.headers["retry-after"]))
        vol.issues[issue] += 1
        if issue == "OK":
            vol.obtenues += bool(reponse.json()["data"]["particulier"]["statutEtudiant"])
        elif issue == "JETON_SUSPENDU":
            vol.suspendu = vol.suspendu or monotonic()
        if rang % 1_000 == 0:
            print(f"{nom} : {rang}/{PERSONNES} {dict(vol.issues)}", flush=True)  # noqa: T201 - a long campaign shows progress


async def travailler(deux: list[Replique], jeton: str, fin: asyncio.Event) -> Counter[str]:
    """Ask about the same persons, here and there, until the end; return what came of it."""
    issues: Counter[str] = Counter()
    for replique, tour in zip(cycle(deux), count()):
        issues[code(await replique.consulter(jeton, int(CONNUS) * 10**9 + tour % HABITUES))] += 1
        if fin.is_set():
            break
        await asyncio.sleep(PAUSE)
    return issues


async def guetter(deux: list[Replique], fin: asyncio.Event) -> float | None:
    """Return when an operator who reads the metrics is alerted; None when that never happens."""
    while True:
        dernier = fin.is_set()
        for une in deux:
            if any(ligne.startswith(ALERTES) for ligne in (await une.client.get("/metrics")).text.splitlines()):
                return monotonic()
        if dernier:
            return None
        await asyncio.sleep(PAUSE)
