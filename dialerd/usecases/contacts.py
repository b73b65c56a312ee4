"""What a person can ask of contacts.

Not here: whole files of them (importing.py); why a contact is not called (explain.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from dialerd.domain.contact import Contact, attribute_trouble
from dialerd.domain.errors import AlreadyExistsError, BadInputError, NotFoundError
from dialerd.domain.hours import is_zone
from dialerd.domain.phone import BadNumber, PhoneNumber, parse_number
from dialerd.domain.words import ContactId
from dialerd.ports import ContactRow, ListRow, Unit
from dialerd.usecases.lists import get_list

ATTRIBUTE = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
MAX_PRIORITY = 999_999
_LARGEST_ID = 2**63 - 1  # SQLite's; a person may give any whole number


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
    read = [read_number(text, region=target.region) for text in numbers]
    if not read:
        raise BadInputError("a contact needs a number", hint="give at least one")
    if zone is not None and not is_zone(zone):
        raise BadInputError(f"{zone[:40]!r} is no time zone", hint="use a name like America/New_York")
    if abs(priority) > MAX_PRIORITY:
        raise BadInputError(f"priority {priority} is out of range", hint=f"use -{MAX_PRIORITY} to {MAX_PRIORITY}")
    contact = Contact(
        numbers=tuple({number.e164: number for number in read}.values()),
        attributes=_checked(attributes),
        zone=zone,
        priority=priority,
    )
    first = contact.numbers[0].e164
    added, _ = unit.contacts.add(target.id, [contact], now)
    # A contact that has the number further back is another one: only first numbers are unique in a list.
    mine = next(
        each
        for each in unit.contacts.find(first)
        if each.list_name == list_name and each.contact.numbers[0].e164 == first
    )
    if not added:
        raise AlreadyExistsError(
            f"list {list_name} has that number already, as contact {mine.id}",
            hint=f"see dialerd contact show {mine.id}",
        )
    unit.audit.add(actor=actor, action="contact_added", subject=str(mine.id), detail={"list": list_name}, now=now)
    return mine


def read_number(text: str, *, region: str) -> PhoneNumber:
    """A number given by a person. Raises BadInputError."""
    number = parse_number(text, region=region)
    if isinstance(number, BadNumber):
        raise BadInputError(f"{number.text!r} {number.reason}", hint="write it like +12125550100")
    return number


def _checked(attributes: Mapping[str, str]) -> dict[str, str]:
    for name, value in attributes.items():
        if not ATTRIBUTE.match(name):
            raise BadInputError(f"{name[:40]!r} is no attribute name", hint="use a-z, 0-9 and _, up to 40 characters")
        if trouble := attribute_trouble(name, value):
            raise BadInputError(f"attribute {name} {trouble}", hint="correct it or leave it out")
    return dict(attributes)


def set_attribute(unit: Unit, contact_id: int, name: str, value: str, *, actor: str, now: datetime) -> ContactRow:
    """Write one attribute of a contact; an empty value is one, too. Raises NotFoundError, BadInputError.

    A run's filter is held against it when contacts are looked at again, not before.
    """
    row = get_contact(unit, contact_id)
    unit.contacts.set_attributes(row.id, _checked({name: value}))
    detail = {"attribute": name}  # no values: what is overwritten about a person is to be gone
    unit.audit.add(actor=actor, action="attribute_set", subject=str(row.id), detail=detail, now=now)
    return get_contact(unit, contact_id)


def get_contact(unit: Unit, contact_id: int) -> ContactRow:
    row = unit.contacts.get(ContactId(contact_id)) if 0 < contact_id <= _LARGEST_ID else None
    if row is None:
        raise NotFoundError(f"there is no contact {contact_id}", hint="look it up with dialerd contact find NUMBER")
    return row


def contacts_of_list(unit: Unit, row: ListRow, *, after: int = 0, limit: int) -> list[ContactRow]:
    """The contacts of a list in the order of their ids, those that come after that id."""
    return unit.contacts.of_list(row.id, after=ContactId(after), limit=limit)


def find_contacts(unit: Unit, text: str, *, region: str) -> list[ContactRow]:
    """Every contact with that number."""
    return unit.contacts.find(read_number(text, region=region).e164)
