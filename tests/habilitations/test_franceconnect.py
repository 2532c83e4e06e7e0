import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import ECKey

from graph.enums import Sexe
from graph.errors import FranceConnectInvalide, Surcharge
from graph.identite import DateNaissance, Identite, IdentitePivot
from habilitations.citoyen import Citoyen, Niveau, effectifs, verifier_service
from habilitations.franceconnect import CHEMIN_INTROSPECTION, Client
from habilitations.habilitation import Habilitation
from tests.habilitations.faux_franceconnect import (
    ABSENT,
    CANARIS,
    CLIENT_ID,
    EMETTEUR,
    ENTETE_JWE,
    ENTETE_JWS,
    JETON,
    MAINTENANT,
    NOM,
    PRENOM,
    SECRET,
    SUB,
    Terrain,
    chiffrer,
    cle_rsa,
    introspection,
    nouveau_terrain,
    pem,
    reponse,
    signer,
)
from tests.habilitations.forgeries import forgeries

FORGERIES = forgeries()


@pytest.fixture
def terrain() -> Terrain:
    return nouveau_terrain()


async def test_a_token_names_a_citizen_with_what_she_agreed_to_and_until_when(terrain: Terrain) -> None:
    assert await terrain.reconnaitre() == Citoyen(
        identite=Identite(
            pivot=IdentitePivot(
                nom_naissance=NOM,
                prenoms=(PRENOM, "Anne"),
                naissance=DateNaissance(1987, 6, 5),
                sexe=Sexe.F,
                code_pays="99100",
                code_commune="08480",
            ),
            france_connect=True,
        ),
        scopes=frozenset({"openid", "identite_pivot", "cnaf_quotient_familial", "mesri_identite"}),
        acr=Niveau.EIDAS2,
        fin=datetime.fromtimestamp(MAINTENANT + 56, UTC),
        sub=SUB,
        service="un-fournisseur-de-service",
    )


async def test_our_credentials_and_the_token_go_in_the_form_and_nothing_else(terrain: Terrain) -> None:
    await terrain.reconnaitre()
    assert terrain.serveur.formulaires == [{"client_id": CLIENT_ID, "client_secret": SECRET, "token": JETON}]


async def test_every_request_asks_again_and_keys_are_read_once(terrain: Terrain) -> None:
    for _ in range(5):
        await terrain.reconnaitre()
    assert (len(terrain.serveur.formulaires), terrain.serveur.lectures) == (5, 1)


@pytest.mark.parametrize("commune", ["", "99216", ABSENT])
async def test_a_citizen_born_abroad_has_a_country_and_no_commune(terrain: Terrain, commune: object) -> None:
    terrain.serveur.dit(reponse(introspection(birthplace=commune, birthcountry="99216", gender="male")))
    pivot = (await terrain.reconnaitre()).identite.pivot
    assert pivot is not None
    assert (pivot.code_pays, pivot.code_commune, pivot.sexe) == ("99216", None, Sexe.M)


async def test_first_names_are_split_when_their_list_is_missing(terrain: Terrain) -> None:
    terrain.serveur.dit(reponse(introspection(given_name="Jean-Luc  Léo", given_name_array=ABSENT)))
    pivot = (await terrain.reconnaitre()).identite.pivot
    assert pivot is not None
    assert pivot.prenoms == ("Jean-Luc", "Léo")


async def test_first_names_of_the_list_keep_their_spaces(terrain: Terrain) -> None:
    terrain.serveur.dit(reponse(introspection(given_name="Marie Ange Zoé", given_name_array=["Marie Ange", "Zoé"])))
    pivot = (await terrain.reconnaitre()).identite.pivot
    assert pivot is not None
    assert pivot.prenoms == ("Marie Ange", "Zoé")


async def test_a_preferred_name_is_not_taken(terrain: Terrain) -> None:
    terrain.serveur.dit(reponse(introspection(preferred_username="DUPONT", email="x@example.fr")))
    pivot = (await terrain.reconnaitre()).identite.pivot
    assert pivot is not None
    assert pivot.nom_usage is None


