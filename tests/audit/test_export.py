"""Whom a token saw, and who saw a person: all of it, nothing else, and no name."""

import json
import re
import shutil
import stat
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from audit.export import exporter, exporter_personne
from audit.index import Index, chemin_par_defaut
from audit.journal import Journal
from audit.pseudonyme import pseudonymes
from audit.registre import connecter
from audit.trace import Intention, Issue
from graph.enums import Sexe
from graph.identite import DateNaissance, EtatCivil, Identite, IdentitePivot
from tests.audit.journaux import INSTANT

Fabrique = Callable[..., Intention]
FabriqueIssue = Callable[..., Issue]
UNE, AUTRE = b"u" * 32, b"a" * 32
PIVOT = IdentitePivot("Quévreuilh", ("Théodrêne",), DateNaissance(1987, 3, 14), Sexe.F)
PERIODE = (INSTANT, INSTANT + timedelta(days=3))


def lues(lignes: object) -> list[tuple[str, str, int]]:
    return [(ligne["genre"], ligne["requete"], ligne["rang"]) for ligne in map(json.loads, lignes)]  # type: ignore[call-overload] # an iterator of lines


async def test_what_a_token_saw_in_a_period_is_each_intention_and_its_issue(
    journal: Journal, chemin: Path, intention: Fabrique, issue: FabriqueIssue
) -> None:
    jours = {"veille": -1, "debut": 0, "milieu": 30, "dernier": 71, "fin": 72}
    for requete, heures in jours.items():
        instant = INSTANT + timedelta(hours=heures)
        await journal.ecrire((replace(intention(requete, instant=instant), jeton="j1"),))
        await journal.ecrire((replace(intention(f"autre {requete}", instant=instant), jeton="j2"),))
    await journal.ecrire((issue("fin"), issue("milieu"), issue("autre milieu"), issue("milieu", rang=1)))
    assert lues(exporter(chemin, "j1", PERIODE)) == [
        ("INTENT", "debut", 0),
        ("INTENT", "milieu", 0),
        ("OUTCOME", "milieu", 0),
        ("INTENT", "dernier", 0),
    ]
    assert lues(exporter(chemin, "inconnu", PERIODE)) == []


async def test_a_person_finds_every_access_whatever_the_key_that_named_her_and_the_month(
    journal: Journal, chemin: Path, intention: Fabrique, issue: FabriqueIssue
) -> None:
    par_ine = pseudonymes(UNE, Identite(ine="1234567890G"))
    par_pivot = pseudonymes(AUTRE, Identite(pivot=PIVOT))
    rendu = pseudonymes(AUTRE, EtatCivil("QUEVREUILH", ("THEODRENE",), "1987-03-14"))
    await journal.ecrire((replace(intention("ine"), pseudonymes=par_ine), intention("ine", rang=1)))
    await journal.ecrire((replace(intention("pivot"), pseudonymes=par_pivot), intention("rendu"), intention("nul")))
    await journal.ecrire((replace(issue("rendu"), pseudonymes=rendu), issue("ine", rang=1), issue("nul")))
    trouvees = exporter_personne(chemin, (UNE, AUTRE), Identite(ine="1234567890G", pivot=PIVOT))
    assert lues(trouvees) == [
        ("INTENT", "ine", 0),
        ("INTENT", "pivot", 0),
        ("INTENT", "rendu", 0),
        ("OUTCOME", "rendu", 0),
    ]
    assert lues(exporter_personne(chemin, (AUTRE,), Identite(ine="1234567890G"))) == []


async def test_a_line_holds_the_whole_trace_and_no_name(journal: Journal, chemin: Path, intention: Fabrique) -> None:
    await journal.ecrire((replace(intention("a"), pseudonymes=pseudonymes(UNE, Identite(pivot=PIVOT))),))
    (ligne,) = exporter_personne(chemin, (UNE,), Identite(pivot=PIVOT))
    valeur = json.loads(ligne)
    assert "\n" not in ligne
    assert set(valeur) == {"genre", *Intention.__dataclass_fields__}
    assert valeur["champs"] == ["situationFiscale.revenuFiscalReference"]
    assert "QUEVREUILH" not in ligne.upper()
    # Four digits may well follow each other in a fingerprint.
    assert "1987" not in re.sub("[0-9a-f]{64}", "", ligne)


async def test_the_index_follows_the_journal_and_is_made_anew_when_it_is_lost_or_foreign(
    journal: Journal, chemin: Path, intention: Fabrique, tmp_path: Path
) -> None:
    index = chemin_par_defaut(chemin)
    jeton = intention("x").jeton
    await journal.ecrire((intention("a"),))
    assert len(list(exporter(chemin, jeton, PERIODE))) == 1
    assert stat.S_IMODE(index.stat().st_mode) == 0o600
    await journal.ecrire((intention("b"),))
    assert len(list(exporter(chemin, jeton, PERIODE))) == 2
    index.unlink()
    assert len(list(exporter(chemin, jeton, PERIODE))) == 2
    autre = Journal(tmp_path / "autre.db", lambda: INSTANT)
    await autre.ouvrir()
    await autre.ecrire((intention("c"),))
    await autre.aclose()
    assert lues(exporter(tmp_path / "autre.db", jeton, PERIODE, index=index)) == [("INTENT", "c", 0)]
    assert len(list(exporter(chemin, jeton, PERIODE, index=index))) == 2


@pytest.mark.parametrize("octets", [b"ceci n'est pas une base de donnees" * 400, b"SQLite format 3\x00" + bytes(8000)])
async def test_an_index_that_is_no_index_is_made_anew(
    journal: Journal, chemin: Path, intention: Fabrique, octets: bytes
) -> None:
    await journal.ecrire((intention("a"),))
    chemin_par_defaut(chemin).write_bytes(octets)
    assert lues(exporter(chemin, intention("x").jeton, PERIODE)) == [("INTENT", "a", 0)]


async def test_the_index_of_a_journal_that_was_restored_is_made_anew(tmp_path: Path, intention: Fabrique) -> None:
    chemin, sauvegarde = tmp_path / "restaure.db", tmp_path / "sauvegarde.db"
    jeton = intention("x").jeton

    async def ecrire(*requetes: str) -> None:
        journal = Journal(chemin, lambda: INSTANT)
        await journal.ouvrir()
        for requete in requetes:
            await journal.ecrire((intention(requete),))
        await journal.aclose()

    def trouvees() -> list[str]:
        return [requete for genre, requete, _ in lues(exporter(chemin, jeton, PERIODE)) if genre == "INTENT"]

    await ecrire("a")
    shutil.copy(chemin, sauvegarde)
    await ecrire("b", "c", "d")
    assert trouvees() == ["a", "b", "c", "d"]
    shutil.copy(sauvegarde, chemin)
    assert trouvees() == ["a"]
    shutil.copy(sauvegarde, chemin)
    await ecrire("e", "f", "g", "h", "i")
    assert trouvees() == ["a", "e", "f", "g", "h", "i"]


async def test_an_index_brought_up_to_date_in_several_batches_holds_all(
    journal: Journal, chemin: Path, intention: Fabrique
) -> None:
    await journal.ecrire([intention(str(rang)) for rang in range(50)])
    with closing(connecter(chemin, "ro")) as connexion:
        Index.a_jour(connexion, chemin_par_defaut(chemin), lot=7).close()
    assert len(list(exporter(chemin, intention("x").jeton, PERIODE))) == 50


def test_the_journal_that_is_not_there_is_not_created(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="unable to open"):
        list(exporter(tmp_path / "absent.db", "j", PERIODE))
    assert list(tmp_path.iterdir()) == []
