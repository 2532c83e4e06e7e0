"""FranceConnect (v2), simulated: it names the personas whose état civil is whole, in envelopes sealed for real.

As the real one, it names no key in its envelopes, and only says `active: false` of a token that it does not know.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwe, jws
from joserfc.jwk import ECKey, RSAKey

from graph.enums import Sexe
from graph.identite import FRANCE, PIVOT_PAYS, IdentitePivot
from habilitations.citoyen import Niveau
from habilitations.franceconnect import CHEMIN_INTROSPECTION, CHEMIN_JWKS, Client
from providers._personas import Persona, Personas
from providers._simulateur import reglage
from providers._source import Paires

#: Names its settings, as `providers._simulateur.reglage` derives them: `client_id`, `client_secret`, `cle`.
NOM = "franceconnect"
URL = "http://franceconnect.invalid"
#: How long a real token lives.
DUREE = timedelta(seconds=60)
#: The service that the citizen connected to: another client of FranceConnect, not us.
SERVICE = "service-du-bac-a-sable"
_JETONS_MAX = 10_000
_JSON: Paires = (("content-type", "application/json; charset=utf-8"),)
_JWT: Paires = (("content-type", "application/token-introspection+jwt"),)
_GENRES: Mapping[Sexe | None, str] = {Sexe.M: "male", Sexe.F: "female"}


class Faute(StrEnum):
    """What may be wrong with the answer about a token."""

    EXPIRE = "expire"
    INACTIF = "inactif"
    AUDIENCE = "audience"
    ALG_NONE = "alg_none"
    HS256 = "hs256"
    AUTRE_CLE_JWE = "autre_cle_jwe"
    AUTRE_CLE_JWS = "autre_cle_jws"
    SANS_SCOPE = "sans_scope"


class CitoyenInconnu(Exception):  # noqa: N818 - the domain's nouns are French
    """FranceConnect has no such citizen; the message is for developers."""


@dataclass(frozen=True, slots=True)
class JetonCitoyen:
    """An access token, and all that FranceConnect remembers of it."""

    texte: str = field(repr=False)
    persona: Persona = field(repr=False)
    scopes: tuple[str, ...]
    niveau: Niveau
    emis: datetime
    expire: datetime
    faute: Faute | None = None


class FranceConnectSimule:
    """One FranceConnect, with keys of its own, made when first needed and kept by the process alone.

    Args:
        personas: its citizens; those whose état civil lacks something are not.
        horloge: current instant, aware.
    """

    def __init__(self, personas: Personas, horloge: Callable[[], datetime]) -> None:
        self._personas = personas
        self._horloge = horloge
        self._jetons: dict[str, JetonCitoyen] = {}

    @cached_property
    def client(self) -> Client:
        """What a gateway must be set with to ask it."""
        client_id, secret, cle = (reglage(NOM, nom) for nom in ("client_id", "client_secret", "cle"))
        return Client.de_reglages(URL, client_id, secret, cle, Niveau.EIDAS1)

    @property
    def citoyens(self) -> tuple[str, ...]:
        """Names of the personas that it knows, in the order of the files."""
        return tuple(persona.nom for persona in self._personas if _complet(persona))

    def emettre(
        self,
        persona_nom: str,
        scopes: Iterable[str],
        duree: timedelta = DUREE,
        *,
        niveau: Niveau = Niveau.EIDAS1,
        faute: Faute | None = None,
    ) -> JetonCitoyen:
        """Return a token of a citizen who agreed to `scopes`. Raise CitoyenInconnu."""
        persona = next((une for une in self._personas if une.nom == persona_nom and _complet(une)), None)
        if persona is None:
            message = "FranceConnect ne connaît que les personnes dont l'état civil est complet."
            raise CitoyenInconnu(message)
        maintenant = self._horloge()
        jeton = JetonCitoyen(
            secrets.token_urlsafe(32), persona, tuple(scopes), niveau, maintenant, maintenant + duree, faute
        )
        self._retenir(jeton)
        return jeton

    def repondre(self, method: str, path: str, body: bytes) -> tuple[int, Paires, bytes]:
        """Answer one request: status, headers, body."""
        attendues = {CHEMIN_INTROSPECTION: "POST", CHEMIN_JWKS: "GET"}
        if path not in attendues:
            return _erreur(404, "not_found", "Not found.")
        if method != attendues[path]:
            return _erreur(405, "invalid_request", "Method not allowed.", (("allow", attendues[path]),))
        if path == CHEMIN_JWKS:
            return 200, _JSON, _json({"keys": [self._signature.as_dict(private=False)]})
        return self._introspecter(body)

    @cached_property
    def _signature(self) -> ECKey:
        return ECKey.generate_key("P-256", parameters={"use": "sig", "alg": "ES256"}, auto_kid=True)

    @cached_property
    def _autre_signature(self) -> ECKey:
        return ECKey.generate_key("P-256")

    @cached_property
    def _autre_chiffrement(self) -> RSAKey:
        return RSAKey.generate_key(2048)

    def _retenir(self, jeton: JetonCitoyen) -> None:
        """Remember a token; the dead ones, then the oldest, make room."""
        if len(self._jetons) >= _JETONS_MAX:
            self._jetons = {texte: un for texte, un in self._jetons.items() if un.expire > jeton.emis}
        if len(self._jetons) >= _JETONS_MAX:
            del self._jetons[next(iter(self._jetons))]
        self._jetons[jeton.texte] = jeton

    def _introspecter(self, body: bytes) -> tuple[int, Paires, bytes]:
        formulaire = parse_qs(body.decode("latin-1"))
        champs = {nom: valeurs[0] for nom, valeurs in formulaire.items() if len(valeurs) == 1}
        if champs.keys() != {"client_id", "client_secret", "token"}:
            return _erreur(400, "invalid_request", "Required parameter missing or invalid.")
        attendus = (self.client.client_id, self.client.client_secret)
        if not all(map(_egal, (champs["client_id"], champs["client_secret"]), attendus)):
            return _erreur(401, "invalid_client", "Client authentication failed.")
        jeton = self._jetons.get(champs["token"])
        return 200, _JWT, self._sceller(self._claims(jeton), jeton.faute if jeton else None)

    def _claims(self, jeton: JetonCitoyen | None) -> dict[str, Any]:
        maintenant = self._horloge()
        faute = jeton.faute if jeton else None
        vivant = jeton is not None and jeton.expire > maintenant and faute is not Faute.INACTIF
        return {
            "iss": self.client.emetteur,
            "aud": "une-autre-api" if faute is Faute.AUDIENCE else self.client.client_id,
            "iat": _secondes(maintenant),
            "token_introspection": _jeton(jeton, maintenant) if jeton and vivant else {"active": False},
        }

    def _sceller(self, claims: Mapping[str, Any], faute: Faute | None) -> bytes:
        cle = self._autre_chiffrement if faute is Faute.AUTRE_CLE_JWE else self.client.cles[0]
        entete = {"alg": "RSA-OAEP", "enc": "A256GCM"}
        return jwe.encrypt_compact(
            entete, self._signer(_json(claims), faute), cle, algorithms=[*entete.values()]
        ).encode()

    def _signer(self, claims: bytes, faute: Faute | None) -> str:
        if faute is Faute.ALG_NONE:
            return f"{_b64(_json({'alg': 'none'}))}.{_b64(claims)}."
        if faute is Faute.HS256:
            signe = f"{_b64(_json({'alg': 'HS256'}))}.{_b64(claims)}"
            secret = self._signature.as_pem(private=False)
            return f"{signe}.{_b64(hmac.new(secret, signe.encode(), hashlib.sha256).digest())}"
        cle = self._autre_signature if faute is Faute.AUTRE_CLE_JWS else self._signature
        return jws.serialize_compact({"alg": "ES256"}, claims, cle, algorithms=["ES256"])


def _complet(persona: Persona) -> bool:
    pivot = persona.pivot
    return PIVOT_PAYS.possible(persona.identite) and (pivot.code_pays != FRANCE or pivot.code_commune is not None)


def _jeton(jeton: JetonCitoyen, maintenant: datetime) -> dict[str, Any]:
    expire = maintenant - timedelta(seconds=1) if jeton.faute is Faute.EXPIRE else jeton.expire
    claims = {
        "active": True,
        "aud": SERVICE,
        "sub": hashlib.sha256(jeton.persona.nom.encode()).hexdigest() + "v1",
        "iat": _secondes(min(jeton.emis, expire)),
        "exp": _secondes(expire),
        "acr": jeton.niveau.value,
        "jti": jeton.texte,
        **_identite(jeton.persona.pivot),
    }
    return claims if jeton.faute is Faute.SANS_SCOPE else {**claims, "scope": " ".join(jeton.scopes)}


def _identite(pivot: IdentitePivot) -> dict[str, Any]:
    return {
        "gender": _GENRES[pivot.sexe],
        "family_name": pivot.nom_naissance,
        "given_name": " ".join(pivot.prenoms),
        "given_name_array": list(pivot.prenoms),
        "birthdate": str(pivot.naissance),
        "birthplace": pivot.code_commune or "" if pivot.code_pays == FRANCE else "",
        "birthcountry": pivot.code_pays,
    }


def _erreur(status: int, code: str, description: str, headers: Paires = ()) -> tuple[int, Paires, bytes]:
    return status, (*_JSON, *headers), _json({"error": code, "error_description": description})


def _egal(recu: str, attendu: str) -> bool:
    return hmac.compare_digest(recu.encode(), attendu.encode())


def _secondes(instant: datetime) -> int:
    return int(instant.timestamp())


def _json(valeur: Any) -> bytes:
    return json.dumps(valeur, ensure_ascii=False, separators=(",", ":")).encode()


def _b64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
