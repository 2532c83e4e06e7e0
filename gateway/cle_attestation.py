"""The key that signs attestations: an Ed25519 private key in a PEM file of its own, outside the databases.

Former public keys may follow it in the file: they are published still, since an attestation does not expire.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from joserfc.jwk import OKPKey

from audit.depot import deposer
from gateway.settings import ReglageManquant

_PEM = re.compile(rb"-----BEGIN (PRIVATE|PUBLIC) KEY-----.+?-----END \1 KEY-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class CleAttestation:
    """The key in force, and the public ones that verify: its own first."""

    privee: OKPKey = field(repr=False)
    publiques: tuple[OKPKey, ...] = field(repr=False)
    kid: str
    """RFC 7638 thumbprint of the key in force."""


def lire(chemin: Path) -> CleAttestation:
    """Return the key. Raise ReglageManquant, whose message never holds it, when it is missing or is another thing."""
    try:
        return _key(chemin.read_bytes())
    except FileNotFoundError:
        raise ReglageManquant(
            f"La clé des attestations manque : créez-la par « openssl genpkey -algorithm ed25519 -out {chemin} », "
            "et gardez-en une copie hors de la base."
        ) from None
    except OSError as erreur:
        raise ReglageManquant(f"La clé des attestations est illisible : {chemin} ({erreur.strerror}).") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ReglageManquant(
            f"La clé des attestations doit être une clé privée Ed25519 en PEM, sans mot de passe, suivie au besoin "
            f"d'anciennes clés publiques : {chemin} est autre chose."
        ) from None


def lire_ou_creer(chemin: Path) -> CleAttestation:
    """Return the key, created (mode 0600) when there is none: for the sandbox alone. Raise ReglageManquant."""
    try:
        chemin.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not chemin.exists():
            deposer(chemin, _new_key())
    except OSError as erreur:
        raise ReglageManquant(
            f"La clé des attestations ne peut pas être créée : {chemin} ({erreur.strerror})."
        ) from None
    return lire(chemin)


def _key(contenu: bytes) -> CleAttestation:
    """Read the blocks of a file. Raise ValueError, TypeError or UnsupportedAlgorithm."""
    privees, publiques = [], []
    for bloc in _PEM.finditer(contenu):
        if bloc[1] == b"PRIVATE":
            privees.append(load_pem_private_key(bloc[0], None))
        else:
            publiques.append(load_pem_public_key(bloc[0]))
    (privee,) = privees
    if not isinstance(privee, Ed25519PrivateKey) or not all(isinstance(une, Ed25519PublicKey) for une in publiques):
        raise TypeError
    en_vigueur = OKPKey.import_key(privee.public_key())
    anciennes = (OKPKey.import_key(une) for une in publiques if isinstance(une, Ed25519PublicKey))
    # A dict, so that a key published twice is one.
    par_kid = {cle.thumbprint(): cle for cle in (en_vigueur, *anciennes)}
    return CleAttestation(OKPKey.import_key(privee), tuple(par_kid.values()), en_vigueur.thumbprint())


def _new_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
