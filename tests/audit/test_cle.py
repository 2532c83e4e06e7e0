"""The key of the pseudonyms is created once, for its owner alone, and never guessed."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from audit.cle import TAILLE, CleInvalide, lire, lire_ou_creer


def test_a_key_is_created_once_for_its_owner_alone(tmp_path: Path) -> None:
    chemin = tmp_path / "cles" / "pseudonymes.cle"
    cle = lire_ou_creer(chemin)
    assert len(cle) == TAILLE
    assert stat.S_IMODE(chemin.stat().st_mode) == 0o600
    assert lire_ou_creer(chemin) == lire(chemin) == cle
    assert list(chemin.parent.iterdir()) == [chemin]


def test_servers_that_start_together_share_one_key(tmp_path: Path) -> None:
    chemin = tmp_path / "pseudonymes.cle"
    with ThreadPoolExecutor(8) as executor:
        cles = set(executor.map(lambda _: lire_ou_creer(chemin), range(32)))
    assert cles == {lire(chemin)}


def test_two_installations_have_different_keys(tmp_path: Path) -> None:
    assert lire_ou_creer(tmp_path / "a.cle") != lire_ou_creer(tmp_path / "b.cle")


def test_a_missing_key_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(CleInvalide, match="placez 32 octets aléatoires"):
        lire(tmp_path / "absente.cle")


@pytest.mark.parametrize("taille", [0, 31, 33, 64])
def test_a_key_of_another_size_is_refused(tmp_path: Path, taille: int) -> None:
    chemin = tmp_path / "mauvaise.cle"
    chemin.write_bytes(b"k" * taille)
    with pytest.raises(CleInvalide, match=f"en fait {taille}"):
        lire_ou_creer(chemin)
    assert chemin.read_bytes() == b"k" * taille


def test_an_unreadable_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CleInvalide, match="illisible"):
        lire(tmp_path)
