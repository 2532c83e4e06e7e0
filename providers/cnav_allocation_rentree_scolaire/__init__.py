"""Source: the allocation de rentrée scolaire of a person, from the CNAF or the MSA (API-SECU)."""

from graph.allocation_rentree_scolaire import AllocationRentreeScolaire
from providers._api_secu import IDENTIFICATIONS
from providers._api_secu_prestation import LIT
from providers._source import ClientCredentials, Source
from providers.cnav_allocation_rentree_scolaire.adapter import read, request
from providers.cnav_allocation_rentree_scolaire.simulator import GUICHET, NOM, simulate

SOURCE = Source(
    nom=NOM,
    libelle="CNAF et MSA",
    fournisseur="CNAV (API-SECU)",
    fournit=AllocationRentreeScolaire,
    identifications=IDENTIFICATIONS,
    auth=ClientCredentials(scope=GUICHET.scope, token_path=GUICHET.path, basic=True),
    request=request,
    read=read,
    simulate=simulate,
    lit=LIT,
)
