"""Technical logs: one JSON object per line on stderr. Events and identifiers; never a value nor an exception's text."""

import logging
import sys
from pathlib import Path
from traceback import extract_tb

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
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


def locate(error: BaseException) -> dict[str, str]:
    """Return what may be logged of a fault: its class and where it was raised. Its text may hold a value."""
    frame = extract_tb(error.__traceback__)[-1]
    return {"kind": type(error).__name__, "where": f"{Path(frame.filename).name}:{frame.lineno}"}
