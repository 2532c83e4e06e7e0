"""A FranceConnect in the hands of a test: it answers what the test seals, by hand where no library would."""

import asyncio
import base64
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry

from graph.errors import ErreurDeRequete, FranceConnectInvalide
from habilitations.canal import CanalRompu
from habilitations.citoyen import Citoyen, Niveau
from habilitations.franceconnect import CHEMIN_INTROSPECTION, CHEMIN_JWKS, Client, FranceConnect

EMETTEUR, CLIENT_ID, SECRET = "https://fc.test/api/v2", "api-particulier", "s3cr3t-0f-the-cl1ent"
INSTANT = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
MAINTENANT = int(INSTANT.timestamp())
#: Looked for wherever nothing of a person or of a token may be.
JETON, NOM, PRENOM, SUB = "Wn5igb6-fravbxqgshzi0znle3fid2cwzhr9twtqxzm", "ZQEXWKVJB", "Ildegarde", "2fa48e3542c8645fv1"
CANARIS = (JETON, NOM, PRENOM, SUB, SECRET, "1987-06-05", "08480")
ENTETE_JWE, ENTETE_JWS = {"alg": "RSA-OAEP", "enc": "A256GCM"}, {"alg": "ES256", "kid": "pkcs11:ES256:hsm"}
KID = ENTETE_JWS["kid"]
#: Removes a claim.
ABSENT = object()


def b64(octets: bytes) -> bytes:
    return base64.urlsafe_b64encode(octets).rstrip(b"=")


def ecrire(valeur: Any) -> bytes:
    return valeur if isinstance(valeur, bytes) else json.dumps(valeur).encode()


def sans_absents(claims: Mapping[str, Any]) -> dict[str, Any]:
    return {nom: valeur for nom, valeur in claims.items() if valeur is not ABSENT}


def introspection(**changes: Any) -> dict[str, Any]:
    """What FranceConnect says of the token of a citizen."""
    claims = {
        "active": True,
        "aud": "un-fournisseur-de-service",
        "sub": SUB,
        "iat": MAINTENANT - 4,
        "exp": MAINTENANT + 56,
        "acr": "eidas2",
        "jti": JETON,
        "scope": "openid identite_pivot cnaf_quotient_familial mesri_identite",
        "gender": "female",
        "family_name": NOM,
        "given_name": f"{PRENOM} Anne",
        "given_name_array": [PRENOM, "Anne"],
        "birthdate": "1987-06-05",
        "birthplace": "08480",
        "birthcountry": "99100",
    }
    return sans_absents({**claims, **changes})


def reponse(jeton: Any = None, **changes: Any) -> dict[str, Any]:
    """The claims that FranceConnect signs."""
    claims = {
        "iss": EMETTEUR,
        "aud": CLIENT_ID,
        "iat": MAINTENANT,
        "token_introspection": introspection() if jeton is None else jeton,
    }
    return sans_absents({**claims, **changes})


def signer(claims: Any, cle: ECKey, entete: Any = ENTETE_JWS) -> bytes:
    """Sign in ES256, whatever the header says."""
    signe = b64(ecrire(entete)) + b"." + b64(ecrire(claims))
    return signe + b"." + b64(JWSRegistry.algorithms["ES256"].sign(signe, cle))


def chiffrer(clair: bytes, cle: RSAKey, entete: Any = ENTETE_JWE) -> bytes:
    """Encrypt in RSA-OAEP and A256GCM, whatever the header says."""
    aad, secret, iv = b64(ecrire(entete)), os.urandom(32), os.urandom(12)
    scelle = AESGCM(secret).encrypt(iv, clair, aad)
    enveloppe = cle.public_key.encrypt(secret, OAEP(MGF1(hashes.SHA1()), hashes.SHA1(), None))  # noqa: S303 - RFC 7518 §4.3
    return b".".join((aad, *map(b64, (enveloppe, iv, scelle[:-16], scelle[-16:]))))


def jwk(cle: ECKey, kid: str | None = KID, **changes: Any) -> dict[str, Any]:
    nom = {} if kid is None else {"kid": kid}
    return {**cle.as_dict(private=False), "use": "sig", "alg": "ES256", **nom, **changes}


