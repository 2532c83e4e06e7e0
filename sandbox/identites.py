"""Identities as written: the JSON of `IdentiteInput`, read from the YAML of the personas and shown to developers."""

from datetime import date
from typing import Any

import msgspec

from graph.enums import Sexe
from graph.identite import Identite, IdentitePivot
from graph.identite_saisie import IdentiteInput, IdentitePivotInput, figer


class PivotEcrit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """`IdentitePivotInput`, without what is unknown: never a null."""

    nom_naissance: str
    prenoms: list[str]
    nom_usage: str | None = None
    annee_date_naissance: int | None = None
    mois_date_naissance: int | None = None
    jour_date_naissance: int | None = None
    sexe_etat_civil: Sexe | None = None
    code_cog_insee_pays_naissance: str | None = None
    code_cog_insee_commune_naissance: str | None = None
    nom_commune_naissance: str | None = None
    code_cog_insee_departement_naissance: str | None = None


class IdentiteEcrite(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """`IdentiteInput`: a persona always has an état civil."""

    identite_pivot: PivotEcrit
    ine: str | None = None
    numero_fiscal: str | None = None
    identifiant_france_travail: str | None = None
    identifiant_sportif: str | None = None


#: The keys of a person besides her état civil.
CLES = tuple(nom for nom in IdentiteEcrite.__struct_fields__ if nom != "identite_pivot")


def figee(ecrite: IdentiteEcrite, aujourdhui: date) -> Identite:
    """Return the validated form of an identity, by the rules that callers follow. Raise ParametreInvalide."""
    pivot = IdentitePivotInput(**msgspec.structs.asdict(ecrite.identite_pivot))
    return figer(IdentiteInput(**{**msgspec.structs.asdict(ecrite), "identite_pivot": pivot}), aujourdhui)


def ecrire(pivot: IdentitePivot, **cles: str | None) -> dict[str, Any]:
    """Return the JSON of `IdentiteInput`, usable as a variable as it is; `cles` are its other keys."""
    json: dict[str, Any] = msgspec.to_builtins(IdentiteEcrite(_pivot_ecrit(pivot), **cles))
    return json


def _pivot_ecrit(pivot: IdentitePivot) -> PivotEcrit:
    return PivotEcrit(
        nom_naissance=pivot.nom_naissance,
        prenoms=list(pivot.prenoms),
        nom_usage=pivot.nom_usage,
        annee_date_naissance=pivot.naissance.annee,
        mois_date_naissance=pivot.naissance.mois,
        jour_date_naissance=pivot.naissance.jour,
        sexe_etat_civil=pivot.sexe,
        code_cog_insee_pays_naissance=pivot.code_pays,
        code_cog_insee_commune_naissance=pivot.code_commune,
        nom_commune_naissance=pivot.nom_commune,
        code_cog_insee_departement_naissance=pivot.code_departement,
    )
