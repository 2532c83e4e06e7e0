"""The seals' file: signed states of the journal, one a line, outside the database and only ever added to."""

import errno
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.instants import microsecondes
from audit.verificateur import SCELLE_MAX, ZERO, Tete, canonique, decoder, empreinte_de_ligne, enoncer

#: Bytes at the end of the file, where the last seal is looked for.
_FIN = 32 * SCELLE_MAX


def cle_publique(cle: bytes) -> bytes:
    """Return the public key of a private one: what whoever verifies needs, and may be told to all."""
    return Ed25519PrivateKey.from_private_bytes(cle).public_key().public_bytes_raw()


def chemin_par_defaut(journal: Path) -> Path:
    """Return where the seals of a journal are, unless they are put elsewhere: better on another machine's disk."""
    return journal.with_name(f"{journal.name}.scelles")


class Scelles:
    """Signs states and appends them to a file, each one bound to the one before.

    Args:
        chemin: the file, created with the first seal (mode 0600).
        cle: the Ed25519 private key, 32 bytes, kept outside the databases (`audit.cle`).
        horloge: current instant, aware.
    """

    def __init__(self, chemin: Path, cle: bytes, horloge: Callable[[], datetime]) -> None:
        self._chemin = chemin
        self._cle = Ed25519PrivateKey.from_private_bytes(cle)
        self._horloge = horloge
        self._precedent: bytes | None = None

    def neufs(self) -> bool:
        """Tell whether nothing was ever sealed. Raise OSError."""
        return not self._chemin.exists() or self._chemin.stat().st_size == 0

    def apposer(self, tete: Tete) -> None:
        """Append one seal, durably. Raise OSError: it may have been written all the same."""
        self._chemin.parent.mkdir(parents=True, exist_ok=True)
        fichier = os.open(self._chemin, os.O_CREAT | os.O_RDWR | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            self._ecrire(fichier, tete)
        except BaseException:
            self._precedent = None  # whatever is in the file then is read again
            raise
        finally:
            os.close(fichier)

    def _ecrire(self, fichier: int, tete: Tete) -> None:
        taille = os.fstat(fichier).st_size
        fin = os.pread(fichier, _FIN, max(0, taille - _FIN))
        precedent = _dernier(fin) if self._precedent is None else self._precedent
        ligne = self._signer(tete, precedent)
        # A disk that was full, or a process killed, may have left a piece of line: it stays, and is no seal.
        octets = (b"\n" if fin and not fin.endswith(b"\n") else b"") + ligne + b"\n"
        if os.write(fichier, octets) != len(octets):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fdatasync(fichier)
        self._precedent = empreinte_de_ligne(ligne)

    def _signer(self, tete: Tete, precedent: bytes) -> bytes:
        dit = enoncer(tete, microsecondes(self._horloge()), precedent)
        return canonique(dit | {"signature": self._cle.sign(canonique(dit)).hex()})


def _dernier(fin: bytes) -> bytes:
    """Return how the next seal names the last one of the file."""
    # NOTE: what follows the last end of line was never wholly written, even if it looks like a seal.
    for ligne in reversed(fin.split(b"\n")[:-1]):
        if decoder(ligne) is not None:
            return empreinte_de_ligne(ligne)
    return ZERO
