import gzip
import tracemalloc
import zlib

import pytest

from providers._corps import TAILLE_MAX, Corps
from providers._pannes import EncodageRefuse, TropGrosse


def lire(encodage: str | None, *morceaux: bytes, taille_max: int = 100) -> bytes:
    corps = Corps(encodage, taille_max)
    for morceau in morceaux:
        corps.ajouter(morceau)
    return corps.terminer()


def octet_par_octet(texte: bytes) -> list[bytes]:
    return [bytes([octet]) for octet in texte]


@pytest.mark.parametrize("encodage", [None, "", "identity", " IDENTITY "])
def test_a_plain_body_is_gathered(encodage: str | None) -> None:
    assert lire(encodage, b"bon", b"jour") == b"bonjour"


@pytest.mark.parametrize("encodage", ["gzip", "x-gzip", "GZIP"])
def test_a_gzip_body_is_decompressed_whatever_its_chunks(encodage: str) -> None:
    compresse = gzip.compress(b"bonjour")
    assert lire(encodage, compresse) == b"bonjour"
    assert lire(encodage, *octet_par_octet(compresse)) == b"bonjour"


def test_an_empty_body_may_be_announced_as_gzip() -> None:
    assert lire("gzip") == b""


@pytest.mark.parametrize("encodage", ["br", "zstd", "deflate", "gzip, gzip", "gzip;q=1"])
def test_an_encoding_that_was_not_asked_for_is_refused(encodage: str) -> None:
    with pytest.raises(EncodageRefuse):
        Corps(encodage)


@pytest.mark.parametrize(
    "body",
    [
        b"bonjour",
        zlib.compress(b"bonjour"),
        gzip.compress(b"bonjour")[:-1],
        gzip.compress(b"bonjour")[:-8] + b"\0" * 8,
        gzip.compress(b"bonjour") + b"suite",
        gzip.compress(b"bon") + gzip.compress(b"jour"),
    ],
    ids=["texte", "zlib", "tronque", "controle-faux", "suite", "deux-membres"],
)
def test_a_stream_that_is_not_one_whole_gzip_is_refused(body: bytes) -> None:
    for morceaux in ([body], octet_par_octet(body)):
        with pytest.raises(EncodageRefuse) as refus:
            lire("gzip", *morceaux)
        assert refus.value.__context__ is None


def test_the_limit_itself_is_accepted_and_one_byte_more_is_not() -> None:
    assert len(lire(None, b"x" * 60, b"x" * 40)) == 100
    assert len(lire("gzip", gzip.compress(b"x" * 100))) == 100
    with pytest.raises(TropGrosse):
        lire(None, b"x" * 60, b"x" * 41)
    with pytest.raises(TropGrosse):
        lire("gzip", gzip.compress(b"x" * 101))


def test_a_compressed_stream_is_bounded_on_the_wire_too() -> None:
    sans_compression = gzip.compress(b"x" * 90, compresslevel=0)
    assert len(sans_compression) > 100
    with pytest.raises(TropGrosse):
        lire("gzip", *octet_par_octet(sans_compression))


def test_a_bomb_is_refused_without_being_inflated() -> None:
    bombe = gzip.compress(bytes(256 * 1024 * 1024), compresslevel=1)
    tracemalloc.start()
    try:
        with pytest.raises(TropGrosse):
            lire("gzip", bombe, taille_max=TAILLE_MAX)
        _, sommet = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sommet < 4 * TAILLE_MAX
