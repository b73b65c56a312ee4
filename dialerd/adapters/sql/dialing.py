"""Targets and attempts: the dialing order, claim and settle. Each method is a step of one transaction.

Not here: what a claim or a settle decides (usecases/dialing.py). Every walk is along an index, so that the work
per call does not grow with the list. The open attempts and the ended ones of a target or number have an index each
(m022_claims.py), so that a statement about them names `disposition IS NULL` or `IS NOT NULL`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from dialerd.adapters.sql.attempts import (
    ATTEMPT_COLUMNS,
    OPEN_ATTEMPT,
    close,
    exported,
    give_back,
    opened,
    page_end,
    to_attempt,
    to_target,
)
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
from dialerd.domain.call import Facts, Talk
from dialerd.domain.errors import StoreError
from dialerd.domain.numbers import ContactNumber
from dialerd.domain.words import AttemptId, Channel, ContactId, Disposition, RunId, TargetId, TargetState
from dialerd.ports import AttemptRow, ExportRow, TargetRow

_PROMOTED_AT_ONCE = 500  # more wait for the next claim: a morning's opening must not hold the writer

# A target with what the gates ask: the do-not-call list that has its number, the global one or the campaign's own
# (:dnc), and whether the number is in a call somewhere.
_TARGET = """
SELECT target.id, target.run_id, target.contact_id, target.number, target.position, target.zones, target.state,
       target.attempts_spent, iif(target.attempts_spent = 0, 0,
         (SELECT count(*) FROM attempt WHERE attempt.target_id = target.id AND attempt.number = target.number AND spent
          AND attempt.disposition IS NOT NULL AND attempt.beside IS NULL)
         + iif(EXISTS (SELECT 1 FROM attempt WHERE attempt.target_id = target.id AND attempt.number = target.number
          AND attempt.disposition IS NULL AND attempt.beside IS NULL), 1, 0)), target.not_before,
       (SELECT dnc_list.name FROM dnc_entry AS d JOIN dnc_list ON dnc_list.id = d.list_id
        WHERE d.number = target.number AND (d.list_id = 1 OR dnc_list.name = :dnc)
        AND (d.expires_at IS NULL OR d.expires_at > :now) ORDER BY d.list_id LIMIT 1),
       EXISTS (SELECT 1 FROM attempt WHERE attempt.number = target.number AND attempt.disposition IS NULL
               AND attempt.beside IS NULL),
       target.turn, target.held_by, target.step, target.channel
FROM target
"""

# A contact's numbers beside what the target has tried of them.
_NUMBERS = """
WITH own AS (SELECT id, run_id, contact_id FROM target WHERE id = :id),
numbers AS (
  SELECT 1 AS position, contact.number, contact.zones, contact.zone FROM contact, own WHERE contact.id = own.contact_id
  UNION ALL SELECT n.position, n.number, n.zones, contact.zone FROM contact_number AS n, own, contact
  WHERE n.contact_id = own.contact_id AND contact.id = own.contact_id),
tried AS MATERIALIZED (
  SELECT number, spent, disposition FROM attempt WHERE target_id = :id AND disposition IS NOT NULL AND beside IS NULL
  UNION ALL SELECT number, spent, disposition FROM attempt
  WHERE target_id = :id AND disposition IS NULL AND beside IS NULL)
SELECT position, number, zones, zone,
  (SELECT count(*) FROM tried WHERE tried.number = numbers.number AND spent),
  EXISTS (SELECT 1 FROM tried WHERE tried.number = numbers.number
          AND disposition IN (SELECT value FROM json_each(:wrong))),
  EXISTS (SELECT 1 FROM target, own WHERE target.run_id = own.run_id AND target.number = numbers.number
          AND target.id <> own.id),
  EXISTS (SELECT 1 FROM dnc_entry AS d JOIN dnc_list ON dnc_list.id = d.list_id WHERE d.number = numbers.number
          AND (d.list_id = 1 OR dnc_list.name = :dnc) AND (d.expires_at IS NULL OR d.expires_at > :now))
FROM numbers ORDER BY position
"""

_AMONG = f"{_TARGET} WHERE id IN (SELECT CAST(value AS INTEGER) FROM json_each(:ids)) ORDER BY turn, rank, target.id"  # noqa: S608  # constants

# In dialing order: fresh targets before redials, then by rank. Walks target_next.
_CANDIDATES = _TARGET + (
    " WHERE run_id = :run_id AND state = 'pending' AND lane = :channel ORDER BY turn, rank, target.id LIMIT :limit"
)

_ATTEMPT = f"SELECT {ATTEMPT_COLUMNS} FROM attempt"  # noqa: S608  # both parts are constants of this file

_TAKE = "UPDATE target SET state = 'in_progress', not_before = NULL WHERE id = ?"

_MADE_BESIDE = """
SELECT (SELECT count(*) FROM attempt WHERE target_id = :id AND disposition IS NOT NULL AND spent
        AND beside IS NOT NULL AND channel = :channel)
     + (SELECT count(*) FROM attempt WHERE target_id = :id AND disposition IS NULL
        AND beside IS NOT NULL AND channel = :channel)
