"""API-SECU's words for the C2S: ask for a person, read the answer into `ComplementaireSanteSolidaire`."""

from typing import Literal

from graph.complementaire_sante_solidaire import ComplementaireSanteSolidaire
from graph.demande import Demande
from providers._api_secu_prestation import Statut, demander, lire
from providers._source import Appel, UpstreamResponse

PRESTATION = "complementaire_sante_solidaire"
AVEC_PARTICIPATION = "BENEFICIAIRE_AVEC_PARTICIPATION_FINANCIERE"
Indicateur = Literal[
    "BENEFICIAIRE_AVEC_PARTICIPATION_FINANCIERE", "BENEFICIAIRE_SANS_PARTICIPATION_FINANCIERE", "NON_BENEFICIAIRE_CSS"
]

request = demander(PRESTATION)


def read(reply: UpstreamResponse, demande: Demande, appel: Appel) -> ComplementaireSanteSolidaire:  # noqa: ARG001 - the form of `read`
    """Read a status. Raise as `lire` does."""
    statut = lire(reply, Statut[Indicateur])
    return ComplementaireSanteSolidaire(
        est_beneficiaire=statut.beneficiaire,
        avec_participation=statut.indicateur == AVEC_PARTICIPATION if statut.beneficiaire else None,
        date_debut_droit=statut.debut,
    )
