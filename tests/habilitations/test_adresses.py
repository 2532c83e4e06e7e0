from datetime import UTC, datetime

import pytest

from graph.errors import AdresseNonAutorisee
from habilitations.adresses import adresse_autorisee, verifier_adresse
from habilitations.habilitation import Acces, Habilitation
from habilitations.regles import OperationRefusee
from habilitations.store import Store

PLAGES = ("192.0.2.0/24", "198.51.100.7/32", "2001:db8::/32")


@pytest.mark.parametrize(
    "adresse", ["192.0.2.0", "192.0.2.255", "198.51.100.7", "2001:db8::1", "2001:DB8:ffff::", "::ffff:192.0.2.9"]
)
def test_an_address_of_a_range_is_allowed(adresse: str) -> None:
    assert adresse_autorisee(PLAGES, adresse)


@pytest.mark.parametrize(
    "adresse",
    ["192.0.3.1", "198.51.100.8", "2001:db9::1", "::ffff:192.0.3.1", "::1", "0.0.0.0"],  # noqa: S104 - an address judged
)
def test_an_address_outside_every_range_is_refused(adresse: str) -> None:
    assert not adresse_autorisee(PLAGES, adresse)


@pytest.mark.parametrize("adresse", [None, "", "localhost", "192.0.2", "192.0.2.1.1", "192.0.2.01", "192.0.2.1 ", "é"])
def test_what_is_not_an_address_is_refused(adresse: str | None) -> None:
    assert not adresse_autorisee(PLAGES, adresse)


def test_a_range_that_cannot_be_read_allows_nobody() -> None:
    assert not adresse_autorisee(("192.0.2.1/24", "tout"), "192.0.2.1")


@pytest.mark.parametrize("adresse", ["192.0.2.1", "::1", None])
def test_without_a_range_any_caller_is_allowed(adresse: str | None) -> None:
    assert adresse_autorisee((), adresse)


def test_the_refusal_repeats_no_address() -> None:
    debut = datetime(2026, 1, 1, tzinfo=UTC)
    habilitation = Habilitation("h", "i", ("s",), frozenset(), "c", debut, None, plages_ip=PLAGES)
    with pytest.raises(AdresseNonAutorisee) as refus:
        verifier_adresse(Acces("j", debut, habilitation), "203.0.113.9")
    assert "203.0" not in f"{refus.value!r} {refus.value.detail}"


async def test_the_ranges_of_a_grant_are_kept_in_one_form(store: Store) -> None:
    creee = await _creer(store, ["192.0.2.0/255.255.255.0", "198.51.100.7", "2001:DB8::/32", "192.0.2.0/24"])
    assert creee.plages_ip == PLAGES
    assert await store.lister() == [creee]
    emis = await store.emettre(creee.id)
    assert (await store.authentifier(emis.texte)).habilitation.plages_ip == PLAGES


@pytest.mark.parametrize("plage", ["192.0.2.1/24", "192.0.2.0/33", "partout", "", "192.0.2.0/24 198.51.100.7"])
async def test_a_range_written_wrong_is_refused(store: Store, plage: str) -> None:
    with pytest.raises(OperationRefusee, match="Plage d'adresses invalide"):
        await _creer(store, [plage])
    assert await store.lister() == []


async def test_the_ranges_of_a_grant_are_changed_at_the_next_request(store: Store, autre_store: Store) -> None:
    creee = await _creer(store, [])
    emis = await store.emettre(creee.id)
    assert (await store.authentifier(emis.texte)).habilitation.plages_ip == ()
    await autre_store.limiter(creee.id, ["192.0.2.7", "2001:DB8::/32"])
    assert (await store.authentifier(emis.texte)).habilitation.plages_ip == ("192.0.2.7/32", "2001:db8::/32")
    with pytest.raises(OperationRefusee, match="Plage d'adresses invalide"):
        await store.limiter(creee.id, ["192.0.2.7/24"])
    with pytest.raises(OperationRefusee, match="Habilitation inconnue"):
        await store.limiter("absente", [])
    await store.limiter(creee.id, [])
    assert (await autre_store.authentifier(emis.texte)).habilitation.plages_ip == ()


async def test_a_grant_has_50_ranges_at_most(store: Store) -> None:
    assert len((await _creer(store, [f"192.0.2.{rang}" for rang in range(50)])).plages_ip) == 50
    with pytest.raises(OperationRefusee, match="50 plages"):
        await _creer(store, [f"192.0.2.{rang}" for rang in range(51)])


async def _creer(store: Store, plages: list[str]) -> Habilitation:
    return await store.creer_habilitation(
        intitule="Cantines", sirets=["13002526500013"], scopes=[], cadre_juridique="CRPA", plages_ip=plages
    )
