"""What reaches stderr: our own lines, in JSON, even when a library complains; never a value."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

CANARI = "ZWQXKJVB8471936052"
PREAMBULE = "import asyncio, logging; from gateway.logs import configure_logs, locate; configure_logs(); "


def lines(programme: str) -> list[dict[str, Any]]:
    """Return what a process of ours logs when it runs a program."""
    sortie = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", PREAMBULE + programme], capture_output=True, text=True, check=True
    )
    assert CANARI not in sortie.stdout + sortie.stderr
    return [json.loads(ligne) for ligne in sortie.stderr.splitlines()]


PERDUE = f"""
async def faillir(): raise ValueError("{CANARI}")
async def main():
    asyncio.ensure_future(faillir())
    for _ in range(3): await asyncio.sleep(0)
asyncio.run(main())
"""
LENTE = f"""
async def repondre(): return "{CANARI}"
async def main():
    asyncio.get_running_loop().slow_callback_duration = 0
    await asyncio.ensure_future(repondre())
asyncio.run(main(), debug=True)
"""
RAPPEL = f"""
def faillir(nom): raise ValueError(nom)
async def main():
    asyncio.get_running_loop().call_soon(faillir, "{CANARI}")
    await asyncio.sleep(0)
asyncio.run(main())
"""


def test_a_task_that_nobody_waited_for_is_told_by_its_class_alone() -> None:
    (ligne,) = lines(PERDUE)
    assert (ligne["event"], ligne["logger"], ligne["level"]) == ("library", "asyncio", "error")
    assert (ligne["kind"], ligne["where"]) == ("ValueError", "<string>:2")


def test_a_slow_step_of_the_loop_is_told_without_what_it_gave() -> None:
    lues = lines(LENTE)
    assert lues
    assert {(ligne["logger"], ligne["level"]) for ligne in lues} == {("asyncio", "warning")}
    assert all(ligne["said_at"].startswith("base_events.py:") for ligne in lues)


def test_a_callback_that_fails_is_told_without_its_arguments() -> None:
    (ligne,) = lines(RAPPEL)
    assert (ligne["kind"], ligne["where"]) == ("ValueError", "<string>:2")


def test_what_the_server_says_is_kept_but_not_the_text_of_an_exception() -> None:
    avale = (
        f'logging.getLogger("uvicorn.error").error("Exception in ASGI application\\n", exc_info=ValueError("{CANARI}"))'
    )
    (ligne,) = lines(avale)
    assert ligne["message"] == "Exception in ASGI application"
    assert ligne["kind"] == "ValueError"


def test_libraries_are_kept_to_their_warnings() -> None:
    assert lines(f'logging.getLogger("httpx").info("GET /%s", "{CANARI}")') == []


def test_an_error_that_was_never_raised_is_located_as_well() -> None:
    assert lines(f'assert locate(ValueError("{CANARI}")) == {{"kind": "ValueError", "where": ""}}') == []


def test_a_line_that_cannot_be_written_is_lost_and_what_it_told_of_goes_on() -> None:
    programme = 'import structlog; structlog.get_logger().info("a"); logging.warning("b"); print("suite")'
    with Path("/dev/full").open("w") as plein:
        sortie = subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-c", PREAMBULE + programme], stdout=subprocess.PIPE, stderr=plein, text=True, check=False
        )
    assert sortie.stdout == "suite\n"
