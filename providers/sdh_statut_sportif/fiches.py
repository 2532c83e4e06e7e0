"""The lists of an athlete: the statuses already begun, and where the athlete trained while one lasted."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from graph.errors import SourceReponseInvalide
from graph.statut_sportif import (
    CategorieSportive,
    EtablissementSportif,
    FederationSportive,
    PeriodeStatutSportif,
    RegionSportive,
    StatutSportifEnCours,
    StatutSportifPrecedent,
)
from providers._normal import DERIVE, jour_ecrit, texte
from providers.sdh_statut_sportif.messages import Code, FicheHN, FicheSportif


class Statut(NamedTuple):
    """A status and its first and last days, read once."""

    debut: date
    fin: date
    fiche: FicheHN


class Lieu(NamedTuple):
    """A place of training and its days, as far as they are known."""

    debut: date | None
    fin: date | None
    fiche: FicheSportif


def statuts_commences(fiches: Iterable[FicheHN], aujourdhui: date) -> list[Statut]:
    """Return the statuses that have begun, in the order of the source; one to come is not told yet."""
    return [statut for statut in map(_statut, fiches) if statut.debut <= aujourdhui]


def lieux_dates(fiches: Iterable[FicheSportif]) -> list[Lieu]:
    """Return the places of training, the last to begin first."""
    lus = [Lieu(jour_ecrit(fiche.debut), jour_ecrit(fiche.fin), fiche) for fiche in fiches]
    return sorted(lus, key=lambda lieu: lieu.debut or date.min, reverse=True)


def en_cours(statut: Statut, lieux: Sequence[Lieu]) -> StatutSportifEnCours:
    """Return the status of today, with the place that the source says active."""
    lieu = next((lieu.fiche for lieu in lieux if lieu.fiche.active), None)
    return StatutSportifEnCours(
        periode=_periode(statut),
        federation=_federation(statut.fiche),
        etablissement=_etablissement(lieu),
        region=_region(lieu),
        categorie=_categorie(statut.fiche),
        sportif_de_haut_niveau=statut.fiche.haut_niveau,
    )


def precedent(statut: Statut, lieux: Sequence[Lieu]) -> StatutSportifPrecedent:
    """Return a former status, with the place of its own period: REST gave it the place of today."""
    lieu = next((lieu.fiche for lieu in lieux if _couvre(lieu, statut)), None)
    return StatutSportifPrecedent(
        fiche=statut.fiche.fiche,
        periode=_periode(statut),
        federation=_federation(statut.fiche),
        etablissement=_etablissement(lieu),
        region=_region(lieu),
        categorie=_categorie(statut.fiche),
        sportif_de_haut_niveau=statut.fiche.haut_niveau,
    )


def _statut(fiche: FicheHN) -> Statut:
    debut, fin = jour_ecrit(fiche.debut_droits), jour_ecrit(fiche.fin_droits)
    if debut is None or fin is None:
        raise SourceReponseInvalide(cause=DERIVE)
    return Statut(debut, fin, fiche)


def _couvre(lieu: Lieu, statut: Statut) -> bool:
    """Tell whether the athlete trained at a place for as long as a status lasted."""
    return lieu.debut is not None and lieu.debut <= statut.debut and (lieu.fin is None or statut.fin <= lieu.fin)


def _periode(statut: Statut) -> PeriodeStatutSportif:
    return PeriodeStatutSportif(date_debut_statut=statut.debut, date_fin_statut=statut.fin)


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
