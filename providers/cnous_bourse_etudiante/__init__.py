"""Source: the grant of a student, from the CNOUS."""

from graph.bourse_etudiante import BourseEtudiante
from providers._source import ClientCredentials, Source
from providers.cnous_bourse_etudiante.adapter import IDENTIFICATIONS, etats_civils, read, request
from providers.cnous_bourse_etudiante.simulator import GUICHET, NOM, simulate

SOURCE = Source(
    nom=NOM,
    libelle="Bourses étudiantes",
    fournisseur="CNOUS",
    fournit=BourseEtudiante,
    identifications=IDENTIFICATIONS,
    auth=ClientCredentials(token_path=GUICHET.path, basic=True, formulaire=False),
    request=request,
    read=read,
    simulate=simulate,
    lit=frozenset({200, 400, 404}),
    etats_civils=etats_civils,
    situe=True,
)
