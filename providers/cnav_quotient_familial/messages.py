"""The words of API-SECU for the quotient familial: what the CNAF or the MSA answers for one month.

Camel case on the wire. What every file bears is required, be it blank: if a key disappeared, a null would be taken
for an answer. The caisses leave out what they do not hold of the rest.
"""

from typing import Annotated

import msgspec

#: The GraphQL `Int` has 32 bits.
Euros = Annotated[int, msgspec.Meta(ge=0, le=2_147_483_647)]
Annee = Annotated[int, msgspec.Meta(ge=1900, le=9999)]
Mois = Annotated[int, msgspec.Meta(ge=1, le=12)]


class Personne(msgspec.Struct, frozen=True, rename="camel", kw_only=True, omit_defaults=True):
    """An allocataire, a spouse or a child."""

    nom_naissance: str | None
    nom_usage: str | None = None
    liste_prenoms: str | None
    """Every first name, separated by spaces."""
    date_naissance: str | None = None
    """YYYY-MM-DD with zeros for the unknown parts; blank or left out when nothing is known."""
    genre: str | None
    """`M` or `F`."""


class Adresse(msgspec.Struct, frozen=True, rename="camel", kw_only=True, omit_defaults=True):
    """The postal address that the allocataire declared."""

    identite: str | None = None
    complement_information: str | None = None
    complement_information_geo: str | None = None
    numero_libelle_voie: str | None = None
    lieu_dit: str | None = None
    code_postal_ville: str | None = None
    pays: str | None = None


class Dossier(msgspec.Struct, frozen=True, rename="camel", kw_only=True, omit_defaults=True):
    """The file of a household."""

    allocataires: list[Personne]
    enfants: list[Personne] | None = None
    adresse: Adresse
    quotient_familial: Euros | str | None = None
    """In euros; blank or left out when it cannot be computed."""
    annee: Annee | None = None
    """Year and month of the computation: the CNAF's alone, the MSA computes in real time."""
    mois: Mois | None = None
