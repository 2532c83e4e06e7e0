"""What a refusal or a fault of a source means to the caller: the shared judgement, the same for every source."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from graph.errors import ErreurDeBloc, SourceDelaiDepasse, SourceIndisponible, SourceQuota, SourceReponseInvalide
from providers._pannes import DelaiDepasse, NonConforme, PanneDeTransport
from providers._source import UpstreamResponse

HABILITATION_SOURCE = "HABILITATION_SOURCE"
#: Statuses by which a source refuses our own credentials.
REFUS = frozenset({401, 403})
_SURCHARGE = frozenset({502, 503, 504})
#: Seconds. A source may not make us wait longer, nor come back at once.
_QUOTA_MAX, _SURCHARGE_MAX, _MIN = 300, 60, 1
#: Longer numbers are over every maximum, and `int` has a limit of its own.
_CHIFFRES_MAX = 9


def juger(reponse: UpstreamResponse) -> ErreurDeBloc:
    """Return the error that an answer is, when its status is not one that the source's `read` understands."""
    status = reponse.status
    if status in REFUS:
        return SourceIndisponible(cause=HABILITATION_SOURCE)
    if status == 429:  # noqa: PLR2004 - Too Many Requests
        return SourceQuota(retry_after_ms=_delai(reponse, _QUOTA_MAX), cause="SOURCE_QUOTA")
    if status in _SURCHARGE:
        return SourceIndisponible(retry_after_ms=_delai(reponse, _SURCHARGE_MAX), cause="SOURCE_SURCHARGE")
    if 500 <= status < 600:  # noqa: PLR2004 - server errors
        return SourceIndisponible(cause="SOURCE_ERREUR")
    redirection = 300 <= status < 400  # noqa: PLR2004 - redirections
    return SourceReponseInvalide(cause="SOURCE_REDIRECTION" if redirection else "SOURCE_STATUT_INATTENDU")


def traduire_panne(panne: PanneDeTransport) -> ErreurDeBloc:
    """Return the error that a broken exchange is."""
    if isinstance(panne, DelaiDepasse):
        return SourceDelaiDepasse(cause=panne.cause)
    if isinstance(panne, NonConforme):
        return SourceReponseInvalide(cause=panne.cause)
    return SourceIndisponible(cause=panne.cause)


def _delai(reponse: UpstreamResponse, maximum: int) -> int | None:
    """Read `Retry-After` (RFC 9110 §10.2.3), in milliseconds within bounds; None when absent or garbage."""
    valeur = (reponse.header("retry-after") or "").strip()
    if valeur.isascii() and valeur.isdigit():
        secondes = float(valeur[:_CHIFFRES_MAX]) if len(valeur) <= _CHIFFRES_MAX else float(maximum)
    else:
        date, maintenant = _date(valeur), _date(reponse.header("date") or "") or datetime.now(UTC)
        if date is None:
            return None
        # NOTE: measured against the source's own clock when it gives it, since ours may differ.
        secondes = (date - maintenant).total_seconds()
    return int(1000 * min(max(secondes, _MIN), maximum))


def _date(valeur: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(valeur)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
