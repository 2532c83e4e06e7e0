"""Source: the registration of a job seeker, from France Travail (Statut augmenté)."""

from graph.demandeur_emploi import DemandeurEmploi
from providers._france_travail import AUTH, IDENTIFICATIONS
from providers._source import Source
from providers.france_travail_demandeur_emploi.adapter import etats_civils, read, request
from providers.france_travail_demandeur_emploi.simulator import NOM, simulate

SOURCE = Source(
    nom=NOM,
    libelle="France Travail, inscription",
    fournisseur="France Travail",
    fournit=DemandeurEmploi,
    identifications=IDENTIFICATIONS,
    auth=AUTH,
    request=request,
    read=read,
    simulate=simulate,
    lit=frozenset({200, 206, 404, 500}),
    etats_civils=etats_civils,
)
