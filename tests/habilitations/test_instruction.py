"""What DataPass decides, in the database: rights given, changed and ended, each delivery once."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from gateway.demarrage import tell_unbound
from graph.errors import HabilitationInactive, JetonInvalide, JetonRevoque, Surcharge
from habilitations.datapass import Evenement, lire
from habilitations.habilitation import Etat, Habilitation
from habilitations.regles import OperationRefusee
from habilitations.store import Store
from habilitations.store_datapass import Suite
from tests.habilitations.evenements import MARSEILLE, PARIS, evenement

SECONDE = timedelta(seconds=1)
ESSAIS = 4


class Instruction:
    """DataPass, one second later at each event."""

    def __init__(self, store: Store, temps: list[datetime]) -> None:
        self.store = store
        self.temps = temps

    def dire(self, nom: str, **faits: Any) -> Evenement:
        self.temps.append(self.temps[-1] + SECONDE)
        lu = lire(evenement(nom, instant=self.temps[-1], **faits))
        assert lu is not None
        return lu

    async def suivre(self, nom: str, **faits: Any) -> Suite:
        dit = self.dire(nom, **faits)
        for _ in range(ESSAIS):
            with suppress(Surcharge):  # on a busy machine; DataPass sends again as well
                return await self.store.appliquer(dit)
        return await self.store.appliquer(dit)

    async def habilitation(self) -> Habilitation:
        (une,) = await self.store.lister()
        return une

    async def jeton(self) -> str:
        return (await self.store.emettre((await self.habilitation()).id)).texte


@pytest.fixture
def instruction(store: Store, temps: list[datetime]) -> Instruction:
    return Instruction(store, temps)


async def test_an_approval_records_what_was_granted(instruction: Instruction, store: Store) -> None:
    suite = await instruction.suivre("approve")
    une = await instruction.habilitation()
    assert (une.external_id, une.public_id, une.etat_datapass) == ("123", "D123", "validated")
    assert une.sirets == (PARIS,)
    assert une.scopes == {"cnaf_quotient_familial"}
    assert (une.volume_annuel, une.modalites) == (12_000, ("params", "france_connect"))
    assert (une.personnes_par_requete, une.fin, une.plages_ip) == (1, None, ())
    assert une.cadre_juridique.startswith("CRPA, art. L. 114-8")
    (jeton,) = await store.lister_jetons()
    assert (jeton.id, jeton.a_retirer) == (suite.jeton_id, True)


async def test_the_token_promised_is_the_one_that_an_operator_issues(instruction: Instruction, store: Store) -> None:
    suite = await instruction.suivre("approve")
    emis = await store.emettre((await instruction.habilitation()).id, timedelta(days=30))
    assert emis.jeton.id == suite.jeton_id
    acces = await store.authentifier(emis.texte)
    assert (acces.jeton_id, acces.habilitation.external_id) == (suite.jeton_id, "123")
    assert acces.expire == instruction.temps[-1] + timedelta(days=30)
    autre = await store.emettre(acces.habilitation.id)
    assert autre.jeton.id != suite.jeton_id
    assert await store.authentifier(emis.texte)


async def test_a_token_that_was_not_collected_cannot_be_renewed(instruction: Instruction, store: Store) -> None:
    suite = await instruction.suivre("approve")
    with pytest.raises(OperationRefusee, match="pas encore été retiré"):
        await store.renouveler(str(suite.jeton_id), timedelta(hours=1))


async def test_a_second_approval_changes_the_rights_of_the_tokens_already_issued(
    instruction: Instruction, store: Store
) -> None:
    premiere = await instruction.suivre("approve")
    texte = await instruction.jeton()
    await instruction.suivre("reopen")
    assert (await store.authentifier(texte)).habilitation.scopes == {"cnaf_quotient_familial"}
    seconde = await instruction.suivre("approve", scopes=["cnaf_enfants"], volumetrie_approximative=None)
    acces = await store.authentifier(texte)
    assert acces.habilitation.scopes == {"cnaf_enfants"}
    assert acces.habilitation.volume_annuel == 12_000
    assert seconde.jeton_id == premiere.jeton_id
    assert len(await store.lister_jetons()) == 1


@pytest.mark.parametrize("nom", ["submit", "reopen", "refuse", "request_changes"])
async def test_what_decides_nothing_leaves_the_rights_as_they_are(
    instruction: Instruction, store: Store, nom: str
) -> None:
    await instruction.suivre("approve")
    texte = await instruction.jeton()
    assert await instruction.suivre(nom, scopes=["cnaf_enfants"], siret=MARSEILLE) == Suite()
    acces = await store.authentifier(texte)
    assert acces.habilitation.sirets == (PARIS,)
    assert acces.habilitation.scopes == {"cnaf_quotient_familial"}
    assert (await instruction.habilitation()).etat_datapass != "validated"


@pytest.mark.parametrize("nom", ["revoke", "archive"])
async def test_an_end_refuses_every_token_at_once(
    instruction: Instruction, store: Store, autre_store: Store, nom: str
) -> None:
    await instruction.suivre("approve")
    textes = [await instruction.jeton(), await instruction.jeton()]
    await instruction.suivre(nom)
    for texte in textes:
        with pytest.raises(JetonRevoque):
            await autre_store.authentifier(texte)
    assert (await instruction.habilitation()).etat(instruction.temps[-1]) is Etat.TERMINEE
    with pytest.raises(OperationRefusee, match="terminée"):
        await store.emettre((await instruction.habilitation()).id)


async def test_an_end_also_refuses_the_token_in_its_overlap_and_ends_the_delegations(
    instruction: Instruction, store: Store
) -> None:
    suite = await instruction.suivre("approve")
    ancien = await instruction.jeton()
    await store.renouveler(str(suite.jeton_id), timedelta(hours=72))
    editeur = await store.creer_editeur("Éditeur", "13002526500013")
    une = next(une for une in await store.lister() if une.external_id)
    await store.deleguer(editeur.id, une.id)
    await instruction.suivre("revoke")
    with pytest.raises(JetonRevoque):
        await store.authentifier(ancien)
    assert [delegation.revoquee_le for delegation in await store.lister_delegations()] == [instruction.temps[-1]]


async def test_an_approval_after_an_end_promises_another_token(instruction: Instruction, store: Store) -> None:
    premiere = await instruction.suivre("approve")
    ancien = await instruction.jeton()
    await instruction.suivre("revoke")
    seconde = await instruction.suivre("approve")
    assert seconde.jeton_id != premiere.jeton_id
    assert await store.authentifier(await instruction.jeton())
    with pytest.raises(JetonRevoque):
        await store.authentifier(ancien)


async def test_a_suspension_by_an_operator_outlives_an_approval(instruction: Instruction, store: Store) -> None:
    await instruction.suivre("approve")
    texte = await instruction.jeton()
    await store.suspendre((await instruction.habilitation()).id)
    await instruction.suivre("approve")
    with pytest.raises(HabilitationInactive):
        await store.authentifier(texte)


@pytest.mark.parametrize("nom", ["transfer", "approve"])
async def test_another_organization_does_not_inherit_the_tokens_of_the_former(
    instruction: Instruction, store: Store, nom: str
) -> None:
    await instruction.suivre("approve")
    texte = await instruction.jeton()
    await store.rattacher((await instruction.habilitation()).id, "service-de-paris")
    await instruction.suivre(nom, siret=MARSEILLE)
    with pytest.raises(JetonRevoque):
        await store.authentifier(texte)
    heritee = (await store.authentifier(await instruction.jeton())).habilitation
    assert (heritee.sirets, heritee.franceconnect_client_id) == ((MARSEILLE,), None)


async def test_an_approval_leaves_a_grant_bound_to_its_service_of_franceconnect(
    instruction: Instruction, store: Store
) -> None:
    await instruction.suivre("approve")
    premiere = await instruction.habilitation()
    await store.rattacher(premiere.id, "service")
    await instruction.suivre("approve")
    assert (await instruction.habilitation()).franceconnect_client_id == "service"


async def test_operators_are_told_of_the_grants_that_wait_for_their_service_until_they_end(
    instruction: Instruction, store: Store
) -> None:
    async def dits() -> list[Any]:
        with capture_logs() as lus:
            await tell_unbound(store)
        return lus

    await instruction.suivre("approve", modalities=["params"])
    assert await dits() == []
    await instruction.suivre("approve")
    une = await instruction.habilitation()
    attendu = {"event": "habilitation_sans_franceconnect", "habilitation": une.id, "log_level": "warning"}
    assert await dits() == [attendu]
    await instruction.suivre("revoke")
    assert await dits() == []


async def test_a_transfer_within_the_organization_changes_nothing(instruction: Instruction, store: Store) -> None:
    await instruction.suivre("approve")
    texte = await instruction.jeton()
    await instruction.suivre("transfer")
    assert await store.authentifier(texte)
    assert (await instruction.habilitation()).etat_datapass == "validated"


async def test_what_happens_before_an_approval_grants_nothing(instruction: Instruction, store: Store) -> None:
    for nom in ("submit", "request_changes", "refuse", "transfer", "archive"):
        assert await instruction.suivre(nom) == Suite()
    assert await store.lister() == []


async def test_a_delivery_repeated_is_answered_the_same_and_changes_nothing(
    instruction: Instruction, store: Store
) -> None:
    approbation = instruction.dire("approve")
    premiere = await store.appliquer(approbation)
    await instruction.suivre("revoke")
    assert await store.appliquer(approbation) == premiere
    assert await store.suite_connue(approbation) == premiere
    assert (await instruction.habilitation()).etat(instruction.temps[-1]) is Etat.TERMINEE
    assert len(await store.lister_jetons()) == 1


async def test_the_same_delivery_to_several_servers_together_grants_once(
    instruction: Instruction, store: Store, autre_store: Store
) -> None:
    approbation = instruction.dire("approve")
    suites = await asyncio.gather(*(un.appliquer(approbation) for un in (store, autre_store) * 4))
    assert len(set(suites)) == 1
    assert len(await store.lister()) == len(await store.lister_jetons()) == 1


async def test_an_approval_that_arrives_after_the_revocation_that_followed_it_grants_nothing(
    instruction: Instruction, store: Store
) -> None:
    approbation = instruction.dire("approve")
    await instruction.suivre("revoke")
    assert await store.appliquer(approbation) == Suite(perimee=True)
    assert await store.lister() == []


@pytest.mark.parametrize("fin", ["revoke", "archive"])
async def test_of_an_approval_and_an_end_of_the_same_second_the_end_holds_whichever_comes_last(
    instruction: Instruction, store: Store, fin: str
) -> None:
    for demande, noms in ((123, ("approve", fin)), (124, (fin, "approve"))):
        instant = instruction.dire("submit").emis_le
        for nom in noms:
            lu = lire(evenement(nom, instant=instant, demande=demande))
            assert lu is not None
            await store.appliquer(lu)
    assert [une.etat(instruction.temps[-1]) for une in await store.lister()] == [Etat.TERMINEE]


async def test_a_revocation_that_arrives_after_something_that_decides_nothing_still_ends_the_grant(
    instruction: Instruction, store: Store
) -> None:
    await instruction.suivre("approve")
    texte = await instruction.jeton()
    revocation = instruction.dire("revoke")
    await instruction.suivre("submit")
    await store.appliquer(revocation)
    with pytest.raises(JetonRevoque):
        await store.authentifier(texte)


async def test_a_revocation_older_than_the_approval_that_followed_it_ends_nothing(
    instruction: Instruction, store: Store
) -> None:
    revocation = instruction.dire("revoke")
    await instruction.suivre("approve")
    texte = await instruction.jeton()
    assert await store.appliquer(revocation) == Suite(perimee=True)
    assert await store.authentifier(texte)


async def test_a_scope_that_the_graph_does_not_know_opens_nothing_and_is_said(
    instruction: Instruction, store: Store
) -> None:
    suite = await instruction.suivre("approve", scopes=["cnaf_enfants", "cnaf_foyer_rsa"])
    assert suite.scopes_ecartes == ("cnaf_foyer_rsa",)
    assert (await instruction.habilitation()).scopes == {"cnaf_enfants"}
    assert suite.jeton_id == (await store.lister_jetons())[0].id


@pytest.mark.parametrize(
    ("faits", "message"),
    [
        ({"scopes": ["dgfip_rfr"]}, "Scopes incompatibles"),
        ({"cadre_juridique_nature": None, "cadre_juridique_url": None}, "cadre juridique est vide"),
        ({"intitule": " "}, "intitulé de l'habilitation est vide"),
    ],
)
async def test_an_approval_that_breaks_a_rule_is_refused_and_may_be_sent_again(
    instruction: Instruction, store: Store, faits: dict[str, Any], message: str
) -> None:
    approbation = instruction.dire("approve", **faits)
    for _ in range(2):
        with pytest.raises(OperationRefusee, match=message):
            await store.appliquer(approbation)
    assert await store.suite_connue(approbation) is None
    assert await store.lister() == []


async def test_a_grant_keeps_its_rights_when_the_next_approval_is_refused(
    instruction: Instruction, store: Store
) -> None:
    await instruction.suivre("approve")
    texte = await instruction.jeton()
    with pytest.raises(OperationRefusee):
        await instruction.suivre("approve", scopes=["dgfip_rfr"])
    assert (await store.authentifier(texte)).habilitation.scopes == {"cnaf_quotient_familial"}


async def test_two_requests_are_two_grants(instruction: Instruction, store: Store) -> None:
    await instruction.suivre("approve", demande=1)
    await instruction.suivre("approve", demande=2)
    await instruction.suivre("revoke", demande=1)
    etats = {une.external_id: une.etat(instruction.temps[-1]) for une in await store.lister()}
    assert etats == {"1": Etat.TERMINEE, "2": Etat.ACTIVE}


async def test_deliveries_are_forgotten_after_a_month(instruction: Instruction, store: Store) -> None:
    premier = instruction.dire("submit")
    await store.appliquer(premier)
    instruction.temps.append(instruction.temps[-1] + timedelta(days=31))
    await instruction.suivre("submit")
    assert await store.suite_connue(premier) is None


async def test_no_text_can_be_the_token_that_was_promised(instruction: Instruction, store: Store) -> None:
    suite = await instruction.suivre("approve")
    with pytest.raises(JetonInvalide):
        await store.authentifier(str(suite.jeton_id))
