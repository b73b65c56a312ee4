"""Logging: one sentence, a stable `action` and ids; for people on a terminal, as JSON for machines.

Not here: what is worth a line. Phone numbers and secrets are never given to a line above debug.
structlog lives in this file only.
"""

from __future__ import annotations

import logging
import sys
from typing import Any, Literal

import structlog

_made: list[Any] = []


def logger(name: str) -> Any:
    """The logger of one module. Call as `log.info("sentence", action="stable_name", run_id=1)`."""
    _made.append(structlog.get_logger(name))
    return _made[-1]


def configure(*, level: str = "info", form: Literal["auto", "text", "json"] = "auto") -> None:
    """Set the process's log, at its start and when its settings have changed. "auto": text on a terminal, JSON
    elsewhere."""
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
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
