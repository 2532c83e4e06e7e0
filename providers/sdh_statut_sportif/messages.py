"""The words of the Sport Data Hub: an athlete, the ministerial lists (HN) and the places of training.

Camel case on the wire, but for one key. What every answer bears is required, be it null: if a key disappeared, a null
would be taken for an answer. Codes come as numbers or as texts.
"""

from typing import Annotated

import msgspec

Code = int | str | None
#: Far more than anybody has: lists go back to 1994, and are compared with one another.
_BORNE = msgspec.Meta(max_length=500)


class FicheHN(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One status on a ministerial list; days in ISO 8601, maybe followed by an hour."""

    fiche: Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
    debut_droits: str
    fin_droits: str
    federation: Code
    nom_federation: str | None
    nom_court_federation: str | None
    categorie: Code
    lib_categorie: str | None
    haut_niveau: bool
    valeur: Code


class FicheSportif(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Where the athlete trains, or trained."""

    active: bool
    debut: str | None
    fin: str | None
    """Null while it lasts."""
    etablissement: Code
    nom_etablissement: str | None
    region: Code
    nom_region: str | None


class Sportif(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """An athlete."""

    nom: str | None
    nom_usage: str | None
    prenom: str | None
    """Every first name, separated by spaces."""
    date_naissance: str | None
    genre: str | None
    fiches_hn: Annotated[list[FicheHN], _BORNE] | None = msgspec.field(name="fichesHN")
    fiches_sportif: Annotated[list[FicheSportif], _BORNE] | None
