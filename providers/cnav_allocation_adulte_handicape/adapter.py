"""API-SECU's words for the AAH: ask for a person, read the answer into `AllocationAdulteHandicape`."""

from typing import Literal

from graph.allocation_adulte_handicape import AllocationAdulteHandicape
from graph.demande import Demande
from providers._api_secu_prestation import Statut, demander, lire
from providers._source import Appel, UpstreamResponse

PRESTATION = "allocation_adulte_handicape"
Indicateur = Literal["BENEFICIAIRE", "NON_BENEFICIAIRE"]

request = demander(PRESTATION)


def read(reply: UpstreamResponse, demande: Demande, appel: Appel) -> AllocationAdulteHandicape:  # noqa: ARG001 - the form of `read`
    """Read a status. Raise as `lire` does."""
    statut = lire(reply, Statut[Indicateur])
    return AllocationAdulteHandicape(est_beneficiaire=statut.beneficiaire, date_debut_droit=statut.debut)
