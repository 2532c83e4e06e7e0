"""API-SECU's words for the ARS: ask for a person, read the answer into `AllocationRentreeScolaire`."""

from typing import Literal

from graph.allocation_rentree_scolaire import AllocationRentreeScolaire, StatutPrestation
from graph.demande import Demande
from providers._api_secu_prestation import Statut, demander, lire
from providers._source import Appel, UpstreamResponse

PRESTATION = "allocation_rentree_scolaire"
#: The caisses tell who is paid from who opens the right, as for the AEEH, and both are beneficiaries;
#: the first word is that of the contract which prestations share.
Indicateur = Literal["BENEFICIAIRE", "ALLOCATAIRE", "OUVRANT_DROIT", "NON_BENEFICIAIRE"]

request = demander(PRESTATION)


def read(reply: UpstreamResponse, demande: Demande, appel: Appel) -> AllocationRentreeScolaire:  # noqa: ARG001 - the form of `read`
    """Read a status. Raise as `lire` does."""
    statut = lire(reply, Statut[Indicateur])
    return AllocationRentreeScolaire(
        statut=StatutPrestation.BENEFICIAIRE if statut.beneficiaire else StatutPrestation.NON_BENEFICIAIRE,
        date_debut_droit=statut.debut,
    )
