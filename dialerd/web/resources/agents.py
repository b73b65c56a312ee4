"""Agents, as supervisors see and steer them.

Not here: what an agent does by itself (me.py), calls steered by people (steering.py).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from dialerd.domain.errors import ForbiddenError
from dialerd.domain.user import Person, Right
from dialerd.domain.words import AgentKind
from dialerd.ports import AgentEventRow, AgentRow, Unit
from dialerd.usecases import agentpage, recordings
from dialerd.usecases import agents as use
from dialerd.usecases.standing import get_campaign
from dialerd.web.binding import Ask, Model, Moment, Path, Route, changes_by_itself
from dialerd.web.paging import Asked, Page, Searched, page, page_of_all
from dialerd.web.resources.reach import check_call, is_others_call, queues_by_campaign

Name = Annotated[str, Field(min_length=1, max_length=64)]


class WantedShown(Model):
    state: str
    since: datetime
    reason: str


class AgentShown(Model):
    """Where an agent is, why, and what it wants to be. `is_muted`, `is_holding` (the person hears music) and `consults`
    (whom it asks meanwhile) are of the call that it has."""

    agent: str
    endpoint: str
    kind: str
    may_outbound: bool
    queues: list[str]
    state: str
    since: datetime
    idle_since: datetime
    reason: str
    campaign: str | None
    why: str
    attempt_id: str | None
    is_muted: bool
    is_holding: bool
    consults: str | None
    wanted: WantedShown
    preferred: list[str]
    asterisk: str | None


class AgentWithJobs(AgentShown):
    """`campaigns`: those that go on and that it can prefer and be given."""

    campaigns: list[str]


class NewAgent(Model):
    agent: Name
    endpoint: Annotated[str, Field(max_length=200)]
    kind: AgentKind = AgentKind.OUTBOUND
    may_outbound: bool = True


class AgentChange(Model):
    endpoint: Annotated[str, Field(max_length=200)] | None = None
    kind: AgentKind | None = None
    may_outbound: bool | None = None


class Login(Model):
    """`endpoint`: the phone, kept from then on; null: the one it has."""

    endpoint: Annotated[str, Field(max_length=200)] | None = None


class Pause(Model):
    reason: Annotated[str, Field(max_length=200)] = ""


class Switch(Model):
    on: bool


class Preferred(Model):
    """None: the agent works for any campaign of its queues."""

    campaigns: Annotated[list[Name], Field(max_length=100)]


class EventShown(Model):
    agent: str
    at: datetime
    state: str
    reason: str
    campaign: str
    attempt_id: str | None


class EventsAsked(Asked):
    since: Moment | None = None


def queues_of_agent(unit: Unit, path: Path) -> Collection[str]:
    """The queues that the agent of a path serves."""
    return [queue.name for queue in use.queues_of(unit, use.get_agent(unit, path["name"]).name)]


def list_agents(ask: Ask[Searched, None]) -> Page[AgentShown]:
    """Every agent."""
    rows = [
        (row, queues)
        for row, queues in use.list_agents(ask.unit)
        if ask.person.serves(queues) and ask.query.finds(row.name)
    ]
    known = queues_by_campaign(ask.unit, ask.person)

    def show(pair: tuple[AgentRow, Sequence[str]]) -> AgentShown:
        return _as_seen(agent_document(*pair), ask.person, known)

    return page_of_all(rows, ask.query, key=lambda pair: (pair[0].name,), show=show)


@changes_by_itself(*(AgentWithJobs.model_fields.keys() - {"agent", "endpoint", "kind", "may_outbound", "queues"}))
def show_agent(ask: Ask[None, None]) -> AgentWithJobs:
    """One agent."""
    return with_jobs(ask, ask.path["name"])


def add_agent(ask: Ask[None, NewAgent]) -> AgentShown:
    """Make an agent. It takes calls once a queue names it and it is logged in."""
    row = use.add_agent(
        ask.unit,
        ask.body.agent,
        endpoint=ask.body.endpoint,
        kind=ask.body.kind,
        may_outbound=ask.body.may_outbound,
        allowed=ask.house.phones,
        actor=ask.actor,
        now=ask.now,
    )
    return agent_document(row, ())


def change_agent(ask: Ask[None, AgentChange]) -> AgentWithJobs:
    """Change an agent; a call that it has goes on."""
    use.change_agent(
        ask.unit,
        ask.path["name"],
        endpoint=ask.body.endpoint,
        kind=ask.body.kind,
        may_outbound=ask.body.may_outbound,
        allowed=ask.house.phones,
        actor=ask.actor,
        now=ask.now,
    )
    return with_jobs(ask, ask.path["name"])


def delete_agent(ask: Ask[None, None]) -> None:
    """Delete an agent that is logged out and in no queue."""
    use.delete_agent(ask.unit, ask.path["name"], actor=ask.actor, now=ask.now)


def login(ask: Ask[None, Login]) -> AgentWithJobs:
    """Have the agent's phone reached; it is logged in when that has answered."""
    return log_in(ask, ask.path["name"], ask.body.endpoint)


def log_in(ask: Ask[Any, Any], name: str, endpoint: str | None) -> AgentWithJobs:
    use.login(ask.unit, name, endpoint=endpoint, allowed=ask.house.phones, actor=ask.actor, now=ask.now)
    return with_jobs(ask, name)


def logout(ask: Ask[None, None]) -> AgentWithJobs:
    """Log the agent out, after its call and wrap-up."""
    return act(ask, ask.path["name"], use.logout)


def pause(ask: Ask[None, Pause]) -> AgentWithJobs:
    """Give the agent no more calls until it is ready again."""
    name = ask.path["name"]
    use.pause(ask.unit, name, reason=ask.body.reason, actor=ask.actor, now=ask.now)
    return with_jobs(ask, name)


