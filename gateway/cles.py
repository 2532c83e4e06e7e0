"""The keyring of the pseudonyms, as the settings want it, and whether traces can be made with it now."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from pathlib import Path

import structlog

from audit.accord import ClesAccordees, Temoin
from audit.cle import CleInvalide
from audit.mois import Mois
from audit.trousseau import Trousseau
from gateway.settings import ReglageManquant, Settings

log = structlog.get_logger("gateway.cles")
_A_FAIRE = "les serveurs d'un même journal partagent un même dossier de clés : mettez-y la clé des autres"


def open_keyring(settings: Settings, maintenant: datetime) -> Trousseau:
    """Return the keyring, which the sandbox fills. Raise ReglageManquant for a key that is missing or misplaced."""
    if settings.cle_pseudonymes is not None:
        raise ReglageManquant(
            "PARTICULIER_CLE_PSEUDONYMES n'est plus lu : déplacez cette clé vers "
            f"{settings.cles_pseudonymes}.cle, qui retrouve ce qui fut écrit avec elle, puis ôtez ce réglage."
        )
    trousseau = Trousseau(settings.cles_pseudonymes, bac_a_sable=settings.bac_a_sable)
    try:
        trousseau.exiger(maintenant)
    except CleInvalide as refus:
        raise ReglageManquant(str(refus)) from None
    return trousseau


def agreed_keys(trousseau: Trousseau, journal: Temoin) -> ClesAccordees:
    """Return the keys that traces are made with; one that is not that of the journal is told in the technical log."""
    return ClesAccordees(trousseau, journal, partial(_tell, trousseau.dossier))


async def refuse_foreign(cles: ClesAccordees, maintenant: datetime) -> None:
    """Refuse to start with other keys than those that the journal is written with. Raise ReglageManquant."""
    try:
        await cles.exiger(maintenant)
    except CleInvalide as refus:
        raise ReglageManquant(str(refus)) from None


def keys_ready(cles: ClesAccordees, horloge: Callable[[], datetime]) -> Callable[[], Awaitable[bool]]:
    """Return what tells whether this month has its key, which is that of the journal."""
    return lambda: cles.prete(horloge())


def _tell(dossier: Path, mois: Mois) -> None:
    log.error("cle_du_mois_etrangere", mois=str(mois), dossier=str(dossier), a_faire=_A_FAIRE)
