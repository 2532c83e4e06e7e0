"""The only place of the project that opens an HTTP client: one per source, two interchangeable implementations.

Neither follows a redirect, reads a proxy from the environment, keeps a cookie, accepts TLS below 1.2 or a compression
other than gzip. Both raise the errors of `_pannes.py`, and nothing of the libraries' own.
"""

import asyncio
import logging
import re
import ssl
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Protocol
from urllib.parse import quote, urlencode, urlsplit

import httpx
from pyreqwest import exceptions as reqwest
from pyreqwest.client import Client, ClientBuilder
from pyreqwest.http import HeaderMap

from providers._corps import Corps
from providers._pannes import (
    DelaiDepasse,
    Injoignable,
    Interrompue,
    NonConforme,
    PanneDeTransport,
    RequeteImpossible,
    TlsRefuse,
)
from providers._source import Paires, UpstreamRequest, UpstreamResponse

_AGENT = "api-particulier"
_ENTETES = {"accept-encoding": "gzip", "user-agent": _AGENT}
#: Connections of one source; a source that hangs fills its own pool and no other.
_CONNEXIONS = 64
#: Seconds to open a connection, DNS and TLS included.
_CONNEXION_MAX = 1.0
#: A method or the name of a header: RFC 9110 §5.6.2, without the signs that nobody uses.
_MOT = re.compile(r"[A-Za-z0-9_-]+")
_CHEMIN_SUR = "/:@!$&'()*+,;=~"

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


class Transport(Protocol):
    """How a request reaches one source."""

    async def send(self, request: UpstreamRequest, *, deadline: float) -> UpstreamResponse:
        """Exchange one request, body included, within `deadline` seconds. Raise PanneDeTransport."""

    async def aclose(self) -> None:
        """Close every connection."""


class _Borne(ABC):
    """What both implementations share: the bound in time, and the translation of errors."""

    async def send(self, request: UpstreamRequest, *, deadline: float) -> UpstreamResponse:
        """Exchange one request, body included, within `deadline` seconds. Raise PanneDeTransport."""
        try:
            async with asyncio.timeout(deadline):
                return await self._exchange(request, deadline)
        except tuple(TRADUCTIONS) as faute:
            panne = traduire(faute)
        # NOTE: raised outside the handler, so that no exception of a library, which may quote the URL, is chained.
        raise panne

    @abstractmethod
    async def _exchange(self, request: UpstreamRequest, deadline: float) -> UpstreamResponse: ...

    @abstractmethod
    async def aclose(self) -> None:
        """Close every connection."""


