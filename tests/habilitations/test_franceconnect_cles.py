import asyncio
import gc

import pytest
from joserfc.jwk import ECKey

from graph.errors import FranceConnectInvalide, Surcharge
from habilitations.franceconnect import CHEMIN_JWKS
from tests.habilitations.faux_franceconnect import ENTETE_JWS, KID, SUB, Terrain, cle_rsa, ecrire, jwk, nouveau_terrain

SANS_NOM = {"alg": "ES256"}
HEURE = 3_600
INUTILISABLES = {
    "erreur": (500, b""),
    "redirection": (302, b""),
    "html": (200, b"<html>"),
    "liste": (200, b"[]"),
    "vide": (200, b'{"keys":[]}'),
    "texte": (200, b'{"keys":"x"}'),
    "profonde": (200, b'{"keys":' + b"[" * 60_000),
}


@pytest.fixture
def terrain() -> Terrain:
    return nouveau_terrain()


def tourner(terrain: Terrain, kid: str | None) -> None:
    """Have FranceConnect sign with another key from now on."""
    terrain.serveur.signature = ECKey.generate_key("P-256")
    terrain.serveur.cles = [jwk(terrain.serveur.signature, kid)]


@pytest.mark.parametrize("kid", ["pkcs11:ES256:hsm-2", None])
async def test_a_rotation_of_keys_is_followed_at_once(terrain: Terrain, kid: str | None) -> None:
    entete = SANS_NOM if kid is None else {**SANS_NOM, "kid": kid}
    await terrain.reconnaitre()
    tourner(terrain, kid)
    terrain.avancer(60)
    for _ in range(3):
        terrain.presenter(entete)
        assert (await terrain.reconnaitre()).sub == SUB
    assert terrain.serveur.lectures == 2


async def test_keys_without_names_are_followed_as_well(terrain: Terrain) -> None:
    for lectures in (1, 2, 3):
        tourner(terrain, None)
        terrain.presenter(SANS_NOM)
        assert (await terrain.reconnaitre()).sub == SUB
        assert terrain.serveur.lectures == lectures
        terrain.avancer(60)


@pytest.mark.parametrize("entete", [SANS_NOM, {**SANS_NOM, "kid": "inconnue"}])
async def test_unknown_keys_have_the_keys_fetched_once_a_minute_at_most(
    terrain: Terrain, entete: dict[str, str]
) -> None:
    await terrain.reconnaitre()
    vraie = terrain.serveur.signature
    terrain.serveur.signature = ECKey.generate_key("P-256")
    lectures = []
    for _ in range(12):
        terrain.avancer(10)
        terrain.presenter(entete)
        await terrain.refuse()
        lectures.append(terrain.serveur.lectures)
    assert lectures == [1] * 5 + [2] * 6 + [3]
    terrain.serveur.signature = vraie
    terrain.presenter()
    assert (await terrain.reconnaitre()).sub == SUB


async def test_a_bad_signature_by_a_key_that_is_known_fetches_nothing(terrain: Terrain) -> None:
    await terrain.reconnaitre()
    terrain.serveur.signature = ECKey.generate_key("P-256")
    terrain.avancer(600)
    terrain.presenter(ENTETE_JWS)
    await terrain.refuse()
    assert terrain.serveur.lectures == 1


async def test_keys_are_not_used_beyond_an_hour(terrain: Terrain) -> None:
    await terrain.reconnaitre()
    terrain.serveur.rompu = frozenset({CHEMIN_JWKS})
    terrain.avancer(HEURE - 1)
    terrain.presenter()
    await terrain.reconnaitre()
    terrain.avancer(61)
    terrain.presenter()
    await terrain.refuse(Surcharge)
    terrain.serveur.rompu = frozenset()
    terrain.avancer(5)
    terrain.presenter()
    assert (await terrain.reconnaitre()).sub == SUB


async def test_a_key_withdrawn_signs_nothing_more_after_an_hour(terrain: Terrain) -> None:
    await terrain.reconnaitre()
    terrain.serveur.cles = [jwk(ECKey.generate_key("P-256"), "nouvelle")]
    terrain.avancer(HEURE)
    terrain.presenter()
    await terrain.refuse()


async def test_keys_are_renewed_before_they_are_too_old_without_a_wait(terrain: Terrain) -> None:
    await terrain.reconnaitre()
    terrain.avancer(HEURE * 0.9)
    terrain.presenter()
    await terrain.reconnaitre()
    await asyncio.sleep(0)
    terrain.serveur.rompu = frozenset({CHEMIN_JWKS})
    terrain.avancer(HEURE * 0.2)
    terrain.presenter()
    assert (await terrain.reconnaitre()).sub == SUB
    assert terrain.serveur.lectures == 2


async def test_a_renewal_that_fails_behind_their_back_is_seen_by_nobody(
    terrain: Terrain, caplog: pytest.LogCaptureFixture
) -> None:
    await terrain.reconnaitre()
    terrain.serveur.rompu = frozenset({CHEMIN_JWKS})
    terrain.avancer(HEURE * 0.9)
    terrain.presenter()
    for _ in range(3):
        await terrain.reconnaitre()
        await asyncio.sleep(0)
    gc.collect()
    assert (terrain.serveur.lectures, caplog.records) == (2, [])


