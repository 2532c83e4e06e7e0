"""Source: the quotient familial, household and address of an allocataire, from the CNAF or the MSA (API-SECU)."""

from datetime import time

from graph.dossier_allocataire import DossierAllocataire
from providers._api_secu import IDENTIFICATIONS
from providers._maintenance import DIMANCHE, Fenetre
from providers._source import ClientCredentials, Source
from providers.cnav_quotient_familial.adapter import etats_civils, read, request
from providers.cnav_quotient_familial.simulator import GUICHET, NOM, simulate

SOURCE = Source(
    nom=NOM,
    libelle="CNAF et MSA",
    fournisseur="CNAV (API-SECU)",
    fournit=DossierAllocataire,
    identifications=IDENTIFICATIONS,
    auth=ClientCredentials(scope=GUICHET.scope, token_path=GUICHET.path, basic=True),
    request=request,
    read=read,
    simulate=simulate,
    lit=frozenset({200, 400, 404}),
    etats_civils=etats_civils,
    maintenances=(Fenetre(time(23), time(23, 45), frozenset({DIMANCHE})),),
)