async def test_a_citizen_may_agree_to_nothing(terrain: Terrain) -> None:
    terrain.serveur.dit(reponse(introspection(scope="")))
    assert (await terrain.reconnaitre()).scopes == frozenset()


@pytest.mark.parametrize(("acr", "certain"), [("eidas2", Niveau.EIDAS2), ("eidas3", Niveau.EIDAS3)])
async def test_a_level_at_or_above_the_one_wanted_is_accepted(terrain: Terrain, acr: str, certain: Niveau) -> None:
    terrain.serveur.dit(reponse(introspection(acr=acr)))
    assert (await terrain.reconnaitre()).acr is certain


async def test_the_lowest_of_several_levels_is_the_certain_one(terrain: Terrain) -> None:
    terrain.serveur.dit(reponse(introspection(acr="eidas3 eidas2")))
    assert (await terrain.reconnaitre()).acr is Niveau.EIDAS2


async def test_a_weak_level_is_refused_with_the_one_to_ask_for(terrain: Terrain) -> None:
    terrain.serveur.dit(reponse(introspection(acr="eidas1")))
    refus = await terrain.refuse()
    assert (refus.cause, "eidas2" in refus.detail) == ("FRANCECONNECT_NIVEAU", True)


async def test_a_token_serves_until_its_last_second_and_no_longer(terrain: Terrain) -> None:
    jeton = introspection(exp=MAINTENANT + 1)
    terrain.serveur.dit(reponse(jeton))
    await terrain.reconnaitre()
    terrain.instant += timedelta(seconds=1)
    await terrain.refuse()


@pytest.mark.parametrize(
    "entete",
    [
        {"alg": "ES256"},
        ENTETE_JWS,
        {"alg": "ES256", "typ": "JWT"},
        {**ENTETE_JWS, "typ": "token-introspection+jwt", "cty": "JWT"},
    ],
)
async def test_a_signature_may_name_its_key_and_its_type_or_not(terrain: Terrain, entete: dict[str, str]) -> None:
    terrain.serveur.dit(reponse(), entete)
    assert (await terrain.reconnaitre()).sub == SUB


async def test_an_envelope_may_name_our_key_and_what_it_holds(terrain: Terrain) -> None:
    entete = {**ENTETE_JWE, "kid": terrain.client.cles[0].kid, "cty": "token-introspection+jwt"}
    scelle = chiffrer(signer(reponse(), terrain.serveur.signature), terrain.serveur.chiffrement, entete)
    terrain.serveur.reponse = (200, scelle)
    assert (await terrain.reconnaitre()).sub == SUB


async def test_an_answer_may_hold_much_that_we_do_not_read(terrain: Terrain) -> None:
    terrain.serveur.dit(reponse(x="x" * 30_000))
    assert (await terrain.reconnaitre()).sub == SUB


async def test_the_forgery_that_is_just_too_big_is_just_so(terrain: Terrain) -> None:
    assert 65_536 < len(FORGERIES["jwe de plus de 64 Kio"](terrain.serveur)) < 65_900


async def test_clocks_may_differ_by_a_few_seconds(terrain: Terrain) -> None:
    terrain.serveur.dit(reponse(introspection(iat=MAINTENANT + 5), iat=MAINTENANT + 5))
    assert (await terrain.reconnaitre()).sub == SUB


@pytest.mark.parametrize("nom", FORGERIES)
async def test_a_forgery_is_refused_without_any_other_fetch(terrain: Terrain, nom: str) -> None:
    await terrain.reconnaitre()
    terrain.secondes += 120  # keys could be fetched again
    terrain.serveur.reponse = (200, FORGERIES[nom](terrain.serveur))
    await terrain.refuse()
    assert (len(terrain.serveur.formulaires), terrain.serveur.lectures) == (2, 1)


def test_the_battery_has_at_least_sixty_forgeries() -> None:
    assert len(FORGERIES) >= 60


