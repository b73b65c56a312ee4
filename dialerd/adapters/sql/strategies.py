"""Strategies, and at which step a target is.

Not here: what a strategy leads to (domain/strategy).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import END_LANE, to_json, to_moment_or_none, to_text
from dialerd.domain.strategy import Strategy, read_strategy
from dialerd.domain.words import AttemptId, Channel, RunId, TargetId

_LOOKED_AHEAD = 500  # waiting targets, for the next one that waits for a call

# From each step to the next name after it: as many looks as there are steps with somebody at them.
_MESSAGE_STEPS = """
WITH RECURSIVE steps(step) AS (
  SELECT min(step) FROM target INDEXED BY target_message
  WHERE run_id = :run_id AND channel = :channel AND state = 'pending' AND channel IN ('sms', 'email')
  UNION ALL SELECT (SELECT min(step) FROM target INDEXED BY target_message
    WHERE run_id = :run_id AND channel = :channel AND step > steps.step
    AND state = 'pending' AND channel IN ('sms', 'email'))
  FROM steps WHERE steps.step IS NOT NULL)
SELECT step FROM steps WHERE step IS NOT NULL
"""

# A turn of -2 or less waits for a callback, which is a call.
_NEXT_AT_STEP = """
SELECT turn, rank, id FROM target INDEXED BY target_message
WHERE run_id = ? AND channel = ? AND step = ? AND turn > -2 AND state = 'pending' AND channel IN ('sms', 'email')
ORDER BY turn, rank, id LIMIT ?
"""


class SqlStrategies:
    """Implements ports.Strategies on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, name: str) -> Strategy | None:
        row = self._connection.execute("SELECT spec FROM strategy WHERE name = ?", (name,)).fetchone()
        return None if row is None else _to_strategy(row[0])

    def all(self) -> list[Strategy]:
        rows = self._connection.execute("SELECT spec FROM strategy ORDER BY name")
        return [_to_strategy(spec) for (spec,) in rows]

    def put(self, given: Strategy, now: datetime) -> None:
        self._connection.execute(
            "INSERT INTO strategy VALUES (:name, :spec, :now)"
            " ON CONFLICT (name) DO UPDATE SET spec = :spec, updated_at = :now",
            {"name": given.name, "spec": to_json(given.as_table()), "now": to_text(now)},
        )

    def delete(self, name: str) -> None:
        self._connection.execute("DELETE FROM strategy WHERE name = ?", (name,))

    def set_step(self, target_id: TargetId, step: str, channel: Channel | None) -> None:
        self._connection.execute(
            "UPDATE target SET step = ?, channel = ? WHERE id = ?", (step, channel or END_LANE, target_id)
        )

    def pending(self, run_id: RunId, *, limit: int) -> int:
        rows = self._connection.execute(
            "SELECT 1 FROM target WHERE run_id = ? AND state = 'pending' AND lane = 'voice' LIMIT ?", (run_id, limit)
        )
        return len(rows.fetchall())

    def next_call_at(self, run_id: RunId, channel: Channel) -> datetime | None:
        rows = self._connection.execute(
            # Not along a lane: were everybody waiting for messages, it would walk them all.
            "SELECT lane, not_before FROM target WHERE run_id = ? AND state = 'waiting' ORDER BY not_before LIMIT ?",
            (run_id, _LOOKED_AHEAD),
        ).fetchall()
        own = next((at for lane, at in rows if lane == channel), None)
        return to_moment_or_none(own or (rows[-1][1] if len(rows) == _LOOKED_AHEAD else None))

    def message_steps(self, run_id: RunId, channel: Channel) -> list[str]:
        rows = self._connection.execute(_MESSAGE_STEPS, {"run_id": run_id, "channel": channel})
        return [step for (step,) in rows]

    def next_at(self, run_id: RunId, channel: Channel, wanted: Mapping[str, int], *, limit: int) -> list[TargetId]:
        found = sorted(
            row
            for step, most in wanted.items()
            for row in self._connection.execute(_NEXT_AT_STEP, (run_id, channel, step, min(most, limit)))
        )
        return [TargetId(each) for _, _, each in found[:limit]]

    def in_line(self, run_id: RunId) -> list[tuple[Channel | None, str, int]]:
        rows = self._connection.execute(
            "SELECT lane, step, count(*) FROM target INDEXED BY target_next WHERE run_id = ? AND state = 'pending'"
            " GROUP BY lane, step",
            (run_id,),
        )
        return [(None if lane == END_LANE else Channel(lane), step, count) for lane, step, count in rows]

    def has_done(self, target_id: TargetId, step: str) -> bool:
        (found,) = self._connection.execute(
            "SELECT EXISTS (SELECT 1 FROM attempt WHERE target_id = ? AND disposition IS NOT NULL AND spent"
            " AND beside IS NULL AND step = ? AND channel <> 'voice')",
            (target_id, step),
        ).fetchone()
        return bool(found)

    def at_step(self, target_id: TargetId, step: str, code: str, *, but: AttemptId) -> tuple[int, int]:
        (tries, same) = self._connection.execute(
            "SELECT count(*), count(*) FILTER (WHERE coalesce(final, disposition) = :code) FROM attempt"
            " WHERE target_id = :target AND disposition IS NOT NULL AND spent AND step = :step AND id <> :but"
            " AND beside IS NULL AND channel = (SELECT channel FROM attempt WHERE id = :but)",
            {"target": target_id, "step": step, "code": code, "but": but},
        ).fetchone()
        return int(tries), int(same)


@lru_cache(maxsize=64)  # a claim or a settle of each attempt asks for its campaign's
def _to_strategy(spec: str) -> Strategy:
    return read_strategy(json.loads(spec), source="the database")
