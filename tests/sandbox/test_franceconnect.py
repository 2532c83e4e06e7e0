import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from urllib.parse import urlencode

import pytest

from graph.errors import FranceConnectInvalide
from graph.identite import FRANCE
from habilitations.citoyen import Niveau
from habilitations.franceconnect import CHEMIN_INTROSPECTION, CHEMIN_JWKS, FranceConnect
from providers._personas import Personas
from sandbox.franceconnect import DUREE, CitoyenInconnu, Faute, FranceConnectSimule
from sandbox.personas import load

INSTANT = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
SCOPES = ("openid", "identite_pivot", "cnaf_quotient_familial")
ANGELA = "dubois-angela"


@cache
def personas() -> Personas:
    """The personas of the sandbox, read once."""
    return load(INSTANT.date)


class Bac:
    """A simulated FranceConnect, and a gateway that asks it. Implements `habilitations.canal.Canal`."""

    def __init__(self) -> None:
        self.instant = INSTANT
        self.personas = personas()
        self.simule = FranceConnectSimule(self.personas, lambda: self.instant)
        self.gateway = FranceConnect(self.simule.client, self, lambda: self.instant, self.instant.timestamp)

    async def poster(self, chemin: str, formulaire: Mapping[str, str]) -> tuple[int, bytes]:
        """Send a form."""
        status, _, corps = self.simule.repondre("POST", chemin, urlencode(formulaire).encode())
        return status, corps

    async def lire(self, chemin: str) -> tuple[int, bytes]:
        """Read a path."""
        status, _, corps = self.simule.repondre("GET", chemin, b"")
        return status, corps

    def formulaire(self, **changes: str) -> bytes:
        """Return the body of a question about a token of Angela."""
        client = self.simule.client
        jeton = self.simule.emettre(ANGELA, SCOPES).texte
        champs = {"client_id": client.client_id, "client_secret": client.client_secret, "token": jeton, **changes}
        return urlencode(champs).encode()


@pytest.fixture
def bac() -> Bac:
    return Bac()


async def test_every_citizen_is_recognised_as_her_own_persona(bac: Bac) -> None:
    personas = {persona.nom: persona for persona in bac.personas}
    assert len(bac.simule.citoyens) >= 15
    for nom in bac.simule.citoyens:
        citoyen = await bac.gateway.reconnaitre(bac.simule.emettre(nom, SCOPES).texte)
        pivot, attendu = citoyen.identite.pivot, personas[nom].pivot
        assert pivot is not None
        assert citoyen.identite.france_connect
        assert (pivot.nom_naissance, pivot.prenoms, pivot.naissance, pivot.sexe, pivot.code_pays) == (
            attendu.nom_naissance,
            attendu.prenoms,
            attendu.naissance,
            attendu.sexe,
            attendu.code_pays,
        )
        assert pivot.code_commune == (attendu.code_commune if attendu.code_pays == FRANCE else None)


def test_a_persona_whose_etat_civil_lacks_something_is_no_citizen(bac: Bac) -> None:
    incompletes = {persona.nom for persona in bac.personas} - set(bac.simule.citoyens)
    assert "roux-jeanne" in incompletes
    for nom in ("roux-jeanne", "personne"):
        with pytest.raises(CitoyenInconnu):
            bac.simule.emettre(nom, SCOPES)


async def test_a_token_says_what_was_agreed_to_how_surely_and_until_when(bac: Bac) -> None:
    jeton = bac.simule.emettre(ANGELA, SCOPES, timedelta(seconds=20), niveau=Niveau.EIDAS3)
    citoyen = await bac.gateway.reconnaitre(jeton.texte)
    assert citoyen.scopes == frozenset(SCOPES)
    assert (citoyen.acr, citoyen.fin) == (Niveau.EIDAS3, INSTANT + timedelta(seconds=20))


async def test_a_token_dies_with_its_time(bac: Bac) -> None:
    jeton = bac.simule.emettre(ANGELA, SCOPES).texte
    bac.instant += DUREE - timedelta(seconds=1)
    await bac.gateway.reconnaitre(jeton)
    bac.instant += timedelta(seconds=1)
    with pytest.raises(FranceConnectInvalide) as refus:
        await bac.gateway.reconnaitre(jeton)
    assert refus.value.cause == "FRANCECONNECT_JETON_INACTIF"


