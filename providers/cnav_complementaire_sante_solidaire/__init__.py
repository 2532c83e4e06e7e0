"""Source: the complémentaire santé solidaire of a person, from the RNCPS, fed by the Assurance maladie (API-SECU)."""

from graph.complementaire_sante_solidaire import ComplementaireSanteSolidaire
from providers._api_secu import IDENTIFICATIONS
from providers._api_secu_prestation import LIT
from providers._source import ClientCredentials, Source
from providers.cnav_complementaire_sante_solidaire.adapter import read, request
from providers.cnav_complementaire_sante_solidaire.simulator import GUICHET, NOM, simulate

SOURCE = Source(
    nom=NOM,
    libelle="Assurance maladie",
    fournisseur="CNAV (API-SECU)",
    fournit=ComplementaireSanteSolidaire,
    identifications=IDENTIFICATIONS,
    auth=ClientCredentials(scope=GUICHET.scope, token_path=GUICHET.path, basic=True),
    request=request,
    read=read,
    simulate=simulate,
    lit=LIT,
)
