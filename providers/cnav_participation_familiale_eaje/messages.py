"""The words of API-SECU for the participation familiale EAJE: what the CNAF or the MSA answers on a household."""

from typing import Annotated

import msgspec

from providers._api_secu_foyer import Adresse, Annee, Entier, Personne


class PersonneNee(Personne, frozen=True, rename="camel", kw_only=True, omit_defaults=True):
    """A person of the household and where she was born."""

    cog_naissance: str | None = None
    """COG code of the commune of birth."""


class Dossier(msgspec.Struct, frozen=True, rename="camel", kw_only=True, omit_defaults=True):
    """The file of a household: every number is said, be it zero."""

    allocataires: Annotated[list[PersonneNee], msgspec.Meta(min_length=1)]
    """Whose file it is: the person asked about must be among them."""
    enfants: list[PersonneNee] | None = None
    adresse: Adresse
    nombre_enfant_a_charge: Entier
    nombre_beneficiaire_aeeh: Entier = msgspec.field(name="nombreBeneficiaireAEH")
    """Children for whom the AEEH is paid."""
    montant_ressources: Entier
    """Yearly, in euros."""
    annee: Annee
    """Of the income: two years ago, but the MSA may say the current one."""
