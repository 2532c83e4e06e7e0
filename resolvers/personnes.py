"""What the persons of one question have to be: few enough, and each named by keys of her own."""

from collections.abc import Collection, Iterable

from graph.errors import ParametreInvalide, RequeteTropCouteuse
from graph.identite import Identite, IdentitePivot

_CLES = ("ine", "numero_fiscal", "identifiant_france_travail", "identifiant_sportif")


def check_places(places: Collection[object], maximum: int) -> None:
    """Bound the ranks at which persons are named, be it the same one. Raise RequeteTropCouteuse."""
    if len(places) > maximum:
        raise RequeteTropCouteuse(f"Limite : {maximum} personnes nommées, répétitions comprises.")


def check_persons(identites: Iterable[Identite], maximum: int) -> None:
    """Bound the distinct persons. Raise RequeteTropCouteuse, or ParametreInvalide when a key is said of two."""
    distinctes = set(identites)
    if len(distinctes) > maximum:
        pluriel = "s" if maximum > 1 else ""
        raise RequeteTropCouteuse(f"Limite : {maximum} personne{pluriel} distincte{pluriel} par requête.")
    _check_keys(distinctes)


def _check_keys(identites: Iterable[Identite]) -> None:
    """Refuse états civils that differ behind one key: fifty of them would be fifty guesses at a birth date."""
    connus: dict[tuple[str, str], object] = {}
    for identite in identites:
        compare = identite.pivot and _compared(identite.pivot)
        cles = [(nom, valeur) for nom in _CLES if (valeur := getattr(identite, nom)) is not None]
        if compare and any(connus.setdefault(cle, compare) != compare for cle in cles):
            raise ParametreInvalide("Un même identifiant accompagne deux états civils : il n'est que d'une personne.")


def _compared(pivot: IdentitePivot) -> object:
    """Return what is compared with the answer of a source."""
    noms = (pivot.nom_naissance, pivot.nom_usage or "", *pivot.prenoms)
    return [nom.upper() for nom in noms], pivot.naissance
