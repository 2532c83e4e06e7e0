"""Whatever is forged is refused by a running gateway, soon, and makes it fetch nothing.

make forgeries
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time

import httpx
import pytest
import pytest_asyncio
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from gateway._jws_attestation import AttestationRefusee
from gateway.app import create_app
from gateway.attestation import verifier
from gateway.cle_attestation import lire
from graph.catalogue import scopes
from graph.schema import build_schema
from habilitations.base import COMMANDE
from habilitations.store import Store
from tests.abus.falsifications import attestations, autorisations, jetons_citoyens, livraisons
from tests.application import INSTANT, SIRET, Application, Horloge, guichet, reglages
from tests.habilitations.evenements import SECRET, evenement, signature
from tests.habilitations.faux_franceconnect import JETON, Terrain, nouveau_terrain
from tests.habilitations.forgeries import forgeries

pytestmark = pytest.mark.asyncio(loop_scope="module")
#: Forgeries of each kind at least, milliseconds for each, and deliveries that are repeated.
NOMBRE, PROMIS, REJEUX = 60, 20.0, 1_000
#: Times that each is tried: the shortest is what it costs, the others what a busy machine adds. What is judged is the
#: time of the processor, client included: on a quiet machine, it is that of the clock.
FOIS = 3
QUESTION = "{ particulier { dossierAllocataire { quotientFamilial { valeur } } } }"
SOURCE = "cnav_quotient_familial"
#: Sends one forgery; tells whether it was refused.
Tentative = Callable[[], Awaitable[bool]]
Genre = Callable[["Cible"], Awaitable[dict[str, Tentative]]]


@dataclass(frozen=True, slots=True)
class Cout:
    """Milliseconds, of the clock and of the processor."""

    ecoule: float
    processeur: float

    @classmethod
    def maintenant(cls) -> "Cout":
        return cls(1000 * perf_counter(), 1000 * process_time())

    def __sub__(self, debut: "Cout") -> "Cout":
        return Cout(self.ecoule - debut.ecoule, self.processeur - debut.processeur)


@dataclass(frozen=True, slots=True)
class Cible:
    """A gateway that listens, and the FranceConnect that it asks."""

    app: Application
    terrain: Terrain
    jeton: str

    async def refuse(self, corps: object, headers: Mapping[bytes, bytes]) -> bool:
        """Tell whether a question is refused as a whole."""
        reponse = await self.app.client.post("/graphql", json=corps, headers=dict(headers))
        return reponse.is_client_error and "data" not in reponse.json()

    @property
    def lectures(self) -> int:
        """What was fetched of FranceConnect: its keys, and what it says of tokens."""
        return self.terrain.serveur.lectures + len(self.terrain.serveur.formulaires)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def cible(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cible]:
    terrain, horloge, tmp_path = nouveau_terrain(), Horloge(), tmp_path_factory.mktemp("cible")
    partage = {"datapass_secret": SecretStr(SECRET)}
    asgi = create_app(reglages(tmp_path).model_copy(update=partage), horloge, terrain.franceconnect.reconnaitre)
    async with asgi.router.lifespan_context(asgi), ecouter(asgi) as client:
        app = Application(client, tmp_path, horloge, asgi)
        cible = Cible(app, terrain, await app.jeton(["cnaf_quotient_familial"]))
        await app.oublier_les_appels()
        # What FranceConnect signs is accepted, so that a refusal is that of a forgery; its keys are known from now on.
        reponse = await app.demander(QUESTION, jeton=cible.jeton, headers={"X-FranceConnect-Token": JETON})
        assert (reponse.status_code, (await app.appels())[SOURCE]) == (200, 1)
        terrain.secondes += 120  # they could be fetched again
        yield cible


@asynccontextmanager
async def ecouter(asgi: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Serve on a free port of loopback, and open a client."""
    serveur = uvicorn.Server(uvicorn.Config(asgi, lifespan="off", log_config=None))
    # NOTE: asyncio sets TCP_NODELAY on sockets whose protocol is told; without it, each answer waits 40 ms for an ACK.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as prise:
        prise.bind(("127.0.0.1", 0))
        prise.listen()
        url = "http://{}:{}".format(*prise.getsockname())
        tache = asyncio.create_task(serveur.serve(sockets=[prise]))
        # The socket listens already: what is sent before the server is ready waits.
        async with httpx.AsyncClient(base_url=url, timeout=30.0, trust_env=False) as client:
            yield client
        serveur.should_exit = True
        await tache


