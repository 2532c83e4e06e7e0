import asyncio
import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest

from graph.errors import ErreurDeBloc, SourceDelaiDepasse, SourceIndisponible, SourceQuota, SourceReponseInvalide
from providers._oauth import Jetons
from providers._pannes import Interrompue
from providers._source import ClientCredentials, UpstreamRequest, UpstreamResponse

REGLAGES = {"client_id": "mairie", "client_secret": "secret/+é"}
AUTH = ClientCredentials(scope="QF")

Reponse = Callable[[int], UpstreamResponse]


def jeton(numero: int, **autres: Any) -> UpstreamResponse:
    return UpstreamResponse(200, (), json.dumps({"access_token": f"jeton-{numero}", **autres}).encode())


class Horloge:
    """A monotonic clock moved by hand."""

    def __init__(self) -> None:
        self.maintenant = 1000.0

    def __call__(self) -> float:
        return self.maintenant


class Guichet:
    """A token endpoint: it answers as told, when the door is open."""

    def __init__(self, repondre: Reponse) -> None:
        self.recu: list[UpstreamRequest] = []
        self.repondre = repondre
        self.ouvert = asyncio.Event()
        self.ouvert.set()
        self.demande = asyncio.Event()

    async def send(self, request: UpstreamRequest, *, deadline: float) -> UpstreamResponse:
        assert deadline > 0
        self.recu.append(request)
        numero = len(self.recu)
        self.demande.set()
        await self.ouvert.wait()
        return self.repondre(numero)

    async def aclose(self) -> None:
        self.ouvert.set()


def monter(repondre: Reponse, auth: ClientCredentials = AUTH) -> tuple[Jetons, Guichet, Horloge]:
    guichet, horloge = Guichet(repondre), Horloge()
    return Jetons(auth, REGLAGES, guichet, horloge, deadline=10), guichet, horloge


