"""How names are written in the forms that are hashed: registers do not agree on accents and hyphens."""

import re
import unicodedata

#: Letters that Unicode does not decompose, as the civil registers write them in capitals.
_LETTRES = str.maketrans({"Œ": "OE", "Æ": "AE", "Ø": "O", "Ð": "D", "Þ": "TH", "Ł": "L"})
#: The accents that NFKD sets apart from the letters of Latin alphabets.
_ACCENTS = re.compile("[\u0300-\u036f]")
_SIGNES = re.compile(r"[\W_]+")


def normalise(texte: str) -> str:
    """Keep unaccented capitals and digits; apostrophes, hyphens and any other sign are one space."""
    return _SIGNES.sub(" ", texte.upper() if texte.isascii() else _sans_accent(texte)).strip()


def _sans_accent(texte: str) -> str:
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", texte.upper()).translate(_LETTRES))