async def jetons(cible: Cible) -> dict[str, Tentative]:
    """Return what is presented as a token of ours."""

    def presenter(valeur: bytes) -> Tentative:
        return lambda: cible.refuse({"query": "{ habilitation { intitule } }"}, {b"authorization": valeur})

    async with guichet(cible.app) as store:
        creee = await store.creer_habilitation(
            intitule="Université", sirets=[SIRET], scopes=["mesri_identite"], cadre_juridique="CRPA, art. L. 114-8"
        )
        revoque, suspendu = await store.emettre(creee.id), await store.emettre(creee.id)
        await store.revoquer(revoque.jeton.id)
        await store.suspendre_jeton(suspendu.jeton.id)
    expire = await _expire(cible.app.dossier)
    finis = {"révoqué": revoque.texte, "suspendu": suspendu.texte, "expiré": expire}
    valeurs = autorisations(cible.jeton) | {nom: f"Bearer {texte}".encode() for nom, texte in finis.items()}
    return {nom: presenter(valeur) for nom, valeur in valeurs.items()}


async def _expire(dossier: Path) -> str:
    """Return a token of last year."""
    url = reglages(dossier).database_url
    jadis = INSTANT - timedelta(days=2)
    async with Store(url, scopes(build_schema()), lambda: jadis, bac_a_sable=True, delais=COMMANDE) as store:
        creee = await store.creer_habilitation(
            intitule="Université", sirets=[SIRET], scopes=["mesri_identite"], cadre_juridique="CRPA, art. L. 114-8"
        )
        return (await store.emettre(creee.id, timedelta(days=1))).texte


async def citoyens(cible: Cible) -> dict[str, Tentative]:
    """Return what is presented as a token of FranceConnect."""
    return {nom: _citoyen(cible, valeur) for nom, valeur in jetons_citoyens(JETON).items()}


def _citoyen(cible: Cible, valeur: bytes) -> Tentative:
    headers = {b"authorization": f"Bearer {cible.jeton}".encode(), b"x-franceconnect-token": valeur}
    return lambda: cible.refuse({"query": QUESTION}, headers)


async def enveloppes(cible: Cible) -> dict[str, Tentative]:
    """Return what is presented as an answer of FranceConnect: JWE, JWS and claims."""

    def presenter(enveloppe: bytes) -> Tentative:
        async def tenter() -> bool:
            cible.terrain.serveur.reponse = (200, enveloppe)
            return await _citoyen(cible, JETON.encode())()

        return tenter

    return {nom: presenter(forger(cible.terrain.serveur)) for nom, forger in forgeries().items()}


async def signatures(cible: Cible) -> dict[str, Tentative]:
    """Return what is presented as a delivery of DataPass."""

    def livrer(headers: Mapping[bytes, bytes], corps: bytes) -> Tentative:
        async def tenter() -> bool:
            reponse = await cible.app.client.post("/webhooks/datapass", content=corps, headers=dict(headers))
            return reponse.status_code == httpx.codes.UNAUTHORIZED

        return tenter

    return {nom: livrer(*envoi) for nom, envoi in livraisons().items()}


async def preuves(cible: Cible) -> dict[str, Tentative]:
    """Return what is presented as an attestation of ours, to whoever verifies it with the keys that we publish."""
    identite = (await cible.app.personnes())["dubois-angela"]["identite"]
    query = QUESTION.replace("{ particulier", "query ($i: IdentiteInput) { particulier(identite: $i)", 1)
    reponse = await cible.app.demander(query, {"i": identite}, cible.jeton, {"X-Attestation": "jws"})
    await cible.app.oublier_les_appels()
    vraie = reponse.raise_for_status().json()["extensions"]["attestation"]
    jwks = (await cible.app.client.get("/.well-known/jwks.json")).content
    assert verifier(reponse.content, jwks).reponse

    def presenter(fichier: bytes) -> Tentative:
        async def tenter() -> bool:
            try:
                verifier(fichier, jwks)
            except AttestationRefusee:
                return True
            return False

        return tenter

    cle = lire(reglages(cible.app.dossier).cle_attestation)
    return {nom: presenter(fichier) for nom, fichier in attestations(vraie, cle).items()}