@dataclass
class FauxFranceConnect:
    """Implements `habilitations.canal.Canal`, and counts what it is asked."""

    signature: ECKey
    chiffrement: RSAKey
    reponse: tuple[int, bytes] = (200, b"")
    cles: Sequence[Any] = ()
    jwks: tuple[int, bytes] | None = None
    """What is read instead of the keys."""
    rompu: frozenset[str] = frozenset()
    """Paths that cannot be reached."""
    formulaires: list[Mapping[str, str]] = field(default_factory=list)
    lectures: int = 0
    retenus: frozenset[str] = frozenset()
    """Paths whose answers wait for `suite`."""
    suite: asyncio.Event = field(default_factory=asyncio.Event)
    arrive: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once a question waits."""

    def __post_init__(self) -> None:
        self.cles = [jwk(self.signature)]
        self.dit(reponse())

    def dit(self, claims: Any, entete: Any = ENTETE_JWS) -> None:
        """Answer claims, sealed as they should be."""
        self.reponse = (200, chiffrer(signer(claims, self.signature, entete), self.chiffrement))

    async def poster(self, chemin: str, formulaire: Mapping[str, str]) -> tuple[int, bytes]:
        """Answer about a token."""
        assert chemin == CHEMIN_INTROSPECTION
        self.formulaires.append(formulaire)
        return await self._selon(chemin, self.reponse)

    async def lire(self, chemin: str) -> tuple[int, bytes]:
        """Show the keys."""
        assert chemin == CHEMIN_JWKS
        self.lectures += 1
        return await self._selon(chemin, self.jwks or (200, ecrire({"keys": list(self.cles)})))

    async def _selon(self, chemin: str, reponse: tuple[int, bytes]) -> tuple[int, bytes]:
        if chemin in self.retenus:
            self.arrive.set()
            await self.suite.wait()
        if chemin in self.rompu:
            cause = "SOURCE_INJOIGNABLE"
            raise CanalRompu(cause)
        return reponse


@dataclass
class Terrain:
    """A gateway that knows one FranceConnect, and the clocks of both."""

    serveur: FauxFranceConnect
    client: Client
    instant: datetime = INSTANT
    secondes: float = 1_000.0
    franceconnect: FranceConnect = field(init=False)

    def __post_init__(self) -> None:
        self.franceconnect = FranceConnect(self.client, self.serveur, lambda: self.instant, lambda: self.secondes)

    async def reconnaitre(self, jeton: str = JETON) -> Citoyen:
        return await self.franceconnect.reconnaitre(jeton)

    async def refuse(
        self, erreur: type[ErreurDeRequete] = FranceConnectInvalide, jeton: str = JETON
    ) -> ErreurDeRequete:
        """Return the refusal, once sure that it tells nothing of what was read."""
        with pytest.raises(erreur) as refus:
            await self.reconnaitre(jeton)
        dit = f"{refus.value!r} {refus.value} {refus.value.args} {refus.value.detail} {refus.value.cause}"
        assert not any(canari in dit for canari in CANARIS)
        assert (refus.value.__cause__, refus.value.__context__) == (None, None)
        return refus.value

    def avancer(self, secondes: float) -> None:
        """Let time pass for both."""
        self.secondes += secondes
        self.instant += timedelta(seconds=secondes)

    def presenter(self, entete: Any = ENTETE_JWS) -> None:
        """Have FranceConnect speak of a fresh token, sealed now."""
        instant = int(self.instant.timestamp())
        self.serveur.dit(reponse(introspection(iat=instant, exp=instant + 60), iat=instant), entete)


@cache
def cle_rsa(_rang: int) -> RSAKey:
    """A private key of ours, the same each time."""
    return RSAKey.generate_key(2048)


def pem(*cles: RSAKey) -> str:
    return "\n".join(cle.as_pem(private=True).decode() for cle in cles)


@cache
def client(niveau: Niveau, *rangs: int) -> Client:
    """What a gateway is set with; checking a key takes longer than using it."""
    return Client.de_reglages("https://fc.test/", CLIENT_ID, SECRET, pem(*map(cle_rsa, rangs)), niveau)


def nouveau_terrain(niveau: Niveau = Niveau.EIDAS2, *rangs: int) -> Terrain:
    """A gateway that holds some keys, and a FranceConnect that encrypts with the first of all."""
    return Terrain(FauxFranceConnect(ECKey.generate_key("P-256"), cle_rsa(0)), client(niveau, *(rangs or (0,))))
