"""Tokens, signatures and attestations that nobody issued, each wrong in one way only: its name says which."""

import hashlib
import hmac
import json
import string
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from joserfc.jwk import OKPKey
from joserfc.jws import JWSRegistry

from gateway.cle_attestation import CleAttestation
from habilitations.jeton import empreinte, generer
from tests.application import INSTANT
from tests.habilitations.evenements import SECRET, evenement, signature

#: Raw headers, and a body.
Envoi = tuple[Mapping[bytes, bytes], bytes]
_AILLEURS = "https://attaquant.test/cles.json"
_ENTETES_JWT: dict[str, dict[str, Any]] = {
    "none": {"alg": "none"},
    "HS256": {"alg": "HS256"},
    "RS256": {"alg": "RS256", "kid": "../../../../dev/null"},
    "ES256 jku": {"alg": "ES256", "jku": _AILLEURS},
    "ES256 x5u": {"alg": "ES256", "x5u": _AILLEURS},
    "ES256 jwk": {"alg": "ES256", "jwk": {"kty": "oct", "k": ""}},
    "crit": {"alg": "HS256", "crit": ["exp"], "exp": 0},
}


def autorisations(vrai: str) -> dict[str, bytes]:
    """Return values of `Authorization` that open nothing, most of them close to a token that opens something."""
    return {nom: valeur.encode() for nom, valeur in {**dict(_proches(vrai)), **dict(_autres(vrai))}.items()}


def _proches(vrai: str) -> Iterator[tuple[str, str]]:
    for rang, lettre in enumerate(vrai):
        yield f"caractère {rang} changé", f"Bearer {vrai[:rang]}{'a' if lettre != 'a' else 'b'}{vrai[rang + 1 :]}"
    yield "dernier caractère perdu", f"Bearer {vrai[:-1]}"
    yield "premier caractère perdu", f"Bearer {vrai[1:]}"
    yield "caractère ajouté", f"Bearer {vrai}0"
    yield "en majuscules", f"Bearer {vrai.upper()}"
    yield "en minuscules", f"Bearer {vrai.lower()}"
    yield "à l'envers", f"Bearer {vrai[::-1]}"
    yield "deux fois", f"Bearer {vrai}{vrai}"
    yield "deux jetons", f"Bearer {vrai}, Bearer {vrai}"
    yield "suivi d'un mot", f"Bearer {vrai} x"
    yield "en base64", f"Bearer {b64encode(vrai.encode()).decode()}"
    yield "son empreinte", f"Bearer {empreinte(vrai).hex()}"
    yield "entre guillemets", f'Bearer "{vrai}"'
    yield "encodé", f"Bearer {vrai.replace('_', '%5F')}"
    yield "sans schéma", vrai
    yield "schéma Basic", f"Basic {b64encode(vrai.encode()).decode()}"
    yield "schéma Token", f"Token {vrai}"
    yield "schéma collé", f"Bearer{vrai}"
    yield "schéma Bearer double", f"Bearer Bearer {vrai}"


def _autres(vrai: str) -> Iterator[tuple[str, str]]:
    for rang in range(5):
        yield f"jamais émis {rang}", f"Bearer {generer()}"
    yield "vide", ""
    yield "schéma seul", "Bearer"
    yield "préfixe seul", "Bearer apg_"
    yield "chiffres d'ailleurs", f"Bearer apg_{'٣' * 36}"
    yield "injection SQL", "Bearer ' OR '1'='1"
    yield "chemin", "Bearer ../../../../etc/passwd"
    yield "10 ko", f"Bearer {vrai}{'x' * 10_000}"
    yield "10 ko de la forme", f"Bearer apg_{'0' * 10_000}"
    for nom, entete in _ENTETES_JWT.items():
        texte = f"{_b64(json.dumps(entete).encode())}.{_b64(json.dumps({'sub': vrai, 'exp': 10**10}).encode())}"
        sceau = b"" if entete["alg"] == "none" else hmac.digest(b"secret", texte.encode(), "sha256")
        yield f"JWT {nom}", f"Bearer {texte}.{_b64(sceau)}"
    yield "JWE", f"Bearer {'.'.join(_b64(b'x' * 20) for _ in range(5))}"


def jetons_citoyens(vrai: str) -> dict[str, bytes]:
    """Return FranceConnect tokens without the form of one: none of them may be shown to FranceConnect."""
    admis = set(string.ascii_letters + string.digits + "._~+/-")
    textes = {f"signe {signe!r}": f"{vrai}{signe}x" for signe in string.printable[:95] if signe not in admis}
    textes |= {f"octet {octet}": f"{vrai}{chr(octet)}x" for octet in range(0xC0, 0xF0)}
    return {nom: texte.encode() for nom, texte in {**textes, "vide": "", "immense": "x" * 9_000}.items()}


def livraisons() -> dict[str, Envoi]:
    """Return deliveries that DataPass did not make, or not now."""
    corps = evenement("approve", instant=INSTANT, demande=999)
    nom = b"x-hub-signature-256"
    signees = {cas: ({nom: valeur.encode()}, corps) for cas, valeur in _signatures(corps).items()}
    corrompues = {cas: ({nom: signature(corps).encode()}, change) for cas, change in _corps_changes(corps).items()}
    decalages = {"16 minutes plus tôt": -16, "16 minutes plus tard": 16, "un an plus tôt": -525_600}
    perimees = {
        cas: evenement("approve", instant=INSTANT + timedelta(minutes=minutes), demande=999)
        for cas, minutes in decalages.items()
    }
    return {
        **signees,
        **corrompues,
        **{cas: ({nom: signature(date).encode()}, date) for cas, date in perimees.items()},
        "sans signature": ({}, corps),
        "sous un autre nom": ({b"x-hub-signature": signature(corps).encode()}, corps),
    }


