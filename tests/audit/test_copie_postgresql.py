"""A journal on PostgreSQL is verified in a copy, whoever wrote meanwhile, and whatever was done to it is found."""

import asyncio
import random
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import pytest

from audit.export import exporter
from audit.journal import Journal
from audit.postgresql.copie import CopieImpossible, copier
from audit.postgresql.journal import JournalPostgresql
from audit.registre import RegistreIncompatible, lire
from audit.scelles import Scelles, chemin_par_defaut, cle_publique
from audit.trace import Intention
from audit.verification import Illisible, Nature, Rapport, verifier
from tests.audit.journaux import CLE, INSTANT, une
from tests.audit.test_journal_postgresql import adresse, lignes

__all__ = ["adresse"]

Fabrique = Callable[..., Intention]


@asynccontextmanager
async def scelle(adresse: str, dossier: Path) -> AsyncIterator[JournalPostgresql]:
    """One process."""
    journal = JournalPostgresql(
        adresse, lambda: INSTANT, lambda nom: Scelles(dossier / f"{nom}.scelles", CLE, lambda: INSTANT)
    )
    await journal.ouvrir()
    try:
        yield journal
    finally:
        await journal.aclose()


async def ecrire(journal: JournalPostgresql, nombre: int, hasard: random.Random) -> None:
    for _ in range(nombre):
        await journal.ecrire([une(hasard) for _ in range(hasard.randint(1, 9))])


async def prendre(adresse: str, dossier: Path) -> int:
    return (await copier(adresse, dossier / "scelles", dossier / "copie.db", lambda _: None)).enregistrements


def juger(dossier: Path) -> Rapport:
    copie = dossier / "copie.db"
    return verifier(copie, chemin_par_defaut(copie), cle_publique(CLE))


async def test_a_copy_of_what_several_processes_wrote_at_once_is_intact_and_is_taken_up(
    adresse: str, tmp_path: Path
) -> None:
    hasard, total = random.Random(1), 0  # noqa: S311 - draws traces
    async with AsyncExitStack() as pile:
        un, deux = [await pile.enter_async_context(scelle(adresse, tmp_path / "scelles")) for _ in range(2)]
        for _ in range(3):
            ecritures = asyncio.gather(ecrire(un, 20, hasard), ecrire(deux, 20, hasard))
            total += await prendre(adresse, tmp_path)
            assert juger(tmp_path).intact
            await ecritures
            async with scelle(adresse, tmp_path / "scelles") as bref:
                await ecrire(bref, 2, hasard)
    total += await prendre(adresse, tmp_path)
    rapport = juger(tmp_path)
    assert rapport.intact, rapport
    assert (rapport.enregistrements, rapport.parties, rapport.non_scelles) == (total, 5, 0)
    assert await lignes(adresse, "SELECT count(*) FROM journal.trace") == [(total,)]
    assert await prendre(adresse, tmp_path) == 0


@pytest.fixture
async def dossier(adresse: str, tmp_path: Path) -> Path:
    """Seals of four parties, two of which were interleaved, and one is empty."""
    hasard = random.Random(2)  # noqa: S311 - draws traces
    async with scelle(adresse, tmp_path / "scelles") as un, scelle(adresse, tmp_path / "scelles") as deux:
        for _ in range(3):
            await ecrire(un, 5, hasard)
            await ecrire(deux, 5, hasard)
            await prendre(adresse, tmp_path)
    async with scelle(adresse, tmp_path / "scelles"):
        pass
    async with scelle(adresse, tmp_path / "scelles") as quatre:
        await ecrire(quatre, 5, hasard)
    await prendre(adresse, tmp_path)
    assert juger(tmp_path).intact
    return tmp_path


SANS_DECLENCHEUR = "".join(
    f"DROP TRIGGER {nom};"
    for nom in (
        "trace_non_modifiable",
        "trace_non_effacable",
        "trace_non_remplacable",
        "partie_non_modifiable",
        "partie_non_effacable",
    )
)
RENUMEROTER = """
CREATE TABLE autre AS SELECT * FROM trace ORDER BY seq;
DELETE FROM trace;
INSERT INTO trace SELECT rowid, genre, requete, rang, instant, corps, partie, numero, maillon FROM autre;
"""
AJOUTER = """
INSERT INTO trace
SELECT (SELECT max(seq) + 1 FROM trace), genre, requete, rang, instant, corps, partie,
       (SELECT max(numero) + 1 FROM trace WHERE partie = 1), maillon
FROM trace WHERE seq = 1
"""


