"""Envelopes that a gateway must refuse, each wrong in one way only: its name says which."""

import hashlib
import hmac
import json
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from joserfc.jwk import ECKey

from tests.habilitations.faux_franceconnect import (
    ABSENT,
    CLIENT_ID,
    EMETTEUR,
    ENTETE_JWE,
    ENTETE_JWS,
    MAINTENANT,
    FauxFranceConnect,
    b64,
    chiffrer,
    cle_rsa,
    ecrire,
    introspection,
    jwk,
    reponse,
    signer,
)

Forgerie = Callable[[FauxFranceConnect], bytes]
_AILLEURS = "https://attaquant.test/cles.json"
#: A key of the attacker, who has all of its parts.
_PIRATE = ECKey.generate_key("P-256")
_DOUBLE = b'{"alg":"none","alg":"ES256"}'


def forgeries() -> dict[str, Forgerie]:
    """Return them by name."""
    return {**dict(_jwe()), **dict(_jws()), **dict(_claims()), **dict(_jetons())}


def _jwe() -> Iterator[tuple[str, Forgerie]]:
    """Yield what is wrong outside: a good signature in a bad envelope."""

    def entete(entete: Any) -> Forgerie:
        return lambda fc: chiffrer(signer(reponse(), fc.signature), fc.chiffrement, entete)

    def contenu(change: Callable[[list[bytes]], list[bytes]]) -> Forgerie:
        return lambda fc: b".".join(change(entete(ENTETE_JWE)(fc).split(b".")))

    ajouts: dict[str, dict[str, Any]] = {
        "alg none": {"alg": "none"},
        "alg dir": {"alg": "dir"},
        "alg RSA1_5": {"alg": "RSA1_5"},
        "alg RSA-OAEP-256": {"alg": "RSA-OAEP-256"},
        "alg liste": {"alg": ["RSA-OAEP"]},
        "p2c enorme": {"alg": "PBES2-HS256+A128KW", "p2c": 10_000_000, "p2s": "c2Vs"},
        "p2c ajoute": {"p2c": 10_000_000},
        "enc A128GCM": {"enc": "A128GCM"},
        "enc A256CBC-HS512": {"enc": "A256CBC-HS512"},
        "zip": {"zip": "DEF"},
        "jku": {"jku": _AILLEURS},
        "x5u": {"x5u": _AILLEURS},
        "jwk": {"jwk": jwk(_PIRATE)},
        "crit inconnu": {"crit": ["exp"], "exp": MAINTENANT + 60},
        "epk": {"epk": jwk(_PIRATE)},
        "kid traversant": {"kid": "../../../../dev/null"},
        "kid d'un autre": {"kid": "une-autre-cle"},
        "kid nombre": {"kid": 3},
    }
    for nom, ajout in ajouts.items():
        yield f"jwe {nom}", entete({**ENTETE_JWE, **ajout})
    yield "jwe alg absent", entete({"enc": "A256GCM"})
    yield "jwe enc absent", entete({"alg": "RSA-OAEP"})
    yield "jwe alg double", entete(b'{"alg":"dir","alg":"RSA-OAEP","enc":"A256GCM"}')
    yield "jwe entete en liste", entete(["alg", "enc"])
    yield "jwe entete en texte", entete(b"RSA-OAEP")
    yield "jwe entete UTF-16", entete(json.dumps(ENTETE_JWE).encode("utf-16"))
    yield "jwe entete profond", entete(b"[" * 700)
    yield "jwe chiffre alteré", contenu(lambda p: [*p[:3], b64(b"\0") + p[3][2:], p[4]])
    yield "jwe sceau tronque", contenu(lambda p: [*p[:4], p[4][:8]])
    yield "jwe sceau vide", contenu(lambda p: [*p[:4], b""])
    yield "jwe vecteur court", contenu(lambda p: [*p[:2], p[2][:8], *p[3:]])
    yield "jwe cle vide", contenu(lambda p: [p[0], b"", *p[2:]])
    yield "jwe quatre parties", contenu(lambda p: p[:4])
    yield "jwe six parties", contenu(lambda p: [*p, b""])
    yield "jwe base64 standard", contenu(lambda p: [*p[:4], p[4] + b"=="])
    yield "jwe autre cle", lambda fc: chiffrer(signer(reponse(), fc.signature), cle_rsa(1))
    yield "jwe bombe", lambda fc: chiffrer(_bombe(fc), fc.chiffrement, {**ENTETE_JWE, "zip": "DEF"})
    yield "jwe dans un jwe", lambda fc: chiffrer(entete(ENTETE_JWE)(fc), fc.chiffrement)
    yield "jwe de 200 ko", lambda fc: chiffrer(signer(reponse(x="x" * 200_000), fc.signature), fc.chiffrement)
    yield "jwe de plus de 64 Kio", _plus_de_64_kio
    yield "jws sans jwe", lambda fc: signer(reponse(), fc.signature)
    yield "json en clair", lambda _: ecrire(reponse())
    yield "rien", lambda _: b""
    yield "des octets", lambda _: bytes(range(256))


