"""The DSNJ's words: ask for one person by her état civil, read the answer into `ServiceNational`."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, cast

import msgspec

from graph.demande import Demande
from graph.enums import Sexe
from graph.errors import (
    DonneeNonFiable,
    ErreurDeBloc,
    IdentiteNonReconnue,
    NonEligible,
    ParametreRefuseParLaSource,
    SourceIndisponible,
    SourceReponseInvalide,
)
from graph.identite import FRANCE, FRANCE_CONNECT, PIVOT_PAYS, EtatCivil, choisir
from graph.identite import IdentitePivot as Pivot
from graph.service_national import ServiceNational, StatutServiceNational
from providers._noms import translitterer
from providers._normal import DERIVE, date_complete, decode, texte
from providers._source import Appel, UpstreamRequest, UpstreamResponse
from providers.dsnj_service_national.messages import (
    IdentitePivot,
    IdentiteRendue,
    NonTrouve,
    Recherche,
    Reponse,
    Resultat,
    Trouve,
)

IDENTIFICATIONS = (FRANCE_CONNECT, PIVOT_PAYS)
CHEMIN = "/api/dln1f"
#: Their firewall lets no other client in.
AGENT = "curl/8.15.0"
GENRES: Mapping[Sexe, Literal["male", "female"]] = {Sexe.M: "male", Sexe.F: "female"}
_AGES = range(16, 26)
_MAJORITE = 18
_HEADERS = (
    ("Accept", "application/json"),
    ("Content-Type", "application/json; charset=utf-8"),
    ("User-Agent", AGENT),
)


def request(demande: Demande, appel: Appel) -> UpstreamRequest:
    """Ask for one person.

    Raises:
        IdentifiantManquant: no état civil, or an incomplete one, even from FranceConnect.
        NonEligible: younger than 16, or older than 25.
    """
    choisir(demande.identite, (PIVOT_PAYS,))
    pivot = cast("Pivot", demande.identite.pivot)
    if _age(pivot, appel.aujourdhui) not in _AGES:
        raise NonEligible
    return UpstreamRequest("POST", CHEMIN, headers=_HEADERS, body=msgspec.json.encode(Recherche([_identite(pivot)])))


def read(reply: UpstreamResponse, _demande: Demande, _appel: Appel) -> ServiceNational:
    """Read the one result.

    Raises:
        IdentiteNonReconnue: no such person.
        ParametreRefuseParLaSource: the form of the identity, all that varies in a request, is refused.
        SourceIndisponible: the application says that it failed.
        SourceReponseInvalide: anything that the contract does not say, a second result included.
    """
    reponse = decode(reply.body, Reponse)
    if reponse.return_code != "OK":
        raise SourceIndisponible(cause="SOURCE_ERREUR")
    if len(reponse.results) != 1:
        raise SourceReponseInvalide(cause=DERIVE)
    resultat = reponse.results[0]
    if not isinstance(resultat, Trouve):
        raise _refus(resultat)
    return ServiceNational(
        statut=StatutServiceNational(resultat.en_regle),
        commentaires=texte(resultat.complement),
        etat_civil=_etat_civil(resultat.identite_pivot),
    )


def etats_civils(bloc: ServiceNational) -> Sequence[EtatCivil]:
    """Return the état civil that the answer repeats."""
    return (bloc.etat_civil,)


def reserves(bloc: ServiceNational, demande: Demande, appel: Appel) -> Mapping[str, ErreurDeBloc]:
    """Hold back a « pas en règle » before 18: a census not yet received looks the same, and so does its comment."""
    mineur = _age(cast("Pivot", demande.identite.pivot), appel.aujourdhui) < _MAJORITE
    if mineur and bloc.statut is StatutServiceNational.PAS_EN_REGLE:
        return {"statut": DonneeNonFiable(), "commentaires": DonneeNonFiable()}
    return {}


def _age(pivot: Pivot, aujourdhui: date) -> int:
    """Return the age in whole years. Who was born on 29 February grows older on 1 March."""
    naissance = date.fromisoformat(str(pivot.naissance))
    return aujourdhui.year - naissance.year - ((aujourdhui.month, aujourdhui.day) < (naissance.month, naissance.day))


def _identite(pivot: Pivot) -> IdentitePivot:
    """Write an identity: every word of a compound given name has its capital, as in Jean-Paul."""
    return IdentitePivot(
        given_name=translitterer(pivot.prenoms[0]).title(),
        family_name=translitterer(pivot.nom_naissance).upper(),
        birthdate=str(pivot.naissance),
        gender=GENRES[cast("Sexe", pivot.sexe)],
        birthplace=pivot.code_commune if pivot.code_pays == FRANCE else None,
        birthcountry=cast("str", pivot.code_pays),
    )


def _refus(resultat: Resultat) -> ErreurDeBloc:
    return IdentiteNonReconnue() if isinstance(resultat, NonTrouve) else ParametreRefuseParLaSource()


def _etat_civil(rendue: IdentiteRendue) -> EtatCivil:
    """Read whom the result is about: without it, nothing would say that it is the person asked."""
    nom, prenom, naissance = texte(rendue.family_name), texte(rendue.given_name), date_complete(rendue.birthdate)
    if nom is None or prenom is None or naissance is None:
        raise SourceReponseInvalide(cause=DERIVE)
    return EtatCivil(nom, (prenom,), naissance.isoformat())
