"""Whoever owns the database can change it: it is always seen, and where; and nothing is ever seen in an honest one."""

import ast
import asyncio
import random
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

import audit.verificateur
from audit.journal import Journal
from audit.scelles import Scelles, chemin_par_defaut, cle_publique
from audit.verification import Anomalie, Illisible, Nature, Rapport, rendre_compte, verifier
from tests.audit.alterations import Contenu, alterer, lire, premiere_difference, remplacer
from tests.audit.journaux import CLE, INSTANT, ecrire, une

PUBLIQUE = cle_publique(CLE)
#: Records within which an edit is located.
PRECISION = 1000


def juger(journal: Path, scelles: Path | None = None) -> Rapport:
    return verifier(journal, scelles or chemin_par_defaut(journal), PUBLIQUE)


@pytest.fixture(scope="module")
def petit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal of five openings, one of which wrote nothing."""
    chemin = tmp_path_factory.mktemp("petit") / "journal.db"
    ecrire(chemin, (30, 0, 1, 60, 12), random.Random(1), lot=9)  # noqa: S311 - draws traces
    return chemin


@pytest.fixture(scope="module")
def grand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal of several thousand records."""
    chemin = tmp_path_factory.mktemp("grand") / "journal.db"
    ecrire(chemin, (1300, 1400), random.Random(2), lot=300)  # noqa: S311 - draws traces
    return chemin


def eprouver(journal: Path, contenu: Contenu, dossier: Path, hasard: random.Random) -> tuple[str, int]:
    """Fail unless an edit is found, where it was made; return its name, and within how many records it was located."""
    nom, altere = alterer(contenu, hasard)
    copie = dossier / "copie.db"
    shutil.copyfile(journal, copie)
    remplacer(copie, altere)
    anomalie = juger(copie, chemin_par_defaut(journal)).anomalie
    assert anomalie is not None, nom
    vraie = premiere_difference(contenu, altere)
    assert anomalie.de <= vraie <= anomalie.a, (nom, vraie, anomalie)
    assert anomalie.a - anomalie.de < PRECISION, (nom, anomalie)
    return nom, anomalie.a - anomalie.de + 1


def test_an_honest_journal_is_intact(petit: Path, grand: Path) -> None:
    for journal, enregistrements in ((petit, 103), (grand, 2700)):
        rapport = juger(journal)
        assert rapport.intact
        assert rapport.non_scelles == rapport.illisibles == 0
        assert rapport.enregistrements >= enregistrements
        assert rapport.scelles == chemin_par_defaut(journal).read_bytes().count(b"\n")


@pytest.mark.parametrize("graine", range(8))
def test_every_edit_of_a_small_journal_is_found_and_located(petit: Path, tmp_path: Path, graine: int) -> None:
    contenu, hasard = lire(petit), random.Random(graine)  # noqa: S311 - draws edits
    for _ in range(60):
        eprouver(petit, contenu, tmp_path, hasard)


def test_every_edit_of_a_large_journal_is_located_within_a_thousand_records(grand: Path, tmp_path: Path) -> None:
    contenu, hasard = lire(grand), random.Random(3)  # noqa: S311 - draws edits
    for _ in range(8):
        eprouver(grand, contenu, tmp_path, hasard)


@pytest.mark.campagne
def test_ten_thousand_edits_are_all_found_and_located(petit: Path, grand: Path, tmp_path: Path) -> None:
    hasard, trouvees, etendue = random.Random(100), Counter[str](), 0  # noqa: S311 - draws edits
    for journal, nombre in ((petit, 9_500), (grand, 500)):
        contenu = lire(journal)
        for _ in range(nombre):
            nom, large = eprouver(journal, contenu, tmp_path, hasard)
            trouvees[nom] += 1
            etendue = max(etendue, large)
    sys.stdout.write(f"\n{trouvees.total()} altérations, toutes trouvées, chacune à {etendue} enregistrements près :\n")
    for nom, fois in sorted(trouvees.items()):
        sys.stdout.write(f"  {fois:5d}  {nom}\n")


@pytest.mark.parametrize("processus", [1, 3])
def test_several_processes_say_the_same_as_one(grand: Path, tmp_path: Path, processus: int) -> None:
    scelles = chemin_par_defaut(grand)
    assert verifier(grand, scelles, PUBLIQUE, processus) == verifier(grand, scelles, PUBLIQUE, 0)
    contenu, copie = lire(grand), tmp_path / "copie.db"
    shutil.copyfile(grand, copie)
    _, altere = alterer(contenu, random.Random(processus))  # noqa: S311 - draws edits
    remplacer(copie, altere)
    rapport = verifier(copie, scelles, PUBLIQUE, processus)
    assert not rapport.intact
    assert rapport == verifier(copie, scelles, PUBLIQUE, 0)


