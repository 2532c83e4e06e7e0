"""Which scopes were granted and are never used: what minimisation asks to give back. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from habilitations.habilitation import Etat, Habilitation


@dataclass(frozen=True, slots=True)
class Usage:
    """Scopes that served a request of a grant."""

    habilitation_id: str
    scopes: frozenset[str]
    instant: datetime


@dataclass(frozen=True, slots=True)
class Inutilises:
    """The scopes that a grant did not use since an instant."""

    habilitation: Habilitation
    scopes: tuple[str, ...]
    dernier_usage: datetime | None
    """When the grant last served at all; None when it never did in what was read."""


def inutilises(
    habilitations: Iterable[Habilitation], usages: Iterable[Usage], jours: int, maintenant: datetime
) -> list[Inutilises]:
    """Return, for each active grant that is old enough to tell, the scopes unused for `jours` days.

    Args:
        habilitations: the grants; those of editors, which have no scope, are left out by themselves.
        usages: read once and not kept, in any order; those older than the period only tell the last use.
        jours: length of the period.
        maintenant: its end, excluded.
    """
    depuis = maintenant - timedelta(days=jours)
    servis: dict[str, set[str]] = {}
    derniers: dict[str, datetime] = {}
    for usage in usages:
        derniers[usage.habilitation_id] = max(usage.instant, derniers.get(usage.habilitation_id, usage.instant))
        if depuis <= usage.instant < maintenant:
            servis.setdefault(usage.habilitation_id, set()).update(usage.scopes)
    jugees = [une for une in habilitations if une.etat(maintenant) is Etat.ACTIVE and une.debut <= depuis]
    restes = [(une, tuple(sorted(une.scopes - servis.get(une.id, set())))) for une in jugees]
    return [Inutilises(une, scopes, derniers.get(une.id)) for une, scopes in restes if scopes]
