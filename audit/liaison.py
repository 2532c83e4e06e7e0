"""What a server and the process that writes its journal say to each other: messages, each one after its length.

Both ends are this program: nothing here is kept. When another version is installed under a server, the writers that it
starts from then on refuse to write.
"""

from collections.abc import Iterator

import msgspec

from audit.partie import Ligne
from audit.registre import Fichier
from audit.tables import VERSION

#: What both ends must agree on: the tables, and these messages, whose number changes with them.
ACCORD = (VERSION, 1)
_LONGUEUR = 4
_ENCODEUR = msgspec.msgpack.Encoder()


class Ouverture(msgspec.Struct, frozen=True, array_like=True):
    """The first message to the writer: what it is to write, and with what key it seals."""

    accord: tuple[int, int]
    """`ACCORD`, as the server has it."""
    chemin: str
    scelles: str
    cle: bytes
    attendu: Fichier | None
    """The file that another writer, which died, was writing."""

    def __repr__(self) -> str:
        """Show no key."""
        return f"Ouverture({self.chemin!r})"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        """Show no key."""
        return [("chemin", self.chemin)]


class Ouvert(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The writer is ready."""

    completees: int
    fichier: Fichier


class Refus(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The writer could not open the file, and ends."""

    cause: str
    incompatible: str | None = None
    """For the operator, in French, when another version wrote it."""


class Depot(msgspec.Struct, frozen=True, array_like=True):
    """Lines that must be durable together."""

    numero: int
    lignes: tuple[Ligne, ...]


class Bilan(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """What became of the deposits that were written together, and of the seals since the last message."""

    numeros: tuple[int, ...]
    traces: int
    cause: str | None
    """Why nothing is durable, if so."""
    scelles: int
    scelles_echoues: int
    scelles_en_panne: bool


def ecrire(message: msgspec.Struct) -> bytes:
    """Write a message out."""
    octets = _ENCODEUR.encode(message)
    return len(octets).to_bytes(_LONGUEUR, "big") + octets


class Decoupe:
    """Cuts what is received into messages, each without its length."""

    def __init__(self) -> None:
        self._recus = bytearray()

    def messages(self, octets: bytes | memoryview) -> Iterator[bytes]:
        """Take what was received; yield the messages that are whole."""
        self._recus += octets
        debut = 0
        while len(self._recus) >= (corps := debut + _LONGUEUR):
            fin = corps + int.from_bytes(self._recus[debut:corps], "big")
            if len(self._recus) < fin:
                break
            yield bytes(self._recus[corps:fin])
            debut = fin
        del self._recus[:debut]
