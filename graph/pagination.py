"""The page of a citizen's journal that is asked for: how many accesses, after which one, and what she says of her."""

import re
from collections.abc import Mapping
from typing import Any

import strawberry

from graph.circonstances import Circonstances
from graph.errors import FranceConnectInvalide, ParametreInvalide
from graph.identite_saisie import figer_ine
from graph.scalars import Ine

PAR_DEFAUT, MAXIMUM = 20, 100
PREMIERS = strawberry.argument(
    description=f"Nombre d'accès, de 1 à {MAXIMUM} ; {PAR_DEFAUT} s'il est omis.",
)
APRES = strawberry.argument(description="Curseur après lequel la page commence ; omis, elle commence au plus récent.")
INE = strawberry.argument(
    description="INE de la personne : parmi les accès PROBABLE, ceux faits sous cet INE deviennent CERTAIN. "
    "Il n'en montre aucun autre."
)
#: A cursor is 48 bytes; only who wrote them can read them.
_FORME = re.compile(r"[A-Za-z0-9_-]{64}")


def page(
    circonstances: Circonstances,
    premiers: int | None = strawberry.UNSET,
    apres: str | None = strawberry.UNSET,
    ine: Ine | None = strawberry.UNSET,
) -> Mapping[str, Any]:
    """Resolve the page asked for. Raise ParametreInvalide, or FranceConnectInvalide when no citizen is identified."""
    combien = premiers if isinstance(premiers, int) else PAR_DEFAUT
    if not 1 <= combien <= MAXIMUM:
        detail = f"premiers : un nombre de 1 à {MAXIMUM} est attendu."
        raise ParametreInvalide(detail)
    curseur = apres if isinstance(apres, str) else None
    if curseur is not None and not _FORME.fullmatch(curseur):
        raise curseur_inconnu()
    dit = figer_ine(ine)
    if circonstances.france_connect is None:
        detail = "mesConsultations : la personne doit être identifiée par FranceConnect (X-FranceConnect-Token)."
        raise FranceConnectInvalide(detail)
    return {"premiers": combien, "apres": curseur, "ine": dit}


def curseur_inconnu() -> ParametreInvalide:
    """Return the refusal of a cursor that we did not give, or that leads nowhere any more."""
    return ParametreInvalide("apres : donnez le curseur d'un accès, tel qu'il a été rendu.")
