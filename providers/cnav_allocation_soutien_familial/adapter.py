"""API-SECU's words for the ASF: ask for a person, read the answer into `AllocationSoutienFamilial`."""

from typing import Literal

from graph.allocation_soutien_familial import AllocationSoutienFamilial
from graph.demande import Demande
from providers._api_secu_prestation import Statut, demander, lire
from providers._source import Appel, UpstreamResponse

PRESTATION = "allocation_soutien_familial"
Indicateur = Literal["BENEFICIAIRE", "NON_BENEFICIAIRE"]

request = demander(PRESTATION)


def read(reply: UpstreamResponse, demande: Demande, appel: Appel) -> AllocationSoutienFamilial:  # noqa: ARG001 - the form of `read`
    """Read a status. Raise as `lire` does."""
    statut = lire(reply, Statut[Indicateur])
    return AllocationSoutienFamilial(est_beneficiaire=statut.beneficiaire, date_debut_droit=statut.debut)
