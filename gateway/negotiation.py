"""Choose the media type of an answer from `Accept`, as GraphQL over HTTP asks."""

from dataclasses import dataclass

GRAPHQL_JSON = "application/graphql-response+json"
JSON = "application/json"
_RANGES = {GRAPHQL_JSON: GRAPHQL_JSON, JSON: JSON, "application/*": JSON, "*/*": JSON}


@dataclass(frozen=True, slots=True)
class Accepted:
    """The type to answer with, and whether the caller is a legacy one that wants 200 for a refused document."""

    media: str
    legacy: bool


def negotiate(accept: str | None) -> Accepted | None:
    """Return what to answer with; None when nothing we can write is accepted."""
    if not accept:
        return Accepted(JSON, legacy=False)
    named: dict[str, float] = {}
    for part in accept.lower().split(","):
        media, *parameters = (piece.strip() for piece in part.split(";"))
        if media in _RANGES:
            named[media] = max(named.get(media, 0.0), _quality(parameters))
    wanted = {media: quality for media, quality in named.items() if quality > 0}
    if not wanted:
        return None
    best = max(wanted, key=lambda media: wanted[media])
    return Accepted(_RANGES[best], legacy=JSON in wanted and GRAPHQL_JSON not in wanted)


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0
