"""The only place of the project that opens an HTTP client: one per source, two interchangeable implementations.

Neither follows a redirect, reads a proxy from the environment, keeps a cookie, accepts TLS below 1.2 or a compression
other than gzip. Both raise the errors of `_pannes.py`, and nothing of the libraries' own.
"""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Protocol

import httpx
from pyreqwest.client import Client, ClientBuilder
from pyreqwest.http import HeaderMap

from providers._corps import Corps
from providers._pannes import Interrompue
from providers._source import UpstreamRequest, UpstreamResponse
from providers._tls import IdentiteTls, contexte, identite_inutilisable
from providers._traductions import TRADUCTIONS, traduire
from providers._wire import adresse, base, entetes

_ENTETES = {"accept-encoding": "gzip", "user-agent": "api-particulier"}
#: Connections of one source; a source that hangs fills its own pool and no other.
_CONNEXIONS = 64
#: Seconds to open a connection, DNS and TLS included.
_CONNEXION_MAX = 1.0
#: What a library raises for an identity that it cannot use.
_FAUTES: tuple[type[BaseException], ...] = (ValueError, *TRADUCTIONS)


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
        identite: the certificate that the source knows us by, if it wants one.
        par: an httpx transport to go through instead of the network.

    Raises:
        ValueError: `base_url` is not http(s) with a host, or `identite` cannot be used.
    """

    def __init__(
        self,
        base_url: str,
        *,
        autorites: str | None = None,
        identite: IdentiteTls | None = None,
        par: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._base_url = base(base_url)
        _taire_httpx()
        # Reading the authorities of the system takes time that a plain connection has no use for.
        self._tls = False if self._base_url.startswith("http:") else contexte(autorites, identite)
        self._par = par
        self._places = asyncio.Semaphore(_CONNEXIONS)
        self._clients: list[httpx.AsyncClient] = []
        self._libres: list[httpx.AsyncClient] = []

    async def _exchange(self, request: UpstreamRequest, deadline: float) -> UpstreamResponse:
        del deadline  # a cancelled exchange closes its connection
        async with (
            self._client() as client,
            client.stream(
                request.method,
                adresse(self._base_url, request),
                headers=entetes(request),
                content=request.body or None,
            ) as reponse,
        ):
            corps = Corps(reponse.headers.get("content-encoding"))
            async for morceau in reponse.aiter_raw():
                corps.ajouter(morceau)
            lue = UpstreamResponse(reponse.status_code, tuple(reponse.headers.multi_items()), corps.terminer())
        # httpx ties a response and its stream to each other: what nobody holds any more would wait for the collector.
        del reponse.stream
        return lue

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[httpx.AsyncClient]:
        """Lend a client of one connection, the last used first.

        NOTE: the pool of httpcore looks at each of its connections for each request: at 64 of them, a call cost six
        times what it costs with one.
        """
        async with self._places:
            client = self._libres.pop() if self._libres else self._ouvrir()
            try:
                yield client
            finally:
                self._libres.append(client)

    def _ouvrir(self) -> httpx.AsyncClient:
        client = httpx.AsyncClient(
            transport=self._par,
            verify=self._tls,
            trust_env=False,
            headers=_ENTETES,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            timeout=httpx.Timeout(None, connect=_CONNEXION_MAX),
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
        )
        self._clients.append(client)
        return client

    async def aclose(self) -> None:
        """Close every connection."""
        for client in self._clients:
            await client.aclose()


class ReqwestTransport(_Borne):
    """The faster implementation: a Rust client with its own threads, DNS included.

    An exchange that the caller cancels goes on by itself until its deadline, and only then gives its connection back.

    Args:
        base_url: what every path is appended to.
        autorites: PEM of certificate authorities to trust besides the system's.
        identite: the certificate that the source knows us by, if it wants one.

    Raises:
        ValueError: `base_url` is not http(s) with a host, or `identite` cannot be used.
    """

    def __init__(self, base_url: str, *, autorites: str | None = None, identite: IdentiteTls | None = None) -> None:
        self._base_url = base(base_url)
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
        self._client: Client | None = _batir(builder, identite)

    async def _exchange(self, request: UpstreamRequest, deadline: float) -> UpstreamResponse:
        if self._client is None:
            raise Interrompue
        headers = list(entetes(request))
        builder = self._client.request(request.method, adresse(self._base_url, request)).headers(headers)
        if request.body:
            builder = builder.body_bytes(request.body)
        # NOTE: pyreqwest does not abort a request whose task is cancelled: it needs the deadline for itself.
        builder = builder.timeout(timedelta(seconds=deadline))
        async with builder.build_streamed() as reponse:
            corps = Corps(reponse.get_header("content-encoding"))
            while (morceau := await reponse.body_reader.read_chunk()) is not None:
                corps.ajouter(bytes(morceau))
            return UpstreamResponse(reponse.status, tuple(_lus(reponse.headers)), corps.terminer())

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


def _lus(headers: HeaderMap) -> Iterator[tuple[str, str]]:
    """Yield the headers of an answer; one that is not UTF-8 is nothing that a reader could use."""
    for nom in dict.fromkeys(headers):
        try:
            yield from ((nom, valeur) for valeur in headers.getall(nom))
        except ValueError:
            continue


def _batir(builder: ClientBuilder, identite: IdentiteTls | None) -> Client:
    """Build a client that presents an identity. Raise ValueError, outside the handler, as an exception may quote it."""
    if identite is None:
        return builder.build()
    try:
        return builder.identity_pem(identite.pem).build()
    except _FAUTES:
        refus = identite_inutilisable()
    raise refus


def _taire_httpx() -> None:
    """Keep httpx from logging URLs (INFO) and headers (DEBUG), which hold personal data, whatever the root says."""
    for nom in ("httpx", "httpcore"):
        logging.getLogger(nom).setLevel(logging.WARNING)
