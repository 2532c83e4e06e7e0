"""A citizen's journal on PostgreSQL answers as in SQLite, whichever of the servers wrote the accesses."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from audit.consultations import ConsultationsIndisponibles, Repere, RepereInconnu, lire_page
from audit.postgresql.consultations import ConsultationsPostgresql
from audit.postgresql.journal import JournalPostgresql
from audit.rattachement import chercher
from audit.trace import Intention, Issue
from tests.audit.journaux import INSTANT
from tests.audit.test_consultations import (
    CLE,
    ELLE,
    sur,
    test_a_page_looks_at_a_bounded_number_of_homonyms_and_the_next_one_goes_on,
    test_accesses_by_any_key_are_found_once_each_the_newest_first,
    test_pages_of_any_size_hold_them_all_whatever_stands_between,
)
from tests.audit.test_journal_postgresql import adresse, journal, ouvert

__all__ = [
    "adresse",
    "journal",
    "sur",
    "test_a_page_looks_at_a_bounded_number_of_homonyms_and_the_next_one_goes_on",
    "test_accesses_by_any_key_are_found_once_each_the_newest_first",
    "test_pages_of_any_size_hold_them_all_whatever_stands_between",
]

FabriqueIssue = Callable[..., Issue]
Sur = Callable[..., Intention]


@pytest.fixture
async def lieu(adresse: str) -> AsyncIterator[ConsultationsPostgresql]:
    lieu = ConsultationsPostgresql(adresse)
    await lieu.ouvrir()
    yield lieu
    await lieu.aclose()


async def test_the_accesses_of_several_servers_are_in_the_order_of_their_instants(
    journal: JournalPostgresql, lieu: ConsultationsPostgresql, adresse: str, sur: Sur, issue: FabriqueIssue
) -> None:
    async with ouvert(adresse) as autre:
        for rang in range(6):
            ecrit = (journal, autre)[rang % 2]
            instant = INSTANT + timedelta(minutes=rang)
            await ecrit.ecrire((replace(sur(f"r{rang}"), instant=instant),))
            await ecrit.ecrire((replace(issue(f"r{rang}"), instant=instant),))
        premiere = await lire_page(lieu, chercher((CLE,), ELLE), 4)
        assert [acces.repere.requete for acces in premiere.acces] == ["r5", "r4", "r3", "r2"]
        assert all(isinstance(acces.suite, Issue) for acces in premiere.acces)
        suite = await lire_page(lieu, chercher((CLE,), ELLE), 4, premiere.suite)
        assert [acces.repere.requete for acces in suite.acces] == ["r1", "r0"]
        with pytest.raises(RepereInconnu):
            await lire_page(lieu, chercher((CLE,), ELLE), 4, Repere("r0", 7))


async def test_what_cannot_be_searched_is_told(adresse: str) -> None:
    ferme = ConsultationsPostgresql(adresse)
    with pytest.raises(ConsultationsIndisponibles):
        await ferme.trouver((), None, 1)
    absent = ConsultationsPostgresql("postgresql://u:secret@127.0.0.1:9/absente")
    await absent.ouvrir()
    with pytest.raises(ConsultationsIndisponibles) as capture:
        await absent.trouver((), None, 1)
    await absent.aclose()
    assert "secret" not in repr(capture.value)
