import asyncio
import gzip
import inspect
import logging
import socket
import ssl
import struct
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from itertools import count
from pathlib import Path

import httpx
import pytest
import trustme
from cryptography.hazmat.primitives import serialization
from pyreqwest import exceptions as reqwest

from providers._pannes import (
    DelaiDepasse,
    EncodageRefuse,
    Injoignable,
    Interrompue,
    NonConforme,
    PanneDeTransport,
    RequeteImpossible,
    TlsRefuse,
    TropGrosse,
)
from providers._source import UpstreamRequest, UpstreamResponse
from providers._tls import IdentiteTls
from providers._traductions import TRADUCTIONS, traduire
from providers._transport import HttpxTransport, ReqwestTransport, Transport, in_process

SECRET = "DUPONT-SECRET"  # noqa: S105 - a canary, looked for in errors and logs
DEMANDE = UpstreamRequest("GET", f"/{SECRET}", (("nom", SECRET),), (("authorization", f"Bearer {SECRET}"),))
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Ouvrir = Callable[..., Transport]


class Administration:
    """A scripted server on the loopback: it keeps what it received, and answers as its script says."""

    def __init__(self) -> None:
        self.recu: list[bytes] = []
        self.arrivee = asyncio.Event()
        self.quitte = asyncio.Event()
        self.fin = asyncio.Event()
        self._serveur: asyncio.Server | None = None
        self._taches: set[asyncio.Task[None]] = set()
        self._ecrivains: list[asyncio.StreamWriter] = []

    async def jouer(self, script: Script, tls: ssl.SSLContext | None = None) -> str:
        async def servir(lecteur: asyncio.StreamReader, ecrivain: asyncio.StreamWriter) -> None:
            tache = asyncio.current_task()
            assert tache
            self._taches.add(tache)
            self._ecrivains.append(ecrivain)
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while True:
                    self.recu.append(await lecteur.readuntil(b"\r\n\r\n"))
                    self.arrivee.set()
                    await script(lecteur, ecrivain)
                    await ecrivain.drain()
            self.quitte.set()
            ecrivain.close()
            with suppress(ConnectionError, ssl.SSLError):
                await ecrivain.wait_closed()

        self._serveur = await asyncio.start_server(servir, "127.0.0.1", 0, ssl=tls)
        return f"{'https' if tls else 'http'}://localhost:{self._serveur.sockets[0].getsockname()[1]}"

    async def fermer(self) -> None:
        self.fin.set()
        if self._serveur:
            self._serveur.close()
        for ecrivain in self._ecrivains:
            ecrivain.close()
        await asyncio.gather(*self._taches)


@pytest.fixture
async def administration() -> AsyncIterator[Administration]:
    administration = Administration()
    yield administration
    await administration.fermer()


@pytest.fixture(params=[HttpxTransport, ReqwestTransport])
async def ouvrir(request: pytest.FixtureRequest, administration: Administration) -> AsyncIterator[Ouvrir]:
    del administration  # it must outlive the connections
    ouverts: list[Transport] = []

    def ouvrir(base_url: str, autorites: str | None = None, identite: IdentiteTls | None = None) -> Transport:
        ouverts.append(request.param(base_url, autorites=autorites, identite=identite))
        return ouverts[-1]

    yield ouvrir
    for transport in ouverts:
        await transport.aclose()


def ecrire(*morceaux: bytes) -> Script:
    """Send bytes, and let the connection live."""

    async def script(_lecteur: asyncio.StreamReader, ecrivain: asyncio.StreamWriter) -> None:
        for morceau in morceaux:
            ecrivain.write(morceau)
            await ecrivain.drain()

    return script


def ecrire_et_fermer(*morceaux: bytes) -> Script:
    """Send bytes, then close properly."""

    async def script(lecteur: asyncio.StreamReader, ecrivain: asyncio.StreamWriter) -> None:
        await ecrire(*morceaux)(lecteur, ecrivain)
        ecrivain.close()

    return script


def ecrire_et_couper(*morceaux: bytes) -> Script:
    """Send bytes, then reset the connection."""

    async def script(lecteur: asyncio.StreamReader, ecrivain: asyncio.StreamWriter) -> None:
        await ecrire(*morceaux)(lecteur, ecrivain)
        sock = ecrivain.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        ecrivain.transport.abort()

    return script


