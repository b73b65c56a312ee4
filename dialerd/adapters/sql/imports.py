"""Imports into lists, the column maps they are read by, and the folders they come from.

Not here: the contacts that they bring (contacts.py).
"""

from __future__ import annotations

from datetime import datetime

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import to_moment, to_moment_or_none, to_text, to_text_or_none
from dialerd.domain.columnmap import ColumnMap
from dialerd.domain.words import ContactId, ListId
from dialerd.ports import DropRow, ImportRow

_COLUMNS = (
    "SELECT list_import.id, name, source, mark, started_at, updated_at, finished_at, line, added, already_there,"
    " doubled, on_dnc, rejected FROM list_import JOIN contact_list ON contact_list.id = list_id"
)


class SqlImports:
    """Implements ports.Imports on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, list_id: ListId, source: str, now: datetime) -> ImportRow:
        cursor = self._connection.execute(
            "INSERT INTO list_import (list_id, source, mark, started_at, updated_at)"
            " SELECT :list_id, :source, highest, :now, :now FROM contact_mark",
            {"list_id": list_id, "source": source, "now": to_text(now)},
        )
        row = self._connection.execute(_COLUMNS + " WHERE list_import.id = ?", (cursor.lastrowid,)).fetchone()
        return _to_import(row)

    def put(self, row: ImportRow) -> None:
        self._connection.execute(
            "UPDATE list_import SET updated_at = ?, finished_at = ?, line = ?, added = ?, already_there = ?,"
            " doubled = ?, on_dnc = ?, rejected = ? WHERE id = ?",
            (
                to_text(row.updated_at),
                to_text_or_none(row.finished_at),
                row.line,
                row.added,
                row.already_there,
                row.doubled,
                row.on_dnc,
                row.rejected,
                row.id,
            ),
        )

    def last(self, list_id: ListId, *, limit: int) -> list[ImportRow]:
        rows = self._connection.execute(
            _COLUMNS + " WHERE list_id = ? ORDER BY list_import.id DESC LIMIT ?", (list_id, limit)
        )
        return [_to_import(row) for row in rows]

    def map(self, name: str) -> ColumnMap | None:
        row = self._connection.execute("SELECT spec FROM column_map WHERE name = ?", (name,)).fetchone()
        return None if row is None else ColumnMap.model_validate_json(row[0])

    def maps(self) -> dict[str, ColumnMap]:
        rows = self._connection.execute("SELECT name, spec FROM column_map ORDER BY name")
        return {name: ColumnMap.model_validate_json(spec) for name, spec in rows}

    def put_map(self, name: str, columns: ColumnMap, now: datetime) -> None:
        self._connection.execute(
            "INSERT INTO column_map (name, spec, updated_at) VALUES (?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET spec = excluded.spec, updated_at = excluded.updated_at",
            (name, columns.model_dump_json(), to_text(now)),
        )

    def delete_map(self, name: str) -> None:
        self._connection.execute("DELETE FROM column_map WHERE name = ?", (name,))

    def drops(self) -> list[DropRow]:
        rows = self._connection.execute(
            "SELECT name, folder, map FROM list_drop JOIN contact_list ON contact_list.id = list_id ORDER BY name"
        )
        return [DropRow(list_name=name, folder=folder, map_name=map_name) for name, folder, map_name in rows]

    def put_drop(self, list_id: ListId, folder: str, map_name: str | None) -> None:
        self._connection.execute(
            "INSERT INTO list_drop (list_id, folder, map) VALUES (?, ?, ?)"
            " ON CONFLICT (list_id) DO UPDATE SET folder = excluded.folder, map = excluded.map",
            (list_id, folder, map_name),
        )

    def delete_drop(self, list_id: ListId) -> None:
        self._connection.execute("DELETE FROM list_drop WHERE list_id = ?", (list_id,))


def _to_import(row: tuple[int, str, str, int, str, str, str | None, int, int, int, int, int, int]) -> ImportRow:
    number, name, source, mark, started_at, updated_at, finished_at, line, added, already, doubled, on_dnc, bad = row
    return ImportRow(
        id=number,
        list_name=name,
        source=source,
        mark=ContactId(mark),
        started_at=to_moment(started_at),
        updated_at=to_moment(updated_at),
        finished_at=to_moment_or_none(finished_at),
        line=line,
        added=added,
        already_there=already,
        doubled=doubled,
        on_dnc=on_dnc,
        rejected=bad,
    )