"""

# Along attempt_open_number, then attempt_by_number.
_LAST_TO = f"""
SELECT * FROM (SELECT {ATTEMPT_COLUMNS} FROM attempt
  WHERE number = :number AND disposition IS NULL AND beside IS NULL) AS up
UNION ALL SELECT * FROM (SELECT {ATTEMPT_COLUMNS} FROM attempt
  WHERE number = :number AND disposition IS NOT NULL AND beside IS NULL ORDER BY claimed_at DESC LIMIT 1) AS ended
LIMIT 1
"""  # noqa: S608  # constants of this file

_LAST = f"""
SELECT * FROM (SELECT {ATTEMPT_COLUMNS} FROM attempt
  WHERE target_id = :id AND disposition IS NULL AND beside IS NULL) AS up
UNION ALL SELECT * FROM (SELECT {ATTEMPT_COLUMNS} FROM attempt
  WHERE target_id = :id AND disposition IS NOT NULL AND beside IS NULL ORDER BY rowid DESC LIMIT 1) AS ended
LIMIT 1
"""  # noqa: S608  # the columns are constants of this file

_DUE = "(state = 'pending' OR (state = 'waiting' AND (:before IS NULL OR not_before < :before)))"

# Along the index of the runs' numbers, and that of addresses.
_WAITING_AT = f"""
SELECT contact_id FROM json_each(:numbers) AS given
CROSS JOIN target ON run_id = :run_id AND target.number = given.value WHERE {_DUE}
"""  # noqa: S608  # constants of this file
_WAITING_FOR_MAIL = f"""
SELECT contact_id FROM (
  SELECT id FROM contact INDEXED BY contact_by_email WHERE lower(trim(json_extract(attributes, '$.email'))) = :address
  AND json_extract(attributes, '$.email') IS NOT NULL LIMIT :most) AS contact
