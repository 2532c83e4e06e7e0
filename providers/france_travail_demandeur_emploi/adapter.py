"""France Travail's words: ask for a person by identifier, read the answer into `DemandeurEmploi`."""

import re
from collections.abc import Sequence

from graph.demande import Demande
from graph.demandeur_emploi import (
    AdresseDemandeurEmploi,
    CategorieInscription,
    Civilite,
    CodeCertificationCnav,
    ContactDemandeurEmploi,
    DemandeurEmploi,
    IdentiteDemandeurEmploi,
    InscriptionDemandeurEmploi,
)
from graph.errors import DossierAbsent, SourceReponseInvalide
from graph.identite import EtatCivil
from providers._france_travail import entetes, identifiant, refuser
from providers._normal import DERIVE, code, decode, jour_ecrit, naissance, sexe, texte
from providers._source import Appel, UpstreamRequest, UpstreamResponse
from providers.france_travail_demandeur_emploi.messages import Adresse, Individu

CHEMIN = "/partenaire/statutaugmente/v1/statutAugmente"
PRENOM_MAX = 13
_OK, _SANS_INSCRIPTION = 200, 206
#: Five are documented; 6 to 8 exist, and may come one day.
_CATEGORIE = re.compile("[1-9]")


def request(demande: Demande, appel: Appel) -> UpstreamRequest:
    """Ask by identifier: the body is the identifier itself, which is no JSON. Raise IdentifiantManquant."""
    return UpstreamRequest("POST", CHEMIN, headers=entetes(appel), body=identifiant(demande).encode())


def read(reply: UpstreamResponse, demande: Demande, _appel: Appel) -> DemandeurEmploi:
    """Read a job seeker.

    Raises:
        IdentiteNonReconnue: nobody bears this identifier.
        DossierAbsent: the person is known, and was never registered.
        SourceDelaiDepasse: France Travail did not answer itself in time.
        SourceIndisponible: France Travail failed.
        SourceReponseInvalide: anything that the contract does not say.
    """
    if reply.status == _SANS_INSCRIPTION:
        raise DossierAbsent
    if reply.status != _OK:
        raise refuser(reply)
    individu = decode(reply.body, Individu)
    return DemandeurEmploi(
        identifiant=identifiant(demande),
        identite=_identite(individu),
        contact=ContactDemandeurEmploi(
            telephone=texte(individu.telephone), telephone2=texte(individu.telephone2), email=texte(individu.email)
        ),
        adresse=_adresse(individu.adresse),
        inscription=_inscription(individu),
    )


def etats_civils(bloc: DemandeurEmploi) -> Sequence[EtatCivil]:
    """Return the état civil of the job seeker: the identifier is declared by the person, and proves nothing."""
    lue = bloc.identite
    if lue is None:
        return ()
    return (
        EtatCivil(
            nom_naissance=lue.nom_naissance or "",
            prenoms=(lue.prenom,) if lue.prenom else (),
            naissance=naissance(lue.date_naissance),
            nom_usage=lue.nom_usage,
            prenom_max=PRENOM_MAX,
        ),
    )


def _identite(individu: Individu) -> IdentiteDemandeurEmploi:
    nom = texte(individu.nom)
    if nom is None:
        raise SourceReponseInvalide(cause=DERIVE)
    return IdentiteDemandeurEmploi(
        civilite=code(individu.civilite, Civilite),
        nom_naissance=nom,
        nom_usage=texte(individu.nom_usage),
        prenom=texte(individu.prenom),
        sexe=sexe(individu.sexe),
        date_naissance=jour_ecrit(individu.date_naissance),
    )


def _adresse(adresse: Adresse) -> AdresseDemandeurEmploi:
    return AdresseDemandeurEmploi(
        code_postal=texte(adresse.code_postal),
        code_cog_insee_commune=texte(adresse.insee_commune),
        localite=texte(adresse.localite),
        ligne_voie=texte(adresse.ligne_voie),
        ligne_complement_destinataire=texte(adresse.ligne_complement_destinataire),
        ligne_complement_adresse=texte(adresse.ligne_complement_adresse),
        ligne_complement_distribution=texte(adresse.ligne_complement_distribution),
        ligne_nom=texte(adresse.ligne_nom),
    )


def _inscription(individu: Individu) -> InscriptionDemandeurEmploi:
    categorie = texte(individu.categorie_inscription)
    if categorie is None or not _CATEGORIE.fullmatch(categorie):
        raise SourceReponseInvalide(cause=DERIVE)
    return InscriptionDemandeurEmploi(
        date_debut=jour_ecrit(individu.date_inscription),
        date_fin=jour_ecrit(individu.date_cessation_inscription),
        categorie=CategorieInscription(code=int(categorie), libelle=texte(individu.libelle_categorie_inscription)),
        code_certification_cnav=code(individu.code_certification_cnav, CodeCertificationCnav),
    )
