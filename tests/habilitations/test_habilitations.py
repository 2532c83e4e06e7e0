from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from habilitations.habilitation import Etat, Habilitation
from habilitations.regles import OperationRefusee
from habilitations.store import Store

PARIS = ZoneInfo("Europe/Paris")
FAITS: dict[str, Any] = {
    "intitule": "Portail famille",
    "sirets": ["21750001600019", "13002526500013"],
    "scopes": ["cnaf_enfants", "cnaf_quotient_familial"],
    "cadre_juridique": "CRPA, art. L. 114-8",
}


async def test_a_grant_is_read_back_as_it_was_recorded(store: Store, autre_store: Store) -> None:
    creee = await store.creer_habilitation(**FAITS, fin=datetime(2027, 1, 1, tzinfo=UTC))
    assert await autre_store.lister() == [creee]
    assert creee.sirets == ("21750001600019", "13002526500013")
    assert creee.scopes == {"cnaf_enfants", "cnaf_quotient_familial"}


@pytest.mark.parametrize(
    ("faits", "message"),
    [
        (
            {"scopes": ["dgfip_rfr", "cnaf_inconnu"]},
            "Scope inconnu : cnaf_inconnu. « particulier schema » les nomme tous (@requiresScopes).",
        ),
        (
            {"scopes": ["cnaf_enfant", "dgfip_rfr", "dgfip_rfrs"]},
            (
                "Scope inconnu : cnaf_enfant, dgfip_rfrs. Vouliez-vous dire cnaf_enfants, dgfip_rfr ? "
                "« particulier schema » les nomme tous (@requiresScopes)."
            ),
        ),
        (
            {"sirets": ["21750001600018"]},
            (
                "SIRET invalide : 21750001600018. Un SIRET a 14 chiffres, sans espace, et sa clé de contrôle (Luhn) : "
                "recopiez celui de l'avis de situation."
            ),
        ),
        ({"sirets": []}, "L'habilitation ne couvre aucun destinataire : donnez un SIRET au moins."),
        ({"intitule": " "}, "L'intitulé de l'habilitation est vide : nommez l'usage des données, ou l'éditeur."),
        ({"cadre_juridique": ""}, "Le cadre juridique est vide : citez le texte qui fonde l'accès."),
        (
            {"fin": datetime(2026, 1, 1, tzinfo=UTC)},
            "L'habilitation finit avant d'avoir commencé : donnez une fin qui suive son début.",
        ),
    ],
)
async def test_a_grant_that_breaks_a_rule_is_refused_and_not_recorded(
    store: Store, faits: dict[str, Any], message: str
) -> None:
    with pytest.raises(OperationRefusee) as refus:
        await store.creer_habilitation(**(FAITS | faits))
    assert refus.value.message == message
    assert await store.lister() == []


@pytest.mark.parametrize("bornes", [(1, 1), (2**31 - 1, 50)])
async def test_bounds_themselves_are_granted(store: Store, bornes: tuple[int, int]) -> None:
    volume, personnes = bornes
    creee = await store.creer_habilitation(**FAITS, volume_annuel=volume, personnes_par_requete=personnes)
    assert (creee.volume_annuel, creee.personnes_par_requete) == bornes


@pytest.mark.parametrize(
    "hors",
    [{"volume_annuel": 0}, {"volume_annuel": 2**31}, {"personnes_par_requete": 0}, {"personnes_par_requete": 51}],
)
async def test_what_is_beyond_the_bounds_is_not(store: Store, hors: dict[str, Any]) -> None:
    with pytest.raises(OperationRefusee):
        await store.creer_habilitation(**FAITS, **hors)
    assert await store.lister() == []


async def test_a_siret_given_twice_is_covered_once(store: Store) -> None:
    creee = await store.creer_habilitation(**(FAITS | {"sirets": ["13002526500013"] * 2}))
    assert creee.sirets == ("13002526500013",)


async def test_instants_given_in_paris_are_kept_in_utc(store: Store, autre_store: Store) -> None:
    ete, hiver = datetime(2026, 7, 1, tzinfo=PARIS), datetime(2026, 12, 1, tzinfo=PARIS)
    await store.creer_habilitation(**FAITS, debut=ete, fin=hiver)
    (lue,) = await autre_store.lister()
    assert (lue.debut, lue.fin) == (ete, hiver)
    assert lue.debut.isoformat() == "2026-06-30T22:00:00+00:00"
    assert lue.fin is not None
    assert lue.fin.isoformat() == "2026-11-30T23:00:00+00:00"


async def test_the_hour_that_comes_twice_in_october_is_kept_apart(store: Store, autre_store: Store) -> None:
    une, deux = (datetime(2026, 10, 25, 2, 30, tzinfo=PARIS, fold=pli) for pli in (0, 1))
    await store.creer_habilitation(**FAITS, debut=une, fin=deux)
    (lue,) = await autre_store.lister()
    assert lue.fin is not None
    assert lue.fin - lue.debut == timedelta(hours=1)


async def test_suspending_or_restoring_an_unknown_grant_is_refused(store: Store) -> None:
    for operation in (store.suspendre, store.retablir):
        with pytest.raises(OperationRefusee, match="Habilitation inconnue"):
            await operation("absente")


async def test_the_state_follows_the_dates_and_the_suspension(store: Store, habilitation: Habilitation) -> None:
    await store.suspendre(habilitation.id)
    (suspendue,) = await store.lister()
    maintenant = habilitation.debut
    assert suspendue.etat(maintenant) is Etat.SUSPENDUE
    assert habilitation.etat(maintenant) is Etat.ACTIVE
    assert habilitation.etat(maintenant - timedelta(microseconds=1)) is Etat.A_VENIR
    bornee = await store.creer_habilitation(**FAITS, fin=maintenant + timedelta(days=1))
    assert bornee.etat(maintenant + timedelta(days=1)) is Etat.TERMINEE
    assert bornee.etat(maintenant + timedelta(hours=23)) is Etat.ACTIVE
