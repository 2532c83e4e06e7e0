"""The Sport Data Hub's words: ask for an athlete by PSQS number, read the answer into `StatutSportif`."""

from collections.abc import Iterable, Sequence
from datetime import date

from graph.demande import Demande
from graph.errors import IdentiteNonReconnue, SourceReponseInvalide
from graph.identite import IDENTIFIANT_SPORTIF, EtatCivil, choisir
from graph.statut_sportif import (
    CategorieSportive,
    EtablissementSportif,
    FederationSportive,
    IdentiteSportif,
    PeriodeStatutSportif,
    RegionSportive,
    StatutSportif,
    StatutSportifEnCours,
    StatutSportifPrecedent,
)
from providers._normal import DERIVE, decode, jour_ecrit, prenoms, sexe, texte
from providers._source import Appel, UpstreamRequest, UpstreamResponse
from providers.sdh_statut_sportif.messages import Code, FicheHN, FicheSportif, Sportif

IDENTIFICATIONS = (IDENTIFIANT_SPORTIF,)
_NAISSANCE_INCONNUE = "0000-00-00"
_INTROUVABLE = 404


def request(demande: Demande, _appel: Appel) -> UpstreamRequest:
    """Ask by PSQS number. Raise IdentifiantManquant."""
    choisir(demande.identite, IDENTIFICATIONS)
    chemin = f"/{demande.identite.identifiant_sportif}"
    return UpstreamRequest("GET", chemin, headers=(("Accept", "application/json"),))


def read(reply: UpstreamResponse, _demande: Demande, appel: Appel) -> StatutSportif:
    """Read an athlete; what is current is what covers today, bounds included.

    Raises:
        IdentiteNonReconnue: nobody bears this number.
        SourceReponseInvalide: anything that the contract does not say.
    """
    if reply.status == _INTROUVABLE:
        # A 404 that says something comes from a gateway: it says nothing of the person.
        raise SourceReponseInvalide(cause=DERIVE) if reply.body else IdentiteNonReconnue
    sportif = decode(reply.body, Sportif)
    lieux = sportif.fiches_sportif or []
    commencees = [fiche for fiche in sportif.fiches_hn or [] if _periode(fiche)[0] <= appel.aujourdhui]
    en_cours = [fiche for fiche in commencees if appel.aujourdhui <= _periode(fiche)[1]]
    courante = max(en_cours, key=_periode, default=None)
    return StatutSportif(
        identite=_identite(sportif),
        est_sportif_de_haut_niveau=any(fiche.haut_niveau for fiche in en_cours),
        a_ete_sportif_de_haut_niveau=any(fiche.haut_niveau for fiche in commencees),
        informations_statut=_en_cours(courante, lieux) if courante else None,
        informations_statuts_precedents=[_precedent(une, lieux) for une in commencees if une is not courante],
    )


def etats_civils(bloc: StatutSportif) -> Sequence[EtatCivil]:
    """Return the état civil of the athlete."""
    lue = bloc.identite
    if lue is None:
        return ()
    naissance = lue.date_naissance.isoformat() if lue.date_naissance else _NAISSANCE_INCONNUE
    return (EtatCivil(lue.nom_naissance or "", tuple(lue.prenoms or ()), naissance, lue.nom_usage),)


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


def _en_cours(fiche: FicheHN, lieux: Iterable[FicheSportif]) -> StatutSportifEnCours:
    lieu = _dernier(lieu for lieu in lieux if lieu.active)
    return StatutSportifEnCours(
        periode=_periode_rendue(fiche),
        federation=_federation(fiche),
        etablissement=_etablissement(lieu),
        region=_region(lieu),
        categorie=_categorie(fiche),
        sportif_de_haut_niveau=fiche.haut_niveau,
    )


def _precedent(fiche: FicheHN, lieux: Iterable[FicheSportif]) -> StatutSportifPrecedent:
    lieu = _dernier(lieu for lieu in lieux if _couvre(lieu, fiche))
    return StatutSportifPrecedent(
        fiche=fiche.fiche,
        periode=_periode_rendue(fiche),
        federation=_federation(fiche),
        etablissement=_etablissement(lieu),
        region=_region(lieu),
        categorie=_categorie(fiche),
        sportif_de_haut_niveau=fiche.haut_niveau,
    )


def _periode(fiche: FicheHN) -> tuple[date, date]:
    debut, fin = jour_ecrit(fiche.debut_droits), jour_ecrit(fiche.fin_droits)
    if debut is None or fin is None:
        raise SourceReponseInvalide(cause=DERIVE)
    return debut, fin


def _couvre(lieu: FicheSportif, fiche: FicheHN) -> bool:
    """Tell whether the athlete trained at a place for as long as a status lasted."""
    debut, fin = jour_ecrit(lieu.debut), jour_ecrit(lieu.fin)
    debut_droits, fin_droits = _periode(fiche)
    return debut is not None and debut <= debut_droits and (fin is None or fin_droits <= fin)


def _dernier(lieux: Iterable[FicheSportif]) -> FicheSportif | None:
    return max(lieux, key=lambda lieu: jour_ecrit(lieu.debut) or date.min, default=None)


def _periode_rendue(fiche: FicheHN) -> PeriodeStatutSportif:
    debut, fin = _periode(fiche)
    return PeriodeStatutSportif(date_debut_statut=debut, date_fin_statut=fin)


def _federation(fiche: FicheHN) -> FederationSportive:
    return FederationSportive(
        code_federation=_code(fiche.federation),
        nom_federation=texte(fiche.nom_federation),
        nom_court_federation=texte(fiche.nom_court_federation),
    )


def _categorie(fiche: FicheHN) -> CategorieSportive:
    return CategorieSportive(
        code_categorie=_code(fiche.categorie), nom_categorie=texte(fiche.lib_categorie), valeur=_code(fiche.valeur)
    )


def _etablissement(lieu: FicheSportif | None) -> EtablissementSportif | None:
    code, nom = (_code(lieu.etablissement), texte(lieu.nom_etablissement)) if lieu else (None, None)
    return EtablissementSportif(code_etablissement=code, nom_etablissement=nom) if code or nom else None


def _region(lieu: FicheSportif | None) -> RegionSportive | None:
    code, nom = (_code(lieu.region), texte(lieu.nom_region)) if lieu else (None, None)
    return RegionSportive(code_region=code, nom_region=nom) if code or nom else None


def _code(valeur: Code) -> str | None:
    return None if valeur is None else texte(str(valeur))
