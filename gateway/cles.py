"""The keyring of the pseudonyms, as the settings want it, and whether traces can be made with it now."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from audit.cle import CleInvalide
from audit.trousseau import Trousseau
from gateway.settings import ReglageManquant, Settings
from graph.errors import AuditIndisponible


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


def keyring_ready(trousseau: Trousseau, horloge: Callable[[], datetime]) -> Callable[[], Awaitable[bool]]:
    """Return what tells whether this month has its key; the next one may be missing until it comes."""

    async def ready() -> bool:
        try:
            trousseau.de(horloge())
        except AuditIndisponible:
            return False
        return True

    return ready
