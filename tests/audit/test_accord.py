"""Servers that share a journal trace with the same keys, or not at all: nobody is lost between two of them."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from audit.accord import CleNonComparee, ClesAccordees, empreinte
from audit.cle import TAILLE, CleInvalide
from audit.journal import Journal
from audit.mois import Mois
from audit.pseudonyme import pseudonymes
from audit.scelles import Scelles, chemin_par_defaut, cle_publique
from audit.trousseau import CONSERVATION, Trousseau
from audit.verification import verifier
from graph.errors import AuditIndisponible
from graph.identite import Identite
from tests.audit import version_1
from tests.audit.journaux import CLE

NOVEMBRE = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
DECEMBRE = NOVEMBRE + timedelta(days=14)


@asynccontextmanager
async def ouvert(chemin: Path) -> AsyncIterator[Journal]:
    journal = Journal(chemin, lambda: NOVEMBRE, Scelles(chemin_par_defaut(chemin), CLE, lambda: NOVEMBRE))
    await journal.ouvrir()
    try:
        yield journal
    finally:
        await journal.aclose()


def trousseau(dossier: Path, maintenant: datetime = NOVEMBRE, mois: int = 2) -> Trousseau:
    neuf = Trousseau(dossier)
    neuf.preparer(maintenant, mois)
    return neuf


def gardees(chemin: Path) -> dict[str, bytes]:
    with closing(sqlite3.connect(chemin)) as base:
        return dict(base.execute("SELECT mois, empreinte FROM cle_du_mois").fetchall())


def tout(dossier: Path) -> bytes:
    """Return whatever is written in a folder."""
    return b"".join(fichier.read_bytes() for fichier in dossier.rglob("*") if fichier.is_file())


async def test_the_key_that_wrote_first_is_that_of_the_journal_and_another_one_is_refused(tmp_path: Path) -> None:
    denoncees: list[Mois] = []
    ici, ailleurs = trousseau(tmp_path / "ici"), trousseau(tmp_path / "ailleurs")
    async with ouvert(tmp_path / "journal.db") as journal:
        premieres = ClesAccordees(ici, journal, denoncees.append)
        assert await premieres.avec(lambda: premieres.de(NOVEMBRE)) == ici.du_mois(Mois(2026, 11))
        autres = ClesAccordees(ailleurs, journal, denoncees.append)
        with pytest.raises(CleInvalide, match=rf"{ailleurs.dossier}.* 2026-11\. .*même dossier"):
            await autres.exiger(NOVEMBRE)
        for _ in range(3):
            with pytest.raises(AuditIndisponible) as refus:
                await autres.avec(lambda: autres.de(NOVEMBRE))
            assert refus.value.cause == "CLE_DU_MOIS_ETRANGERE"
        assert (denoncees, autres.etrangere, await autres.prete(NOVEMBRE)) == ([Mois(2026, 11)], True, False)
        shutil.copy(ici.dossier / "2026-11.cle", ailleurs.dossier)
        assert await autres.prete(NOVEMBRE), "it heals without a restart"
        assert not autres.etrangere
        assert autres.de(NOVEMBRE) == premieres.de(NOVEMBRE)


async def test_a_month_is_compared_before_its_key_serves_and_not_before_it_comes(tmp_path: Path) -> None:
    async with ouvert(tmp_path / "journal.db") as journal:
        cles = ClesAccordees(trousseau(tmp_path / "cles"), journal, lambda _: None)
        with pytest.raises(CleNonComparee):
            cles.de(NOVEMBRE)
        await cles.exiger(NOVEMBRE)
        assert cles.de(NOVEMBRE)
        assert list(gardees(tmp_path / "journal.db")) == ["2026-11"]
        with pytest.raises(CleNonComparee):
            cles.de(DECEMBRE)
        await asyncio.gather(*(cles.avec(lambda: cles.de(DECEMBRE)) for _ in range(50)))
        assert list(gardees(tmp_path / "journal.db")) == ["2026-11", "2026-12"]


async def test_a_month_without_key_or_a_journal_that_is_closed_makes_no_trace(tmp_path: Path) -> None:
    async with ouvert(tmp_path / "journal.db") as journal:
        cles = ClesAccordees(trousseau(tmp_path / "cles"), journal, lambda _: None)
        with pytest.raises(AuditIndisponible) as refus:
            await cles.avec(lambda: cles.de(DECEMBRE + timedelta(days=31)))
        assert refus.value.cause == "CLE_DU_MOIS_ABSENTE"
        (tmp_path / "journal.db").rename(tmp_path / "ailleurs.db")
        with pytest.raises(AuditIndisponible) as refus:
            await cles.avec(lambda: cles.de(NOVEMBRE))
        assert refus.value.cause == "FileNotFoundError"
        (tmp_path / "ailleurs.db").rename(tmp_path / "journal.db")


async def test_a_key_of_the_past_that_is_another_one_stops_the_start_as_well(tmp_path: Path) -> None:
    trouss = trousseau(tmp_path / "cles")
    async with ouvert(tmp_path / "journal.db") as journal:
        await ClesAccordees(trouss, journal, lambda _: None).exiger(NOVEMBRE)
        (trouss.dossier / "2026-11.cle").write_bytes(bytes(TAILLE))
        trouss.preparer(DECEMBRE)
        with pytest.raises(CleInvalide, match=r": 2026-11\. "):
            await ClesAccordees(trouss, journal, lambda _: None).exiger(DECEMBRE)
        (trouss.dossier / "2026-11.cle").write_bytes(b"court")
        await ClesAccordees(trouss, journal, lambda _: None).exiger(DECEMBRE)


async def test_a_month_that_is_forgotten_stays_so_and_its_fingerprint_finds_nobody(tmp_path: Path) -> None:
    trouss = trousseau(tmp_path / "cles")
    plus_tard = NOVEMBRE + timedelta(days=31 * (CONSERVATION + 2))
    personne = Identite(ine="1234567890A")
    async with ouvert(tmp_path / "journal.db") as journal:
        cles = ClesAccordees(trouss, journal, lambda _: None)
        await cles.exiger(NOVEMBRE)
        oubliee = cles.de(NOVEMBRE)
        trouss.preparer(plus_tard)
        assert "2026-11" in trouss.oublier(plus_tard)
        suivantes = ClesAccordees(Trousseau(trouss.dossier, bac_a_sable=True), journal, lambda _: None)
        await suivantes.exiger(plus_tard)
        assert not (trouss.dossier / "2026-11.cle").exists()
    empreintes = gardees(tmp_path / "journal.db")
    assert empreintes["2026-11"] == empreinte(oubliee, "2026-11")
    octets = tout(tmp_path)
    assert oubliee not in octets
    assert oubliee.hex().encode() not in octets
    assert empreintes["2026-11"].hex() not in {un.empreinte for un in pseudonymes(oubliee, personne)}


def test_the_fingerprints_of_one_key_in_two_months_are_not_alike() -> None:
    assert empreinte(CLE, "2026-11") != empreinte(CLE, "2026-12")


async def test_a_journal_of_before_the_chain_keeps_fingerprints_from_then_on(tmp_path: Path) -> None:
    chemin = tmp_path / "journal.db"
    version_1.ecrire(chemin, [])
    async with ouvert(chemin) as journal:
        await ClesAccordees(trousseau(tmp_path / "cles"), journal, lambda _: None).exiger(NOVEMBRE)
    assert list(gardees(chemin)) == ["2026-11"]
    rapport = verifier(chemin, chemin_par_defaut(chemin), cle_publique(CLE))
    assert (rapport.intact, rapport.parties) == (True, 2)
