"""The words of the MESRI's student status API: a search by état civil, a student and the enrolments, a refusal.

Camel case on the wire. What every answer bears is required, be it blank: if a key disappeared, a null would be taken
for an answer.
"""

from datetime import date
from typing import Literal

import msgspec


class Recherche(msgspec.Struct, frozen=True, rename="camel", kw_only=True, omit_defaults=True):
    """The body of a search by état civil."""

    nom_famille: str
    prenom1: str
    date_naissance: date
    sexe: Literal["1", "2"]
    """`1` for a man, `2` for a woman."""
    lieu_naissance: str | None = None
    """COG code of the commune."""


class Etablissement(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A school or a university."""

    uai: str | None
    nom_etablissement: str | None


class Inscription(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """An admission or an enrolment."""

    date_debut_inscription: str | None
    """YYYY-MM-DD, or an instant in ISO 8601."""
    date_fin_inscription: str | None
    statut: Literal["inscrit", "admis"]
    code_commune: str | None
    etablissement: Etablissement | None
    regime: str | None


class Etudiant(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A student and the enrolments."""

    ine: str | None = None
    nom_famille: str
    prenom: str | None
    date_naissance: str | None
    inscriptions: list[Inscription]


class Refus(msgspec.Struct, frozen=True):
    """The body of a 404; the rest of it (`uid`, `details`) is for their support."""

    message: str