async def test_fifty_callers_share_one_fetch(terrain: Terrain) -> None:
    citoyens = await asyncio.gather(*(terrain.reconnaitre() for _ in range(50)))
    assert {citoyen.sub for citoyen in citoyens} == {SUB}
    assert terrain.serveur.lectures == 1


async def test_the_caller_who_began_the_fetch_may_leave(terrain: Terrain) -> None:
    terrain.serveur.retenus = frozenset({CHEMIN_JWKS})
    premier, second = (asyncio.create_task(terrain.reconnaitre()) for _ in range(2))
    await terrain.serveur.arrive.wait()
    premier.cancel()
    with pytest.raises(asyncio.CancelledError):
        await premier
    terrain.serveur.suite.set()
    assert (await second).sub == SUB
    assert terrain.serveur.lectures == 1


async def test_a_fetch_in_flight_is_given_up_at_the_end(terrain: Terrain) -> None:
    terrain.serveur.retenus = frozenset({CHEMIN_JWKS})
    question = asyncio.create_task(terrain.reconnaitre())
    await terrain.serveur.arrive.wait()
    await terrain.franceconnect.aclose()
    with pytest.raises(asyncio.CancelledError):
        await question


async def test_closing_twice_or_without_any_fetch_is_nothing(terrain: Terrain) -> None:
    await terrain.franceconnect.aclose()
    await terrain.reconnaitre()
    await terrain.franceconnect.aclose()


async def test_without_keys_nothing_is_accepted_and_they_are_not_asked_for_at_each_request(terrain: Terrain) -> None:
    terrain.serveur.rompu = frozenset({CHEMIN_JWKS})
    for _ in range(4):
        refus = await terrain.refuse(Surcharge)
        assert 0 < (refus.retry_after_ms or 0) <= 5_000
    assert terrain.serveur.lectures == 1
    terrain.serveur.rompu = frozenset()
    terrain.avancer(5)
    terrain.presenter()
    assert (await terrain.reconnaitre()).sub == SUB


@pytest.mark.parametrize("nom", INUTILISABLES)
async def test_keys_that_cannot_be_read_are_as_good_as_none(terrain: Terrain, nom: str) -> None:
    terrain.serveur.jwks = INUTILISABLES[nom]
    assert (await terrain.refuse(Surcharge)).cause == "FRANCECONNECT_JWKS"


@pytest.mark.parametrize(("status", "marge"), [(500, 0), (201, 0), (200, 66_000)])
async def test_good_keys_are_not_taken_from_a_failure_nor_from_an_endless_body(
    terrain: Terrain, status: int, marge: int
) -> None:
    terrain.serveur.jwks = (status, ecrire({"keys": terrain.serveur.cles}) + b" " * marge)
    await terrain.refuse(Surcharge)


async def test_an_unknown_key_during_an_outage_may_be_tried_again_and_known_ones_work(terrain: Terrain) -> None:
    await terrain.reconnaitre()
    terrain.serveur.rompu = frozenset({CHEMIN_JWKS})
    for _ in range(3):
        terrain.avancer(61)
        terrain.presenter({**SANS_NOM, "kid": "inconnue"})
        await terrain.refuse(Surcharge)
        await terrain.refuse(Surcharge)
        terrain.presenter()
        assert (await terrain.reconnaitre()).sub == SUB
    assert terrain.serveur.lectures == 4


async def test_keys_that_are_not_for_us_do_not_harm_the_others(terrain: Terrain) -> None:
    vraie = terrain.serveur.cles[0]
    terrain.serveur.cles = [
        "texte",
        {"kty": "oct", "k": "c2VjcmV0", "kid": KID},
        {**cle_rsa(0).as_dict(private=False), "kid": KID, "use": "sig", "alg": "RS256"},
        {**vraie, "use": "enc"},
        {**vraie, "x": "AAAA"},
        {**vraie, "x": 3},
        {**vraie, "alg": "ES384"},
        jwk(ECKey.generate_key("P-384"), alg="ES384"),
        jwk(ECKey.generate_key("P-256")),
        {**vraie, "x5u": "https://attaquant.test/", "x5c": ["MIIB"]},
    ]
    assert (await terrain.reconnaitre()).sub == SUB
    terrain.serveur.cles = terrain.serveur.cles[:-1]
    terrain.avancer(HEURE)
    terrain.presenter()
    await terrain.refuse()


@pytest.mark.parametrize("nombre", [15, 16])
async def test_a_set_of_keys_is_read_within_a_bound(terrain: Terrain, nombre: int) -> None:
    autres = [jwk(ECKey.generate_key("P-256"), f"autre-{rang}") for rang in range(nombre)]
    terrain.serveur.jwks = (200, ecrire({"keys": [*autres, *terrain.serveur.cles]}))
    if nombre < 16:
        assert (await terrain.reconnaitre()).sub == SUB
    else:
        await terrain.refuse(FranceConnectInvalide)
