"""Two gateways in processes of their own, as they are deployed: one database, the same keys, and a Redis or none."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from gateway.app import maintenant
from graph.catalogue import scopes
from graph.schema import build_schema
from habilitations.base import COMMANDE
from habilitations.migrations import migrer
from habilitations.store import Store
from tests.application import ESSAIS, SIRET
from tests.serveur import Serveur, serveur

REPLIQUES = 2
#: A declared volume that bounds a token to as many persons as any, and one so low that the floor applies.
GRAND_VOLUME, PETIT_VOLUME = 1_000_000, 1
QUESTION = "{ habilitation { scopes } }"
PERSONNE = "query ($i: IdentiteInput!) { particulier(identite: $i) { statutEtudiant { identite { nomNaissance } } } }"
SOURCE, SCOPE = "mesri_statut_etudiant", "mesri_identite"


@contextmanager
def flotte(base: str, **reglages: str) -> Iterator[list[Serveur]]:
    """Serve the sandbox from several processes on one database until the block ends."""
    with tempfile.TemporaryDirectory(prefix="particulier-flotte-") as nom, ExitStack() as pile:
        dossiers = [_dossier(Path(nom), rang) for rang in range(REPLIQUES)]
        with ThreadPoolExecutor() as fils:
            fils.submit(asyncio.run, migrer(base)).result()
            un = partial(serveur, database_url=base, **reglages)  # type: ignore[arg-type] # a setting is no port
            serveurs = list(fils.map(lambda dossier: pile.enter_context(un(garde=dossier)), dossiers))
        yield serveurs


def _dossier(racine: Path, rang: int) -> Path:
    """Return the folder of one process; the keys are the same in all, so that a person is counted as the same."""
    cles, dossier = racine / "cles", racine / str(rang)
    cles.mkdir(mode=0o700, exist_ok=True)
    dossier.mkdir()
    (dossier / "cles").symlink_to(cles)
    return dossier


@dataclass(frozen=True, slots=True)
class Replique:
    """One of the processes, as its callers reach it."""

    client: httpx.AsyncClient

    async def demander(
        self,
        jeton: str,
        query: str = QUESTION,
        variables: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        essais: int = ESSAIS,
    ) -> httpx.Response:
        """POST a question, again if a busy machine could not answer in time."""
        corps = {"query": query, "variables": dict(variables or {})}
        entetes = {"Authorization": f"Bearer {jeton}", "Accept": "application/graphql-response+json"}
        requete = self.client.build_request("POST", "/graphql", json=corps, headers={**entetes, **(headers or {})})
        for _ in range(essais):
            reponse = await self._envoyer(requete)
            if reponse.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
        return reponse

    async def _envoyer(self, requete: httpx.Request) -> httpx.Response:
        """Send, once more if the process closed an idle connection just then."""
        try:
            return await self.client.send(requete)
        except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
            return await self.client.send(requete)

    async def consulter(self, jeton: str, rang: int, essais: int = ESSAIS) -> httpx.Response:
        """Ask about one person among many."""
        return await self.demander(jeton, PERSONNE, {"i": {"ine": f"{rang:010}A"}}, essais=essais)


@asynccontextmanager
async def repliques(serveurs: list[Serveur]) -> AsyncIterator[list[Replique]]:
    """Open a client of each process; proxies of the environment are not for loopback."""
    async with AsyncExitStack() as pile:
        yield [
            Replique(await pile.enter_async_context(httpx.AsyncClient(base_url=un.url, timeout=30.0, trust_env=False)))
            for un in serveurs
        ]


def guichet(base: str) -> Store:
    """Return the habilitations as operators administer them, beside the processes; open it."""
    return Store(base, scopes(build_schema()), maintenant, bac_a_sable=True, delais=COMMANDE)


async def emettre(store: Store, volume: int | None = GRAND_VOLUME) -> tuple[str, str]:
    """Return a token of a grant of its own, which has quotas when a volume is declared, and its identifier."""
    creee = await store.creer_habilitation(
        intitule="Université",
        sirets=[SIRET],
        scopes=[SCOPE],
        cadre_juridique="CRPA, art. L. 114-8",
        volume_annuel=volume,
    )
    emis = await store.emettre(creee.id)
    return emis.texte, emis.jeton.id


def code(reponse: httpx.Response) -> str:
    """Return what came of a request: the code of its refusal, `OK` when there is none."""
    return "OK" if reponse.is_success else str(reponse.json()["errors"][0]["extensions"]["code"])
