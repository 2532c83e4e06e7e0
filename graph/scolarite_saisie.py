"""Where to look for a pupil, as the caller writes it: the input, and the rule that freezes it with the school year."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any, NoReturn

import strawberry

from graph._declaration import muet
from graph.circonstances import Circonstances
from graph.errors import ParametreInvalide
from graph.scalars import CodeUai

#: The ministry answers on the year in progress, the four before it, and the next one, entered from June on.
_ANNEES_PASSEES, _ANNEES_FUTURES = 4, 1
_RENTREE = 9
_CODES_MAX = 20
_ANNEE = re.compile(r"(\d{4})(?:-(\d{4}))?", re.ASCII)
_UAI = re.compile(r"\d{7}[A-Z]", re.ASCII)
#: Codes of the BCN, the ministry's own: those of the départements have three characters, and the regions another order.
_DEPARTEMENTS = frozenset(
    {f"{numero:03}" for numero in (*range(1, 96), *range(971, 979), *range(986, 989))} | {"02A", "02B"}
)
_REGIONS = frozenset(f"{numero:02}" for numero in range(1, 19))
ANNEE_SCOLAIRE = strawberry.argument(
    description="Année scolaire : celle de la rentrée (2025), ou les deux (2025-2026) ; de N-4 à N+1."
)
PERIMETRE = strawberry.argument(description="Où chercher l'élève.")


@strawberry.enum(description="Degré d'enseignement d'un établissement.")
class DegreEtablissement(Enum):
    """Degrees of schools, as the ministry writes them."""

    PREMIER_DEGRE = strawberry.enum_value("1D", description="Premier degré : écoles maternelles et élémentaires.")
    SECOND_DEGRE = strawberry.enum_value("2D", description="Second degré : collèges et lycées.")


@strawberry.input(
    description=(
        "Où chercher un élève : dans un établissement, ou bien dans les établissements d'un degré de certains "
        "départements ou de certaines régions."
    )
)
@muet
class PerimetreScolariteInput:
    """A school, or else a degree and a territory."""

    code_etablissement: CodeUai | None = strawberry.field(
        default=strawberry.UNSET, description="Code UAI de l'établissement ; exclut les autres champs."
    )
    degre_etablissement: DegreEtablissement | None = strawberry.field(
        default=strawberry.UNSET, description="Degré de l'établissement, avec des départements ou des régions."
    )
    codes_bcn_departements: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Codes BCN de 1 à 20 départements, par exemple 013, 02A ou 974."
    )
    codes_bcn_regions: list[str] | None = strawberry.field(
        default=strawberry.UNSET,
        description="Codes BCN de 1 à 20 régions (01 à 18), qui ne sont pas ceux de l'INSEE.",
    )


@dataclass(frozen=True, slots=True)
class Perimetre:
    """The frozen form of `PerimetreScolariteInput`: a school, or else a degree and either list of codes."""

    code_etablissement: str | None = field(default=None, repr=False)
    degre: DegreEtablissement | None = field(default=None, repr=False)
    departements: tuple[str, ...] = field(default=(), repr=False)
    regions: tuple[str, ...] = field(default=(), repr=False)


def inscription(
    circonstances: Circonstances, annee_scolaire: str, perimetre: PerimetreScolariteInput
) -> Mapping[str, Any]:
    """Resolve the school year into the year of its beginning, and freeze the perimeter."""
    return {
        "annee_scolaire": _annee(annee_scolaire, circonstances.aujourdhui),
        "perimetre": _perimetre(perimetre),
    }


def _annee(ecrite: str, aujourdhui: date) -> int:
    trouvee = _ANNEE.fullmatch(ecrite.strip())
    if trouvee is None or (trouvee[2] and int(trouvee[2]) != int(trouvee[1]) + 1):
        _refuser("anneeScolaire", "une année, par exemple 2025, ou deux qui se suivent, par exemple 2025-2026")
    annee, en_cours = int(trouvee[1]), aujourdhui.year if aujourdhui.month >= _RENTREE else aujourdhui.year - 1
    if not en_cours - _ANNEES_PASSEES <= annee <= en_cours + _ANNEES_FUTURES:
        _refuser("anneeScolaire", "l'année scolaire en cours, l'une des quatre précédentes ou la suivante")
    return annee


def _perimetre(saisie: PerimetreScolariteInput) -> Perimetre:
    if isinstance(saisie.code_etablissement, str):
        if _territoire(saisie) or saisie.degre_etablissement:
            _refuser("perimetre", "codeEtablissement exclut degreEtablissement et les codes BCN")
        return Perimetre(code_etablissement=_uai(saisie.code_etablissement))
    if not saisie.degre_etablissement or len(_territoire(saisie)) != 1:
        regle = "soit codeEtablissement, soit degreEtablissement avec codesBcnDepartements ou codesBcnRegions"
        _refuser("perimetre", regle)
    return Perimetre(
        degre=saisie.degre_etablissement,
        departements=_codes(
            saisie.codes_bcn_departements, _DEPARTEMENTS, "codesBcnDepartements", "par exemple 013, 02A ou 974"
        ),
        regions=_codes(
            saisie.codes_bcn_regions, _REGIONS, "codesBcnRegions", "de 01 à 18, qui ne sont pas ceux de l'INSEE"
        ),
    )


def _territoire(saisie: PerimetreScolariteInput) -> list[list[str]]:
    """Return the lists of codes that were given, be they empty."""
    return [codes for codes in (saisie.codes_bcn_departements, saisie.codes_bcn_regions) if isinstance(codes, list)]


def _uai(ecrit: str) -> str:
    uai = ecrit.strip().upper()
    if not _UAI.fullmatch(uai):
        _refuser("perimetre.codeEtablissement", "7 chiffres et une lettre, par exemple 0132733A")
    return uai


def _codes(ecrits: Iterable[str] | None, connus: frozenset[str], champ: str, forme: str) -> tuple[str, ...]:
    """Return codes in capitals, each once and sorted: the same question is asked once."""
    if not isinstance(ecrits, list):
        return ()
    codes = {ecrit.strip().upper() for ecrit in ecrits}
    if not 1 <= len(ecrits) <= _CODES_MAX or not codes <= connus:
        _refuser(f"perimetre.{champ}", f"de 1 à {_CODES_MAX} codes de la BCN, {forme}")
    return tuple(sorted(codes))


def _refuser(chemin: str, regle: str) -> NoReturn:
    raise ParametreInvalide(f"{chemin} : {regle}.")