class HttpxTransport(_Borne):
    """The reference implementation.

    Args:
        base_url: what every path is appended to.
        autorites: PEM of certificate authorities to trust besides the system's.
        par: an httpx transport to go through instead of the network.

    Raises:
        ValueError: `base_url` is not http(s) with a host.
    """

    def __init__(
        self, base_url: str, *, autorites: str | None = None, par: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._base_url = _base(base_url)
        _taire_httpx()
        self._client = httpx.AsyncClient(
            transport=par,
            verify=_tls(autorites) if par is None and base_url.startswith("https:") else False,
            trust_env=False,
            headers=_ENTETES,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            timeout=httpx.Timeout(None, connect=_CONNEXION_MAX),
            limits=httpx.Limits(max_connections=_CONNEXIONS, max_keepalive_connections=_CONNEXIONS),
        )

    async def _exchange(self, request: UpstreamRequest, deadline: float) -> UpstreamResponse:
        del deadline  # a cancelled exchange closes its connection
        async with self._client.stream(
            request.method,
            _adresse(self._base_url, request),
            headers=_lisibles(request),
            content=request.body or None,
        ) as reponse:
            corps = Corps(reponse.headers.get("content-encoding"))
            async for morceau in reponse.aiter_raw():
                corps.ajouter(morceau)
            return UpstreamResponse(reponse.status_code, tuple(reponse.headers.multi_items()), corps.terminer())

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()


class ReqwestTransport(_Borne):
    """The faster implementation: a Rust client with its own threads, DNS included.

    An exchange that the caller cancels goes on by itself until its deadline, and only then gives its connection back.

    Args:
        base_url: what every path is appended to.
        autorites: PEM of certificate authorities to trust besides the system's.

    Raises:
        ValueError: `base_url` is not http(s) with a host.
    """

    def __init__(self, base_url: str, *, autorites: str | None = None) -> None:
        self._base_url = _base(base_url)
        builder = (
            ClientBuilder()
            .gzip(enable=False)
            .brotli(enable=False)
            .deflate(enable=False)
            .zstd(enable=False)
            .follow_redirects(enable=False)
            .referer(enable=False)
            .no_proxy()
            .min_tls_version("TLSv1.2")
            .connect_timeout(timedelta(seconds=_CONNEXION_MAX))
            .max_connections(_CONNEXIONS)
            .default_headers(_ENTETES)
        )
        if autorites:
            builder = builder.add_root_certificate_pem(autorites.encode())
        self._client: Client | None = builder.build()

    async def _exchange(self, request: UpstreamRequest, deadline: float) -> UpstreamResponse:
        if self._client is None:
            raise Interrompue
        headers = list(_lisibles(request))
        builder = self._client.request(request.method, _adresse(self._base_url, request)).headers(headers)
        if request.body:
            builder = builder.body_bytes(request.body)
        # NOTE: pyreqwest does not abort a request whose task is cancelled: it needs the deadline for itself.
        builder = builder.timeout(timedelta(seconds=deadline))
        async with builder.build_streamed() as reponse:
            corps = Corps(reponse.get_header("content-encoding"))
            while (morceau := await reponse.body_reader.read_chunk()) is not None:
                corps.ajouter(bytes(morceau))
            return UpstreamResponse(reponse.status, tuple(_entetes(reponse.headers)), corps.terminer())

    async def aclose(self) -> None:
        """Close every connection."""
        client, self._client = self._client, None
        if client:
            # NOTE: idle connections go with the last reference to the client, not with `close`.
            await client.close()


class _EnMemoire(httpx.AsyncBaseTransport):
    """An httpx transport whose network is a function of ours."""

    def __init__(self, answer: Callable[[UpstreamRequest], Awaitable[UpstreamResponse]]) -> None:
        self._answer = answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Convert, answer, convert back."""
        recu = UpstreamRequest(
            request.method,
            request.url.path,
            tuple(request.url.params.multi_items()),
            tuple(request.headers.multi_items()),
            await request.aread(),
        )
        reponse = await self._answer(recu)
        return httpx.Response(reponse.status, headers=list(reponse.headers), stream=httpx.ByteStream(reponse.body))


def in_process(answer: Callable[[UpstreamRequest], Awaitable[UpstreamResponse]]) -> HttpxTransport:
    """Return a transport that never leaves the process: `answer` plays the source.

    It may raise a PanneDeTransport (a refused or cut connection), or wait for ever (the deadline then cancels it).
    """
    return HttpxTransport("http://source.invalid", par=_EnMemoire(answer))


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


def _taire_httpx() -> None:
    """Keep httpx from logging URLs (INFO) and headers (DEBUG), which hold personal data, whatever the root says."""
    for nom in ("httpx", "httpcore"):
        logging.getLogger(nom).setLevel(logging.WARNING)


def _base(base_url: str) -> str:
    morceaux = urlsplit(base_url)
    if morceaux.scheme not in {"http", "https"} or not morceaux.hostname or morceaux.query or morceaux.fragment:
        raise ValueError("URL de source invalide : attendu http(s)://hôte[:port][/chemin].")
    return base_url.rstrip("/")


def _adresse(base_url: str, request: UpstreamRequest) -> str:
    """Write the URL; whatever a path holds stays under the base. Raise RequeteImpossible for a climbing path."""
    if not request.path.startswith("/") or {".", ".."} & set(request.path.split("/")):
        raise RequeteImpossible
    params = f"?{urlencode(request.params, quote_via=quote, safe='')}" if request.params else ""
    return f"{base_url}{quote(request.path, safe=_CHEMIN_SUR)}{params}"


def _lisibles(request: UpstreamRequest) -> Paires:
    """Return headers that fit on lines of HTTP. Raise RequeteImpossible: a value may come from the caller."""
    noms = {request.method, *(nom for nom, _ in request.headers)}
    if all(map(_MOT.fullmatch, noms)) and all(v.isascii() and v.isprintable() for _, v in request.headers):
        return request.headers
    raise RequeteImpossible


def _entetes(headers: HeaderMap) -> Iterator[tuple[str, str]]:
    """Yield the headers of an answer; one that is not UTF-8 is nothing that a reader could use."""
    for nom in dict.fromkeys(headers):
        try:
            yield from ((nom, valeur) for valeur in headers.getall(nom))
        except ValueError:
            continue


def _tls(autorites: str | None) -> ssl.SSLContext:
    contexte = ssl.create_default_context()
    contexte.minimum_version = ssl.TLSVersion.TLSv1_2
    if autorites:
        contexte.load_verify_locations(cadata=autorites)
    return contexte
