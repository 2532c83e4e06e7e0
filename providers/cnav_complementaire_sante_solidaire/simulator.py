"""API-SECU's answer on the C2S, played from personas: a status."""

from providers._api_secu import Caisse
from providers._api_secu_prestation_simulateur import Vue, simuler
from providers._simulateur import Guichet
from providers.cnav_complementaire_sante_solidaire.adapter import PRESTATION, Indicateur

NOM = "cnav_complementaire_sante_solidaire"
GUICHET = Guichet(NOM, scope=PRESTATION)

simulate = simuler(GUICHET, PRESTATION, Vue[Indicateur], repondant=Caisse.RNCPS)
