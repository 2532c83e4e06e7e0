"""API-SECU's words: ask for the file of a household, read it into `ParticipationFamilialeEaje` if a child is young."""

from collections.abc import Sequence
from datetime import date

from graph.demande import Demande
from graph.errors import SourceReponseInvalide
from graph.identite import EtatCivil
from graph.participation_familiale_eaje import (
    BaseRessourcesEaje,
    ParametresCalculEaje,
    ParticipationFamilialeEaje,
    PersonneEaje,
)
from graph.scalars import DatePartielle
from providers import _api_secu_foyer as foyer
from providers._api_secu import entetes, personne, refus
from providers._normal import DERIVE, decode, texte
from providers._source import Appel, UpstreamRequest, UpstreamResponse
from providers.cnav_participation_familiale_eaje.messages import Dossier, PersonneNee

CHEMIN = "/prestations/v1/participation_familiale_eaje"
_AGE_LIMITE = 7


def request(demande: Demande, appel: Appel) -> UpstreamRequest:
    """Ask for a household. Raise IdentifiantManquant without a civil status that says where the person was born."""
    return UpstreamRequest("GET", CHEMIN, params=personne(demande), headers=entetes(appel))


def read(reply: UpstreamResponse, demande: Demande, appel: Appel) -> ParticipationFamilialeEaje:
    """Read a household.

    Raises:
        IdentiteNonReconnue: the SNGI identifies nobody, or several persons (it does not tell them apart).
        DossierAbsent: no caisse, or no file at the caisse.
        ParametreRefuseParLaSource: the identity is refused.
        SourceIndisponible: API-SECU could not reach the caisse.
        SourceReponseInvalide: anything that the contract does not say.
    """
    del demande, appel
    if reply.status != 200:  # noqa: PLR2004 - HTTP OK
        raise refus(reply)
    foyer.repondant(reply)
    dossier = decode(reply.body, Dossier)
    return ParticipationFamilialeEaje(
        allocataires=[_personne(allocataire) for allocataire in dossier.allocataires],
        enfants=[_personne(enfant) for enfant in _enfants(dossier)],
        adresse=foyer.lire_adresse(dossier.adresse),
        parametres_calcul=_parametres(dossier),
    )


def eligible(bloc: ParticipationFamilialeEaje, appel: Appel) -> bool:
    """Tell whether a child of the household may be younger than seven: crèches are for no one else."""
    return any(_peut_etre_jeune(enfant.date_naissance, appel.aujourdhui) for enfant in bloc.enfants or ())


def etats_civils(bloc: ParticipationFamilialeEaje) -> Sequence[EtatCivil]:
    """Return those of the allocataires."""
    return foyer.etats_civils(bloc.allocataires)


def _enfants(dossier: Dossier) -> Sequence[PersonneNee]:
    """Return the children. Raise SourceReponseInvalide when they are counted and not listed."""
    # NOTE: a list that disappeared would otherwise tell every family that it is not eligible.
    if dossier.nombre_enfant_a_charge and not dossier.enfants:
        raise SourceReponseInvalide(cause=DERIVE)
    return dossier.enfants or ()


def _personne(lue: PersonneNee) -> PersonneEaje:
    return foyer.lire_personne(lue, PersonneEaje, code_cog_insee_commune_naissance=texte(lue.cog_naissance))


def _parametres(dossier: Dossier) -> ParametresCalculEaje:
    return ParametresCalculEaje(
        nombre_enfants_a_charge=dossier.nombre_enfant_a_charge,
        nombre_enfants_beneficiaires_aeeh=dossier.nombre_beneficiaire_aeeh,
        base_ressources_annuelles=BaseRessourcesEaje(valeur=dossier.montant_ressources, annee_calcul=dossier.annee),
    )


def _peut_etre_jeune(naissance: DatePartielle | None, aujourdhui: date) -> bool:
    """Tell whether a child may be younger than the limit: what is unknown of the date is taken as late as possible."""
    annee, mois, jour = (int(partie) for partie in (naissance or "0000-00-00").split("-"))
    au_plus_tard = (annee or aujourdhui.year, mois or 12, jour or 31)
    return au_plus_tard > (aujourdhui.year - _AGE_LIMITE, aujourdhui.month, aujourdhui.day)
