"""The words of the DSNJ's API `dln1f`: a list of identities in, one result for each.

Snake case on the wire. A result is one of three, told apart by its `code`; any other code is a drift.
"""

from typing import Literal

import msgspec


class IdentitePivot(msgspec.Struct, frozen=True, kw_only=True):
    """One person, as FranceConnect words an identity; transliterated."""

    given_name: str
    """The first of the given names, capitalised."""
    family_name: str
    """In capitals."""
    birthdate: str
    """YYYY-MM-DD."""
    gender: Literal["male", "female"]
    birthplace: str | None
    """COG code of the commune, for who was born in France."""
    birthcountry: str
    """COG code of the country."""


class Recherche(msgspec.Struct, frozen=True):
    """The body of a request."""

    identites_pivot: list[IdentitePivot]


class IdentiteRendue(msgspec.Struct, frozen=True):
    """The person that a result is about: the part of it that is compared."""

    given_name: str
    family_name: str
    birthdate: str


class Trouve(msgspec.Struct, frozen=True, kw_only=True, tag_field="code", tag="OK"):
    """The person is known."""

    identite_pivot: IdentiteRendue
    en_regle: Literal["En règle", "Pas en règle", "Indéterminé", "Non concerné"]
    complement: str | None = None


class NonTrouve(msgspec.Struct, frozen=True, tag_field="code", tag="NON_TROUVE"):
    """Nobody answers to this identity."""


class ErreurFormat(msgspec.Struct, frozen=True, tag_field="code", tag="ERREUR_FORMAT"):
    """The form of this identity is refused."""


Resultat = Trouve | NonTrouve | ErreurFormat


class Reponse(msgspec.Struct, frozen=True):
    """The body of a 200, which is also how the application says that it failed."""

    return_code: Literal["OK", "ERREUR_TECHNIQUE"]
    results: list[Resultat] = []
    """Missing after a failure."""


class Refus(msgspec.Struct, frozen=True):
    """One of the reasons of a 400, a 403 or a 500: their body is a list of them."""

    return_code: str
    error_msg: str
