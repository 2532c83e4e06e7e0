"""The words that every prestation behind API-SECU shares (CNAV): a person, headers, caisses, refusals.

API-SECU controls the request, has the SNGI identify the person and the RNCPS find her caisse, then asks the caisse.
"""

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
from graph.identite import FRANCE, FRANCE_CONNECT, PIVOT_SITUE, IdentitePivot, choisir
from providers._noms import translitterer
from providers._normal import decode
from providers._source import Appel, Paires, UpstreamResponse

IDENTIFICATIONS = (FRANCE_CONNECT, PIVOT_SITUE)
REGIME = "x-apisecu-fd"
#: The SNGI identifies nobody; the RNCPS knows of no caisse.
INCONNU_DU_SNGI, SANS_RATTACHEMENT = 40409, 40406
PERIODE_TROP_ANCIENNE = 40029
_SANS_CAISSE = frozenset({SANS_RATTACHEMENT, 40412})
_PANNES = frozenset({40000, 40024})
_ERREUR = "SOURCE_ERREUR"


class Caisse(Enum):
    """Who answered, as the header X-APISECU-FD names it."""

    CNAF = "00810011"
    MSA = "00171001"
    RNCPS = "99430000"


class Refus(msgspec.Struct, frozen=True, rename="camel"):
    """The body of every refusal; the first three digits of the code are an HTTP status."""

    error_code: int
    error: str | None = None


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


def _pivot(demande: Demande) -> IdentitePivot:
    choisir(demande.identite, IDENTIFICATIONS)
    return cast("IdentitePivot", demande.identite.pivot)


def _introuvable(code: int, repondant: Caisse | None) -> ErreurDeBloc:
    if code == INCONNU_DU_SNGI:
        return IdentiteNonReconnue()
    if code in _SANS_CAISSE or repondant:
        return DossierAbsent()
    return SourceReponseInvalide(cause=_ERREUR)
