"""The text of a token: `apg_`, 30 random characters, and a checksum that is verified without any database."""

import hashlib
import re
import secrets
import string
import zlib

PREFIXE = "apg_"
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
#: 62^30: about 178 bits, so that a plain hash is enough to store it.
_ALEA = 30
#: 62^6 > 2^32: a CRC32 always fits.
_CONTROLE = 6
_FORME = re.compile(rf"{PREFIXE}[0-9A-Za-z]{{{_ALEA + _CONTROLE}}}")


def generer() -> str:
    """Return a new token, drawn from the system's entropy."""
    alea = "".join(secrets.choice(_ALPHABET) for _ in range(_ALEA))
    return PREFIXE + alea + _controle(alea)


def bien_forme(texte: str) -> bool:
    """Tell whether a text has the form of our tokens, checksum included: anything else needs no database."""
    if not _FORME.fullmatch(texte):
        return False
    alea, controle = texte[len(PREFIXE) : -_CONTROLE], texte[-_CONTROLE:]
    return _controle(alea) == controle


def empreinte(texte: str) -> bytes:
    """Return what is stored of a token: its SHA-256, 32 bytes."""
    return hashlib.sha256(texte.encode()).digest()


def _controle(alea: str) -> str:
    reste, chiffres = zlib.crc32(alea.encode()), ""
    for _ in range(_CONTROLE):
        reste, rang = divmod(reste, len(_ALPHABET))
        chiffres = _ALPHABET[rang] + chiffres
    return chiffres
