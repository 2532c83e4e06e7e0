"""Source: the statuses of a high-level athlete, from the Sport Data Hub of the ministry of sports."""

from graph.statut_sportif import StatutSportif
from providers._source import ClientCredentials, Source
from providers.sdh_statut_sportif.adapter import IDENTIFICATIONS, etats_civils, read, request
from providers.sdh_statut_sportif.simulator import GUICHET, NOM, simulate

SOURCE = Source(
    nom=NOM,
    libelle="Ministère des Sports",
    fournisseur="Sport Data Hub",
    fournit=StatutSportif,
    identifications=IDENTIFICATIONS,
    auth=ClientCredentials(token_path=GUICHET.path, basic=False),
    request=request,
    read=read,
    simulate=simulate,
    lit=frozenset({200, 404}),
    etats_civils=etats_civils,
)
