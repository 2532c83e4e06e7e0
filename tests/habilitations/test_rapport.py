from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from gateway import cli_rapport
from gateway.cli_operations import GroupeFrancais
from habilitations.habilitation import Habilitation
from habilitations.rapport import Usage, inutilises

MAINTENANT = datetime(2026, 3, 10, tzinfo=UTC)
JOUR = timedelta(days=1)
UNE = Habilitation(
    "h", "Cantines", ("s",), frozenset({"a", "b", "c"}), "CRPA", MAINTENANT - 400 * JOUR, None
)  # fmt: skip


def usage(*scopes: str, il_y_a: int, habilitation: str = "h") -> Usage:
    return Usage(habilitation, frozenset(scopes), MAINTENANT - il_y_a * JOUR)


def test_the_scopes_that_served_in_the_period_are_left_out() -> None:
    (reste,) = inutilises([UNE], [usage("a", il_y_a=1), usage("b", il_y_a=90)], 90, MAINTENANT)
    assert (reste.habilitation, reste.scopes, reste.dernier_usage) == (UNE, ("c",), MAINTENANT - JOUR)


def test_a_scope_that_served_before_the_period_is_unused() -> None:
    (reste,) = inutilises([UNE], [usage("a", "b", "c", il_y_a=91)], 90, MAINTENANT)
    assert reste.scopes == ("a", "b", "c")
    assert reste.dernier_usage == MAINTENANT - 91 * JOUR


def test_a_grant_that_never_served_is_named_with_all_its_scopes() -> None:
    (reste,) = inutilises([UNE], [usage("a", il_y_a=1, habilitation="autre")], 90, MAINTENANT)
    assert (reste.scopes, reste.dernier_usage) == (("a", "b", "c"), None)


def test_a_grant_that_uses_everything_is_not_named() -> None:
    assert inutilises([UNE], [usage("a", il_y_a=3), usage("b", "c", il_y_a=2)], 90, MAINTENANT) == []


@pytest.mark.parametrize(
    "autre",
    [
        replace(UNE, debut=MAINTENANT - 89 * JOUR),
        replace(UNE, fin=MAINTENANT),
        replace(UNE, suspendue_le=MAINTENANT),
        replace(UNE, scopes=frozenset()),
    ],
)
def test_a_grant_too_young_or_that_opens_nothing_is_not_judged(autre: Habilitation) -> None:
    assert inutilises([autre], [], 90, MAINTENANT) == []


def test_the_command_reads_the_journal_over_the_period_that_it_is_asked(url: str) -> None:
    lus: list[tuple[Path, datetime]] = []

    def usages(journal: Path, depuis: datetime) -> list[Usage]:
        lus.append((journal, depuis))
        return []

    groupe = typer.Typer()
    cli_rapport.ajouter_rapport(groupe, usages)
    groupe.command("autre")(lambda: None)
    demande = ["rapport", "--jours", "30", "--journal", "copie.db"]
    sortie = CliRunner().invoke(groupe, demande, env={"PARTICULIER_DATABASE_URL": url})
    assert sortie.stdout.startswith("identifiant\tdernier usage\t")
    ((journal, depuis),) = lus
    assert journal == Path("copie.db")
    assert datetime.now(UTC) - depuis >= 30 * JOUR


def test_the_report_is_one_line_per_grant(capsys: pytest.CaptureFixture[str]) -> None:
    cli_rapport.afficher_rapport(inutilises([UNE], [usage("a", il_y_a=1)], 90, MAINTENANT))
    lignes = [ligne.split("\t") for ligne in capsys.readouterr().out.splitlines()]
    assert lignes == [
        ["identifiant", "dernier usage", "scopes inutilisés", "intitulé"],
        ["h", "09/03/2026 01:00", "b c", "Cantines"],
    ]


def test_a_journal_that_cannot_be_read_is_told_and_nothing_is_printed(url: str) -> None:
    def usages(_journal: Path, _depuis: datetime) -> list[Usage]:
        raise OSError

    groupe = typer.Typer(cls=GroupeFrancais)
    cli_rapport.ajouter_rapport(groupe, usages)
    groupe.command("autre")(lambda: None)
    sortie = CliRunner().invoke(groupe, ["rapport"], env={"PARTICULIER_DATABASE_URL": url})
    assert (sortie.exit_code, sortie.stdout) == (1, "")
    assert "Le journal ne peut pas être lu" in sortie.stderr


def test_a_journal_that_a_database_keeps_is_to_be_copied_first(url: str) -> None:
    groupe = typer.Typer(cls=GroupeFrancais)
    cli_rapport.ajouter_rapport(groupe, lambda _journal, _depuis: [])
    groupe.command("autre")(lambda: None)
    reglages = {"PARTICULIER_DATABASE_URL": url, "PARTICULIER_JOURNAL": "postgresql://nulle.part/journal"}
    sortie = CliRunner().invoke(groupe, ["rapport"], env=reglages)
    assert sortie.exit_code == 2
    assert "journal copier" in sortie.stderr
