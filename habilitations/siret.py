"""The SIRET: 14 digits that name an establishment, and their check digit."""

import re

_CHIFFRES = re.compile(r"[0-9]{14}")
#: La Poste numbers its establishments outside Luhn's rule (INSEE, Sirene).
_LA_POSTE = "356000000"


def siret_valide(texte: str) -> bool:
    """Tell whether a text is a SIRET: 14 ASCII digits that obey Luhn's rule, La Poste's establishments excepted."""
    if not _CHIFFRES.fullmatch(texte):
        return False
    return texte.startswith(_LA_POSTE) or _luhn(texte) % 10 == 0


def _luhn(chiffres: str) -> int:
    doubles = sum(sum(divmod(2 * int(chiffre), 10)) for chiffre in chiffres[-2::-2])
    return doubles + sum(int(chiffre) for chiffre in chiffres[-1::-2])
