"""Bloc `situationFiscale`: income tax, as the DGFIP knows it (API Impôt Particulier, LPF art. L. 114 A)."""

from collections.abc import Mapping
from datetime import date
from enum import Enum

import strawberry

from graph._declaration import RequiresYearScopes, bloc, champ, objet
from graph.circonstances import Circonstances
from graph.errors import NonHabilite, ParametreInvalide
from graph.octroi import Octroi
from graph.scalars import DatePartielle, Montant

#: Rank k opens the income year N-k, N being the current calendar year.
SCOPES_ANNEES = ("dgfip_annee_n_moins_1", "dgfip_annee_n_moins_2", "dgfip_annee_n_moins_3")
#: Opens N-1, and N-2 for want of N-1. It is never granted beside the others, which prevail over it.
SCOPE_REPLI = "dgfip_annee_n_moins_2_si_indispo_n_moins_1"
ANNEE_REVENUS = strawberry.argument(
    description=(
        "Année des revenus : N-1, N-2 ou N-3 ; à défaut, la plus récente que l'habilitation permet. Avec le scope de "
        "repli, N-1 est toujours demandée d'abord, et N-2 n'est répondue que si la DGFIP n'a pas N-1 : omise, "
        "le champ anneeRevenus dit laquelle."
    ),
    directives=[RequiresYearScopes(repli=SCOPE_REPLI, scopes=[[scope] for scope in SCOPES_ANNEES])],
)


def resoudre_annee(circonstances: Circonstances, annee_revenus: int | None = strawberry.UNSET) -> Mapping[str, Octroi]:
    """Resolve the income year: the one asked, else the most recent that the scopes open."""
    annees = {circonstances.aujourdhui.year - rang: scope for rang, scope in enumerate(SCOPES_ANNEES, start=1)}
    voulue = None if annee_revenus is strawberry.UNSET else annee_revenus
    if voulue is not None and voulue not in annees:
        detail = "anneeRevenus : l'une des trois années qui précèdent l'année en cours."
        raise ParametreInvalide(detail)
    ouvertes = {annee: scope for annee, scope in annees.items() if scope in circonstances.scopes}
    if not ouvertes and SCOPE_REPLI in circonstances.scopes:
        return {"annee_revenus": _replier(annees, voulue)}
    if voulue is None and not ouvertes:
        raise NonHabilite(frozenset({*SCOPES_ANNEES, SCOPE_REPLI}))
    annee = max(ouvertes) if voulue is None else voulue
    if annee not in ouvertes:
        raise NonHabilite(frozenset({annees[annee]}))
    return {"annee_revenus": Octroi(ouvertes[annee], (annee,))}


def _replier(annees: Mapping[int, str], voulue: int | None) -> Octroi:
    """Open N-1, and N-2 only once the DGFIP answered that it has no N-1; a year that is named is never another one."""
    derniere, precedente, ancienne = annees
    if voulue == derniere:
        return Octroi(SCOPE_REPLI, (derniere,))
    if voulue == ancienne:
        raise NonHabilite(frozenset({annees[ancienne]}))
    manquants = frozenset({annees[precedente]} if voulue == precedente else ())
    return Octroi(SCOPE_REPLI, (derniere, precedente), manquants)


@strawberry.enum(description="Situation de famille au sens de l'impôt sur le revenu.")
class SituationFamilleFiscale(Enum):
    """Marital status on the tax return (codes M, C, D, V, O)."""

    MARIE = strawberry.enum_value("M", description="Marié(e)s.")
    CELIBATAIRE = strawberry.enum_value("C", description="Célibataire.")
    DIVORCE = strawberry.enum_value("D", description="Divorcé(e) ou séparé(e).")
    VEUF = strawberry.enum_value("V", description="Veuf ou veuve.")
    PACSE = strawberry.enum_value("O", description="Pacsé(e)s.")


@objet(description="Premier déclarant du foyer fiscal.")
class Declarant1:
    """First taxpayer of the household."""

    nom_usage: str | None = champ("Nom d'usage du premier déclarant.", scope="dgfip_nmUsaDec1", rest_v3="nom")
    nom_naissance: str | None = champ(
        "Nom de naissance du premier déclarant.", scope="dgfip_nmNaiDec1", rest_v3="nomNaissance"
    )
    prenoms: list[str] | None = champ("Prénoms du premier déclarant.", scope="dgfip_prnmDec1")
    date_naissance: DatePartielle | None = champ(
        "Date de naissance du premier déclarant.", scope="dgfip_dateNaisDec1", rest_v3="dateNaissance"
    )


