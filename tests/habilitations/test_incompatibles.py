"""Scopes that cannot be granted together: refused when recorded, and when read."""

from datetime import datetime

import pytest
from sqlalchemy import text

from graph.errors import HabilitationInactive
from habilitations.base import COMMANDE, lire_url, ouvrir_moteur
from habilitations.habilitation import Habilitation
from habilitations.regles import OperationRefusee, incompatibilite
from habilitations.store import Store

A_DEFAUT = "dgfip_annee_n_moins_2_si_indispo_n_moins_1"
ANNEES = [f"dgfip_annee_n_moins_{rang}" for rang in (1, 2, 3)]


@pytest.mark.parametrize(
    "scopes",
    [
        [],
        ["cnaf_enfants"],
        ["dgfip_rfr", ANNEES[0]],
        ["dgfip_rfr", "dgfip_pac", *ANNEES],
        ["dgfip_rfr", A_DEFAUT],
        ANNEES,
    ],
)
def test_scopes_that_go_together_are_let_through(scopes: list[str]) -> None:
    assert incompatibilite(scopes) is None


@pytest.mark.parametrize("scope", ["dgfip_rfr", "dgfip_inconnu", "dgfip_annee_df_au_3112_si_deces_ctb_mp"])
def test_data_of_the_dgfip_want_a_year(scope: str) -> None:
    raison = incompatibilite(["cnaf_enfants", scope])
    assert raison == f"Scopes incompatibles : les données de la DGFIP veulent une année, par exemple {ANNEES[0]}."


@pytest.mark.parametrize("annee", ANNEES)
def test_the_year_before_last_in_default_of_the_last_excludes_the_other_years(annee: str) -> None:
    assert incompatibilite(["dgfip_rfr", A_DEFAUT, annee]) == f"Scopes incompatibles : {A_DEFAUT} exclut {annee}."


async def creer(store: Store, scopes: list[str], *, compatibles: bool | None = None) -> Habilitation:
    return await store.creer_habilitation(
        intitule="CCAS", sirets=["13002526500013"], scopes=scopes, cadre_juridique="CRPA", compatibles=compatibles
    )


async def test_they_are_refused_when_the_grant_is_recorded(store: Store) -> None:
    with pytest.raises(OperationRefusee, match="Scopes incompatibles"):
        await creer(store, ["dgfip_rfr"])
    assert await store.lister() == []


async def test_a_sandbox_grant_is_exempt_unless_asked(url: str, temps: list[datetime]) -> None:
    async with Store(url, frozenset({"dgfip_rfr"}), lambda: temps[-1], bac_a_sable=True, delais=COMMANDE) as sandbox:
        emis = await sandbox.emettre((await creer(sandbox, ["dgfip_rfr"])).id)
        assert (await sandbox.authentifier(emis.texte)).habilitation.scopes == {"dgfip_rfr"}
        assert await sandbox.incompatibles() == []
        with pytest.raises(OperationRefusee, match="Scopes incompatibles"):
            await creer(sandbox, ["dgfip_rfr"], compatibles=True)


async def test_a_grant_made_incompatible_behind_the_rules_opens_nothing_and_is_named(store: Store, url: str) -> None:
    creee = await creer(store, ["dgfip_rfr", ANNEES[0]])
    emis = await store.emettre(creee.id)
    assert await store.authentifier(emis.texte)
    moteur = ouvrir_moteur(lire_url(url), COMMANDE)
    async with moteur.begin() as connexion:
        await connexion.execute(text("UPDATE habilitation SET scopes = 'dgfip_rfr'"))
    await moteur.dispose()
    with pytest.raises(HabilitationInactive) as refus:
        await store.authentifier(emis.texte)
    assert "veulent une année" in refus.value.detail
    assert [(une.id, "veulent une année" in raison) for une, raison in await store.incompatibles()] == [
        (creee.id, True)
    ]
