"""The whole application in this process: sandbox mode, its databases in a folder, a clock that stands still."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from gateway.app import create_app
from gateway.conductor import Reconnaitre
from gateway.settings import Settings
from graph.catalogue import scopes
from graph.errors import FranceConnectInvalide
from graph.schema import build_schema
from habilitations.base import COMMANDE
from habilitations.citoyen import Citoyen, Niveau
from habilitations.store import Store
from sandbox.personas import DOSSIER, load

INSTANT = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
SIRET = "13002526500013"
#: A disk that others keep busy may refuse a write in time: the gateway says so, and its caller tries again.
ESSAIS = 5


@dataclass
class Horloge:
    """A clock that stands still until a test moves it."""

    instant: datetime = INSTANT

    def __call__(self) -> datetime:
        """Tell the instant."""
        return self.instant


@dataclass(frozen=True, slots=True)
class Application:
    """A client of the application, with the gestures that every test makes."""

    client: httpx.AsyncClient
    dossier: Path
    """Where it keeps everything."""
    horloge: Horloge
    asgi: FastAPI
    """The application itself, for what no HTTP client can do."""

    async def jeton(self, accordes: Iterable[str], siret: str = SIRET, personnes: int | None = None) -> str:
        """Return a sandbox token made to measure; `personnes` bounds those that one request may name."""
        demande = {"scopes": sorted(accordes), "siret": siret, "personnes": personnes}
        for _ in range(ESSAIS):
            reponse = await self.client.post("/bac-a-sable/jetons", json=demande)
            if reponse.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
        return str(reponse.raise_for_status().json()["jeton"])

    async def jeton_de(self, profil: str) -> dict[str, Any]:
        """Return one of the ready profiles, e.g. `tout`."""
        profils: list[dict[str, Any]] = (await self.client.get("/bac-a-sable/jetons")).raise_for_status().json()
        return next(un for un in profils if un["profil"] == profil)

    async def personnes(self) -> dict[str, dict[str, Any]]:
        """Return the personas by name."""
        reponse = await self.client.get("/bac-a-sable/personnes")
        return {une["nom"]: une for une in reponse.raise_for_status().json()}

    async def appels(self) -> dict[str, int]:
        """Return the number of data calls that each simulator received."""
        appels: dict[str, int] = (await self.client.get("/bac-a-sable/appels")).raise_for_status().json()
        return appels

    async def oublier_les_appels(self) -> None:
        """Count again from zero."""
        (await self.client.delete("/bac-a-sable/appels")).raise_for_status()

    async def mettre_en_panne(self, source: str, **panne: Any) -> None:
        """Make a source fail, e.g. `mode="muette"`."""
        (await self.client.put(f"/bac-a-sable/sources/{source}/panne", json=panne)).raise_for_status()

    async def lever_la_panne(self, source: str) -> None:
        """Make a source work again."""
        (await self.client.delete(f"/bac-a-sable/sources/{source}/panne")).raise_for_status()

    async def demander(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        jeton: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """POST a question as a well-behaved caller does."""
        autorisation = {"Authorization": f"Bearer {jeton}"} if jeton else {}
        accept = {"Accept": "application/graphql-response+json"}
        corps = {"query": query, "variables": dict(variables or {})}
        return await self.client.post("/graphql", json=corps, headers={**accept, **autorisation, **dict(headers or {})})


def reglages(dossier: Path, personas: Path | None = None, journal: SecretStr | None = None) -> Settings:
    """Return sandbox settings that keep everything in one folder."""
    return Settings(
        database_url=f"sqlite:///{dossier / 'particulier.db'}",
        journal=journal or dossier / "journal.db",
        scelles=dossier / "scelles" if journal else None,
        cles_pseudonymes=dossier / "pseudonymes",
        cle_scelles=dossier / "scelles.cle",
        cle_attestation=dossier / "attestation.pem",
        personas=personas,
        maintenances=True,
    )


class Personnes:
    """FranceConnect, for tests: the token of a citizen is the name of a persona."""

    def __init__(self, personas: Path | None = None) -> None:
        self._scopes = scopes(build_schema())
        self._par_nom = {une.nom: une for une in load(INSTANT.date, personas or DOSSIER)}

    async def reconnaitre(self, jeton: str, *, deadline: float) -> Citoyen:  # noqa: ARG002 - answers at once
        """Return whom a token names, who agreed to everything. Raise FranceConnectInvalide."""
        if jeton not in self._par_nom:
            raise FranceConnectInvalide
        identite = self._par_nom[jeton].par_france_connect
        return Citoyen(identite, self._scopes, Niveau.EIDAS1, datetime.max.replace(tzinfo=UTC), jeton)


@asynccontextmanager
async def application(
    dossier: Path,
    personas: Path | None = None,
    reconnaitre: Reconnaitre | None = None,
    journal: SecretStr | None = None,
) -> AsyncIterator[Application]:
    """Run the application while the block lasts; `reconnaitre` tells whom a FranceConnect token names."""
    horloge = Horloge()
    app = create_app(reglages(dossier, personas, journal), horloge, reconnaitre)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://particulier.test") as client,
    ):
        yield Application(client, dossier, horloge, app)


@asynccontextmanager
async def guichet(application: Application) -> AsyncIterator[Store]:
    """Open the habilitations of an application as its operators do, beside it."""
    url = reglages(application.dossier).database_url
    connus = scopes(build_schema())
    async with Store(url, connus, application.horloge, bac_a_sable=True, delais=COMMANDE) as store:
        yield store
