"""The seals of the journal, as the settings want them."""

from collections.abc import Callable
from datetime import datetime

from audit.cle import DES_SCELLES, CleInvalide, lire, lire_ou_creer
from audit.scelles import Scelles
from audit.verificateur import EXTENSION
from gateway.settings import ReglageManquant, Settings


def sceau(settings: Settings, horloge: Callable[[], datetime]) -> Scelles:
    """Return what seals the journal; its key is created in the sandbox when there is none. Raise ReglageManquant."""
    return Scelles(settings.scelles_en_vigueur, _cle(settings), horloge)


def sceaux(settings: Settings, horloge: Callable[[], datetime]) -> Callable[[str], Scelles]:
    """Return what seals each partie of a journal that several servers write, in a file of the folder of the seals."""
    dossier, cle = settings.scelles_en_vigueur, _cle(settings)
    return lambda nom: Scelles(dossier / f"{nom}{EXTENSION}", cle, horloge)


def _cle(settings: Settings) -> bytes:
    try:
        return (lire_ou_creer if settings.bac_a_sable else lire)(settings.cle_scelles, DES_SCELLES)
    except CleInvalide as refus:
        raise ReglageManquant(str(refus)) from None
