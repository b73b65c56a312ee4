"""Contacts and their numbers.

Not here: a contact's part in a run (dialing.py).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from dialerd.adapters.sqlite.rows import to_json, to_text, to_zones
from dialerd.domain.contact import Contact
from dialerd.domain.phone import PhoneNumber
from dialerd.domain.words import ContactId, ListId
from dialerd.ports import ContactRow

_COLUMNS = (
    "SELECT contact.id, contact_list.name, contact.number, contact.zones, contact.zone, contact.priority,"
    " contact.attributes FROM contact JOIN contact_list ON contact_list.id = contact.list_id"
)


class SqliteContacts:
    """Implements ports.Contacts on one connection, within its transaction.

    A contact's first number stands in its own row, since a run needs only that; further ones in contact_number.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, list_id: ListId, contacts: Iterable[Contact], now: datetime) -> tuple[int, int]:
        # Ids go on from the highest ever given: old attempts must never point at somebody else.
        (highest,) = self._connection.execute("SELECT highest FROM contact_mark").fetchone()
        added = left_out = 0
        for contact in contacts:
            first, *further = contact.numbers
            cursor = self._connection.execute(
                "INSERT OR IGNORE INTO contact (id, list_id, number, zones, zone, priority, attributes, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    highest + added + 1,
                    list_id,
                    first.e164,
                    to_json(first.zones),
                    contact.zone,
                    contact.priority,
                    to_json(contact.attributes),
                    to_text(now),
                ),
            )
            if not cursor.rowcount:
                left_out += 1
                continue
            added += 1
            self._connection.executemany(
                "INSERT INTO contact_number (contact_id, position, number, zones) VALUES (?, ?, ?, ?)",
                [
                    (highest + added, position, number.e164, to_json(number.zones))
                    for position, number in enumerate(further, start=2)
                ],
            )
        self._connection.execute("UPDATE contact_mark SET highest = highest + ?", (added,))
        self._connection.execute("UPDATE contact_list SET contacts = contacts + ? WHERE id = ?", (added, list_id))
        return added, left_out

    def get(self, contact_id: ContactId) -> ContactRow | None:
        row = self._connection.execute(_COLUMNS + " WHERE contact.id = ?", (contact_id,)).fetchone()
        return None if row is None else self._to_contact(row)

    def find(self, number: str) -> list[ContactRow]:
        rows = self._connection.execute(
            _COLUMNS + " WHERE contact.number = :number OR contact.id IN"  # noqa: S608  # constants of this file
            " (SELECT contact_id FROM contact_number WHERE number = :number) ORDER BY contact.id",
            {"number": number},
        )
        return [self._to_contact(row) for row in rows.fetchall()]

    def of_list(self, list_id: ListId, *, limit: int) -> list[ContactRow]:
        rows = self._connection.execute(
            _COLUMNS + " WHERE contact.list_id = ? ORDER BY contact.id LIMIT ?",
            (list_id, limit),  # contact_by_list
        )
        return [self._to_contact(row) for row in rows.fetchall()]

    def _to_contact(self, row: tuple[Any, ...]) -> ContactRow:
        contact_id, list_name, number, zones, zone, priority, attributes = row
        further = self._connection.execute(
            "SELECT number, zones FROM contact_number WHERE contact_id = ? ORDER BY position", (contact_id,)
        )
        numbers = [(number, zones), *further]
        contact = Contact(
            numbers=tuple(PhoneNumber(e164=e164, zones=to_zones(text)) for e164, text in numbers),
            attributes=json.loads(attributes),
            zone=zone,
            priority=priority,
        )
        return ContactRow(id=ContactId(contact_id), list_name=list_name, contact=contact)
