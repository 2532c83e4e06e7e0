"""Tokens of the sandbox: profiles of administrations ready to use, and tokens made to measure."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


class Emetteur(Protocol):
    """Who records a grant and issues its token."""

    async def emettre(
        self, scopes: Sequence[str], siret: str, intitule: str, personnes: int | None
    ) -> tuple[str, datetime]:
        """Return a token for these scopes and this recipient, and when it expires.

        `personnes` bounds the distinct persons of one request; None asks for no bound of its own.
        """


@dataclass(frozen=True, slots=True)
class Profil:
    """An administration as there are many: `retient` tells which scopes of the graph it is granted."""

    nom: str
    description: str
    siret: str
    retient: Callable[[str], bool]


PROFILS = (
    Profil("tout", "Tous les scopes : pour explorer le graphe en entier.", "13002526500013", lambda _: True),
    Profil(
        "mairie-quotient-familial",
        "Une mairie qui calcule un tarif de cantine d'après le dossier d'allocataire.",
        "21130055300016",
        lambda scope: scope.startswith("cnaf_"),
    ),
    Profil(
        "ccas",
        "Un centre communal d'action sociale : dossier d'allocataire et revenu fiscal de référence de l'année N-1.",
        "26130031300010",
        lambda scope: scope.startswith("cnaf_") or scope in {"dgfip_rfr", "dgfip_annee_n_moins_1"},
    ),
    Profil(
        "universite",
        "Un établissement qui vérifie le statut d'étudiant.",
        "19311384200010",
        lambda scope: scope.startswith("mesri_"),
    ),
    Profil(
        "sans-dgfip",
        "Tous les scopes sauf ceux de la DGFIP : pour voir ce que devient un bloc refusé.",
        "21750001600019",
        lambda scope: not scope.startswith("dgfip_"),
    ),
)


class Guichet:
    """Issues the token of each profile once, when first asked."""

    def __init__(self, emetteur: Emetteur, scopes: frozenset[str]) -> None:
        self.scopes = scopes
        self._emetteur = emetteur
        self._prets: list[dict[str, Any]] = []
        self._seul = asyncio.Lock()

    async def profils(self) -> list[dict[str, Any]]:
        """Return every profile with its ready token."""
        async with self._seul:
            if not self._prets:
                self._prets = [await self._preparer(profil) for profil in PROFILS]
        return self._prets

    async def _preparer(self, profil: Profil) -> dict[str, Any]:
        emis = await self.emettre([scope for scope in self.scopes if profil.retient(scope)], profil.siret, profil.nom)
        presentation = {"profil": profil.nom, "description": profil.description}
        return presentation | {cle: emis[cle] for cle in ("jeton", "scopes", "siret")}

    async def emettre(
        self, scopes: Sequence[str], siret: str, nom: str, personnes: int | None = None
    ) -> dict[str, Any]:
        """Return a token for these scopes and this recipient. The scopes must be known, the SIRET valid."""
        voulus = sorted(set(scopes))
        jeton, expire = await self._emetteur.emettre(voulus, siret, f"Bac à sable : {nom}", personnes)
        return {"jeton": jeton, "scopes": voulus, "siret": siret, "expire": expire.isoformat()}
