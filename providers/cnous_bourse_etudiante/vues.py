"""What the personas of the sandbox hold at the CNOUS, grants by campaign in its own words, and how it answers them."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from providers._personas import Persona
from providers._simulateur import minuit
from providers.cnous_bourse_etudiante.adapter import CIVILITES


class Annee(msgspec.Struct, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """What the CNOUS holds for one campaign, in its own words; dates are days, answered as instants."""

    boursier: bool = True
    grant_echelon: Literal["0bis", "1", "2", "3", "4", "5", "6", "7"] | None
    grant_status: int = 0
    study_town: str
    school_name: str
    back_to_school_date: str
    payment_duration: int
    removed: Literal["O", "N"] = "N"
    removal_date: str | None = None


class Vue(msgspec.Struct, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """What the CNOUS holds on a persona, in its own words (see `messages`). Keys are in camel case in the YAML.

    The identity answered is the persona's own (pivot and INE). The current campaign is that of `{R}`::

        email: marcel.pagnol@example.fr
        annees:
          "{R}":
            grantEchelon: "5"
            studyTown: Marseille
            schoolName: Aix-Marseille Université
            backToSchoolDate: "{R}-09-01"
            paymentDuration: 10

    A failure of the source: `erreur: 429` (or 500, 502, 503, 504). A persona without a view, or without the campaign
    asked, is not found (404).
    """

    annees: dict[str, Annee] = {}
    """Per campaign, written `{R}`, `{R-1}` or in full."""
    email: str | None = None
    birth_place_libelle: str | None = None
    ine_rendu: str | None = None
    """The INE of the answer when it is not the persona's own, as after two files were merged."""
    absent: Literal["etudiant"] | None = None
    """Someone whom the CNOUS does not know, which says so of a person who is no student."""
    erreur: Literal[429, 500, 502, 503, 504] | None = None
    """The status of a failure that this persona always meets."""


def rendre(persona: Persona, vue: Vue, annee: int) -> dict[str, Any]:
    """Write the whole resource: a caller must stand what it does not read."""
    pivot, campagne = persona.pivot, vue.annees[str(annee)]
    prenoms = dict(enumerate(pivot.prenoms))
    return {
        "id": len(persona.nom),
        "ine": vue.ine_rendu or persona.ine,
        "lastName": pivot.nom_naissance,
        "firstName": prenoms[0],
        "firstName2": prenoms.get(1),
        "firstName3": prenoms.get(2),
        "birthDate": minuit(str(pivot.naissance)),
        "birthPlace": {"id": 1, "com": pivot.code_commune, "libelle": vue.birth_place_libelle},
        "birthPlaceLibelle": vue.birth_place_libelle,
        "civility": CIVILITES[pivot.sexe] if pivot.sexe else None,
        "email": vue.email,
        "campaign": {"id": annee - 2000, "year": annee, "active": True},
        **_datees(msgspec.to_builtins(campagne)),
    }


def _datees(campagne: Mapping[str, Any]) -> dict[str, Any]:
    instants = {cle: minuit(campagne[cle]) for cle in ("backToSchoolDate", "removalDate")}
    return {**campagne, **instants}
