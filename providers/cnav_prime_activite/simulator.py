"""API-SECU's answer on the prime d'activité, played from personas: a status, and its lines."""

from providers._api_secu_prestation_simulateur import VueDetaillee, simuler
from providers._simulateur import Guichet
from providers.cnav_prime_activite.adapter import PRESTATION, Indicateur

NOM = "cnav_prime_activite"
GUICHET = Guichet(NOM, scope=PRESTATION)

simulate = simuler(GUICHET, PRESTATION, VueDetaillee[Indicateur])