GENRES = (jetons, citoyens, enveloppes, signatures, preuves)


async def habilitations(cible: Cible) -> int:
    """Count the grants: no delivery refused may make one."""
    async with guichet(cible.app) as store:
        return len(await store.lister())


async def eprouver(cible: Cible, genre: Genre, fois: int, pas: int = 1) -> dict[str, list[Cout]]:
    """Try forgeries several times: all are refused, and cause nothing. Return what each try cost.

    `pas` leaves most of them out: one in three, say.
    """
    toutes = await genre(cible)
    assert len(toutes) >= NOMBRE
    tentatives = dict(list(toutes.items())[::pas])
    await cible.app.oublier_les_appels()
    lectures, avant = cible.lectures, await habilitations(cible)
    couts: dict[str, list[Cout]] = {}
    acceptees = []
    for nom, tenter in tentatives.items():
        for _ in range(fois):
            debut = Cout.maintenant()
            refusee = await tenter()
            couts.setdefault(nom, []).append(Cout.maintenant() - debut)
            if not refusee:
                acceptees.append(nom)
    assert acceptees == []
    # FranceConnect is asked about each token that has the form of one: nothing that it answers causes another question.
    demandes = len(tentatives) * fois if genre is enveloppes else 0
    assert cible.lectures - lectures == demandes
    assert set((await cible.app.appels()).values()) == {0}
    assert await habilitations(cible) == avant
    return couts


@pytest.mark.parametrize("genre", GENRES, ids=lambda genre: genre.__name__)
async def test_what_is_forged_is_refused_and_nothing_is_fetched(cible: Cible, genre: Genre) -> None:
    await eprouver(cible, genre, 1, pas=3)


@pytest.mark.parametrize("rejeux", [20, pytest.param(REJEUX, marks=pytest.mark.campagne)])
async def test_a_delivery_that_is_repeated_changes_nothing(cible: Cible, rejeux: int) -> None:
    async def livrer(nom: str, secondes: int) -> int:
        corps = evenement(nom, instant=INSTANT + timedelta(seconds=secondes))
        headers = {"X-Hub-Signature-256": signature(corps)}
        return (await cible.app.client.post("/webhooks/datapass", content=corps, headers=headers)).status_code

    assert (await livrer("approve", 0), await livrer("revoke", 1)) == (200, 204)
    async with guichet(cible.app) as store:
        avant = await store.lister(), await store.lister_jetons()
        for _ in range(rejeux):
            assert await livrer("approve", 0) == 200
        assert (await store.lister(), await store.lister_jetons()) == avant
    print(f"rejeux : 0/{rejeux} suivi d'effet", flush=True)  # noqa: T201 - the figures of a campaign


@pytest.mark.campagne
@pytest.mark.parametrize("genre", GENRES, ids=lambda genre: genre.__name__)
async def test_what_is_forged_is_refused_soon(cible: Cible, genre: Genre) -> None:
    couts = await eprouver(cible, genre, FOIS)
    processeur = sorted(min(un.processeur for un in liste) for liste in couts.values())
    ecoulees = sorted(min(un.ecoule for un in liste) for liste in couts.values())
    print(  # noqa: T201 - the figures of a campaign
        f"falsifications, {genre.__name__} : {len(couts)}/{len(couts)} refusées, au mieux de {FOIS} : "
        f"processeur p50 {processeur[len(couts) // 2]:.1f} ms, p100 {processeur[-1]:.1f} ms ; "
        f"écoulé p50 {ecoulees[len(couts) // 2]:.1f} ms, p100 {ecoulees[-1]:.1f} ms ; 0 lecture causée",
        flush=True,
    )
    assert processeur[-1] <= PROMIS
