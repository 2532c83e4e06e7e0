"""The envelopes of FranceConnect: a JWE around a JWS, one algorithm each, and no header that could lead elsewhere.

Headers are read strictly before any key is used: one that is not listed here (`jku`, `x5u`, `jwk`, `crit`, `b64`,
`zip`, `p2c`…) is a refusal, so that nothing of the envelope chooses a key, an address, an amount of work or a meaning.
"""

import json
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Annotated, Any, Literal, NoReturn, TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from joserfc.util import urlsafe_b64decode

#: Whatever hostile bytes make the libraries raise. Their texts may quote what they read: none is ever chained.
FAUTES = (JoseError, msgspec.MsgspecError, ValueError, TypeError, LookupError, RecursionError, OverflowError)
#: FranceConnect's own identifiers hold colons (`pkcs11:ES256:hsm`); one that looks like a path identifies nothing.
_Kid = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9._:=+-]{1,128}\Z")]
_PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----", re.DOTALL)
_CLES_MAX, _TAILLE_CLE = 4, 2048
Entete = TypeVar("Entete")


class EnteteJwe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The only protected header accepted around an answer."""

    alg: Literal["RSA-OAEP"]
    enc: Literal["A256GCM"]
    kid: _Kid | None = None
    typ: str | None = None
    cty: str | None = None


class EnteteJws(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The only header accepted on what is signed. FranceConnect names neither a type nor a key."""

    alg: Literal["ES256"]
    kid: _Kid | None = None
    typ: Literal["JWT", "token-introspection+jwt"] | None = None
    cty: str | None = None


def cles_privees(pem: str) -> tuple[RSAKey, ...]:
    """Return the RSA keys of a text of PEM blocks, the current one first. Raise ValueError, which quotes nothing."""
    blocs = [bloc[0] for bloc in _PEM.finditer(pem)]
    cles = [cle for bloc in blocs[:_CLES_MAX] if (cle := _cle_privee(bloc)) is not None]
    if not blocs or len(cles) != len(blocs):
        message = f"de 1 à {_CLES_MAX} clés privées RSA d'au moins {_TAILLE_CLE} bits, en PEM et sans mot de passe"
        raise ValueError(message)
    return tuple(cles)


def publiques(cles: Iterable[RSAKey]) -> dict[str, Any]:
    """Return the JWKS that FranceConnect reads to encrypt for us: it takes the first key."""
    return {"keys": [dict(cle.as_dict(private=False)) for cle in cles]}


def lire_json(octets: bytes) -> dict[str, Any]:
    """Return a JSON object in UTF-8. Raise ValueError: a name given twice, a constant such as NaN, anything else."""
    lu = json.loads(octets.decode(), object_pairs_hook=_sans_doublon, parse_constant=_refuser)
    if not isinstance(lu, dict):
        _refuser("not an object")
    return lu


def lire_entete(compact: bytes, forme: type[Entete]) -> Entete | None:
    """Return the header of a compact serialization; None unless it is exactly of that form."""
    with suppress(*FAUTES):
        return msgspec.convert(lire_json(urlsafe_b64decode(compact.partition(b".")[0])), forme)
    return None


def dechiffrer(reponse: bytes, cles: Sequence[RSAKey]) -> bytes | None:
    """Return what a compact JWE holds; None when it was not encrypted for one of the keys."""
    entete = lire_entete(reponse, EnteteJwe)
    if entete is None:
        return None
    for cle in cles:
        if entete.kid in {None, cle.kid}:
            with suppress(*FAUTES):
                return jwe.decrypt_compact(reponse, cle, algorithms=["RSA-OAEP", "A256GCM"]).plaintext
    return None


def verifier(compact: bytes, cles: Iterable[ECKey]) -> bytes | None:
    """Return the payload of a compact JWS whose header was read; None when none of the keys signed it."""
    for cle in cles:
        with suppress(*FAUTES):
            return jws.deserialize_compact(compact, cle, algorithms=["ES256"]).payload
    return None


def _cle_privee(pem: str) -> RSAKey | None:
    with suppress(*FAUTES):
        native = load_pem_private_key(pem.encode(), password=None)
        if isinstance(native, RSAPrivateKey) and native.key_size >= _TAILLE_CLE:
            cle = RSAKey.import_key(native, {"use": "enc", "alg": "RSA-OAEP"})
            cle.ensure_kid()
            return cle
    return None


def _sans_doublon(paires: list[tuple[str, Any]]) -> dict[str, Any]:
    objet = dict(paires)
    if len(objet) != len(paires):
        _refuser("a name given twice")
    return objet


def _refuser(raison: str) -> NoReturn:
    raise ValueError(raison)
