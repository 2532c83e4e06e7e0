"""Who, of those of a registration, is the person asked about: same name at birth, and a given name in common."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from graph.identite import EtatCivil, IdentitePivot
from providers._concordance import comparer
from providers._noms import nom_compare
from providers._normal import NAISSANCE_INCONNUE, date_partielle, texte
from providers.ants_vehicule.messages import IdentitePersonne, Personne
from providers.ants_vehicule.tables import STATUTS

#: Since 2009. Those before come from the former file (FNI), where the name holds the given names.
_PLAQUE_SIV = re.compile(r"[A-Z]{2}-\d{3}-[A-Z]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Retenue:
    """The person retained, and her names once told apart."""

    personne: Personne = field(repr=False)
    nom: str = field(repr=False)
    prenoms: tuple[str, ...] = field(repr=False)
    etat_civil: EtatCivil = field(repr=False)


def plaque_siv(plaque: str) -> bool:
    """Tell whether a plate is of the series of the SIV, not of the former file."""
    return _PLAQUE_SIV.fullmatch(plaque) is not None


def retenir(personnes: Iterable[Personne], pivot: IdentitePivot, plaque: str) -> Retenue | None:
    """Return the person asked about; None when nobody is hers.

    Namesakes who hold a vehicle together, as father and son, are told apart by the birth date.
    """
    retenues = [retenue for une in personnes if (retenue := _reconnaitre(une, pivot, plaque))]
    return min(retenues, key=lambda retenue: comparer(pivot, retenue.etat_civil).date_naissance is False, default=None)


def _reconnaitre(personne: Personne, pivot: IdentitePivot, plaque: str) -> Retenue | None:
    identite = personne.identite_personne
    if identite.flag_pers_physique != "oui" or personne.code_type_personne not in STATUTS:
        return None
    nom, prenoms = _noms(identite, pivot, plaque)
    if nom_compare(nom) != nom_compare(pivot.nom_naissance) or not _en_commun(pivot.prenoms, prenoms):
        return None
    etat_civil = EtatCivil(
        nom_naissance=nom,
        prenoms=prenoms,
        naissance=date_partielle(identite.date_naissance) or NAISSANCE_INCONNUE,
        nom_usage=texte(identite.nom_usage),
    )
    return Retenue(personne, nom, prenoms, _comparable(etat_civil, pivot))


def _noms(identite: IdentitePersonne, pivot: IdentitePivot, plaque: str) -> tuple[str, tuple[str, ...]]:
    """Tell the name from the given names, which the former file wrote after it."""
    nom, prenom = texte(identite.nom_naiss) or "", texte(identite.prenom)
    if prenom or plaque_siv(plaque):
        return nom, tuple(re.split(r"[\s,]+", prenom)) if prenom else ()
    voulu, lu = nom_compare(pivot.nom_naissance), nom_compare(nom)
    if voulu and lu.startswith(f"{voulu} "):
        return voulu, tuple(lu.removeprefix(voulu).split())
    return nom, ()


def _en_commun(voulus: Iterable[str], lus: Iterable[str]) -> bool:
    ecrits = f" {nom_compare(' '.join(lus))} "
    return any(voulu in ecrits for nom in voulus if (voulu := f" {nom_compare(nom)} ").strip())


def _comparable(etat_civil: EtatCivil, pivot: IdentitePivot) -> EtatCivil:
    """Leave the given names out when they begin with another than the first: the SIV keeps the usual one."""
    return etat_civil if comparer(pivot, etat_civil).prenoms else replace(etat_civil, prenoms=())
