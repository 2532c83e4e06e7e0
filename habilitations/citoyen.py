"""A citizen whom FranceConnect named, for as long as her token lives, and what she lets an administration ask."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from graph.consultation import SCOPE
from graph.identite import Identite

#: The identity is what FranceConnect gave: sources do not repeat it under that modality (nor does API Particulier v3).
_IDENTITE = "_identite"


class Niveau(StrEnum):
    """How surely the citizen was identified, from the weakest to the strongest (eIDAS)."""

    EIDAS1 = "eidas1"
    EIDAS2 = "eidas2"
    EIDAS3 = "eidas3"

    def atteint(self, exige: "Niveau") -> bool:
        """Tell whether this level is `exige` or above."""
        rangs = list(Niveau)
        return rangs.index(self) >= rangs.index(exige)


@dataclass(frozen=True, slots=True)
class Citoyen:
    """What one access token says. Serves the request that presented it, and is never kept: it dies at `fin`."""

    identite: Identite = field(repr=False)
    scopes: frozenset[str]
    """What she agreed to, in the words of FranceConnect."""
    acr: Niveau
    fin: datetime
    """First instant when the token is worth nothing, in UTC."""
    sub: str = field(repr=False)
    """Her pseudonym at FranceConnect, for us alone."""


def effectifs(habilitation: AbstractSet[str], citoyen: AbstractSet[str]) -> frozenset[str]:
    """Return the scopes in force when a citizen is named by FranceConnect: granted, and agreed to, save identities.

    That of her own journal is ours: FranceConnect does not know it, and her token alone shows it to her.
    """
    return frozenset(scope for scope in habilitation & (citoyen | {SCOPE}) if _IDENTITE not in scope)
