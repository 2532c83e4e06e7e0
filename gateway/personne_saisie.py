"""Read whom an operator looks for, from a file or stdin: the arguments of a command are seen by the whole machine."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from gateway.circonstance import Circonstance
from graph.errors import ErreurDeRequete
from graph.identite import Identite
from graph.schema import build_schema
from resolvers.cost import Limites
from resolvers.planner import Planner

#: Bytes: far more than an identity.
_TAILLE_MAX = 65_536
#: What would ask about her: an operator names a person as callers do, under the same rules.
_QUESTION = "query ($identite: IdentiteInput!) { particulier(identite: $identite) { __typename } }"


class PersonneIllisible(Exception):  # noqa: N818 - the domain's nouns are French
    """Nobody is named; the message, in French, holds no value of what was read."""


def lire_personne(fichier: Path, aujourdhui: date) -> Identite:
    """Return the person whose `IdentiteInput` a file holds in JSON, `-` being stdin. Raise PersonneIllisible."""
    saisie = _lire(fichier)
    try:
        question = Planner(build_schema(), Limites()).plan(
            _QUESTION, None, {"identite": saisie}, Circonstance(frozenset(), aujourdhui)
        )
    except ErreurDeRequete as refus:
        raise PersonneIllisible(f"La personne n'est pas un IdentiteInput : {refus.detail or refus.message}") from None
    (identite,) = question.identites.values()
    return identite


def _lire(fichier: Path) -> Any:
    try:
        if fichier == Path("-"):
            octets = sys.stdin.buffer.read(_TAILLE_MAX + 1)
        else:
            with fichier.open("rb") as ouvert:
                octets = ouvert.read(_TAILLE_MAX + 1)
    except (OSError, ValueError):
        # NOTE: what should be a path may be the person herself: it is not said again.
        raise PersonneIllisible(
            "Le fichier de la personne ne peut pas être lu : donnez son chemin, ou « - »."
        ) from None
    if len(octets) > _TAILLE_MAX:
        raise PersonneIllisible("Le fichier de la personne est trop gros : un IdentiteInput seul y est attendu.")
    try:
        return json.loads(octets)
    except (ValueError, RecursionError):
        raise PersonneIllisible(
            'Le fichier de la personne n\'est pas du JSON : écrivez-y un IdentiteInput, par exemple {"ine": "…"}.'
        ) from None
