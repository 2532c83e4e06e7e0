"""The MESRI's words: ask for a student by INE or by état civil, read the answer into `StatutEtudiant`."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, cast

import msgspec

from graph.demande import Demande
from graph.enums import Sexe
from graph.errors import DossierAbsent, ErreurDeBloc, IdentiteIncoherente, IdentiteNonReconnue, SourceReponseInvalide
from graph.identite import FRANCE_CONNECT, INE, PIVOT_COMPLET, EtatCivil, IdentitePivot, choisir
from graph.statut_etudiant import (
    Admission,
    CodeRegimeFormation,
    EtablissementEtudes,
    IdentiteEtudiant,
    RegimeFormation,
    StatutEtudiant,
)
from providers._normal import DERIVE, decode, jour_ecrit, naissance, texte
from providers._source import Appel, UpstreamRequest, UpstreamResponse
from providers.mesri_statut_etudiant.messages import Etablissement, Etudiant, Inscription, Recherche, Refus

IDENTIFICATIONS = (INE, FRANCE_CONNECT, PIVOT_COMPLET)
CHEMIN = "/api/etudiant"
CLE = "X-API-Key"
ETUDIANT_INTROUVABLE, INSCRIPTION_INTROUVABLE = "étudiant introuvable", "inscription introuvable"
SEXES: Mapping[Sexe, Literal["1", "2"]] = {Sexe.M: "1", Sexe.F: "2"}
_REGIMES = {str(code.value): code for code in CodeRegimeFormation}


def request(demande: Demande, appel: Appel) -> UpstreamRequest:
    """Ask by INE, else by état civil. Raise IdentifiantManquant when neither is there."""
    headers = (
        ("Accept", "application/json"),
        ("Content-Type", "application/json"),
        ("X-Caller", f"DINUM - {appel.appelant}"),
    )
    if choisir(demande.identite, IDENTIFICATIONS) is INE:
        params = (("INE", cast("str", demande.identite.ine)),)
        return UpstreamRequest("GET", CHEMIN, params=params, headers=headers)
    recherche = _recherche(cast("IdentitePivot", demande.identite.pivot))
    return UpstreamRequest("POST", CHEMIN, headers=headers, body=msgspec.json.encode(recherche))


def reglage_cle(call: UpstreamRequest) -> str:
    """Return the setting that holds the key of a request: the ministry gives one per way of asking."""
    return "api_key_ine" if call.method == "GET" else "api_key_identite"


def read(reply: UpstreamResponse, demande: Demande, _appel: Appel) -> StatutEtudiant:
    """Read a student.

    Raises:
        IdentiteNonReconnue: no such student.
        DossierAbsent: the student has no enrolment.
        IdentiteIncoherente: the answer bears another INE than the one asked.
        SourceReponseInvalide: anything that the contract does not say.
    """
    if reply.status != 200:  # noqa: PLR2004 - HTTP OK
        raise _refus(reply)
    etudiant = decode(reply.body, Etudiant)
    nom = texte(etudiant.nom_famille)
    if nom is None:
        raise SourceReponseInvalide(cause=DERIVE)
    _verifier_ine(etudiant, demande)
    return StatutEtudiant(
        admissions=[_admission(inscription) for inscription in etudiant.inscriptions],
        identite=IdentiteEtudiant(
            nom_naissance=nom, prenom=texte(etudiant.prenom), date_naissance=jour_ecrit(etudiant.date_naissance)
        ),
    )


def etats_civils(bloc: StatutEtudiant) -> Sequence[EtatCivil]:
    """Return the état civil of the student."""
    lue = bloc.identite
    if lue is None:
        return ()
    prenoms = (lue.prenom,) if lue.prenom else ()
    return (EtatCivil(lue.nom_naissance or "", prenoms, naissance(lue.date_naissance)),)


def _recherche(pivot: IdentitePivot) -> Recherche:
    return Recherche(
        nom_famille=pivot.nom_naissance,
        prenom1=pivot.prenoms[0],
        date_naissance=date.fromisoformat(str(pivot.naissance)),
        sexe=SEXES[cast("Sexe", pivot.sexe)],
        lieu_naissance=pivot.code_commune,
    )


def _refus(reply: UpstreamResponse) -> ErreurDeBloc:
    message = decode(reply.body, Refus).message
    if message == ETUDIANT_INTROUVABLE:
        return IdentiteNonReconnue()
    if message == INSCRIPTION_INTROUVABLE:
        return DossierAbsent()
    return SourceReponseInvalide(cause="SOURCE_ERREUR")


def _verifier_ine(etudiant: Etudiant, demande: Demande) -> None:
    voulu, rendu = demande.identite.ine, texte(etudiant.ine)
    if voulu and rendu and rendu.upper() != voulu.upper():
        raise IdentiteIncoherente


def _admission(inscription: Inscription) -> Admission:
    return Admission(
        date_debut=jour_ecrit(inscription.date_debut_inscription),
        date_fin=jour_ecrit(inscription.date_fin_inscription),
        est_inscrit=inscription.statut == "inscrit",
        regime_formation=_regime(inscription.regime),
        code_cog_insee_commune=texte(inscription.code_commune),
        etablissement_etudes=_etablissement(inscription.etablissement),
    )


def _regime(libelle: str | None) -> RegimeFormation | None:
    lu = texte(libelle)
    return RegimeFormation(libelle=lu, code=_REGIMES.get(lu)) if lu else None


def _etablissement(etablissement: Etablissement | None) -> EtablissementEtudes | None:
    if etablissement is None:
        return None
    return EtablissementEtudes(uai=texte(etablissement.uai), nom=texte(etablissement.nom_etablissement))
