"""How the journal writes an instant: whole microseconds since 1970, UTC."""

from datetime import UTC, datetime, timedelta

_EPOQUE = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECONDE = timedelta(microseconds=1)
#: Before and after every instant.
DEBUT, FIN = _EPOQUE, datetime.max.replace(tzinfo=UTC)


def microsecondes(instant: datetime) -> int:
    """Write an aware instant."""
    return (instant - _EPOQUE) // _MICROSECONDE
