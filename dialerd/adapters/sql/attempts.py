"""Attempts as rows: their columns, and the walk along a run's attempts that an export is.

Not here: claim and settle (dialing.py), what an export shows of an attempt (usecases/export.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import (
    END_LANE,
    to_json,
    to_moment,
    to_moment_or_none,
    to_text,
    to_text_or_none,
    to_zones,
)
from dialerd.domain.words import AttemptId, Channel, ContactId, Disposition, RunId, TargetId, TargetState
from dialerd.ports import AttemptRow, ExportRow, TargetRow

_END_OF_TIME = "9999"  # after every moment as text

ATTEMPT_COLUMNS = (
    "id, target_id, run_id, number, trunk, asterisk, caller_id, claimed_at, answered_at, ended_at, verdict, amd,"
    " cause, sip_code, disposition, spent, reason, regulation, final, agent, connected_at,"
    " step, channel, greeted_at, beside, rang_at, owner"
)

OPEN_ATTEMPT = """
INSERT INTO attempt
  (id, target_id, run_id, number, trunk, asterisk, caller_id, claimed_at, regulation, step, channel, beside, owner)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

# Along attempt_by_run, so that nothing is sorted: rowids rise as attempts are claimed. An open attempt is its target's
# last one; one that was made beside another has the number of that.
_EXPORT = f"""
SELECT campaign.name, run.number, target.contact_id,
       iif(EXISTS (SELECT 1 FROM attempt AS up WHERE up.target_id = attempt.target_id AND up.rowid <= attempt.rowid
        AND up.disposition IS NULL AND up.beside IS NULL), 1, 0)
       + (SELECT count(*) FROM attempt AS earlier
          WHERE earlier.target_id = attempt.target_id AND earlier.rowid <= attempt.rowid
          AND earlier.disposition IS NOT NULL AND earlier.beside IS NULL),
       (SELECT coalesce(group_concat(recording.name, ' '), '') FROM recording
        WHERE recording.attempt_id = attempt.id AND recording.trouble = ''),
       (SELECT min(talk.began_at) FROM talk WHERE talk.attempt_id = attempt.id),
       (SELECT coalesce(sum((julianday(talk.ended_at) - julianday(talk.began_at)) * 86400), 0) FROM talk
        WHERE talk.attempt_id = attempt.id AND talk.began_at IS NOT attempt.connected_at),
       {", ".join("attempt." + column for column in ATTEMPT_COLUMNS.replace(" ", "").split(","))}
FROM attempt INDEXED BY attempt_by_run JOIN target ON target.id = attempt.target_id
JOIN run ON run.id = attempt.run_id JOIN campaign ON campaign.id = run.campaign_id
WHERE attempt.run_id = :run_id AND attempt.claimed_at >= :since AND attempt.claimed_at < :until
  AND (:dispositions IS NULL
       OR coalesce(attempt.final, attempt.disposition) IN (SELECT value FROM json_each(:dispositions)))
ORDER BY attempt.claimed_at, attempt.rowid
"""  # noqa: S608  # the columns are constants of this file

_PAGE_END = """
SELECT claimed_at FROM attempt INDEXED BY attempt_by_run WHERE run_id = :run_id AND claimed_at >= :since
ORDER BY claimed_at LIMIT 1 OFFSET :size
"""

_NEXT_MOMENT = "SELECT min(claimed_at) FROM attempt WHERE run_id = :run_id AND claimed_at > :since"

_CLOSE = """
UPDATE attempt SET answered_at = :answered_at, ended_at = :ended_at, verdict = :verdict, amd = :amd, cause = :cause,
  sip_code = :sip_code, disposition = :disposition, spent = :spent, reason = :reason,
  agent = :agent, connected_at = :connected_at, greeted_at = :greeted_at,
  rang_at = :rang_at
WHERE id = :id AND disposition IS NULL
"""


def exported(
    connection: Connection,
    run_id: RunId,
    *,
    since: datetime | None,
    until: datetime | None,
    dispositions: Collection[str] | None,
) -> Iterator[ExportRow]:
    """The attempts claimed from `since` on and before `until`, read as they are taken."""
    wanted = {
        "run_id": run_id,
        "since": to_text_or_none(since) or "",
        "until": to_text_or_none(until) or _END_OF_TIME,
        "dispositions": None if dispositions is None else to_json(tuple(dispositions)),
    }
    return _exported(connection.execute(_EXPORT, wanted))


