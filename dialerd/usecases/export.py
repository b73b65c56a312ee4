"""The attempts of a run as rows of text, under the column names that users' scripts rely on.

Not here: writing a file (adapters/files/csvwriter.py).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol, TypeVar

from dialerd.domain.errors import BadInputError, NotFoundError
from dialerd.domain.words import Disposition, RunId
from dialerd.ports import ExportRow, RunRow, Unit
from dialerd.usecases.standing import latest_run, run_of

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
    # Beyond the contract; more may follow.
    "asterisk",
    "verdict",
    "counted",
    "reason",
    "regulation",
    "system_disposition",  # what a custom one has taken the place of
    "greeting_ended_at",
    "connected_at",  # no more than two seconds after it, as regulators count
    "channel",
    "step",  # of the campaign's strategy
    "recording",
)

ALL = "all"
PAGE = 2000
"""Attempts that are looked at in one transaction: some tens of milliseconds."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which attempts: of the active or last run, of one by its number, or of all; None stands for no limit."""

    run: int | str | None = None  # its number, or ALL
    since: datetime | None = None  # claimed at or after this
    until: datetime | None = None  # claimed before this
    dispositions: Collection[str] | None = None  # ended as one of these; an open attempt has none yet


class Read(Protocol):
    """Runs a job in a transaction of its own that reads."""

    def __call__(self, job: Callable[[Unit], T]) -> T: ...


def export_attempts(read: Read, name: str, wanted: Wanted | None = None) -> Iterator[tuple[str, ...]]:
    """One row per attempt, run by run in order of dialing; an open attempt has no end yet.

    They are read page by page, each in a transaction of its own: whoever takes them slowly holds up nobody, neither the
    dialing nor the moving of the database's log, and millions need no memory. Raises NotFoundError for a run that is
    not there and, when it comes to that, for a campaign that was deleted meanwhile; BadInputError for a disposition
    that nothing has and for a span that ends before it begins.
    """
    wanted = wanted or Wanted()
    if wanted.since is not None and wanted.until is not None and wanted.since >= wanted.until:
        raise BadInputError("the span ends before it begins", hint="give a later --until than --since")
    return _pages(read, name, read(partial(_checked_runs, name=name, wanted=wanted)), wanted)


def _checked_runs(unit: Unit, name: str, wanted: Wanted) -> list[RunRow]:
    runs = _runs(unit, name, wanted.run)
    _check_known(unit, runs, wanted.dispositions or ())
    return runs


def _pages(read: Read, name: str, runs: Sequence[RunRow], wanted: Wanted) -> Iterator[tuple[str, ...]]:
    for run in runs:
        since, is_last, count = wanted.since, False, 0
        while not is_last:
            rows, end = read(partial(_page, run_id=run.id, since=since, wanted=wanted))
            yield from rows
            count += len(rows)
            since, is_last = end, end is None
        is_whole = wanted.since is None and wanted.until is None and wanted.dispositions is None
        if read(partial(_is_gone, run_id=run.id)) or (is_whole and count < run.attempts):
            raise NotFoundError(
                f"campaign {name} was deleted while it was exported", hint="the rows so far are not all"
            )


def _is_gone(unit: Unit, run_id: RunId) -> bool:
    return unit.runs.get(run_id) is None


def _page(
    unit: Unit, run_id: RunId, since: datetime | None, wanted: Wanted
) -> tuple[list[tuple[str, ...]], datetime | None]:
    """The next rows, and from when on the page after them begins; None: this was the last one."""
    end = unit.dialing.page_end(run_id, since=since, size=PAGE)
    if end is not None and wanted.until is not None and end >= wanted.until:
        end = None  # the span ends within this page
    found = unit.dialing.export(run_id, since=since, until=end or wanted.until, dispositions=wanted.dispositions)
    return [_row(each) for each in found], end


def _runs(unit: Unit, name: str, which: int | str | None) -> list[RunRow]:
    if isinstance(which, str):
        return unit.runs.of_campaign(latest_run(unit, name).campaign_id)
    return [run_of(unit, name, which)]


def _check_known(unit: Unit, runs: list[RunRow], dispositions: Collection[str]) -> None:
    """A misspelt disposition must not look like a campaign without results."""
    seen = {str(name) for run in runs for name in unit.runs.dispositions(run.id)}
    unknown = sorted(set(dispositions) - seen - set(Disposition))
    if unknown:
        raise BadInputError(
            f"there is no disposition {unknown[0]}", hint=f"there are: {', '.join(sorted(seen | set(Disposition)))}"
        )


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
        _talk_s(row),
        attempt.amd or "",
        attempt.final or attempt.disposition or "",
        attempt.agent or "",
        attempt.trunk,
        attempt.caller_id,
        "" if attempt.cause is None else str(attempt.cause),
        "" if attempt.sip_code is None else str(attempt.sip_code),
        attempt.asterisk,
        attempt.verdict or "",
        "" if attempt.ended_at is None else "yes" if attempt.spent else "no",
        attempt.reason,
        attempt.regulation,
        attempt.disposition or "",
        _moment(attempt.greeted_at),
        _moment(row.first_connected_at or attempt.connected_at),
        attempt.channel,
        attempt.step,
        row.recording,
    )


def _talk_s(row: ExportRow) -> str:
    """All agents' that the person has talked to, one after the other, without the waiting in between."""
    attempt = row.attempt
    own = _seconds(attempt.connected_at or attempt.answered_at, attempt.ended_at)
    return own if not own or not row.earlier_talk_s else f"{float(own) + row.earlier_talk_s:.3f}"


def _moment(at: datetime | None) -> str:
    return "" if at is None else at.isoformat(timespec="milliseconds")


def _seconds(first: datetime | None, last: datetime | None) -> str:
    return "" if first is None or last is None else f"{(last - first).total_seconds():.3f}"
