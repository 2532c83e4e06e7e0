"""The body of an answer, gathered chunk by chunk, never larger than the limit, on the wire or once decompressed."""

import zlib

from providers._pannes import EncodageRefuse, TropGrosse

#: No source of the project answers more than some tens of kilobytes about one person.
TAILLE_MAX = 4 * 1024 * 1024
#: `zlib` window for the gzip format alone.
_GZIP = 31
_PLAIN = frozenset({"", "identity"})
_COMPRESSED = frozenset({"gzip", "x-gzip"})


class Corps:
    """One body, plain or gzip.

    Args:
        encodage: the `Content-Encoding` header; None when absent.
        taille_max: bytes.

    Raises:
        EncodageRefuse: any encoding that was not asked for.
    """

    def __init__(self, encodage: str | None, taille_max: int = TAILLE_MAX) -> None:
        normal = (encodage or "").strip().lower()
        if normal not in _PLAIN | _COMPRESSED:
            raise EncodageRefuse
        self._taille_max = taille_max
        self._recu = 0
        self._clair = bytearray()
        self._zlib = zlib.decompressobj(_GZIP) if normal in _COMPRESSED else None

    def ajouter(self, morceau: bytes) -> None:
        """Take a chunk as it came on the wire. Raise TropGrosse, EncodageRefuse."""
        self._recu += len(morceau)
        if self._recu > self._taille_max:
            raise TropGrosse
        self._clair += self._decompresser(morceau)
        if len(self._clair) > self._taille_max:
            raise TropGrosse

    def terminer(self) -> bytes:
        """Return the whole body. Raise EncodageRefuse when the compressed stream is cut, or followed by more."""
        if self._zlib and self._recu and (not self._zlib.eof or self._zlib.unused_data):
            raise EncodageRefuse
        return bytes(self._clair)

    def _decompresser(self, morceau: bytes) -> bytes:
        if self._zlib is None:
            return morceau
        # NOTE: one byte over the limit is enough to refuse, and is all that a bomb may make us allocate.
        place = self._taille_max + 1 - len(self._clair)
        try:
            return self._zlib.decompress(morceau, place)
        except zlib.error:
            refus = EncodageRefuse()
        raise refus
