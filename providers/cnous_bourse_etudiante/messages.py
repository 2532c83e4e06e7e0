"""The words of the CNOUS: two searches by état civil, a grant holder, a refusal.

Camel case on the wire, save what FranceConnect names. What every answer bears is required, be it null: if a key
disappeared, a null would be taken for an answer.
"""

from typing import Annotated, Literal

import msgspec


class Recherche(msgspec.Struct, frozen=True, rename="camel", kw_only=True, omit_defaults=True):
    """The body of a search by état civil."""

    last_name: str
    first_names: str
    """`JEAN, PIERRE`."""
    birth_date: str
    """dd/MM/yyyy."""
    birth_place: str | None = None
    """COG code of the commune."""
    civility: Literal["M", "F"] | None = None
    campaign_year: int | None = None


class RecherchePivot(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The body of a search by an état civil that FranceConnect certified, with its own words."""

    given_name: str
    family_name: str
    birthdate: str
    gender: Literal["M", "F"] | None = None
    birthplace: str | None = None
    campaign_year: int | None = msgspec.field(default=None, name="campaignYear")


class LieuNaissance(msgspec.Struct, frozen=True):
    """The commune of birth; the rest of it (`id`, `com`) is not read."""

    libelle: str | None


class Campagne(msgspec.Struct, frozen=True):
    """The campaign of the grant."""

    year: int | str


class Boursier(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A grant holder, for one campaign."""

    ine: str | None
    last_name: str
    first_name: str | None
    first_name2: str | None
    birth_date: str | None
    """An instant in ISO 8601, at midnight."""
    birth_place: LieuNaissance | None
    birth_place_libelle: str | None
    civility: str | None
    email: str | None
    boursier: bool
    removed: Literal["O", "N"]
    removal_date: str | None
    back_to_school_date: str | None
    payment_duration: Annotated[int, msgspec.Meta(ge=0, le=99)] | None
    """Months."""
    study_town: str | None
    school_name: str | None
    grant_echelon: str | None
    grant_status: int | None
    """0: final; more: a regional grant, whose level is provisional."""
    campaign: Campagne


class Refus(msgspec.Struct, frozen=True):
    """The body of a 400 or of a 404, which repeats the status."""

    code: int
    description: str
