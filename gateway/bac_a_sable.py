"""Wire the sandbox into the server: simulators behind the sources, tokens, endpoints."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter
from graphql import GraphQLSchema

from gateway.annonce import annoncer
from gateway.settings import ReglageManquant, Settings
from habilitations.regles import PERSONNES_MAX
from habilitations.store import Store
from providers._catalogue import auxiliaires
from providers._catalogue import sources as discover
from providers._simulateur import reglage
from providers._source import Source
from providers._transport import Transport, in_process
from sandbox import personas
from sandbox.franceconnect import FranceConnectSimule
from sandbox.jetons import Guichet
from sandbox.personnes import presenter
from sandbox.routes import build_router
from sandbox.simulateurs import simuler

_CADRE = "Bac à sable : données fictives"


class BacASable:
    """The simulated administrations of one server. Implements `gateway.sources.Simulated`."""

    def __init__(self, settings: Settings, aujourdhui: Callable[[], date], horloge: Callable[[], datetime]) -> None:
        try:
            self.personas = personas.load(aujourdhui, settings.personas or personas.DOSSIER)
        except personas.PersonaInvalide as refus:
            raise ReglageManquant(f"Personnes du bac à sable inutilisables : {refus}.") from None
        self.franceconnect = FranceConnectSimule(self.personas, horloge)
        self.simulateurs = simuler((*discover(), *auxiliaires()), self.personas)

    def transport(self, source: Source[Any]) -> Transport:
        """Return the in-process transport of a source."""
        return in_process(self.simulateurs[source.nom].answer)

    def reglage(self, source: Source[Any], nom: str) -> str:
        """Return the value that the simulator expects of a setting."""
        return reglage(source.nom, nom)

    def router(self, guichet: Guichet, schema: GraphQLSchema) -> APIRouter:
        """Return the endpoints of the sandbox."""
        return build_router(self.simulateurs, self.personas, guichet, schema, self.franceconnect)

    async def annoncer(self, adresse: str, guichet: Guichet, schema: GraphQLSchema) -> str:
        """Return what a newcomer needs, with the first profile and the persona that every source knows."""
        profil = (await guichet.profils())[0]
        connue = max(self.personas, key=lambda persona: len(persona.sources))
        return annoncer(adresse, profil, presenter(connue, schema))


class Emetteur:
    """Issues sandbox tokens, each with a grant of its own. Implements `sandbox.jetons.Emetteur`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def emettre(
        self, scopes: Sequence[str], siret: str, intitule: str, personnes: int | None
    ) -> tuple[str, datetime]:
        """Return a token and its end; without a bound of its own, it may name as many persons as a request can."""
        habilitation = await self._store.creer_habilitation(
            intitule=intitule,
            sirets=[siret],
            scopes=scopes,
            cadre_juridique=_CADRE,
            personnes_par_requete=personnes or PERSONNES_MAX,
        )
        emis = await self._store.emettre(habilitation.id)
        return emis.texte, emis.jeton.fin
