"""API-SECU's words for the RSA: ask for a person, read the answer into `RevenuSolidariteActive`."""

from typing import Literal

from graph.demande import Demande
from graph.revenu_solidarite_active import RevenuSolidariteActive
from providers._api_secu_prestation import StatutDetaille, demander, lire
from providers._source import Appel, UpstreamResponse

PRESTATION = "revenu_solidarite_active"
Indicateur = Literal["BENEFICIAIRE", "NON_BENEFICIAIRE"]
#: Whether a line is of the increased prestation.
MAJORATIONS = {"FA3101": False, "FA3102": True}

request = demander(PRESTATION)


def read(reply: UpstreamResponse, demande: Demande, appel: Appel) -> RevenuSolidariteActive:  # noqa: ARG001 - the form of `read`
    """Read a status and its lines. Raise as `lire` does."""
    statut = lire(reply, StatutDetaille[Indicateur])
    return RevenuSolidariteActive(
        est_beneficiaire=statut.beneficiaire,
        avec_majoration=statut.majoration(MAJORATIONS),
        date_debut_droit=statut.debut,
    )
