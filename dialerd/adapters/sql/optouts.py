"""Opt-outs as they were said, and what is under way to those who have.

Not here: what an opt-out does (usecases/optout.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import to_json, to_moment, to_moment_or_none, to_text
from dialerd.domain.optout import How, OptOut
from dialerd.domain.words import AttemptId, ContactId

_OF = """
SELECT address, addresses, how, list_name, at, actor, words, contact_id, attempt_id, taken_back_at, taken_back_by
FROM opt_out JOIN opt_out_address AS barred ON barred.opt_out_id = opt_out.id
WHERE barred.barred = ? ORDER BY opt_out.id DESC
"""

_TAKE_BACK = """
UPDATE opt_out_address SET taken_back_at = :at, taken_back_by = :by WHERE barred = :barred AND taken_back_at IS NULL
AND (SELECT list_name FROM opt_out WHERE id = opt_out_id) = :list
"""

# Whether a list that the run obeys has the number.
_LISTED = """
EXISTS (SELECT 1 FROM dnc_entry AS d JOIN dnc_list ON dnc_list.id = d.list_id WHERE d.number = {number}
        AND (d.list_id = 1 OR dnc_list.name = json_extract(run.spec, '$.dnc'))
        AND (d.expires_at IS NULL OR d.expires_at > :now))
"""

_BARRED_ATTEMPTS = f"""
SELECT attempt.id FROM attempt INDEXED BY attempt_open_number JOIN run ON run.id = attempt.run_id
WHERE attempt.disposition IS NULL AND attempt.beside IS NULL AND attempt.answered_at IS NULL
  AND {_LISTED.format(number="attempt.number")}
UNION ALL SELECT attempt.id FROM attempt INDEXED BY attempt_open_beside JOIN run ON run.id = attempt.run_id
WHERE attempt.disposition IS NULL AND attempt.beside IS NOT NULL AND {_LISTED.format(number="attempt.number")}
"""  # noqa: S608  # constants of this file

_BARRED_PREVIEWS = f"""
SELECT preview.agent FROM preview JOIN run ON run.id = preview.run_id JOIN target ON target.id = preview.target_id
WHERE {_LISTED.format(number="target.number")}
"""  # noqa: S608  # constants of this file

# One who is in a call now goes before the calls that have ended. Along attempt_by_agent.
_LAST_TALK = """
SELECT id FROM attempt WHERE agent = ? AND connected_at IS NOT NULL ORDER BY connected_at DESC LIMIT 1
"""


class SqlOptOuts:
    """Implements ports.OptOuts on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, record: OptOut) -> None:
        cursor = self._connection.execute(
            "INSERT INTO opt_out (address, addresses, how, list_name, at, actor, words, contact_id, attempt_id)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                record.address,
                to_json(tuple(record.addresses)),
                record.how,
                record.list_name,
                to_text(record.at),
                record.actor,
                record.words,
                record.contact_id,
                record.attempt_id,
            ),
        )
        self._connection.executemany(
            "INSERT INTO opt_out_address (barred, opt_out_id) VALUES (?, ?)",
            [(each, cursor.lastrowid) for each in record.addresses],
        )

    def of(self, address: str) -> list[OptOut]:
        return [
            OptOut(
                address=came_from,
                addresses=tuple(json.loads(addresses)),
                how=How(how),
                list_name=list_name,
                at=to_moment(at),
                actor=actor,
                words=words,
                contact_id=None if contact_id is None else ContactId(contact_id),
                attempt_id=None if attempt_id is None else AttemptId(attempt_id),
                taken_back_at=to_moment_or_none(back_at),
                taken_back_by=back_by,
            )
            for came_from, addresses, how, list_name, at, actor, words, contact_id, attempt_id, back_at, back_by in (
                self._connection.execute(_OF, (address,))
            )
        ]

    def take_back(self, list_name: str, addresses: Iterable[str], *, by: str, now: datetime) -> None:
        told = {"list": list_name, "by": by, "at": to_text(now)}
        self._connection.executemany(_TAKE_BACK, [told | {"barred": each} for each in addresses])

    def people(self) -> int:
        row = self._connection.execute("SELECT count(DISTINCT coalesce(contact_id, address)) FROM opt_out").fetchone()
        return int(row[0])

    def last_talk(self, agent: str) -> AttemptId | None:
        row = self._connection.execute(_LAST_TALK, (agent,)).fetchone()
        return None if row is None else AttemptId(row[0])

    def barred_attempts(self, now: datetime) -> list[AttemptId]:
        return [AttemptId(each) for (each,) in self._connection.execute(_BARRED_ATTEMPTS, {"now": to_text(now)})]

    def barred_previews(self, now: datetime) -> list[str]:
        return [agent for (agent,) in self._connection.execute(_BARRED_PREVIEWS, {"now": to_text(now)})]
