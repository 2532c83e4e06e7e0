"""API-SECU's answer on the RSA, played from personas: a status, and its lines."""

from providers._api_secu_prestation_simulateur import VueDetaillee, simuler
from providers._simulateur import Guichet
from providers.cnav_revenu_solidarite_active.adapter import PRESTATION, Indicateur

NOM = "cnav_revenu_solidarite_active"
GUICHET = Guichet(NOM, scope=PRESTATION)

simulate = simuler(GUICHET, PRESTATION, VueDetaillee[Indicateur])
