"""No answer is received that the journal does not keep, even when the server is killed with -9 under load."""

import json
import subprocess
import sys
from typing import Any

import pytest


def kill9(kills: int, cible: str) -> tuple[int, dict[str, Any]]:
    """Run a campaign as a newcomer would; return its exit status and its findings."""
    commande = (sys.executable, "-m", "tests.audit.kill9", "--kills", str(kills), "--cible", cible)
    fin = subprocess.run(commande, capture_output=True, text=True, check=False, timeout=120 + 60 * kills)  # noqa: S603 - our own program
    assert fin.stdout, fin.stderr
    return fin.returncode, json.loads(fin.stdout)


@pytest.mark.parametrize(
    ("cible", "kills"), [("minimal", 3), ("passerelle", 2), ("ecrivain", 2), ("minimal-postgresql", 3)]
)
def test_whatever_was_received_is_in_the_journal_of_a_killed_server(cible: str, kills: int) -> None:
    status, bilan = kill9(kills, cible)
    assert status == 0, bilan
    assert bilan["recues_sans_issue"] == bilan["issues_sans_intention"] == bilan["intentions_mal_closes"] == 0
    assert kills < bilan["recues"] <= bilan["issues"] <= bilan["intentions"] == bilan["issues"] + bilan["reprises"]


def test_a_server_that_answers_without_its_trace_is_caught() -> None:
    status, bilan = kill9(1, "menteur")
    assert status == 1
    assert bilan["recues_sans_issue"] == bilan["recues"] > 0


@pytest.mark.campagne
@pytest.mark.parametrize("cible", ["minimal", "passerelle", "ecrivain", "minimal-postgresql", "passerelle-postgresql"])
def test_whatever_was_received_is_in_the_journal_after_many_kills(cible: str) -> None:
    status, bilan = kill9(40, cible)
    sys.stdout.write(f"\n{json.dumps(bilan)}\n")
    assert status == 0, bilan
