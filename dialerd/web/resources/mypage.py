"""What an agent's own page shows beside its state, and the notes on the person in front of it.

Not here: what the agent does (me.py, steering.py), what belongs on the page (usecases/agentpage.py).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dialerd.domain.errors import ForbiddenError, NotFoundError
from dialerd.domain.user import Right
from dialerd.usecases import agentpage as use
from dialerd.web.binding import Ask, Model, Route
from dialerd.web.resources.contacts import NoteShown, note_document
from dialerd.web.resources.reach import own_agent


class OwnNote(Model):
    contact_id: Annotated[int, Field(ge=1, lt=2**63)]
    text: Annotated[str, Field(min_length=1, max_length=use.LONGEST_NOTE)]


def show_page(ask: Ask[None, None]) -> use.AgentPage:
    """My jobs, my callbacks, and the card of whom I am shown or talk to, or have just talked to."""
    return use.page(ask.unit, own_agent(ask.person), now=ask.now)


def list_notes(ask: Ask[None, None]) -> list[NoteShown]:
    """What was written down about the person in front of me, the latest first."""
    card = use.card(ask.unit, own_agent(ask.person), now=ask.now)
    if card is None:
        raise NotFoundError("nobody is in front of you", hint="wait for the next call")
    return [note_document(each) for each in card.notes]


def add_note(ask: Ask[None, OwnNote]) -> NoteShown:
    """Write something down about the person in front of me, for whoever talks to them next."""
    card = use.card(ask.unit, own_agent(ask.person), now=ask.now)
    if card is None or card.contact_id != ask.body.contact_id:
        raise ForbiddenError("that contact is not in front of you", hint="ask a supervisor to note it")
    return note_document(use.add_note(ask.unit, card.contact_id, ask.body.text, actor=ask.actor, now=ask.now))


_NOTES = "/api/me/notes"

ROUTES: tuple[Route, ...] = (
    Route(method="GET", path="/api/me/page", do=show_page, right=Right.OWN),
    Route(method="GET", path=_NOTES, do=list_notes, right=Right.OWN),
    Route(method="POST", path=_NOTES, do=add_note, right=Right.OWN, status=201, idempotent=True),
)
