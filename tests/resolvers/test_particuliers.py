"""Several persons in one question: each at its rank, none harmed by another, no source asked twice or in a rush."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from graph.demande import Demande
from graph.errors import IdentiteNonReconnue, ParametreInvalide, RequeteTropCouteuse
from graph.identite import DateNaissance, Identite, IdentitePivot
from graph.lecture import Lecture
from graph.statut_etudiant import IdentiteEtudiant, StatutEtudiant
from resolvers.execution import Resultat
from tests.resolvers.conftest import Interrogation

SCOPES = {"mesri_identite"}
DOCUMENT = """
query($identites: [IdentiteInput!]!) {
  particuliers(identites: $identites) { statutEtudiant { identite { prenom } } sources { chemin etat code } }
}
"""


def ines(*rangs: int) -> dict[str, Any]:
    return {"identites": [{"ine": f"{rang:09}AB"} for rang in rangs]}


class Ministere:
    """Knows every student but the second, and remembers how many questions it was asked at the same time."""

    def __init__(self) -> None:
        self.demandes: list[Demande] = []
        self.ensemble = self.en_cours = 0

    async def __call__(self, demande: Demande) -> Lecture[StatutEtudiant]:
        self.demandes.append(demande)
        self.en_cours += 1
        self.ensemble = max(self.ensemble, self.en_cours)
        for _ in range(3):
            await asyncio.sleep(0)
        self.en_cours -= 1
        if demande.identite.ine == "000000002AB":
            raise IdentiteNonReconnue
        identite = IdentiteEtudiant(nom_naissance="Martin", prenom=demande.identite.ine, date_naissance=None)
        return Lecture(StatutEtudiant(admissions=None, identite=identite))


async def answer(
    interrogation: Interrogation, variables: Mapping[str, Any], ministere: Ministere, document: str = DOCUMENT
) -> Resultat:
    question = interrogation.ask(document, variables, SCOPES, personnes_par_requete=50)
    return await interrogation.answer(question, SCOPES, {StatutEtudiant: ministere})


def shown(resultat: Resultat) -> list[Any]:
    personnes: Sequence[Any] = resultat.data["particuliers"]
    return [une["statutEtudiant"] and une["statutEtudiant"]["identite"]["prenom"] for une in personnes]


async def test_each_person_is_answered_at_the_rank_where_she_was_named(interrogation: Interrogation) -> None:
    resultat = await answer(interrogation, ines(3, 1), Ministere())
    assert shown(resultat) == ["000000003AB", "000000001AB"]
    assert resultat.erreurs == ()


async def test_a_person_whom_nobody_knows_harms_no_other(interrogation: Interrogation) -> None:
    resultat = await answer(interrogation, ines(1, 2, 3), Ministere())
    assert shown(resultat) == ["000000001AB", None, "000000003AB"]
    assert [(une.chemin, une.erreur.code) for une in resultat.erreurs] == [
        (("particuliers", 1, "statutEtudiant"), "IDENTITE_NON_RECONNUE")
    ]
    assert resultat.data["particuliers"][1]["sources"] == [
        {"chemin": "particuliers.1.statutEtudiant", "etat": "ABSENT", "code": "IDENTITE_NON_RECONNUE"}
    ]


async def test_a_person_named_twice_is_asked_about_once(interrogation: Interrogation) -> None:
    ministere = Ministere()
    resultat = await answer(interrogation, ines(1, 3, 1), ministere)
    assert shown(resultat) == ["000000001AB", "000000003AB", "000000001AB"]
    assert len(ministere.demandes) == 2


async def test_a_source_is_asked_a_few_questions_at_a_time(interrogation: Interrogation) -> None:
    ministere = Ministere()
    await answer(interrogation, ines(*range(10, 40)), ministere)
    assert len(ministere.demandes) == 30
    assert ministere.ensemble == 5


async def test_a_refused_field_has_one_entry_per_person(interrogation: Interrogation) -> None:
    document = DOCUMENT.replace("prenom }", "prenom } admissions { dateDebut }")
    resultat = await answer(interrogation, ines(1, 3), Ministere(), document)
    assert [une.chemin for une in resultat.erreurs] == [
        ("particuliers", 0, "statutEtudiant", "admissions"),
        ("particuliers", 1, "statutEtudiant", "admissions"),
    ]


async def test_one_person_and_several_may_stand_in_one_question(interrogation: Interrogation) -> None:
    document = """
    query($i: IdentiteInput!, $identites: [IdentiteInput!]!) {
      une: particulier(identite: $i) { statutEtudiant { identite { prenom } } }
      particuliers(identites: $identites) { s: statutEtudiant { identite { prenom } } __typename }
    }
    """
    ministere = Ministere()
    question = interrogation.ask(document, {"i": {"ine": "000000001AB"}, **ines(1, 3)}, SCOPES, personnes_par_requete=2)
    resultat = await interrogation.answer(question, SCOPES, {StatutEtudiant: ministere})
    assert resultat.data == {
        "une": {"statutEtudiant": {"identite": {"prenom": "000000001AB"}}},
        "particuliers": [
            {"s": {"identite": {"prenom": "000000001AB"}}, "__typename": "Particulier"},
            {"s": {"identite": {"prenom": "000000003AB"}}, "__typename": "Particulier"},
        ],
    }
    assert len(ministere.demandes) == 2


def test_the_habilitation_bounds_the_distinct_persons(interrogation: Interrogation) -> None:
    interrogation.ask(DOCUMENT, ines(1, 2, 1), SCOPES, personnes_par_requete=2)
    with pytest.raises(RequeteTropCouteuse) as refus:
        interrogation.ask(DOCUMENT, ines(1, 2, 3), SCOPES, personnes_par_requete=2)
    assert refus.value.detail == "Limite : 2 personnes distinctes par requête."


def test_the_questions_to_sources_are_bounded_all_persons_together(interrogation: Interrogation) -> None:
    document = DOCUMENT.replace(
        "sources {", "a: statutEtudiant { identite { prenom } } b: statutEtudiant { identite { prenom } } sources {"
    )
    interrogation.ask(document, ines(*range(33)), SCOPES, personnes_par_requete=50)
    with pytest.raises(RequeteTropCouteuse) as refus:
        interrogation.ask(document, ines(*range(34)), SCOPES, personnes_par_requete=50)
    assert refus.value.detail == "Limite : 100 appels de source, personnes comprises."
    interrogation.ask(document, ines(*range(34)), (), personnes_par_requete=50)
    a_deux = document.replace("b: statutEtudiant { identite { prenom } }", "")
    plan = interrogation.ask(a_deux, ines(*range(50)), SCOPES, personnes_par_requete=50).plan
    assert sum(bloc.garde for personne in plan.personnes for bloc in personne.blocs) == 100


def test_a_thousand_blocs_are_planned_all_persons_together_and_not_one_more(interrogation: Interrogation) -> None:
    def document(blocs: int) -> str:
        corps = " ".join(f"b{rang}: statutEtudiant {{ identite {{ prenom }} }}" for rang in range(blocs))
        return f"query($identites: [IdentiteInput!]!) {{ particuliers(identites: $identites) {{ {corps} }} }}"

    plan = interrogation.ask(document(10), ines(*[1] * 100)).plan
    assert sum(len(personne.blocs) for personne in plan.personnes) == 1_000
    with pytest.raises(RequeteTropCouteuse) as refus:
        interrogation.ask(document(11), ines(*[1] * 91))
    assert refus.value.detail == "Limite : 1000 blocs, personnes comprises."


@pytest.mark.parametrize(
    ("identites", "detail"),
    [
        ([], "identites : désignez une personne au moins."),
        (
            [{"ine": "000000001AB"}, {"ine": "12"}],
            "identites[1].ine : 11 caractères au format RNIE, BEA, base 36 ou SIFA.",
        ),
        ([{}], "identites[0] : donnez au moins une clé, par exemple identitePivot."),
    ],
)
def test_a_bad_identity_is_refused_by_its_rank(interrogation: Interrogation, identites: list[Any], detail: str) -> None:
    with pytest.raises(ParametreInvalide) as refus:
        interrogation.ask(DOCUMENT, {"identites": identites}, SCOPES, personnes_par_requete=50)
    assert refus.value.detail == detail


PERSONNE = Identite(pivot=IdentitePivot("MARTIN", ("Anne",), DateNaissance(1990, 1, 2)), france_connect=True)
SEULE = "query($i: IdentiteInput) { particulier(identite: $i) { __typename } }"


def test_france_connect_names_the_person(interrogation: Interrogation) -> None:
    question = interrogation.ask(SEULE, {}, france_connect=PERSONNE)
    assert question.identites == {("particulier",): PERSONNE}


def test_france_connect_may_be_completed_by_other_keys(interrogation: Interrogation) -> None:
    question = interrogation.ask(SEULE, {"i": {"ine": "000000001ab"}}, france_connect=PERSONNE)
    (identite,) = question.identites.values()
    assert identite == Identite(pivot=PERSONNE.pivot, ine="000000001AB", france_connect=True)


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        (SEULE, {"i": {"identitePivot": {"nomNaissance": "DURAND", "prenoms": ["Zoé"]}}}),
        (DOCUMENT, ines(1)),
    ],
)
def test_france_connect_names_nobody_else(
    interrogation: Interrogation, document: str, variables: Mapping[str, Any]
) -> None:
    with pytest.raises(ParametreInvalide, match="PARAMETRE_INVALIDE") as refus:
        interrogation.ask(document, variables, france_connect=PERSONNE)
    assert "FranceConnect" in refus.value.detail
