"""What simulators share: reading a request, writing JSON, and a token endpoint that needs no memory.

Settings and tokens of the simulators are derived from public names: they protect nothing, they only let a simulator
refuse what the real source would refuse.
"""

import base64
import binascii
import hashlib
import hmac
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import parse_qs

import msgspec

from graph.circonstances import PARIS
from providers._certificats import pem
from providers._noms import LONGUEUR_MAX
from providers._source import Paires, UpstreamRequest, UpstreamResponse

_FORMULAIRE = "application/x-www-form-urlencoded"
#: Seconds; a token dies at the end of the day that follows its issue, so it always outlives this.
_DUREE = 3600
_SANS_CACHE = (("cache-control", "no-store"),)
_VERS_STANDARD = str.maketrans("-_", "+/")


def reglage(source: str, nom: str) -> str:
    """Return the value that the sandbox gives to a setting of a source, e.g. its `client_secret`."""
    return pem(source, nom) or hashlib.sha256(f"bac-a-sable/{source}/{nom}".encode()).hexdigest()[:32]


def entete(call: UpstreamRequest, nom: str) -> str | None:
    """Return a request header whatever its case; None if it was not sent."""
    return next((valeur for cle, valeur in call.headers if cle.lower() == nom.lower()), None)


def parametre(call: UpstreamRequest, nom: str) -> str | None:
    """Return a query parameter; None if it was not sent."""
    return next((valeur for cle, valeur in call.params if cle == nom), None)


def repondre(status: int, corps: Any = None, headers: Paires = ()) -> UpstreamResponse:
    """Answer JSON (dicts, lists or msgspec Structs), or an empty body when there is nothing to say."""
    if corps is None:
        return UpstreamResponse(status, headers)
    return UpstreamResponse(status, (("content-type", "application/json"), *headers), msgspec.json.encode(corps))


def minuit(jour: str | None) -> str | None:
    """Write a day as many sources do: an instant, at midnight in Paris; None when it is not a whole date."""
    try:
        lu = date.fromisoformat(jour or "")
    except ValueError:
        return None
    return datetime.combine(lu, time(), PARIS).isoformat()


def comparable(nom: str) -> str:
    """Bring a name to what referentials compare: capitals without accents, single spaces for every separator."""
    sans_accents = unicodedata.normalize("NFKD", nom[:LONGUEUR_MAX].replace("œ", "oe").replace("Œ", "OE"))
    lettres = "".join(
        lettre if lettre.isalnum() else " " for lettre in sans_accents if not unicodedata.combining(lettre)
    )
    return " ".join(lettres.upper().split())


@dataclass(frozen=True, slots=True)
class Guichet:
    """The token endpoint of a simulated source (RFC 6749 §4.4), and the check of the tokens that it issued."""

    source: str
    scope: str = ""
    """The scopes that must all be asked for, `{client_id}` standing for that setting; blank: none has to be."""
    path: str = "/token"
    formulaire: bool = True
    """False: the form must be empty, as the CNOUS wants it: HTTP Basic says everything."""

    def ouvre(self, call: UpstreamRequest) -> bool:
        """Tell whether a request is for the token endpoint."""
        return call.path == self.path

    def emettre(self, call: UpstreamRequest, aujourdhui: date) -> UpstreamResponse:
        """Answer a token request: 200 and a bearer token, or the error body of RFC 6749 §5.2 (400, 401, 405)."""
        if call.method != "POST":
            return repondre(405, {"error": "invalid_request"}, (("allow", "POST"),))
        formulaire = {cle: valeurs[0] for cle, valeurs in parse_qs(call.body.decode("latin-1")).items()}
        refus = self._forme_refusee(call, formulaire)
        if refus:
            return refus
        if not self._client_reconnu(call, formulaire):
            basic = (("www-authenticate", f'Basic realm="{self.source}"'),)
            return repondre(401, {"error": "invalid_client"}, basic)
        scope = self.scope.format(client_id=reglage(self.source, "client_id"))
        if not set(scope.split()) <= set(formulaire.get("scope", "").split()):
            return _refus("invalid_scope", "The requested scope is unknown.")
        jeton = self._jeton(aujourdhui)
        return repondre(
            200, {"access_token": jeton, "token_type": "Bearer", "expires_in": _DUREE, "scope": scope}, _SANS_CACHE
        )

    def reconnait(self, call: UpstreamRequest, aujourdhui: date) -> bool:
        """Tell whether a request bears a token issued here today or yesterday."""
        nom, _, jeton = (entete(call, "authorization") or "").partition(" ")
        valides = (self._jeton(aujourdhui), self._jeton(aujourdhui - timedelta(days=1)))
        return nom.lower() == "bearer" and any(_egal(jeton.strip(), valide) for valide in valides)

    def _forme_refusee(self, call: UpstreamRequest, formulaire: dict[str, str]) -> UpstreamResponse | None:
        if not (entete(call, "content-type") or "").startswith(_FORMULAIRE):
            return _refus("invalid_request", "Content-Type must be application/x-www-form-urlencoded.")
        if self.formulaire and formulaire.get("grant_type") != "client_credentials":
            return _refus("unsupported_grant_type", "Only client_credentials is supported.")
        if not self.formulaire and call.body:
            return _refus("invalid_request", "The form must be empty.")
        return None

    def _jeton(self, jour: date) -> str:
        contenu = f"{self.source}.{self.scope}.{jour.isoformat()}"
        sceau = hmac.new(reglage(self.source, "client_secret").encode(), contenu.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(contenu.encode()).decode().rstrip("=") + "." + sceau.hexdigest()

    def _client_reconnu(self, call: UpstreamRequest, formulaire: dict[str, str]) -> bool:
        identifiants = _basic(call) or (formulaire.get("client_id", ""), formulaire.get("client_secret", ""))
        attendus = (reglage(self.source, "client_id"), reglage(self.source, "client_secret"))
        return all(_egal(recu, attendu) for recu, attendu in zip(identifiants, attendus, strict=True))


def _egal(recu: str, attendu: str) -> bool:
    return hmac.compare_digest(recu.encode(), attendu.encode())


def _refus(code: str, description: str) -> UpstreamResponse:
    return repondre(400, {"error": code, "error_description": description}, _SANS_CACHE)


def _basic(call: UpstreamRequest) -> tuple[str, str] | None:
    """Read HTTP Basic in either base64 alphabet: the CNAV documents the URL-safe one."""
    nom, _, valeur = (entete(call, "authorization") or "").partition(" ")
    if nom.lower() != "basic":
        return None
    try:
        client, _, secret = base64.b64decode(valeur.translate(_VERS_STANDARD), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ("", "")
    return (client, secret)
