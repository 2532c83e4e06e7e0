"""The words of France Travail's Liste des paiements: whether the person is registered, and what was paid.

Camel case on the wire. Every key is required: if one disappeared, no payment would be taken for an answer.
"""

from decimal import Decimal
from typing import Annotated

import msgspec

#: Ten payments a week, for 24 months: nobody has that many.
_PAIEMENTS_MAX = 1_000


class Paiement(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One payment; amounts are read from the text of the JSON, so that no binary fraction comes between."""

    date_paiement: str
    """An instant in ISO 8601, in Paris."""
    montant_paiement: Decimal
    """After income tax withheld at source: not the sum of the others."""
    allocations: Decimal
    aides: Decimal
    autres_paiements: Decimal


class Paiements(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The payments of 24 months at most."""

    statut_inscription: bool
    liste_paiement: Annotated[list[Paiement], msgspec.Meta(max_length=_PAIEMENTS_MAX)] | None
