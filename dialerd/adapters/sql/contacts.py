"""Contacts and their numbers.

Not here: a contact's part in a run (dialing.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.filters import joined, to_sql
from dialerd.adapters.sql.rows import to_json, to_text, to_zones
from dialerd.domain.contact import Contact
from dialerd.domain.filters import Filter, conditions
from dialerd.domain.phone import PhoneNumber
from dialerd.domain.words import ContactId, ListId
from dialerd.ports import ConditionCount, ContactRow, FilterCount

_COLUMNS = (
    "SELECT contact.id, contact_list.name, contact.number, contact.zones, contact.zone, contact.priority,"
    " contact.attributes FROM contact JOIN contact_list ON contact_list.id = contact.list_id"
)


_OF_LISTS = (
    "(SELECT contact_list.id FROM contact_list JOIN json_each(:lists) AS named ON named.value = contact_list.name)"
)

_LOOKED_AT = 1000  # contacts: a list is made from files with one header each, so a few tell what it has
_HAS_ATTRIBUTE = """
SELECT 1 FROM (SELECT attributes FROM contact WHERE list_id = (SELECT id FROM contact_list WHERE name = :list)
               ORDER BY id LIMIT :first) AS first, json_each(first.attributes) AS each WHERE each.key = :name LIMIT 1
"""
_ATTRIBUTE_NAMES = """
SELECT DISTINCT each.key
FROM (SELECT attributes FROM contact WHERE list_id = (SELECT id FROM contact_list WHERE name = :list)
      ORDER BY id LIMIT :first) AS first, json_each(first.attributes) AS each
"""

_zones_text = lru_cache(maxsize=4096)(to_json)  # contacts by the million have a few hundred different zones

_FIRST = ContactId(0)


class SqlContacts:
    """Implements ports.Contacts on one connection, within its transaction.

    A contact's first number stands in its own row, since a run needs only that; further ones in contact_number.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, list_id: ListId, contacts: Iterable[Contact], now: datetime) -> tuple[int, int]:
        # Ids go on from the highest ever given: old attempts must never point at somebody else.
        (highest,) = self._connection.execute("SELECT highest FROM contact_mark").fetchone()
        given = list(enumerate(contacts, start=highest + 1))
        created_at = to_text(now)
        added = self._connection.executemany(
            "INSERT OR IGNORE INTO contact (id, list_id, number, zones, zone, priority, attributes, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    number,
                    list_id,
                    contact.numbers[0].e164,
                    _zones_text(contact.numbers[0].zones),
                    contact.zone,
                    contact.priority,
                    to_json(contact.attributes),
                    created_at,
                )
                for number, contact in given
            ],
        ).rowcount
        self._connection.executemany(
            "INSERT INTO contact_number (contact_id, position, number, zones)"
            " SELECT :id, :position, :number, :zones WHERE EXISTS (SELECT 1 FROM contact WHERE id = :id)",
            [
                {"id": number, "position": position, "number": each.e164, "zones": _zones_text(each.zones)}
                for number, contact in given
                for position, each in enumerate(contact.numbers[1:], start=2)
            ],
        )
        if added:  # the ids of those left out are not given again: that is all they cost
            self._connection.execute("UPDATE contact_mark SET highest = highest + ?", (len(given),))
            self._connection.execute("UPDATE contact_list SET contacts = contacts + ? WHERE id = ?", (added, list_id))
        return added, len(given) - added

    def known(self, list_id: ListId, numbers: Sequence[str], *, up_to: ContactId | None = None) -> set[str]:
        rows = self._connection.execute(
            # CROSS: the numbers first, each looked up; the other way round it would read the whole list.
            "SELECT number FROM json_each(?) AS given"
            " CROSS JOIN contact ON contact.list_id = ? AND contact.number = given.value"
            " WHERE ? IS NULL OR contact.id <= ?",
            (to_json(tuple(numbers)), list_id, up_to, up_to),
        )
        return {number for (number,) in rows}

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

    def find_by_email(self, address: str, *, limit: int) -> list[ContactRow]:
        rows = self._connection.execute(
            _COLUMNS + " WHERE contact.id IN (SELECT id FROM contact INDEXED BY contact_by_email"  # noqa: S608  # constant
            " WHERE lower(trim(json_extract(attributes, '$.email'))) = ?"
            " AND json_extract(attributes, '$.email') IS NOT NULL LIMIT ?) ORDER BY contact.id",
            (address, limit),
        )
        return [self._to_contact(row) for row in rows.fetchall()]

    def count(self, lists: Sequence[str], keeps: Filter, *, today: date) -> FilterCount:
        parts = conditions(keeps)
        given: dict[str, object] = {"lists": to_json(tuple(lists))}
        columns = []
        for index, part in enumerate(parts):
            sql, words = to_sql(part, today=today, prefix=f"c{index}_")
            columns.append(f"{sql} AS c{index}")
            given |= words
        all_of = joined([f"CASE WHEN c{index} THEN 1 ELSE 0 END" for index in range(len(parts))], "+")
        sums = ", ".join(
            f"count(*) FILTER (WHERE NOT c{index}), count(*) FILTER (WHERE NOT c{index} AND met = {len(parts) - 1})"
            for index in range(len(parts))
        )
        # Fixed text and parameters' names only: filters.to_sql lets no word of a person into it.
        (contacts, kept, *counts) = self._connection.execute(
            f"WITH judged AS MATERIALIZED (SELECT {', '.join(columns)} FROM contact WHERE list_id IN {_OF_LISTS})"  # noqa: S608
            f", counted AS MATERIALIZED (SELECT *, {all_of} AS met FROM judged)"
            f" SELECT count(*), count(*) FILTER (WHERE met = {len(parts)}), {sums} FROM counted",
            given,
        ).fetchone()
        return FilterCount(
            contacts=contacts,
            kept=kept,
            conditions=[
                ConditionCount(condition=str(part), removes=removes, only_it_removes=alone)
                for part, removes, alone in zip(parts, counts[::2], counts[1::2], strict=True)
            ],
        )

    def kept(self, lists: Sequence[str], keeps: Filter, *, today: date, limit: int) -> list[ContactRow]:
        sql, given = to_sql(keeps, today=today)
        rows = self._connection.execute(
            _COLUMNS + f" WHERE contact.list_id IN {_OF_LISTS} AND {sql} ORDER BY contact.id LIMIT :limit",
            given | {"lists": to_json(tuple(lists)), "limit": limit},
        )
        return [self._to_contact(row) for row in rows.fetchall()]

    def set_attributes(self, contact_id: ContactId, attributes: Mapping[str, str]) -> None:
        self._connection.execute(
            "UPDATE contact SET attributes = json_patch(attributes, ?) WHERE id = ?", (to_json(attributes), contact_id)
        )

    def has_attribute(self, list_name: str, name: str) -> bool:
        row = self._connection.execute(
            _HAS_ATTRIBUTE, {"list": list_name, "name": name, "first": _LOOKED_AT}
        ).fetchone()
        return row is not None

    def attribute_names(self, list_name: str) -> set[str]:
        rows = self._connection.execute(_ATTRIBUTE_NAMES, {"list": list_name, "first": _LOOKED_AT})
        return {name for (name,) in rows}

    def of_list(self, list_id: ListId, *, after: ContactId = _FIRST, limit: int) -> list[ContactRow]:
        rows = self._connection.execute(
            _COLUMNS + " WHERE contact.list_id = ? AND contact.id > ? ORDER BY contact.id LIMIT ?",
            (list_id, after, limit),  # contact_by_list
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