async def laisser_faire() -> None:
    """Let the tasks that are ready run."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_token_is_asked_for_with_basic_credentials_and_its_scope() -> None:
    jetons, guichet, _ = monter(jeton)
    assert await jetons.obtenir(deadline=1) == "jeton-1"
    (demande,) = guichet.recu
    entetes = dict(demande.headers)
    assert (demande.method, demande.path) == ("POST", "/token")
    assert parse_qs(demande.body.decode()) == {"grant_type": ["client_credentials"], "scope": ["QF"]}
    assert entetes["content-type"] == "application/x-www-form-urlencoded"
    assert base64.b64decode(entetes["authorization"].removeprefix("Basic ")).decode() == "mairie:secret/+é"


async def test_credentials_may_go_in_the_form() -> None:
    jetons, guichet, _ = monter(jeton, ClientCredentials(scope="", token_path="/realms/x/token", basic=False))  # noqa: S106 - a path
    await jetons.obtenir(deadline=1)
    (demande,) = guichet.recu
    assert demande.path == "/realms/x/token"
    assert "authorization" not in dict(demande.headers)
    assert parse_qs(demande.body.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["mairie"],
        "client_secret": ["secret/+é"],
    }


async def test_a_scope_may_name_the_client() -> None:
    jetons, guichet, _ = monter(jeton, ClientCredentials(scope="statut application_{client_id}"))
    await jetons.obtenir(deadline=1)
    assert parse_qs(guichet.recu[0].body.decode())["scope"] == ["statut application_mairie"]


async def test_the_form_may_be_empty_and_the_address_have_parameters() -> None:
    auth = ClientCredentials(formulaire=False, token_params=(("realm", "/partenaire"),))
    jetons, guichet, _ = monter(jeton, auth)
    await jetons.obtenir(deadline=1)
    assert (guichet.recu[0].body, guichet.recu[0].params) == (b"", (("realm", "/partenaire"),))


async def test_a_token_serves_until_thirty_seconds_before_its_end() -> None:
    jetons, guichet, horloge = monter(lambda n: jeton(n, expires_in=100))
    assert await jetons.obtenir(deadline=1) == "jeton-1"
    horloge.maintenant += 69
    assert await jetons.obtenir(deadline=1) == "jeton-1"
    horloge.maintenant += 1
    assert await jetons.obtenir(deadline=1) == "jeton-2"
    assert len(guichet.recu) == 2


async def test_a_token_is_renewed_at_four_fifths_of_its_life_without_a_wait() -> None:
    jetons, guichet, horloge = monter(lambda n: jeton(n, expires_in=1000))
    await jetons.obtenir(deadline=1)
    horloge.maintenant += 799
    await jetons.obtenir(deadline=1)
    await laisser_faire()
    assert len(guichet.recu) == 1
    guichet.ouvert.clear()
    horloge.maintenant += 1
    assert await jetons.obtenir(deadline=1) == "jeton-1"
    assert await jetons.obtenir(deadline=1) == "jeton-1"
    guichet.ouvert.set()
    await laisser_faire()
    assert await jetons.obtenir(deadline=1) == "jeton-2"
    assert len(guichet.recu) == 2


async def test_an_early_renewal_that_fails_is_not_seen_and_not_hammered() -> None:
    def repondre(numero: int) -> UpstreamResponse:
        return UpstreamResponse(503) if numero in {2, 3} else jeton(numero, expires_in=1000)

    jetons, guichet, horloge = monter(repondre)
    await jetons.obtenir(deadline=1)
    horloge.maintenant += 900
    for _ in range(10):
        assert await jetons.obtenir(deadline=1) == "jeton-1"
        await laisser_faire()
    assert len(guichet.recu) == 2
    horloge.maintenant += 5
    await jetons.obtenir(deadline=1)
    await laisser_faire()
    assert len(guichet.recu) == 3


@pytest.mark.parametrize(
    ("annonce", "duree"),
    [({}, 300), ({"expires_in": None}, 300), ({"expires_in": "1499"}, 1499), ({"expires_in": 60.5}, 60.5)],
)
async def test_a_life_is_read_in_every_sensible_form(annonce: dict[str, Any], duree: float) -> None:
    jetons, _, horloge = monter(lambda n: jeton(n, **annonce))
    await jetons.obtenir(deadline=1)
    horloge.maintenant += duree - 30.5
    assert await jetons.obtenir(deadline=1) == "jeton-1"
    horloge.maintenant += 1
    assert await jetons.obtenir(deadline=1) != "jeton-1"
    await jetons.aclose()


@pytest.mark.parametrize("expires_in", [0, -1, "bientôt", "", "nan", True, [], {}, 30, "-3600", 10**400])
async def test_a_life_without_sense_makes_a_token_of_single_use(expires_in: Any) -> None:
    jetons, guichet, _ = monter(lambda n: jeton(n, expires_in=expires_in))
    assert await jetons.obtenir(deadline=1) == "jeton-1"
    assert await jetons.obtenir(deadline=1) == "jeton-2"
    assert len(guichet.recu) == 2


async def test_a_life_without_end_is_bounded_to_a_day() -> None:
    jetons, _, horloge = monter(lambda n: jeton(n, expires_in=10**12))
    await jetons.obtenir(deadline=1)
    horloge.maintenant += 86_400
    assert await jetons.obtenir(deadline=1) == "jeton-2"


async def test_a_thousand_callers_ask_for_one_token() -> None:
    jetons, guichet, _ = monter(lambda n: jeton(n, expires_in=0))
    guichet.ouvert.clear()
    appels = [asyncio.create_task(jetons.obtenir(deadline=5)) for _ in range(1000)]
    await guichet.demande.wait()
    guichet.ouvert.set()
    assert set(await asyncio.gather(*appels)) == {"jeton-1"}
    assert len(guichet.recu) == 1


async def test_a_caller_that_leaves_does_not_take_the_token_of_the_others_away() -> None:
    jetons, guichet, _ = monter(lambda n: jeton(n, expires_in=1000))
    guichet.ouvert.clear()
    premier, second = (asyncio.create_task(jetons.obtenir(deadline=5)) for _ in range(2))
    await guichet.demande.wait()
    premier.cancel()
    with pytest.raises(asyncio.CancelledError):
        await premier
    guichet.ouvert.set()
    assert await second == "jeton-1"
    assert len(guichet.recu) == 1


async def test_a_caller_in_a_hurry_leaves_and_the_next_one_finds_the_token() -> None:
    jetons, guichet, _ = monter(lambda n: jeton(n, expires_in=1000))
    guichet.ouvert.clear()
    with pytest.raises(SourceDelaiDepasse) as refus:
        await jetons.obtenir(deadline=0.01)
    assert refus.value.cause == "SOURCE_DELAI_DEPASSE"
    assert refus.value.__context__ is None
    guichet.ouvert.set()
    assert await jetons.obtenir(deadline=1) == "jeton-1"
    assert len(guichet.recu) == 1


async def test_a_refused_token_is_forgotten_once() -> None:
    jetons, guichet, _ = monter(lambda n: jeton(n, expires_in=1000))
    ancien = await jetons.obtenir(deadline=1)
    jetons.invalider(ancien)
    assert await jetons.obtenir(deadline=1) == "jeton-2"
    jetons.invalider(ancien)
    assert await jetons.obtenir(deadline=1) == "jeton-2"
    assert len(guichet.recu) == 2


@pytest.mark.parametrize(
    ("reponse", "attendue", "cause"),
    [
        (UpstreamResponse(400, (), b'{"error":"invalid_client"}'), SourceIndisponible, "HABILITATION_SOURCE"),
        (UpstreamResponse(401), SourceIndisponible, "HABILITATION_SOURCE"),
        (UpstreamResponse(403), SourceIndisponible, "HABILITATION_SOURCE"),
        (UpstreamResponse(429, (("retry-after", "7"),)), SourceQuota, "SOURCE_QUOTA"),
        (UpstreamResponse(503), SourceIndisponible, "SOURCE_SURCHARGE"),
        (UpstreamResponse(302), SourceReponseInvalide, "SOURCE_REDIRECTION"),
        (UpstreamResponse(200, (), b"<html>SECRET</html>"), SourceReponseInvalide, "SOURCE_JETON_INVALIDE"),
        (UpstreamResponse(200, (), b"{}"), SourceReponseInvalide, "SOURCE_JETON_INVALIDE"),
        (UpstreamResponse(200, (), b'{"access_token":12}'), SourceReponseInvalide, "SOURCE_JETON_INVALIDE"),
        (UpstreamResponse(200, (), b'{"access_token":""}'), SourceReponseInvalide, "SOURCE_JETON_INVALIDE"),
        (
            UpstreamResponse(200, (), b'{"access_token":"SECRET\\r\\nX: 1"}'),
            SourceReponseInvalide,
            "SOURCE_JETON_INVALIDE",
        ),
        (UpstreamResponse(200, (), b"[" * 100_000), SourceReponseInvalide, "SOURCE_JETON_INVALIDE"),
    ],
)
async def test_an_answer_that_is_no_token_is_an_error_that_quotes_nothing(
    reponse: UpstreamResponse, attendue: type[ErreurDeBloc], cause: str
) -> None:
    jetons, _, _ = monter(lambda _: reponse)
    with pytest.raises(attendue) as refus:
        await jetons.obtenir(deadline=1)
    assert refus.value.cause == cause
    assert "SECRET" not in repr(refus.value) + repr(vars(refus.value))
    assert refus.value.__context__ is None


async def test_a_broken_exchange_is_an_error_and_the_next_caller_asks_again() -> None:
    def repondre(numero: int) -> UpstreamResponse:
        if numero == 1:
            raise Interrompue
        return jeton(numero)

    jetons, _, _ = monter(repondre)
    with pytest.raises(SourceIndisponible) as refus:
        await jetons.obtenir(deadline=1)
    assert refus.value.cause == "SOURCE_INTERROMPUE"
    assert await jetons.obtenir(deadline=1) == "jeton-2"


async def test_closing_gives_up_the_request_in_flight() -> None:
    jetons, guichet, _ = monter(jeton)
    guichet.ouvert.clear()
    appel = asyncio.create_task(jetons.obtenir(deadline=5))
    await guichet.demande.wait()
    await jetons.aclose()
    with pytest.raises(asyncio.CancelledError):
        await appel
    await jetons.aclose()
