"""What the reader of every source owes, whatever the payload: a valid bloc, or an error of the bloc, never a crash.

A source gives its own payloads (a hypothesis strategy of JSON bodies that its contract allows); the rest is here.
"""

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
from hypothesis import strategies as st
from strawberry.types.base import has_object_definition

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.errors import Absent, ErreurDeBloc, Inconnu, SourceReponseInvalide
from providers._source import Appel, Paires, Source, UpstreamResponse

APPEL = Appel(
    destinataire="13002526500013",
    correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
    appelant="11111111-1111-4111-8111-111111111111",
    instant=datetime(2026, 11, 23, 11, 30, tzinfo=PARIS),
)
Chemin = tuple[str | int, ...]
#: Removes what stands at a path.
ABSENT = object()
_INT_MAX = 2**31
#: What a source that drifts could write in place of a value.
DERIVES: tuple[Any, ...] = (
    ABSENT,
    None,
    "",
    " ",
    "CANARI",
    "2021-02-30",
    0,
    -1,
    1.5,
    10**40,
    True,
    False,
    [],
    {},
    [None],
    {"CANARI": 1},
)


@dataclass(frozen=True, slots=True)
class Epreuve:
    """A source, what it is asked, and the headers of its answers."""

    source: Source[Any]
    demande: Demande
    headers: Paires = ()

    def lire(self, corps: object, status: int = 200) -> Any:
        """Return the bloc read in a JSON body. Raise ErreurDeBloc."""
        reponse = UpstreamResponse(status, self.headers, msgspec.json.encode(corps))
        return self.source.read(reponse, self.demande, APPEL)

    def valide(self, corps: object) -> None:
        """Check that a payload that the contract allows is read into a bloc whose every value has its declared type."""
        self._verifier(self.lire(corps))

    def mutation(self, corps: object, chemin: Chemin, valeur: object) -> None:
        """Check that a payload with one change gives a valid bloc, or an error of the bloc that tells nothing of it."""
        refus = None
        try:
            bloc = self.lire(muter(corps, chemin, valeur))
        except ErreurDeBloc as leve:
            refus = leve
        if refus is None:
            self._verifier(bloc)
        else:
            assert isinstance(refus, SourceReponseInvalide | Inconnu | Absent), type(refus).__name__
            assert "CANARI" not in f"{refus!r} {refus.cause} {refus.args}"

    def _verifier(self, bloc: Any) -> None:
        assert type(bloc) is self.source.fournit
        assert list(ecarts(bloc, self.source.fournit, self.source.fournit.__name__)) == []


def mutations(corps: object) -> st.SearchStrategy[tuple[Chemin, object]]:
    """Draw where to change a payload, and what to write there."""
    return st.tuples(st.sampled_from(list(chemins(corps))), st.sampled_from(DERIVES))


def chemins(objet: object, prefixe: Chemin = ()) -> Iterator[Chemin]:
    """Yield the path of everything in a payload."""
    cles: Any = objet if isinstance(objet, dict) else range(len(objet)) if isinstance(objet, list) else ()
    for cle in cles:
        yield (*prefixe, cle)
        yield from chemins(objet[cle], (*prefixe, cle))  # type: ignore[index] # a dict or a list, by its keys


def muter(corps: object, chemin: Chemin, valeur: object) -> object:
    """Return a payload with one value replaced, or removed."""
    copie: Any = copy.deepcopy(corps)
    lieu = copie
    for pas in chemin[:-1]:
        lieu = lieu[pas]
    if valeur is ABSENT:
        del lieu[chemin[-1]]
    else:
        lieu[chemin[-1]] = valeur
    return copie


def ecarts(valeur: Any, attendu: Any, chemin: str) -> Iterator[str]:
    """Yield the path of every value that has not its declared type, or that its scalar could not write."""
    if get_origin(attendu) in {Union, UnionType}:
        possibles = [une for une in get_args(attendu) if une is not NoneType]
        if valeur is not None:
            yield from ecarts(valeur, possibles[0], chemin)
    elif get_origin(attendu) is list:
        if not isinstance(valeur, list):
            yield chemin
            return
        for rang, element in enumerate(valeur):
            yield from ecarts(element, get_args(attendu)[0], f"{chemin}[{rang}]")
    elif isinstance(attendu, type) and has_object_definition(attendu):
        types = get_type_hints(attendu)
        for champ in fields(attendu):  # type: ignore[arg-type] # a strawberry type is a dataclass
            yield from ecarts(getattr(valeur, champ.name), types[champ.name], f"{chemin}.{champ.name}")
    elif not _convient(valeur, attendu):
        yield chemin


def _convient(valeur: Any, attendu: Any) -> bool:
    base: Any = getattr(attendu, "__supertype__", attendu)
    if isinstance(valeur, Enum) or type(valeur) is not base:
        return isinstance(valeur, Enum) and isinstance(valeur, base)
    if base is int:
        return bool(-_INT_MAX <= valeur < _INT_MAX)
    if base is float:
        return math.isfinite(valeur)
    if base is Decimal:
        return bool(valeur.is_finite() and abs(valeur) < 2**53)
    # A text that says nothing is a null.
    return bool(valeur.strip()) if base is str else True