def _signatures(corps: bytes) -> dict[str, str]:
    vraie = signature(corps)
    hexa = vraie.removeprefix("sha256=")
    cles = {"vide": b"", "d'un autre": b"x" * 40, "suivie d'un saut": SECRET.encode() + b"\n"}
    changees = {
        f"chiffre {rang} changé": f"sha256={hexa[:rang]}{'0' if lettre != '0' else '1'}{hexa[rang + 1 :]}"
        for rang, lettre in enumerate(hexa)
    }
    return {
        **changees,
        **{f"clé {nom}": "sha256=" + hmac.digest(cle, corps, "sha256").hex() for nom, cle in cles.items()},
        "vide": "",
        "préfixe seul": "sha256=",
        "sans préfixe": hexa,
        "préfixe en majuscules": f"SHA256={hexa}",
        "préfixe sha1": f"sha1={hexa}",
        "sha1": "sha1=" + hmac.new(SECRET.encode(), corps, hashlib.sha1).hexdigest(),
        "sha512": "sha512=" + hmac.digest(SECRET.encode(), corps, "sha512").hex(),
        "en majuscules": f"sha256={hexa.upper()}",
        "en base64": "sha256=" + b64encode(bytes.fromhex(hexa)).decode(),
        "tronquée": vraie[:-1],
        "allongée": vraie + "0",
        "double": f"{vraie},{vraie}",
        "sans clé": "sha256=" + hashlib.sha256(corps).hexdigest(),
        "clé devant": "sha256=" + hashlib.sha256(SECRET.encode() + corps).hexdigest(),
        "d'un autre corps": signature(evenement("approve", instant=INSTANT, demande=998)),
        "du vide": signature(b""),
        "chiffres d'ailleurs": "sha256=" + "٣" * 64,
    }


def _corps_changes(corps: bytes) -> dict[str, bytes]:
    changes = {f"octet {rang} changé": _changer(corps, rang) for rang in range(0, len(corps), len(corps) // 16)}
    return {
        **changes,
        "corps suivi d'un saut": corps + b"\n",
        "corps tronqué": corps[:-1],
        "corps vide": b"",
        "corps remis en forme": json.dumps(json.loads(corps), indent=1).encode(),
        "corps répété": corps + corps,
        "corps précédé d'une marque": b"\xef\xbb\xbf" + corps,
    }


def attestations(vraie: str, cle: CleAttestation) -> dict[str, bytes]:
    """Return JWS that prove nothing, made of one that does and of the key that signed it."""
    entete, charge, sceau = vraie.split(".")
    pirate = OKPKey.generate_key("Ed25519")
    bon = {"alg": "Ed25519", "typ": "attestation+jwt", "kid": cle.kid}
    ajouts: dict[str, dict[str, Any]] = {
        "typ": {"typ": "JWT"},
        "jku": {"jku": _AILLEURS},
        "x5u": {"x5u": _AILLEURS},
        "jwk": {"jwk": pirate.as_dict(private=False)},
        "b64": {"b64": False, "crit": ["b64"]},
        "crit": {"crit": ["exp"], "exp": 0},
        "alg EdDSA": {"alg": "EdDSA"},
        "alg none": {"alg": "none"},
        "alg HS256": {"alg": "HS256"},
        "alg liste": {"alg": ["Ed25519"]},
        "kid traversant": {"kid": "../../../../dev/null"},
        "kid adresse": {"kid": _AILLEURS},
        "kid nombre": {"kid": 1},
    }
    forgees = {f"en-tête {nom}": _signer({**bon, **ajout}, charge, cle.privee) for nom, ajout in ajouts.items()}
    publique = cle.publiques[0].as_pem(private=False)
    texte = f"{_b64(json.dumps({**bon, 'alg': 'HS256'}).encode())}.{charge}"
    double = b'{"alg":"none",' + json.dumps(bon).encode()[1:]
    octets = len(vraie.encode())
    return {
        **forgees,
        **{f"octet {rang} changé": _changer(vraie.encode(), rang) for rang in range(0, octets, octets // 50)},
        "autre clé": _signer(bon, charge, pirate),
        "autre clé annoncée": _signer({**bon, "kid": pirate.thumbprint()}, charge, pirate),
        "HS256 par la clé publique": f"{texte}.{_b64(hmac.digest(publique, texte.encode(), 'sha256'))}".encode(),
        "sans signature": f"{entete}.{charge}.".encode(),
        "signature nulle": f"{entete}.{charge}.{_b64(bytes(64))}".encode(),
        "charge vide": f"{entete}..{sceau}".encode(),
        "deux parties": f"{entete}.{charge}".encode(),
        "alg double": f"{_b64(double)}.{charge}.{sceau}".encode(),
    }


def _signer(entete: Mapping[str, Any], charge: str, cle: OKPKey) -> bytes:
    texte = f"{_b64(json.dumps(entete).encode())}.{charge}".encode()
    return texte + b"." + _b64(JWSRegistry.algorithms["Ed25519"].sign(texte, cle)).encode()


def _changer(octets: bytes, rang: int) -> bytes:
    """Return other bytes: a letter of the alphabet of base64 for another."""
    return octets[:rang] + (b"A" if octets[rang : rang + 1] != b"A" else b"B") + octets[rang + 1 :]


def _b64(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()
