"""Source: the prime d'activité of a person, from the CNAF or the MSA (API-SECU)."""

from graph.prime_activite import PrimeActivite
from providers._api_secu import IDENTIFICATIONS
from providers._api_secu_prestation import LIT, majoration_incertaine
from providers._source import ClientCredentials, Source
from providers.cnav_prime_activite.adapter import read, request
from providers.cnav_prime_activite.simulator import GUICHET, NOM, simulate

SOURCE = Source(
    nom=NOM,
    libelle="CNAF et MSA",
    fournisseur="CNAV (API-SECU)",
    fournit=PrimeActivite,
    identifications=IDENTIFICATIONS,
    auth=ClientCredentials(scope=GUICHET.scope, token_path=GUICHET.path, basic=True),
    request=request,
    read=read,
    simulate=simulate,
    lit=LIT,
    reserves=majoration_incertaine,
)
