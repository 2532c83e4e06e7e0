"""The keyring of the pseudonyms, as the settings want it, and whether traces can be made with it now."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from audit.cle import CleInvalide
from audit.trousseau import Trousseau
from gateway.settings import ReglageManquant, Settings
from graph.errors import AuditIndisponible


def open_keyring(settings: Settings, maintenant: datetime) -> Trousseau:
    """Return the keyring, which the sandbox fills by itself. Raise ReglageManquant when a key is missing."""
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
