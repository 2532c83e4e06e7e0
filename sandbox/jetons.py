"""Tokens of the sandbox: profiles of administrations ready to use, and tokens made to measure."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from graph.consultation import SCOPE


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


#: What regions ask for, besides the file of the CAF.
_TRANSPORTS = frozenset(
    {
        "mesri_identite",
        "mesri_admissions",
        "mesri_admission_inscrit",
        "mesri_admission_commune_etudes",
        "mesri_admission_regime_formation",
        "cnous_statut_boursier",
        "cnous_echelon_bourse",
        "men_statut_identite",
        "men_statut_scolarite",
        "complementaire_sante_solidaire",
    }
)
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
        "Une université, ou un employeur public, qui vérifie le statut d'un étudiant.",
        "19311384200010",
        lambda scope: scope.startswith("mesri_"),
    ),
    Profil(
        "creche",
        "Une crèche qui calcule la participation des familles (EAJE) : ressources, enfants, parents et adresse.",
        "26069005200014",
        lambda scope: scope.startswith("cnav_participation_familiale_eaje_"),
    ),
    Profil(
        "transports",
        "Une région qui applique un tarif de transport réduit : quotient familial, études, bourse, santé solidaire.",
        "23130002100012",
        lambda scope: scope.startswith("cnaf_") or scope in _TRANSPORTS,
    ),
    Profil(
        "emploi",
        "Un organisme d'insertion qui retrouve un demandeur d'emploi : identité et coordonnées, sans l'inscription.",
        "21690123400015",
        {"pole_emploi_identite", "pole_emploi_contact"}.__contains__,
    ),
    Profil(
        "rectorat",
        "Un rectorat qui instruit une bourse du second degré : scolarité, et revenu fiscal de référence de N-1.",
        "19690135800016",
        lambda scope: scope.startswith("men_") or scope in {"dgfip_rfr", "dgfip_annee_n_moins_1"},
    ),
    Profil(
        "stationnement",
        "Une commune qui tient un stationnement résidentiel ; la source des véhicules veut le jeton "
        "FranceConnect de l'usager (POST /bac-a-sable/franceconnect/jetons).",
        "21750056000016",
        lambda scope: scope.startswith("ants_"),
    ),
    Profil(
        "citoyen",
        "Un portail où l'usager lit son propre journal (mesConsultations), avec son jeton FranceConnect "
        "(POST /bac-a-sable/franceconnect/jetons).",
        "13002526500021",
        SCOPE.__eq__,
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
