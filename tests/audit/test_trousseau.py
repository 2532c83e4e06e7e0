"""Each month has its key: none is missing when it is wanted, and to destroy one is to forget a month."""

import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from audit.cle import TAILLE, CleInvalide
from audit.mois import Mois
from audit.trousseau import ANTERIEURE, CONSERVATION, Trousseau

NOVEMBRE = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def test_the_sandbox_creates_the_key_of_a_month_when_it_is_wanted(tmp_path: Path) -> None:
    trousseau = Trousseau(tmp_path / "cles", bac_a_sable=True)
    cle = trousseau.du_mois(Mois.de(NOVEMBRE))
    fichier = tmp_path / "cles" / "2026-11.cle"
    assert cle == fichier.read_bytes()
    assert len(cle) == TAILLE
    assert stat.S_IMODE(fichier.stat().st_mode) == 0o600
    assert Trousseau(tmp_path / "cles").du_mois(Mois.de(NOVEMBRE)) == cle
    assert trousseau.du_mois(Mois.de(NOVEMBRE + timedelta(days=7))) != cle


def test_the_month_of_a_trace_is_that_of_utc(tmp_path: Path) -> None:
    trousseau = Trousseau(tmp_path, bac_a_sable=True)
    paris = datetime(2026, 12, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    assert trousseau.du_mois(Mois.de(paris)) == trousseau.du_mois(Mois.de(NOVEMBRE))
    assert Mois.de(paris) == (2026, 11)


def test_production_does_not_start_without_this_month_and_the_next_one(tmp_path: Path) -> None:
    trousseau = Trousseau(tmp_path)
    with pytest.raises(CleInvalide, match="La clé des pseudonymes du mois 2026-11 manque"):
        trousseau.exiger(NOVEMBRE)
    assert trousseau.preparer(NOVEMBRE, 1) == (Mois(2026, 11),)
    with pytest.raises(CleInvalide, match="2026-12"):
        trousseau.exiger(NOVEMBRE)
    assert not trousseau.pret(NOVEMBRE)
    assert trousseau.preparer(NOVEMBRE) == (Mois(2026, 12),)
    assert trousseau.preparer(NOVEMBRE) == ()
    trousseau.exiger(NOVEMBRE)
    assert trousseau.pret(NOVEMBRE)


def test_the_key_of_the_quotas_is_the_same_every_month_and_is_no_key_of_a_month(tmp_path: Path) -> None:
    trousseau = Trousseau(tmp_path)
    with pytest.raises(CleInvalide, match=r"La clé du comptage.* lancez « particulier journal cles --preparer »"):
        trousseau.comptage()
    trousseau.preparer(NOVEMBRE)
    comptage = trousseau.comptage()
    trousseau.preparer(NOVEMBRE + timedelta(days=40))
    assert trousseau.comptage() == comptage
    assert comptage not in trousseau.toutes().values()
    (tmp_path / "comptage.cle").unlink()
    assert not trousseau.pret(NOVEMBRE)


def test_the_key_that_served_before_the_keyring_finds_until_the_first_month_is_forgotten(tmp_path: Path) -> None:
    trousseau = Trousseau(tmp_path / "pseudonymes")
    anterieure = tmp_path / "pseudonymes.cle"
    anterieure.write_bytes(bytes(range(TAILLE)))
    trousseau.preparer(NOVEMBRE)
    assert list(trousseau.toutes()) == [ANTERIEURE, "2026-11", "2026-12"]
    assert trousseau.toutes()[ANTERIEURE] == bytes(range(TAILLE))
    plus_tard = NOVEMBRE.replace(year=2029)
    assert trousseau.oublier(plus_tard) == ()
    assert trousseau.oublier(plus_tard + timedelta(days=7), avant=Mois(2026, 11)) == ()
    assert trousseau.oublier(plus_tard + timedelta(days=7)) == (ANTERIEURE, "2026-11")
    assert not anterieure.exists()


def test_a_search_with_no_key_at_all_is_refused_rather_than_empty(tmp_path: Path) -> None:
    trousseau = Trousseau(tmp_path / "ailleurs")
    with pytest.raises(CleInvalide, match="Aucune clé des pseudonymes"):
        trousseau.toutes()
    assert not trousseau.dossier.exists()


def test_a_month_whose_key_was_lost_is_told(tmp_path: Path) -> None:
    trousseau = Trousseau(tmp_path)
    assert trousseau.perdues(NOVEMBRE) == (Mois(2026, 12),)
    trousseau.preparer(NOVEMBRE.replace(month=8), 6)
    assert trousseau.perdues(NOVEMBRE) == ()
    (tmp_path / "2026-09.cle").unlink()
    (tmp_path / "2026-12.cle").unlink()
    assert trousseau.perdues(NOVEMBRE) == (Mois(2026, 9), Mois(2026, 12))


def test_a_folder_that_cannot_be_written_or_destroyed_is_told_in_french(tmp_path: Path) -> None:
    (tmp_path / "fichier").touch()
    trousseau = Trousseau(tmp_path / "fichier" / "cles", bac_a_sable=True)
    with pytest.raises(CleInvalide, match="La clé des pseudonymes du mois 2026-11 ne peut pas être créée"):
        trousseau.exiger(NOVEMBRE)
    (tmp_path / "cles" / "2020-01.cle").mkdir(parents=True)
    with pytest.raises(CleInvalide, match="2020-01 ne peut pas être détruite"):
        Trousseau(tmp_path / "cles").oublier(NOVEMBRE)


def test_a_month_without_key_has_none_until_it_is_prepared(tmp_path: Path) -> None:
    trousseau = Trousseau(tmp_path)
    trousseau.preparer(NOVEMBRE)
    with pytest.raises(CleInvalide, match="2027-01 manque"):
        trousseau.du_mois(Mois.de(NOVEMBRE + timedelta(days=60)))
    trousseau.preparer(NOVEMBRE + timedelta(days=60))
    assert trousseau.du_mois(Mois.de(NOVEMBRE + timedelta(days=60)))


def test_the_keys_of_thirty_six_whole_months_are_kept(tmp_path: Path) -> None:
    trousseau = Trousseau(tmp_path)
    trousseau.preparer(datetime(2022, 1, 1, tzinfo=UTC), 60)
    (tmp_path / "autre.cle").write_bytes(bytes(TAILLE))
    assert len(trousseau.toutes()) == 60
    perimees = trousseau.perimees(NOVEMBRE)
    assert all(chemin.exists() for chemin in perimees.values())
    oubliees = trousseau.oublier(NOVEMBRE)
    assert oubliees == tuple(perimees)
    assert (oubliees[0], oubliees[-1]) == ("2022-01", "2023-10")
    assert next(iter(trousseau.toutes())) == "2023-11" == str(Mois(2026, 11).plus(-CONSERVATION))
    assert trousseau.oublier(NOVEMBRE, avant=Mois(2026, 11)) == ()
    assert len(trousseau.toutes()) == 60 - len(oubliees)
    assert (tmp_path / "autre.cle").exists()
    assert (tmp_path / "comptage.cle").exists()


def test_fewer_keys_may_be_destroyed_than_may_be(tmp_path: Path) -> None:
    trousseau = Trousseau(tmp_path)
    trousseau.preparer(datetime(2022, 1, 1, tzinfo=UTC), 60)
    assert trousseau.oublier(NOVEMBRE, avant=Mois(2022, 3)) == ("2022-01", "2022-02")


@pytest.mark.parametrize(
    ("mois", "plus", "attendu"), [("2026-11", 2, "2027-01"), ("2026-01", -1, "2025-12"), ("2026-12", 36, "2029-12")]
)
def test_months_are_counted_over_the_years(mois: str, plus: int, attendu: str) -> None:
    lu = Mois.lire(mois)
    assert lu
    assert str(lu.plus(plus)) == attendu


@pytest.mark.parametrize("texte", ["2026-13", "2026-00", "pseudonymes", "2026-1", "2026-11-24"])
def test_what_is_no_month_is_no_month(texte: str) -> None:
    assert Mois.lire(texte) is None


def test_a_keyring_does_not_print_its_keys(tmp_path: Path) -> None:
    trousseau = Trousseau(tmp_path, bac_a_sable=True)
    cle = trousseau.du_mois(Mois.de(NOVEMBRE))
    assert repr(cle) not in repr(trousseau)


def test_persons_are_found_since_the_last_month_whose_key_is_gone(tmp_path: Path) -> None:
    trousseau = Trousseau(tmp_path / "pseudonymes")
    trousseau.preparer(datetime(2026, 8, 1, tzinfo=UTC), 5)
    assert trousseau.depuis(NOVEMBRE) == datetime(2026, 8, 1, tzinfo=UTC)
    anterieure = tmp_path / "pseudonymes.cle"
    anterieure.write_bytes(bytes(range(TAILLE)))
    assert trousseau.depuis(NOVEMBRE) is None
    (tmp_path / "pseudonymes" / "2026-09.cle").unlink()
    assert trousseau.depuis(NOVEMBRE) == datetime(2026, 10, 1, tzinfo=UTC)
    anterieure.unlink()
    assert trousseau.depuis(NOVEMBRE) == datetime(2026, 10, 1, tzinfo=UTC)