@pytest.mark.parametrize(
    ("ordre", "natures"),
    [
        ("UPDATE trace SET corps = corps || ' ' WHERE seq = 20", {Nature.ALTERE}),
        ("UPDATE trace SET maillon = zeroblob(32) WHERE seq = 20", {Nature.ALTERE}),
        ("DELETE FROM trace WHERE seq = 20", {Nature.SUPPRIME}),
        (f"DELETE FROM trace WHERE seq = 20;{RENUMEROTER}", {Nature.SUPPRIME}),  # noqa: S608 - our own words
        (f"DELETE FROM trace WHERE partie = 2 AND numero > 10;{RENUMEROTER}", {Nature.TRONQUE}),  # noqa: S608 - our own words
        (f"DELETE FROM trace WHERE partie = 2; DELETE FROM partie WHERE id = 2;{RENUMEROTER}", {Nature.SUPPRIME}),  # noqa: S608 - our own words
        ("DELETE FROM partie WHERE id = 3", {Nature.SUPPRIME}),
        ("UPDATE partie SET ouverte = ouverte + 1 WHERE id = 2", {Nature.ALTERE, Nature.RECHAINE}),
        ("UPDATE partie SET ouverte = ouverte + 1 WHERE id = 3", {Nature.RECHAINE}),
        ("UPDATE partie SET liens = '' WHERE id = 4", {Nature.ALTERE, Nature.RECHAINE}),
        ("UPDATE trace SET partie = 1 WHERE partie = 2", {Nature.REJOUE, Nature.SUPPRIME}),
        (AJOUTER, {Nature.INSERE}),
    ],
)
def test_every_edit_of_a_copy_is_found(dossier: Path, ordre: str, natures: set[Nature]) -> None:
    with closing(sqlite3.connect(dossier / "copie.db", isolation_level=None)) as copie:
        copie.executescript(SANS_DECLENCHEUR + ordre)
    anomalie = juger(dossier).anomalie
    assert anomalie is not None
    assert anomalie.nature in natures, anomalie
    assert anomalie.de <= anomalie.a


async def scelles_de(adresse: str, dossier: Path, partie: int) -> Path:
    noms = dict(await lignes(adresse, "SELECT id, nom FROM journal.partie"))
    return chemin_par_defaut(dossier / "copie.db") / f"{noms[partie]}.scelles"


async def test_seals_that_are_touched_are_missed(adresse: str, dossier: Path) -> None:
    un, trois, quatre = [await scelles_de(adresse, dossier, partie) for partie in (1, 3, 4)]
    octets = un.read_bytes()

    def nature() -> Nature | None:
        anomalie = juger(dossier).anomalie
        return anomalie.nature if anomalie else None

    un.write_bytes(b"".join(octets.splitlines(keepends=True)[1:]))
    assert nature() is Nature.SCELLE_MANQUANT
    un.write_bytes(quatre.read_bytes())
    assert nature() is Nature.SCELLE_MANQUANT
    un.write_bytes(octets.replace(b'"taille":0', b'"taille":1'))
    assert nature() is Nature.SCELLE_FAUX
    un.unlink()
    assert nature() is None, "the parties that began later still answer for it"
    trois.unlink()
    quatre.unlink()
    assert nature() is Nature.NON_SCELLE


async def test_a_file_of_seals_is_not_those_of_a_copy_and_the_form_that_is_wanted_is_told(
    adresse: str, dossier: Path
) -> None:
    un = await scelles_de(adresse, dossier, 1)
    (dossier / "autre").write_bytes(b"")
    for fichier in (un, dossier / "autre"):
        with pytest.raises(Illisible, match="veut un dossier de scellés"):
            verifier(dossier / "copie.db", fichier, cle_publique(CLE))


def test_a_copy_made_to_look_like_a_journal_is_an_anomaly_as_long_as_its_seals_speak_of_it(dossier: Path) -> None:
    with closing(sqlite3.connect(dossier / "copie.db", isolation_level=None)) as copie:
        copie.executescript(f"{SANS_DECLENCHEUR} ALTER TABLE partie DROP COLUMN liens")
    anomalie = juger(dossier).anomalie
    assert anomalie is not None
    assert anomalie.nature is Nature.STRUCTURE


