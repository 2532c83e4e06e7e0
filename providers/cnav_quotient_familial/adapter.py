"""API-SECU's words: ask for the quotient familial of one month, read the answer into `DossierAllocataire`."""

from collections.abc import Sequence

from graph.demande import Demande
from graph.dossier_allocataire import (
    AdresseAllocataire,
    DossierAllocataire,
    PersonneFoyer,
    QuotientFamilial,
    RegimeAllocataire,
)
from graph.errors import SourceReponseInvalide
from graph.identite import EtatCivil
from providers._api_secu import Caisse, caisse, correspond, entetes, personne, refus
from providers._normal import DERIVE, date_partielle, decode, prenoms, sexe, texte
from providers._source import Appel, UpstreamRequest, UpstreamResponse
from providers.cnav_quotient_familial.messages import Adresse, Dossier, Personne

CHEMIN = "/prestations/v1/quotient_familial"
_NAISSANCE_INCONNUE = "0000-00-00"
_REGIMES = {Caisse.CNAF: RegimeAllocataire.CNAF, Caisse.MSA: RegimeAllocataire.MSA}


def request(demande: Demande, appel: Appel) -> UpstreamRequest:
    """Ask for one month. Raise IdentifiantManquant without a civil status that says where the person was born."""
    mois = (("anneeDemandee", str(demande["annee"])), ("moisDemande", f"{demande['mois']:02}"))
    return UpstreamRequest("GET", CHEMIN, params=personne(demande) + mois, headers=entetes(appel))


def read(reply: UpstreamResponse, demande: Demande, appel: Appel) -> DossierAllocataire:
    """Read one month.

    Raises:
        IdentiteNonReconnue: the SNGI identifies nobody, or several persons (it does not tell them apart).
        DossierAbsent: no caisse, or no file at the caisse.
        ParametreRefuseParLaSource: the identity or the month is refused.
        SourceIndisponible: API-SECU could not reach the caisse.
        SourceReponseInvalide: anything that the contract does not say.
    """
    if reply.status != 200:  # noqa: PLR2004 - HTTP OK
        raise refus(reply)
    regime = _regime(reply)
    dossier = decode(reply.body, Dossier)
    return DossierAllocataire(
        quotient_familial=_quotient(dossier, regime, demande, appel),
        allocataires=[_personne(allocataire) for allocataire in dossier.allocataires],
        enfants=[_personne(enfant) for enfant in dossier.enfants or ()],
        adresse=_adresse(dossier.adresse),
    )


def etats_civils(bloc: DossierAllocataire, demande: Demande) -> Sequence[EtatCivil]:
    """Return the allocataire that was asked about: the spouse and the children were not."""
    lus = (
        EtatCivil(
            allocataire.nom_naissance,
            tuple(allocataire.prenoms or ()),
            allocataire.date_naissance or _NAISSANCE_INCONNUE,
        )
        for allocataire in bloc.allocataires or ()
        if allocataire.nom_naissance
    )
    return tuple(etat_civil for etat_civil in lus if correspond(etat_civil, demande))


def _regime(reply: UpstreamResponse) -> RegimeAllocataire:
    repondant = caisse(reply)
    if repondant not in _REGIMES:
        raise SourceReponseInvalide(cause=DERIVE)
    return _REGIMES[repondant]


def _quotient(dossier: Dossier, regime: RegimeAllocataire, demande: Demande, appel: Appel) -> QuotientFamilial:
    valeur = _valeur(dossier.quotient_familial)
    annee_calcul, mois_calcul = dossier.annee, dossier.mois
    if regime is RegimeAllocataire.MSA:
        annee_calcul, mois_calcul = appel.aujourdhui.year, appel.aujourdhui.month
    if valeur is not None and not (annee_calcul and mois_calcul):
        raise SourceReponseInvalide(cause=DERIVE)
    return QuotientFamilial(
        regime=regime,
        valeur=valeur,
        annee=demande["annee"],
        mois=demande["mois"],
        annee_calcul=annee_calcul,
        mois_calcul=mois_calcul,
    )


def _valeur(quotient: int | str | None) -> int | None:
    if isinstance(quotient, str):
        if texte(quotient):
            raise SourceReponseInvalide(cause=DERIVE)
        return None
    return quotient


def _personne(personne: Personne) -> PersonneFoyer:
    return PersonneFoyer(
        nom_naissance=texte(personne.nom_naissance),
        nom_usage=texte(personne.nom_usage),
        prenoms=prenoms(personne.liste_prenoms),
        date_naissance=date_partielle(personne.date_naissance),
        sexe=sexe(personne.genre),
    )


def _adresse(adresse: Adresse) -> AdresseAllocataire:
    return AdresseAllocataire(
        destinataire=texte(adresse.identite),
        complement_information=texte(adresse.complement_information),
        complement_information_geographique=texte(adresse.complement_information_geo),
        numero_libelle_voie=texte(adresse.numero_libelle_voie),
        lieu_dit=texte(adresse.lieu_dit),
        code_postal_ville=texte(adresse.code_postal_ville),
        pays=texte(adresse.pays),
    )
