"""A citizen identified by FranceConnect: she is named by it alone, and what she did not agree to is not granted."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from gateway.app import create_app
from gateway.franceconnect import CanalHttp, Citoyens
from gateway.metrics import Metrics
from gateway.settings import ReglageManquant, ReglagesFranceConnect
from graph.errors import FranceConnectInvalide
from habilitations._bornes import APPELS_PAR_SECONDE
from habilitations.base import COMMANDE
from habilitations.citoyen import Citoyen
from habilitations.store import Store
from providers._source import UpstreamRequest, UpstreamResponse
from providers._transport import in_process
from sandbox.franceconnect import SERVICE, Faute, FranceConnectSimule
from sandbox.personas import load
from tests.application import INSTANT, SIRET, Application, Personnes, application, reglages

SCOPES = frozenset({"mesri_admissions", "mesri_admission_inscrit"})

QUERY = """{ particulier {
  statutEtudiant { identite { nomNaissance } admissions { estInscrit } }
  dossierAllocataire { quotientFamilial { valeur } }
} }"""
CITOYENNE = "dubois-angela"
LENTE = "qui-prend-tout-le-temps"


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Application]:
    async with application(tmp_path) as app:
        yield app


async def identifier(app: Application, **demande: Any) -> str:
    reponse = await app.client.post("/bac-a-sable/franceconnect/jetons", json={"personne": CITOYENNE, **demande})
    return str(reponse.raise_for_status().json()["jeton"])


async def demander(app: Application, jeton_citoyen: str, profil: str = "tout") -> httpx.Response:
    jeton = (await app.jeton_de(profil))["jeton"]
    await app.oublier_les_appels()
    return await app.demander(QUERY, jeton=jeton, headers={"X-FranceConnect-Token": jeton_citoyen})


async def appelees(app: Application) -> set[str]:
    return {source for source, appels in (await app.appels()).items() if appels}


async def jeton_signe(app: Application, service: str | None, *modalites: str, reelle: bool = True) -> str:
    """Return the token of a grant, about persons who exist unless told otherwise: then it has quotas."""
    url = reglages(app.dossier).database_url
    async with Store(url, SCOPES, app.horloge, bac_a_sable=not reelle, delais=COMMANDE) as store:
        creee = await store.creer_habilitation(
            intitule="Bourses",
            sirets=[SIRET],
            scopes=SCOPES,
            cadre_juridique="CRPA",
            franceconnect_client_id=service,
            modalites=modalites,
        )
        return (await store.emettre(creee.id)).texte


async def test_a_citizen_opens_what_was_granted_and_agreed_to_without_her_identity(app: Application) -> None:
    reponse = await demander(app, await identifier(app, scopes=["mesri_admissions", "mesri_admission_inscrit"]))
    particulier = reponse.json()["data"]["particulier"]
    assert particulier["statutEtudiant"]["identite"] is None
    assert particulier["statutEtudiant"]["admissions"][0].keys() == {"estInscrit"}
    assert particulier["dossierAllocataire"] is None
    refus = {".".join(map(str, une["path"])): une["extensions"]["code"] for une in reponse.json()["errors"]}
    assert refus == {
        "particulier.statutEtudiant.identite": "NON_HABILITE",
        "particulier.dossierAllocataire": "NON_HABILITE",
    }
    assert await appelees(app) == {"mesri_statut_etudiant"}


async def test_her_consent_opens_nothing_that_the_administration_was_not_granted(app: Application) -> None:
    reponse = await demander(app, await identifier(app), profil="mairie-quotient-familial")
    assert reponse.json()["data"]["particulier"]["statutEtudiant"] is None
    assert await appelees(app) <= {"cnav_quotient_familial"}


@pytest.mark.parametrize("faute", [faute for faute in Faute if faute is not Faute.SANS_SCOPE])
async def test_an_answer_that_franceconnect_did_not_make_for_us_now_opens_nothing(
    app: Application, faute: Faute
) -> None:
    reponse = await demander(app, await identifier(app, faute=faute.value))
    assert (reponse.status_code, reponse.json()["errors"][0]["extensions"]["code"]) == (401, "FRANCECONNECT_INVALIDE")
    assert "data" not in reponse.json()
    assert await appelees(app) == set()


@pytest.mark.parametrize(
    ("reelle", "service", "status"),
    [
        (False, None, 200),
        (False, SERVICE, 200),
        (False, "autre-service", 401),
        (True, SERVICE, 200),
        (True, "autre-service", 401),
        (True, None, 401),
    ],
)
async def test_a_grant_accepts_the_users_of_its_own_service_alone(
    app: Application, *, reelle: bool, service: str | None, status: int
) -> None:
    jeton = await jeton_signe(app, service, reelle=reelle)
    await app.oublier_les_appels()
    citoyenne = {"X-FranceConnect-Token": await identifier(app)}
    reponse = await app.demander(QUERY, jeton=jeton, headers=citoyenne)
    assert reponse.status_code == status
    if status == httpx.codes.UNAUTHORIZED:
        assert reponse.json()["errors"][0]["extensions"]["code"] == "FRANCECONNECT_INVALIDE"
        assert await appelees(app) == set()


class Usagers(Personnes):
    """FranceConnect, asked as often as `demandes` holds tokens; it takes all the time that it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.demandes: list[str] = []

    async def reconnaitre(self, jeton: str, *, deadline: float) -> Citoyen:
        self.demandes.append(jeton)
        if jeton == LENTE:
            await asyncio.sleep(deadline)
        return await super().reconnaitre(CITOYENNE if jeton == LENTE else jeton, deadline=deadline)