async def test_an_edit_of_the_database_is_found_in_a_new_copy_and_told_by_an_old_one(
    adresse: str, dossier: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    await lignes(adresse, "ALTER TABLE journal.trace DISABLE TRIGGER USER")
    await lignes(adresse, "UPDATE journal.trace SET corps = corps || ' ' WHERE partie = 2 AND numero = 7")
    neuve = tmp_path_factory.mktemp("neuve")
    shutil.copytree(dossier / "scelles", neuve / "scelles")
    await prendre(adresse, neuve)
    anomalie = juger(neuve).anomalie
    assert anomalie is not None
    ((nom,),) = await lignes(adresse, "SELECT nom FROM journal.partie WHERE id = 2")
    assert str(anomalie).startswith(f"enregistrement altéré, n° {anomalie.a}, partie {nom}")
    assert juger(dossier).intact, "what was copied before stays as it was"
    await lignes(adresse, "UPDATE journal.trace SET maillon = decode(repeat('00', 32), 'hex')")
    with pytest.raises(CopieImpossible, match="copie neuve"):
        await prendre(adresse, dossier)


async def test_a_copy_is_read_and_exported_as_any_journal(adresse: str, tmp_path: Path, intention: Fabrique) -> None:
    async with scelle(adresse, tmp_path / "scelles") as un, scelle(adresse, tmp_path / "scelles") as deux:
        await un.ecrire((intention("a"),))
        await deux.ecrire((intention("b"),))
        await prendre(adresse, tmp_path)
        jeton, periode = intention("a").jeton, (INSTANT, INSTANT + timedelta(days=1))
        assert len(list(exporter(tmp_path / "copie.db", jeton, periode))) == 2
        await un.ecrire((intention("c"),))
        await prendre(adresse, tmp_path)
    assert [trace.requete for trace in lire(tmp_path / "copie.db")] == ["a", "b", "c"]
    assert len(list(exporter(tmp_path / "copie.db", jeton, periode))) == 3


async def test_a_copy_is_never_written_as_a_journal_and_a_journal_never_as_a_copy(adresse: str, dossier: Path) -> None:
    with pytest.raises(RegistreIncompatible):
        await Journal(dossier / "copie.db", lambda: INSTANT).ouvrir()
    journal = Journal(dossier / "journal.db", lambda: INSTANT)
    await journal.ouvrir()
    await journal.aclose()
    with pytest.raises(CopieImpossible):
        await copier(adresse, dossier / "scelles", dossier / "journal.db", lambda _: None)


async def test_parties_that_no_seal_speaks_of_yet_are_left_to_the_next_copy(adresse: str, dossier: Path) -> None:
    async with scelle(adresse, dossier / "ailleurs") as recent:
        await recent.ecrire([une(random.Random(3))])  # noqa: S311 - draws traces
        bilan = await copier(adresse, dossier / "scelles", dossier / "copie.db", lambda _: None)
    assert (bilan.enregistrements, bilan.a_venir) == (0, 1)
    for fichier in (dossier / "ailleurs").iterdir():
        shutil.copy(fichier, dossier / "scelles")
    assert await prendre(adresse, dossier) >= 1
    assert juger(dossier).intact


async def test_a_database_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "scelles").mkdir()
    with pytest.raises(CopieImpossible, match="ne répond pas"):
        await copier("postgresql://u:secret@127.0.0.1:9/x", tmp_path / "scelles", tmp_path / "c.db", lambda _: None)


async def test_a_new_copy_is_not_searched_through_the_index_of_the_one_before(adresse: str, tmp_path: Path) -> None:
    hasard, copie = random.Random(9), tmp_path / "copie.db"  # noqa: S311 - cases must be found again

    def trouvees(jeton: str) -> list[str]:
        return sorted(exporter(copie, jeton, (INSTANT - timedelta(days=999), INSTANT + timedelta(days=999))))

    async with scelle(adresse, tmp_path / "scelles") as un, scelle(adresse, tmp_path / "scelles") as autre:
        for _ in range(2):  # the second time, what one wrote since comes after what the other wrote before
            await ecrire(un, 5, hasard)
            await ecrire(autre, 5, hasard)
            await prendre(adresse, tmp_path)
    jetons = {une.jeton for une in lire(copie) if isinstance(une, Intention)}
    attendues = {jeton: trouvees(jeton) for jeton in jetons}
    assert any(attendues.values())
    copie.unlink()
    await prendre(adresse, tmp_path)
    assert {jeton: trouvees(jeton) for jeton in jetons} == attendues
