"""What an operator may take back from a token, and how its caller is then told."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import TypeVar

import httpx

from gateway.app import maintenant
from graph.errors import Surcharge
from habilitations.datapass import lire
from habilitations.habilitation import Habilitation
from habilitations.store import Store
from tests.abus.flotte import GRAND_VOLUME, PERSONNE, SCOPE, Replique
from tests.application import ESSAIS, SIRET
from tests.habilitations.evenements import DINUM, MARSEILLE, evenement

T = TypeVar("T")
_DEMANDES = count(1)
_AILLEURS = "192.0.2.0/24"
_MOINDRE = "mesri_admission_inscrit"


@dataclass(frozen=True, slots=True)
class Droit:
    """A token that opens something, and how that is withdrawn from it."""

    jeton: str
    retirer: Callable[[], Awaitable[object]]
    refus: str
    """The code that tells its caller."""
    headers: Mapping[str, str] = field(default_factory=dict)

    async def demander(self, replique: Replique, essais: int = ESSAIS) -> str:
        """Ask about a person; return what came of it."""
        variables = {"i": {"ine": "0000000001A"}}
        reponse = await replique.demander(self.jeton, PERSONNE, variables, self.headers, essais)
        return _issue(reponse)


def _issue(reponse: httpx.Response) -> str:
    """Return the code of the refusal, of the whole or of the one bloc that is asked for."""
    erreurs = reponse.json().get("errors")
    return str(erreurs[0]["extensions"]["code"]) if erreurs else "OK"


async def revocation(store: Store, volume: int | None) -> Droit:
    """A token is revoked."""
    emis = await store.emettre((await _habilitation(store, volume)).id)
    return Droit(emis.texte, lambda: store.revoquer(emis.jeton.id), "JETON_REVOQUE")


async def adresses(store: Store, volume: int | None) -> Droit:
    """A grant serves other addresses."""
    habilitation = await _habilitation(store, volume)
    emis = await store.emettre(habilitation.id)
    return Droit(emis.texte, lambda: store.limiter(habilitation.id, [_AILLEURS]), "ADRESSE_NON_AUTORISEE")


async def delegation(store: Store, volume: int | None) -> Droit:
    """An administration delegates no more to its editor."""
    editeur = next(iter(await store.lister_editeurs()), None) or await store.creer_editeur("Logiciels", DINUM)
    emis = await store.emettre(editeur.habilitation_id)
    deleguee = await store.deleguer(editeur.id, (await _habilitation(store, volume, MARSEILLE)).id)
    headers = {"X-Delegation": deleguee.id}
    return Droit(emis.texte, lambda: store.revoquer_delegation(deleguee.id), "DESTINATAIRE_NON_COUVERT", headers)


async def scopes(store: Store, volume: int | None) -> Droit:
    """DataPass approves fewer scopes than before."""
    demande = next(_DEMANDES)

    async def approuver(instant: datetime, *accordes: str) -> None:
        declaree = str(volume) if volume else None
        corps = evenement(
            "approve", instant=instant, demande=demande, scopes=accordes, volumetrie_approximative=declaree
        )
        recu = lire(corps)
        assert recu is not None
        await store.appliquer(recu)

    await approuver(maintenant() - timedelta(minutes=1), SCOPE, _MOINDRE)
    habilitation = next(une for une in await store.lister() if une.external_id == str(demande))
    emis = await store.emettre(habilitation.id)
    return Droit(emis.texte, lambda: approuver(maintenant(), _MOINDRE), "NON_HABILITE")


async def insister(operation: Callable[[], Awaitable[T]]) -> T:
    """Run an operation again when a busy database did not answer in time, as its operator does."""
    for _ in range(ESSAIS):
        with suppress(Surcharge):
            return await operation()
    return await operation()


RETRAITS = (revocation, scopes, adresses, delegation)


async def _habilitation(store: Store, volume: int | None = GRAND_VOLUME, siret: str = SIRET) -> Habilitation:
    return await store.creer_habilitation(
        intitule="Université",
        sirets=[siret],
        scopes=[SCOPE],
        cadre_juridique="CRPA, art. L. 114-8",
        volume_annuel=volume,
    )
