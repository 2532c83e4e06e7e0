"""A caller that asks for it receives a signed answer; whoever receives the answer later can check it alone."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest

from gateway._jws_attestation import AttestationRefusee
from gateway.attestation import verifier
from graph.errors import EtatSource
from tests.application import INSTANT, SIRET, Application, application

QUERY = """query ($identite: IdentiteInput!) {
  particulier(identite: $identite) {
    statutEtudiant { identite { nomNaissance } admissions { estInscrit } }
    bourseEtudiante { ine }
    encore: statutEtudiant { identite { prenom } }
  }
}"""
JWS = {"X-Attestation": "jws"}


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Application]:
    async with application(tmp_path) as app:
        yield app


async def demander(app: Application, **headers: str) -> httpx.Response:
    personne = (await app.personnes())["dubois-angela"]["identite"]
    jeton = await app.jeton({"mesri_identite"})
    return await app.demander(QUERY, {"identite": personne}, jeton, {**JWS, **headers})


async def cles(app: Application) -> bytes:
    reponse = await app.client.get("/.well-known/jwks.json")
    assert reponse.headers["content-type"] == "application/jwk-set+json"
    return reponse.content


async def test_what_is_signed_is_the_answer_its_recipient_and_the_state_of_each_bloc(app: Application) -> None:
    reponse = await demander(app)
    preuve = verifier(reponse.content, await cles(app))
    assert preuve.reponse
    constat = preuve.constat
    assert (constat.emetteur, constat.destinataire, constat.instant) == ("bac-a-sable", SIRET, INSTANT)
    assert constat.requete == reponse.headers["x-request-id"]
    assert [(bloc.chemin, bloc.source, bloc.etat, bloc.repondu_le) for bloc in constat.blocs] == [
        ("particulier.statutEtudiant", "mesri_statut_etudiant", EtatSource.OBTENU, INSTANT),
        ("particulier.bourseEtudiante", "cnous_bourse_etudiante", EtatSource.NON_HABILITE, None),
        ("particulier.encore", "mesri_statut_etudiant", EtatSource.OBTENU, INSTANT),
    ]


async def test_a_value_or_a_reason_that_is_changed_afterwards_is_found_out(app: Application) -> None:
    corps, jwks = (await demander(app)).content, await cles(app)
    nom = msgspec.json.decode(corps)["data"]["particulier"]["statutEtudiant"]["identite"]["nomNaissance"].encode()
    for avant, apres in ((nom, b"AUTRE"), (b'"NON_HABILITE"', b'"DOSSIER_ABSENT"')):
        assert corps.count(avant) >= 1
        with pytest.raises(AttestationRefusee, match="première différence"):
            verifier(corps.replace(avant, apres, 1), jwks)


async def test_a_source_that_is_down_is_attested_as_such(app: Application) -> None:
    await app.mettre_en_panne("mesri_statut_etudiant", mode="erreur_500")
    blocs = verifier((await demander(app)).content, await cles(app)).constat.blocs
    assert (blocs[0].etat, blocs[0].repondu_le) == (EtatSource.INDISPONIBLE, None)


async def test_an_answer_is_signed_only_when_its_caller_asks(app: Application) -> None:
    jeton = await app.jeton({"mesri_identite"})
    sans = await app.demander("{ habilitation { intitule } }", jeton=jeton)
    assert sans.json().keys() == {"data"}
    avec = await app.demander("{ habilitation { intitule } }", jeton=jeton, headers=JWS)
    assert verifier(avec.content, await cles(app)).constat.blocs == ()


async def test_another_kind_of_attestation_is_refused_before_anything_is_asked(app: Application) -> None:
    await app.oublier_les_appels()
    reponse = await demander(app, **{"X-Attestation": "pdf"})
    assert reponse.status_code == httpx.codes.BAD_REQUEST
    assert "X-Attestation" in reponse.json()["errors"][0]["message"]
    assert not any((await app.appels()).values())


async def test_the_published_keys_hold_nothing_private(app: Application) -> None:
    (cle,) = [une for une in msgspec.json.decode(await cles(app))["keys"] if une["use"] == "sig"]
    assert cle.keys() == {"kty", "crv", "x", "kid", "use", "alg"}