@pytest.mark.parametrize(
    "jeton",
    ["", "x" * 200_000, "x" * 2_049, "a b", "a\r\nb", "é" * 43, "a&client_id=x", "a=b", "٣" * 43, f"{JETON}\n"],
)
async def test_what_has_not_the_form_of_a_token_is_not_shown_to_franceconnect(terrain: Terrain, jeton: str) -> None:
    await terrain.refuse(jeton=jeton)
    assert (terrain.serveur.formulaires, terrain.serveur.lectures) == ([], 0)


@pytest.mark.parametrize(
    ("status", "cause"), [(400, "FRANCECONNECT_JETON_REFUSE"), (401, "FRANCECONNECT_CLIENT_REFUSE")]
)
async def test_a_refusal_of_franceconnect_is_a_refusal(terrain: Terrain, status: int, cause: str) -> None:
    terrain.serveur.reponse = (status, b'{"error":"invalid"}')
    assert (await terrain.refuse()).cause == cause


@pytest.mark.parametrize("status", [201, 204, 302, 403, 404, 429, 500, 502, 503, 504])
async def test_a_failure_of_franceconnect_may_be_tried_again(terrain: Terrain, status: int) -> None:
    terrain.serveur.reponse = (status, terrain.serveur.reponse[1])
    refus = await terrain.refuse(Surcharge)
    assert (refus.cause, bool(refus.retry_after_ms)) == (f"FRANCECONNECT_{status}", True)


async def test_an_unreachable_franceconnect_may_be_tried_again(terrain: Terrain) -> None:
    terrain.serveur.rompu = frozenset({CHEMIN_INTROSPECTION})
    refus = await terrain.refuse(Surcharge)
    assert (refus.cause, bool(refus.retry_after_ms)) == ("SOURCE_INJOIGNABLE", True)


async def test_a_late_franceconnect_may_be_tried_again(terrain: Terrain) -> None:
    terrain.serveur.retenus = frozenset({CHEMIN_INTROSPECTION})
    with pytest.raises(Surcharge) as refus:
        async with asyncio.timeout(1):  # far less than what is given to one that has time
            await terrain.franceconnect.reconnaitre(JETON, deadline=0)
    assert (refus.value.cause, bool(refus.value.retry_after_ms)) == ("FRANCECONNECT_DELAI", True)


async def test_a_caller_who_leaves_stops_the_question(terrain: Terrain) -> None:
    terrain.serveur.retenus = frozenset({CHEMIN_INTROSPECTION})
    question = asyncio.create_task(terrain.reconnaitre())
    await terrain.serveur.arrive.wait()
    question.cancel()
    with pytest.raises(asyncio.CancelledError):
        await question


async def test_an_answer_encrypted_before_our_rotation_still_opens() -> None:
    nouvelle, ancienne = cle_rsa(1), cle_rsa(0)
    terrain = nouveau_terrain(Niveau.EIDAS1, 1, 0)
    assert (await terrain.reconnaitre()).sub == SUB
    assert [cle["n"] for cle in terrain.client.jwks["keys"]] == [nouvelle["n"], ancienne["n"]]


def test_what_we_publish_is_public(terrain: Terrain) -> None:
    (cle,) = terrain.client.jwks["keys"]
    assert set(cle) == {"kty", "n", "e", "use", "alg", "kid"}
    assert (cle["use"], cle["alg"]) == ("enc", "RSA-OAEP")


def test_the_issuer_is_below_the_origin(terrain: Terrain) -> None:
    assert terrain.client.emetteur == EMETTEUR


