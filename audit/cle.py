"""A secret key, of the pseudonyms or of the seals: 32 bytes in a file of its own, outside the databases."""

import secrets
from pathlib import Path

from audit import depot

TAILLE = 32
#: What a key is called in the messages.
DES_PSEUDONYMES, DES_SCELLES = "La clé des pseudonymes", "La clé des scellés"


class CleInvalide(Exception):  # noqa: N818 - the domain's nouns are French
    """The key cannot be used; the message, in French, says what to do and never holds the key."""


class CleAbsente(CleInvalide):
    """There is none."""


def lire(chemin: Path, nom: str = DES_PSEUDONYMES) -> bytes:
    """Return the 32 bytes of the key. Raise CleAbsente, or CleInvalide when it is unreadable or of another size."""
    try:
        cle = chemin.read_bytes()
    except FileNotFoundError:
        raise CleAbsente(
            f"{nom} manque : placez {TAILLE} octets aléatoires dans {chemin} "
            f"(« head -c {TAILLE} /dev/urandom »), et gardez-en une copie hors de la base."
        ) from None
    except OSError as erreur:
        raise CleInvalide(f"{nom} est illisible : {chemin} ({erreur.strerror}).") from None
    if len(cle) != TAILLE:
        raise CleInvalide(f"{nom} doit faire {TAILLE} octets, et {chemin} en fait {len(cle)}.")
    return cle


def lire_ou_creer(chemin: Path, nom: str = DES_PSEUDONYMES) -> bytes:
    """Return the key, created (mode 0600) when there is none. Raise CleInvalide."""
    try:
        chemin.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not chemin.exists():
            depot.deposer(chemin, secrets.token_bytes(TAILLE))
    except OSError as erreur:
        raise CleInvalide(f"{nom} ne peut pas être créée : {chemin} ({erreur.strerror}).") from None
    return lire(chemin, nom)


def detruire(chemin: Path, nom: str = DES_PSEUDONYMES) -> None:
    """Destroy a key for ever. Raise CleInvalide."""
    try:
        depot.detruire(chemin)
    except OSError as erreur:
        raise CleInvalide(f"{nom} ne peut pas être détruite : {chemin} ({erreur.strerror}).") from None
