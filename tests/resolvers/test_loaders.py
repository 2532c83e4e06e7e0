"""One question per bloc and demande, whatever the aliases and the persons; what the plan did not keep is not loaded."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from gateway.circonstance import Circonstance
from graph.consultation import SCOPE, ConsultationsConnection
from graph.demande import Demande
from graph.errors import DossierAbsent, SourceIndisponible
from graph.identite import Identite
from graph.lecture import Lecture
from graph.situation_fiscale import SCOPE_REPLI, SituationFiscale
from graph.statut_etudiant import IdentiteEtudiant, StatutEtudiant
from resolvers.context import HorsPlan, RequestContext
from resolvers.execution import execute
from tests.resolvers.conftest import AUJOURDHUI, FOURNISSEURS, PERSONNE, Interrogation, SourceEcrite, consulter

SCOPES = {"mesri_identite", "dgfip_rfr", "dgfip_annee_n_moins_1", "dgfip_annee_n_moins_2"}
IDENTITE = IdentiteEtudiant(nom_naissance="Martin", prenom="Anne", date_naissance=None)
STATUT = StatutEtudiant(admissions=None, identite=IDENTITE)
DEMANDE = Demande(Identite(ine="123456789AB"))
ETUDIANT = "statutEtudiant { identite { prenom } }"


@dataclass
class Lente:
    """A source that answers when the test lets it."""

    reponse: Any
    ouverte: asyncio.Event = field(default_factory=asyncio.Event)
    appelee: asyncio.Event = field(default_factory=asyncio.Event)
    abandonnee: asyncio.Event = field(default_factory=asyncio.Event)
    appels: int = 0

    async def __call__(self, _demande: Demande) -> Any:
        self.appels += 1
        self.appelee.set()
        try:
            await self.ouverte.wait()
        except asyncio.CancelledError:
            self.abandonnee.set()
            raise
        return Lecture(self.reponse)


async def test_one_bloc_under_several_aliases_is_asked_once(interrogation: Interrogation) -> None:
    source = SourceEcrite(STATUT)
    question = interrogation.plan(f"a: {ETUDIANT} b: {ETUDIANT} {ETUDIANT}", SCOPES)
    resultat = await interrogation.answer(question, SCOPES, {StatutEtudiant: source})
    attendu = {"identite": {"prenom": "Anne"}}
    assert resultat.data == {"particulier": {"a": attendu, "b": attendu, "statutEtudiant": attendu}}
    assert len(source.demandes) == 1


async def test_one_person_named_twice_is_asked_about_once(interrogation: Interrogation) -> None:
    source = SourceEcrite(STATUT)
    document = "query($i: IdentiteInput!) { p: particulier(identite: $i) { S } q: particulier(identite: $i) { S } }"
    question = interrogation.ask(document.replace("S", ETUDIANT), {"i": PERSONNE}, SCOPES)
    resultat = await interrogation.answer(question, SCOPES, {StatutEtudiant: source})
    assert resultat.data["p"] == resultat.data["q"] == {"statutEtudiant": {"identite": {"prenom": "Anne"}}}
    assert len(source.demandes) == 1


async def test_other_arguments_are_another_question_and_resolved_ones_the_same(interrogation: Interrogation) -> None:
    source = SourceEcrite(SourceIndisponible())
    question = interrogation.plan(
        "a: situationFiscale { revenuFiscalReference }"
        "b: situationFiscale(anneeRevenus: 2025) { revenuFiscalReference }"
        "c: situationFiscale(anneeRevenus: 2024) { revenuFiscalReference }",
        SCOPES,
    )
    await interrogation.answer(question, SCOPES, {SituationFiscale: source})
    assert [demande["annee_revenus"] for demande in source.demandes] == [2025, 2024]


async def test_questions_put_in_turn_are_shared_by_all_that_may_need_them(interrogation: Interrogation) -> None:
    demandees: list[int] = []

    async def source(demande: Demande) -> Lecture[StatutEtudiant]:
        demandees.append(demande["annee_revenus"])
        if demande["annee_revenus"] == 2025:
            raise DossierAbsent
        return Lecture(STATUT)

    scopes = {"dgfip_rfr", SCOPE_REPLI}
    annees = ("", "(anneeRevenus: 2025)", "(anneeRevenus: 2024)")
    alias = " ".join(f"a{rang}: situationFiscale{un} {{ anneeRevenus }}" for rang, un in enumerate(annees))
    question = interrogation.plan(alias, scopes)
    async with interrogation.context(question, scopes, {SituationFiscale: source}) as context:
        await execute(interrogation.schema, question, context, FOURNISSEURS)
    assert demandees == [2025, 2024]
    replis = [reponse for reponse in context.reponses.values() if reponse.essais]
    assert len(replis) == 2
    assert len({id(reponse.essais[-1]) for reponse in replis}) == 1


async def test_an_error_is_shared_as_an_answer_is(interrogation: Interrogation) -> None:
    source = SourceEcrite(SourceIndisponible())
    question = interrogation.plan(f"a: {ETUDIANT} b: {ETUDIANT}", SCOPES)
    resultat = await interrogation.answer(question, SCOPES, {StatutEtudiant: source})
    assert [(erreur.chemin, erreur.erreur.code) for erreur in resultat.erreurs] == [
        (("particulier", "a"), "SOURCE_INDISPONIBLE"),
        (("particulier", "b"), "SOURCE_INDISPONIBLE"),
    ]
    assert len(source.demandes) == 1


async def test_sources_are_asked_at_the_same_time(interrogation: Interrogation) -> None:
    une, autre = Lente(STATUT), Lente(None)
    question = interrogation.plan(f"{ETUDIANT} situationFiscale {{ revenuFiscalReference }}", SCOPES)
    sources: dict[type[Any], Lente] = {StatutEtudiant: une, SituationFiscale: autre}
    reponse = asyncio.ensure_future(interrogation.answer(question, SCOPES, sources))
    async with asyncio.timeout(5):
        await asyncio.gather(une.appelee.wait(), autre.appelee.wait())
    une.ouverte.set()
    autre.ouverte.set()
    assert (await reponse).data["particulier"]["statutEtudiant"] == {"identite": {"prenom": "Anne"}}


@pytest.fixture
def lente() -> Lente:
    return Lente(STATUT)


@pytest.fixture
def context(interrogation: Interrogation, lente: Lente) -> RequestContext:
    question = interrogation.plan(f"a: {ETUDIANT} b: {ETUDIANT}", SCOPES)
    return interrogation.context(question, SCOPES, {StatutEtudiant: lente})


async def test_a_cancelled_namesake_does_not_cancel_the_others(context: RequestContext, lente: Lente) -> None:
    async with context, asyncio.timeout(5):
        une = asyncio.ensure_future(context.load(StatutEtudiant, DEMANDE, ("particulier", "a")))
        autre = asyncio.ensure_future(context.load(StatutEtudiant, DEMANDE, ("particulier", "b")))
        await lente.appelee.wait()
        une.cancel()
        lente.ouverte.set()
        assert await autre is STATUT
        with pytest.raises(asyncio.CancelledError):
            await une
    assert lente.appels == 1
    assert not lente.abandonnee.is_set()


async def test_what_nobody_waits_for_any_more_is_stopped(context: RequestContext, lente: Lente) -> None:
    async with asyncio.timeout(5):
        async with context:
            abandonnee = asyncio.ensure_future(context.load(StatutEtudiant, DEMANDE, ("particulier", "a")))
            await lente.appelee.wait()
        await lente.abandonnee.wait()
    abandonnee.cancel()


@pytest.mark.parametrize(
    ("bloc", "chemin"),
    [
        (StatutEtudiant, ("particulier", "c")),
        (StatutEtudiant, ("autre", "a")),
        (SituationFiscale, ("particulier", "a")),
    ],
)
async def test_a_load_that_the_plan_did_not_keep_is_refused_before_it_is_asked(
    context: RequestContext, lente: Lente, bloc: type[Any], chemin: tuple[str, ...]
) -> None:
    async with context:
        with pytest.raises(HorsPlan):
            await context.load(bloc, DEMANDE, chemin)
    assert lente.appels == 0
    assert context.reponses == {}


async def test_no_source_is_asked_before_the_access_has_its_trace(context: RequestContext, lente: Lente) -> None:
    context.tracee.clear()
    lente.ouverte.set()
    async with context, asyncio.timeout(5):
        demandee = asyncio.ensure_future(context.load(StatutEtudiant, DEMANDE, ("particulier", "a")))
        await quelques_tours()
        assert lente.appels == 0
        context.tracee.set()
        assert await demandee is STATUT


async def test_no_journal_is_read_before_the_access_has_its_trace(interrogation: Interrogation) -> None:
    usager, lus = Identite(), list[Identite]()

    async def consulte(qui: Identite, *_: Any) -> ConsultationsConnection:
        lus.append(qui)
        return await consulter()

    question = interrogation.ask("{ mesConsultations { depuis } }", {}, {SCOPE}, france_connect=usager)
    circonstance = Circonstance(frozenset({SCOPE}), AUJOURDHUI, france_connect=usager)
    context = replace(
        interrogation.context(question, (), {}),
        circonstances=circonstance,
        consulte=consulte,
        tracee=asyncio.Event(),
    )
    async with context, asyncio.timeout(5):
        lu = asyncio.ensure_future(context.consult(10, None, None, ("mesConsultations",)))
        await quelques_tours()
        assert lus == []
        context.tracee.set()
        assert (await lu).edges == []
    assert lus == [usager]


async def quelques_tours() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_nothing_is_shared_between_two_requests(interrogation: Interrogation) -> None:
    source = SourceEcrite(STATUT)
    question = interrogation.plan(ETUDIANT, SCOPES)
    for _ in range(2):
        await interrogation.answer(question, SCOPES, {StatutEtudiant: source})
    assert len(source.demandes) == 2
