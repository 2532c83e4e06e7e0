"""The seals of the journal, as the settings want them."""

from collections.abc import Callable
from datetime import datetime

from audit.cle import DES_SCELLES, CleInvalide, lire, lire_ou_creer
from audit.scelles import Scelles
from gateway.settings import ReglageManquant, Settings


def sceau(settings: Settings, horloge: Callable[[], datetime]) -> Scelles:
    """Return what seals the journal; its key is created in the sandbox when there is none. Raise ReglageManquant."""
    try:
        cle = (lire_ou_creer if settings.bac_a_sable else lire)(settings.cle_scelles, DES_SCELLES)
    except CleInvalide as refus:
        raise ReglageManquant(str(refus)) from None
    return Scelles(settings.scelles_en_vigueur, cle, horloge)
