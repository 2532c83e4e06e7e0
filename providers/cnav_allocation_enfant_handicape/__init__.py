"""Source: the AEEH (disabled child) of a parent or a child, from the CNAF or the MSA (API-SECU)."""

from graph.allocation_enfant_handicape import AllocationEnfantHandicape
from providers._api_secu import IDENTIFICATIONS
from providers._api_secu_prestation import LIT
from providers._source import ClientCredentials, Source
from providers.cnav_allocation_enfant_handicape.adapter import read, request
from providers.cnav_allocation_enfant_handicape.simulator import GUICHET, NOM, simulate

SOURCE = Source(
    nom=NOM,
    libelle="CNAF et MSA",
    fournisseur="CNAV (API-SECU)",
    fournit=AllocationEnfantHandicape,
    identifications=IDENTIFICATIONS,
    auth=ClientCredentials(scope=GUICHET.scope, token_path=GUICHET.path, basic=True),
    request=request,
    read=read,
    simulate=simulate,
    lit=LIT,
)
