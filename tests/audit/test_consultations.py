"""A citizen's journal in SQLite: every access once, newest first, in pages, up to date or not at all."""

import random
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from audit.consultations import EXAMINES_MAX, Acces, ConsultationsIndisponibles, Repere, RepereInconnu, lire_page
from audit.consultations_sqlite import ConsultationsSqlite
from audit.index import Index, chemin_par_defaut
from audit.journal import Journal
from audit.pseudonyme import pseudonymes
from audit.rattachement import chercher
from audit.registre import connecter
from audit.trace import Intention, Issue, Reprise
from graph.enums import Sexe
from graph.identite import DateNaissance, EtatCivil, Identite, IdentitePivot
from tests.audit.journaux import INSTANT, une

Fabrique = Callable[..., Intention]
FabriqueIssue = Callable[..., Issue]
CLE = b"c" * 32
#: Traces that a busy disk takes within the budget of one write.
LOT = 250
ELLE = IdentitePivot("Quévreuilh", ("Théodrêne", "Anne"), DateNaissance(1987, 3, 14), Sexe.F, "99100", "2A004")
HOMONYME = replace(ELLE, code_commune="13055")
RENDUE = pseudonymes(CLE, EtatCivil("QUEVREUILH", ("THEODRENE",), "1987-03-14"))


@pytest.fixture
async def lieu(journal: Journal, chemin: Path) -> AsyncIterator[ConsultationsSqlite]:
    assert journal
    lieu = ConsultationsSqlite(chemin)
    await lieu.ouvrir()
    yield lieu
    await lieu.aclose()


@pytest.fixture
def sur(intention: Fabrique) -> Callable[..., Intention]:
    """Make the intention of an access about a person."""

    def creer(requete: str, pivot: IdentitePivot = ELLE, rang: int = 0) -> Intention:
        return replace(intention(requete, rang=rang), pseudonymes=pseudonymes(CLE, Identite(pivot=pivot)))

    return creer


async def lues(lieu: ConsultationsSqlite, combien: int = 100, apres: Repere | None = None) -> list[Acces]:
    return list((await lire_page(lieu, chercher((CLE,), ELLE), combien, apres)).acces)


async def test_accesses_by_any_key_are_found_once_each_the_newest_first(
    journal: Journal,
    lieu: ConsultationsSqlite,
    intention: Fabrique,
    issue: FabriqueIssue,
    sur: Callable[..., Intention],
) -> None:
    await journal.ecrire((sur("pivot"), intention("ine", rang=1), intention("autre")))
    await journal.ecrire(
        (replace(issue("pivot"), pseudonymes=RENDUE), replace(issue("ine", rang=1), pseudonymes=RENDUE))
    )
    await journal.ecrire((sur("en cours"), issue("autre")))
    await journal.ecrire((sur("interrompue"), Reprise(requete="interrompue", rang=0, instant=INSTANT)))
    trouves = await lues(lieu)
    assert [(*acces.repere, type(acces.suite)) for acces in trouves] == [
        ("interrompue", 0, Reprise),
        ("en cours", 0, type(None)),
        ("ine", 1, Issue),
        ("pivot", 0, Issue),
    ]
    await journal.ecrire((issue("en cours"),))
    assert isinstance((await lues(lieu))[1].suite, Issue)


async def test_pages_of_any_size_hold_them_all_whatever_stands_between(
    journal: Journal, lieu: ConsultationsSqlite, sur: Callable[..., Intention]
) -> None:
    alea = random.Random(5)  # noqa: S311 - cases must be found again
    siens: list[str] = []
    for rang in range(60):
        requete, sien = f"r{rang}", alea.random() < 0.4
        siens += [requete] * sien
        await journal.ecrire((sur(requete, ELLE if sien else HOMONYME), une(alea)))
    for combien in (1, 3, 7, 100):
        lus: list[str] = []
        apres: Repere | None = None
        while True:
            page = await lire_page(lieu, chercher((CLE,), ELLE), combien, apres)
            assert len(page.acces) <= combien
            lus += [acces.intention.requete for acces in page.acces]
            if page.suite is None:
                break
            apres = page.suite
        assert lus == siens[::-1]


async def test_a_page_looks_at_a_bounded_number_of_homonyms_and_the_next_one_goes_on(
    journal: Journal, lieu: ConsultationsSqlite, sur: Callable[..., Intention]
) -> None:
    await journal.ecrire((sur("la sienne"),))
    for lot in range(0, EXAMINES_MAX + LOT, LOT):
        await journal.ecrire([sur(f"h{lot + rang}", HOMONYME) for rang in range(LOT)])
    vides = 0
    page = await lire_page(lieu, chercher((CLE,), ELLE), 98)
    while not page.acces and page.suite:
        vides += 1
        page = await lire_page(lieu, chercher((CLE,), ELLE), 98, page.suite)
    assert vides
    assert ([acces.intention.requete for acces in page.acces], page.suite) == (["la sienne"], None)