def ecrire_sans_fin(entete: bytes, morceau: bytes) -> Script:
    """Send the same bytes again and again, as fast as they are read."""

    async def script(_lecteur: asyncio.StreamReader, ecrivain: asyncio.StreamWriter) -> None:
        ecrivain.write(entete)
        while True:
            ecrivain.write(morceau)
            await ecrivain.drain()

    return script


def repondre(body: bytes, *entetes: bytes) -> bytes:
    lignes = [b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(body), *entetes]
    return b"\r\n".join(lignes) + b"\r\n\r\n" + body


def secrets_de(panne: BaseException) -> bool:
    """Tell whether an error, or anything chained to it, could print what was asked."""
    return SECRET in repr(panne) + str(panne) + repr(vars(panne)) or panne.__context__ is not None


# --- A sound exchange -------------------------------------------------------------------------------------------------


async def test_an_answer_comes_back_with_its_status_headers_and_body(
    administration: Administration, ouvrir: Ouvrir
) -> None:
    base = await administration.jouer(
        ecrire(b"HTTP/1.1 404 Not Found\r\nX-Motif: rien\r\nX-Motif: encore\r\nContent-Length: 3\r\n\r\nnon")
    )
    reponse = await ouvrir(base).send(DEMANDE, deadline=5)
    assert (reponse.status, reponse.body) == (404, b"non")
    assert [valeur for nom, valeur in reponse.headers if nom == "x-motif"] == ["rien", "encore"]


async def test_a_request_is_written_under_the_base_whatever_it_holds(
    administration: Administration, ouvrir: Ouvrir
) -> None:
    base = await administration.jouer(ecrire(OK))
    demande = UpstreamRequest("GET", "/dossiers/é?#%2e\\x", (("nom", "D'ARC & Cie"), ("nom", "É/=?")), (("x-a", "1"),))
    await ouvrir(f"{base}/api/").send(demande, deadline=5)
    ligne, *entetes = administration.recu[0].decode().split("\r\n")
    assert ligne == "GET /api/dossiers/%C3%A9%3F%23%252e%5Cx?nom=D%27ARC%20%26%20Cie&nom=%C3%89%2F%3D%3F HTTP/1.1"
    noms = {entete.lower() for entete in entetes}
    assert {"x-a: 1", "accept-encoding: gzip", "user-agent: api-particulier"} <= noms


async def test_a_request_names_its_own_client(administration: Administration, ouvrir: Ouvrir) -> None:
    base = await administration.jouer(ecrire(OK))
    await ouvrir(base).send(UpstreamRequest("GET", "/", headers=(("User-Agent", "curl/8.15.0"),)), deadline=5)
    entetes = administration.recu[0].decode().lower().split("\r\n")
    assert [entete for entete in entetes if entete.startswith("user-agent:")] == ["user-agent: curl/8.15.0"]


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_body_is_sent_whole_even_by_a_get(administration: Administration, ouvrir: Ouvrir, method: str) -> None:
    async def script(lecteur: asyncio.StreamReader, ecrivain: asyncio.StreamWriter) -> None:
        administration.recu.append(await lecteur.readexactly(7))
        await ecrire(OK)(lecteur, ecrivain)

    base = await administration.jouer(script)
    await ouvrir(base).send(UpstreamRequest(method, "/", body=b"bonjour"), deadline=5)
    assert administration.recu[0].startswith(f"{method} / ".encode())
    assert administration.recu[1] == b"bonjour"


async def test_a_gzip_answer_is_decompressed(administration: Administration, ouvrir: Ouvrir) -> None:
    base = await administration.jouer(ecrire(repondre(gzip.compress(b"bonjour" * 1000), b"Content-Encoding: gzip")))
    assert (await ouvrir(base).send(DEMANDE, deadline=5)).body == b"bonjour" * 1000


async def test_a_header_that_is_not_text_spoils_nothing(administration: Administration, ouvrir: Ouvrir) -> None:
    base = await administration.jouer(ecrire(repondre(b"ok", b"X-Nom: caf\xe9", b"X-Autre: oui")))
    reponse = await ouvrir(base).send(DEMANDE, deadline=5)
    assert (reponse.body, reponse.header("x-autre")) == (b"ok", "oui")


async def test_a_redirect_is_answered_and_never_followed(administration: Administration, ouvrir: Ouvrir) -> None:
    base = await administration.jouer(ecrire(b"HTTP/1.1 302 Found\r\nLocation: /ailleurs\r\nContent-Length: 0\r\n\r\n"))
    assert (await ouvrir(base).send(DEMANDE, deadline=5)).status == 302
    assert len(administration.recu) == 1


