"""The key of the attestations is created once in the sandbox, for its owner alone; elsewhere it must be there."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from joserfc.jwk import ECKey, OKPKey

from gateway.cle_attestation import lire, lire_ou_creer
from gateway.settings import ReglageManquant


def test_a_key_is_created_once_for_its_owner_alone(tmp_path: Path) -> None:
    chemin = tmp_path / "cles" / "attestation.pem"
    cle = lire_ou_creer(chemin)
    assert stat.S_IMODE(chemin.stat().st_mode) == 0o600
    assert cle.kid == lire_ou_creer(chemin).kid == lire(chemin).kid == cle.publiques[0].thumbprint()
    assert list(chemin.parent.iterdir()) == [chemin]


def test_servers_that_start_together_share_one_key(tmp_path: Path) -> None:
    chemin = tmp_path / "attestation.pem"
    with ThreadPoolExecutor(8) as executor:
        kids = {cle.kid for cle in executor.map(lambda _: lire_ou_creer(chemin), range(32))}
    assert kids == {lire(chemin).kid}


def test_a_missing_key_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ReglageManquant, match="openssl genpkey -algorithm ed25519"):
        lire(tmp_path / "absente.pem")


def test_what_cannot_be_read_or_created_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReglageManquant, match="illisible"):
        lire(tmp_path)
    (tmp_path / "fichier").touch()
    with pytest.raises(ReglageManquant, match="ne peut pas être créée"):
        lire_ou_creer(tmp_path / "fichier" / "attestation.pem")


PRIVEE, AUTRE = OKPKey.generate_key("Ed25519"), OKPKey.generate_key("Ed25519")
CHIFFREE = PRIVEE.as_bytes("PEM", private=True, password="secret")  # noqa: S106 - a key made for this test


@pytest.mark.parametrize(
    "contenu",
    [
        b"",
        b"k" * 32,
        PRIVEE.as_pem(private=False),
        PRIVEE.as_pem(private=True)[:60],
        PRIVEE.as_pem(private=True) + AUTRE.as_pem(private=True),
        CHIFFREE,
        OKPKey.generate_key("Ed448").as_pem(private=True),
        ECKey.generate_key("P-256").as_pem(private=True),
        PRIVEE.as_pem(private=True) + ECKey.generate_key("P-256").as_pem(private=False),
        PRIVEE.as_pem(private=True).replace(b"MC4", b"MC5"),
    ],
    ids=["empty", "raw", "public", "cut", "two", "encrypted", "ed448", "ec", "former ec", "broken"],
)
def test_any_other_thing_is_refused_and_left_as_it_is(tmp_path: Path, contenu: bytes) -> None:
    chemin = tmp_path / "mauvaise.pem"
    chemin.write_bytes(contenu)
    with pytest.raises(ReglageManquant, match="doit être une clé privée Ed25519") as refus:
        lire_ou_creer(chemin)
    assert "BEGIN" not in str(refus.value)
    assert chemin.read_bytes() == contenu


def test_former_public_keys_follow_the_one_in_force(tmp_path: Path) -> None:
    chemin = tmp_path / "attestation.pem"
    chemin.write_bytes(AUTRE.as_pem(private=False) + PRIVEE.as_pem(private=True) + PRIVEE.as_pem(private=False))
    cle = lire(chemin)
    assert cle.kid == PRIVEE.thumbprint()
    assert [une.thumbprint() for une in cle.publiques] == [PRIVEE.thumbprint(), AUTRE.thumbprint()]
    assert not any(une.is_private for une in cle.publiques)
    assert repr(cle) == f"CleAttestation(kid='{cle.kid}')"