async def test_the_request_that_asks_is_left_out_and_does_not_pass_for_a_next_page(
    journal: Journal, lieu: ConsultationsSqlite, sur: Callable[..., Intention]
) -> None:
    await journal.ecrire((sur("a"), sur("b"), sur("celle qui lit")))
    page = await lire_page(lieu, chercher((CLE,), ELLE), 2, sauf="celle qui lit")
    assert ([acces.intention.requete for acces in page.acces], page.suite) == (["b", "a"], None)


async def test_a_page_after_no_access_is_refused(lieu: ConsultationsSqlite) -> None:
    with pytest.raises(RepereInconnu):
        await lues(lieu, apres=Repere("inconnue", 0))


async def test_an_index_that_lags_is_brought_up_to_date_in_the_background_and_nothing_is_told_until_then(
    journal: Journal, chemin: Path, sur: Callable[..., Intention]
) -> None:
    await journal.ecrire([sur(f"r{rang}") for rang in range(3_000)])
    presse = ConsultationsSqlite(chemin, attente=0)
    await presse.ouvrir()
    with pytest.raises(ConsultationsIndisponibles, match="INDEX_EN_RETARD"):
        await lues(presse)
    await presse.aclose()
    patiente = ConsultationsSqlite(chemin)
    await patiente.ouvrir()
    trouves = await lues(patiente)
    await patiente.aclose()
    assert [acces.intention.requete for acces in trouves] == [f"r{rang}" for rang in range(2_999, 2_899, -1)]


async def test_an_index_of_an_earlier_version_is_made_anew(
    journal: Journal, chemin: Path, lieu: ConsultationsSqlite, sur: Callable[..., Intention]
) -> None:
    await lieu.aclose()
    with closing(sqlite3.connect(chemin_par_defaut(chemin))) as ancien:
        ancien.executescript(
            "DROP TABLE entree; PRAGMA user_version = 0;"
            "CREATE TABLE entree (terme INTEGER, seq INTEGER, PRIMARY KEY (terme, seq)) WITHOUT ROWID;"
            "INSERT INTO entree VALUES (1, 1)"
        )
    await journal.ecrire((sur("a"),))
    await lieu.ouvrir()
    assert len(await lues(lieu)) == 1


async def test_a_record_that_makes_no_sense_is_not_indexed_and_does_not_end_the_indexing(
    journal: Journal, chemin: Path, lieu: ConsultationsSqlite, sur: Callable[..., Intention]
) -> None:
    await lieu.aclose()
    await journal.ecrire((sur("a"),))
    with closing(sqlite3.connect(chemin)) as intrus:
        intrus.executescript("DROP TRIGGER trace_non_modifiable; UPDATE trace SET instant = 'jamais'")
    await lieu.ouvrir()
    with pytest.raises(ConsultationsIndisponibles, match="INDEX_EN_RETARD"):
        await lues(lieu)
    with closing(sqlite3.connect(chemin)) as intrus:
        intrus.executescript("UPDATE trace SET instant = 0")
    assert len(await lues(lieu)) == 1


async def test_a_search_while_it_is_closed_is_refused(lieu: ConsultationsSqlite) -> None:
    await lieu.aclose()
    with pytest.raises(ConsultationsIndisponibles):
        await lues(lieu)


async def test_terms_are_found_across_tranches_newest_first(
    journal: Journal, chemin: Path, sur: Callable[..., Intention], issue: FabriqueIssue
) -> None:
    await journal.ecrire([sur(f"r{rang}") for rang in range(20)])
    await journal.ecrire([issue(f"r{rang}") for rang in range(20)])
    termes = [f"pseudonyme|{un.genre}|{un.empreinte}" for un in pseudonymes(CLE, Identite(pivot=ELLE))]
    with closing(connecter(chemin, "ro")) as connexion:
        index = Index.a_jour(connexion, chemin_par_defaut(chemin), lot=7, tranche=2)
    with closing(index):
        assert index.avant(termes, 18, 7) == list(range(17, 10, -1))
        assert index.avant(termes, 1_000, 100) == list(range(20, 0, -1))
        assert index.chercher(termes[0]) == list(range(1, 21))
        assert [index.suites(seq) for seq in (1, 20)] == [[21], [40]]
