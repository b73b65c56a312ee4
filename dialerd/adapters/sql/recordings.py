"""Rows of recordings and of the wishes for them.

Not here: what may be done with one (usecases/recordings.py).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import to_json, to_moment, to_moment_or_none, to_text, to_text_or_none
from dialerd.domain.words import AttemptId
from dialerd.ports import ListedRecording, RecordingRow, RecordingWish

_COLUMNS = (
    "recording.name, recording.attempt_id, recording.asterisk, recording.asked_by, recording.started_at,"
    " recording.ended_at, recording.duration_s, recording.trouble"
)

_LISTED = f"""
SELECT {_COLUMNS}, campaign.name, attempt.number, coalesce(attempt.agent, '')
FROM recording JOIN attempt ON attempt.id = recording.attempt_id
JOIN run ON run.id = attempt.run_id JOIN campaign ON campaign.id = run.campaign_id
WHERE (:campaign IS NULL OR campaign.name = :campaign) AND (:attempt_id IS NULL OR recording.attempt_id = :attempt_id)
  AND (:within IS NULL OR campaign.name IN (SELECT value FROM json_each(:within)))
  AND recording.started_at >= :since AND NOT recording.is_unwanted
  AND (:last_at IS NULL OR recording.started_at < :last_at
       OR (recording.started_at = :last_at AND recording.name > :last))
ORDER BY recording.started_at DESC, recording.name LIMIT :limit
"""  # noqa: S608  # the columns are constants of this file


class SqlRecordings:
    """Implements ports.Recordings on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, row: RecordingRow) -> None:
        self._connection.execute(
            "INSERT INTO recording (name, attempt_id, asterisk, asked_by, started_at) VALUES (?, ?, ?, ?, ?)",
            (row.name, row.attempt_id, row.asterisk, row.asked_by, to_text(row.started_at)),
        )

    def end(self, name: str, *, now: datetime, duration_s: float | None, trouble: str = "") -> None:
        self._connection.execute(
            "UPDATE recording SET ended_at = coalesce(ended_at, :now), duration_s = coalesce(:duration_s, duration_s),"
            " trouble = CASE WHEN :trouble = '' THEN trouble ELSE :trouble END WHERE name = :name",
            {"name": name, "now": to_text(now), "duration_s": duration_s, "trouble": trouble},
        )

    def end_of(self, attempt_id: AttemptId, now: datetime) -> None:
        self._connection.execute(
            "UPDATE recording SET ended_at = ? WHERE attempt_id = ? AND ended_at IS NULL", (to_text(now), attempt_id)
        )
        self._connection.execute("DELETE FROM recording_wish WHERE attempt_id = ?", (attempt_id,))

    def going_on(self) -> list[RecordingRow]:
        rows = self._connection.execute(f"SELECT {_COLUMNS} FROM recording WHERE ended_at IS NULL")  # noqa: S608
        return [_to_recording(row) for row in rows]

    def ended_in_open_calls(self) -> list[str]:
        rows = self._connection.execute(
            "SELECT recording.name FROM attempt JOIN recording ON recording.attempt_id = attempt.id"
            " WHERE attempt.ended_at IS NULL AND recording.ended_at IS NOT NULL AND recording.trouble = ''"
        )
        return [row[0] for row in rows]

    def end_orphans(self, now: datetime) -> None:
        self._connection.execute(
            "UPDATE recording SET ended_at = (SELECT coalesce(attempt.ended_at, ?) FROM attempt"
            " WHERE attempt.id = recording.attempt_id) WHERE ended_at IS NULL"
            " AND (SELECT attempt.ended_at FROM attempt WHERE attempt.id = recording.attempt_id) IS NOT NULL",
            (to_text(now),),
        )

    def listed(
        self,
        *,
        campaign: str | None,
        attempt_id: str | None,
        since: datetime | None,
        within: Collection[str] | None = None,
        after: tuple[datetime, str] | None = None,
        limit: int,
    ) -> Sequence[ListedRecording]:
        last_at, last = after or (None, None)
        wanted = {
            "campaign": campaign,
            "attempt_id": attempt_id,
            "since": to_text_or_none(since) or "",
            "within": None if within is None else to_json(sorted(within)),
            "last_at": to_text_or_none(last_at),
            "last": last,
            "limit": limit,
        }
        return [
            ListedRecording(recording=_to_recording(row), campaign=row[8], number=row[9], agent=row[10])
            for row in self._connection.execute(_LISTED, wanted)
        ]

    def wish(self, wish: RecordingWish) -> None:
        self._connection.execute(
            "INSERT INTO recording_wish (attempt_id, wanted, asked_by) VALUES (?, ?, ?)"
            " ON CONFLICT (attempt_id) DO UPDATE SET wanted = excluded.wanted, asked_by = excluded.asked_by",
            (wish.attempt_id, wish.wanted, wish.asked_by),
        )

    def wishes(self) -> list[RecordingWish]:
        rows = self._connection.execute("SELECT attempt_id, wanted, asked_by FROM recording_wish")
        return [RecordingWish(attempt_id=AttemptId(row[0]), wanted=bool(row[1]), asked_by=row[2]) for row in rows]

    def forget(self, wishes: Sequence[RecordingWish]) -> None:
        self._connection.executemany(
            "DELETE FROM recording_wish WHERE attempt_id = ? AND wanted = ?",
            [(wish.attempt_id, wish.wanted) for wish in wishes],
        )


def _to_recording(row: tuple[Any, ...]) -> RecordingRow:
    return RecordingRow(
        name=row[0],
        attempt_id=AttemptId(row[1]),
        asterisk=row[2],
        asked_by=row[3],
        started_at=to_moment(row[4]),
        ended_at=to_moment_or_none(row[5]),
        duration_s=row[6],
        trouble=row[7],
    )