def test_what_processes_that_die_do_not_say_is_verified_without_them(
    grand: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The interpreter's own name, not a part of ours: what is started with it ends at once, without a word.
    monkeypatch.setattr(sys, "executable", "/bin/false")
    rapport = verifier(grand, chemin_par_defaut(grand), PUBLIQUE, 2)
    assert rapport.intact
    assert rapport.enregistrements >= 2700


def honnete(dossier: Path, graine: int) -> Rapport:
    hasard = random.Random(graine)  # noqa: S311 - draws traces
    chemin = dossier / f"{graine}.db"
    ecrire(chemin, [hasard.choice((0, 1, 5, 40)) for _ in range(hasard.randint(1, 3))], hasard)
    return juger(chemin)


@pytest.mark.parametrize("graine", range(10))
def test_nothing_is_seen_in_an_honest_journal(tmp_path: Path, graine: int) -> None:
    rapport = honnete(tmp_path, graine)
    assert rapport.intact, rapport
    assert rapport.non_scelles == 0


@pytest.mark.campagne
def test_nothing_is_seen_in_a_thousand_honest_journals(tmp_path: Path) -> None:
    alertes = [graine for graine in range(100, 1100) if not honnete(tmp_path, graine).intact]
    sys.stdout.write(f"\n1000 journaux honnêtes, {len(alertes)} fausse alerte\n")
    assert alertes == []


async def test_a_journal_is_verified_while_it_is_written_and_as_a_killed_server_leaves_it(
    journal_scelle: Journal, chemin: Path, tmp_path: Path
) -> None:
    hasard = random.Random(4)  # noqa: S311 - draws traces
    for tour in range(30):
        await journal_scelle.ecrire([une(hasard) for _ in range(hasard.randint(1, 90))])
        image = tmp_path / f"image-{tour}" / "journal.db"
        image.parent.mkdir()
        for suffixe in (".scelles", "", "-wal"):
            shutil.copyfile(f"{chemin}{suffixe}", f"{image}{suffixe}")
        for journal in (chemin, image):
            rapport = juger(journal)
            assert rapport.intact, rapport
            assert rapport.enregistrements == journal_scelle.compteurs.traces


async def test_a_journal_that_a_killed_server_left_is_carried_on(
    journal_scelle: Journal, chemin: Path, tmp_path: Path
) -> None:
    hasard = random.Random(5)  # noqa: S311 - draws traces
    await journal_scelle.ecrire([une(hasard) for _ in range(50)])
    image = tmp_path / "image.db"
    for suffixe in (".scelles", "", "-wal"):
        shutil.copyfile(f"{chemin}{suffixe}", f"{image}{suffixe}")
    with chemin_par_defaut(image).open("ab") as fichier:
        fichier.write(b'{"close":false,"ins')  # a seal half written
    suivant = Journal(image, lambda: INSTANT, Scelles(chemin_par_defaut(image), CLE, lambda: INSTANT))
    await suivant.ouvrir()
    await suivant.ecrire([une(hasard)])
    await suivant.aclose()
    rapport = juger(image)
    assert rapport.intact
    assert (rapport.parties, rapport.non_scelles, rapport.illisibles) == (2, 0, 1)


def scelles_altere(petit: Path, tmp_path: Path, hasard: random.Random) -> Path:
    lignes = chemin_par_defaut(petit).read_bytes().splitlines(keepends=True)
    rang = hasard.randrange(len(lignes) - 1)
    match hasard.randrange(4):
        case 0:
            del lignes[rang]
        case 1:
            lignes.insert(rang + 1, lignes[rang])
        case 2:
            lignes[rang], lignes[rang + 1] = lignes[rang + 1], lignes[rang]
        case _:
            ligne = bytearray(lignes[rang])
            ligne[hasard.randrange(len(ligne))] ^= 1 << hasard.randrange(7)
            lignes[rang] = bytes(ligne)
    chemin = tmp_path / "altere.scelles"
    chemin.write_bytes(b"".join(lignes))
    return chemin


@pytest.mark.parametrize("graine", range(40))
def test_an_edit_of_the_seals_is_found_too(petit: Path, tmp_path: Path, graine: int) -> None:
    scelles = scelles_altere(petit, tmp_path, random.Random(graine))  # noqa: S311 - draws edits
    anomalie = juger(petit, scelles).anomalie
    assert anomalie is not None
    assert "ligne" in str(anomalie) or "n°" in str(anomalie)


def test_seals_signed_by_another_key_are_false(petit: Path) -> None:
    anomalie = verifier(petit, chemin_par_defaut(petit), cle_publique(bytes(32))).anomalie
    assert anomalie is not None
    assert anomalie.nature is Nature.SCELLE_FAUX


def test_a_key_that_followed_another_one_is_verified_beside_it(tmp_path: Path) -> None:
    chemin, hasard = tmp_path / "journal.db", random.Random(6)  # noqa: S311 - draws traces
    ecrire(chemin, (5,), hasard)

    async def suite() -> None:
        journal = Journal(chemin, lambda: INSTANT, Scelles(chemin_par_defaut(chemin), bytes(32), lambda: INSTANT))
        await journal.ouvrir()
        await journal.aclose()

    asyncio.run(suite())
    assert not juger(chemin).intact
    assert verifier(chemin, chemin_par_defaut(chemin), (PUBLIQUE, cle_publique(bytes(32)))).intact


def test_the_table_is_not_replaced_by_a_view_of_it(petit: Path, tmp_path: Path) -> None:
    copie = tmp_path / "copie.db"
    shutil.copyfile(petit, copie)
    with closing(sqlite3.connect(copie)) as connexion:
        connexion.executescript("ALTER TABLE trace RENAME TO vraie; CREATE VIEW trace AS SELECT * FROM vraie;")
    anomalie = juger(copie, chemin_par_defaut(petit)).anomalie
    assert anomalie is not None
    assert anomalie.nature is Nature.STRUCTURE


@pytest.mark.parametrize("numero", ["0", "-7", "4611686018427387904"])
def test_a_record_far_from_the_others_is_found_at_once(petit: Path, tmp_path: Path, numero: str) -> None:
    anomalie = apres_edition(petit, tmp_path, f"UPDATE trace SET seq = {numero} WHERE seq = 50")  # noqa: S608 - three of our own
    assert anomalie is not None
    assert anomalie.de <= (50 if int(numero) > 0 else 1) <= anomalie.a


# Columns without a type hold what they are given: a whole number in floating point too.
SANS_TYPES = """
CREATE TABLE sans_types (seq INTEGER PRIMARY KEY, genre, requete, rang, instant, corps, partie, numero, maillon);
INSERT INTO sans_types SELECT * FROM trace;
DROP TABLE trace;
ALTER TABLE sans_types RENAME TO trace;
"""
AUTRES_TYPES = {
    **{texte: f"CAST({texte} AS BLOB)" for texte in ("genre", "requete", "corps")},
    **{nombre: f"CAST({nombre} AS REAL)" for nombre in ("partie", "numero", "rang", "instant")},
    "maillon": "CAST(maillon AS TEXT)",
}


@pytest.mark.parametrize("colonne", sorted(AUTRES_TYPES))
def test_a_value_of_another_type_is_found_though_its_bytes_are_the_same(
    petit: Path, tmp_path: Path, colonne: str
) -> None:
    assert apres_edition(petit, tmp_path, SANS_TYPES) is None
    ordre = " ".join((SANS_TYPES, "UPDATE trace SET", colonne, "=", AUTRES_TYPES[colonne], "WHERE seq = 50"))
    anomalie = apres_edition(petit, tmp_path, ordre)
    assert anomalie is not None
    assert anomalie.de <= 50 <= anomalie.a


@pytest.mark.parametrize("nom", ["%z", "%", "%(nom)s", "", "A" * 32])
def test_a_partie_whose_name_is_none_is_found(petit: Path, tmp_path: Path, nom: str) -> None:
    anomalie = apres_edition(petit, tmp_path, f"UPDATE partie SET nom = '{nom}' WHERE id = 1")  # noqa: S608 - five of our own
    assert anomalie is not None
    assert anomalie.nature is Nature.STRUCTURE


@pytest.mark.parametrize("octets", ["x''", "maillon || x'00'", "substr(maillon, 1, 31)"])
@pytest.mark.parametrize("seq", [1, 31, 50])
def test_a_maillon_of_another_length_is_found(petit: Path, tmp_path: Path, octets: str, seq: int) -> None:
    ordre = f"UPDATE trace SET maillon = CAST({octets} AS BLOB) WHERE seq = {seq}"  # noqa: S608 - three of our own
    anomalie = apres_edition(petit, tmp_path, ordre)
    assert anomalie is not None
    assert anomalie.de <= seq <= anomalie.a


def apres_edition(journal: Path, dossier: Path, ordres: str) -> Anomalie | None:
    copie = dossier / "copie.db"
    shutil.copyfile(journal, copie)
    with closing(sqlite3.connect(copie)) as connexion:
        for (nom,) in connexion.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connexion.execute(f"DROP TRIGGER {nom}")
        connexion.executescript(ordres)
    return juger(copie, chemin_par_defaut(journal)).anomalie


def test_a_journal_without_seals_is_not_called_intact(tmp_path: Path) -> None:
    chemin = tmp_path / "journal.db"
    ecrire(chemin, (5,), random.Random(7))  # noqa: S311 - draws traces
    chemin_par_defaut(chemin).write_bytes(b"")
    anomalie = juger(chemin).anomalie
    assert anomalie is not None
    assert anomalie.nature is Nature.NON_SCELLE


def test_files_that_cannot_be_read_are_named(petit: Path, tmp_path: Path) -> None:
    with pytest.raises(Illisible, match="absent"):
        juger(tmp_path / "absent.db", chemin_par_defaut(petit))
    with pytest.raises(Illisible, match=r"absent\.scelles"):
        juger(petit, tmp_path / "absent.scelles")
    (tmp_path / "texte").write_bytes(b"ceci n'est pas un journal" * 100)
    with pytest.raises(Illisible, match="texte"):
        juger(tmp_path / "texte", chemin_par_defaut(petit))


def test_seals_in_a_folder_are_not_those_of_a_journal_and_the_form_that_is_wanted_is_told(
    petit: Path, tmp_path: Path
) -> None:
    (tmp_path / "scelles").mkdir()
    shutil.copyfile(chemin_par_defaut(petit), tmp_path / "scelles" / "journal.db.scelles")
    with pytest.raises(Illisible, match="veut un fichier de scellés") as refus:
        juger(petit, tmp_path / "scelles")
    assert len(str(refus.value).splitlines()) == 1
    status, lignes = rendre_compte(petit, tmp_path / "scelles", (PUBLIQUE,))
    assert (status, list(lignes)) == (2, [str(refus.value)])


def test_an_account_is_given_in_french(petit: Path, tmp_path: Path) -> None:
    status, lignes = rendre_compte(petit, chemin_par_defaut(petit), (PUBLIQUE,))
    assert status == 0
    assert list(lignes)[-1] == "Le journal est intact."
    copie = tmp_path / "copie.db"
    shutil.copyfile(petit, copie)
    contenu = lire(petit)
    contenu.lignes[41].rang += 1
    remplacer(copie, contenu)
    status, lignes = rendre_compte(copie, chemin_par_defaut(petit), (PUBLIQUE,))
    assert status == 1
    assert list(lignes)[-1].startswith("ANOMALIE — enregistrement altéré, n° 42 (")
    assert rendre_compte(tmp_path / "absent", chemin_par_defaut(petit), (PUBLIQUE,))[0] == 2


def test_the_verifier_is_one_file_that_another_machine_can_run(petit: Path, tmp_path: Path) -> None:
    source = Path(audit.verificateur.__file__).read_text()
    importes = {
        (alias.name if isinstance(noeud, ast.Import) else noeud.module or "").partition(".")[0]
        for noeud in ast.walk(ast.parse(source))
        if isinstance(noeud, ast.Import | ast.ImportFrom)
        for alias in noeud.names
    }
    assert importes - set(sys.stdlib_module_names) == {"cryptography"}
    (tmp_path / "verificateur.py").write_text(source)
    for nom, origine in (("journal", petit), ("scelles", chemin_par_defaut(petit))):
        shutil.copyfile(origine, tmp_path / nom)
    (tmp_path / "cle").write_text(f"{PUBLIQUE.hex()}\n")
    commande = (sys.executable, "-I", "verificateur.py", "journal", "scelles", "cle")

    def lancer() -> tuple[int, str, str]:
        fin = subprocess.run(commande, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 - our own program
        return fin.returncode, fin.stdout, fin.stderr

    status, sortie, _ = lancer()
    assert (status, sortie.splitlines()[-1]) == (0, "Le journal est intact.")
    (tmp_path / "scelles").write_bytes(b"")
    status, sortie, _ = lancer()
    assert (status, sortie.splitlines()[-1].partition(" —")[0]) == (1, "ANOMALIE")
    (tmp_path / "scelles").unlink()
    (tmp_path / "scelles").mkdir()
    status, sortie, plainte = lancer()
    assert (status, sortie, "veut un fichier de scellés" in plainte) == (2, "", True)
    (tmp_path / "cle").write_text("00\n")
    status, _, plainte = lancer()
    assert (status, plainte.partition(" ")[0]) == (2, "cle")
