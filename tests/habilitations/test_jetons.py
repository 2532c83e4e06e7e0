import asyncio
from datetime import datetime, timedelta

import pytest

from graph.errors import ErreurDeRequete, HabilitationInactive, JetonExpire, JetonInvalide, JetonRevoque, JetonSuspendu
from habilitations.habilitation import Habilitation
from habilitations.jeton import generer
from habilitations.regles import OperationRefusee
from habilitations.store import Store

JOUR, HEURE, INSTANT = timedelta(days=1), timedelta(hours=1), timedelta(microseconds=1)


async def refuse(store: Store, jeton: str, erreur: type[ErreurDeRequete]) -> None:
    with pytest.raises(erreur):
        await store.authentifier(jeton)


async def test_a_token_opens_its_grant(store: Store, autre_store: Store, habilitation: Habilitation) -> None:
    emis = await store.emettre(habilitation.id)
    acces = await autre_store.authentifier(emis.texte)
    assert acces.habilitation == habilitation
    assert acces.jeton_id == emis.jeton.id
    assert acces.expire == emis.jeton.expire_le


async def test_a_token_that_was_never_issued_is_refused(store: Store) -> None:
    await refuse(store, generer(), JetonInvalide)


@pytest.mark.parametrize("texte", ["", "apg_", "Bearer", "apg_" + "a" * 36, "é" * 40])
async def test_a_malformed_token_is_refused(store: Store, texte: str) -> None:
    await refuse(store, texte, JetonInvalide)


async def test_a_token_expires_at_its_last_instant(
    store: Store, habilitation: Habilitation, temps: list[datetime]
) -> None:
    emis = await store.emettre(habilitation.id, duree=30 * JOUR)
    temps.append(temps[0] + 30 * JOUR - INSTANT)
    assert await store.authentifier(emis.texte)
    temps.append(temps[0] + 30 * JOUR)
    await refuse(store, emis.texte, JetonExpire)


@pytest.mark.parametrize("duree", [365 * JOUR + INSTANT, timedelta(), -JOUR])
async def test_a_token_lives_12_months_at_most(store: Store, habilitation: Habilitation, duree: timedelta) -> None:
    with pytest.raises(OperationRefusee, match="12 mois"):
        await store.emettre(habilitation.id, duree)
    assert await store.lister_jetons() == []


async def test_a_token_does_not_outlive_its_grant(store: Store, temps: list[datetime]) -> None:
    bornee = await store.creer_habilitation(
        intitule="Été",
        sirets=["13002526500013"],
        scopes=[],
        cadre_juridique="CRPA, art. L. 114-8",
        fin=temps[0] + JOUR,
    )
    emis = await store.emettre(bornee.id)
    assert emis.jeton.expire_le == bornee.fin
    temps.append(temps[0] + JOUR)
    with pytest.raises(OperationRefusee, match="terminée"):
        await store.emettre(bornee.id)


async def test_a_revocation_holds_at_the_next_request_of_another_process(
    store: Store, autre_store: Store, habilitation: Habilitation
) -> None:
    emis, voisin = await store.emettre(habilitation.id), await store.emettre(habilitation.id)
    assert await store.authentifier(emis.texte)
    await autre_store.revoquer(emis.jeton.id)
    await refuse(store, emis.texte, JetonRevoque)
    assert await store.authentifier(voisin.texte)


async def test_revoking_twice_keeps_the_first_date(
    store: Store, habilitation: Habilitation, temps: list[datetime]
) -> None:
    emis = await store.emettre(habilitation.id)
    await store.revoquer(emis.jeton.id)
    temps.append(temps[0] + JOUR)
    await store.revoquer(emis.jeton.id)
    assert [jeton.revoque_le for jeton in await store.lister_jetons()] == [temps[0]]


async def test_suspending_a_token_twice_keeps_the_first_date(
    store: Store, autre_store: Store, habilitation: Habilitation, temps: list[datetime]
) -> None:
    emis, voisin = await store.emettre(habilitation.id), await store.emettre(habilitation.id)
    await autre_store.suspendre_jeton(emis.jeton.id)
    temps.append(temps[0] + JOUR)
    await autre_store.suspendre_jeton(emis.jeton.id)
    assert [jeton.suspendu_le for jeton in await store.lister_jetons() if jeton.suspendu_le] == [temps[0]]
    await refuse(store, emis.texte, JetonSuspendu)
    assert await store.authentifier(voisin.texte)
    await autre_store.retablir_jeton(emis.jeton.id)
    assert await store.authentifier(emis.texte)


async def test_a_suspended_grant_refuses_every_token_until_restored(
    store: Store, autre_store: Store, habilitation: Habilitation
) -> None:
    emis = await store.emettre(habilitation.id)
    await autre_store.suspendre(habilitation.id)
    await refuse(store, emis.texte, HabilitationInactive)
    await autre_store.retablir(habilitation.id)
    assert await store.authentifier(emis.texte)


async def test_a_grant_that_has_not_begun_opens_nothing(store: Store, temps: list[datetime]) -> None:
    future = await store.creer_habilitation(
        intitule="Rentrée",
        sirets=["13002526500013"],
        scopes=["cnaf_enfants"],
        cadre_juridique="CRPA, art. L. 114-8",
        debut=temps[0] + JOUR,
    )
    emis = await store.emettre(future.id)
    await refuse(store, emis.texte, HabilitationInactive)
    temps.append(temps[0] + JOUR)
    assert (await store.authentifier(emis.texte)).habilitation.scopes == {"cnaf_enfants"}


