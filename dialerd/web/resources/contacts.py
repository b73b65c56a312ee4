"""Single contacts: looked up, added as they come in, changed.

Not here: whole files of them (uploads.py), their lists (lists.py), what they have written (replies.py).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from dialerd.domain.user import Right
from dialerd.ports import ContactRow, NoteRow
from dialerd.usecases import agentpage
from dialerd.usecases import contacts as use
from dialerd.usecases.lists import get_list
from dialerd.web.binding import Ask, Model, Query, Route, Streamed
from dialerd.web.paging import Asked, Page, page
from dialerd.web.resources.reach import lists_of, queues_of_contact, queues_of_list

Texts = list[str]
Attributes = Annotated[dict[str, str], Field(max_length=200)]


class ContactShown(Model):
    contact_id: int
    list: str
    numbers: Texts
    zone: str | None
    zones: Texts
    priority: int
    attributes: dict[str, str]


class NewContact(Model):
    numbers: Annotated[Texts, Field(min_length=1, max_length=20)]
    attributes: Attributes = Field(default_factory=dict)
    zone: str | None = None
    priority: Annotated[int, Field(ge=-use.MAX_PRIORITY, le=use.MAX_PRIORITY)] = 0


class NewAttributes(Model):
    """Written over those of the same names; the others stay."""

    attributes: Annotated[Attributes, Field(min_length=1)]


class NoteShown(Model):
    contact_id: int
    at: datetime
    actor: str
    text: str


class NewNote(Model):
    text: Annotated[str, Field(min_length=1, max_length=agentpage.LONGEST_NOTE)]


class NumberAsked(Query):
    number: str


def contacts_of_list(ask: Ask[Asked, None]) -> Page[ContactShown]:
    """The contacts of a list, as they were imported."""
    row = get_list(ask.unit, ask.path["name"])
    rows = use.contacts_of_list(ask.unit, row, after=ask.query.after_id() or 0, limit=ask.query.limit + 1)
    return page(rows, ask.query, key=lambda each: (each.id,), show=contact_document)


def add_contact(ask: Ask[None, NewContact]) -> ContactShown:
    """Add one contact to a list; a run that goes on takes it in."""
    return contact_document(
        use.add_contact(
            ask.unit,
            ask.path["name"],
            ask.body.numbers,
            attributes=ask.body.attributes,
            zone=ask.body.zone,
            priority=ask.body.priority,
            actor=ask.actor,
            now=ask.now,
        )
    )


def find_contacts(ask: Ask[NumberAsked, None]) -> list[ContactShown]:
    """The contacts with that number, in the lists that you see."""
    found, mine = use.find_contacts(ask.unit, ask.query.number, region=ask.house.region), lists_of(ask.unit, ask.person)
    return [contact_document(row) for row in found if mine is None or row.list_name in mine]


def show_contact(ask: Ask[None, None]) -> ContactShown:
    """One contact."""
    return contact_document(use.get_contact(ask.unit, _id(ask)))


def change_contact(ask: Ask[None, NewAttributes]) -> ContactShown:
    """Write attributes of a contact."""
    for name, value in ask.body.attributes.items():
        use.set_attribute(ask.unit, _id(ask), name, value, actor=ask.actor, now=ask.now)
    return contact_document(use.get_contact(ask.unit, _id(ask)))


def list_notes(ask: Ask[None, None]) -> list[NoteShown]:
    """What was written down about a contact, the latest first."""
    return [note_document(each) for each in agentpage.notes(ask.unit, _id(ask))]


def add_note(ask: Ask[None, NewNote]) -> NoteShown:
    """Write something down about a contact, for whoever talks to it next."""
    return note_document(agentpage.add_note(ask.unit, _id(ask), ask.body.text, actor=ask.actor, now=ask.now))


def note_document(row: NoteRow) -> NoteShown:
    return NoteShown(contact_id=row.contact_id, at=row.at, actor=row.actor, text=row.text)


def contact_document(row: ContactRow) -> ContactShown:
    return ContactShown(
        contact_id=row.id,
        list=row.list_name,
        numbers=[number.e164 for number in row.contact.numbers],
        zone=row.contact.zone,
        zones=list(row.contact.numbers[0].zones),
        priority=row.contact.priority,
        attributes=dict(row.contact.attributes),
    )


def _id(ask: Ask[Any, Any]) -> int:
    return int(ask.path["contact_id"])


_OF_LIST, _ONE = "/api/lists/{name}/contacts", "/api/contacts/{contact_id:[0-9]{1,18}}"
_NOTES = _ONE + "/notes"

ROUTES: tuple[Route | Streamed, ...] = (
    Route(method="GET", path=_OF_LIST, do=contacts_of_list, right=Right.SEE, on=queues_of_list),
    Route(method="POST", path=_OF_LIST, do=add_contact, right=Right.DEFINE, status=201, idempotent=True),
    Route(method="GET", path="/api/contacts", do=find_contacts, right=Right.SEE),
    Route(method="GET", path=_ONE, do=show_contact, right=Right.SEE, on=queues_of_contact),
    Route(method="PATCH", path=_ONE, do=change_contact, right=Right.DEFINE, shows=show_contact),
    Route(method="GET", path=_NOTES, do=list_notes, right=Right.SEE, on=queues_of_contact),
    Route(
        method="POST", path=_NOTES, do=add_note, right=Right.STEER, on=queues_of_contact, status=201, idempotent=True
    ),
)