async def test_a_cookie_never_goes_back(administration: Administration, ouvrir: Ouvrir) -> None:
    base = await administration.jouer(ecrire(repondre(b"ok", b"Set-Cookie: session=1; Path=/")))
    transport = ouvrir(base)
    await transport.send(DEMANDE, deadline=5)
    await transport.send(DEMANDE, deadline=5)
    assert len(administration.recu) == 2
    assert b"cookie" not in administration.recu[1].lower()


async def test_the_proxies_of_the_environment_are_ignored(
    administration: Administration, ouvrir: Ouvrir, monkeypatch: pytest.MonkeyPatch
) -> None:
    for nom in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(nom, "http://127.0.0.1:9")
    for nom in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(nom, raising=False)
    base = await administration.jouer(ecrire(OK))
    assert (await ouvrir(base).send(DEMANDE, deadline=5)).body == b"ok"


async def test_nothing_of_an_exchange_is_logged(
    administration: Administration, ouvrir: Ouvrir, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    base = await administration.jouer(ecrire(repondre(SECRET.encode(), f"X-Nom: {SECRET}".encode())))
    await ouvrir(base).send(DEMANDE, deadline=5)
    assert SECRET not in caplog.text


# --- Time -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("debut", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbon"])
async def test_a_source_that_hangs_is_left_at_the_deadline(
    administration: Administration, ouvrir: Ouvrir, debut: bytes
) -> None:
    base = await administration.jouer(ecrire(debut))
    with pytest.raises(DelaiDepasse) as panne:
        await ouvrir(base).send(DEMANDE, deadline=0.1)
    assert not secrets_de(panne.value)
    await asyncio.wait_for(administration.quitte.wait(), 5)


async def test_a_source_that_drips_is_left_at_the_deadline(administration: Administration, ouvrir: Ouvrir) -> None:
    async def goutte_a_goutte(_lecteur: asyncio.StreamReader, ecrivain: asyncio.StreamWriter) -> None:
        ecrivain.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
        while not administration.fin.is_set():
            ecrivain.write(b".")
            await ecrivain.drain()
            with suppress(TimeoutError):
                await asyncio.wait_for(administration.fin.wait(), 0.01)

    base = await administration.jouer(goutte_a_goutte)
    with pytest.raises(DelaiDepasse):
        await ouvrir(base).send(DEMANDE, deadline=0.1)
    await asyncio.wait_for(administration.quitte.wait(), 5)


async def partir(transport: Transport, arrivee: asyncio.Event, deadline: float) -> None:
    appel = asyncio.create_task(transport.send(DEMANDE, deadline=deadline))
    await asyncio.wait_for(arrivee.wait(), 5)
    appel.cancel()
    with pytest.raises(asyncio.CancelledError):
        await appel


async def test_a_caller_that_leaves_keeps_no_connection_beyond_the_deadline(
    administration: Administration, ouvrir: Ouvrir
) -> None:
    await partir(ouvrir(await administration.jouer(ecrire(b""))), administration.arrivee, deadline=0.2)
    await asyncio.wait_for(administration.quitte.wait(), 5)


async def test_a_caller_that_leaves_closes_a_connection_of_httpx_at_once(administration: Administration) -> None:
    transport = HttpxTransport(await administration.jouer(ecrire(b"")))
    await partir(transport, administration.arrivee, deadline=60)
    await asyncio.wait_for(administration.quitte.wait(), 5)
    await transport.aclose()


async def test_a_closed_transport_leaves_no_connection_open(administration: Administration, ouvrir: Ouvrir) -> None:
    transport = ouvrir(await administration.jouer(ecrire(OK)))
    await transport.send(DEMANDE, deadline=5)
    assert not administration.quitte.is_set()
    await transport.aclose()
    await asyncio.wait_for(administration.quitte.wait(), 5)


# --- Broken connections and answers -----------------------------------------------------------------------------------


async def test_a_closed_port_cannot_be_reached(ouvrir: Ouvrir) -> None:
    with socket.socket() as reserve:
        reserve.bind(("127.0.0.1", 0))
        transport = ouvrir(f"http://127.0.0.1:{reserve.getsockname()[1]}")
        with pytest.raises(Injoignable) as panne:
            await transport.send(DEMANDE, deadline=5)
    assert type(panne.value) is Injoignable
    assert not secrets_de(panne.value)


BOMBE = gzip.compress(bytes(64 * 1024 * 1024), compresslevel=1)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("script", "attendue"),
    [
        pytest.param(ecrire_et_fermer(), Interrompue, id="closed before the answer"),
        pytest.param(ecrire_et_couper(), Interrompue, id="reset before the answer"),
        pytest.param(ecrire_et_couper(repondre(b"bonjour")[:-3]), Interrompue, id="reset in the body"),
        pytest.param(ecrire_et_couper(CHUNKED, b"5\r\nbon"), Interrompue, id="reset in a chunk"),
        pytest.param(ecrire_et_fermer(repondre(b"bonjour")[:-3]), NonConforme, id="shorter than announced"),
        pytest.param(ecrire_et_fermer(CHUNKED, b"5\r\nbon"), NonConforme, id="chunk cut"),
        pytest.param(ecrire_et_fermer(CHUNKED, b"zz\r\nbon\r\n"), NonConforme, id="chunk without a size"),
        pytest.param(ecrire_et_fermer(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), NonConforme, id="not HTTP"),
        pytest.param(ecrire_et_fermer(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 2**20), NonConforme, id="endless head"),
        pytest.param(ecrire(repondre(b"bon", b"Content-Encoding: br")), EncodageRefuse, id="brotli"),
        pytest.param(ecrire(repondre(b"bon", b"Content-Encoding: gzip")), EncodageRefuse, id="not gzip"),
        pytest.param(ecrire(repondre(BOMBE, b"Content-Encoding: gzip")), TropGrosse, id="gzip bomb"),
        pytest.param(ecrire_sans_fin(CHUNKED, b"10000\r\n" + bytes(65536) + b"\r\n"), TropGrosse, id="endless chunks"),
        pytest.param(
            ecrire_sans_fin(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", bytes(65536)),
            TropGrosse,
            id="huge body",
        ),
    ],
)
async def test_a_broken_answer_is_named_and_nothing_is_quoted(
    administration: Administration, ouvrir: Ouvrir, script: Script, attendue: type[PanneDeTransport]
) -> None:
    base = await administration.jouer(script)
    with pytest.raises(PanneDeTransport) as panne:
        await ouvrir(base).send(DEMANDE, deadline=10)
    assert type(panne.value) is attendue
    assert not secrets_de(panne.value)


async def test_a_transport_serves_again_after_every_fault(administration: Administration, ouvrir: Ouvrir) -> None:
    tour = count()
    bris = (ecrire_et_couper(), ecrire_et_fermer(repondre(b"bonjour")[:-3]), ecrire(OK))

    async def script(lecteur: asyncio.StreamReader, ecrivain: asyncio.StreamWriter) -> None:
        await bris[min(next(tour), 2)](lecteur, ecrivain)

    transport = ouvrir(await administration.jouer(script))
    for attendue in (Interrompue, NonConforme):
        with pytest.raises(attendue):
            await transport.send(DEMANDE, deadline=5)
    assert (await transport.send(DEMANDE, deadline=5)).body == b"ok"


# --- Our own requests -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "demande",
    [
        UpstreamRequest("GET", "/dossiers/../admin"),
        UpstreamRequest("GET", "/dossiers/."),
        UpstreamRequest("GET", "@ailleurs.example"),
        UpstreamRequest("GE T", "/"),
        UpstreamRequest("GET", "/", headers=(("x-nom", f"{SECRET}\r\nX-Autre: 1"),)),
        UpstreamRequest("GET", "/", headers=(("x-nom", f"{SECRET}é"),)),
        UpstreamRequest("GET", "/", headers=(("x nom", SECRET),)),
    ],
)
async def test_a_request_that_http_cannot_carry_is_not_sent(
    administration: Administration, ouvrir: Ouvrir, demande: UpstreamRequest
) -> None:
    base = await administration.jouer(ecrire(OK))
    with pytest.raises(RequeteImpossible) as panne:
        await ouvrir(base).send(demande, deadline=5)
    assert not secrets_de(panne.value)
    assert administration.recu == []


