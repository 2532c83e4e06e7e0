"""Source: the income-tax situation of a household, from the DGFIP's API Impôt Particulier v1 (scope RessourceIR)."""

from graph.situation_fiscale import SituationFiscale
from providers._source import ClientCredentials, Source
from providers.dgfip_situation_fiscale.adapter import IDENTIFICATIONS, etats_civils, read, request
from providers.dgfip_situation_fiscale.simulator import GUICHET, NOM, simulate

SOURCE = Source(
    nom=NOM,
    libelle="DGFIP",
    fournisseur="DGFIP (API Impôt Particulier)",
    fournit=SituationFiscale,
    identifications=IDENTIFICATIONS,
    auth=ClientCredentials(scope=GUICHET.scope, token_path=GUICHET.path),
    request=request,
    read=read,
    simulate=simulate,
    lit=frozenset({200, 204, 400, 404, 410}),
    entetes=(("ID_Teleservice", "id_teleservice"),),
    etats_civils=etats_civils,
)