async def test_both_tokens_work_during_the_overlap_and_the_old_one_is_revoked_after(
    store: Store, habilitation: Habilitation, temps: list[datetime]
) -> None:
    ancien = await store.emettre(habilitation.id)
    nouveau = await store.renouveler(ancien.jeton.id, chevauchement=24 * HEURE)
    assert nouveau.jeton.succede_a == ancien.jeton.id
    assert nouveau.jeton.habilitation_id == habilitation.id
    temps.append(temps[0] + 24 * HEURE - INSTANT)
    assert (await store.authentifier(ancien.texte)).expire == temps[0] + 24 * HEURE
    assert (await store.authentifier(nouveau.texte)).expire == temps[0] + 365 * JOUR
    temps.append(temps[0] + 24 * HEURE)
    await refuse(store, ancien.texte, JetonRevoque)
    assert await store.authentifier(nouveau.texte)


async def test_a_renewal_without_overlap_revokes_at_once(store: Store, habilitation: Habilitation) -> None:
    ancien = await store.emettre(habilitation.id)
    await store.renouveler(ancien.jeton.id, chevauchement=timedelta())
    await refuse(store, ancien.texte, JetonRevoque)


async def test_a_renewal_never_lengthens_the_life_of_the_old_token(
    store: Store, habilitation: Habilitation, temps: list[datetime]
) -> None:
    ancien = await store.emettre(habilitation.id, duree=JOUR)
    await store.renouveler(ancien.jeton.id, chevauchement=72 * HEURE)
    temps.append(temps[0] + JOUR)
    await refuse(store, ancien.texte, JetonExpire)


async def test_a_token_in_its_overlap_can_be_revoked_at_once(store: Store, habilitation: Habilitation) -> None:
    ancien = await store.emettre(habilitation.id)
    await store.renouveler(ancien.jeton.id, chevauchement=72 * HEURE)
    await store.revoquer(ancien.jeton.id)
    await refuse(store, ancien.texte, JetonRevoque)


@pytest.mark.parametrize("chevauchement", [72 * HEURE + INSTANT, -HEURE])
async def test_an_overlap_lasts_72_hours_at_most(
    store: Store, habilitation: Habilitation, chevauchement: timedelta
) -> None:
    ancien = await store.emettre(habilitation.id)
    with pytest.raises(OperationRefusee, match="72 heures"):
        await store.renouveler(ancien.jeton.id, chevauchement)
    assert (await store.authentifier(ancien.texte)).expire == ancien.jeton.expire_le


async def test_a_revoked_token_cannot_be_renewed(store: Store, habilitation: Habilitation) -> None:
    ancien = await store.emettre(habilitation.id)
    await store.revoquer(ancien.jeton.id)
    with pytest.raises(OperationRefusee, match="plus valable"):
        await store.renouveler(ancien.jeton.id, HEURE)


async def test_a_token_has_one_successor_even_when_two_renewals_race(
    store: Store, autre_store: Store, habilitation: Habilitation
) -> None:
    ancien = await store.emettre(habilitation.id)
    renouvellements = (un.renouveler(ancien.jeton.id, HEURE) for un in (store, autre_store))
    issues = await asyncio.gather(*renouvellements, return_exceptions=True)
    assert sorted(type(issue).__name__ for issue in issues) == ["JetonEmis", "OperationRefusee"]
    assert len(await store.lister_jetons()) == 2


async def test_a_refused_second_renewal_leaves_the_overlap_as_it_was(
    store: Store, habilitation: Habilitation, temps: list[datetime]
) -> None:
    ancien = await store.emettre(habilitation.id)
    await store.renouveler(ancien.jeton.id, 24 * HEURE)
    with pytest.raises(OperationRefusee, match="déjà été renouvelé"):
        await store.renouveler(ancien.jeton.id, HEURE)
    assert (await store.authentifier(ancien.texte)).expire == temps[0] + 24 * HEURE


async def test_unknown_identifiers_are_refused(store: Store) -> None:
    for operation in (store.emettre("absente"), store.revoquer("absent"), store.renouveler("absent", HEURE)):
        with pytest.raises(OperationRefusee, match=r"particulier (habilitation|jeton) lister"):
            await operation


async def test_tokens_issued_at_the_same_time_are_all_kept(
    store: Store, autre_store: Store, habilitation: Habilitation
) -> None:
    emis = await asyncio.gather(*(un.emettre(habilitation.id) for un in (store, autre_store) * 10))
    assert len({un.texte for un in emis}) == 20
    acces = await asyncio.gather(*(store.authentifier(un.texte) for un in emis))
    assert {un.jeton_id for un in acces} == {jeton.id for jeton in await store.lister_jetons(habilitation.id)}


async def test_the_tokens_of_one_grant_are_listed_apart(store: Store, habilitation: Habilitation) -> None:
    emis = await store.emettre(habilitation.id)
    assert await store.lister_jetons(habilitation.id) == [emis.jeton]
    assert await store.lister_jetons("autre") == []


async def test_an_issued_token_does_not_show_its_text(store: Store, habilitation: Habilitation) -> None:
    emis = await store.emettre(habilitation.id)
    assert emis.texte not in repr(emis)
