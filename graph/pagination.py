"""The page of a citizen's journal that is asked for: how many accesses, and after which one."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import strawberry

from graph.circonstances import Circonstances
from graph.errors import FranceConnectInvalide, ParametreInvalide

PAR_DEFAUT, MAXIMUM = 20, 100
PREMIERS = strawberry.argument(
    description=f"Nombre d'accès, de 1 à {MAXIMUM} ; {PAR_DEFAUT} s'il est omis.",
)
APRES = strawberry.argument(description="Curseur après lequel la page commence ; omis, elle commence au plus récent.")
_FORME = re.compile(r"[A-Za-z0-9_-]{24}")
_RANG = 2


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: an access, by the request that made it and the rank of the person in it.

    It counts nothing: a number of the journal would tell how many accesses are made about everybody.
    """

    requete: UUID
    rang: int

    def __str__(self) -> str:
        """Write the cursor."""
        return base64.urlsafe_b64encode(self.requete.bytes + self.rang.to_bytes(_RANG)).decode()

    @classmethod
    def lire(cls, curseur: str) -> "Place":
        """Read a cursor. Raise ParametreInvalide."""
        if not _FORME.fullmatch(curseur):
            raise curseur_inconnu()
        octets = base64.urlsafe_b64decode(curseur)
        return cls(UUID(bytes=octets[:-_RANG]), int.from_bytes(octets[-_RANG:]))


def page(
    circonstances: Circonstances,
    premiers: int | None = strawberry.UNSET,
    apres: str | None = strawberry.UNSET,
) -> Mapping[str, Any]:
    """Resolve the page asked for. Raise ParametreInvalide, or FranceConnectInvalide when no citizen is identified."""
    combien = premiers if isinstance(premiers, int) else PAR_DEFAUT
    if not 1 <= combien <= MAXIMUM:
        detail = f"premiers : un nombre de 1 à {MAXIMUM} est attendu."
        raise ParametreInvalide(detail)
    place = Place.lire(apres) if isinstance(apres, str) else None
    if circonstances.france_connect is None:
        detail = "mesConsultations : la personne doit être identifiée par FranceConnect (X-FranceConnect-Token)."
        raise FranceConnectInvalide(detail)
    return {"premiers": combien, "apres": place}


def curseur_inconnu() -> ParametreInvalide:
    """Return the refusal of a cursor that we did not give, or that leads nowhere any more."""
    return ParametreInvalide("apres : donnez le curseur d'un accès, tel qu'il a été rendu.")
