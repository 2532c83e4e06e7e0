"""API-SECU's answer on the AAH, played from personas: a status, and its lines."""

from providers._api_secu_prestation_simulateur import VueDetaillee, simuler
from providers._simulateur import Guichet
from providers.cnav_allocation_adulte_handicape.adapter import PRESTATION, Indicateur

NOM = "cnav_allocation_adulte_handicape"
GUICHET = Guichet(NOM, scope=PRESTATION)

simulate = simuler(GUICHET, PRESTATION, VueDetaillee[Indicateur])