@pytest.mark.parametrize(
    "base_url",
    ["", "source", "ftp://source", "http://", "http://source/?a=1", "http://source/#a", "http://u:m@source/"],
)
def test_a_base_that_is_not_a_url_is_refused_when_built(base_url: str) -> None:
    for classe in (HttpxTransport, ReqwestTransport):
        with pytest.raises(ValueError, match="URL de source invalide"):
            classe(base_url)


# --- TLS --------------------------------------------------------------------------------------------------------------


def contexte(autorite: trustme.CA, *noms: str) -> ssl.SSLContext:
    contexte = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    autorite.issue_cert(*noms).configure_cert(contexte)
    return contexte


async def test_a_certificate_from_a_trusted_authority_is_accepted(
    administration: Administration, ouvrir: Ouvrir
) -> None:
    autorite = trustme.CA()
    base = await administration.jouer(ecrire(OK), contexte(autorite, "localhost"))
    transport = ouvrir(base, autorites=autorite.cert_pem.bytes().decode())
    assert (await transport.send(DEMANDE, deadline=5)).body == b"ok"


@pytest.mark.parametrize(("nom", "connue"), [("localhost", False), ("ailleurs.example", True)])
async def test_a_certificate_that_proves_nothing_is_refused(
    administration: Administration, ouvrir: Ouvrir, nom: str, *, connue: bool
) -> None:
    autorite = trustme.CA()
    base = await administration.jouer(ecrire(OK), contexte(autorite, nom))
    transport = ouvrir(base.replace("https", "HTTPS"), autorites=autorite.cert_pem.bytes().decode() if connue else None)
    with pytest.raises(TlsRefuse) as panne:
        await transport.send(DEMANDE, deadline=5)
    assert not secrets_de(panne.value)
    assert administration.recu == []


