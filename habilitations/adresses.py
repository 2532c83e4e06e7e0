"""From which addresses a grant may be used: ranges in CIDR notation, IPv4 and IPv6."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from graph.errors import AdresseNonAutorisee
from habilitations.habilitation import Acces

#: Ranges whose parsing is kept, which costs more than comparing.
_EN_MEMOIRE = 1024


def adresse_autorisee(plages: Sequence[str], adresse: str | None) -> bool:
    """Tell whether an address is in one of the ranges; no range allows any address, a wrong address is in none."""
    if not plages:
        return True
    lue = _lire_adresse(adresse or "")
    return lue is not None and any(lue in reseau for plage in plages if (reseau := lire_plage(plage)) is not None)


def verifier_adresse(acces: Acces, adresse: str | None) -> None:
    """Refuse a caller outside the ranges of the grant. Raise AdresseNonAutorisee, which repeats no address."""
    if not adresse_autorisee(acces.habilitation.plages_ip, adresse):
        raise AdresseNonAutorisee


@lru_cache(maxsize=_EN_MEMOIRE)
def lire_plage(texte: str) -> IPv4Network | IPv6Network | None:
    """Return a range, or a single address; None for anything else, such as a network with host bits."""
    try:
        return ip_network(texte)
    except ValueError:
        return None


def _lire_adresse(texte: str) -> IPv4Address | IPv6Address | None:
    try:
        lue = ip_address(texte)
    except ValueError:
        return None
    # A socket that listens on both families shows IPv4 callers as ::ffff:192.0.2.1.
    return lue.ipv4_mapped or lue if isinstance(lue, IPv6Address) else lue