CROSS JOIN target ON run_id = :run_id AND contact_id = contact.id WHERE target.channel = 'email' AND {_DUE}
"""  # noqa: S608  # constants of this file


class SqlDialing:
    """Implements ports.Dialing on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def promote(self, run_id: RunId, now: datetime) -> int:
        cursor = self._connection.execute(
            "UPDATE target SET state = 'pending', not_before = NULL, held_by = NULL WHERE id IN (SELECT id FROM target"
            " WHERE run_id = :run_id AND state = 'waiting' AND not_before <= :now ORDER BY not_before LIMIT :limit)",
            {"run_id": run_id, "now": to_text(now), "limit": _PROMOTED_AT_ONCE},
        )
        return cursor.rowcount

    def candidates(
        self, run_id: RunId, *, dnc: str | None, limit: int, now: datetime, channel: Channel | None = Channel.VOICE
    ) -> list[TargetRow]:
        asked = {"run_id": run_id, "dnc": dnc, "limit": limit, "now": to_text(now)}
        asked["channel"] = channel or END_LANE
        rows = self._connection.execute(_CANDIDATES, asked)
        return [to_target(row) for row in rows.fetchall()]

    def targets(self, ids: Sequence[TargetId], *, dnc: str | None, now: datetime) -> list[TargetRow]:
        rows = self._connection.execute(_AMONG, {"ids": to_json(tuple(ids)), "dnc": dnc, "now": to_text(now)})
        return [to_target(row) for row in rows.fetchall()]

    def fresh(self, run_id: RunId) -> int:
        (count,) = self._connection.execute(
            "SELECT count(*) FROM target WHERE run_id = ? AND state = 'pending' AND lane = 'voice' AND turn = 0",
            (run_id,),
        ).fetchone()
        return int(count)

    def target(self, run_id: RunId, contact_id: ContactId, *, dnc: str | None, now: datetime) -> TargetRow | None:
        row = self._connection.execute(
            _TARGET + " WHERE run_id = :run_id AND contact_id = :contact_id",
            {"run_id": run_id, "contact_id": contact_id, "dnc": dnc, "now": to_text(now)},
        ).fetchone()
        return None if row is None else to_target(row)

    def waiting_for(
        self, run_id: RunId, addresses: Collection[str], *, before: datetime | None, most: int
    ) -> list[ContactId]:
        asked: dict[str, object] = {"run_id": run_id, "before": to_text_or_none(before), "most": most}
        asked["numbers"] = to_json(tuple(each for each in addresses if "@" not in each))
        found = self._connection.execute(_WAITING_AT, asked).fetchall()
        for address in addresses:
            if "@" in address:
                found += self._connection.execute(_WAITING_FOR_MAIL, asked | {"address": address})
        return list(dict.fromkeys(ContactId(each) for (each,) in found))

    def open_attempt(self, *attempts: AttemptRow) -> None:
        try:
            self._connection.executemany(OPEN_ATTEMPT, [opened(each) for each in attempts])
        except self._connection.IntegrityError as error:
            targets = ", ".join(str(each.target_id) for each in attempts)
            raise StoreError(f"one of the targets {targets} or its number has an open attempt already") from error
        for run_id in {each.run_id for each in attempts}:
            self._take([each.target_id for each in attempts if each.run_id == run_id], run_id)

    def open_beside(self, attempt: AttemptRow) -> None:
        assert attempt.beside is not None, "an attempt of its own takes its target"
        self._connection.execute(OPEN_ATTEMPT, opened(attempt))
        self._connection.execute("UPDATE run SET attempts = attempts + 1 WHERE id = ?", (attempt.run_id,))

    def made_beside(self, target_id: TargetId, channel: Channel) -> int:
        (count,) = self._connection.execute(_MADE_BESIDE, {"id": target_id, "channel": channel}).fetchone()
        return int(count)

    def _take(self, targets: Sequence[TargetId], run_id: RunId) -> None:
        """Take targets in progress, an attempt of each just opened; counted here, not by a trigger (m022_claims.py)."""
        ids = [(each,) for each in targets]
        pending = self._connection.executemany(_TAKE + " AND state = 'pending'", ids).rowcount
        if pending < len(ids):
            self._connection.executemany(_TAKE + " AND state <> 'in_progress'", ids)
        self._connection.execute(
            "UPDATE run SET pending = pending - :pending, in_progress = in_progress + :pending,"
            " attempts = attempts + :opened WHERE id = :run_id",
            {"pending": pending, "opened": len(ids), "run_id": run_id},
        )

    def hold(self, target: TargetRow, gate: str, until: datetime) -> None:
        self._connection.execute(
            "UPDATE target SET state = 'waiting', not_before = ?, held_by = ? WHERE id = ?",
            (to_text(until), gate, target.id),
        )

    def settle_target(self, target: TargetRow, disposition: Disposition, now: datetime) -> None:
        self._connection.execute(
            "UPDATE target SET state = 'done', disposition = ?, done_at = ?, not_before = NULL WHERE id = ?",
            (disposition, to_text(now), target.id),
        )

    def note(self, attempt_id: AttemptId, facts: Facts) -> None:
        at = (facts.answered_at, facts.connected_at, facts.greeted_at, facts.rang_at)
        self._connection.execute(
            "UPDATE attempt SET answered_at = ?, connected_at = ?, greeted_at = ?, rang_at = coalesce(?, rang_at),"
            " verdict = ?, amd = ?, agent = ? WHERE id = ? AND disposition IS NULL",
            (*map(to_text_or_none, at), facts.verdict, facts.amd, facts.agent, attempt_id),
        )
        self._connection.executemany(
            "INSERT OR IGNORE INTO talk VALUES (?, ?, ?, ?, ?, ?)",
            (
                (attempt_id, to_text(each.began_at), to_text(each.ended_at), each.agent, each.queue, each.taker)
                for each in facts.talks
            ),
        )

    def talks(self, attempt_id: AttemptId) -> list[Talk]:
        rows = self._connection.execute(
            "SELECT agent, began_at, ended_at, queue, taker FROM talk WHERE attempt_id = ? ORDER BY began_at",
            (attempt_id,),
        )
        return [
            Talk(agent=agent, began_at=to_moment(began_at), ended_at=to_moment(ended_at), queue=queue, taker=taker)
            for agent, began_at, ended_at, queue, taker in rows
        ]

    def attempt(self, attempt_id: AttemptId) -> AttemptRow | None:
        row = self._connection.execute(_ATTEMPT + " WHERE id = ?", (attempt_id,)).fetchone()
        return None if row is None else to_attempt(row)

    def last_to(self, number: str) -> AttemptRow | None:
        row = self._connection.execute(_LAST_TO, {"number": number}).fetchone()
        return None if row is None else to_attempt(row)

    def last_attempt(self, target_id: TargetId) -> AttemptRow | None:
        row = self._connection.execute(_LAST, {"id": target_id}).fetchone()
        return None if row is None else to_attempt(row)

    def close_attempt(self, attempt: AttemptRow) -> bool:
        return close(self._connection, attempt)

    def same_before(self, attempt: AttemptRow) -> int:
        (count,) = self._connection.execute(
            "SELECT count(*) FROM attempt"
            " WHERE target_id = ? AND disposition = ? AND spent AND id <> ? AND beside IS NULL",
            (attempt.target_id, attempt.disposition, attempt.id),
        ).fetchone()
        return int(count)

    def unspent_before(self, attempt: AttemptRow) -> int:
        (count,) = self._connection.execute(
            "SELECT count(*) FROM attempt WHERE target_id = ? AND disposition IS NOT NULL AND NOT spent AND id <> ?"
            " AND beside IS NULL AND (cause IS NOT NULL OR sip_code IS NOT NULL)",
            (attempt.target_id, attempt.id),
        ).fetchone()
        return int(count)

    def give_back(self, attempt: AttemptRow, reason: str) -> None:
        give_back(self._connection, attempt, reason)

    def release_target(
        self,
        attempt: AttemptRow,
        *,
        state: TargetState,
        not_before: datetime | None,
        goes_first: bool = False,
        now: datetime,
    ) -> None:
        self._connection.execute(
            "UPDATE target SET state = :state, disposition = :disposition, not_before = :not_before,"
            " done_at = :done_at, attempts_spent = attempts_spent + :spent,"
            " turn = iif(:goes_first, -1, attempts_spent + :spent),"
            " held_by = CASE :state WHEN 'waiting' THEN 'retry' END WHERE id = :id",
            {
                "id": attempt.target_id,
                "state": state,
                "disposition": attempt.disposition,
                "not_before": to_text_or_none(not_before),
                "done_at": to_text(now) if state is TargetState.DONE else None,
                "spent": int(attempt.spent),
                "goes_first": goes_first,
            },
        )

    def numbers(
        self, target_id: TargetId, *, wrong: Collection[Disposition], dnc: str | None, now: datetime
    ) -> list[ContactNumber]:
        asked = {"id": target_id, "wrong": to_json(tuple(wrong)), "dnc": dnc, "now": to_text(now)}
        rows = self._connection.execute(_NUMBERS, asked)
        return [
            ContactNumber(
                position=position,
                number=number,
                zones=(zone,) if zone else to_zones(zones),
                attempts=attempts or 0,
                is_wrong=bool(is_wrong),
                is_taken=bool(is_taken),
                is_barred=bool(is_barred),
            )
            for position, number, zones, zone, attempts, is_wrong, is_taken, is_barred in rows.fetchall()
        ]

    def has_more_numbers(self, contact_id: ContactId) -> bool:
        (found,) = self._connection.execute(
            "SELECT EXISTS (SELECT 1 FROM contact_number WHERE contact_id = ?)", (contact_id,)
        ).fetchone()
        return bool(found)

    def set_number(self, target_id: TargetId, number: ContactNumber) -> None:
        self._connection.execute(
            "UPDATE target SET number = ?, position = ?, zones = ? WHERE id = ?",
            (number.number, number.position, to_json(number.zones), target_id),
        )

    def is_left_out(self, target_id: TargetId) -> bool:
        (found,) = self._connection.execute(
            "SELECT state = 'in_progress' AND held_by IS 'filter' FROM target WHERE id = ?", (target_id,)
        ).fetchone()
        return bool(found)

    def attempts_spent(self, target_id: TargetId) -> int:
        (count,) = self._connection.execute("SELECT attempts_spent FROM target WHERE id = ?", (target_id,)).fetchone()
        return int(count)

    def open_attempts(self) -> list[AttemptRow]:
        rows = self._connection.execute(_ATTEMPT + " WHERE disposition IS NULL AND beside IS NULL ORDER BY claimed_at")
        return [to_attempt(row) for row in rows.fetchall()]

    def next_due_at(self, run_id: RunId) -> datetime | None:
        (text,) = self._connection.execute(
            "SELECT min(not_before) FROM target WHERE run_id = ? AND state = 'waiting'", (run_id,)
        ).fetchone()
        return to_moment_or_none(text)

    def waiting_due(self, run_id: RunId, *, limit: int, now: datetime) -> int:
        rows = self._connection.execute(
            "SELECT lane FROM target WHERE run_id = :run_id AND state = 'waiting' AND not_before <= :now LIMIT :limit",
            {"run_id": run_id, "now": to_text(now), "limit": limit},
        )
        return sum(lane == Channel.VOICE for (lane,) in rows.fetchall())  # those that wait for messages are not walked

    def last_claimed_at(self) -> datetime | None:
        # Attempts are never deleted one by one, so the highest rowid is the latest.
        row = self._connection.execute("SELECT claimed_at FROM attempt ORDER BY rowid DESC LIMIT 1").fetchone()
        return None if row is None else to_moment(row[0])

    def export(
        self,
        run_id: RunId,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        dispositions: Collection[str] | None = None,
    ) -> Iterable[ExportRow]:
        return exported(self._connection, run_id, since=since, until=until, dispositions=dispositions)

    def page_end(self, run_id: RunId, *, since: datetime | None, size: int) -> datetime | None:
        return page_end(self._connection, run_id, since=since, size=size)
