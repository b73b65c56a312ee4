"""The attempts of a run as rows of text, under the column names that users' scripts rely on.

Not here: writing a file (adapters/files/csvwriter.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from dialerd.ports import ExportRow, Unit
from dialerd.usecases.runs import latest_run

COLUMNS = (
    "campaign",
    "run",
    "contact_id",
    "number",
    "attempt",
    "attempt_id",
    "started_at",
    "answered_at",
    "ended_at",
    "duration_s",
    "talk_s",
    "amd",
    "disposition",
    "agent",
    "trunk",
    "caller_id",
    "hangup_cause",
    "sip_code",
)


def export_attempts(unit: Unit, name: str) -> Iterator[tuple[str, ...]]:
    """One row per attempt of the active or last run, in order of dialing; an open attempt has no end yet."""
    return (_row(each) for each in unit.dialing.export(latest_run(unit, name).id))


def _row(row: ExportRow) -> tuple[str, ...]:
    attempt = row.attempt
    return (
        row.campaign,
        str(row.run_number),
        str(row.contact_id),
        attempt.number,
        str(row.ordinal),
        attempt.id,
        _moment(attempt.claimed_at),
        _moment(attempt.answered_at),
        _moment(attempt.ended_at),
        _seconds(attempt.claimed_at, attempt.ended_at),
        _seconds(attempt.answered_at, attempt.ended_at),
        attempt.amd or "",
        attempt.disposition or "",
        "",
        attempt.trunk,
        attempt.caller_id,
        "" if attempt.cause is None else str(attempt.cause),
        "" if attempt.sip_code is None else str(attempt.sip_code),
    )


def _moment(at: datetime | None) -> str:
    return "" if at is None else at.isoformat(timespec="milliseconds")


def _seconds(first: datetime | None, last: datetime | None) -> str:
    return "" if first is None or last is None else f"{(last - first).total_seconds():.3f}"
