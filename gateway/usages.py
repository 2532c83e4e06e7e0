"""Which scopes served each request, read in the journal: paths of the schema, then the guards of the graph."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

from audit.registre import lire
from audit.trace import Intention, Trace
from graph._declaration import Scopes
from graph.catalogue import below, blocs, core, guard, roots, year_guards
from graph.schema import build_schema
from habilitations.rapport import Usage


def usages_du_journal(journal: Path, depuis: datetime) -> Iterator[Usage]:
    """Yield what served since an instant, one trace in memory at a time. Raise sqlite3.Error or OSError."""
    return usages(lire(journal, depuis))


def usages(traces: Iterable[Trace]) -> Iterator[Usage]:
    """Yield the usage that each intention is: what was asked counts, be there an answer or not."""
    for trace in traces:
        if isinstance(trace, Intention):
            yield Usage(trace.habilitation, _servis(trace.champs, trace.scopes_arguments), trace.instant)


def _servis(champs: tuple[str, ...], des_arguments: tuple[str, ...]) -> frozenset[str]:
    """Return the scopes that may have opened fields: where several would do, nothing tells which, and all count.

    Years are among these unless the trace tells whose scope it was: records of before it did say nothing of them.
    """
    racines, gardes, annees = _gardes()
    scopes = frozenset[str]().union(
        *(gardes.get(champ) or racines.get(champ.partition(".")[0], frozenset()) for champ in champs)
    )
    return scopes - annees | frozenset(des_arguments) if des_arguments else scopes


@cache
def _gardes() -> tuple[Mapping[str, frozenset[str]], Mapping[str, frozenset[str]], frozenset[str]]:
    """Return the scopes that guard each root, each path under a bloc, and the values of arguments."""
    schema = core(build_schema())
    racines = {racine: _scopes([guard(field)]) for racine, field in roots(schema).items()}
    gardes = {chemin: _scopes(rencontrees) for chemin, _, rencontrees in below(schema)}
    return racines, gardes, frozenset().union(*(_scopes(year_guards(bloc)) for bloc in blocs(schema).values()))


def _scopes(gardes: Iterable[Scopes]) -> frozenset[str]:
    return frozenset(scope for garde in gardes for groupe in garde for scope in groupe)
