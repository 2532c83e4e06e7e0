"""The words of the GIP-MDS: the contracts of a person by company and establishment, or the reasons of a refusal.

Camel case on the wire. What every answer bears is required: a list that disappeared would be taken for no contract.
"""

from typing import Annotated, Literal

import msgspec

#: More than anybody signed with one establishment, had in one company, or has companies.
_BORNE = msgspec.Meta(max_length=50)


class Contrat(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One contract, by its dates YYYY-MM-DD."""

    date_debut_contrat: str | None
    nature_contrat: Literal["89"]
    """Only those of the civic service are asked for."""
    date_fin_contrat: str | None
    """None until the end is declared, whatever was planned."""
    motif_rupture: str | None
    """Code of the DSN."""


class Etablissement(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """An establishment and the contracts that it declared."""

    siret: str | None
    contrat: Annotated[tuple[Contrat, ...], _BORNE]


class Entreprise(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A company."""

    raison_sociale: str | None
    etablissement: Annotated[tuple[Etablissement, ...], _BORNE]


class Individu(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A person, as the SNGI registers her."""

    nom_famille_sngi: str
    prenoms_sngi: str
    date_naissance_sngi: str
    """DDMMYYYY, zeros for unknown parts."""
    entreprise: Annotated[tuple[Entreprise, ...], _BORNE]


class Retour(msgspec.Struct, frozen=True, rename="camel"):
    """How the question was answered."""

    code_retour: Literal["OK"]


class Reponse(msgspec.Struct, frozen=True, kw_only=True):
    """The body of a 200."""

    individu: Individu
    retour: Retour


class Erreur(msgspec.Struct, frozen=True):
    """One reason of a refusal."""

    code: str
    message: str | None = None


class Refus(msgspec.Struct, frozen=True):
    """The body of a refusal."""

    erreurs: tuple[Erreur, ...]
