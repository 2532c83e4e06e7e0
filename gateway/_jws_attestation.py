"""Sign and open the JWS of an attestation: one algorithm, one form of header, keys named by their thumbprints."""

from typing import Literal

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from joserfc.jws import JWSRegistry, extract_compact, serialize_compact, validate_compact

from gateway.cle_attestation import CleAttestation

#: RFC 9864: the name of the algorithm says the curve; `EdDSA`, which does not, is deprecated.
ALGORITHME: Literal["Ed25519"] = "Ed25519"
TYPE: Literal["attestation+jwt"] = "attestation+jwt"
#: Bytes of what is signed, at most.
CONTENU_MAX = 4 * 1024 * 1024
_JWKS = "prenez celui que sert, à /.well-known/jwks.json, le serveur qui a attesté"
#: Bytes of a set of keys, at most.
JWKS_MAX = 64 * 1024


class AttestationRefusee(Exception):  # noqa: N818 - the domain's nouns are French
    """It proves nothing; the message, in French, may name a path and never holds a value."""


class _Entete(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The only header accepted: whatever would bring another key or another algorithm is refused unread."""

    alg: Literal["Ed25519"]
    typ: Literal["attestation+jwt"]
    kid: str


class _Jwk(msgspec.Struct, frozen=True):
    kty: str
    crv: str = ""
    x: str = ""
    use: str = "sig"


class _Jwks(msgspec.Struct, frozen=True):
    keys: list[_Jwk]


class _Registre(JWSRegistry):
    max_payload_length = 4 * (CONTENU_MAX // 3 + 1)


_REGISTRE = _Registre(algorithms=[ALGORITHME])


def sign(contenu: bytes, cle: CleAttestation) -> str:
    """Return the compact JWS of a content, of CONTENU_MAX bytes at most."""
    entete = {"alg": ALGORITHME, "typ": TYPE, "kid": cle.kid}
    return serialize_compact(entete, contenu, cle.privee, registry=_REGISTRE)


def open_signed(jws: bytes, jwks: bytes) -> bytes:
    """Return the content that one of the keys signed. Raise AttestationRefusee."""
    cles = _keys(jwks)
    try:
        objet = extract_compact(jws, registry=_REGISTRE)
        entete = msgspec.convert(objet.protected, _Entete)
    except (JoseError, msgspec.ValidationError, ValueError, TypeError):
        raise AttestationRefusee(
            f"L'attestation est mal formée, ou n'est pas un JWS {ALGORITHME} de type {TYPE} : donnez la réponse telle "
            "qu'elle a été reçue, ou extensions.attestation seule."
        ) from None
    if entete.kid not in cles:
        raise AttestationRefusee(f"Le fichier JWKS ne porte pas la clé que l'attestation désigne : {_JWKS}.")
    if not validate_compact(objet, cles[entete.kid], registry=_REGISTRE):
        raise AttestationRefusee("La signature n'est pas valable : l'attestation a été modifiée, ou forgée.")
    return objet.payload


def _keys(jwks: bytes) -> dict[str, OKPKey]:
    """Return the keys that may verify, by thumbprint: what the set calls them proves nothing."""
    try:
        if len(jwks) > JWKS_MAX:
            raise ValueError  # noqa: TRY301 - one refusal for whatever is no set of keys
        lues = msgspec.json.decode(jwks, type=_Jwks).keys
        # NOTE: of a key, nothing but the public half is looked at; other kinds are left alone (RFC 7517 §5).
        cles = [
            OKPKey.import_key({"kty": "OKP", "crv": ALGORITHME, "x": une.x})
            for une in lues
            if (une.kty, une.crv, une.use) == ("OKP", ALGORITHME, "sig")
        ]
    except (JoseError, msgspec.DecodeError, ValueError, TypeError, RecursionError):
        raise AttestationRefusee(f"Le fichier JWKS n'est pas un jeu de clés publiques lisible : {_JWKS}.") from None
    return {cle.thumbprint(): cle for cle in cles}
