"""Asterisk servers that are drained, and what the daemon says of servers and trunks.

Not here: choosing one (domain/server.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import to_moment, to_moment_or_none, to_text
from dialerd.ports.servers import ServerRow, TrunkStateRow

_CALLS = """
SELECT asterisk, trunk, count(*) FROM attempt
WHERE disposition IS NULL AND beside IS NULL AND channel = 'voice' GROUP BY asterisk, trunk
"""


class SqlServers:
    """Implements ports.Servers on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> dict[str, ServerRow]:
        rows = self._connection.execute("SELECT name, drained_at, drained_by, state, reason, told_at FROM server")
        return {
            name: ServerRow(
                name=name,
                drained_at=to_moment_or_none(drained_at),
                drained_by=drained_by,
                state=state,
                reason=reason,
                told_at=to_moment_or_none(told_at),
            )
            for name, drained_at, drained_by, state, reason, told_at in rows.fetchall()
        }

    def drain(self, name: str, *, actor: str, now: datetime) -> None:
        self._connection.execute(
            "INSERT INTO server (name, drained_at, drained_by) VALUES (:name, :now, :actor)"
            " ON CONFLICT (name) DO UPDATE SET drained_at = :now, drained_by = :actor",
            {"name": name, "now": to_text(now), "actor": actor},
        )

    def use(self, name: str) -> None:
        self._connection.execute("UPDATE server SET drained_at = NULL, drained_by = '' WHERE name = ?", (name,))

    def tell(self, name: str, *, state: str, reason: str, now: datetime) -> None:
        self._connection.execute(
            "INSERT INTO server (name, state, reason, told_at) VALUES (:name, :state, :reason, :now)"
            " ON CONFLICT (name) DO UPDATE SET state = :state, reason = :reason, told_at = :now",
            {"name": name, "state": state, "reason": reason, "now": to_text(now)},
        )

    def calls(self) -> Mapping[tuple[str, str], int]:
        return {(server, trunk): count for server, trunk, count in self._connection.execute(_CALLS)}

    def trunks(self) -> dict[str, TrunkStateRow]:
        rows = self._connection.execute("SELECT name, pace, rests_until, reason, told_at FROM trunk_state")
        return {
            name: TrunkStateRow(
                name=name,
                pace=pace,
                rests_until=to_moment_or_none(rests_until),
                reason=reason,
                told_at=to_moment(told_at),
            )
            for name, pace, rests_until, reason, told_at in rows.fetchall()
        }

    def tell_trunk(self, row: TrunkStateRow) -> None:
        self._connection.execute(
            "INSERT INTO trunk_state (name, pace, rests_until, reason, told_at)"
            " VALUES (:name, :pace, :rests_until, :reason, :told_at) ON CONFLICT (name) DO UPDATE SET"
            " pace = :pace, rests_until = :rests_until, reason = :reason, told_at = :told_at",
            {
                "name": row.name,
                "pace": row.pace,
                "rests_until": None if row.rests_until is None else to_text(row.rests_until),
                "reason": row.reason,
                "told_at": to_text(row.told_at),
            },
        )

    def calls_since(self, moment: datetime) -> dict[str, int]:
        # By run along its index: there is none on the moment alone.
        rows = self._connection.execute(
            "SELECT attempt.trunk, count(*) + count(CASE WHEN substr(attempt.agent, 1, 4) = 'tel:' THEN 1 END) FROM run"
            " JOIN attempt ON attempt.run_id = run.id AND attempt.claimed_at >= ?"
            # Not one that its Asterisk refused to place: nothing was dialed, so no carrier has told how it ended.
            " WHERE attempt.channel IN ('voice', 'automated') AND NOT (attempt.spent = FALSE AND attempt.cause IS NULL"
            " AND attempt.sip_code IS NULL AND attempt.rang_at IS NULL AND attempt.disposition IS NOT NULL)"
            " GROUP BY attempt.trunk",
            (to_text(moment),),
        )
        return dict(rows)
