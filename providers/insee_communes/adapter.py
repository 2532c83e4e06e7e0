"""INSEE's words: ask for the communes of a year that bear a name, keep the one of the département."""

from collections.abc import Mapping
from typing import cast

from graph.commune import Commune
from graph.demande import Demande
from graph.errors import IdentiteAmbigue, ParametreRefuseParLaSource
from graph.identite import COMMUNE_NOMMEE, IdentitePivot, choisir
from providers._noms import nom_compare
from providers._normal import decode
from providers._source import Appel, UpstreamRequest, UpstreamResponse
from providers.insee_communes.messages import CommuneInsee

IDENTIFICATIONS = (COMMUNE_NOMMEE,)
CHEMIN = "/geo/communes"
#: First year of the départements made of others, and those: INSEE codes a commune as of the birth (Nanterre was 75050),
#: when callers name its département of today.
_ANCIENS: Mapping[str, tuple[int, tuple[str, ...]]] = {
    **dict.fromkeys(("91", "95"), (1968, ("78",))),
    **dict.fromkeys(("92", "93", "94"), (1968, ("75", "78"))),
    **dict.fromkeys(("2A", "2B"), (1976, ("20",))),
}
_CORSE = "20"


def request(demande: Demande, _appel: Appel) -> UpstreamRequest:
    """Ask for the communes of the year of birth. Raise IdentifiantManquant without a name, a département and a year."""
    pivot = _pivot(demande)
    params = (
        ("date", f"{pivot.naissance.annee:04}-01-01"),
        ("filtreNom", pivot.nom_commune or ""),
        ("com", "false"),
    )
    return UpstreamRequest("GET", CHEMIN, params=params, headers=(("Accept", "application/json"),))


def read(reply: UpstreamResponse, demande: Demande, _appel: Appel) -> Commune:
    """Read the one commune of the département that bears the name, exactly or else as a part of its own.

    Raises:
        ParametreRefuseParLaSource: no such commune in this département, that year.
        IdentiteAmbigue: several.
        SourceReponseInvalide: anything that the contract does not say.
    """
    pivot = _pivot(demande)
    lues = decode(reply.body, list[CommuneInsee]) if reply.status == 200 else []  # noqa: PLR2004 - HTTP OK
    voisines = [une for une in lues if une.code.startswith(_debuts(pivot))]
    exactes = [une for une in voisines if nom_compare(pivot.nom_commune or "") in _noms(une)]
    codes = {une.code for une in exactes or voisines}
    if not codes:
        raise ParametreRefuseParLaSource
    if len(codes) > 1:
        raise IdentiteAmbigue
    return Commune(codes.pop())


def _pivot(demande: Demande) -> IdentitePivot:
    choisir(demande.identite, IDENTIFICATIONS)
    return cast("IdentitePivot", demande.identite.pivot)


def _debuts(pivot: IdentitePivot) -> tuple[str, ...]:
    """Return how the codes of a département began in the year of birth."""
    departement = pivot.code_departement or ""
    if departement == _CORSE:
        return (_CORSE, "2A", "2B")
    premiere, anciens = _ANCIENS.get(departement, (0, ()))
    return (departement, *anciens) if (pivot.naissance.annee or 0) < premiere else (departement,)


def _noms(commune: CommuneInsee) -> set[str]:
    return {nom_compare(commune.intitule), nom_compare(commune.intitule_sans_article)}
