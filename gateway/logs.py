"""Technical logs: one JSON object per line on stderr. Events and identifiers; never a value nor an exception's text."""

import logging
import sys
from contextlib import suppress
from pathlib import Path
from traceback import extract_tb
from typing import TextIO, cast

import structlog


def configure_logs() -> None:
    """Configure structlog for the process, and keep libraries to their warnings, without tracebacks."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=cast(TextIO, _Sortie(sys.stderr))),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_Libraries()], force=True)


def locate(error: BaseException) -> dict[str, str]:
    """Return what may be logged of a fault: its class and where it was raised. Its text may hold a value."""
    frames = extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return {"kind": type(error).__name__, "where": where}


class _Sortie:
    """Where lines go. One that cannot be written, on a full disk, is lost: the answer that it tells of must not be."""

    def __init__(self, flux: TextIO) -> None:
        self._flux = flux

    def write(self, ligne: str) -> None:
        with suppress(OSError):
            self._flux.write(ligne)

    def flush(self) -> None:
        with suppress(OSError):
            self._flux.flush()


class _Libraries(logging.Handler):
    """Tells that a library complains, and where it does; its words may quote an argument, a result or an exception."""

    def emit(self, record: logging.LogRecord) -> None:
        faute = record.exc_info[1] if record.exc_info else None
        # The server has no value of ours to quote, and what it says of a port already taken is needed.
        mots = {"message": record.getMessage().strip()} if record.name.startswith("uvicorn") else {}
        structlog.get_logger().log(
            record.levelno,
            "library",
            logger=record.name,
            said_at=f"{record.filename}:{record.lineno}",
            **mots,
            **(locate(faute) if faute else {}),
        )
