"""The CNOUS's words: ask for a student by INE or by état civil, read the answer into `BourseEtudiante`."""

from collections.abc import Mapping, Sequence
from typing import Literal, cast

import msgspec

from graph.bourse_etudiante import BourseEtudiante
from graph.demande import Demande
from graph.enums import Sexe
from graph.errors import (
    ErreurDeBloc,
    IdentiteAmbigue,
    IdentiteIncoherente,
    IdentiteNonReconnue,
    ParametreRefuseParLaSource,
    SourceReponseInvalide,
)
from graph.identite import FRANCE_CONNECT, INE, PIVOT_DATE, DateNaissance, EtatCivil, IdentitePivot, choisir
from providers._normal import DERIVE, decode, naissance, texte
from providers._source import Appel, UpstreamRequest, UpstreamResponse
from providers.cnous_bourse_etudiante.lecture import bourse
from providers.cnous_bourse_etudiante.messages import Boursier, Recherche, RecherchePivot, Refus

IDENTIFICATIONS = (INE, FRANCE_CONNECT, PIVOT_DATE)
CHEMIN = "/v1/boursier"
CHEMIN_ETAT_CIVIL, CHEMIN_FRANCE_CONNECT = f"{CHEMIN}/find", f"{CHEMIN}/donnees-pivots"
CIVILITES: Mapping[Sexe, Literal["M", "F"]] = {Sexe.M: "M", Sexe.F: "F"}
_ACCEPTE = ("Accept", "application/json")


def request(demande: Demande, _appel: Appel) -> UpstreamRequest:
    """Ask by INE, else by état civil. Raise IdentifiantManquant when neither is there.

    FranceConnect's état civil is the body of a GET: so does the CNOUS want it, whatever the use of HTTP is.
    """
    voie, annee = choisir(demande.identite, IDENTIFICATIONS), demande["annee_campagne"]
    if voie is INE:
        params = (("campaignYear", str(annee)),) if annee else ()
        return UpstreamRequest("GET", f"{CHEMIN}/{demande.identite.ine}", params=params, headers=(_ACCEPTE,))
    pivot = cast("IdentitePivot", demande.identite.pivot)
    if voie is FRANCE_CONNECT:
        return _chercher("GET", CHEMIN_FRANCE_CONNECT, _recherche_pivot(pivot, annee))
    return _chercher("POST", CHEMIN_ETAT_CIVIL, _recherche(pivot, annee))


def read(reply: UpstreamResponse, demande: Demande, _appel: Appel) -> BourseEtudiante:
    """Read a grant holder: an object for an INE, an array for an état civil, and either for whoever asked.

    Raises:
        IdentiteNonReconnue: no such student.
        ParametreRefuseParLaSource: the form of the question is refused.
        IdentiteAmbigue: several students answer to this état civil.
        IdentiteIncoherente: the answer bears another INE than the one asked.
        SourceReponseInvalide: anything that the contract does not say, another campaign included.
    """
    if reply.status != 200:  # noqa: PLR2004 - HTTP OK
        raise _refus(reply)
    boursier = _seul(decode(reply.body, Boursier | list[Boursier]))  # type: ignore[arg-type] # a union is a form too
    annee = demande["annee_campagne"]
    if texte(boursier.last_name) is None or (annee and str(boursier.campaign.year) != str(annee)):
        raise SourceReponseInvalide(cause=DERIVE)
    _verifier_ine(boursier, demande)
    return bourse(boursier)


def etats_civils(bloc: BourseEtudiante) -> Sequence[EtatCivil]:
    """Return the état civil of the student."""
    lue = bloc.identite
    if lue is None:
        return ()
    return (EtatCivil(lue.nom or "", tuple(lue.prenoms or ()), naissance(lue.date_naissance)),)


def jour_francais(jour: DateNaissance) -> str:
    """Write a complete date as dd/MM/yyyy."""
    return "/".join(reversed(str(jour).split("-")))


def _chercher(methode: str, chemin: str, recherche: Recherche | RecherchePivot) -> UpstreamRequest:
    headers = (_ACCEPTE, ("Content-Type", "application/json"))
    return UpstreamRequest(methode, chemin, headers=headers, body=msgspec.json.encode(recherche))


def _recherche(pivot: IdentitePivot, annee: int | None) -> Recherche:
    return Recherche(
        last_name=pivot.nom_naissance,
        first_names=", ".join(pivot.prenoms),
        birth_date=jour_francais(pivot.naissance),
        birth_place=pivot.code_commune,
        civility=CIVILITES[pivot.sexe] if pivot.sexe else None,
        campaign_year=annee,
    )


def _recherche_pivot(pivot: IdentitePivot, annee: int | None) -> RecherchePivot:
    return RecherchePivot(
        given_name=", ".join(pivot.prenoms),
        family_name=pivot.nom_naissance,
        birthdate=jour_francais(pivot.naissance),
        gender=CIVILITES[pivot.sexe] if pivot.sexe else None,
        birthplace=pivot.code_commune,
        campaign_year=annee,
    )


def _refus(reply: UpstreamResponse) -> ErreurDeBloc:
    # A refusal that does not repeat its status comes from a gateway: it says nothing of the person.
    if decode(reply.body, Refus).code != reply.status:
        return SourceReponseInvalide(cause="SOURCE_ERREUR")
    return IdentiteNonReconnue() if reply.status == 404 else ParametreRefuseParLaSource()  # noqa: PLR2004 - Not Found


def _seul(lus: Boursier | list[Boursier]) -> Boursier:
    if isinstance(lus, Boursier):
        return lus
    if len(lus) > 1:
        raise IdentiteAmbigue
    if not lus:
        raise SourceReponseInvalide(cause=DERIVE)
    return lus[0]


def _verifier_ine(boursier: Boursier, demande: Demande) -> None:
    voulu, rendu = demande.identite.ine, texte(boursier.ine)
    if voulu and rendu and rendu.upper() != voulu.upper():
        raise IdentiteIncoherente
