"""Source: the allocation de soutien familial of a person, from the CNAF or the MSA (API-SECU)."""

from graph.allocation_soutien_familial import AllocationSoutienFamilial
from providers._api_secu import IDENTIFICATIONS
from providers._api_secu_prestation import LIT
from providers._source import ClientCredentials, Source
from providers.cnav_allocation_soutien_familial.adapter import read, request
from providers.cnav_allocation_soutien_familial.simulator import GUICHET, NOM, simulate

SOURCE = Source(
    nom=NOM,
    libelle="CNAF et MSA",
    fournisseur="CNAV (API-SECU)",
    fournit=AllocationSoutienFamilial,
    identifications=IDENTIFICATIONS,
    auth=ClientCredentials(scope=GUICHET.scope, token_path=GUICHET.path, basic=True),
    request=request,
    read=read,
    simulate=simulate,
    lit=LIT,
)