def _pem_courte() -> str:
    native = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - what must be refused
    return native.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize(
    "texte",
    [
        "",
        "cle",
        cle_rsa(0).as_pem(private=False).decode(),
        cle_rsa(0).as_pem(private=True, password="x").decode(),  # noqa: S106 - the password of nothing
        ECKey.generate_key("P-256").as_pem(private=True).decode(),
        _pem_courte(),
        pem(cle_rsa(0))[:900],
        pem(cle_rsa(0)) + ECKey.generate_key("P-256").as_pem(private=True).decode(),
        pem(*[cle_rsa(0)] * 5),
    ],
    ids=["vide", "texte", "publique", "chiffree", "courbe", "courte", "tronquee", "melee", "nombreuses"],
)
def test_a_key_that_cannot_be_used_is_refused_without_being_quoted(texte: str) -> None:
    with pytest.raises(ValueError, match="clés privées RSA") as refus:
        Client.de_reglages("https://fc.test", CLIENT_ID, SECRET, texte, Niveau.EIDAS1)
    assert (refus.value.__cause__, refus.value.__context__) == (None, None)
    assert "MII" not in str(refus.value)


def test_scopes_in_force_are_granted_and_agreed_to_and_show_no_identity() -> None:
    habilitation = {"cnaf_quotient_familial", "cnaf_allocataires", "mesri_identite", "dgfip_rfr"}
    citoyen = {"openid", "identite_pivot", "cnaf_quotient_familial", "cnaf_allocataires", "mesri_identite"}
    assert effectifs(habilitation, citoyen) == {"cnaf_quotient_familial", "cnaf_allocataires"}
    ants = "ants_extrait_immatriculation_vehicule_identite_particulier"
    assert effectifs({ants}, {ants}) == frozenset()
    assert effectifs(set(), citoyen) == effectifs(habilitation, set()) == frozenset()


def test_levels_are_ordered() -> None:
    atteints = [(a.value, b.value) for a in Niveau for b in Niveau if a.atteint(b)]
    assert len(atteints) == 6
    assert ("eidas1", "eidas2") not in atteints


async def test_nothing_that_is_kept_or_printed_holds_a_person_or_a_token(
    terrain: Terrain, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    citoyen = await terrain.reconnaitre()
    for forgerie in FORGERIES.values():
        terrain.serveur.reponse = (200, forgerie(terrain.serveur))
        await terrain.refuse()
    dit = f"{citoyen!r} {citoyen} {terrain.client!r} {terrain.franceconnect!r} {caplog.text}"
    assert not any(canari in dit for canari in CANARIS)


GRANT = Habilitation("h", "Cantines", ("s",), frozenset(), "CRPA", datetime(2026, 1, 1, tzinfo=UTC), None)


@pytest.mark.parametrize("aud", ["un-autre-service", ABSENT])
async def test_a_token_obtained_by_another_service_opens_nothing(terrain: Terrain, aud: object) -> None:
    terrain.serveur.dit(reponse(introspection(aud=aud)))
    citoyen = await terrain.reconnaitre()
    with pytest.raises(FranceConnectInvalide) as refus:
        verifier_service(replace(GRANT, franceconnect_client_id="un-fournisseur-de-service"), citoyen)
    assert refus.value.cause == "FRANCECONNECT_AUTRE_SERVICE"


async def test_a_token_obtained_by_the_service_of_the_grant_is_accepted(terrain: Terrain) -> None:
    citoyen = await terrain.reconnaitre()
    verifier_service(replace(GRANT, franceconnect_client_id="un-fournisseur-de-service"), citoyen)
    verifier_service(replace(GRANT, bac_a_sable=True), citoyen)


async def test_a_grant_that_is_bound_to_no_service_accepts_no_token_of_real_citizens(terrain: Terrain) -> None:
    citoyen = await terrain.reconnaitre()
    with pytest.raises(FranceConnectInvalide) as refus:
        verifier_service(GRANT, citoyen)
    assert (refus.value.cause, "support" in refus.value.detail) == ("FRANCECONNECT_SANS_SERVICE", True)


@pytest.mark.parametrize("aud", [["un", "autre"], 3, "", "é", None])
async def test_a_service_that_is_not_named_by_one_word_is_nobody(terrain: Terrain, aud: object) -> None:
    terrain.serveur.dit(reponse(introspection(aud=aud)))
    if aud is None:
        assert (await terrain.reconnaitre()).service is None
    else:
        assert (await terrain.refuse()).cause == "FRANCECONNECT_JETON"