def ready(ask: Ask[None, None]) -> AgentWithJobs:
    """Give the agent calls again; ends a pause or a wrap-up."""
    return act(ask, ask.path["name"], use.ready)


def hangup(ask: Ask[None, None]) -> AgentWithJobs:
    """End the agent's conversation; its phone is kept."""
    check_call(ask.unit, ask.person, ask.path["name"])
    return act(ask, ask.path["name"], use.hang_up)


def record(ask: Ask[None, Switch]) -> AgentWithJobs:
    """Record the call that the agent has, or no more."""
    name = ask.path["name"]
    check_call(ask.unit, ask.person, name)
    recordings.record_agent(ask.unit, name, wanted=ask.body.on, actor=ask.actor, now=ask.now)
    return with_jobs(ask, name)


def prefer(ask: Ask[None, Preferred]) -> AgentWithJobs:
    """Have the agent work for these campaigns only; none: for any."""
    name, known = ask.path["name"], queues_by_campaign(ask.unit, ask.person)
    for each in use.get_agent(ask.unit, name).preferred ^ set(ask.body.campaigns):
        get_campaign(ask.unit, each)
        if is_others_call(ask.person, each, known):
            raise ForbiddenError(f"campaign {each} is of none of your queues", hint="leave it as it is")
    agentpage.set_preferred(ask.unit, name, ask.body.campaigns, actor=ask.actor, now=ask.now)
    return with_jobs(ask, name)


def list_events(ask: Ask[EventsAsked, None]) -> Page[EventShown]:
    """What happened to the agent, the latest first."""
    asked = ask.query
    rows = use.events(
        ask.unit, ask.path["name"], since=asked.since, after=asked.after_moment(int), limit=asked.limit + 1
    )
    known = queues_by_campaign(ask.unit, ask.person)

    def show(row: AgentEventRow) -> EventShown:
        shown = _event(row)
        if not is_others_call(ask.person, row.campaign, known):
            return shown
        return shown.model_copy(update={"campaign": "", "attempt_id": None})

    return page(rows, asked, key=lambda each: (each.at, each.id), show=show)


def act(ask: Ask[Any, Any], name: str, do: Callable[..., object]) -> AgentWithJobs:
    do(ask.unit, name, actor=ask.actor, now=ask.now)
    return with_jobs(ask, name)


def with_jobs(ask: Ask[Any, Any], name: str) -> AgentWithJobs:
    row, unit = use.get_agent(ask.unit, name), ask.unit
    known = queues_by_campaign(unit, ask.person)
    shown = _as_seen(agent_document(row, [queue.name for queue in use.queues_of(unit, name)]), ask.person, known)
    campaigns = [each for each in use.open_campaigns(unit, name) if not is_others_call(ask.person, each, known)]
    return AgentWithJobs(**shown.model_dump(), campaigns=campaigns)


def _as_seen(shown: AgentShown, person: Person, known: Mapping[str, str | None]) -> AgentShown:
    """To whoever is held to queues, an agent of theirs is busy while it has a call of another queue, and no more."""
    return without_call(shown) if is_others_call(person, shown.campaign or "", known) else shown


def without_call(shown: AgentShown) -> AgentShown:
    return shown.model_copy(update={"campaign": None, "attempt_id": None, "why": "", "consults": None})


def agent_document(row: AgentRow, queues: Sequence[str]) -> AgentShown:
    seen, wanted = row.seen, row.wanted
    return AgentShown(
        agent=row.name,
        endpoint=row.endpoint,
        kind=str(row.kind),
        may_outbound=row.may_outbound,
        queues=list(queues),
        state=str(seen.state),
        since=seen.since,
        idle_since=seen.idle_since,
        reason=seen.reason,
        campaign=seen.campaign or None,
        why=seen.why,
        attempt_id=seen.attempt_id,
        is_muted=row.is_muted,
        is_holding=row.is_holding,
        consults=row.consults or None,
        wanted=WantedShown(state=str(wanted.state), since=wanted.since, reason=wanted.reason),
        preferred=sorted(row.preferred),
        asterisk=row.asterisk,
    )


def _event(row: AgentEventRow) -> EventShown:
    return EventShown(
        agent=row.agent,
        at=row.at,
        state=str(row.state),
        reason=row.reason,
        campaign=row.campaign,
        attempt_id=row.attempt_id,
    )


_ALL, _ONE = "/api/agents", "/api/agents/{name}"
_VERBS: Mapping[str, Callable[..., AgentWithJobs]] = {
    "login": login,
    "logout": logout,
    "pause": pause,
    "ready": ready,
    "hangup": hangup,
    "record": record,
}

ROUTES: tuple[Route, ...] = (
    Route(method="GET", path=_ALL, do=list_agents, right=Right.SEE),
    Route(method="POST", path=_ALL, do=add_agent, right=Right.DEFINE, status=201, idempotent=True),
    Route(method="GET", path=_ONE, do=show_agent, right=Right.SEE, on=queues_of_agent),
    Route(method="PATCH", path=_ONE, do=change_agent, right=Right.DEFINE, on=queues_of_agent, shows=show_agent),
    Route(method="DELETE", path=_ONE, do=delete_agent, right=Right.DEFINE, on=queues_of_agent, shows=show_agent),
    *(
        Route(method="POST", path=f"{_ONE}/{verb}", do=do, right=Right.STEER, on=queues_of_agent)
        for verb, do in _VERBS.items()
    ),
    Route(method="PUT", path=_ONE + "/preferred", do=prefer, right=Right.STEER, on=queues_of_agent),
    Route(method="GET", path=_ONE + "/events", do=list_events, right=Right.SEE, on=queues_of_agent),
)
