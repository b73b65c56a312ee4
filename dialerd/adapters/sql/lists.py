"""Contact lists.

Not here: what is in them (contacts.py).
"""

from __future__ import annotations

from datetime import datetime

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import to_moment, to_text
from dialerd.domain.words import ListId
from dialerd.ports import ListRow

_COLUMNS = "SELECT id, name, region, contacts, created_at FROM contact_list"


class SqlLists:
    """Implements ports.Lists on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, name: str, region: str, now: datetime) -> ListRow:
        self._connection.execute(
            "INSERT INTO contact_list (name, region, created_at) VALUES (?, ?, ?)", (name, region, to_text(now))
        )
        row = self.get(name)
        assert row is not None, "just written"
        return row

    def get(self, name: str) -> ListRow | None:
        row = self._connection.execute(_COLUMNS + " WHERE name = ?", (name,)).fetchone()
        return None if row is None else _to_list(row)

    def all(self) -> list[ListRow]:
        return [_to_list(row) for row in self._connection.execute(_COLUMNS + " ORDER BY name")]

    def delete(self, list_id: ListId, *, size: int) -> bool:
        deleted = self._connection.execute(
            "DELETE FROM contact WHERE id IN"
            " (SELECT id FROM contact INDEXED BY contact_by_list WHERE list_id = ? LIMIT ?)",
            (list_id, size),
        ).rowcount
        if deleted == size:
            self._connection.execute("UPDATE contact_list SET contacts = contacts - ? WHERE id = ?", (deleted, list_id))
            return False
        self._connection.execute("DELETE FROM contact_list WHERE id = ?", (list_id,))
        return True


def _to_list(row: tuple[int, str, str, int, str]) -> ListRow:
    list_id, name, region, contacts, created_at = row
    return ListRow(id=ListId(list_id), name=name, region=region, contacts=contacts, created_at=to_moment(created_at))
