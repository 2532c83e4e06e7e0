"""The MESRI's student status API, played from personas: the same checks in the same order, the same words."""

from typing import Literal

import msgspec

from providers.mesri_statut_etudiant.messages import Etablissement, Inscription

NOM = "mesri_statut_etudiant"


class EtablissementDeclare(Etablissement, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """A school as a persona holds it: a word that the source would not say is refused."""


class InscriptionDeclaree(Inscription, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """An enrolment as a persona holds it, equally strict."""

    etablissement: EtablissementDeclare | None


class Vue(msgspec.Struct, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """What the MESRI holds on a persona, in its own words (see `messages`). Keys are in camel case in the YAML.

    The identity answered is the persona's own (pivot and INE). Dates follow the school year that began in `{R}`::

        inscriptions:
          - dateDebutInscription: "{R}-09-01"
            dateFinInscription: "{R+1}-08-31"
            statut: inscrit
            codeCommune: "75113"
            etablissement: {uai: "0751967F", nomEtablissement: "UFR ECONOMIE UNIVERSITE PARIS 1 (75634)"}
            regime: formation initiale

    A student without any enrolment (404 "inscription introuvable"): `inscriptions: []`. A failure of the source:
    `erreur: 429` (or 500, 502, 503, 504). A persona without a view is not a student (404 "étudiant introuvable").
    """

    inscriptions: list[InscriptionDeclaree] = []
    ine_rendu: str | None = None
    """The INE of the answer when it is not the persona's own, as after two files were merged."""
    erreur: Literal[429, 500, 502, 503, 504] | None = None
    """The status of a failure that this persona always meets."""
