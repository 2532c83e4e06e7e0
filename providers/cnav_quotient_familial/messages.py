"""The words of API-SECU for the quotient familial: what the CNAF or the MSA answers for one month."""

from typing import Annotated

import msgspec

from providers._api_secu_foyer import Adresse, Annee, Entier, Personne

Mois = Annotated[int, msgspec.Meta(ge=1, le=12)]


class Dossier(msgspec.Struct, frozen=True, rename="camel", kw_only=True, omit_defaults=True):
    """The file of a household."""

    allocataires: Annotated[list[Personne], msgspec.Meta(min_length=1)]
    """Whose file it is: the person asked about must be among them."""
    enfants: list[Personne] | None = None
    adresse: Adresse
    quotient_familial: Entier | str | None = None
    """In euros; blank or left out when it cannot be computed."""
    annee: Annee | None = None
    """Year and month of the computation: the CNAF's alone, the MSA computes in real time."""
    mois: Mois | None = None
