"""The running gateway that the generated clients ask."""

from collections.abc import Iterator

import httpx
import pytest

from tests.serveur import Serveur, serveur


class Passerelle:
    """A running gateway, with the tokens and the personas of its sandbox."""

    def __init__(self, serveur: Serveur) -> None:
        self.url = serveur.url
        self._jetons = httpx.get(f"{self.url}/bac-a-sable/jetons", trust_env=False).json()
        self._personnes = httpx.get(f"{self.url}/bac-a-sable/personnes", trust_env=False).json()

    def jeton(self, profil: str) -> str:
        """Return the ready token of a profile."""
        return next(str(pret["jeton"]) for pret in self._jetons if pret["profil"] == profil)

    def identite(self, nom: str) -> dict[str, object]:
        """Return the IdentiteInput of a persona."""
        return next(dict(personne["identite"]) for personne in self._personnes if personne["nom"] == nom)


@pytest.fixture(scope="session")
def passerelle() -> Iterator[Passerelle]:
    """One gateway for all the tests of the clients."""
    with serveur() as lance:
        yield Passerelle(lance)
