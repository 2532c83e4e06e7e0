"""Source: the schooling of a pupil, from the ministry of education."""

from datetime import time

from graph.scolarite import Scolarite
from providers._maintenance import Fenetre
from providers._source import ClientCredentials, Source
from providers.men_scolarite.adapter import IDENTIFICATIONS, etats_civils, read, request, reserves
from providers.men_scolarite.simulator import GUICHET, NOM, simulate

SOURCE = Source(
    nom=NOM,
    libelle="Ministère de l'éducation nationale",
    fournisseur="MEN",
    fournit=Scolarite,
    identifications=IDENTIFICATIONS,
    auth=ClientCredentials(token_path=GUICHET.path, basic=False),
    request=request,
    read=read,
    simulate=simulate,
    lit=frozenset({200, 404}),
    etats_civils=etats_civils,
    reserves=reserves,
    maintenances=(Fenetre(time(1, 10), time(2, 30)),),
)
