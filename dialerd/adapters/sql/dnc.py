"""Do-not-call lists and their entries.

Not here: obeying them (candidates in dialing.py, prepare in runs.py) .
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import to_json, to_moment, to_moment_or_none, to_text, to_text_or_none
from dialerd.ports import DncEntry

_COUNT_LISTED = """
SELECT count(*) FROM contact WHERE list_id IN
  (SELECT contact_list.id FROM contact_list JOIN json_each(:lists) AS named ON named.value = contact_list.name)
  AND EXISTS (SELECT 1 FROM dnc_entry AS d JOIN dnc_list ON dnc_list.id = d.list_id
              WHERE d.number = contact.number AND (d.list_id = 1 OR dnc_list.name = :dnc)
              AND (d.expires_at IS NULL OR d.expires_at > :now))
"""


class SqlDnc:
    """Implements ports.Dnc on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, entries: Iterable[DncEntry]) -> int:
        cursor = self._connection.executemany(
            "INSERT INTO dnc_entry (number, list_id, source, added_at, expires_at)"
            " SELECT :number, id, :source, :added_at, :expires_at FROM dnc_list WHERE name = :list_name"
            # An entry is never shortened: whoever asked for longer, or for ever, still means it.
            " ON CONFLICT (number, list_id) DO UPDATE SET expires_at = :expires_at, source = :source"
            " WHERE dnc_entry.expires_at IS NOT NULL"
            " AND (:expires_at IS NULL OR :expires_at > dnc_entry.expires_at)",
            [
                {
                    "number": entry.number,
                    "list_name": entry.list_name,
                    "source": entry.source,
                    "added_at": to_text(entry.added_at),
                    "expires_at": to_text_or_none(entry.expires_at),
                }
                for entry in entries
            ],
        )
        return cursor.rowcount  # total_changes would count what the triggers do, too

    def remove(self, list_name: str, numbers: Iterable[str]) -> int:
        cursor = self._connection.executemany(
            "DELETE FROM dnc_entry WHERE number = ? AND list_id = (SELECT id FROM dnc_list WHERE name = ?)",
            [(number, list_name) for number in numbers],
        )
        return cursor.rowcount  # total_changes would count what the triggers do, too

    def check(self, number: str, now: datetime) -> list[DncEntry]:
        rows = self._connection.execute(
            "SELECT dnc_list.name, source, added_at, expires_at FROM dnc_entry"
            " JOIN dnc_list ON dnc_list.id = dnc_entry.list_id"
            " WHERE number = :number AND (expires_at IS NULL OR expires_at > :now) ORDER BY list_id",
            {"number": number, "now": to_text(now)},
        )
        return [
            DncEntry(
                list_name=name,
                number=number,
                source=source,
                added_at=to_moment(added_at),
                expires_at=to_moment_or_none(expires_at),
            )
            for name, source, added_at, expires_at in rows
        ]

    def create(self, list_name: str) -> None:
        self._connection.execute("INSERT INTO dnc_list (name) VALUES (?)", (list_name,))

    def has(self, list_name: str) -> bool:
        return self._connection.execute("SELECT 1 FROM dnc_list WHERE name = ?", (list_name,)).fetchone() is not None

    def delete(self, list_name: str, *, size: int) -> int:
        cursor = self._connection.execute(
            "DELETE FROM dnc_entry WHERE (number, list_id) IN"
            " (SELECT number, list_id FROM dnc_entry INDEXED BY dnc_entry_named"
            " WHERE list_id = (SELECT id FROM dnc_list WHERE name = ?) AND list_id > 1 LIMIT ?)",
            (list_name, size),
        )
        self._connection.execute("DELETE FROM dnc_list WHERE name = ? AND entries = 0", (list_name,))
        return cursor.rowcount

    def count_listed(self, lists: Sequence[str], *, dnc: str | None, now: datetime) -> int:
        (count,) = self._connection.execute(
            _COUNT_LISTED, {"lists": to_json(tuple(lists)), "dnc": dnc, "now": to_text(now)}
        ).fetchone()
        return int(count)

    def listed(self, numbers: Sequence[str], now: datetime) -> set[str]:
        rows = self._connection.execute(
            "SELECT number FROM json_each(?) AS given CROSS JOIN dnc_entry ON dnc_entry.number = given.value"
            " WHERE list_id = 1 AND (expires_at IS NULL OR expires_at > ?)",
            (to_json(tuple(numbers)), to_text(now)),
        )
        return {number for (number,) in rows}

    def lists(self) -> dict[str, int]:
        rows = self._connection.execute("SELECT name, entries FROM dnc_list ORDER BY id")
        return dict(rows.fetchall())

    def page(self, list_name: str, *, after: str, limit: int) -> list[DncEntry]:
        rows = self._connection.execute(
            "SELECT number, source, added_at, expires_at FROM dnc_entry"
            " WHERE list_id = (SELECT id FROM dnc_list WHERE name = ?) AND number > ? ORDER BY number LIMIT ?",
            (list_name, after, limit),
        )
        return [
            DncEntry(
                list_name=list_name,
                number=number,
                source=source,
                added_at=to_moment(added_at),
                expires_at=to_moment_or_none(expires_at),
            )
            for number, source, added_at, expires_at in rows
        ]