@objet(description="Second déclarant du foyer fiscal, en cas d'imposition commune.")
class Declarant2:
    """Second taxpayer of the household; its scopes are not those of the first."""

    nom_usage: str | None = champ("Nom d'usage du second déclarant.", scope="dgfip_nmUsaDec2", rest_v3="nom")
    nom_naissance: str | None = champ(
        "Nom de naissance du second déclarant.", scope="dgfip_nmNaiDec2", rest_v3="nomNaissance"
    )
    prenoms: list[str] | None = champ("Prénoms du second déclarant.", scope="dgfip_prnmDec2")
    date_naissance: DatePartielle | None = champ(
        "Date de naissance du second déclarant.", scope="dgfip_dateNaisDec2", rest_v3="dateNaissance"
    )


@objet(description="Adresse du foyer au 1er janvier de l'année d'imposition.")
class AdresseTaxation:
    """Address of taxation."""

    complete: str | None = champ("Adresse sur une ligne.", rest_v3="foyerFiscal.adresse")
    complement: str | None = champ("Complément d'adresse.")
    voie: str | None = champ("Numéro et voie.")
    code_postal: str | None = champ("Code postal.")
    commune: str | None = champ("Commune.")


@objet(description="Personnes à charge du foyer fiscal, par case de la déclaration 2042.")
class DetailPersonnesCharge:
    """Number of dependants per box of the tax return."""

    f: int | None = champ("Enfants à charge mineurs ou handicapés (case F).")
    g: int | None = champ("Enfants à charge titulaires d'une carte d'invalidité (case G).")
    h: int | None = champ("Enfants à charge en résidence alternée (case H).")
    i: int | None = champ("Enfants en résidence alternée titulaires d'une carte d'invalidité (case I).")
    r: int | None = champ("Personnes invalides vivant sous le toit du foyer (case R).")
    j: int | None = champ("Enfants majeurs célibataires rattachés (case J).")
    n: int | None = champ("Enfants mariés, pacsés ou chargés de famille rattachés (case N).")
    p: int | None = champ("Petits-enfants rattachés en résidence alternée (case P).")


# NOTE: never in REST v3. The keys are those of v2, as it answered until 2024.
@bloc(
    description="Situation fiscale du foyer, telle que la DGFIP la connaît pour une année de revenus.",
    rest_v3="/api/v2/avis-imposition",
)
class SituationFiscale:
    """The income-tax situation of a household for one income year."""

    annee_revenus: int | None = champ("Année des revenus décrits.", rest_v3="anneeRevenus")
    revenu_fiscal_reference: Montant | None = champ(
        "Revenu fiscal de référence, en euros.", scope="dgfip_rfr", rest_v3="revenuFiscalReference"
    )
    nombre_parts: float | None = champ(
        "Nombre de parts du quotient familial fiscal.", scope="dgfip_nbpart", rest_v3="nombreParts"
    )
    situation_famille: SituationFamilleFiscale | None = champ(
        "Situation de famille déclarée.", scope="dgfip_sitfam", rest_v3="situationFamille"
    )
    nombre_personnes_charge: int | None = champ(
        "Nombre de personnes à charge.", scope="dgfip_pac_nbPac", rest_v3="nombrePersonnesCharge"
    )
    detail_personnes_charge: DetailPersonnesCharge | None = champ(
        "Personnes à charge par case de la déclaration.", scope="dgfip_pac", rest_v3=""
    )
    parent_isole: bool | None = champ(
        "Vrai si le déclarant élève seul ses enfants (case T).", scope="dgfip_pariso", rest_v3=""
    )
    revenu_brut_global: Montant | None = champ(
        "Revenu brut global, en euros.", scope="dgfip_rbg", rest_v3="revenuBrutGlobal"
    )
    revenu_imposable: Montant | None = champ(
        "Revenu imposable, en euros.", scope="dgfip_revenu_imposable", rest_v3="revenuImposable"
    )
    impot_avant_corrections: Montant | None = champ(
        "Impôt sur le revenu net avant corrections, en euros ; nul s'il n'y en a pas.",
        scope="dgfip_impot_revenu_net_avant_corrections",
        rest_v3="impotRevenuNetAvantCorrections",
    )
    montant_impot: Montant | None = champ(
        "Montant de l'impôt, en euros ; nul s'il n'y en a pas.", scope="dgfip_montant_impot", rest_v3="montantImpot"
    )
    revenu_bareme: Montant | None = champ("Revenu soumis au barème, en euros.", scope="dgfip_mntRevbareme", rest_v3="")
    indicateur_deficit: bool | None = champ(
        "Vrai si le foyer déclare un déficit.", scope="dgfip_inddeficit", rest_v3=""
    )
    date_recouvrement: date | None = champ(
        "Date de mise en recouvrement.", scope="dgfip_date_recouvrement", rest_v3="dateRecouvrement"
    )
    date_etablissement: date | None = champ(
        "Date d'établissement de l'avis.", scope="dgfip_date_etablissement", rest_v3="dateEtablissement"
    )
    declarant1: Declarant1 | None = champ("Premier déclarant.")
    declarant2: Declarant2 | None = champ("Second déclarant, s'il y en a un.")
    adresse_taxation: AdresseTaxation | None = champ("Adresse de taxation.", scope="dgfip_aft", rest_v3="")
