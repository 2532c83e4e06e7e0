"""Read JSON without losing anything, and find where two documents first differ: the mechanism of `attestation`."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import zip_longest
from typing import Any

_NOM = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")
#: What is shown at most of a key that no question can have.
_CLE_MAX = 60
#: Stands where one of the two documents has nothing: of no type that JSON has.
_RIEN = object()


class JsonIllisible(Exception):  # noqa: N818 - the domain's nouns are French
    """It is no JSON, or JSON that two readers may understand differently."""


def read(octets: bytes) -> Any:
    """Return a document. Raise JsonIllisible.

    Numbers are exact, whatever their size: no double rounds them. A key given twice is refused, since readers disagree
    on which one counts; so are the constants that JSON does not have.
    """
    try:
        return json.loads(
            octets.decode(),
            parse_int=Decimal,
            parse_float=Decimal,
            parse_constant=_refuse,
            object_pairs_hook=_object,
        )
    except (ValueError, ArithmeticError, RecursionError):
        # NOTE: their words quote the document.
        raise JsonIllisible from None


def first_difference(attendu: Any, lu: Any) -> str | None:
    """Return the path of the first difference, keys and ranks separated by dots; None when both say the same.

    The order of keys says nothing, nor does the way a number or a character is written.
    """
    restent: list[tuple[tuple[str | int, ...], Any, Any]] = [((), attendu, lu)]
    # A stack of our own: as deep a document as one likes is no way to overflow Python's.
    while restent:
        chemin, un, autre = restent.pop()
        # NOTE: in Python, True == 1.
        if type(un) is not type(autre):
            return _path(chemin)
        if isinstance(un, dict | list):
            restent += reversed([((*chemin, pas), *valeurs) for pas, *valeurs in _pairs(un, autre)])
        elif un != autre:
            return _path(chemin)
    return None


def _pairs(un: Any, autre: Any) -> Iterator[tuple[Any, Any, Any]]:
    if isinstance(un, list):
        for rang, (valeur, vis_a_vis) in enumerate(zip_longest(un, autre, fillvalue=_RIEN)):
            yield rang, valeur, vis_a_vis
    else:
        for cle in {**un, **autre}:
            yield cle, un.get(cle, _RIEN), autre.get(cle, _RIEN)


def _path(chemin: tuple[str | int, ...]) -> str:
    return ".".join(_step(pas) for pas in chemin)


def _step(pas: str | int) -> str:
    """Write a step of a path; a key that is no GraphQL name may hold anything, and is shown to a terminal."""
    if isinstance(pas, int) or (len(pas) <= _CLE_MAX and _NOM.fullmatch(pas)):
        return str(pas)
    return json.dumps(pas[:_CLE_MAX])


def _object(paires: list[tuple[str, Any]]) -> dict[str, Any]:
    objet = dict(paires)
    if len(objet) != len(paires):
        raise ValueError
    return objet


def _refuse(_constante: str) -> Any:
    raise ValueError