async def test_tls_below_1_2_is_refused(administration: Administration, ouvrir: Ouvrir) -> None:
    autorite = trustme.CA()
    ancien = contexte(autorite, "localhost")
    ancien.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        ancien.minimum_version, ancien.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    base = await administration.jouer(ecrire(OK), ancien)
    with pytest.raises(TlsRefuse):
        await ouvrir(base, autorites=autorite.cert_pem.bytes().decode()).send(DEMANDE, deadline=5)


async def test_a_source_that_speaks_no_tls_is_refused(ouvrir: Ouvrir) -> None:
    async def en_clair(_lecteur: asyncio.StreamReader, ecrivain: asyncio.StreamWriter) -> None:
        ecrivain.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        ecrivain.close()
        await ecrivain.wait_closed()

    async with await asyncio.start_server(en_clair, "127.0.0.1", 0) as serveur:
        port = serveur.sockets[0].getsockname()[1]
        with pytest.raises(TlsRefuse):
            await ouvrir(f"https://127.0.0.1:{port}").send(DEMANDE, deadline=5)


def identite(autorite: trustme.CA, *, chaine: bool = False) -> IdentiteTls:
    paire = autorite.issue_cert("api-particulier.example")
    certificats = [un.bytes().decode() for un in paire.cert_chain_pems]
    if chaine:
        certificats.append(autorite.cert_pem.bytes().decode())
    return IdentiteTls("\n".join(certificats), paire.private_key_pem.bytes().decode())


def mutuel(autorite: trustme.CA) -> ssl.SSLContext:
    """Return the context of a server that serves those alone who show a certificate of its authority."""
    serveur = contexte(autorite, "localhost")
    autorite.configure_trust(serveur)
    serveur.verify_mode = ssl.CERT_REQUIRED
    return serveur


@pytest.mark.parametrize("chaine", [False, True])
async def test_a_source_that_wants_a_certificate_is_shown_ours(
    administration: Administration, ouvrir: Ouvrir, *, chaine: bool
) -> None:
    autorite = trustme.CA()
    base = await administration.jouer(ecrire(OK), mutuel(autorite))
    transport = ouvrir(base, autorite.cert_pem.bytes().decode(), identite(autorite, chaine=chaine))
    assert (await transport.send(DEMANDE, deadline=5)).body == b"ok"


@pytest.mark.parametrize("presente", [False, True])
async def test_a_source_that_wants_a_certificate_answers_nobody_without_one_that_it_knows(
    administration: Administration, ouvrir: Ouvrir, *, presente: bool
) -> None:
    autorite = trustme.CA()
    base = await administration.jouer(ecrire(OK), mutuel(autorite))
    transport = ouvrir(base, autorite.cert_pem.bytes().decode(), identite(trustme.CA()) if presente else None)
    with pytest.raises(PanneDeTransport) as panne:
        await transport.send(DEMANDE, deadline=5)
    assert not secrets_de(panne.value)
    assert administration.recu == []