async def test_a_token_that_was_never_issued_is_inactive(bac: Bac) -> None:
    with pytest.raises(FranceConnectInvalide) as refus:
        await bac.gateway.reconnaitre("inconnu")
    assert refus.value.cause == "FRANCECONNECT_JETON_INACTIF"


@pytest.mark.parametrize(
    ("faute", "cause"),
    [
        (Faute.EXPIRE, "FRANCECONNECT_JETON"),
        (Faute.INACTIF, "FRANCECONNECT_JETON_INACTIF"),
        (Faute.AUDIENCE, "FRANCECONNECT_REPONSE"),
        (Faute.ALG_NONE, "FRANCECONNECT_ENVELOPPE"),
        (Faute.HS256, "FRANCECONNECT_ENVELOPPE"),
        (Faute.AUTRE_CLE_JWE, "FRANCECONNECT_ENVELOPPE"),
        (Faute.AUTRE_CLE_JWS, "FRANCECONNECT_ENVELOPPE"),
        (Faute.SANS_SCOPE, "FRANCECONNECT_JETON"),
    ],
)
async def test_every_fault_is_refused_by_a_gateway(bac: Bac, faute: Faute, cause: str) -> None:
    with pytest.raises(FranceConnectInvalide) as refus:
        await bac.gateway.reconnaitre(bac.simule.emettre(ANGELA, SCOPES, faute=faute).texte)
    assert refus.value.cause == cause


def test_tokens_are_opaque_and_never_the_same(bac: Bac) -> None:
    jetons = {bac.simule.emettre(ANGELA, SCOPES).texte for _ in range(100)}
    assert len(jetons) == 100
    assert not any("angela" in jeton.lower() for jeton in jetons)


async def test_the_oldest_tokens_make_room(bac: Bac) -> None:
    premier = bac.simule.emettre(ANGELA, SCOPES).texte
    dernier = [bac.simule.emettre(ANGELA, SCOPES).texte for _ in range(10_000)][-1]
    assert (await bac.gateway.reconnaitre(dernier)).scopes
    with pytest.raises(FranceConnectInvalide):
        await bac.gateway.reconnaitre(premier)


@pytest.mark.parametrize(
    ("changes", "status", "erreur"),
    [
        ({"client_id": "autre"}, 401, "invalid_client"),
        ({"client_secret": "autre"}, 401, "invalid_client"),
        ({"client_secret": "é"}, 401, "invalid_client"),
        ({"token": ""}, 400, "invalid_request"),
        ({"client_secret": ""}, 400, "invalid_request"),
        ({"token_type_hint": "access_token"}, 400, "invalid_request"),
    ],
)
def test_a_bad_question_is_refused_in_its_words(bac: Bac, changes: dict[str, str], status: int, erreur: str) -> None:
    recu, headers, corps = bac.simule.repondre("POST", CHEMIN_INTROSPECTION, bac.formulaire(**changes))
    assert (recu, json.loads(corps)["error"]) == (status, erreur)
    assert dict(headers)["content-type"].startswith("application/json")


def test_its_envelopes_are_those_of_franceconnect(bac: Bac) -> None:
    status, headers, corps = bac.simule.repondre("POST", CHEMIN_INTROSPECTION, bac.formulaire())
    entete = json.loads(base64.urlsafe_b64decode(corps.split(b".")[0] + b"=="))
    assert (status, dict(headers)) == (200, {"content-type": "application/token-introspection+jwt"})
    assert (entete, corps.count(b".")) == ({"alg": "RSA-OAEP", "enc": "A256GCM"}, 4)


def test_its_keys_are_public(bac: Bac) -> None:
    status, _, corps = bac.simule.repondre("GET", CHEMIN_JWKS, b"")
    (cle,) = json.loads(corps)["keys"]
    assert status == 200
    assert set(cle) == {"kty", "crv", "x", "y", "use", "alg", "kid"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", CHEMIN_INTROSPECTION, 405), ("POST", CHEMIN_JWKS, 405), ("GET", "/api/v2/userinfo", 404)],
)
def test_it_serves_nothing_else(bac: Bac, method: str, path: str, status: int) -> None:
    assert bac.simule.repondre(method, path, b"")[0] == status


def test_a_token_prints_neither_its_text_nor_its_citizen(bac: Bac) -> None:
    jeton = bac.simule.emettre(ANGELA, SCOPES)
    assert jeton.texte not in repr(jeton)
    assert "DUBOIS" not in repr(jeton)
