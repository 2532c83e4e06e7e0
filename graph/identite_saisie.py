"""A person as the caller writes her: the input, and the rules that freeze it. A refusal names the path and the rule."""

import re
from datetime import date
from typing import NoReturn

import strawberry

from graph._declaration import muet
from graph.enums import Sexe
from graph.errors import ParametreInvalide
from graph.identite import DateNaissance, Identite, IdentitePivot
from graph.scalars import CodeCog, CodePays, IdentifiantFranceTravail, IdentifiantSportif, Ine, NumeroFiscal

_PREMIERE_ANNEE = 1850
_PRENOMS_MAX = 20
#: A letter at least: a source's answer could not be compared with a name of signs.
_NOM = re.compile(r"(?=[' -]*[^' -])[a-zA-ZÀ-ÖØ-öø-ÿÆæŒœŸ' -]{1,80}")
_PAYS = re.compile(r"99\d{3}|92352", re.ASCII)
_COMMUNE = re.compile(r"([013-9]\d|2[AB1-9])\d{3}", re.ASCII)
_DEPARTEMENT = re.compile(r"0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[12346]", re.ASCII)
_NUMERO_FISCAL = re.compile(r"\d{13}", re.ASCII)
#: Chosen by the person, who may use any printable ASCII sign: France Travail publishes no other rule.
_IDENTIFIANT_FRANCE_TRAVAIL = re.compile(r"[!-~]{1,100}")
_IDENTIFIANT_SPORTIF = re.compile(r"\d{1,20}", re.ASCII)
_INE = re.compile(r"\d{9}[A-HJK]{2}|\d{10}[A-HJ-NPR-Z]|[0-9A-Z]{10}\d|\d{4}A\d{5}[A-HJ-NPR-Z]", re.ASCII)


@strawberry.input(description="État civil d'une personne, tel que son acte de naissance le porte.")
@muet
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
@muet
class IdentiteInput:
    """A bundle of keys: give every one you hold."""

    identite_pivot: IdentitePivotInput | None = strawberry.field(
        default=strawberry.UNSET, description="État civil de la personne."
    )
    ine: Ine | None = strawberry.field(default=strawberry.UNSET, description="Identifiant national étudiant.")
    numero_fiscal: NumeroFiscal | None = strawberry.field(
        default=strawberry.UNSET, description="Numéro fiscal du déclarant."
    )
    identifiant_france_travail: IdentifiantFranceTravail | None = strawberry.field(
        default=strawberry.UNSET, description="Identifiant que la personne s'est choisi sur francetravail.fr."
    )
    identifiant_sportif: IdentifiantSportif | None = strawberry.field(
        default=strawberry.UNSET, description="Numéro PSQS du portail de suivi quotidien du sportif."
    )


def figer(saisie: IdentiteInput, aujourdhui: date) -> Identite:
    """Return the validated, frozen form of an input. Raise ParametreInvalide, which never echoes a value."""
    pivot = _figer_pivot(saisie.identite_pivot, aujourdhui) if saisie.identite_pivot else None
    identite = Identite(
        pivot=pivot,
        ine=figer_ine(saisie.ine),
        numero_fiscal=_conforme(saisie.numero_fiscal, _NUMERO_FISCAL, "numeroFiscal", "13 chiffres"),
        identifiant_france_travail=_tel_quel(
            saisie.identifiant_france_travail,
            _IDENTIFIANT_FRANCE_TRAVAIL,
            "identifiantFranceTravail",
            "de 1 à 100 signes, sans espace",
        ),
        identifiant_sportif=_tel_quel(
            saisie.identifiant_sportif, _IDENTIFIANT_SPORTIF, "identifiantSportif", "de 1 à 20 chiffres"
        ),
    )
    if identite == Identite():
        _refuser("identite", "donnez au moins une clé, par exemple identitePivot")
    return identite


def figer_ine(saisie: Ine | None) -> str | None:
    """Return a validated INE; None when it was not given. Raise ParametreInvalide, which never echoes it."""
    return _conforme(saisie, _INE, "ine", "11 caractères au format RNIE, BEA, base 36 ou SIFA")


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
    """Return a code in capitals; None when it was not given."""
    return _tel_quel(valeur.upper() if isinstance(valeur, str) else None, motif, chemin, regle)


def _tel_quel(valeur: str | None, motif: re.Pattern[str], chemin: str, regle: str) -> str | None:
    """Return an identifier as written, save the spaces around; None when it was not given."""
    if not isinstance(valeur, str):
        return None
    normal = valeur.strip()
    if not motif.fullmatch(normal):
        _refuser(chemin, regle)
    return normal


def _refuser(chemin: str, regle: str) -> NoReturn:
    raise ParametreInvalide(f"{chemin} : {regle}.")
