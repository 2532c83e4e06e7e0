"""A person as the caller names her, a bundle of keys: the input, its rules, its frozen form, what a source accepts."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NoReturn

import strawberry

from graph.enums import Sexe
from graph.errors import IdentifiantManquant, ParametreInvalide
from graph.scalars import CodeCog, CodePays, Ine, NumeroFiscal

FRANCE = "99100"
_PREMIERE_ANNEE = 1850
_PRENOMS_MAX = 20
_NOM = re.compile(r"[a-zA-ZÀ-ÖØ-öø-ÿÆæŒœŸ' -]{1,80}")
_PAYS = re.compile(r"99\d{3}|92352", re.ASCII)
_COMMUNE = re.compile(r"([013-9]\d|2[AB1-9])\d{3}", re.ASCII)
_DEPARTEMENT = re.compile(r"0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[12346]", re.ASCII)
_NUMERO_FISCAL = re.compile(r"\d{13}", re.ASCII)
_INE = re.compile(r"\d{9}[A-HJK]{2}|\d{10}[A-HJ-NPR-Z]|[0-9A-Z]{10}\d|\d{4}A\d{5}[A-HJ-NPR-Z]", re.ASCII)


@dataclass(frozen=True, slots=True)
class DateNaissance:
    """A birth date whose day, or day and month, or everything, may be unknown (None)."""

    annee: int | None = field(default=None, repr=False)
    mois: int | None = field(default=None, repr=False)
    jour: int | None = field(default=None, repr=False)

    @property
    def complete(self) -> bool:
        """Say whether the day is known."""
        return self.jour is not None

    def __str__(self) -> str:
        """Write the date as YYYY-MM-DD with zeros for the unknown parts."""
        return f"{self.annee or 0:04}-{self.mois or 0:02}-{self.jour or 0:02}"


@dataclass(frozen=True, slots=True)
class IdentitePivot:
    """An état civil, validated: names as typed (trimmed), COG codes, partial birth date."""

    nom_naissance: str = field(repr=False)
    prenoms: tuple[str, ...] = field(repr=False)
    naissance: DateNaissance = field(default=DateNaissance(), repr=False)
    sexe: Sexe | None = field(default=None, repr=False)
    code_pays: str | None = field(default=None, repr=False)
    code_commune: str | None = field(default=None, repr=False)
    nom_commune: str | None = field(default=None, repr=False)
    code_departement: str | None = field(default=None, repr=False)
    nom_usage: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Identite:
    """The bundle of keys of one person. Each source takes the first one it understands."""

    pivot: IdentitePivot | None = field(default=None, repr=False)
    ine: str | None = field(default=None, repr=False)
    numero_fiscal: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Identification:
    """One way for a source to recognise a person: `texte` names it, `possible` tells if the bundle allows it."""

    texte: str
    possible: Callable[[Identite], bool]


def choisir(identite: Identite, acceptees: Sequence[Identification]) -> Identification:
    """Return the first of the source's ways that the bundle allows. Raise IdentifiantManquant naming them all."""
    for identification in acceptees:
        if identification.possible(identite):
            return identification
    raise IdentifiantManquant(tuple(identification.texte for identification in acceptees))


def _naissance_situee(pivot: IdentitePivot) -> bool:
    """Tell whether the place of birth is enough for the SNGI: a country, and in France a commune."""
    if pivot.code_pays != FRANCE:
        return pivot.code_pays is not None
    triplet = pivot.nom_commune and pivot.code_departement and pivot.naissance.annee
    return bool(pivot.code_commune or triplet)


INE = Identification("ine", lambda i: i.ine is not None)
NUMERO_FISCAL = Identification("numeroFiscal", lambda i: i.numero_fiscal is not None)
PIVOT_COMPLET = Identification(
    "identitePivot avec sexeEtatCivil et date de naissance complète",
    lambda i: i.pivot is not None and i.pivot.sexe is not None and i.pivot.naissance.complete,
)
PIVOT_SITUE = Identification(
    "identitePivot avec sexeEtatCivil, codeCogInseePaysNaissance et, pour la France, la commune de naissance",
    lambda i: i.pivot is not None and i.pivot.sexe is not None and _naissance_situee(i.pivot),
)


# --- What the caller writes -------------------------------------------------------------------------------------------


@strawberry.input(description="État civil d'une personne, tel que son acte de naissance le porte.")
class IdentitePivotInput:
    """Names, sex, partial birth date and birth place of a person."""

    nom_naissance: str = strawberry.field(description="Nom de naissance : lettres, espaces, apostrophes et tirets.")
    prenoms: list[str] = strawberry.field(description="Prénoms dans l'ordre de l'état civil ; un au moins.")
    nom_usage: str | None = strawberry.field(default=strawberry.UNSET, description="Nom d'usage, s'il diffère.")
    annee_date_naissance: int | None = strawberry.field(
        default=strawberry.UNSET, description="Année de naissance ; à omettre si elle est inconnue."
    )
    mois_date_naissance: int | None = strawberry.field(
        default=strawberry.UNSET, description="Mois de naissance (1 à 12) ; à omettre s'il est inconnu."
    )
    jour_date_naissance: int | None = strawberry.field(
        default=strawberry.UNSET, description="Jour de naissance (1 à 31) ; à omettre s'il est inconnu."
    )
    sexe_etat_civil: Sexe | None = strawberry.field(default=strawberry.UNSET, description="Sexe à l'état civil.")
    code_cog_insee_pays_naissance: CodePays | None = strawberry.field(
        default=strawberry.UNSET, description="Code COG du pays de naissance (France : 99100)."
    )
    code_cog_insee_commune_naissance: CodeCog | None = strawberry.field(
        default=strawberry.UNSET, description="Code COG de la commune de naissance, si elle est en France."
    )
    nom_commune_naissance: str | None = strawberry.field(
        default=strawberry.UNSET, description="Nom de la commune de naissance, à défaut de son code COG."
    )
    code_cog_insee_departement_naissance: str | None = strawberry.field(
        default=strawberry.UNSET, description="Code du département de naissance, avec le nom de la commune."
    )


