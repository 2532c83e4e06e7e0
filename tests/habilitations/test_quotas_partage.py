"""Whatever the order of arrivals, ends and departures, the places of a source are shared."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import SourceDelaiDepasse, SourceIndisponible
from habilitations.partage import ATTENTE_MAX, Partage

#: Enough for each rule to be broken by a fault of one line; no bound in time on a busy machine.
EXEMPLES = settings(max_examples=40, deadline=None)
#: Nobody waits that long in these tests.
JAMAIS = 1_000.0


@dataclass(eq=False, slots=True)
class Appel:
    """A call to the source: it waits for a place, holds it until told to end, and says so."""

    jeton: str
    fin: asyncio.Event = field(default_factory=asyncio.Event)
    tache: "asyncio.Task[None] | None" = None


@dataclass(slots=True)
class Monde:
    """A source, its places, and the model of what happens there."""

    places: int
    partage: Partage = field(init=False)
    en_attente: list[Appel] = field(default_factory=list)
    en_cours: list[Appel] = field(default_factory=list)
    servis: list[Appel] = field(default_factory=list)
    """In the order of their grants."""

    def __post_init__(self) -> None:
        self.partage = Partage(self.places)

    @property
    def moitie(self) -> int:
        return (self.places + 1) // 2

    def tenues(self, jeton: str) -> int:
        return sum(appel.jeton == jeton for appel in self.en_cours)

    async def arriver(self, jeton: str, delai: float = JAMAIS) -> Appel:
        appel = Appel(jeton)
        self.en_attente.append(appel)
        appel.tache = asyncio.create_task(self._appeler(appel, delai))
        await regler()
        return appel

    async def _appeler(self, appel: Appel, delai: float) -> None:
        try:
            async with self.partage.place(appel.jeton, delai=delai):
                self._servi(appel)
                try:
                    await appel.fin.wait()
                finally:
                    self.en_cours.remove(appel)
        finally:
            if appel in self.en_attente:
                self.en_attente.remove(appel)

    def _servi(self, appel: Appel) -> None:
        premiers = [autre for autre in self.en_attente if autre.jeton == appel.jeton]
        assert premiers[0] is appel, "the calls of a token are served in order"
        self.en_attente.remove(appel)
        self.en_cours.append(appel)
        self.servis.append(appel)
        assert len(self.en_cours) <= self.places

    async def finir(self, appel: Appel) -> None:
        appel.fin.set()
        await regler()

    async def partir(self, appel: Appel) -> None:
        assert appel.tache
        appel.tache.cancel()
        await regler()

    def verifier(self) -> None:
        """Nobody waits for a place that it may have."""
        libres = self.places - len(self.en_cours)
        attendent = {appel.jeton for appel in self.en_attente}
        for jeton in attendent:
            if self.tenues(jeton) < self.moitie:
                assert libres == 0
            elif attendent == {jeton}:
                assert libres <= self.places // 8

    async def vider(self) -> None:
        while self.en_cours:
            await self.finir(self.en_cours[0])
        assert not self.en_attente, "whoever waits is served once places are given back"


async def regler() -> None:
    """Let every task go as far as it can."""
    for _ in range(6):
        await asyncio.sleep(0)


def jouer(scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(scenario())


gestes = st.lists(
    st.one_of(
        st.tuples(st.just("arriver"), st.sampled_from("aaaabc")),
        st.tuples(st.sampled_from(["finir", "partir_en_cours", "partir_en_attente"]), st.integers(0, 30)),
    ),
    max_size=60,
)


@EXEMPLES
@given(places=st.integers(1, 17), gestes=gestes)
def test_places_are_never_exceeded_lost_or_left_idle(places: int, gestes: list[tuple[str, Any]]) -> None:
    async def scenario() -> None:
        monde = Monde(places)
        for geste, quoi in gestes:
            if geste == "arriver":
                await monde.arriver(quoi)
            elif appels := monde.en_attente if geste == "partir_en_attente" else monde.en_cours:
                appel = appels[quoi % len(appels)]
                await (monde.finir(appel) if geste == "finir" else monde.partir(appel))
            monde.verifier()
        await monde.vider()
        # Every place came back.
        moitie = [await monde.arriver("a") for _ in range(monde.moitie)]
        reste = [await monde.arriver("b") for _ in range(places - monde.moitie)]
        assert monde.en_cours == moitie + reste
        await monde.vider()

    jouer(scenario)


@EXEMPLES
@given(places=st.integers(2, 17), arrivees=st.text("abcd", max_size=60))
def test_no_token_goes_over_half_while_another_waits(places: int, arrivees: str) -> None:
    async def scenario() -> None:
        monde = Monde(places)
        for jeton in arrivees:
            await monde.arriver(jeton)
        while monde.en_cours:
            attendaient = {appel.jeton for appel in monde.en_attente}
            avant = len(monde.servis)
            await monde.finir(monde.en_cours[0])
            for servi in monde.servis[avant:]:
                assert monde.tenues(servi.jeton) <= monde.moitie or attendaient <= {servi.jeton}
        assert not monde.en_attente

    jouer(scenario)


@EXEMPLES
@given(places=st.integers(1, 9), bavard=st.integers(1, 40), discrets=st.integers(1, 5))
def test_tokens_that_wait_are_served_in_turn(places: int, bavard: int, discrets: int) -> None:
    async def scenario() -> None:
        monde = Monde(places)
        for _ in range(places):
            await monde.arriver("occupant")
        for _ in range(places // 2 + 1):
            await monde.arriver("autre occupant")
        for _ in range(bavard):
            await monde.arriver("bavard")
        derniers = [await monde.arriver(f"discret-{rang}") for rang in range(discrets)]
        while any(appel in monde.en_attente for appel in derniers):
            await monde.finir(monde.en_cours[0])
        jusqu_au_dernier = monde.servis[: max(map(monde.servis.index, derniers)) + 1]
        compte = Counter(appel.jeton for appel in jusqu_au_dernier)
        # Each was served once while they were: at most two turns for who came first.
        assert compte["bavard"] <= 2
        await monde.vider()

    jouer(scenario)


def test_a_lone_token_goes_over_half_and_leaves_the_reserve_to_newcomers() -> None:
    async def scenario() -> None:
        monde = Monde(64)
        for _ in range(100):
            await monde.arriver("bavard")
        assert monde.tenues("bavard") == 56
        for rang in range(8):
            await monde.arriver(f"discret-{rang}")
        assert len(monde.en_cours) == 64
        dernier = await monde.arriver("discret-8")
        await monde.finir(monde.en_cours[0])
        assert dernier in monde.en_cours
        await monde.vider()

    jouer(scenario)


def test_who_waited_in_vain_is_told_so_and_its_place_in_the_queue_is_gone() -> None:
    async def scenario() -> None:
        monde = Monde(1)
        premier = await monde.arriver("a")
        presse = await monde.arriver("b", delai=0.0)
        patient = await monde.arriver("b")
        assert presse.tache
        with pytest.raises(SourceDelaiDepasse) as refus:
            await presse.tache
        assert not refus.value.appelee
        await monde.finir(premier)
        assert patient in monde.en_cours
        await monde.vider()

    jouer(scenario)


@EXEMPLES
@given(st.integers(0, 3))
def test_a_place_granted_to_who_just_left_goes_to_the_next(tours: int) -> None:
    async def scenario() -> None:
        monde = Monde(1)
        premier = await monde.arriver("a")
        partant = await monde.arriver("b")
        suivant = await monde.arriver("c")
        assert partant.tache
        premier.fin.set()
        for _ in range(tours):
            await asyncio.sleep(0)
        partant.tache.cancel()
        await regler()
        assert monde.en_cours == [suivant]
        await monde.vider()

    jouer(scenario)


def test_a_token_alone_again_goes_over_half_as_soon_as_the_other_left() -> None:
    async def scenario() -> None:
        monde = Monde(2)
        premier, _, troisieme = [await monde.arriver("a") for _ in range(3)]
        partant = await monde.arriver("b")
        assert partant.tache
        premier.fin.set()
        partant.tache.cancel()
        await regler()
        assert troisieme in monde.en_cours
        await monde.vider()

    jouer(scenario)


def test_a_queue_that_is_full_refuses() -> None:
    async def scenario() -> None:
        partage = Partage(1)
        async with partage.place("a", delai=JAMAIS):
            attentes = [asyncio.create_task(_passer(partage)) for _ in range(ATTENTE_MAX)]
            await regler()
            with pytest.raises(SourceIndisponible):
                await _passer(partage)
        await asyncio.gather(*attentes)
        await _passer(partage)

    jouer(scenario)


async def _passer(partage: Partage) -> None:
    async with partage.place("b", delai=JAMAIS):
        pass
