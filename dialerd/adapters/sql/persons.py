"""What is held about a person, and taking the person out of it.

Not here: where people stand (persondata.py), what is old (forgetting.py), who may ask (usecases/persons.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from dialerd.adapters.sql import forgetting
from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.persondata import PLACES, Place
from dialerd.adapters.sql.rows import to_json
from dialerd.domain.optout import as_address
from dialerd.domain.person import Person, has_any, scrubbed
from dialerd.domain.retention import Kind
from dialerd.domain.words import ContactId, RunId
from dialerd.ports import UnwantedRecording

_WITH_NUMBER = """
SELECT id FROM contact WHERE number IN (SELECT value FROM json_each(:numbers))
UNION SELECT contact_id FROM contact_number WHERE number IN (SELECT value FROM json_each(:numbers)) ORDER BY 1
"""
# Along contact_by_email, which has only those that have one.
_WITH_EMAIL = """
SELECT id FROM contact INDEXED BY contact_by_email WHERE lower(trim(json_extract(attributes, '$.email'))) = ?
AND json_extract(attributes, '$.email') IS NOT NULL ORDER BY id
"""
_ADDRESSES = """
SELECT number FROM contact WHERE id IN (SELECT CAST(value AS INTEGER) FROM json_each(:contacts))
UNION SELECT number FROM contact_number WHERE contact_id IN (SELECT CAST(value AS INTEGER) FROM json_each(:contacts))
UNION SELECT lower(trim(json_extract(attributes, '$.email'))) FROM contact
  WHERE id IN (SELECT CAST(value AS INTEGER) FROM json_each(:contacts))
  AND json_extract(attributes, '$.email') IS NOT NULL ORDER BY 1
"""
_TARGETS = """
SELECT target.id FROM run CROSS JOIN target INDEXED BY target_contact ON target.run_id = run.id
WHERE target.contact_id IN (SELECT CAST(value AS INTEGER) FROM json_each(:contacts)) ORDER BY 1
"""
# Along the two indexes by number and the two by target: the open ones, and the ended ones.
_ATTEMPTS = """
SELECT id FROM attempt WHERE number IN (SELECT value FROM json_each(:addresses)) AND disposition IS NOT NULL
UNION SELECT id FROM attempt WHERE number IN (SELECT value FROM json_each(:addresses)) AND disposition IS NULL
UNION SELECT id FROM attempt WHERE target_id IN (SELECT CAST(value AS INTEGER) FROM json_each(:targets))
  AND disposition IS NOT NULL
UNION SELECT id FROM attempt WHERE target_id IN (SELECT CAST(value AS INTEGER) FROM json_each(:targets))
  AND disposition IS NULL
ORDER BY 1
"""
_WAITING = """
SELECT target.run_id, target.contact_id FROM target JOIN run ON run.id = target.run_id
WHERE target.id IN (SELECT CAST(value AS INTEGER) FROM json_each(:targets))
  AND run.finished_at IS NULL AND target.state <> 'done'