async def test_franceconnect_is_asked_no_more_often_than_sources_are_whatever_the_document(tmp_path: Path) -> None:
    usagers = Usagers()
    async with application(tmp_path, reconnaitre=usagers.reconnaitre) as app:
        jeton = await jeton_signe(app, SERVICE)
        reponses = [
            await app.demander("{ pas du graphql", jeton=jeton, headers={"X-FranceConnect-Token": f"invente-{rang}"})
            for rang in range(2 * APPELS_PAR_SECONDE)
        ]
    codes = [une.json()["errors"][0]["extensions"]["code"] for une in reponses]
    assert codes == ["FRANCECONNECT_INVALIDE"] * APPELS_PAR_SECONDE + ["QUOTA_DEPASSE"] * APPELS_PAR_SECONDE
    assert len(usagers.demandes) == APPELS_PAR_SECONDE


async def test_franceconnect_is_not_asked_for_a_grant_that_is_bound_to_no_service(tmp_path: Path) -> None:
    usagers = Usagers()
    async with application(tmp_path, reconnaitre=usagers.reconnaitre) as app:
        jeton = await jeton_signe(app, None)
        reponse = await app.demander(QUERY, jeton=jeton, headers={"X-FranceConnect-Token": CITOYENNE})
    assert (reponse.status_code, usagers.demandes) == (401, [])


async def test_the_time_that_franceconnect_takes_is_no_longer_left_to_the_sources(tmp_path: Path) -> None:
    async with application(tmp_path, reconnaitre=Usagers().reconnaitre) as app:
        headers = {"X-FranceConnect-Token": LENTE, "X-Delai-Max-Ms": "500"}
        reponse = await app.demander(QUERY, jeton=(await app.jeton_de("tout"))["jeton"], headers=headers)
    erreurs = reponse.json()["errors"]
    assert {une["extensions"]["code"] for une in erreurs if une["path"][-1] == "statutEtudiant"} == {
        "SOURCE_DELAI_DEPASSE"
    }


