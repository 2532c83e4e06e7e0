"""Source: what a crèche needs to compute the share that a family pays, from the CNAF or the MSA (API-SECU)."""

from graph.participation_familiale_eaje import ParticipationFamilialeEaje
from providers._api_secu import IDENTIFICATIONS
from providers._source import ClientCredentials, Source
from providers.cnav_participation_familiale_eaje.adapter import eligible, etats_civils, read, request
from providers.cnav_participation_familiale_eaje.simulator import GUICHET, NOM, simulate

SOURCE = Source(
    nom=NOM,
    libelle="CNAF et MSA",
    fournisseur="CNAV (API-SECU)",
    fournit=ParticipationFamilialeEaje,
    identifications=IDENTIFICATIONS,
    auth=ClientCredentials(scope=GUICHET.scope, token_path=GUICHET.path, basic=True),
    request=request,
    read=read,
    simulate=simulate,
    lit=frozenset({200, 400, 404}),
    etats_civils=etats_civils,
    eligible=eligible,
)