def page_end(connection: Connection, run_id: RunId, *, since: datetime | None, size: int) -> datetime | None:
    """See ports.Dialing.page_end."""
    asked: dict[str, object] = {"run_id": run_id, "since": to_text_or_none(since) or "", "size": size}
    row = connection.execute(_PAGE_END, asked).fetchone()
    if row is not None and row[0] == asked["since"]:  # more than a page share one moment
        row = connection.execute(_NEXT_MOMENT, asked).fetchone()
    return None if row is None else to_moment_or_none(row[0])


def _exported(rows: Iterable[tuple[Any, ...]]) -> Iterator[ExportRow]:
    for campaign, run_number, contact_id, ordinal, recording, first_at, talk_s, *attempt in rows:
        yield ExportRow(
            campaign=campaign,
            run_number=run_number,
            contact_id=ContactId(contact_id),
            ordinal=ordinal,
            attempt=to_attempt(tuple(attempt)),
            recording=recording,
            first_connected_at=to_moment_or_none(first_at),
            earlier_talk_s=round(talk_s, 3),
        )


def opened(attempt: AttemptRow) -> tuple[object, ...]:
    """What OPEN_ATTEMPT takes."""
    return (
        attempt.id,
        attempt.target_id,
        attempt.run_id,
        attempt.number,
        attempt.trunk,
        attempt.asterisk,
        attempt.caller_id,
        to_text(attempt.claimed_at),
        attempt.regulation,
        attempt.step,
        attempt.channel,
        attempt.beside,
        attempt.owner,
    )


def to_attempt(row: tuple[Any, ...]) -> AttemptRow:
    return AttemptRow(
        id=AttemptId(row[0]),
        target_id=TargetId(row[1]),
        run_id=RunId(row[2]),
        number=row[3],
        trunk=row[4],
        asterisk=row[5],
        caller_id=row[6],
        claimed_at=to_moment(row[7]),
        answered_at=to_moment_or_none(row[8]),
        ended_at=to_moment_or_none(row[9]),
        verdict=row[10],
        amd=row[11],
        cause=row[12],
        sip_code=row[13],
        disposition=Disposition(row[14]) if row[14] else None,
        spent=bool(row[15]),
        reason=row[16],
        regulation=row[17],
        final=row[18],
        agent=row[19],
        connected_at=to_moment_or_none(row[20]),
        step=row[21],
        channel=Channel(row[22]),
        greeted_at=to_moment_or_none(row[23]),
        beside=None if row[24] is None else AttemptId(row[24]),
        rang_at=to_moment_or_none(row[25]),
        owner=row[26],
    )


def close(connection: Connection, attempt: AttemptRow) -> bool:
    """See ports.Dialing.close_attempt."""
    assert attempt.ended_at is not None, "an attempt is closed with its end"
    cursor = connection.execute(
        _CLOSE,
        {
            "id": attempt.id,
            "answered_at": to_text_or_none(attempt.answered_at),
            "ended_at": to_text(attempt.ended_at),
            "verdict": attempt.verdict,
            "amd": attempt.amd,
            "cause": attempt.cause,
            "sip_code": attempt.sip_code,
            "disposition": attempt.disposition,
            "spent": attempt.spent,
            "reason": attempt.reason,
            "agent": attempt.agent,
            "connected_at": to_text_or_none(attempt.connected_at),
            "greeted_at": to_text_or_none(attempt.greeted_at),
            "rang_at": to_text_or_none(attempt.rang_at),
        },
    )
    return cursor.rowcount == 1


def give_back(connection: Connection, attempt: AttemptRow, reason: str) -> None:
    """See ports.Dialing.give_back."""
    connection.execute("UPDATE attempt SET spent = FALSE, reason = ? WHERE id = ?", (reason, attempt.id))
    connection.execute(
        "UPDATE target SET attempts_spent = attempts_spent - 1, turn = iif(turn = attempts_spent, turn - 1, turn)"
        " WHERE id = ?",
        (attempt.target_id,),
    )


def to_target(row: tuple[Any, ...]) -> TargetRow:
    return TargetRow(
        id=TargetId(row[0]),
        run_id=RunId(row[1]),
        contact_id=ContactId(row[2]),
        number=row[3],
        position=row[4],
        zones=to_zones(row[5]),
        state=TargetState(row[6]),
        attempts_spent=row[7],
        attempts_at_number=row[8],
        not_before=to_moment_or_none(row[9]),
        on_dnc=row[10],
        number_in_call=bool(row[11]),
        turn=row[12],
        held_by=row[13],
        step=row[14],
        channel=None if row[15] == END_LANE else Channel(row[15]),
    )
