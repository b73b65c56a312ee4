"""What people have written back: of one contact, and the latest of all.

Not here: what comes of a reply (usecases/replies.py).
"""

from __future__ import annotations

from datetime import datetime

from dialerd.domain.user import Right
from dialerd.ports import ReplyRow
from dialerd.usecases import contacts
from dialerd.web.binding import Ask, Model, Route
from dialerd.web.paging import Asked, Page, cursor_of
from dialerd.web.resources.reach import lists_of, queues_of_contact

_OF_ONE = 100


class ReplyShown(Model):
    """`did`: what came of it, in a few words."""

    at: datetime
    route: str
    sender: str
    subject: str
    text: str
    did: str


class ReplyListed(ReplyShown):
    """`contact_id` and `attempt_id`: whom it is from and what it answers, where that is known."""

    reply: int
    contact_id: int | None
    attempt_id: str | None


def list_of_contact(ask: Ask[None, None]) -> list[ReplyShown]:
    """What a contact has written back, the latest first."""
    row = contacts.get_contact(ask.unit, int(ask.path["contact_id"]))
    return [ReplyShown.model_validate(_facts(each)) for each in ask.unit.messages.replies(row.id, limit=_OF_ONE)]


def list_replies(ask: Ask[Asked, None]) -> Page[ReplyListed]:
    """What was written back, the latest first; whoever is held to queues sees that of their contacts, and a page may
    have fewer of them than `limit`."""
    rows = ask.unit.messages.latest_replies(before_id=ask.query.after_id(), limit=ask.query.limit + 1)
    shown, mine = rows[: ask.query.limit], lists_of(ask.unit, ask.person)
    if mine is not None:
        shown = [each for each in shown if _list_of(ask, each[1]) in mine]
    return Page(
        items=[
            ReplyListed.model_validate(
                {**_facts(row), "reply": number, "contact_id": row.contact_id, "attempt_id": row.attempt_id}
            )
            for number, row in shown
        ],
        next=cursor_of((rows[ask.query.limit - 1][0],)) if len(rows) > ask.query.limit else None,
    )


def _list_of(ask: Ask[Asked, None], row: ReplyRow) -> str | None:
    found = None if row.contact_id is None else ask.unit.contacts.get(row.contact_id)
    return None if found is None else found.list_name


def _facts(row: ReplyRow) -> dict[str, object]:
    return {key: getattr(row, key) for key in ReplyShown.model_fields}


ROUTES: tuple[Route, ...] = (
    Route(method="GET", path="/api/replies", do=list_replies, right=Right.SEE),
    Route(
        method="GET",
        path="/api/contacts/{contact_id:[0-9]{1,18}}/replies",
        do=list_of_contact,
        right=Right.SEE,
        on=queues_of_contact,
    ),
)
