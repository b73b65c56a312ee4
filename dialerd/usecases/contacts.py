"""What a person can ask of contacts.

Not here: reading files (adapters/files); why a contact is not called (explain.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from dialerd.domain.campaign import is_zone
from dialerd.domain.contact import MAX_TEXT, Contact
from dialerd.domain.errors import BadInputError, NotFoundError
from dialerd.domain.phone import BadNumber, PhoneNumber, parse_number
from dialerd.domain.words import ContactId
from dialerd.ports import ContactRow, ListRow, Unit
from dialerd.usecases.lists import get_list

ATTRIBUTE = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")


def import_chunk(unit: Unit, target: ListRow, contacts: Sequence[Contact], *, now: datetime) -> tuple[int, int]:
    """Add one chunk of a file: (added, left out as already in the list). Each chunk is a transaction of its own."""
    return unit.contacts.add(target.id, contacts, now)


def import_done(
    unit: Unit, target: ListRow, *, source: str, added: int, rejected: int, actor: str, now: datetime
) -> None:
    """The audit row of a whole import."""
    detail = {"file": source, "added": added, "rejected": rejected}
    unit.audit.add(actor=actor, action="list_imported", subject=target.name, detail=detail, now=now)


def add_contact(
    unit: Unit,
    list_name: str,
    numbers: Sequence[str],
    *,
    attributes: Mapping[str, str],
    zone: str | None,
    priority: int,
    actor: str,
    now: datetime,
) -> ContactRow:
    """One contact by hand."""
    target = get_list(unit, list_name)
    contact = Contact(
        numbers=tuple(read_number(text, region=target.region) for text in numbers),
        attributes=_checked(attributes),
        zone=zone,
        priority=priority,
    )
    if zone is not None and not is_zone(zone):
        raise BadInputError(f"{zone!r} is no time zone", hint="use a name like America/New_York")
    added, _ = unit.contacts.add(target.id, [contact], now)
    row = unit.contacts.find(contact.numbers[0].e164)
    mine = next(each for each in row if each.list_name == list_name)
    if not added:
        raise BadInputError(f"list {list_name} has that number already, as contact {mine.id}")
    unit.audit.add(actor=actor, action="contact_added", subject=str(mine.id), detail={"list": list_name}, now=now)
    return mine


def read_number(text: str, *, region: str) -> PhoneNumber:
    """A number given by a person. Raises BadInputError."""
    number = parse_number(text, region=region)
    if isinstance(number, BadNumber):
        raise BadInputError(f"{number.text!r} {number.reason}")
    return number


def _checked(attributes: Mapping[str, str]) -> dict[str, str]:
    for name, value in attributes.items():
        if not ATTRIBUTE.match(name):
            raise BadInputError(f"{name[:40]!r} is no attribute name", hint="use a-z, 0-9 and _, up to 40 characters")
        if len(value) > MAX_TEXT:
            raise BadInputError(f"attribute {name} is longer than {MAX_TEXT} characters")
    return dict(attributes)


def get_contact(unit: Unit, contact_id: int) -> ContactRow:
    row = unit.contacts.get(ContactId(contact_id))
    if row is None:
        raise NotFoundError(f"there is no contact {contact_id}", hint="look it up with dialerd contact find NUMBER")
    return row


def find_contacts(unit: Unit, text: str, *, region: str) -> list[ContactRow]:
    """Every contact with that number."""
    return unit.contacts.find(read_number(text, region=region).e164)
