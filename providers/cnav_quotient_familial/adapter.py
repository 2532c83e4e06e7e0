"""API-SECU's words: ask for the quotient familial of one month, read the answer into `DossierAllocataire`."""

from collections.abc import Sequence

from graph.demande import Demande
from graph.dossier_allocataire import DossierAllocataire, QuotientFamilial, RegimeAllocataire
from graph.errors import SourceReponseInvalide
from graph.foyer import PersonneFoyer
from graph.identite import EtatCivil
from providers import _api_secu_foyer as foyer
from providers._api_secu import Caisse, entetes, personne, refus
from providers._normal import DERIVE, decode, texte
from providers._source import Appel, UpstreamRequest, UpstreamResponse
from providers.cnav_quotient_familial.messages import Dossier

CHEMIN = "/prestations/v1/quotient_familial"
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
    regime = _REGIMES[foyer.repondant(reply)]
    dossier = decode(reply.body, Dossier)
    return DossierAllocataire(
        quotient_familial=_quotient(dossier, regime, demande, appel),
        allocataires=[foyer.lire_personne(allocataire, PersonneFoyer) for allocataire in dossier.allocataires],
        enfants=[foyer.lire_personne(enfant, PersonneFoyer) for enfant in dossier.enfants or ()],
        adresse=foyer.lire_adresse(dossier.adresse),
    )


def etats_civils(bloc: DossierAllocataire) -> Sequence[EtatCivil]:
    """Return those of the allocataires."""
    return foyer.etats_civils(bloc.allocataires)


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
