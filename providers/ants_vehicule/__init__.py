"""Source: a registration and the person who holds the vehicle, from the ANTS (SIV)."""

from graph.vehicule import Vehicule
from providers._source import Sceau, Source
from providers.ants_vehicule.adapter import IDENTIFICATIONS, etats_civils, read, request
from providers.ants_vehicule.controle import NOM
from providers.ants_vehicule.sceau import REGLAGES, ouvrir, sceller
from providers.ants_vehicule.simulator import simulate

SOURCE = Source(
    nom=NOM,
    libelle="Agence nationale des titres sécurisés",
    fournisseur="ANTS (SIV)",
    fournit=Vehicule,
    identifications=IDENTIFICATIONS,
    auth=Sceau(sceller=sceller, ouvrir=ouvrir, reglages=REGLAGES),
    request=request,
    read=read,
    simulate=simulate,
    etats_civils=etats_civils,
    mtls=True,
)
