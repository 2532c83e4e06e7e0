"""Whoever kept a seal checks that a later one extends it, without reading the journal."""

import json
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import audit.verificateur
from audit.preuve import prouver
from audit.scelles import chemin_par_defaut, cle_publique
from audit.verificateur import PREUVE_MAX, ZERO, Chaine, decoder, enoncer, plages, prolonge
from audit.verification import Illisible, conclure
from tests.audit.journaux import CLE, ecrire

PUBLIQUE = cle_publique(CLE)
LE_PLUS = 200
NOM = "a" * 32
Scelle = dict[str, Any]


def scelles(premier: bytes) -> list[Scelle]:
    """Return the seals of a partie at every size."""
    chaine = Chaine(NOM, ZERO)
    faits = [enoncer(chaine.tete(), 0, ZERO)]
    for rang in range(LE_PLUS):
        chaine.avancer(b"%d" % rang if rang else premier)
        faits.append(enoncer(chaine.tete(), 0, ZERO))
    return faits


def maillons() -> list[bytes]:
    """Return the maillons of the true ones."""
    tous, maillon = list[bytes](), ZERO
    for rang in range(LE_PLUS):
        maillon = sha256(b"\0" + maillon + f"{NOM} {rang + 1} {rang}".encode()).digest()
        tous.append(maillon)
    return tous


FEUILLES = maillons()
VRAIS, FAUX = scelles(b"0"), scelles(b"autre")
TAILLES = st.tuples(st.integers(0, LE_PLUS), st.integers(0, LE_PLUS)).map(sorted)


def mth(feuilles: Sequence[bytes]) -> bytes:
    """Compute a root as the RFC defines it, §2.1."""
    if len(feuilles) == 1:
        return feuilles[0]
    coupe = 1 << ((len(feuilles) - 1).bit_length() - 1)
    return sha256(b"\1" + mth(feuilles[:coupe]) + mth(feuilles[coupe:])).digest()


def preuve(taille: int, autre: int) -> list[bytes]:
    return [mth(FEUILLES[debut:fin]) for debut, fin in plages(taille, autre)]


@given(TAILLES)
def test_a_proof_holds_between_any_two_sizes(tailles: list[int]) -> None:
    taille, autre = tailles
    assert prolonge(VRAIS[taille], VRAIS[autre], preuve(taille, autre))


def test_a_proof_is_that_of_rfc_6962() -> None:
    """The examples of §2.1.3, over seven leaves."""
    assert plages(3, 7) == [(2, 3), (3, 4), (0, 2), (4, 7)]
    assert plages(4, 7) == [(4, 7)]
    assert plages(6, 7) == [(4, 6), (6, 7), (0, 4)]


@given(TAILLES)
def test_nothing_proves_that_a_partie_whose_past_changed_goes_on(tailles: list[int]) -> None:
    taille, autre = tailles
    if taille:
        assert not prolonge(FAUX[taille], VRAIS[autre], preuve(taille, autre))
        assert not prolonge(VRAIS[taille], FAUX[autre], preuve(taille, autre))


@given(TAILLES, st.randoms(use_true_random=False))
def test_a_proof_that_was_touched_does_not_hold(tailles: list[int], hasard: random.Random) -> None:
    taille, autre = tailles
    noeuds = preuve(taille, autre)
    assert not prolonge(VRAIS[taille], VRAIS[autre], [*noeuds, ZERO])
    if noeuds:
        rang = hasard.randrange(len(noeuds))
        assert not prolonge(VRAIS[taille], VRAIS[autre], [*noeuds[:rang], ZERO, *noeuds[rang + 1 :]])
        assert not prolonge(VRAIS[taille], VRAIS[autre], [*noeuds[:rang], noeuds[rang] + b"\0", *noeuds[rang + 1 :]])
        assert not prolonge(VRAIS[taille], VRAIS[autre], noeuds[1:])
        assert not prolonge(VRAIS[autre], VRAIS[taille], noeuds)


def test_a_partie_that_was_closed_does_not_go_on() -> None:
    close = VRAIS[5] | {"close": True}
    assert prolonge(VRAIS[5], close, [])
    assert not prolonge(close, VRAIS[5], [])
    assert not prolonge(close, VRAIS[8], preuve(5, 8))
    assert not prolonge(VRAIS[5], VRAIS[8] | {"partie": "b" * 32}, preuve(5, 8))


@given(st.integers(1, 10**8), st.integers(1, 10**8))
def test_a_proof_over_a_hundred_million_records_is_short(une: int, autre: int) -> None:
    assert len(json.dumps([ZERO.hex()] * len(plages(min(une, autre), max(une, autre))))) < PREUVE_MAX


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chemin = tmp_path_factory.mktemp("preuve") / "journal.db"
    ecrire(chemin, (20, 2500), random.Random(1), lot=300)  # noqa: S311 - draws traces
    return chemin


