"""A caller who leaves: whatever the moment, its trace is complete, the work stops, and nothing is lost in silence."""

import asyncio
import gc
import json
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from audit.registre import lire
from audit.trace import Intention, Issue
from tests.application import Application, application
from tests.attente import TOUR

QUERY = "query($i: IdentiteInput!) { particulier(identite: $i) { statutEtudiant { identite { prenom } } } }"
SOURCE, PERSONNE = "mesri_statut_etudiant", "dubois-angela"
Message = MutableMapping[str, Any]


@pytest_asyncio.fixture
async def app(tmp_path: Path) -> AsyncIterator[Application]:
    async with application(tmp_path) as ouverte:
        await ouverte.mettre_en_panne(SOURCE, mode="muette")
        yield ouverte


async def leave(app: Application, depart: Callable[[], Awaitable[None]]) -> list[Message]:
    """Ask about a person, and leave when `depart` returns. Return what was sent nevertheless."""
    jeton = (await app.jeton_de("tout"))["jeton"]
    variables = {"i": (await app.personnes())[PERSONNE]["identite"]}
    demandes = [json.dumps({"query": QUERY, "variables": variables}).encode()]
    headers = [(b"authorization", f"Bearer {jeton}".encode()), (b"content-type", b"application/json")]
    envoyes: list[Message] = []

    async def receive() -> Message:
        if demandes:
            return {"type": "http.request", "body": demandes.pop()}
        await depart()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        envoyes.append(message)

    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
    await app.asgi(scope, receive, send)
    return envoyes


@pytest.mark.parametrize("tours", range(6))
async def test_a_caller_who_leaves_while_the_intention_is_being_written_has_an_issue(
    app: Application, tours: int
) -> None:
    async def after_a_few_turns() -> None:
        for _ in range(tours):
            await asyncio.sleep(0)

    assert await leave(app, after_a_few_turns) == []
    intention, issue = lire(app.dossier / "journal.db")
    assert isinstance(intention, Intention)
    assert isinstance(issue, Issue)
    assert (issue.requete, issue.resultat, issue.champs) == (intention.requete, "ABANDONNEE", ())


async def until_the_source_is_asked(app: Application) -> None:
    while not (await app.appels())[SOURCE]:  # noqa: ASYNC110 - only its counter tells that a simulator was reached
        await asyncio.sleep(TOUR)


async def test_a_caller_who_leaves_while_a_source_is_asked_has_an_issue(app: Application) -> None:
    assert await leave(app, lambda: until_the_source_is_asked(app)) == []
    _, issue = lire(app.dossier / "journal.db")
    assert isinstance(issue, Issue)
    assert (issue.resultat, issue.champs) == ("ABANDONNEE", ())


async def test_an_issue_that_cannot_be_written_for_who_left_is_logged_and_nothing_else(app: Application) -> None:
    journal, perdus = app.dossier / "journal.db", list[dict[str, Any]]()
    asyncio.get_running_loop().set_exception_handler(lambda _, contexte: perdus.append(contexte))

    async def once_the_journal_is_lost() -> None:
        await until_the_source_is_asked(app)
        journal.rename(journal.with_name("ailleurs.db"))

    with capture_logs() as logs:
        assert await leave(app, once_the_journal_is_lost) == []
    gc.collect()
    assert perdus == []
    assert [(entree["event"], entree["kind"]) for entree in logs if "kind" in entree] == [
        ("fault", "AuditIndisponible")
    ]