async def test_a_source_that_wants_no_certificate_is_served_all_the_same(
    administration: Administration, ouvrir: Ouvrir
) -> None:
    autorite = trustme.CA()
    base = await administration.jouer(ecrire(OK), contexte(autorite, "localhost"))
    transport = ouvrir(base, autorite.cert_pem.bytes().decode(), identite(autorite))
    assert (await transport.send(DEMANDE, deadline=5)).body == b"ok"


def avec_mot_de_passe(pem: str) -> str:
    cle = serialization.load_pem_private_key(pem.encode(), None)
    chiffree = serialization.BestAvailableEncryption(SECRET.encode())
    return cle.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, chiffree).decode()


@pytest.mark.parametrize("classe", [HttpxTransport, ReqwestTransport])
def test_an_identity_that_cannot_be_used_is_refused_when_built_and_leaves_no_file(
    classe: type[HttpxTransport | ReqwestTransport], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    bonne = identite(trustme.CA())
    mauvaises = [
        IdentiteTls(SECRET, SECRET),
        IdentiteTls(bonne.certificat, SECRET),
        IdentiteTls(bonne.certificat, avec_mot_de_passe(bonne.cle)),
    ]
    for mauvaise in mauvaises:
        with pytest.raises(ValueError, match="Certificat ou clé TLS inutilisable") as refus:
            classe("https://source.example", identite=mauvaise)
        assert SECRET not in repr(refus.value)
    classe("https://source.example", identite=bonne)
    assert list(tmp_path.iterdir()) == []


# --- In the process ---------------------------------------------------------------------------------------------------


async def test_an_in_process_source_receives_the_request_as_it_was_written() -> None:
    recu: list[UpstreamRequest] = []

    async def answer(call: UpstreamRequest) -> UpstreamResponse:
        recu.append(call)
        return UpstreamResponse(201, (("x-a", "1"), ("x-a", "2")), b"bonjour")

    demande = UpstreamRequest("POST", "/dossiers/é %", (("nom", "É & Cie"), ("nom", "2")), (("X-B", "3"),), b"corps")
    transport = in_process(answer)
    reponse = await transport.send(demande, deadline=5)
    await transport.aclose()
    assert (recu[0].method, recu[0].path, recu[0].params, recu[0].body) == (
        "POST",
        "/dossiers/é %",
        demande.params,
        b"corps",
    )
    assert ("x-b", "3") in recu[0].headers
    assert (reponse.status, reponse.body) == (201, b"bonjour")
    assert [valeur for nom, valeur in reponse.headers if nom == "x-a"] == ["1", "2"]


@pytest.mark.parametrize("classe", [Injoignable, Interrompue])
async def test_an_in_process_source_may_break_the_connection(classe: type[PanneDeTransport]) -> None:
    async def answer(_call: UpstreamRequest) -> UpstreamResponse:
        raise classe

    transport = in_process(answer)
    with pytest.raises(classe):
        await transport.send(DEMANDE, deadline=5)
    await transport.aclose()


async def test_an_in_process_source_may_hang_or_answer_too_much() -> None:
    async def muette(_call: UpstreamRequest) -> UpstreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    async def bavarde(_call: UpstreamRequest) -> UpstreamResponse:
        return UpstreamResponse(200, (), bytes(5 * 1024 * 1024))

    for answer, attendue, deadline in ((muette, DelaiDepasse, 0.05), (bavarde, TropGrosse, 5.0)):
        transport = in_process(answer)
        with pytest.raises(attendue):
            await transport.send(DEMANDE, deadline=deadline)
        await transport.aclose()


# --- Translation ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bibliotheque", [httpx, reqwest])
def test_no_exception_of_a_library_is_forgotten(bibliotheque: object) -> None:
    exceptions = {
        membre
        for _, membre in inspect.getmembers(bibliotheque, inspect.isclass)
        if issubclass(membre, Exception) and not membre.__name__.endswith("_")
    }
    propres = {classe for classe in exceptions if classe.__module__.partition(".")[0] in {"httpx", "pyreqwest"}}
    assert len(propres) > 15
    assert propres <= set(TRADUCTIONS)


def test_a_subclass_unknown_here_means_what_its_parent_means() -> None:
    class Nouvelle(httpx.ReadTimeout):
        pass

    assert type(traduire(Nouvelle(SECRET))) is DelaiDepasse
