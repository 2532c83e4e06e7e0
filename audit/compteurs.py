"""What a journal did since it was made: the figures that an operator watches."""

from dataclasses import dataclass


@dataclass(slots=True)
class Compteurs:
    """Transactions, records, and transactions that failed; seals, and attempts to seal that failed.

    A seal that cannot be written stops no request: `scelles_echoues` grows at each attempt, one every half second.
    """

    lots: int = 0
    traces: int = 0
    echecs: int = 0
    scelles: int = 0
    scelles_echoues: int = 0
