"""The floor: agents, calls that are up, people who wait, queues; and one contact's way through a campaign.

Not here: what a supervisor does about it (agents), live changes (the socket).
"""

from __future__ import annotations

from dataclasses import replace

from dialerd.domain.user import Right
from dialerd.usecases import floor as use
from dialerd.usecases import timeline
from dialerd.web.binding import Ask, Route, Streamed
from dialerd.web.resources.campaigns import is_shown_to, queues_of
from dialerd.web.resources.reach import is_others_call, queues_by_campaign
from dialerd.web.resources.runs import WhichRun


def show_floor(ask: Ask[None, None]) -> use.Floor:
    """What goes on now. Whoever is held to queues sees theirs."""
    found, person = use.floor(ask.unit, now=ask.now), ask.person
    if person.queues is None:
        return found
    known = queues_by_campaign(ask.unit, person)
    rows = {each.campaign: ask.unit.campaigns.get(each.campaign) for each in found.calls}
    return replace(
        found,
        agents=[
            _without_call(each) if is_others_call(person, each.campaign or "", known) else each
            for each in found.agents
            if person.serves(each.queues)
        ],
        calls=[each for each in found.calls if (row := rows[each.campaign]) and is_shown_to(person, row.spec)],
        waiting=[each for each in found.waiting if person.serves((each.queue,))],
        queues=[each for each in found.queues if person.serves((each.queue,))],
    )


def _without_call(agent: use.FloorAgent) -> use.FloorAgent:
    return replace(agent, campaign=None, attempt_id=None, why="", consults=None, listeners=())


def show_timeline(ask: Ask[WhichRun, None]) -> timeline.Timeline:
    """What became of a contact in a run, from eligible to what is next."""
    contact_id = int(ask.path["contact_id"])
    return timeline.timeline(ask.unit, ask.path["name"], contact_id, run=ask.query.run, now=ask.now)


ROUTES: tuple[Route | Streamed, ...] = (
    Route(method="GET", path="/api/floor", do=show_floor, right=Right.SEE),
    Route(
        method="GET",
        path="/api/campaigns/{name}/contacts/{contact_id:[0-9]{1,18}}/timeline",
        do=show_timeline,
        right=Right.SEE,
        on=queues_of,
    ),
)
