"""Saved views of the table of campaigns. A view's content is one JSON column; it is checked again when it is read.

Not here: the table (usecases/campaigntable.py).
"""

from __future__ import annotations

import json
from datetime import datetime

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import to_json, to_moment, to_text
from dialerd.domain.view import ViewSpec, read_view
from dialerd.ports import SavedView

_LISTED = """
SELECT view.name, view.owner, view.spec, view.is_shared, view_default.view_id IS NOT NULL, view.updated_at
FROM view LEFT JOIN view_default ON view_default.view_id = view.id AND view_default.owner = :reader
WHERE view.owner = :reader OR view.is_shared ORDER BY view.name, view.owner <> :reader, view.owner
"""


class SqlViews:
    """Implements ports.Views on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def listed(self, reader: str) -> list[SavedView]:
        return [
            SavedView(
                name=name,
                owner=owner,
                spec=read_view(json.loads(spec), source="the database"),
                is_shared=bool(is_shared),
                is_default=bool(is_default),
                updated_at=to_moment(updated_at),
            )
            for name, owner, spec, is_shared, is_default, updated_at in self._connection.execute(
                _LISTED, {"reader": reader}
            )
        ]

    def put(self, owner: str, name: str, spec: ViewSpec, *, is_shared: bool, now: datetime) -> None:
        self._connection.execute(
            "INSERT INTO view (owner, name, spec, is_shared, updated_at) VALUES (:owner, :name, :spec, :shared, :now)"
            " ON CONFLICT (owner, name) DO UPDATE SET spec = :spec, is_shared = :shared, updated_at = :now",
            {"owner": owner, "name": name, "spec": to_json(spec.as_table()), "shared": is_shared, "now": to_text(now)},
        )

    def rename(self, owner: str, name: str, new_name: str) -> None:
        self._connection.execute("UPDATE view SET name = ? WHERE owner = ? AND name = ?", (new_name, owner, name))

    def delete(self, owner: str, name: str) -> None:
        self._connection.execute("DELETE FROM view WHERE owner = ? AND name = ?", (owner, name))

    def delete_all(self, owner: str) -> int:
        self._connection.execute("DELETE FROM view_default WHERE owner = ?", (owner,))
        return self._connection.execute("DELETE FROM view WHERE owner = ?", (owner,)).rowcount

    def set_default(self, reader: str, view: tuple[str, str] | None) -> None:
        self._connection.execute("DELETE FROM view_default WHERE owner = ?", (reader,))
        if view is not None:
            self._connection.execute(
                "INSERT INTO view_default SELECT ?, id FROM view WHERE owner = ? AND name = ?", (reader, *view)
            )
