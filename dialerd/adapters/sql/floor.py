"""Requests for calls that are up, callers, notes, and what the floor and a contact's timeline are drawn from.

Not here: what may be asked (usecases/steering.py), the engine's own books.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dialerd.adapters.sql.attempts import ATTEMPT_COLUMNS, to_attempt
from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import to_json, to_moment, to_moment_or_none, to_text
from dialerd.domain.words import CallerId, ContactId, TargetId
from dialerd.ports import AttemptRow, CallerRow, CallRequest, NoteRow, OpenCall, RequestId

_OF_ATTEMPT = ", ".join("attempt." + column for column in ATTEMPT_COLUMNS.replace(" ", "").split(","))

_REQUEST = "SELECT id, agent, verb, detail, person, actor, asked_at, done_at, refusal FROM call_request"

# Along the index of the open ones: what has ended is not looked at, however much it is.
_CALLS = f"""
SELECT campaign.name, target.contact_id, {_OF_ATTEMPT}
FROM attempt INDEXED BY attempt_open_target JOIN target ON target.id = attempt.target_id
JOIN run ON run.id = attempt.run_id JOIN campaign ON campaign.id = run.campaign_id
WHERE attempt.disposition IS NULL AND attempt.beside IS NULL AND attempt.channel = 'voice'
ORDER BY attempt.claimed_at, attempt.id LIMIT :limit
"""  # noqa: S608  # the columns are constants

_AT_TARGET = f"""
SELECT {ATTEMPT_COLUMNS} FROM attempt WHERE target_id = :target_id AND disposition IS NOT NULL
UNION ALL SELECT {ATTEMPT_COLUMNS} FROM attempt WHERE target_id = :target_id AND disposition IS NULL AND beside IS NULL
"""  # noqa: S608

_WRAP_UP = """
SELECT at, state, attempt_id FROM agent_event WHERE agent = :agent AND at >= :since AND at < :until ORDER BY at, id
"""


class SqlFloor:
    """Implements ports.Floor on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # Requests

    def ask(self, request: CallRequest) -> RequestId:
        cursor = self._connection.execute(
            "INSERT INTO call_request (agent, verb, detail, person, actor, asked_at) VALUES (?, ?, ?, ?, ?, ?)",
            (
                request.agent,
                request.verb,
                to_json(dict(request.detail)),
                request.person,
                request.actor,
                to_text(request.asked_at),
            ),
        )
        assert cursor.lastrowid is not None
        return RequestId(cursor.lastrowid)

    def request(self, request_id: RequestId) -> CallRequest | None:
        row = self._connection.execute(_REQUEST + " WHERE id = ?", (request_id,)).fetchone()
        return None if row is None else _to_request(row)

    def open_requests(self) -> list[CallRequest]:
        return [_to_request(row) for row in self._connection.execute(_REQUEST + " WHERE done_at IS NULL ORDER BY id")]

    def done(self, request_id: RequestId, *, refusal: str, now: datetime) -> None:
        self._connection.execute(
            "UPDATE call_request SET done_at = ?, refusal = ?, detail = '{}' WHERE id = ? AND done_at IS NULL",
            (to_text(now), refusal, request_id),
        )

    def forget(self, before: datetime, *, size: int) -> None:
        self._connection.execute(
            "DELETE FROM call_request WHERE id IN (SELECT id FROM call_request INDEXED BY call_request_done"
            " WHERE done_at IS NOT NULL AND done_at < ? LIMIT ?)",
            (to_text(before), size),
        )

    def set_line(
        self, agent: str, *, is_muted: bool, is_holding: bool, consults: str, listeners: Sequence[Mapping[str, str]]
    ) -> None:
        self._connection.execute(
            "UPDATE agent SET is_muted = ?, is_holding = ?, consults = ?, listeners = ? WHERE name = ?",
            (is_muted, is_holding, consults, json.dumps([dict(each) for each in listeners]), agent),
        )

    # Callers

    def callers(self) -> list[CallerRow]:
        rows = self._connection.execute("SELECT id, queue, asterisk, came_at, agent FROM caller ORDER BY came_at, id")
        return [
            CallerRow(id=CallerId(caller_id), queue=queue, asterisk=asterisk, came_at=to_moment(came_at), agent=agent)
            for caller_id, queue, asterisk, came_at, agent in rows
        ]

    def put_caller(self, row: CallerRow) -> None:
        self._connection.execute(
            "INSERT INTO caller VALUES (:id, :queue, :asterisk, :came_at, :agent)"
            " ON CONFLICT (id) DO UPDATE SET queue = :queue, agent = :agent",
            {
                "id": row.id,
                "queue": row.queue,
                "asterisk": row.asterisk,
                "came_at": to_text(row.came_at),
                "agent": row.agent,
            },
        )

    def drop_callers(self, ids: Sequence[CallerId]) -> None:
        self._connection.executemany("DELETE FROM caller WHERE id = ?", ((each,) for each in ids))

    # Calls and what was of them

    def calls(self, *, limit: int) -> list[OpenCall]:
        return [
            OpenCall(campaign=campaign, contact_id=ContactId(contact_id), attempt=to_attempt(tuple(attempt)))
            for campaign, contact_id, *attempt in self._connection.execute(_CALLS, {"limit": limit})
        ]

    def attempts_at(self, target_id: TargetId) -> list[AttemptRow]:
        found = [to_attempt(row) for row in self._connection.execute(_AT_TARGET, {"target_id": target_id})]
        return sorted(found, key=lambda attempt: (attempt.claimed_at, attempt.id))

    def wrap_up_at(self, attempt: AttemptRow, *, until: datetime) -> tuple[datetime, datetime | None] | None:
        if attempt.connected_at is None:
            return None
        asked = {"agent": attempt.agent, "since": to_text(attempt.connected_at), "until": to_text(until)}
        began: datetime | None = None
        for at, state, attempt_id in self._connection.execute(_WRAP_UP, asked):
            is_its_own = state == "wrap_up" and attempt_id == attempt.id
            if began is not None and not is_its_own:
                return began, to_moment(at)
            began = began or (to_moment(at) if is_its_own else None)
        return None if began is None else (began, None)

    # Notes

    def add_note(self, note: NoteRow) -> None:
        self._connection.execute(
            "INSERT INTO contact_note (contact_id, at, actor, text) VALUES (?, ?, ?, ?)",
            (note.contact_id, to_text(note.at), note.actor, note.text),
        )

    def notes(self, contact_id: ContactId, *, limit: int) -> list[NoteRow]:
        rows = self._connection.execute(
            "SELECT at, actor, text FROM contact_note WHERE contact_id = ? ORDER BY id DESC LIMIT ?",
            (contact_id, limit),
        )
        return [NoteRow(contact_id=contact_id, at=to_moment(at), actor=actor, text=text) for at, actor, text in rows]


def _to_request(row: tuple[Any, ...]) -> CallRequest:
    request_id, agent, verb, detail, person, actor, asked_at, done_at, refusal = row
    return CallRequest(
        id=RequestId(request_id),
        agent=agent,
        verb=verb,
        detail=json.loads(detail),
        person=person,
        actor=actor,
        asked_at=to_moment(asked_at),
        done_at=to_moment_or_none(done_at),
        refusal=refusal,
    )
