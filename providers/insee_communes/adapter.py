"""INSEE's words: ask for the communes of a year that bear a name, keep the one of the département."""

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
    voisines = [une for une in lues if une.code.startswith(pivot.code_departement or "")]
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


def _noms(commune: CommuneInsee) -> set[str]:
    return {nom_compare(commune.intitule), nom_compare(commune.intitule_sans_article)}
