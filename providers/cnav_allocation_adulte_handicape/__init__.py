"""Source: the allocation aux adultes handicapés of a person, from the CNAF or the MSA (API-SECU)."""

from graph.allocation_adulte_handicape import AllocationAdulteHandicape
from providers._api_secu import IDENTIFICATIONS
from providers._api_secu_prestation import LIT
from providers._source import ClientCredentials, Source
from providers.cnav_allocation_adulte_handicape.adapter import read, request
from providers.cnav_allocation_adulte_handicape.simulator import GUICHET, NOM, simulate

SOURCE = Source(
    nom=NOM,
    libelle="CNAF et MSA",
    fournisseur="CNAV (API-SECU)",
    fournit=AllocationAdulteHandicape,
    identifications=IDENTIFICATIONS,
    auth=ClientCredentials(scope=GUICHET.scope, token_path=GUICHET.path, basic=True),
    request=request,
    read=read,
    simulate=simulate,
    lit=LIT,
)