"""
_LONGEST = 1000  # rows of one kind in an export; nobody is called as often


class SqlPersons:
    """Implements ports.Persons on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, *, contact_id: ContactId | None = None, address: str | None = None) -> Person:
        contacts: set[int] = set() if contact_id is None else {contact_id}
        given = () if address is None else (address,)
        if address is not None and "@" in address:
            contacts |= {row[0] for row in self._connection.execute(_WITH_EMAIL, (as_address(address),))}
        contacts |= self._with_number(given)
        addresses = {*given, *self._addresses(contacts)}
        contacts |= self._with_number(sorted(addresses))
        addresses |= self._addresses(contacts)
        return Person(contacts=tuple(map(ContactId, sorted(contacts))), addresses=tuple(sorted(addresses)))

    def _with_number(self, numbers: Sequence[str]) -> set[int]:
        return {row[0] for row in self._connection.execute(_WITH_NUMBER, {"numbers": to_json(tuple(numbers))})}

    def _addresses(self, contacts: set[int]) -> set[str]:
        asked = {"contacts": to_json(tuple(sorted(contacts)))}
        return {row[0] for row in self._connection.execute(_ADDRESSES, asked)}

    def _asked(self, person: Person) -> dict[str, str]:
        """The lists that the places are found by."""
        asked = {
            "contacts": to_json(person.contacts),
            "addresses": to_json(person.addresses),
            "needles": to_json(person.needles),
        }
        asked["targets"] = self._ids(_TARGETS, asked)
        asked["attempts"] = self._ids(_ATTEMPTS, asked)
        return asked

    def _ids(self, query: str, asked: Mapping[str, str]) -> str:
        return to_json(tuple(row[0] for row in self._connection.execute(query, asked)))

    def held(self, person: Person, *, with_audit: bool) -> dict[str, list[dict[str, Any]]]:
        asked = self._asked(person)
        found = {place.title: self._rows(place, asked) for place in PLACES}
        if not with_audit:
            return found
        audit = self._connection.execute("SELECT id, at, actor, action, subject, detail FROM audit ORDER BY id")
        names = ("id", "at", "actor", "action", "subject", "detail")
        found["audit"] = [
            dict(zip(names, row, strict=True))
            for row in audit
            if has_any(f"{row[4]} {row[5]}", person.needles) or _is_of_contact(row[3], row[4], person.contacts)
        ]
        return found

    def _rows(self, place: Place, asked: Mapping[str, str]) -> list[dict[str, Any]]:
        cursor = self._connection.execute(place.select, {**asked, "most": _LONGEST})
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def is_in_call(self, person: Person) -> bool:
        row = self._connection.execute(
            "SELECT 1 FROM attempt WHERE id IN (SELECT value FROM json_each(:attempts)) AND disposition IS NULL",
            self._asked(person),
        ).fetchone()
        return row is not None

    def waiting(self, person: Person) -> list[tuple[RunId, ContactId]]:
        rows = self._connection.execute(_WAITING, self._asked(person)).fetchall()
        return [(RunId(run), ContactId(contact)) for run, contact in rows]

    def erase(self, person: Person) -> dict[str, int]:
        asked = self._asked(person)
        self._scrub_reasons(asked, person.needles)
        counts = {}
        lists = self._connection.execute(
            "SELECT list_id, count(*) FROM contact WHERE id IN"
            " (SELECT CAST(value AS INTEGER) FROM json_each(:contacts))"
            " GROUP BY 1",
            asked,
        ).fetchall()
        for place in PLACES:
            if place.erase is not None:
                counts[place.title] = self._connection.execute(place.erase, asked).rowcount
        self._connection.executemany(
            "UPDATE contact_list SET contacts = contacts - ? WHERE id = ?", [(count, each) for each, count in lists]
        )
        self._connection.execute("INSERT INTO erasure (needles, contacts) VALUES (:needles, :contacts)", asked)
        return counts

    def _scrub_reasons(self, asked: Mapping[str, str], needles: Sequence[str]) -> None:
        """What a route or a trunk has said of an attempt stays, without the address."""
        rows = self._connection.execute(
            "SELECT id, reason FROM attempt WHERE id IN (SELECT value FROM json_each(:attempts)) AND reason <> ''",
            asked,
        ).fetchall()
        self._connection.executemany(
            "UPDATE attempt SET reason = ? WHERE id = ?",
            [(scrubbed(reason, needles), each) for each, reason in rows if has_any(reason, needles)],
        )

    def sweep(self, *, size: int) -> bool:
        row = self._connection.execute(
            "SELECT id, needles, contacts, swept FROM erasure ORDER BY id LIMIT 1"
        ).fetchone()
        if row is None:
            return True
        erasure, needles, contacts, after = row[0], json.loads(row[1]), tuple(json.loads(row[2])), row[3]
        rows = self._connection.execute(
            "SELECT id, action, subject, detail FROM audit WHERE id > ? ORDER BY id LIMIT ?", (after, size)
        ).fetchall()
        changed = []
        for number, action, subject, detail in rows:
            if _is_of_contact(action, subject, contacts):
                changed.append((subject, "{}", number))
            elif has_any(f"{subject} {detail}", needles):
                changed.append((scrubbed(subject, needles), scrubbed(detail, needles), number))
        with open_audit(self._connection):
            self._connection.executemany("UPDATE audit SET subject = ?, detail = ? WHERE id = ?", changed)
        if len(rows) < size:
            self._connection.execute("DELETE FROM erasure WHERE id = ?", (erasure,))
        else:
            self._connection.execute("UPDATE erasure SET swept = ? WHERE id = ?", (rows[-1][0], erasure))
        return len(rows) < size and self._connection.execute("SELECT 1 FROM erasure").fetchone() is None

    def unwanted_recordings(self, *, limit: int) -> list[UnwantedRecording]:
        rows = self._connection.execute("SELECT name, asterisk FROM recording WHERE is_unwanted LIMIT ?", (limit,))
        return [UnwantedRecording(name, asterisk) for name, asterisk in rows.fetchall()]

    def forget_recording(self, name: str) -> None:
        self._connection.execute("DELETE FROM recording WHERE name = ?", (name,))

    def due(self, kind: Kind, *, before: datetime) -> int:
        return forgetting.due(self._connection, kind, before)

    def forget(self, kind: Kind, *, before: datetime, size: int) -> int:
        with open_audit(self._connection):
            return forgetting.forget(self._connection, kind, before, size)


@contextmanager
def open_audit(connection: Connection) -> Iterator[None]:
    """The one way to change the audit log, within one transaction (m045_forgetting.py)."""
    connection.execute("UPDATE audit_door SET is_open = TRUE")
    try:
        yield
    finally:
        connection.execute("UPDATE audit_door SET is_open = FALSE")


def _is_of_contact(action: str, subject: str, contacts: Sequence[int]) -> bool:
    """Whether a row tells of something done to one of the contacts, whose attributes it may have."""
    of_contact = action.startswith(("contact_", "attribute_", "note_", "callback_"))
    return of_contact and subject.isdigit() and int(subject) in contacts
