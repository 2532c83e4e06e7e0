"""The answer is rebuilt in the order of the question; each null of ours has exactly one entry, at its path."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from graph.dossier_allocataire import DossierAllocataire
from graph.errors import DonneeNonFiable, DossierAbsent, ErreurInterne, IdentiteIncoherente, NonHabilite, SourceQuota
from graph.lecture import Lecture
from graph.scalars import Montant
from graph.situation_fiscale import (
    AdresseTaxation,
    Declarant1,
    DetailPersonnesCharge,
    SituationFamilleFiscale,
    SituationFiscale,
)
from graph.source import Concordance
from graph.statut_etudiant import Admission, EtablissementEtudes, IdentiteEtudiant, StatutEtudiant
from resolvers.execution import Resultat
from tests.resolvers.conftest import Interrogation, SourceEcrite

ADMISSIONS, INSCRIT, COMMUNE = "mesri_admissions", "mesri_admission_inscrit", "mesri_admission_commune_etudes"
ETABLISSEMENT = "mesri_admission_etablissement_etudes"
N1, RFR = "dgfip_annee_n_moins_1", "dgfip_rfr"


def admission(commune: str, etablissement: EtablissementEtudes | None = None) -> Admission:
    return Admission(
        date_debut=date(2025, 9, 1),
        date_fin=None,
        est_inscrit=True,
        regime_formation=None,
        code_cog_insee_commune=commune,
        etablissement_etudes=etablissement,
    )


STATUT = StatutEtudiant(
    admissions=[admission("75107", EtablissementEtudes(uai="0751967F", nom="Sorbonne")), admission("2A004")],
    identite=IdentiteEtudiant(nom_naissance="Martin", prenom="Anne", date_naissance=date(2001, 2, 3)),
)
FISCALE = SituationFiscale(
    annee_revenus=2025,
    revenu_fiscal_reference=Montant(Decimal("33219.50")),
    nombre_parts=2.5,
    situation_famille=SituationFamilleFiscale.PACSE,
    nombre_personnes_charge=1,
    detail_personnes_charge=DetailPersonnesCharge(f=1, g=None, h=None, i=None, r=None, j=None, n=None, p=None),
    parent_isole=None,
    revenu_brut_global=Montant(Decimal(9_999_999_999)),
    revenu_imposable=None,
    impot_avant_corrections=None,
    montant_impot=None,
    revenu_bareme=None,
    indicateur_deficit=False,
    date_recouvrement=date(2026, 7, 31),
    date_etablissement=None,
    declarant1=Declarant1(nom_usage=None, nom_naissance="Martin", prenoms=["Anne"], date_naissance=None),
    declarant2=None,
    adresse_taxation=AdresseTaxation(complete=None, complement=None, voie=None, code_postal=None, commune="Paris"),
)
SOURCES = {StatutEtudiant: SourceEcrite(STATUT), SituationFiscale: SourceEcrite(FISCALE)}


async def answer(
    interrogation: Interrogation, selection: str, scopes: set[str], sources: dict[type[Any], Any] | None = None
) -> Resultat:
    return await interrogation.answer(interrogation.plan(selection, scopes), scopes, sources or SOURCES)


def errors(resultat: Resultat) -> list[tuple[str, str, list[str]]]:
    return [
        (
            ".".join(map(str, une.chemin)).removeprefix("particulier."),
            une.erreur.code,
            sorted(une.erreur.scopes) if isinstance(une.erreur, NonHabilite) else [],
        )
        for une in resultat.erreurs
    ]


async def test_a_refused_field_of_a_list_has_one_entry_per_item(interrogation: Interrogation) -> None:
    selection = "statutEtudiant { admissions { codeCogInseeCommune estInscrit e: etablissementEtudes { uai nom } } }"
    resultat = await answer(interrogation, selection, {ADMISSIONS, COMMUNE})
    assert resultat.data["particulier"]["statutEtudiant"]["admissions"] == [
        {"codeCogInseeCommune": "75107", "estInscrit": None, "e": None},
        {"codeCogInseeCommune": "2A004", "estInscrit": None, "e": None},
    ]
    assert errors(resultat) == [
        ("statutEtudiant.admissions.0.estInscrit", "NON_HABILITE", [INSCRIT]),
        ("statutEtudiant.admissions.0.e", "NON_HABILITE", [ETABLISSEMENT]),
        ("statutEtudiant.admissions.1.estInscrit", "NON_HABILITE", [INSCRIT]),
        ("statutEtudiant.admissions.1.e", "NON_HABILITE", [ETABLISSEMENT]),
    ]


async def test_an_empty_list_has_no_item_to_refuse_a_field_of(interrogation: Interrogation) -> None:
    vide = StatutEtudiant(admissions=[], identite=None)
    resultat = await answer(
        interrogation,
        "statutEtudiant { admissions { dateDebut estInscrit } }",
        {ADMISSIONS},
        {StatutEtudiant: SourceEcrite(vide)},
    )
    assert resultat.data == {"particulier": {"statutEtudiant": {"admissions": []}}}
    assert errors(resultat) == []


async def test_a_null_of_the_source_has_no_entry(interrogation: Interrogation) -> None:
    scopes = {ADMISSIONS, ETABLISSEMENT, COMMUNE}
    resultat = await answer(interrogation, "statutEtudiant { admissions { etablissementEtudes { uai } } }", scopes)
    assert resultat.data["particulier"]["statutEtudiant"]["admissions"] == [
        {"etablissementEtudes": {"uai": "0751967F"}},
        {"etablissementEtudes": None},
    ]
    assert errors(resultat) == []


@pytest.mark.parametrize("declarant", ["declarant1", "declarant2"])
async def test_an_object_without_a_guard_does_not_tell_by_its_type_name_whether_it_is_null(
    interrogation: Interrogation, declarant: str
) -> None:
    resultat = await answer(
        interrogation, f"situationFiscale {{ revenuFiscalReference {declarant} {{ __typename }} }}", {N1, RFR}
    )
    nom = declarant.replace("d", "D", 1)
    assert resultat.data["particulier"]["situationFiscale"] == {
        "revenuFiscalReference": 33219.5,
        declarant: {"__typename": nom},
    }


async def test_an_object_refused_is_refused_whether_the_source_has_it_or_not(interrogation: Interrogation) -> None:
    selection = "situationFiscale { revenuFiscalReference declarant1 { nomUsage } declarant2 { nomUsage } }"
    resultat = await answer(interrogation, selection, {N1, RFR})
    assert errors(resultat) == [
        ("situationFiscale.declarant1", "NON_HABILITE", ["dgfip_nmUsaDec1"]),
        ("situationFiscale.declarant2", "NON_HABILITE", ["dgfip_nmUsaDec2"]),
    ]


async def test_keys_come_in_the_order_of_the_question(interrogation: Interrogation) -> None:
    document = """
    query($i: IdentiteInput!) {
      fin: __typename
      p: particulier(identite: $i) {
        s: statutEtudiant { z: __typename identite { prenom } ...F }
        refuse: dossierAllocataire { adresse { pays } }
        t: __typename
        ...G
        a: situationFiscale { nombreParts annee: anneeRevenus revenuFiscalReference }
      }
      debut: habilitation { intitule }
    }
    fragment F on StatutEtudiant { admissions { dateDebut } identite { nomNaissance prenom } a: __typename }
    fragment G on Particulier { s: statutEtudiant { dernier: identite { prenom } } }
    """
    scopes = {ADMISSIONS, "mesri_identite", N1, RFR}
    question = interrogation.ask(document, {"i": {"numeroFiscal": "3000000000001"}}, scopes)
    resultat = await interrogation.answer(question, scopes, SOURCES)
    attendu = {
        "fin": "Query",
        "p": {
            "s": {
                "z": "StatutEtudiant",
                "identite": {"prenom": "Anne", "nomNaissance": "Martin"},
                "admissions": [{"dateDebut": "2025-09-01"}, {"dateDebut": "2025-09-01"}],
                "a": "StatutEtudiant",
                "dernier": {"prenom": "Anne"},
            },
            "refuse": None,
            "t": "Particulier",
            "a": {"nombreParts": None, "annee": 2025, "revenuFiscalReference": 33219.5},
        },
        "debut": {"intitule": ""},
    }
    assert json.dumps(resultat.data) == json.dumps(attendu)


async def test_values_are_written_as_their_scalars_say(interrogation: Interrogation) -> None:
    scopes = {N1, RFR, "dgfip_rbg", "dgfip_sitfam", "dgfip_date_recouvrement", "dgfip_inddeficit"}
    resultat = await answer(
        interrogation,
        "situationFiscale { revenuFiscalReference revenuBrutGlobal situationFamille dateRecouvrement "
        "indicateurDeficit }",
        scopes,
    )
    assert resultat.data["particulier"]["situationFiscale"] == {
        "revenuFiscalReference": 33219.5,
        "revenuBrutGlobal": 9_999_999_999,
        "situationFamille": "PACSE",
        "dateRecouvrement": "2026-07-31",
        "indicateurDeficit": False,
    }


async def test_a_bloc_left_without_a_guarded_field_is_answered_without_a_call(interrogation: Interrogation) -> None:
    source = SourceEcrite(STATUT)
    selection = "s: statutEtudiant { __typename } v: statutEtudiant { identite @skip(if: true) { prenom } }"
    resultat = await answer(interrogation, selection, set(), {StatutEtudiant: source})
    assert resultat.data == {"particulier": {"s": {"__typename": "StatutEtudiant"}, "v": {}}}
    assert errors(resultat) == []
    assert source.demandes == []


async def test_a_bloc_wholly_refused_is_null_whatever_its_type_name(interrogation: Interrogation) -> None:
    source = SourceEcrite(STATUT)
    selection = "statutEtudiant { __typename identite { prenom } }"
    resultat = await answer(interrogation, selection, set(), {StatutEtudiant: source})
    assert resultat.data == {"particulier": {"statutEtudiant": None}}
    assert errors(resultat) == [("statutEtudiant", "NON_HABILITE", ["mesri_identite"])]
    assert source.demandes == []


async def test_what_became_of_each_bloc_is_told_in_band(interrogation: Interrogation) -> None:
    selection = """
      sources { chemin source fournisseur etat code reessayerDansMs t: __typename }
      a: situationFiscale { revenuFiscalReference }
      statutEtudiant { identite { prenom } }
      dossierAllocataire { adresse { pays } }
    """
    quota = SourceQuota(retry_after_ms=2_000)
    sources = {SituationFiscale: SourceEcrite(quota), StatutEtudiant: SourceEcrite(STATUT)}
    resultat = await answer(interrogation, selection, {N1, RFR, "mesri_identite"}, sources)
    consultees = resultat.data["particulier"]["sources"]
    assert [tuple(une.values()) for une in consultees] == [
        ("particulier.a", "dgfip", "DGFIP", "INDISPONIBLE", "SOURCE_QUOTA", 2_000, "SourceConsultee"),
        ("particulier.statutEtudiant", "mesri", "MESRI", "OBTENU", None, None, "SourceConsultee"),
        ("particulier.dossierAllocataire", "cnav", "CNAV", "NON_HABILITE", "NON_HABILITE", None, "SourceConsultee"),
    ]
    assert next(iter(resultat.data["particulier"])) == "sources"
    assert [erreur[1] for erreur in errors(resultat)] == ["SOURCE_QUOTA", "NON_HABILITE"]


async def test_an_absence_is_told_as_such(interrogation: Interrogation) -> None:
    selection = "dossierAllocataire { enfants { prenoms } } sources { etat code dureeMs }"
    sources = {DossierAllocataire: SourceEcrite(DossierAbsent())}
    resultat = await answer(interrogation, selection, {"cnaf_enfants"}, sources)
    (consultee,) = resultat.data["particulier"]["sources"]
    assert (consultee["etat"], consultee["code"]) == ("ABSENT", "DOSSIER_ABSENT")
    assert isinstance(consultee["dureeMs"], int)


async def test_what_a_source_does_not_vouch_for_is_null_with_its_reason(interrogation: Interrogation) -> None:
    async def ask(_demande: object) -> Lecture[SituationFiscale]:
        sans = replace(FISCALE, nombre_parts=None, declarant1=None)
        return Lecture(sans, reserves={"nombre_parts": DonneeNonFiable(), "declarant1": DonneeNonFiable()})

    champs = "revenuFiscalReference n: nombreParts declarant1 { nomNaissance } declarant2 { __typename }"
    scopes = {N1, RFR, "dgfip_nbpart"}
    selection = f"situationFiscale {{ {champs} }} sources {{ etat code }}"
    resultat = await answer(interrogation, selection, scopes, {SituationFiscale: ask})
    assert resultat.data["particulier"] == {
        "situationFiscale": {
            "revenuFiscalReference": 33219.5,
            "n": None,
            "declarant1": None,
            "declarant2": {"__typename": "Declarant2"},
        },
        "sources": [{"etat": "OBTENU", "code": None}],
    }
    assert errors(resultat) == [
        ("situationFiscale.declarant1", "NON_HABILITE", ["dgfip_nmNaiDec1"]),
        ("situationFiscale.n", "DONNEE_NON_FIABLE", []),
    ]
    assert [une.source for une in resultat.erreurs] == [None, "dgfip"]


async def test_what_was_compared_is_told_in_band_be_the_answer_shown_or_held_back(interrogation: Interrogation) -> None:
    selection = """
      statutEtudiant { identite { prenom } } situationFiscale { revenuFiscalReference }
      dossierAllocataire { __typename } sources { code concordance { nom prenoms dateNaissance t: __typename } }
    """
    vue = Concordance(nom=True, prenoms=None, date_naissance=True)
    autre = Concordance(nom=False, prenoms=True, date_naissance=None)

    async def ask(_demande: object) -> Lecture[StatutEtudiant]:
        return Lecture(STATUT, concordance=vue)

    sources = {StatutEtudiant: ask, SituationFiscale: SourceEcrite(IdentiteIncoherente(autre))}
    resultat = await answer(interrogation, selection, {N1, RFR, "mesri_identite"}, sources)
    assert resultat.data["particulier"]["situationFiscale"] is None
    assert resultat.data["particulier"]["sources"] == [
        {"code": None, "concordance": {"nom": True, "prenoms": None, "dateNaissance": True, "t": "Concordance"}},
        {
            "code": "IDENTITE_INCOHERENTE",
            "concordance": {"nom": False, "prenoms": True, "dateNaissance": None, "t": "Concordance"},
        },
        {"code": None, "concordance": None},
    ]


async def test_a_value_that_breaks_its_type_takes_the_whole_bloc_with_it(interrogation: Interrogation) -> None:
    derive = StatutEtudiant(admissions=["pas une admission"], identite=STATUT.identite)  # type: ignore[list-item]
    resultat = await answer(
        interrogation,
        "statutEtudiant { identite { prenom } admissions { dateDebut } } situationFiscale { revenuFiscalReference }",
        {ADMISSIONS, "mesri_identite", N1, RFR},
        {StatutEtudiant: SourceEcrite(derive), SituationFiscale: SourceEcrite(FISCALE)},
    )
    assert resultat.data["particulier"] == {
        "statutEtudiant": None,
        "situationFiscale": {"revenuFiscalReference": 33219.5},
    }
    assert errors(resultat) == [("statutEtudiant", "SOURCE_REPONSE_INVALIDE", [])]


@pytest.mark.parametrize("montant", [2**53, -(2**53), 10**30, "NaN", "Infinity"])
async def test_an_amount_that_no_number_of_json_holds_takes_its_bloc_alone(
    interrogation: Interrogation, montant: int | str
) -> None:
    derive = replace(FISCALE, revenu_fiscal_reference=Montant(Decimal(montant)))
    resultat = await answer(
        interrogation,
        "statutEtudiant { identite { prenom } } situationFiscale { revenuFiscalReference }",
        {"mesri_identite", N1, RFR},
        {StatutEtudiant: SourceEcrite(STATUT), SituationFiscale: SourceEcrite(derive)},
    )
    assert resultat.data["particulier"] == {
        "statutEtudiant": {"identite": {"prenom": "Anne"}},
        "situationFiscale": None,
    }
    assert errors(resultat) == [("situationFiscale", "SOURCE_REPONSE_INVALIDE", [])]


async def test_a_fault_of_ours_answers_nothing(interrogation: Interrogation) -> None:
    class Cassee:
        async def __call__(self, _demande: object) -> None:
            raise ZeroDivisionError

    with pytest.raises(ErreurInterne):
        await answer(
            interrogation,
            "statutEtudiant { identite { prenom } } situationFiscale { revenuFiscalReference }",
            {"mesri_identite", N1, RFR},
            {StatutEtudiant: Cassee(), SituationFiscale: SourceEcrite(FISCALE)},
        )
