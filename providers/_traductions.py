"""What the exceptions of httpx and pyreqwest mean here: translated at this one place, and none of them is forgotten."""

import ssl
from collections.abc import Iterator, Mapping

import httpx
from pyreqwest import exceptions as reqwest

from providers._pannes import (
    DelaiDepasse,
    Injoignable,
    Interrompue,
    NonConforme,
    PanneDeTransport,
    RequeteImpossible,
    TlsRefuse,
)

#: What the exceptions of the libraries mean here. `_affiner` then looks inside the three that mean several things.
_SENS: Mapping[type[PanneDeTransport], tuple[type[BaseException], ...]] = {
    Injoignable: (
        *(httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError),
        *(reqwest.ConnectError, reqwest.ConnectTimeoutError),
    ),
    Interrompue: (
        *(httpx.HTTPError, httpx.RequestError, httpx.TransportError),
        *(httpx.NetworkError, httpx.ReadError, httpx.WriteError, httpx.CloseError),
        *(httpx.StreamError, httpx.StreamConsumed, httpx.StreamClosed, httpx.ResponseNotRead, httpx.RequestNotRead),
        *(reqwest.PyreqwestError, reqwest.DetailedPyreqwestError, reqwest.RequestError, reqwest.TransportError),
        *(reqwest.NetworkError, reqwest.ReadError, reqwest.WriteError),
        *(reqwest.ClientClosedError, reqwest.RequestPanicError),
    ),
    NonConforme: (
        *(httpx.ProtocolError, httpx.RemoteProtocolError, httpx.DecodingError),
        *(httpx.TooManyRedirects, httpx.HTTPStatusError),
        *(reqwest.DecodeError, reqwest.BodyDecodeError, reqwest.JSONDecodeError),
        *(reqwest.RedirectError, reqwest.StatusError),
    ),
    DelaiDepasse: (
        *(httpx.TimeoutException, httpx.ReadTimeout, httpx.WriteTimeout, httpx.PoolTimeout),
        *(reqwest.RequestTimeoutError, reqwest.ReadTimeoutError, reqwest.WriteTimeoutError, reqwest.PoolTimeoutError),
        TimeoutError,
    ),
    RequeteImpossible: (
        *(httpx.LocalProtocolError, httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.CookieConflict),
        reqwest.BuilderError,
    ),
}
TRADUCTIONS = {exception: panne for panne, exceptions in _SENS.items() for exception in exceptions}


def traduire(faute: BaseException) -> PanneDeTransport:
    """Return what an exception of httpx or pyreqwest means, without anything of what it says."""
    classe = next(TRADUCTIONS[parente] for parente in type(faute).__mro__ if parente in TRADUCTIONS)
    return _affiner(faute, classe)()


def _affiner(faute: BaseException, classe: type[PanneDeTransport]) -> type[PanneDeTransport]:
    if isinstance(faute, httpx.ConnectError):
        return TlsRefuse if any(isinstance(maillon, ssl.SSLError) for maillon in _chaine(faute)) else classe
    if isinstance(faute, httpx.RemoteProtocolError):
        # httpx says so both of a malformed answer, which its parser h11 refused, and of a connection that closed.
        malformee = any(type(maillon).__module__.partition(".")[0] == "h11" for maillon in _chaine(faute))
        return classe if malformee else Interrompue
    if isinstance(faute, reqwest.ConnectError | reqwest.ConnectTimeoutError):
        return _affiner_reqwest(faute, " ".join(cause["message"] for cause in faute.details["causes"] or ()))
    return classe


def _affiner_reqwest(faute: BaseException, causes: str) -> type[PanneDeTransport]:
    """Tell a connection that never opened from one that was left unanswered, and a bad peer from an absent one."""
    tardive = isinstance(faute, TimeoutError)
    if "(Connect)" not in causes:
        return DelaiDepasse if tardive else Interrompue
    absente = tardive or "tcp connect error" in causes or "dns error" in causes
    return Injoignable if absente else TlsRefuse


def _chaine(faute: BaseException) -> Iterator[BaseException]:
    maillon: BaseException | None = faute
    while maillon is not None:
        yield maillon
        maillon = maillon.__cause__ or maillon.__context__
