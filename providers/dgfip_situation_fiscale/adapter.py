"""The DGFIP's words: ask for one income year of a numéro fiscal (SPI), read the answer into `SituationFiscale`."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from graph.demande import Demande
from graph.errors import DossierAbsent, ParametreRefuseParLaSource, SourceReponseInvalide
from graph.identite import NUMERO_FISCAL, EtatCivil, choisir
from graph.scalars import DatePartielle, Montant
from graph.situation_fiscale import AdresseTaxation, Declarant1, Declarant2, DetailPersonnesCharge, SituationFiscale
from providers._normal import DERIVE, NAISSANCE_INCONNUE, date_complete, date_partielle, decode, prenoms, texte
from providers._source import Appel, UpstreamRequest, UpstreamResponse
from providers.dgfip_situation_fiscale.messages import (
    FORMAT_INCORRECT,
    MEDIA_TYPE,
    SPI_INCORRECT,
    AdresseDetail,
    Jour,
    PersonnesCharge,
    Refus,
    Situation,
)

IDENTIFICATIONS = (NUMERO_FISCAL,)
#: The contract types these indicators as text and names no value: every usual spelling is read, any other is a drift.
_INDICATEURS: Mapping[str, bool] = {"O": True, "1": True, "T": True, "N": False, "0": False}


def request(demande: Demande, appel: Appel) -> UpstreamRequest:
    """Ask for the tax base of one income year. Raise IdentifiantManquant without a numéro fiscal."""
    choisir(demande.identite, IDENTIFICATIONS)
    spi, annee = demande.identite.numero_fiscal, demande["annee_revenus"]
    return UpstreamRequest(
        "GET",
        f"/impotparticulier/1.0/spi/{spi}/situations/ir/assiettes/annrev/{annee}",
        headers=(("Accept", MEDIA_TYPE), ("X-Correlation-ID", appel.correlation)),
    )


def read(reply: UpstreamResponse, demande: Demande, _appel: Appel) -> SituationFiscale:
    """Read one income year.

    The contract gives no way to tell an unknown numéro fiscal from a year without a notice: both are a DossierAbsent.
    A 403 is not one of them, although REST took it so: it may as well refuse our own téléservice.

    Raises:
        DossierAbsent: no notice for this numéro fiscal and this year.
        ParametreRefuseParLaSource: the form of the numéro fiscal is refused.
        SourceReponseInvalide: anything that the contract does not say, another income year included.
    """
    if reply.status != 200:  # noqa: PLR2004 - HTTP OK
        raise _refus(reply)
    situation = decode(reply.body, Situation)
    if situation.ann_revenu != demande["annee_revenus"]:
        raise SourceReponseInvalide(cause=DERIVE)
    return _situation_fiscale(situation)


def etats_civils(bloc: SituationFiscale) -> Sequence[EtatCivil]:
    """Return both taxpayers: nothing tells whose numéro fiscal was asked."""
    return tuple(
        EtatCivil(
            nom_naissance=declarant.nom_naissance or "",
            prenoms=tuple(declarant.prenoms or ()),
            naissance=declarant.date_naissance or NAISSANCE_INCONNUE,
            nom_usage=declarant.nom_usage,
        )
        for declarant in (bloc.declarant1, bloc.declarant2)
        if declarant
    )


def _refus(reply: UpstreamResponse) -> Exception:
    if reply.status in (204, 410) or (reply.status == 404 and not reply.body):  # noqa: PLR2004 - HTTP Not Found
        return DossierAbsent()
    # A 404 without the provider's own words comes from its gateway: it says nothing of the person.
    erreur = decode(reply.body, Refus).erreur
    if reply.status == 404:  # noqa: PLR2004 - HTTP Not Found
        return DossierAbsent()
    if str(erreur.codeapp) == SPI_INCORRECT or erreur.message == FORMAT_INCORRECT:
        return ParametreRefuseParLaSource()
    return SourceReponseInvalide(cause="SOURCE_ERREUR")


def _situation_fiscale(situation: Situation) -> SituationFiscale:
    return SituationFiscale(
        annee_revenus=situation.ann_revenu,
        revenu_fiscal_reference=_montant(situation.rfr),
        nombre_parts=situation.nb_part,
        situation_famille=situation.sit_fam,
        nombre_personnes_charge=situation.pac.nb_pac if situation.pac else None,
        detail_personnes_charge=_detail(situation.pac) if situation.pac else None,
        parent_isole=_indicateur(situation.sit_par_iso),
        revenu_brut_global=_montant(situation.revenu_brut_global),
        revenu_imposable=_montant(situation.rev_imposable),
        impot_avant_corrections=_impot(situation.imp_av_imput),
        montant_impot=_impot(situation.mont_tot_ir),
        revenu_bareme=_montant(situation.mnt_revbareme),
        indicateur_deficit=_indicateur(situation.ind_deficit),
        date_recouvrement=_date(situation.dat_rec),
        date_etablissement=_date(situation.dat_etab),
        declarant1=_declarant1(situation),
        declarant2=_declarant2(situation),
        adresse_taxation=_adresse(situation.aft, situation.aft_detail or AdresseDetail()),
    )


def _declarant1(situation: Situation) -> Declarant1:
    return Declarant1(
        nom_usage=texte(situation.nm_usa_dec1),
        nom_naissance=texte(situation.nm_nai_dec1),
        prenoms=prenoms(situation.prnm_dec1),
        date_naissance=_naissance(situation.date_nais_dec1),
    )


def _declarant2(situation: Situation) -> Declarant2 | None:
    declarant = Declarant2(
        nom_usage=texte(situation.nm_usa_dec2),
        nom_naissance=texte(situation.nm_nai_dec2),
        prenoms=prenoms(situation.prnm_dec2),
        date_naissance=_naissance(situation.date_nais_dec2),
    )
    vide = Declarant2(nom_usage=None, nom_naissance=None, prenoms=None, date_naissance=None)
    return None if declarant == vide else declarant


def _detail(pac: PersonnesCharge) -> DetailPersonnesCharge:
    return DetailPersonnesCharge(
        f=pac.nb_pac_f,
        g=pac.nb_pac_g,
        h=pac.nb_pac_h,
        i=pac.nb_pac_i,
        r=pac.nb_pac_r,
        j=pac.nb_pac_j,
        n=pac.nb_pac_n,
        p=pac.nb_pac_p,
    )


def _adresse(aft: str | None, detail: AdresseDetail) -> AdresseTaxation | None:
    parties = (aft, detail.complement_adresse, detail.voie, detail.code_postal, detail.commune)
    complete, complement, voie, code_postal, commune = (texte(partie) for partie in parties)
    if not (complete or complement or voie or code_postal or commune):
        return None
    return AdresseTaxation(
        complete=complete, complement=complement, voie=voie, code_postal=code_postal, commune=commune
    )


def _naissance(jour: Jour | None) -> DatePartielle | None:
    if jour is None:
        return None
    annee, mois, rang = (texte(partie) or "" for partie in (jour.annee, jour.mois, jour.jour))
    return date_partielle(f"{annee or '0000'}-{mois.zfill(2)}-{rang.zfill(2)}")


def _date(valeur: str | None) -> date | None:
    """Read dd/MM/yyyy as well as ISO: the source was seen writing both."""
    return date_complete("-".join(reversed((texte(valeur) or "").split("/"))))


def _indicateur(valeur: str | None) -> bool | None:
    normal = texte(valeur)
    if normal is None:
        return None
    if normal not in _INDICATEURS:
        raise SourceReponseInvalide(cause=DERIVE)
    return _INDICATEURS[normal]


def _montant(valeur: int | None) -> Montant | None:
    return None if valeur is None else Montant(Decimal(valeur))


def _impot(valeur: int | None) -> Montant | None:
    """Read a tax: nothing due, or a refund, is no tax."""
    return _montant(valeur) if valeur is not None and valeur > 0 else None
