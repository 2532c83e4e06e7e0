"""The seals of the journal, as the settings want them."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from pydantic import SecretStr

from audit.cle import DES_SCELLES, CleInvalide, lire, lire_ou_creer
from audit.scelles import Scelles
from audit.verificateur import EXTENSION
from gateway.settings import ReglageManquant, Settings


def sceau(settings: Settings, horloge: Callable[[], datetime]) -> Scelles:
    """Return what seals the journal; its key is created in the sandbox when there is none. Raise ReglageManquant."""
    return Scelles(lieu_des_scelles(settings), cle_des_scelles(settings), horloge)


def sceaux(settings: Settings, horloge: Callable[[], datetime]) -> Callable[[str], Scelles]:
    """Return what seals each partie of a journal that several servers write, in a file of the folder of the seals."""
    dossier, cle = lieu_des_scelles(settings), cle_des_scelles(settings)
    return lambda nom: Scelles(dossier / f"{nom}{EXTENSION}", cle, horloge)


def lieu_des_scelles(settings: Settings) -> Path:
    """Return the file, or folder, of the seals. Raise ReglageManquant when the journal wants the other one."""
    lieu = settings.scelles_en_vigueur
    if isinstance(settings.journal, Path) and lieu.is_dir():
        raise ReglageManquant(
            "PARTICULIER_SCELLES est un dossier : à un journal qui est un fichier, il faut un fichier."
        )
    if isinstance(settings.journal, SecretStr) and lieu.exists() and not lieu.is_dir():
        raise ReglageManquant(
            "PARTICULIER_SCELLES n'est pas un dossier : il en faut un à un journal tenu par PostgreSQL."
        )
    return lieu


def cle_des_scelles(settings: Settings) -> bytes:
    """Return the private key of the seals, created in the sandbox when there is none. Raise ReglageManquant."""
    try:
        return (lire_ou_creer if settings.bac_a_sable else lire)(settings.cle_scelles, DES_SCELLES)
    except CleInvalide as refus:
        raise ReglageManquant(str(refus)) from None
