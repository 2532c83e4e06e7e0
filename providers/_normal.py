"""Small normalisers shared by the adapters: the words of a source become the types of the graph, strictly.

A value outside the agreed forms is a drift of the source: it is refused, never guessed, and never quoted.
"""

import re
from datetime import date, datetime
from enum import Enum
from typing import TypeVar

import msgspec

from graph.enums import Sexe
from graph.errors import SourceReponseInvalide
from graph.scalars import DatePartielle

Forme = TypeVar("Forme")
Code = TypeVar("Code", bound=Enum)

DERIVE = "SOURCE_DERIVE"
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
#: How an état civil says that nothing is known of a birth date.
NAISSANCE_INCONNUE = "0000-00-00"
#: A leap year: with the year unknown, 29 February remains possible.
_BISSEXTILE = 2000
_SEXES = {
    "M": Sexe.M,
    "1": Sexe.M,
    "Masculin": Sexe.M,
    "F": Sexe.F,
    "2": Sexe.F,
    "Féminin": Sexe.F,
}


def decode(body: bytes, forme: type[Forme]) -> Forme:
    """Decode a JSON body into a msgspec Struct, strictly. Raise SourceReponseInvalide when it drifted."""
    try:
        return msgspec.json.decode(body, type=forme)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        # NOTE: the message of msgspec may quote a value, hence `from None`.
        raise SourceReponseInvalide(cause=DERIVE) from None


def texte(valeur: str | None) -> str | None:
    """Return a text without the spaces around it; None when nothing remains."""
    return (valeur or "").strip() or None


def prenoms(valeur: str | None) -> list[str] | None:
    """Split "JEAN PIERRE" into its first names, in order; None when there is none."""
    return (valeur or "").split() or None


def date_partielle(valeur: str | None) -> DatePartielle | None:
    """Return a date YYYY-MM-DD whose unknown parts are zeros; None when blank or wholly unknown.

    Raises:
        SourceReponseInvalide: another form, a day without its month, or a date that no calendar holds.
    """
    normal = texte(valeur)
    if normal is None or normal == NAISSANCE_INCONNUE:
        return None
    annee, mois, jour = _parties(normal)
    if jour and not mois:
        raise SourceReponseInvalide(cause=DERIVE)
    _jour_reel(annee or _BISSEXTILE, mois or 1, jour or 1)
    return DatePartielle(normal)


def date_complete(valeur: str | None) -> date | None:
    """Return a date YYYY-MM-DD; None when blank. Raise SourceReponseInvalide when it is not a day of the calendar."""
    normal = texte(valeur)
    return None if normal is None else _jour_reel(*_parties(normal))


def jour_ecrit(valeur: str | None) -> date | None:
    """Return the day of a date or of an instant, as written: an instant is never moved to another timezone.

    Raises:
        SourceReponseInvalide: neither a day of the calendar nor an instant in ISO 8601.
    """
    lue = texte(valeur)
    if lue is None or "T" not in lue:
        return date_complete(lue)
    try:
        datetime.fromisoformat(lue)
    except ValueError:
        raise SourceReponseInvalide(cause=DERIVE) from None
    return date_complete(lue.partition("T")[0])


def naissance(jour: date | None) -> str:
    """Write a birth date as an état civil holds it, with zeros when the source does not say."""
    return jour.isoformat() if jour else NAISSANCE_INCONNUE


def code(valeur: str | None, codes: type[Code]) -> Code | None:
    """Return the code of a closed list that a word is; None when blank. Raise SourceReponseInvalide for another."""
    normal = texte(valeur)
    if normal is None:
        return None
    try:
        return codes(normal)
    except ValueError:
        # NOTE: an enumeration quotes the word that it does not know, hence `from None`.
        raise SourceReponseInvalide(cause=DERIVE) from None


def sexe(valeur: str | None) -> Sexe | None:
    """Read the sex in the codings of the sources: M/F, 1/2 (MESRI), Masculin/Féminin; None when blank.

    Raises:
        SourceReponseInvalide: any other word.
    """
    normal = texte(valeur)
    if normal is None:
        return None
    if normal not in _SEXES:
        raise SourceReponseInvalide(cause=DERIVE)
    return _SEXES[normal]


def _parties(valeur: str) -> tuple[int, int, int]:
    trouve = _DATE.fullmatch(valeur)
    if trouve is None:
        raise SourceReponseInvalide(cause=DERIVE)
    annee, mois, jour = (int(partie) for partie in trouve.groups())
    return annee, mois, jour


def _jour_reel(annee: int, mois: int, jour: int) -> date:
    try:
        return date(annee, mois, jour)
    except ValueError:
        raise SourceReponseInvalide(cause=DERIVE) from None
