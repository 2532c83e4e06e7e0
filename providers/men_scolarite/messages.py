"""The words of the ministry of education: a search by perimeter, a pupil, a refusal.

Kebab case on the wire. What every answer bears is required, be it null: if a key disappeared, a null would be taken
for an answer. What a school may not say is left out of an answer as often as it is null, as its samples show.
"""

from typing import Annotated, Literal

import msgspec


class Recherche(msgspec.Struct, frozen=True, rename="kebab", kw_only=True):
    """The body of a search by perimeter."""

    nom: str
    prenom: str
    sexe: Literal[1, 2]
    """1 for a man, 2 for a woman."""
    date_naissance: str
    annee_scolaire: str
    scope: str
    degre_etablissement: Literal["1D", "2D"]
    type_perimetre: Literal["departement", "region"]
    valeurs_perimetre: Annotated[list[str], msgspec.Meta(min_length=1)]
    """Codes of the BCN."""


class Etablissement(msgspec.Struct, frozen=True, rename="kebab", kw_only=True):
    """A school."""

    code_uai: str
    ministere_tutelle: str | None = None


class Identification(msgspec.Struct, frozen=True, rename="kebab", kw_only=True):
    """The pupil, the school and the year."""

    nom: str
    prenom: str | None
    sexe: Literal[1, 2]
    date_naissance: str | None
    etablissement: Etablissement
    annee_scolaire: str
    """`2025`, or `2025-2026`."""


class Statut(msgspec.Struct, frozen=True, kw_only=True):
    """The status of a pupil."""

    code: str
    libelle: str | None


class InfoScolarite(msgspec.Struct, frozen=True, rename="kebab", kw_only=True):
    """What the pupil is taught, and how."""

    est_scolarise: bool
    code_mef_stat: str | None = None
    libelle_long_mef: str | None = None
    code_regime: str | None = None
    statut_eleve: Statut


class InfoBourse(msgspec.Struct, frozen=True, rename="kebab", kw_only=True):
    """The grant."""

    est_boursier: bool | None
    """None when the ministry does not know yet."""
    niveau_bourse: Annotated[int, msgspec.Meta(ge=1, le=6)] | None = None


class Eleve(msgspec.Struct, frozen=True, rename="kebab", kw_only=True):
    """A pupil during a school year."""

    identification: Identification
    info_scolarite: InfoScolarite
    info_bourse: InfoBourse | None = None
    """Absent when the ministry does not know yet, or in the first degree."""


class Presence(msgspec.Struct, frozen=True, rename="kebab", kw_only=True):
    """The one thing that is said of a pupil who goes to no school."""

    est_scolarise: bool


class Entete(msgspec.Struct, frozen=True, rename="kebab", kw_only=True):
    """The beginning of any answer."""

    info_scolarite: Presence


class Refus(msgspec.Struct, frozen=True):
    """The body of a 404, whose `status` may be another one than HTTP's."""

    status: str
    detail: str | None = None
