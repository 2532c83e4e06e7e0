"""How a request is written on the wire: its URL under the base of the source, its headers, or a refusal to write it."""

import re
from urllib.parse import quote, urlencode, urlsplit

from providers._pannes import RequeteImpossible
from providers._source import Paires, UpstreamRequest

#: A method or the name of a header: RFC 9110 §5.6.2, without the signs that nobody uses.
_MOT = re.compile(r"[A-Za-z0-9_-]+")
_CHEMIN_SUR = "/:@!$&'()*+,;=~"


def base(base_url: str) -> str:
    """Return the base URL of a source, its scheme in lower case, without a last slash.

    Raises:
        ValueError: anything but http(s), a host, and maybe a port and a path.
    """
    morceaux = urlsplit(base_url)
    en_trop = morceaux.query or morceaux.fragment or "@" in morceaux.netloc
    if morceaux.scheme not in {"http", "https"} or not morceaux.hostname or en_trop:
        raise ValueError("URL de source invalide : attendu http(s)://hôte[:port][/chemin].")
    return morceaux.geturl().rstrip("/")


def adresse(base_url: str, request: UpstreamRequest) -> str:
    """Write the URL; whatever a path holds stays under the base. Raise RequeteImpossible for a climbing path."""
    if not request.path.startswith("/") or {".", ".."} & set(request.path.split("/")):
        raise RequeteImpossible
    params = f"?{urlencode(request.params, quote_via=quote, safe='')}" if request.params else ""
    return f"{base_url}{quote(request.path, safe=_CHEMIN_SUR)}{params}"


def entetes(request: UpstreamRequest) -> Paires:
    """Return headers that fit on lines of HTTP. Raise RequeteImpossible: a value may come from the caller."""
    noms = {request.method, *(nom for nom, _ in request.headers)}
    if all(map(_MOT.fullmatch, noms)) and all(v.isascii() and v.isprintable() for _, v in request.headers):
        return request.headers
    raise RequeteImpossible
