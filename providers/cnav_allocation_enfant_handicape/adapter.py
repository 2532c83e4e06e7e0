"""API-SECU's words for the AEEH: ask for a person, read the answer into `AllocationEnfantHandicape`."""

from typing import Literal

from graph.allocation_enfant_handicape import AllocationEnfantHandicape, StatutBeneficiaireAeeh
from graph.demande import Demande
from providers._api_secu_prestation import Statut, demander, lire
from providers._source import Appel, UpstreamResponse

PRESTATION = "allocation_enfant_handicape"
Indicateur = Literal["ALLOCATAIRE", "OUVRANT_DROIT", "NON_BENEFICIAIRE"]

request = demander(PRESTATION)


def read(reply: UpstreamResponse, demande: Demande, appel: Appel) -> AllocationEnfantHandicape:  # noqa: ARG001 - the form of `read`
    """Read a status. Raise as `lire` does."""
    statut = lire(reply, Statut[Indicateur])
    return AllocationEnfantHandicape(statut=StatutBeneficiaireAeeh[statut.indicateur], date_debut_droit=statut.debut)
