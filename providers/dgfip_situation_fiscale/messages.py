"""The words of API Impôt Particulier v1: what it answers for one income year, and how it refuses.

Keys are those of its contract (`SituationsIRAssiettesMillesime`), in camel case on the wire. What every tax notice
bears is required: if one of these disappeared, a null would be taken for an answer. The rest may be absent or blank.
"""

from typing import Annotated

import msgspec

from graph.scalars import MONTANT_MAX
from graph.situation_fiscale import SituationFamilleFiscale

MEDIA_TYPE = "application/prs.dgfip.part.situations.ir.assiettes.v1+json"
#: How a numéro fiscal whose form is refused is told: the `codeapp` of the contract, the words seen before it had one.
SPI_INCORRECT, FORMAT_INCORRECT = "4001", "format SPI incorrect"
Euros = Annotated[int, msgspec.Meta(ge=-MONTANT_MAX, le=MONTANT_MAX)]
#: The GraphQL `Int` has 32 bits.
Nombre = Annotated[int, msgspec.Meta(ge=0, le=2_147_483_647)]
Parts = Annotated[float, msgspec.Meta(ge=0, le=999)]


class Jour(msgspec.Struct, frozen=True, rename="camel"):
    """A birth date in three texts; a part that is unknown is blank or zeros."""

    jour: str | None = None
    mois: str | None = None
    annee: str | None = None


class PersonnesCharge(msgspec.Struct, frozen=True, rename="camel"):
    """Dependants, in all and per box of the return."""

    nb_pac: Nombre | None = None
    nb_pac_f: Nombre | None = None
    nb_pac_g: Nombre | None = None
    nb_pac_h: Nombre | None = None
    nb_pac_i: Nombre | None = None
    nb_pac_r: Nombre | None = None
    nb_pac_j: Nombre | None = None
    nb_pac_n: Nombre | None = None
    nb_pac_p: Nombre | None = None


class AdresseDetail(msgspec.Struct, frozen=True, rename="camel"):
    """The address of taxation in parts."""

    complement_adresse: str | None = None
    voie: str | None = None
    code_postal: str | None = None
    commune: str | None = None


class Situation(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The income-tax situation of one household for one income year; amounts in whole euros."""

    ann_revenu: int
    rfr: Euros
    nb_part: Parts
    sit_fam: SituationFamilleFiscale
    pac: PersonnesCharge | None = None
    nm_nai_dec1: str | None = None
    nm_usa_dec1: str | None = None
    prnm_dec1: str | None = None
    date_nais_dec1: Jour | None = None
    nm_nai_dec2: str | None = None
    nm_usa_dec2: str | None = None
    prnm_dec2: str | None = None
    date_nais_dec2: Jour | None = None
    aft: str | None = None
    aft_detail: AdresseDetail | None = None
    sit_par_iso: str | None = None
    ind_deficit: str | None = None
    revenu_brut_global: Euros | None = None
    mnt_revbareme: Euros | None = None
    dat_rec: str | None = None
    dat_etab: str | None = None
    imp_av_imput: Euros | None = None
    mont_tot_ir: Euros | None = None
    rev_imposable: Euros | None = None


class Erreur(msgspec.Struct, frozen=True):
    """What a refusal says; `codeapp` is the provider's own code, as a text or a number."""

    message: str
    codeapp: str | int | None = None


class Refus(msgspec.Struct, frozen=True):
    """The body of a 400 or a 404."""

    erreur: Erreur