def _plus_de_64_kio(fc: FauxFranceConnect) -> bytes:
    """Seal an answer that is just over the bound, whose parts are not: each letter takes 16/9 once written twice."""

    def sceller(lettres: int) -> bytes:
        return chiffrer(signer(reponse(x="x" * lettres), fc.signature), fc.chiffrement)

    return sceller((65_700 - len(sceller(0))) * 9 // 16)


def _bombe(fc: FauxFranceConnect) -> bytes:
    compresseur = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compresseur.compress(signer(reponse(x="x" * 2_000_000), fc.signature)) + compresseur.flush()


def _jws() -> Iterator[tuple[str, Forgerie]]:
    """Yield what is wrong inside: a good envelope around a bad signature."""

    def signe(jws: Callable[[FauxFranceConnect], bytes]) -> Forgerie:
        return lambda fc: chiffrer(jws(fc), fc.chiffrement)

    def entete(entete: Any) -> Forgerie:
        return signe(lambda fc: signer(reponse(), fc.signature, entete))

    def pirate(**ajout: Any) -> Forgerie:
        return signe(lambda _: signer(reponse(), _PIRATE, {**ENTETE_JWS, **ajout}))

    def hs256(secret: Callable[[FauxFranceConnect], bytes]) -> Forgerie:
        def forger(fc: FauxFranceConnect) -> bytes:
            texte = b64(ecrire({**ENTETE_JWS, "alg": "HS256"})) + b"." + b64(ecrire(reponse()))
            return texte + b"." + b64(hmac.new(secret(fc), texte, hashlib.sha256).digest())

        return signe(forger)

    def signature(sceau: bytes) -> Forgerie:
        return signe(lambda fc: signer(reponse(), fc.signature).rpartition(b".")[0] + b"." + b64(sceau))

    yield "jws alg none", signe(lambda _: b64(b'{"alg":"none"}') + b"." + b64(ecrire(reponse())) + b".")
    yield "jws alg none signe", entete({**ENTETE_JWS, "alg": "none"})
    yield "jws alg NonE", entete({**ENTETE_JWS, "alg": "NonE"})
    yield "jws alg ES384", entete({**ENTETE_JWS, "alg": "ES384"})
    yield "jws alg RS256", entete({**ENTETE_JWS, "alg": "RS256"})
    yield "jws alg absent", entete({"kid": ENTETE_JWS["kid"]})
    yield "jws alg double", entete(_DOUBLE)
    yield "jws HS256 par la cle publique en PEM", hs256(lambda fc: fc.signature.as_pem(private=False))
    yield "jws HS256 par la cle publique en DER", hs256(lambda fc: fc.signature.as_der(private=False))
    yield "jws HS256 par la cle publique en JWK", hs256(lambda fc: ecrire(jwk(fc.signature)))
    yield "jws HS256 par rien", hs256(lambda _: b"")
    yield "jws autre cle", pirate()
    yield "jws autre cle, jwk", pirate(jwk=jwk(_PIRATE))
    yield "jws autre cle, jku", pirate(jku=_AILLEURS)
    yield "jws autre cle, x5u", pirate(x5u=_AILLEURS)
    yield "jws autre cle, x5c", pirate(x5c=["MIIB"])
    yield "jws kid traversant", entete({**ENTETE_JWS, "kid": "../../../../dev/null"})
    yield "jws kid SQL", entete({**ENTETE_JWS, "kid": "x' UNION SELECT 'cle"})
    yield "jws kid adresse", entete({**ENTETE_JWS, "kid": _AILLEURS})
    yield "jws kid immense", entete({**ENTETE_JWS, "kid": "k" * 300})
    yield "jws kid liste", entete({**ENTETE_JWS, "kid": [ENTETE_JWS["kid"]]})
    for nom in ("jku", "x5u"):
        yield f"jws {nom}", entete({**ENTETE_JWS, nom: _AILLEURS})
    yield "jws jwk", entete({**ENTETE_JWS, "jwk": jwk(_PIRATE)})
    yield "jws crit inconnu", entete({**ENTETE_JWS, "crit": ["exp"], "exp": MAINTENANT + 60})
    yield "jws crit vide", entete({**ENTETE_JWS, "crit": []})
    yield "jws b64 false", entete({**ENTETE_JWS, "b64": False, "crit": ["b64"]})
    yield "jws b64 sans crit", entete({**ENTETE_JWS, "b64": True})
    yield "jws d'un autre type", entete({**ENTETE_JWS, "typ": "at+jwt"})
    yield "jws entete immense", entete({**ENTETE_JWS, "cty": "x" * 3_000})
    yield "jws signature nulle", signature(bytes(64))
    yield "jws signature vide", signature(b"")
    yield "jws signature courte", signature(b"\1" * 63)
    yield "jws charge changee", signe(_permuter)
    yield "jws charge vide", signe(lambda fc: signer(b"", fc.signature))
    yield "jws charge detachee", signe(lambda fc: b"..".join(signer(reponse(), fc.signature).split(b".")[::2]))
    yield "jws dans un jws", signe(lambda fc: signer(signer(reponse(), fc.signature), fc.signature))
    yield "jws en JSON", signe(lambda fc: _en_json(signer(reponse(), fc.signature)))
    yield "jws deux parties", signe(lambda fc: signer(reponse(), fc.signature).rpartition(b".")[0])


def _permuter(fc: FauxFranceConnect) -> bytes:
    entete, _, sceau = signer(reponse(), fc.signature).split(b".")
    return b".".join((entete, b64(ecrire(reponse(introspection(acr="eidas3")))), sceau))


def _en_json(compact: bytes) -> bytes:
    entete, charge, sceau = (partie.decode() for partie in compact.split(b"."))
    return ecrire({"payload": charge, "protected": entete, "signature": sceau})


def _claims() -> Iterator[tuple[str, Forgerie]]:
    """Yield what FranceConnect signed, but not for us, not now, or in other words."""

    def dit(claims: Any) -> Forgerie:
        return lambda fc: chiffrer(signer(claims, fc.signature), fc.chiffrement)

    changements: dict[str, dict[str, Any]] = {
        "iss d'un autre": {"iss": "https://fc.test.attaquant.test/api/v2"},
        "iss proche": {"iss": EMETTEUR + "/"},
        "iss liste": {"iss": [EMETTEUR]},
        "aud d'un autre": {"aud": "une-autre-api"},
        "aud a plusieurs": {"aud": ["une-autre-api", CLIENT_ID]},
        "aud vide": {"aud": ""},
        "iat futur": {"iat": MAINTENANT + 60},
        "iat ancien": {"iat": MAINTENANT - 3_600},
        "iat texte": {"iat": str(MAINTENANT)},
        "iat flottant": {"iat": float(MAINTENANT)},
        "iat booleen": {"iat": True},
        "exp passe": {"exp": MAINTENANT},
        "exp texte": {"exp": str(MAINTENANT + 60)},
        "nbf futur": {"nbf": MAINTENANT + 60},
        "jeton texte": {"token_introspection": "active"},
        "jeton liste": {"token_introspection": [introspection()]},
        **{f"{nom} absent": {nom: ABSENT} for nom in ("iss", "aud", "iat", "token_introspection")},
        **{f"{nom} nul": {nom: None} for nom in ("iss", "aud", "iat", "token_introspection")},
    }
    for nom, changes in changements.items():
        yield f"reponse {nom}", dit(reponse(**changes))
    texte = json.dumps(reponse())[:-1]
    yield "reponse iss double", dit(f'{texte}, "iss": "{EMETTEUR}"}}'.encode())
    yield "reponse exp NaN", dit(f'{texte}, "exp": NaN}}'.encode())
    yield "reponse NaN ailleurs", dit(f'{texte}, "x": NaN}}'.encode())
    yield "reponse exp Infinity", dit(f'{texte}, "exp": Infinity}}'.encode())
    yield "reponse exp de 5 000 chiffres", dit(f'{texte}, "exp": {"9" * 5_000}}}'.encode())
    yield "reponse profonde", dit(b'{"iss":' + b"[" * 20_000)
    yield "reponse en liste", dit([reponse()])
    yield "reponse en texte", dit("rien")
    yield "reponse UTF-16", dit(json.dumps(reponse()).encode("utf-16"))
    yield "reponse mal codee", dit(f'{texte}, "x": "'.encode() + b'\xff"}')


def _jetons() -> Iterator[tuple[str, Forgerie]]:
    """Yield what FranceConnect says of a token that opens nothing, or that names nobody surely."""

    def dit(jeton: Any) -> Forgerie:
        return lambda fc: chiffrer(signer(reponse(jeton), fc.signature), fc.chiffrement)

    changements: dict[str, dict[str, Any]] = {
        "inactif": {"active": False},
        "actif en texte": {"active": "true"},
        "actif en nombre": {"active": 1},
        "exp passe": {"exp": MAINTENANT - 1},
        "exp atteint": {"exp": MAINTENANT},
        "exp flottant": {"exp": MAINTENANT + 56.5},
        "exp texte": {"exp": str(MAINTENANT + 56)},
        "exp booleen": {"exp": True},
        "exp negatif": {"exp": -1},
        "exp sans fin": {"exp": 10**30},
        "iat futur": {"iat": MAINTENANT + 60},
        "iat texte": {"iat": "hier"},
        "nbf futur": {"nbf": MAINTENANT + 60},
        "scope liste": {"scope": ["openid"]},
        "scope sur deux lignes": {"scope": "openid\ncnaf_quotient_familial"},
        "acr inconnu": {"acr": "eidas4"},
        "acr vide": {"acr": ""},
        "acr insuffisant": {"acr": "eidas1"},
        "acr insuffisant parmi d'autres": {"acr": "eidas3 eidas1"},
        "acr nombre": {"acr": 2},
        "sub vide": {"sub": ""},
        "nom chiffre": {"family_name": "N0M"},
        "nom vide": {"family_name": ""},
        "nom immense": {"family_name": "N" * 81},
        "nom en lettres d'ailleurs": {"family_name": "ЖУКОВ"},
        "nom d'un signe": {"family_name": "-"},
        "nom injecte": {"family_name": "NOM\r\nX-Injecte: 1"},
        "prenoms absents": {"given_name": ABSENT, "given_name_array": ABSENT},
        "prenoms vides": {"given_name": " ", "given_name_array": []},
        "prenoms texte": {"given_name_array": "Anne"},
        "prenoms nuls": {"given_name_array": [None]},
        "prenoms trop nombreux": {"given_name_array": ["Anne"] * 21},
        "naissance partielle": {"birthdate": "1987-06"},
        "naissance a zeros": {"birthdate": "1987-06-00"},
        "naissance impossible": {"birthdate": "1987-02-30"},
        "naissance future": {"birthdate": "2027-01-01"},
        "naissance en chiffres d'ailleurs": {"birthdate": "١٩٨٧-06-05"},
        "naissance ordinale": {"birthdate": "1987-W23-5"},
        "genre inconnu": {"gender": "unspecified"},
        "pays inconnu": {"birthcountry": "00000"},
        "pays vide": {"birthcountry": ""},
        "commune inconnue": {"birthplace": "999"},
        "commune vide en France": {"birthplace": ""},
        "commune absente en France": {"birthplace": ABSENT},
        **{
            f"{nom} absent": {nom: ABSENT}
            for nom in (
                *("active", "exp", "iat", "sub", "scope", "acr"),
                *("family_name", "birthdate", "birthcountry", "gender"),
            )
        },
    }
    for nom, changes in changements.items():
        yield f"jeton {nom}", dit(introspection(**changes))
    yield "jeton vide", dit({})
    yield "jeton exp double", lambda fc: chiffrer(signer(_exp_double(), fc.signature), fc.chiffrement)


def _exp_double() -> bytes:
    texte = json.dumps(reponse(introspection(exp=MAINTENANT - 1)))
    return texte.replace('"acr"', f'"exp": {MAINTENANT + 56}, "acr"').encode()
