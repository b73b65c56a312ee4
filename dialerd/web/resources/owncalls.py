"""What an agent reaches of the people that it talks to: its last call's result, and promises to those whom it knows.

Not here: what supervisors of some queues reach (reach.py).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from dialerd.domain.errors import ForbiddenError
from dialerd.ports import AttemptRow, Unit
from dialerd.usecases import agentpage
from dialerd.usecases.agents import get_agent
from dialerd.usecases.callbacks import Wish
from dialerd.usecases.contacts import get_contact, read_number
from dialerd.usecases.standing import get_campaign

REWRITTEN_FOR = timedelta(hours=1)
"""That an agent may think again of how its last call went; results that were reported are a supervisor's."""


def check_last_call(unit: Unit, agent: str, attempt: AttemptRow | None, now: datetime) -> AttemptRow:
    """The attempt, where it is the agent's present or last one. Raises ForbiddenError."""
    row = get_agent(unit, agent)
    if attempt is None or attempt.agent != agent:
        raise ForbiddenError("that call was not yours", hint="give it to the last one you had")
    if attempt.id == row.seen.attempt_id or attempt.ended_at is None:
        return attempt
    if attempt.id != unit.agents.last_talk(agent):
        raise ForbiddenError("you have had another call since", hint="ask a supervisor to change that one")
    if now - attempt.ended_at > REWRITTEN_FOR:
        raise ForbiddenError("that call is over for more than an hour", hint="ask a supervisor to change it")
    return attempt


def check_promise_after(unit: Unit, agent: str, attempt: AttemptRow) -> None:
    """Raises ForbiddenError where another agent has promised that person a call: it is not taken away by the way."""
    run = unit.runs.get(attempt.run_id)
    contact_id = unit.callbacks.contact_of(attempt.target_id)
    present = None if run is None else unit.callbacks.scheduled(run.campaign_id, contact_id)
    if present is not None and present.agent not in (None, agent):
        raise ForbiddenError(
            f"agent {present.agent} has promised that person a call already",
            hint="give no time, and that one stays; or ask a supervisor",
        )


def check_promise(unit: Unit, agent: str, campaign: str, contact_id: int, wish: Wish, *, now: datetime) -> None:
    """Raises ForbiddenError for a contact that the agent neither sees nor has ever talked to in the campaign, and for
    a number that is not the contact's: only who is in front of the agent can have asked for another."""
    card = agentpage.card(unit, agent, now=now)
    if card is not None and (card.campaign, card.contact_id) == (campaign, contact_id):
        return
    if not unit.agents.has_talked(agent, get_campaign(unit, campaign).id, contact_id):
        raise ForbiddenError("you have never talked to that contact", hint="ask a supervisor")
    if wish.number is None:
        return
    contact = get_contact(unit, contact_id).contact
    if read_number(wish.number, region="").e164 not in {each.e164 for each in contact.numbers}:
        raise ForbiddenError("that number is not one of the contact's", hint="ask a supervisor")
