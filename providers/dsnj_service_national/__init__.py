"""Source: where a young adult stands with the national service, from the DSNJ (ministry of the armed forces)."""

from graph.service_national import ServiceNational
from providers._source import ApiKey, Source
from providers.dsnj_service_national.adapter import IDENTIFICATIONS, etats_civils, read, request, reserves
from providers.dsnj_service_national.simulator import CLE, NOM, PREFIXE, simulate

SOURCE = Source(
    nom=NOM,
    libelle="Ministère des armées",
    fournisseur="DSNJ",
    fournit=ServiceNational,
    identifications=IDENTIFICATIONS,
    auth=ApiKey(header="Authorization", prefixe=PREFIXE, reglage=lambda _call: CLE, reglages=(CLE,)),
    request=request,
    read=read,
    simulate=simulate,
    etats_civils=etats_civils,
    reserves=reserves,
)
