"""FranceConnect, for the campaigns: a token names a persona and, by a number, all that she agreed to."""

from collections.abc import Set as AbstractSet
from dataclasses import replace
from random import Random

from habilitations.citoyen import Citoyen
from tests.application import Personnes


def consentement(graine: int, scopes: AbstractSet[str]) -> frozenset[str]:
    """Return what a citizen agrees to: everything for the number 0, else more or less of it, always the same."""
    if not graine:
        return frozenset(scopes)
    alea = Random(graine)  # noqa: S311 - cases must be found again
    part = alea.choice((0.3, 0.6, 0.9, 1.0))
    return frozenset(scope for scope in sorted(scopes) if alea.random() < part)


class Citoyens(Personnes):
    """Whom a token names, e.g. `martin-pierre:12`; without a number, she agreed to everything."""

    async def reconnaitre(self, jeton: str, *, deadline: float) -> Citoyen:
        """Return whom a token names. Raise FranceConnectInvalide."""
        nom, _, graine = jeton.partition(":")
        citoyen = await super().reconnaitre(nom, deadline=deadline)
        return replace(citoyen, scopes=consentement(int(graine or 0), citoyen.scopes))
