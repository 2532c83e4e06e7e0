"""The words that every prestation behind API-SECU shares (CNAV): a person, headers, caisses, refusals.

API-SECU controls the request, has the SNGI identify the person and the RNCPS find her caisse, then asks the caisse.
"""

import re
import unicodedata
from enum import Enum
from typing import cast

import msgspec

from graph.demande import Demande
from graph.errors import (
    DossierAbsent,
    ErreurDeBloc,
    IdentiteNonReconnue,
    ParametreRefuseParLaSource,
    SourceIndisponible,
    SourceReponseInvalide,
)
from graph.identite import FRANCE, PIVOT_SITUE, EtatCivil, IdentitePivot, choisir
from providers._normal import decode
from providers._source import Appel, Paires, UpstreamResponse

IDENTIFICATIONS = (PIVOT_SITUE,)
REGIME = "x-apisecu-fd"
#: The SNGI identifies nobody; the RNCPS knows of no caisse.
INCONNU_DU_SNGI, SANS_RATTACHEMENT = 40409, 40406
PERIODE_TROP_ANCIENNE = 40029
_SANS_CAISSE = frozenset({SANS_RATTACHEMENT, 40412})
_PANNES = frozenset({40000, 40024})
_ERREUR = "SOURCE_ERREUR"
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


class Caisse(Enum):
    """Who answered, as the header X-APISECU-FD names it."""

    CNAF = "00810011"
    MSA = "00171001"
    RNCPS = "99430000"


class Refus(msgspec.Struct, frozen=True, rename="camel"):
    """The body of every refusal; the first three digits of the code are an HTTP status."""

    error_code: int
    error: str | None = None


def translitterer(nom: str) -> str:
    """Return a name without accents nor ligatures, its case kept: the only form that API-SECU accepts."""
    lettres = unicodedata.normalize("NFKD", nom.translate(_LIGATURES))
    return "".join(lettre for lettre in lettres if not unicodedata.combining(lettre))


def nom_compare(nom: str) -> str:
    """Return the form in which two names are compared: capitals, one space for anything that is not a letter."""
    return " ".join(re.findall("[A-Z]+", translitterer(nom).upper()))


def personne(demande: Demande) -> Paires:
    """Return the query parameters that name the person asked about. Raise IdentifiantManquant."""
    pivot = _pivot(demande)
    en_france = pivot.code_pays == FRANCE
    valeurs = {
        "nomUsage": translitterer(pivot.nom_usage) if pivot.nom_usage else None,
        "nomNaissance": translitterer(pivot.nom_naissance),
        "listePrenoms": translitterer(" ".join(pivot.prenoms)),
        "dateNaissance": str(pivot.naissance),
        "codeLieuNaissance": pivot.code_commune if en_france else None,
        "codePaysNaissance": pivot.code_pays,
        "villeNaissance": pivot.nom_commune,
        "depNaissance": pivot.code_departement,
        "genre": pivot.sexe.name if pivot.sexe else None,
    }
    return tuple((nom, valeur) for nom, valeur in valeurs.items() if valeur)


def entetes(appel: Appel) -> Paires:
    """Return the headers of a data call: whom it is for, and the identifier under which both sides log it."""
    return (
        ("Accept", "application/json"),
        ("Content-Type", "application/json"),
        ("X-Correlation-ID", appel.correlation),
        ("X-APIPART-FSFINAL", appel.destinataire),
    )


def caisse(reply: UpstreamResponse) -> Caisse | None:
    """Return who answered; None when the answer does not say, or names somebody unknown."""
    code = (reply.header(REGIME) or "").strip()
    return next((connue for connue in Caisse if connue.value == code), None)


def refus(reply: UpstreamResponse) -> ErreurDeBloc:
    """Return what a 400 or a 404 means. Raise SourceReponseInvalide when its body cannot be read."""
    code = decode(reply.body, Refus).error_code
    if reply.status == 404:  # noqa: PLR2004 - HTTP Not Found
        return _introuvable(code, caisse(reply))
    if code in _PANNES:
        return SourceIndisponible(cause=_ERREUR)
    if code // 100 == 400:  # noqa: PLR2004 - the codes of the input control: identity or period
        return ParametreRefuseParLaSource()
    return SourceReponseInvalide(cause=_ERREUR)


def correspond(etat_civil: EtatCivil, demande: Demande) -> bool:
    """Tell whether a person of an answer is the one asked about: birth name, first first name, known date parts."""
    pivot = _pivot(demande)
    connue = re.sub("(-00)+$", "", str(pivot.naissance))
    return (
        nom_compare(etat_civil.nom_naissance) == nom_compare(pivot.nom_naissance)
        and _premier(etat_civil.prenoms) == _premier(pivot.prenoms)
        and etat_civil.naissance.startswith(connue)
    )


def _pivot(demande: Demande) -> IdentitePivot:
    choisir(demande.identite, IDENTIFICATIONS)
    return cast("IdentitePivot", demande.identite.pivot)


def _premier(prenoms: tuple[str, ...]) -> str:
    return nom_compare(" ".join(prenoms).split()[0]) if prenoms else ""


def _introuvable(code: int, repondant: Caisse | None) -> ErreurDeBloc:
    if code == INCONNU_DU_SNGI:
        return IdentiteNonReconnue()
    if code in _SANS_CAISSE or repondant:
        return DossierAbsent()
    return SourceReponseInvalide(cause=_ERREUR)
