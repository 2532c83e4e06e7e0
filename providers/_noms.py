"""Names as sources want them, and as they are compared."""

import re
import unicodedata

#: No name is that long, not even all those of a person. Unicode orders a run of accents in quadratic time: four
#: megabytes of them would take the better part of an hour.
LONGUEUR_MAX = 1_000
#: Letters that Unicode does not split into a letter and an accent.
_LIGATURES = str.maketrans(
    {
        "Æ": "AE",
        "æ": "ae",
        "Œ": "OE",
        "œ": "oe",
        "Ø": "O",
        "ø": "o",
        "Ð": "D",
        "ð": "d",
        "Þ": "Th",
        "þ": "th",
        "ß": "ss",
    }
)


def translitterer(nom: str) -> str:
    """Return a name without accents nor ligatures, its case and signs kept. Raise ValueError when it is too long."""
    if len(nom) > LONGUEUR_MAX:
        message = "nom trop long"
        raise ValueError(message)
    lettres = unicodedata.normalize("NFKD", nom.translate(_LIGATURES))
    return "".join(lettre for lettre in lettres if not unicodedata.combining(lettre))


def nom_compare(nom: str) -> str:
    """Return the form in which two names are compared: capitals, one space for anything that is not a letter."""
    return " ".join(re.findall("[A-Z]+", translitterer(nom).upper()))
