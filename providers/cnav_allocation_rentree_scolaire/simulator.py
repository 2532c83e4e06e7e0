"""API-SECU's answer on the ARS, played from personas: a status."""

from providers._api_secu_prestation_simulateur import Vue, simuler
from providers._simulateur import Guichet
from providers.cnav_allocation_rentree_scolaire.adapter import PRESTATION, Indicateur

NOM = "cnav_allocation_rentree_scolaire"
GUICHET = Guichet(NOM, scope=PRESTATION)

simulate = simuler(GUICHET, PRESTATION, Vue[Indicateur])
