"""What the personas of the sandbox hold at the SIV: vehicles, in its own words."""

from typing import Literal

import msgspec

from providers.ants_vehicule import messages


class ImmatriculationDeclaree(messages.Immatriculation, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A registration as a persona holds it: a word that the source would not say is refused."""

    code_type_immat: str = "N"
    libelle_type_immat: str = "Normale"


class CaracteristiquesDeclarees(messages.Caracteristiques, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Characteristics as a persona holds them, equally strict."""


class AdresseDeclaree(messages.AdressePersonne, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An address as a persona holds it, equally strict."""


class IdentiteDeclaree(messages.IdentitePersonne, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody else of the registration: a natural person, or a company by its `raison_sociale`."""

    raison_sociale: str | None = None


class Autre(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody else of the registration, with the code of their part in it."""

    code_type_personne: str
    identite_personne: IdentiteDeclaree
    adresse_personne: AdresseDeclaree | None = None


class DossierDeclare(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A vehicle that a persona holds or hires."""

    immatriculation: ImmatriculationDeclaree
    caracteristiques_techniques: CaracteristiquesDeclarees
    code_type_personne: Literal["TIT", "COT", "LOC"] = "TIT"
    adresse_personne: AdresseDeclaree | None = None
    autres: list[Autre] = []


class Vue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the SIV holds on a persona, in its own words (see `messages`).

    The identity answered is the persona's own::

        dossiers:
          - immatriculation: {num_immat: FC-123-AB, date_prem_immat: "{N-3}-05-12"}
            caracteristiques_techniques: {marque_vehicule: PEUGEOT, genre_national: VP, energie: ES, co2: "115"}
            code_type_personne: TIT
            adresse_personne: {num_voie: "20", type_voie: AVENUE, libelle_voie: DE SEGUR, code_postal: "75007"}
            autres:
              - {code_type_personne: COT, identite_personne: {flag_pers_physique: "oui", nom_naiss: MOUETTE}}

    No vehicle at all: `absent: dossier`. A failure of the source, when the plate `num_immat` is asked: `erreur: 503`.
    A plate that nobody holds is not found, whoever asks.
    """

    dossiers: list[DossierDeclare] = []
    absent: Literal["dossier"] | None = None
    num_immat: str | None = None
    """The plate that meets the failure."""
    erreur: Literal[429, 500, 502, 503, 504] | None = None
    """The status of this failure."""
