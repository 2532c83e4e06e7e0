"""API-SECU's words for the prime d'activité: ask for a person, read the answer into `PrimeActivite`."""

from typing import Literal

from graph.demande import Demande
from graph.prime_activite import PrimeActivite
from providers._api_secu_prestation import StatutDetaille, demander, lire
from providers._source import Appel, UpstreamResponse

PRESTATION = "prime_activite"
Indicateur = Literal["BENEFICIAIRE", "NON_BENEFICIAIRE"]
#: Whether a line is of the increased prestation.
MAJORATIONS = {"FA3105": False, "FA3106": True}

request = demander(PRESTATION)


def read(reply: UpstreamResponse, demande: Demande, appel: Appel) -> PrimeActivite:  # noqa: ARG001 - the form of `read`
    """Read a status and its lines. Raise as `lire` does."""
    statut = lire(reply, StatutDetaille[Indicateur])
    return PrimeActivite(
        est_beneficiaire=statut.beneficiaire,
        avec_majoration=statut.majoration(MAJORATIONS),
        date_debut_droit=statut.debut,
    )