@pytest.mark.parametrize(
    ("modalites", "seule"),
    [
        ((), False),
        (("params",), False),
        (("params", "france_connect"), False),
        (("france_connect",), True),
        (("formulaire_qf",), True),
    ],
)
async def test_a_grant_signed_for_citizens_who_identify_themselves_lets_nobody_else_name_them(
    app: Application, modalites: tuple[str, ...], *, seule: bool
) -> None:
    jeton = await jeton_signe(app, SERVICE, *modalites)
    await app.oublier_les_appels()
    une = "query($i: IdentiteInput!) { particulier(identite: $i) { statutEtudiant { admissions { estInscrit } } } }"
    identite = (await app.personnes())[CITOYENNE]["identite"]
    plusieurs = une.replace("IdentiteInput!", "[IdentiteInput!]!").replace(
        "particulier(identite:", "particuliers(identites:"
    )
    for query, variables in ((une, {"i": identite}), (plusieurs, {"i": [identite]})):
        reponse = await app.demander(query, variables, jeton)
        explication = "query($r: String!, $v: JSON) { expliquer(requete: $r, variables: $v) { code } }"
        prevu = (await app.demander(explication, {"r": query, "v": variables}, jeton)).json()["data"]["expliquer"]
        if seule:
            (erreur,) = reponse.json()["errors"]
            assert (reponse.status_code, erreur["extensions"]["code"]) == (401, prevu["code"])
            assert "présentez le jeton de l'usager (X-FranceConnect-Token)." in erreur["message"]
        else:
            assert (reponse.status_code, "errors" in reponse.json(), prevu["code"]) == (200, False, None)
    assert await appelees(app) == (set() if seule else {"mesri_statut_etudiant"})
    elle = {"X-FranceConnect-Token": await identifier(app)}
    assert (await app.demander(QUERY, jeton=jeton, headers=elle)).status_code == httpx.codes.OK


async def test_operators_are_told_when_our_own_credentials_are_refused(app: Application) -> None:
    async def refuser(_: UpstreamRequest) -> UpstreamResponse:
        return UpstreamResponse(401, (), b"{}")

    metrics = Metrics()
    client = FranceConnectSimule(load(INSTANT.date), app.horloge).client
    citoyens = Citoyens(client, CanalHttp(in_process(refuser)), app.horloge, metrics)
    with capture_logs() as dits:
        for _ in range(3):
            with pytest.raises(FranceConnectInvalide):
                await citoyens.reconnaitre("un-jeton-d-usager", deadline=5.0)
    await citoyens.aclose()
    assert dits == [{"event": "franceconnect_client_refuse", "log_level": "warning"}]
    assert b'particulier_alertes_total{motif="franceconnect_client_refuse"} 3.0' in metrics.text()


async def test_a_token_without_scopes_grants_none(app: Application) -> None:
    reponse = await demander(app, await identifier(app, faute=Faute.SANS_SCOPE.value))
    assert not any((reponse.json().get("data") or {"particulier": {}})["particulier"].values())
    assert await appelees(app) == set()


async def test_a_token_dies_on_time(app: Application) -> None:
    jeton = await identifier(app, duree_s=60)
    assert (await demander(app, jeton)).status_code == httpx.codes.OK
    app.horloge.instant = app.horloge.instant.replace(minute=app.horloge.instant.minute + 1)
    assert (await demander(app, jeton)).status_code == httpx.codes.UNAUTHORIZED


async def test_the_key_that_franceconnect_encrypts_for_is_published(app: Application) -> None:
    cles = (await app.client.get("/.well-known/jwks.json")).json()["keys"]
    (chiffre,) = [cle for cle in cles if cle["use"] == "enc"]
    assert chiffre["kty"] == "RSA"
    assert chiffre.keys().isdisjoint({"d", "p", "q", "dp", "dq", "qi"})


async def test_a_wrong_request_for_a_token_says_what_is_expected(app: Application) -> None:
    for corps in ({"personne": "personne-d-autre"}, {"personne": CITOYENNE, "niveau": "eidas9"}):
        reponse = await app.client.post("/bac-a-sable/franceconnect/jetons", json=corps)
        assert (reponse.status_code, reponse.json()["errors"][0]["extensions"]["code"]) == (400, "PARAMETRE_INVALIDE")
    assert CITOYENNE in (await app.client.get("/bac-a-sable/franceconnect/citoyens")).json()


def test_the_sandbox_never_asks_the_real_one(tmp_path: Path) -> None:
    reel = ReglagesFranceConnect(
        url="https://fcp.example", client_id="nous", client_secret=SecretStr("s"), cle=tmp_path / "cle.pem"
    )
    with pytest.raises(ReglageManquant, match="FRANCECONNECT"):
        create_app(reglages(tmp_path).model_copy(update={"franceconnect": reel}))