def lignes(journal: Path) -> list[bytes]:
    """Return the seals of its last partie, from the smallest."""
    toutes = chemin_par_defaut(journal).read_bytes().splitlines()
    partie = json.loads(toutes[-1])["partie"].encode()
    return [ligne for ligne in toutes if partie in ligne]


def lus(journal: Path, *rangs: int) -> tuple[Scelle, ...]:
    return tuple(decoder(lignes(journal)[rang]) or {} for rang in rangs)


def test_a_witness_needs_the_proof_the_seals_the_key_and_one_file(journal: Path, tmp_path: Path) -> None:
    toutes = lignes(journal)
    (tmp_path / "cle").write_text(f"{PUBLIQUE.hex()}\n")
    for rang in range(1, len(toutes)):
        (tmp_path / "ancien").write_bytes(toutes[rang - 1])
        (tmp_path / "nouveau").write_bytes(toutes[-1])
        trouvee = prouver(journal, *lus(journal, rang - 1, -1))
        assert trouvee is not None
        (tmp_path / "preuve").write_text(trouvee)
        etat, phrase = conclure(tmp_path / "preuve", tmp_path / "ancien", tmp_path / "nouveau", (PUBLIQUE,))
        assert etat == 0, phrase
    commande = (sys.executable, "-I", audit.verificateur.__file__, "--preuve", "preuve", "ancien", "nouveau", "cle")
    fin = subprocess.run(commande, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 - our own program
    assert (fin.returncode, fin.stdout.partition(" de ")[0]) == (0, "Le scellé")
    (tmp_path / "preuve").write_text("[]")
    (tmp_path / "ancien").write_bytes(toutes[1])
    assert conclure(tmp_path / "preuve", tmp_path / "ancien", tmp_path / "nouveau", (PUBLIQUE,))[0] == 1


def test_seals_of_two_parties_are_ill_chosen_and_no_anomaly(journal: Path, tmp_path: Path) -> None:
    toutes = chemin_par_defaut(journal).read_bytes().splitlines()
    partie = json.loads(toutes[0])["partie"]
    assert partie != json.loads(toutes[-1])["partie"]
    for nom, contenu in (("ancien", toutes[0]), ("nouveau", toutes[-1]), ("preuve", b"[]")):
        (tmp_path / nom).write_bytes(contenu)
    etat, phrase = conclure(tmp_path / "preuve", tmp_path / "ancien", tmp_path / "nouveau", (PUBLIQUE,))
    assert etat == 2
    assert "ne sont pas de la même partie" in phrase
    assert partie in phrase
    (tmp_path / "cle").write_text(f"{PUBLIQUE.hex()}\n")
    commande = (sys.executable, "-I", audit.verificateur.__file__, "--preuve", "preuve", "ancien", "nouveau", "cle")
    fin = subprocess.run(commande, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 - our own program
    assert (fin.returncode, fin.stdout, fin.stderr) == (2, "", f"{phrase}\n")


def test_a_journal_that_was_touched_proves_nothing(journal: Path, tmp_path: Path) -> None:
    copie = tmp_path / "copie.db"
    shutil.copyfile(journal, copie)
    for changement in ("rang = 7", "corps = x'00'", "rang = 'a'"):
        with closing(sqlite3.connect(copie)) as connexion, connexion:
            connexion.execute("DROP TRIGGER IF EXISTS trace_non_modifiable")
            connexion.execute(f"UPDATE trace SET {changement} WHERE numero = 2100")  # noqa: S608 - our own words
        assert prouver(copie, *lus(journal, 1, -1)) is None
    with pytest.raises(Illisible):
        prouver(tmp_path / "absent.db", *lus(journal, 1, -1))


@pytest.mark.parametrize("contenu", [b"", b"{}\n", b"[1]", b'["0"]', b"[" * 3000, b'"a"'])
def test_what_is_no_proof_or_no_seal_is_told(journal: Path, tmp_path: Path, contenu: bytes) -> None:
    toutes = lignes(journal)
    (tmp_path / "ancien").write_bytes(toutes[1])
    (tmp_path / "nouveau").write_bytes(toutes[-1])
    (tmp_path / "texte").write_bytes(contenu)
    etat, _ = conclure(tmp_path / "texte", tmp_path / "ancien", tmp_path / "nouveau", (PUBLIQUE,))
    assert etat == (1 if contenu == b"{}\n" else 2)
    etat, phrase = conclure(tmp_path / "preuve", tmp_path / "texte", tmp_path / "nouveau", (PUBLIQUE,))
    assert (etat, "scellé" in phrase) == (2, True)
    etat, phrase = conclure(tmp_path / "absente", tmp_path / "ancien", tmp_path / "nouveau", (PUBLIQUE,))
    assert (etat, "absente" in phrase) == (2, True)
    assert conclure(tmp_path / "texte", tmp_path / "ancien", tmp_path / "nouveau", (bytes(32),))[0] == 2
