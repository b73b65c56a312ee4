"""Daemons that share campaigns: their leases, their open attempts, the pace of all.

Not here: whose turn it is to lead (adapters/postgres/lease.py). The clock is the database's (view `wall`). The open
attempts are walked along an index of theirs: there are as many as calls are up.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from dialerd.adapters.sql.attempts import ATTEMPT_COLUMNS, to_attempt
from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import to_json, to_moment, to_text
from dialerd.domain.seat import Seat
from dialerd.domain.words import AttemptId, RunId
from dialerd.ports import AttemptRow
from dialerd.ports.daemons import DaemonRow, UpElsewhere

_UNUSED_S = 3600.0
_UP = "disposition IS NULL AND beside IS NULL AND channel IN ('voice', 'automated')"
_NOT_OWN = "owner NOT IN (SELECT value FROM json_each(:own))"

_ALL = f"""
SELECT name, host, leads, began_at, until_at - (SELECT s FROM wall),
  (SELECT count(*) FROM attempt WHERE {_UP} AND (attempt.owner = daemon.name OR (daemon.leads AND attempt.owner = '')))
FROM daemon ORDER BY name
"""  # noqa: S608  # constants of this file

_ENTER = """
INSERT INTO daemon (name, session, host, leads, began_at, until_at)
VALUES (:name, :session, :host, :leads, :now, (SELECT s FROM wall) + :lease_s)
ON CONFLICT (name) DO UPDATE SET began_at = iif(daemon.session = excluded.session, daemon.began_at, excluded.began_at),
  session = excluded.session, host = excluded.host, leads = excluded.leads, until_at = excluded.until_at
"""

_LEAVE = f"""
DELETE FROM daemon WHERE name = :name AND session = :session
AND NOT EXISTS (SELECT 1 FROM attempt WHERE {_UP} AND owner = :name)
"""  # noqa: S608  # constants of this file

_ORPHANS = f"""
SELECT {ATTEMPT_COLUMNS} FROM attempt
WHERE {_UP} AND {_NOT_OWN} AND owner NOT IN (SELECT name FROM daemon) ORDER BY claimed_at
"""  # noqa: S608  # constants of this file

_LED_ELSEWHERE = f"""
SELECT id FROM attempt WHERE id IN (SELECT value FROM json_each(:ids)) AND {_NOT_OWN}
AND (owner = '' OR disposition IS NULL OR owner IN (SELECT name FROM daemon))
"""  # noqa: S608  # constants of this file

_UP_ELSEWHERE = f"""
SELECT coalesce(sum(iif(trunk = :trunk, 1, 0)), 0), coalesce(sum(iif(asterisk = :server, 1, 0)), 0),
  coalesce(sum(iif(run_id = :run_id, 1, 0)), 0) FROM attempt WHERE {_UP} AND {_NOT_OWN}
"""  # noqa: S608  # constants of this file


class SqlDaemons:
    """Implements ports.Daemons on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> list[DaemonRow]:
        return [
            DaemonRow(
                name=name, host=host, leads=bool(leads), began_at=to_moment(began_at), left_s=left_s, calls=int(calls)
            )
            for name, host, leads, began_at, left_s, calls in self._connection.execute(_ALL).fetchall()
        ]

    def enter(self, seat: Seat, *, lease_s: float, now: datetime) -> None:
        given = {"name": seat.name, "session": seat.session, "leads": seat.leads, "host": seat.host}
        self._connection.execute(_ENTER, given | {"lease_s": lease_s, "now": to_text(now)})
        if seat.leads:
            self._connection.execute("UPDATE daemon SET leads = FALSE WHERE leads AND name <> ?", (seat.name,))

    def renew(self, seat: Seat, *, lease_s: float) -> bool:
        cursor = self._connection.execute(
            "UPDATE daemon SET until_at = (SELECT s FROM wall) + :lease_s WHERE name = :name AND session = :session",
            {"name": seat.name, "session": seat.session, "lease_s": lease_s},
        )
        return cursor.rowcount == 1

    def leave(self, seat: Seat) -> None:
        self._connection.execute(_LEAVE, {"name": seat.name, "session": seat.session})

    def clear(self) -> None:
        self._connection.execute("DELETE FROM daemon")

    def take_away(self, *, but: str) -> list[str]:
        over = "until_at < (SELECT s FROM wall) AND name <> ?"
        names = [name for (name,) in self._connection.execute(f"SELECT name FROM daemon WHERE {over}", (but,))]  # noqa: S608
        for name in names:
            self._connection.execute("DELETE FROM daemon WHERE name = ?", (name,))
        # Of trunks and runs that nobody dials any more: one that is not known is a pace that allows a call now.
        self._connection.execute(
            "DELETE FROM shared_pace WHERE next_at < (SELECT s FROM wall) - :unused_s", {"unused_s": _UNUSED_S}
        )
        return names

    def may_help(self, seat: Seat, *, least_s: float) -> bool:
        (holds, is_led) = self._connection.execute(
            "SELECT EXISTS (SELECT 1 FROM daemon WHERE name = :name AND session = :session"
            " AND until_at >= (SELECT s FROM wall) + :least_s),"
            " EXISTS (SELECT 1 FROM daemon WHERE leads AND until_at > (SELECT s FROM wall))",
            {"name": seat.name, "session": seat.session, "least_s": least_s},
        ).fetchone()
        return bool(holds) and bool(is_led)

    def orphans(self, own: Collection[str]) -> list[AttemptRow]:
        rows = self._connection.execute(_ORPHANS, {"own": to_json(sorted(own))})
        return [to_attempt(row) for row in rows.fetchall()]

    def led_elsewhere(self, attempt_ids: Collection[AttemptId], own: Collection[str]) -> set[AttemptId]:
        asked = {"ids": to_json(sorted(attempt_ids)), "own": to_json(sorted(own))}
        return {AttemptId(each) for (each,) in self._connection.execute(_LED_ELSEWHERE, asked)}

    def up_elsewhere(self, own: Collection[str], *, trunk: str, server: str, run_id: RunId) -> UpElsewhere:
        asked = {"own": to_json(sorted(own)), "trunk": trunk, "server": server, "run_id": run_id}
        on_trunk, at_server, of_run = self._connection.execute(_UP_ELSEWHERE, asked).fetchone()
        return UpElsewhere(trunk=int(on_trunk), server=int(at_server), run=int(of_run))

    def paces(self, names: Collection[str]) -> tuple[float, Mapping[str, float]]:
        (now,) = self._connection.execute("SELECT s FROM wall").fetchone()
        rows = self._connection.execute(
            "SELECT name, next_at FROM shared_pace WHERE name IN (SELECT value FROM json_each(:names))",
            {"names": to_json(sorted(names))},
        )
        return float(now), dict.fromkeys(names, float(now)) | {name: float(at) for name, at in rows.fetchall()}

    def set_pace(self, name: str, next_at: float) -> None:
        self._connection.execute(
            "INSERT INTO shared_pace (name, next_at) VALUES (:name, :next_at)"
            " ON CONFLICT (name) DO UPDATE SET next_at = excluded.next_at",
            {"name": name, "next_at": next_at},
        )
