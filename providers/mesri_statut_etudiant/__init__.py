"""Source: the admissions and enrolments of a student, from the MESRI."""

from graph.statut_etudiant import StatutEtudiant
from providers._source import ApiKey, Source
from providers.mesri_statut_etudiant.adapter import CLE, IDENTIFICATIONS, etats_civils, read, reglage_cle, request
from providers.mesri_statut_etudiant.simulator import NOM, simulate

SOURCE = Source(
    nom=NOM,
    libelle="Ministère de l'enseignement supérieur",
    fournisseur="MESRI",
    fournit=StatutEtudiant,
    identifications=IDENTIFICATIONS,
    auth=ApiKey(header=CLE, reglage=reglage_cle, reglages=("api_key_ine", "api_key_identite")),
    request=request,
    read=read,
    simulate=simulate,
    lit=frozenset({200, 404}),
    etats_civils=etats_civils,
    situe=True,
)
