"""A question is explained without being put: what is granted, what is missing, whom it calls, why it is refused."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from gateway.circonstance import Circonstance
from graph.errors import ErreurDeRequete
from graph.explication import ChampExplique, Explication
from graph.identite import Identite
from graph.scolarite import Scolarite
from graph.source import Disponibilite, EtatDeSource
from resolvers.explication import Explicateur
from resolvers.projection import Fournisseur
from tests.resolvers.conftest import AUJOURDHUI, FOURNISSEURS, PERSONNE, Interrogation

DEMANDE = "https://demande.example"
CANARI = "ZWQXKJVB8471936052"
N = AUJOURDHUI.year
ETATS = [
    EtatDeSource(
        nom="dgfip",
        libelle="DGFIP",
        fournisseur="DGFIP",
        bloc="SituationFiscale",
        identifiants=[],
        disponibilite=Disponibilite.PERTURBEE,
        retablissement=None,
        appels_recents=3,
        latence_mediane_ms=120,
    )
]
SCOPES = {"dgfip_rfr", "dgfip_annee_n_moins_1", "mesri_identite"}
TROIS = """
query Q($identite: IdentiteInput!, $annee: Int!) {
  usager: particulier(identite: $identite) {
    fiscal: situationFiscale(anneeRevenus: $annee) { rfr: revenuFiscalReference declarant1 { nomUsage __typename } }
    statutEtudiant { ...F identite { __typename } admissions { dateDebut } }
    sources { etat }
  }
  habilitation { scopes }
}
fragment F on StatutEtudiant { identite { prenom: nomNaissance } }
"""


def explain(
    interrogation: Interrogation,
    requete: str,
    variables: Any = None,
    scopes: Iterable[str] = SCOPES,
    **circonstances: Any,
) -> Explication:
    circonstance = Circonstance(frozenset(scopes), AUJOURDHUI, **circonstances)
    sources = {**FOURNISSEURS, Scolarite: Fournisseur("men", "MEN")}
    return Explicateur(interrogation.planner, sources, lambda: ETATS, circonstance, DEMANDE)(requete, variables)


def manques(explication: Explication) -> Mapping[str, list[str]]:
    assert explication.acceptee, explication.message
    return {champ.chemin: champ.scopes_manquants for champ in explication.champs}


def test_each_leaf_tells_its_right_and_the_state_of_its_source_with_nobody_named(interrogation: Interrogation) -> None:
    explication = explain(interrogation, TROIS)
    assert (explication.acceptee, explication.code, explication.message) == (True, None, None)
    assert (explication.appels, explication.personnes) == (2, 1)
    dgfip = {"source": "dgfip", "disponibilite": Disponibilite.PERTURBEE, "latence_mediane_ms": 120}
    mesri = {"source": "mesri", "disponibilite": None, "latence_mediane_ms": None}
    rien = {"source": None, "disponibilite": None, "latence_mediane_ms": None}
    assert [vars(champ) for champ in explication.champs] == [
        vars(ligne("usager.fiscal.rfr", "situationFiscale.revenuFiscalReference", (), dgfip)),
        vars(
            ligne(
                "usager.fiscal.declarant1.nomUsage", "situationFiscale.declarant1.nomUsage", ["dgfip_nmUsaDec1"], dgfip
            )
        ),
        vars(ligne("usager.statutEtudiant.identite.prenom", "statutEtudiant.identite.nomNaissance", (), mesri)),
        vars(
            ligne(
                "usager.statutEtudiant.admissions.dateDebut",
                "statutEtudiant.admissions.dateDebut",
                ["mesri_admissions"],
                mesri,
            )
        ),
        vars(ligne("usager.sources.etat", "sources.etat", (), rien)),
        vars(ligne("habilitation.scopes", "habilitation.scopes", (), rien)),
    ]


def ligne(chemin: str, champ: str, manquants: Iterable[str], source: Mapping[str, Any]) -> ChampExplique:
    scopes = list(manquants)
    return ChampExplique(
        chemin=chemin,
        champ=champ,
        accorde=not scopes,
        scopes_manquants=scopes,
        demande=DEMANDE if scopes else None,
        **source,
    )


@pytest.mark.parametrize(
    ("annee", "manquants", "appels"),
    [(None, [], 1), (N - 1, [], 1), (N - 2, ["dgfip_annee_n_moins_2"], 0)],
    ids=["not given", "granted", "not granted"],
)
def test_an_argument_is_judged_when_its_value_is_given(
    interrogation: Interrogation, annee: int | None, manquants: list[str], appels: int
) -> None:
    document = "query($a: Int!) { particulier { situationFiscale(anneeRevenus: $a) { revenuFiscalReference } } }"
    explication = explain(interrogation, document, {} if annee is None else {"a": annee})
    assert manques(explication) == {"particulier.situationFiscale.revenuFiscalReference": manquants}
    assert explication.appels == appels


@pytest.mark.parametrize(
    ("document", "variables", "personnes", "appels"),
    [
        ("{ particulier { statutEtudiant { identite { nomNaissance } } } }", None, 1, 1),
        ("{ particulier { statutEtudiant { __typename } } }", None, 1, 0),
        ("query($i: IdentiteInput) { particulier(identite: $i) { BLOC } }", {"i": None}, 1, 1),
        ("query($i: IdentiteInput!) { a: particulier(identite: $i) { BLOC } b: particulier { BLOC } }", {}, 2, 2),
        ("query($i: [IdentiteInput!]!) { particuliers(identites: $i) { BLOC } }", {}, 1, 1),
        ("query($i: [IdentiteInput!]!) { particuliers(identites: $i) { BLOC } }", {"i": [PERSONNE, PERSONNE]}, 1, 2),
        ("query($i: IdentiteInput!, $j: IdentiteInput!) { particuliers(identites: [$i, $j]) { BLOC } }", {}, 2, 2),
        ("query($i: Ine!) { particuliers(identites: [{ ine: $i }]) { BLOC } }", {}, 1, 1),
        ("query($i: Ine!) { particulier(identite: { ine: $i }) { BLOC } }", {}, 1, 1),
        ("query($b: Boolean!) { particulier { a: BLOC @skip(if: $b) b: BLOC @include(if: $b) } }", {}, 1, 2),
        ("query($b: Boolean!) { particulier { a: BLOC @skip(if: $b) b: BLOC @include(if: $b) } }", {"b": True}, 1, 1),
        ("{ habilitation { scopes } }", None, 0, 0),
        ("{ __schema { queryType { name } } }", None, 0, 0),
    ],
)
def test_the_cost_is_told_whoever_is_named(
    interrogation: Interrogation, document: str, variables: Any, personnes: int, appels: int
) -> None:
    for directive in ("@skip(if: $b)", "@include(if: $b)", ""):
        document = document.replace(
            f"BLOC {directive}".strip(), f"statutEtudiant {directive} {{ identite {{ prenom }} }}"
        )
    explication = explain(interrogation, document, variables, personnes_par_requete=2)
    assert explication.acceptee, explication.message
    assert (explication.personnes, explication.appels) == (personnes, appels)


NOMMEE = "query($i: IdentiteInput!) { particulier(identite: $i) { statutEtudiant { identite { prenom } } } }"
NOMMEES = "query($i: [IdentiteInput!]!) { particuliers(identites: $i) { statutEtudiant { identite { prenom } } } }"


@pytest.mark.parametrize(
    ("document", "variables", "code", "detail"),
    [
        ("{ particulier {", None, "REQUETE_INVALIDE", "erreur de syntaxe GraphQL."),
        ("", None, "REQUETE_INVALIDE", "erreur de syntaxe GraphQL."),
        ("{ particulier { inconnu } }", None, "REQUETE_INVALIDE", "le champ « inconnu » n'existe pas sur le type"),
        ("{ sources { nom } __schema { description } }", None, "REQUETE_INVALIDE", "se demande seule"),
        ("query A { __typename } query B { __typename }", None, "REQUETE_INVALIDE", "plusieurs opérations"),
        ("{ __typename }", [1], "REQUETE_INVALIDE", "« variables » doit être un objet JSON."),
        ("{ " + " ".join(f"a{n}: __typename" for n in range(30)) + " }", None, "REQUETE_TROP_COUTEUSE", "20 alias."),
        ("{ " + "habilitation { " * 60 + "a" + " }" * 61, None, "REQUETE_TROP_COUTEUSE", "imbrication."),
        (NOMMEE, {"i": {"ine": CANARI}}, "PARAMETRE_INVALIDE", "ine"),
        (NOMMEE, {"i": CANARI}, "PARAMETRE_INVALIDE", "La variable « $i » n'a pas le type attendu."),
        (NOMMEES, {"i": []}, "PARAMETRE_INVALIDE", "identites : désignez une personne au moins."),
        (NOMMEES, {"i": [PERSONNE, {"ine": "123456789AC"}]}, "REQUETE_TROP_COUTEUSE", "Limite : 1 personne distincte"),
        (NOMMEES, {"i": [PERSONNE] * 101}, "REQUETE_TROP_COUTEUSE", "Limite : 100 personnes nommées"),
        (
            NOMMEE.replace(
                "statutEtudiant { identite { prenom } }", "situationFiscale(anneeRevenus: 1) { nombreParts }"
            ),
            {"i": PERSONNE},
            "PARAMETRE_INVALIDE",
            "anneeRevenus",
        ),
        (
            "query($b: Boolean = true) { __schema { types @include(if: $b) { name } } }",
            {"b": None},
            "PARAMETRE_INVALIDE",
            "« $b »",
        ),
        ('query($n: String = "A") { __type(name: $n) { name } }', {"n": None}, "PARAMETRE_INVALIDE", "« $n »"),
        (
            'query($r: String = "{ __typename }") { expliquer(requete: $r) { code } }',
            {"r": None},
            "PARAMETRE_INVALIDE",
            "La variable « $r » est obligatoire.",
        ),
        (
            '{ a: expliquer(requete: "") { code } b: expliquer(requete: "") { code } }',
            None,
            "REQUETE_TROP_COUTEUSE",
            "1",
        ),
    ],
)
def test_a_question_that_would_be_refused_is_explained_by_its_refusal(
    interrogation: Interrogation, document: str, variables: Any, code: str, detail: str
) -> None:
    explication = explain(interrogation, document, variables)
    assert (explication.acceptee, explication.code, explication.champs) == (False, code, [])
    assert (explication.appels, explication.personnes) == (0, 0)
    assert explication.message
    assert detail in explication.message
    assert CANARI not in explication.message
    if not isinstance(variables, list):
        with pytest.raises(ErreurDeRequete) as refus:
            interrogation.ask(document, variables or {}, SCOPES)
        assert f"{refus.value.message} {refus.value.detail}" == explication.message


def test_whom_france_connect_names_is_judged_with_the_question(interrogation: Interrogation) -> None:
    certifiee = Identite(ine="123456789AB")
    assert explain(interrogation, "{ particulier { sources { etat } } }", france_connect=certifiee).personnes == 1
    refusee = explain(interrogation, NOMMEES, {"i": [PERSONNE]}, france_connect=certifiee)
    assert (refusee.acceptee, refusee.code) == (False, "PARAMETRE_INVALIDE")


@pytest.mark.parametrize(
    "selection",
    [
        "situationFiscale { nombreParts adresseTaxation { voie } declarant1 { __typename prenoms } }",
        "a: statutEtudiant { identite { prenom } } b: statutEtudiant { admissions { estInscrit dateFin } }",
        "dossierAllocataire { adresse { __typename } enfants { sexe } } sources { code }",
    ],
)
def test_what_is_explained_is_what_is_planned(interrogation: Interrogation, selection: str) -> None:
    scopes = {"mesri_admissions", "mesri_identite", "dgfip_nbpart", "dgfip_annee_n_moins_1", "cnaf_enfants"}
    plan = interrogation.plan(selection, scopes).plan
    blocs = plan.personnes[0].blocs
    explication = explain(interrogation, interrogation.document(selection), {"identite": PERSONNE}, scopes)
    champs = [champ for champ in explication.champs if champ.source]
    assert [c.champ for c in champs if c.accorde] == [un for bloc in blocs for un in bloc.divulgues]
    assert [c.champ for c in champs if not c.accorde] == [un for bloc in blocs for un in bloc.refuses]
    assert explication.appels == sum(bloc.garde for bloc in blocs)


EXPLIQUER = (
    "query($r: String!, $v: JSON) { expliquer(requete: $r, variables: $v) { acceptee code appels champs { champ } } }"
)


async def test_a_question_explained_is_never_executed_even_one_that_explains(interrogation: Interrogation) -> None:
    dedans = """{
      expliquer(requete: "{ particulier { statutEtudiant { identite { prenom } } } }") { appels }
      particulier { statutEtudiant { identite { prenom } } }
    }"""
    question = interrogation.ask(EXPLIQUER, {"r": dedans, "v": {}}, SCOPES)
    resultat = await interrogation.answer(question, SCOPES, {})
    assert not resultat.erreurs
    assert resultat.data["expliquer"]["acceptee"], resultat.data
    assert [une["champ"] for une in resultat.data["expliquer"]["champs"]] == [
        "expliquer.appels",
        "statutEtudiant.identite.prenom",
    ]
    assert resultat.data["expliquer"]["appels"] == 1
    assert question.plan.personnes == ()


@pytest.mark.parametrize("variables", ["", ", variables: null", ", variables: { i: { ine: $ine } }"])
async def test_variables_may_be_written_in_the_document(interrogation: Interrogation, variables: str) -> None:
    declare = "($ine: String!)" if "$ine" in variables else ""
    document = f'query{declare} {{ expliquer(requete: """{NOMMEE}"""{variables}) {{ acceptee personnes }} }}'
    question = interrogation.ask(document, {"ine": "123456789AB"}, SCOPES)
    resultat = await interrogation.answer(question, SCOPES, {})
    assert resultat.data == {"expliquer": {"acceptee": True, "personnes": 1}}


def test_the_arguments_that_a_bloc_requires_may_be_left_to_variables(interrogation: Interrogation) -> None:
    document = "query($a: String!, $p: PerimetreScolariteInput!) "
    document += "{ particulier { scolarite(anneeScolaire: $a, perimetre: $p) { estScolarise } } }"
    explication = explain(interrogation, document)
    assert explication.acceptee, explication.message
    refusee = explain(interrogation, document, {"a": "hier", "p": {"codeEtablissement": "0132733A"}})
    assert (refusee.acceptee, refusee.code) == (False, "PARAMETRE_INVALIDE")
