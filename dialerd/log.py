"""Logging: one sentence, a stable `action` and ids; for people on a terminal, as JSON or fields for machines.

Not here: what is worth a line. Phone numbers and secrets are never given to a line above debug.
structlog lives in this file only.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from typing import Any, Literal

import structlog

from dialerd import journal

Form = Literal["auto", "text", "json", "journal"]

is_detailed = False
"""Whether lines for debugging are read by anybody: what is said of every step of a call is made only then."""

_made: list[Any] = []
_ATTEMPT = re.compile(r"d[0-9a-f]{32}(?![0-9a-f])")


def attempt_in(text: str) -> str | None:
    """The id of an attempt that stands in it, as in a path."""
    found = _ATTEMPT.search(text)
    return None if found is None else found[0]


def logger(name: str) -> Any:
    """The logger of one module. Call as `log.info("sentence", action="stable_name", run_id=1)`."""
    _made.append(structlog.get_logger(name))
    return _made[-1]


class _Libraries(logging.Handler):
    """What libraries say by Python's own logging: raw on stderr it would break up the lines of JSON."""

    def emit(self, record: logging.LogRecord) -> None:
        say = _library.error if record.levelno >= logging.ERROR else _library.warning
        say(record.getMessage(), action="library_said", library=record.name, exc_info=record.exc_info)


_library = logger(f"{__name__}.libraries")
_libraries = _Libraries(logging.WARNING)


def configure(*, level: str = "info", form: Form = "auto") -> None:
    """Set the process's log, at its start and when its settings have changed. "auto": text on a terminal, fields of
    the journal where systemd reads it, JSON elsewhere."""
    global is_detailed
    is_detailed = level == "debug"
    logging.getLogger().addHandler(_libraries)  # once, however often it is asked for
    if form == "auto" and journal.is_connected(os.environ, 2):
        form = "journal"
    for each in _made:
        vars(each).pop("bind", None)  # where structlog keeps what it has once put together for a logger
    as_text = form == "text" or (form == "auto" and sys.stderr.isatty())
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()) if as_text else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            journal.render if form == "journal" else renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=journal.connected() if form == "journal" else structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