@strawberry.input(
    description="Une personne, par une ou plusieurs clés : chaque source prend la première qu'elle comprend."
)
class IdentiteInput:
    """A bundle of keys: give every one you hold."""

    identite_pivot: IdentitePivotInput | None = strawberry.field(
        default=strawberry.UNSET, description="État civil de la personne."
    )
    ine: Ine | None = strawberry.field(default=strawberry.UNSET, description="Identifiant national étudiant.")
    numero_fiscal: NumeroFiscal | None = strawberry.field(
        default=strawberry.UNSET, description="Numéro fiscal du déclarant."
    )


def figer(saisie: IdentiteInput, aujourdhui: date) -> Identite:
    """Return the validated, frozen form of an input. Raise ParametreInvalide, which never echoes a value."""
    pivot = _figer_pivot(saisie.identite_pivot, aujourdhui) if saisie.identite_pivot else None
    identite = Identite(
        pivot=pivot,
        ine=_conforme(saisie.ine, _INE, "ine", "11 caractères au format RNIE, BEA, base 36 ou SIFA"),
        numero_fiscal=_conforme(saisie.numero_fiscal, _NUMERO_FISCAL, "numeroFiscal", "13 chiffres"),
    )
    if identite == Identite():
        _refuser("identite", "donnez au moins une clé, par exemple identitePivot")
    return identite


def _figer_pivot(saisie: IdentitePivotInput, aujourdhui: date) -> IdentitePivot:
    prefixe = "identitePivot"
    if not 1 <= len(saisie.prenoms) <= _PRENOMS_MAX:
        _refuser(f"{prefixe}.prenoms", f"un prénom au moins, {_PRENOMS_MAX} au plus")
    return IdentitePivot(
        nom_naissance=_nom(saisie.nom_naissance, f"{prefixe}.nomNaissance"),
        prenoms=tuple(_nom(prenom, f"{prefixe}.prenoms") for prenom in saisie.prenoms),
        nom_usage=_nom(saisie.nom_usage, f"{prefixe}.nomUsage") if saisie.nom_usage else None,
        naissance=_naissance(saisie, aujourdhui),
        sexe=saisie.sexe_etat_civil or None,
        code_pays=_conforme(
            saisie.code_cog_insee_pays_naissance,
            _PAYS,
            f"{prefixe}.codeCogInseePaysNaissance",
            "5 chiffres commençant par 99",
        ),
        code_commune=_conforme(
            saisie.code_cog_insee_commune_naissance,
            _COMMUNE,
            f"{prefixe}.codeCogInseeCommuneNaissance",
            "5 caractères du code officiel géographique",
        ),
        nom_commune=(
            _nom(saisie.nom_commune_naissance, f"{prefixe}.nomCommuneNaissance")
            if saisie.nom_commune_naissance
            else None
        ),
        code_departement=_conforme(
            saisie.code_cog_insee_departement_naissance,
            _DEPARTEMENT,
            f"{prefixe}.codeCogInseeDepartementNaissance",
            "2 ou 3 caractères, par exemple 13, 2A ou 974",
        ),
    )


def _naissance(saisie: IdentitePivotInput, aujourdhui: date) -> DateNaissance:
    """Check a birth date whose unknown parts are the last ones, real in the calendar and not in the future."""
    chemin = "identitePivot.anneeDateNaissance"
    annee = _entier(saisie.annee_date_naissance)
    mois = _entier(saisie.mois_date_naissance)
    jour = _entier(saisie.jour_date_naissance)
    if (jour is not None and mois is None) or (mois is not None and annee is None):
        _refuser(chemin, "un jour se donne avec son mois, et un mois avec son année")
    if annee is None:
        return DateNaissance()
    if not _PREMIERE_ANNEE <= annee <= aujourdhui.year:
        _refuser(chemin, f"année comprise entre {_PREMIERE_ANNEE} et l'année en cours")
    try:
        debut = date(annee, 1 if mois is None else mois, 1 if jour is None else jour)
    except ValueError:
        _refuser(chemin, "la date de naissance n'existe pas dans le calendrier")
    if debut > aujourdhui:
        _refuser(chemin, "la date de naissance est dans le futur")
    return DateNaissance(annee, mois, jour)


def _entier(valeur: int | None) -> int | None:
    return None if valeur is strawberry.UNSET else valeur


def _nom(valeur: str, chemin: str) -> str:
    nom = " ".join(valeur.split())
    if not _NOM.fullmatch(nom):
        _refuser(chemin, "lettres, espaces, apostrophes et tirets, 80 caractères au plus")
    return nom


def _conforme(valeur: str | None, motif: re.Pattern[str], chemin: str, regle: str) -> str | None:
    if not valeur and valeur != "":
        return None
    normal = valeur.strip().upper()
    if not motif.fullmatch(normal):
        _refuser(chemin, regle)
    return normal


def _refuser(chemin: str, regle: str) -> NoReturn:
    raise ParametreInvalide(f"{chemin} : {regle}.")


@dataclass(frozen=True, slots=True)
class EtatCivil:
    """The état civil that a key or an answer carries; the audit derives a pseudonym from it, nothing else."""

    nom_naissance: str = field(repr=False)
    prenoms: tuple[str, ...] = field(repr=False)
    naissance: str = field(repr=False)
    """YYYY-MM-DD, zeros for unknown parts."""
