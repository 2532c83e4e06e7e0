"""The seven prestations that have one status, with the words of each, and what their tests share."""

import base64
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import msgspec
import pytest

from graph.demande import Demande
from graph.enums import Sexe
from graph.identite import DateNaissance, Identite, IdentitePivot
from providers import (
    cnav_allocation_adulte_handicape,
    cnav_allocation_enfant_handicape,
    cnav_allocation_rentree_scolaire,
    cnav_allocation_soutien_familial,
    cnav_complementaire_sante_solidaire,
    cnav_prime_activite,
    cnav_revenu_solidarite_active,
)
from providers._personas import Personas
from providers._simulateur import reglage
from providers._source import Paires, Source, UpstreamRequest, UpstreamResponse
from tests.providers.allers_retours import APPEL

CNAF, MSA, RNCPS = "00810011", "00171001", "99430000"
PIVOT = IdentitePivot(
    "Champion", ("Jean-Pascal",), DateNaissance(1980, 6, 12), sexe=Sexe.M, code_pays="99100", code_commune="17300"
)
DEMANDE = Demande(Identite(pivot=PIVOT))
DEBUT = date(2024, 4, 1)
#: Every word that some prestation says.
MOTS = (
    "BENEFICIAIRE",
    "NON_BENEFICIAIRE",
    "ALLOCATAIRE",
    "OUVRANT_DROIT",
    "BENEFICIAIRE_AVEC_PARTICIPATION_FINANCIERE",
    "BENEFICIAIRE_SANS_PARTICIPATION_FINANCIERE",
    "NON_BENEFICIAIRE_CSS",
)


@dataclass(frozen=True)
class Cas:
    """A prestation: its source, and what it says of a person who has it and of one who has not."""

    source: Source[Any]
    prestation: str
    oui: tuple[str, ...]
    non: str = "NON_BENEFICIAIRE"
    codes: tuple[str, ...] = ()

    def corps(self, indicateur: str | None = None) -> dict[str, Any]:
        lignes = [ligne(code) for code in self.codes[:1]]
        statut = {"indicateur": indicateur or self.oui[0], "dateIndicateur": "2024-04-01"}
        return {**statut, "listePrestation": lignes} if lignes else statut


CAS = (
    Cas(
        cnav_revenu_solidarite_active.SOURCE,
        "revenu_solidarite_active",
        ("BENEFICIAIRE",),
        codes=("FA3101", "FA3102"),
    ),
    Cas(cnav_prime_activite.SOURCE, "prime_activite", ("BENEFICIAIRE",), codes=("FA3105", "FA3106")),
    Cas(cnav_allocation_soutien_familial.SOURCE, "allocation_soutien_familial", ("BENEFICIAIRE",), codes=("FA0115",)),
    Cas(cnav_allocation_adulte_handicape.SOURCE, "allocation_adulte_handicape", ("BENEFICIAIRE",), codes=("FA1001",)),
    Cas(
        cnav_allocation_enfant_handicape.SOURCE,
        "allocation_enfant_handicape",
        ("ALLOCATAIRE", "OUVRANT_DROIT"),
        codes=("FA1510", "MA1510"),
    ),
    Cas(
        cnav_allocation_rentree_scolaire.SOURCE,
        "allocation_rentree_scolaire",
        ("ALLOCATAIRE", "OUVRANT_DROIT", "BENEFICIAIRE"),
    ),
    Cas(
        cnav_complementaire_sante_solidaire.SOURCE,
        "complementaire_sante_solidaire",
        ("BENEFICIAIRE_AVEC_PARTICIPATION_FINANCIERE", "BENEFICIAIRE_SANS_PARTICIPATION_FINANCIERE"),
        non="NON_BENEFICIAIRE_CSS",
    ),
)
#: Those whose increase depends on the lines.
MAJORABLES = CAS[:2]

par_prestation = pytest.mark.parametrize("cas", CAS, ids=lambda cas: cas.prestation)
par_majorable = pytest.mark.parametrize("cas", MAJORABLES, ids=lambda cas: cas.prestation)


def ligne(code: str, ouverture: str | None = "2024-04-01", etat: int = 10) -> dict[str, Any]:
    """Return a line as a caisse writes it."""
    return {
        "cd": code,
        "libelle": "libellé",
        "qualiteBeneficiaire": "105",
        "dtOuvertureDroit": ouverture,
        "etat": {"cd": etat, "libelle": "libellé", "dtEffet": "2024-06-01"},
        "organismeRattachement": {"cd": 17, "libelle": "CAISSE CENTRALE DE MUTUALITE SOCIALE AGRICOLE"},
        "organismeGestionnaire": {"cd": 2915, "libelle": "MUTUALITE SOCIALE AGRICOLE AIN-RHONE"},
    }


def lire(cas: Cas, corps: object, status: int = 200, regime: str | None = CNAF) -> Any:
    """Return the bloc that a body is read into. Raise ErreurDeBloc."""
    headers: Paires = (("x-apisecu-fd", regime),) if regime else ()
    return cas.source.read(UpstreamResponse(status, headers, msgspec.json.encode(corps)), DEMANDE, APPEL)


def beneficiaire(bloc: Any) -> bool:
    """Tell whether a bloc says that the person has the prestation, in whichever of its two forms."""
    if hasattr(bloc, "est_beneficiaire"):
        return bool(bloc.est_beneficiaire)
    return bool(bloc.statut.name != "NON_BENEFICIAIRE")


def jeton(cas: Cas, scope: str | None = None) -> str:
    """Return a token of the simulator, or the error of its token endpoint."""
    secret = f"{reglage(cas.source.nom, 'client_id')}:{reglage(cas.source.nom, 'client_secret')}"
    headers = (
        ("Authorization", f"Basic {base64.urlsafe_b64encode(secret.encode()).decode()}"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    )
    body = f"grant_type=client_credentials&scope={scope or cas.prestation}".encode()
    call = UpstreamRequest("POST", "/token", headers=headers, body=body)
    corps: dict[str, str] = msgspec.json.decode(cas.source.simulate(call, Personas((), lambda: APPEL.aujourdhui)).body)
    return corps.get("access_token", corps.get("error", ""))


def requete(cas: Cas, demande: Demande) -> UpstreamRequest:
    """Return the adapter's own request, with a valid token."""
    call = cas.source.request(demande, APPEL)
    return replace(call, headers=(*call.headers, ("Authorization", f"Bearer {jeton(cas)}")))
