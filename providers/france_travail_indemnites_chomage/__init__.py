"""Source: the payments to a job seeker, from France Travail (Liste des paiements)."""

from graph.indemnites_chomage import IndemnitesChomage
from providers._france_travail import AUTH, IDENTIFICATIONS
from providers._source import Source
from providers.france_travail_indemnites_chomage.adapter import read, request
from providers.france_travail_indemnites_chomage.simulator import NOM, simulate

SOURCE = Source(
    nom=NOM,
    libelle="France Travail, paiements",
    fournisseur="France Travail",
    fournit=IndemnitesChomage,
    identifications=IDENTIFICATIONS,
    auth=AUTH,
    request=request,
    read=read,
    simulate=simulate,
    lit=frozenset({200, 204, 404, 500}),
)
