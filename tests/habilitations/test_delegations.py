"""An editor questions on behalf of the administrations that delegate to it: one grant at a time, never a mix."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from graph.errors import (
    AdresseNonAutorisee,
    DestinataireInvalide,
    DestinataireNonCouvert,
    ErreurDeRequete,
    HabilitationInactive,
    JetonRevoque,
)
from habilitations.acces import Presente, ouvrir
from habilitations.habilitation import Acces, Editeur, Habilitation
from habilitations.regles import OperationRefusee
from habilitations.store import Store
from tests.habilitations.evenements import DINUM, MARSEILLE, PARIS

JOUR = timedelta(days=1)
Creer = Callable[..., Awaitable[Habilitation]]


@pytest.fixture
def creer(store: Store) -> Creer:
    async def creer(*sirets: str, scope: str = "cnaf_enfants", **faits: Any) -> Habilitation:
        return await store.creer_habilitation(
            intitule="Portail famille", sirets=sirets, scopes=[scope], cadre_juridique=f"Délibération {scope}", **faits
        )

    return creer


@pytest.fixture
async def editeur(store: Store) -> Editeur:
    return await store.creer_editeur("Logiciels SA", DINUM)


@pytest.fixture
async def jeton(store: Store, editeur: Editeur) -> str:
    return (await store.emettre(editeur.habilitation_id)).texte


async def refuse(store: Store, presente: Presente, erreur: type[ErreurDeRequete], detail: str = "") -> None:
    with pytest.raises(erreur) as refus:
        await ouvrir(store, presente)
    assert detail in refus.value.detail


async def ouvert(store: Store, jeton: str, destinataire: str | None, delegation: str | None = None) -> Acces:
    acces, siret = await ouvrir(store, Presente(jeton, "192.0.2.1", destinataire, delegation))
    assert siret in acces.habilitation.sirets
    return acces


async def test_an_ordinary_token_opens_its_own_grant(store: Store, creer: Creer) -> None:
    une = await creer(PARIS)
    acces, siret = await ouvrir(store, Presente((await store.emettre(une.id)).texte))
    assert (acces.habilitation, acces.editeur_id, acces.delegation_id, siret) == (une, None, None, PARIS)


async def test_an_editor_opens_the_grant_of_the_administration_that_it_names(
    store: Store, autre_store: Store, editeur: Editeur, jeton: str, creer: Creer
) -> None:
    paris, marseille = await creer(PARIS), await creer(MARSEILLE, scope="cnaf_quotient_familial")
    delegations = [await store.deleguer(editeur.id, une.id) for une in (paris, marseille)]
    acces = await ouvert(autre_store, jeton, PARIS)
    assert (acces.habilitation, acces.editeur_id, acces.delegation_id) == (paris, editeur.id, delegations[0].id)
    assert (await ouvert(autre_store, jeton, MARSEILLE)).habilitation == marseille


async def test_one_of_the_recipients_of_a_grant_is_enough(
    store: Store, editeur: Editeur, jeton: str, creer: Creer
) -> None:
    une = await creer(MARSEILLE, PARIS)
    await store.deleguer(editeur.id, une.id)
    assert (await ouvert(store, jeton, PARIS)).habilitation == une


async def test_without_a_delegation_an_editor_opens_nothing(
    store: Store, editeur: Editeur, jeton: str, creer: Creer
) -> None:
    await creer(PARIS)
    await refuse(store, Presente(jeton, destinataire=PARIS), DestinataireNonCouvert, "Aucune délégation")
    await refuse(store, Presente(jeton, destinataire=DINUM), DestinataireNonCouvert, "Aucune délégation")
    assert (await store.authentifier(jeton)).editeur_id == editeur.id
    assert (await store.authentifier(jeton)).habilitation.scopes == frozenset()


async def test_the_delegations_of_another_editor_open_nothing(store: Store, jeton: str, creer: Creer) -> None:
    autre = await store.creer_editeur("Autre", MARSEILLE)
    delegation = await store.deleguer(autre.id, (await creer(PARIS)).id)
    await refuse(store, Presente(jeton, destinataire=PARIS), DestinataireNonCouvert)
    await refuse(store, Presente(jeton, destinataire=PARIS, delegation=delegation.id), DestinataireNonCouvert)


async def test_an_editor_must_name_a_recipient(store: Store, jeton: str) -> None:
    await refuse(store, Presente(jeton), DestinataireInvalide, "obligatoire pour un éditeur")
    for faux in ("", "21750001600018", "%", "_" * 14):
        await refuse(store, Presente(jeton, destinataire=faux), DestinataireInvalide)


async def test_between_two_grants_of_one_administration_the_editor_chooses(
    store: Store, editeur: Editeur, jeton: str, creer: Creer
) -> None:
    grants = [await creer(PARIS), await creer(PARIS, scope="cnaf_quotient_familial")]
    une, autre = [await store.deleguer(editeur.id, grant.id) for grant in grants]
    await refuse(store, Presente(jeton, destinataire=PARIS), DestinataireNonCouvert, "X-Delegation")
    assert (await ouvert(store, jeton, PARIS, une.id)).habilitation == grants[0]
    assert (await ouvert(store, jeton, None, autre.id)).habilitation == grants[1]


async def test_a_delegation_chosen_for_a_recipient_that_it_does_not_cover_is_refused(
    store: Store, editeur: Editeur, jeton: str, creer: Creer
) -> None:
    delegation = await store.deleguer(editeur.id, (await creer(PARIS)).id)
    await refuse(store, Presente(jeton, destinataire=MARSEILLE, delegation=delegation.id), DestinataireNonCouvert)


@pytest.mark.parametrize("delegation", ["", "inconnue", "x" * 10_000, "' OR 1=1"])
async def test_a_delegation_that_does_not_exist_is_refused(store: Store, jeton: str, delegation: str) -> None:
    await refuse(store, Presente(jeton, destinataire=PARIS, delegation=delegation), DestinataireNonCouvert)


async def test_a_delegation_is_reserved_to_editors(store: Store, editeur: Editeur, creer: Creer) -> None:
    une = await creer(PARIS)
    delegation = await store.deleguer(editeur.id, une.id)
    texte = (await store.emettre(une.id)).texte
    await refuse(store, Presente(texte, delegation=delegation.id), DestinataireNonCouvert, "réservé")


async def test_a_delegation_revoked_elsewhere_opens_nothing_at_the_next_request(
    store: Store, autre_store: Store, editeur: Editeur, jeton: str, creer: Creer
) -> None:
    delegation = await store.deleguer(editeur.id, (await creer(PARIS)).id)
    assert await ouvert(store, jeton, PARIS)
    await autre_store.revoquer_delegation(delegation.id)
    await refuse(store, Presente(jeton, destinataire=PARIS), DestinataireNonCouvert)
    await refuse(store, Presente(jeton, destinataire=PARIS, delegation=delegation.id), DestinataireNonCouvert)


async def test_a_grant_can_be_delegated_again_after_a_revocation_but_not_twice_at_once(
    store: Store, editeur: Editeur, jeton: str, creer: Creer
) -> None:
    une = await creer(PARIS)
    ancienne = await store.deleguer(editeur.id, une.id)
    with pytest.raises(OperationRefusee, match="déjà déléguée"):
        await store.deleguer(editeur.id, une.id)
    await store.revoquer_delegation(ancienne.id)
    nouvelle = await store.deleguer(editeur.id, une.id)
    assert (await ouvert(store, jeton, PARIS)).delegation_id == nouvelle.id
    assert [un.id for un in await store.lister_delegations(editeur.id)] == [
        un.id for un in sorted((ancienne, nouvelle), key=lambda un: un.id)
    ]


async def test_a_delegation_revoked_twice_keeps_the_first_date(
    store: Store, editeur: Editeur, creer: Creer, temps: list[datetime]
) -> None:
    delegation = await store.deleguer(editeur.id, (await creer(PARIS)).id)
    await store.revoquer_delegation(delegation.id)
    temps.append(temps[0] + JOUR)
    await store.revoquer_delegation(delegation.id)
    assert [un.revoquee_le for un in await store.lister_delegations()] == [temps[0]]


async def test_a_grant_suspended_by_its_administration_is_refused_to_the_editor(
    store: Store, editeur: Editeur, jeton: str, creer: Creer
) -> None:
    une = await creer(PARIS)
    delegation = await store.deleguer(editeur.id, une.id)
    await store.suspendre(une.id)
    for choix in (None, delegation.id):
        await refuse(store, Presente(jeton, destinataire=PARIS, delegation=choix), HabilitationInactive)


async def test_a_grant_that_is_over_does_not_hide_the_one_that_is_not(
    store: Store, editeur: Editeur, jeton: str, creer: Creer, temps: list[datetime]
) -> None:
    finie, reste = await creer(PARIS, fin=temps[0] + JOUR), await creer(PARIS)
    for une in (finie, reste):
        await store.deleguer(editeur.id, une.id)
    temps.append(temps[0] + JOUR)
    assert (await ouvert(store, jeton, PARIS)).habilitation == reste


async def test_an_editor_that_is_suspended_or_whose_token_is_revoked_opens_nothing(
    store: Store, editeur: Editeur, jeton: str, creer: Creer
) -> None:
    await store.deleguer(editeur.id, (await creer(PARIS)).id)
    await store.suspendre(editeur.habilitation_id)
    await refuse(store, Presente(jeton, destinataire=PARIS), HabilitationInactive)
    await store.retablir(editeur.habilitation_id)
    await store.revoquer((await store.lister_jetons(editeur.habilitation_id))[0].id)
    await refuse(store, Presente(jeton, destinataire=PARIS), JetonRevoque)


async def test_the_ranges_of_the_editor_and_of_the_administration_both_hold(store: Store, creer: Creer) -> None:
    editeur = await store.creer_editeur("Logiciels SA", DINUM, ["192.0.2.0/24"])
    jeton = (await store.emettre(editeur.habilitation_id)).texte
    await store.deleguer(editeur.id, (await creer(PARIS)).id)
    await store.deleguer(editeur.id, (await creer(MARSEILLE, plages_ip=["192.0.2.128/25"])).id)
    assert await ouvrir(store, Presente(jeton, "192.0.2.1", PARIS))
    assert await ouvrir(store, Presente(jeton, "192.0.2.200", MARSEILLE))
    for adresse, siret in (("198.51.100.1", PARIS), (None, PARIS), ("192.0.2.1", MARSEILLE)):
        await refuse(store, Presente(jeton, adresse, siret), AdresseNonAutorisee)


async def test_what_cannot_be_delegated_is_refused(
    store: Store, editeur: Editeur, creer: Creer, temps: list[datetime]
) -> None:
    une = await creer(PARIS, fin=temps[0] + JOUR)
    temps.append(temps[0] + JOUR)
    for habilitation_id, message in (
        (une.id, "terminée"),
        (editeur.habilitation_id, "ne se délègue pas"),
        ("absente", "Habilitation inconnue"),
    ):
        with pytest.raises(OperationRefusee, match=message):
            await store.deleguer(editeur.id, habilitation_id)
    with pytest.raises(OperationRefusee, match="Éditeur inconnu"):
        await store.deleguer("absent", une.id)
    with pytest.raises(OperationRefusee, match="Délégation inconnue"):
        await store.revoquer_delegation("absente")


async def test_an_editor_is_recorded_once_with_a_name_and_a_siret(store: Store, editeur: Editeur) -> None:
    for nom, siret, message in (
        ("Autre", DINUM, "porte déjà ce SIRET"),
        (" ", PARIS, "intitulé"),
        ("Autre", "1", "SIRET invalide"),
    ):
        with pytest.raises(OperationRefusee, match=message):
            await store.creer_editeur(nom, siret)
    assert await store.lister_editeurs() == [editeur]


def test_what_is_presented_does_not_show_the_token_nor_the_address() -> None:
    assert not any(mot in repr(Presente("apg_secret", "192.0.2.1")) for mot in ("apg_", "192"))
