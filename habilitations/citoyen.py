"""A citizen whom FranceConnect named, for as long as her token lives, and what she lets an administration ask."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from graph.consultation import SCOPE
from graph.errors import FranceConnectInvalide
from graph.identite import Identite
from habilitations.habilitation import Habilitation

#: The identity is what FranceConnect gave: sources do not repeat it under that modality (nor does API Particulier v3).
_IDENTITE = "_identite"
_SANS_SERVICE = "Cette habilitation n'est rattachée à aucun service FranceConnect : demandez-le au support."
_AUTRE_SERVICE = "L'usager s'est identifié auprès d'un autre service que celui de cette habilitation."


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
    service: str | None = None
    """Client id, at FranceConnect, of the service that she connected to; None when it is not told."""


def effectifs(habilitation: AbstractSet[str], citoyen: AbstractSet[str]) -> frozenset[str]:
    """Return the scopes in force when a citizen is named by FranceConnect: granted, and agreed to, save identities.

    That of her own journal is ours: FranceConnect does not know it, and her token alone shows it to her.
    """
    return frozenset(scope for scope in habilitation & (citoyen | {SCOPE}) if _IDENTITE not in scope)


def verifier_rattachement(habilitation: Habilitation) -> None:
    """Let through a grant that is bound to a service, before FranceConnect is asked. Raise FranceConnectInvalide.

    One that is not accepts no citizen, but in the sandbox, where they are fictitious.
    """
    if habilitation.franceconnect_client_id is None and not habilitation.bac_a_sable:
        raise FranceConnectInvalide(_SANS_SERVICE, cause="FRANCECONNECT_SANS_SERVICE")


def verifier_service(habilitation: Habilitation, citoyen: Citoyen) -> None:
    """Let through a citizen who connected to the service of this grant. Raise FranceConnectInvalide.

    Her token, stolen from another service, or shown by it, would else open what this administration may ask.
    """
    verifier_rattachement(habilitation)
    attendu = habilitation.franceconnect_client_id
    if attendu is not None and citoyen.service != attendu:
        raise FranceConnectInvalide(_AUTRE_SERVICE, cause="FRANCECONNECT_AUTRE_SERVICE")
