"""The Sport Data Hub's words: ask for an athlete by PSQS number, read the answer into `StatutSportif`."""

from collections.abc import Sequence

from graph.demande import Demande
from graph.errors import IdentiteNonReconnue, SourceReponseInvalide
from graph.identite import IDENTIFIANT_SPORTIF, EtatCivil, choisir
from graph.statut_sportif import IdentiteSportif, StatutSportif
from providers._normal import DERIVE, decode, jour_ecrit, naissance, prenoms, sexe, texte
from providers._source import Appel, UpstreamRequest, UpstreamResponse
from providers.sdh_statut_sportif.fiches import en_cours, lieux_dates, precedent, statuts_commences
from providers.sdh_statut_sportif.messages import Sportif

IDENTIFICATIONS = (IDENTIFIANT_SPORTIF,)
_INTROUVABLE = 404


def request(demande: Demande, _appel: Appel) -> UpstreamRequest:
    """Ask by PSQS number. Raise IdentifiantManquant."""
    choisir(demande.identite, IDENTIFICATIONS)
    chemin = f"/{demande.identite.identifiant_sportif}"
    return UpstreamRequest("GET", chemin, headers=(("Accept", "application/json"),))


def read(reply: UpstreamResponse, _demande: Demande, appel: Appel) -> StatutSportif:
    """Read an athlete; what is current is what covers today, bounds included.

    Of several current statuses, the last to begin is told; any of them may be the one of high level.

    Raises:
        IdentiteNonReconnue: nobody bears this number.
        SourceReponseInvalide: anything that the contract does not say.
    """
    if reply.status == _INTROUVABLE:
        raise _inconnu(reply.body)
    sportif = decode(reply.body, Sportif)
    lieux = lieux_dates(sportif.fiches_sportif or [])
    commences = statuts_commences(sportif.fiches_hn or [], appel.aujourdhui)
    actuels = [statut for statut in commences if appel.aujourdhui <= statut.fin]
    courant = max(actuels, key=lambda statut: statut[:2], default=None)
    return StatutSportif(
        identite=_identite(sportif),
        est_sportif_de_haut_niveau=any(statut.fiche.haut_niveau for statut in actuels),
        a_ete_sportif_de_haut_niveau=any(statut.fiche.haut_niveau for statut in commences),
        informations_statut=en_cours(courant, lieux) if courant else None,
        informations_statuts_precedents=[precedent(un, lieux) for un in commences if un is not courant],
    )


def etats_civils(bloc: StatutSportif) -> Sequence[EtatCivil]:
    """Return the état civil of the athlete."""
    lue = bloc.identite
    if lue is None:
        return ()
    return (EtatCivil(lue.nom_naissance or "", tuple(lue.prenoms or ()), naissance(lue.date_naissance), lue.nom_usage),)


def _inconnu(corps: bytes) -> IdentiteNonReconnue:
    """Return what a 404 says: empty, or one sentence of JSON, it is the hub's; a gateway's says nothing of anybody."""
    if corps:
        decode(corps, str)
    return IdentiteNonReconnue()


def _identite(sportif: Sportif) -> IdentiteSportif:
    nom = texte(sportif.nom)
    if nom is None:
        raise SourceReponseInvalide(cause=DERIVE)
    return IdentiteSportif(
        nom_naissance=nom,
        nom_usage=texte(sportif.nom_usage),
        prenoms=prenoms(sportif.prenom),
        date_naissance=jour_ecrit(sportif.date_naissance),
        sexe=sexe(sportif.genre),
    )
