"""What the personas of the sandbox hold at the ministry, school years in its own words, and how it answers them."""

from typing import Any, Literal

import msgspec

from providers._personas import Persona
from providers.men_scolarite.adapter import SEXES
from providers.men_scolarite.messages import Etablissement, InfoBourse, InfoScolarite, Statut


class StatutDeclare(Statut, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A status as a persona holds it: a word that the source would not say is refused."""


class BourseDeclaree(InfoBourse, frozen=True, rename="kebab", kw_only=True, forbid_unknown_fields=True):
    """A grant as a persona holds it, equally strict."""


class Annee(InfoScolarite, frozen=True, rename="kebab", kw_only=True, forbid_unknown_fields=True):
    """A school year as a persona holds it: the school, what is taught there, the grant."""

    code_uai: str
    ministere_tutelle: str | None = "06"
    degre: Literal["1D", "2D"] = "2D"
    departement: str
    """Codes of the BCN."""
    region: str
    est_scolarise: bool = True
    statut_eleve: StatutDeclare = StatutDeclare(code="ST", libelle="SCOLAIRE")
    info_bourse: BourseDeclaree | None = None


class Vue(msgspec.Struct, frozen=True, rename="kebab", kw_only=True, forbid_unknown_fields=True):
    """What the ministry holds on a persona, in its own words (see `messages`). Keys are in kebab case in the YAML.

    The identity answered is the persona's own. School years are named by the one in which they begin::

        annees:
          "{R}":
            code-uai: 0132733A
            departement: "013"
            region: "18"
            code-mef-stat: "211324099991"
            libelle-long-mef: 1CAP1 STAFFEUR ORNEMANISTE
            code-regime: "2"
            info-bourse: {est-boursier: true, niveau-bourse: 1}

    A pupil who goes to no school (200, `est-scolarise: false`): `absent: scolarite`. One whom the ministry may not
    answer about: `absent: perimetre`. One whom nobody knows, as a persona without a view: `absent: eleve`. A failure
    of the source: `erreur: 429` (or 500, 502, 503, 504).
    """

    annees: dict[str, Annee] = {}
    absent: Literal["scolarite", "perimetre", "eleve"] | None = None
    erreur: Literal[429, 500, 502, 503, 504] | None = None
    """The status of a failure that this persona always meets."""


def rendre(persona: Persona, annee: Annee, rentree: str) -> dict[str, Any]:
    """Write the whole resource: a caller must stand what it does not read."""
    ecole = Etablissement(code_uai=annee.code_uai, ministere_tutelle=annee.ministere_tutelle)
    info = {"est-scolarise", "code-mef-stat", "libelle-long-mef", "code-regime", "statut-eleve"}
    ecrite = msgspec.to_builtins(annee)
    bourse = {"info-bourse": ecrite["info-bourse"]} if annee.info_bourse else {}
    return {
        "identification": identification(persona, ecole, rentree),
        "info-scolarite": {cle: valeur for cle, valeur in ecrite.items() if cle in info},
        **bourse,
    }


def identification(persona: Persona, ecole: Etablissement | None, rentree: str) -> dict[str, Any]:
    """Write who a pupil is, in which school and year."""
    pivot = persona.pivot
    prenoms = {f"prenom{rang}": prenom for rang, prenom in enumerate(pivot.prenoms[1:3], start=2)}
    return {
        "nom": pivot.nom_naissance,
        "prenom": pivot.prenoms[0],
        **prenoms,
        "sexe": SEXES[pivot.sexe] if pivot.sexe else None,
        "date-naissance": str(pivot.naissance),
        "etablissement": msgspec.to_builtins(ecole) if ecole else None,
        "annee-scolaire": rentree,
    }
