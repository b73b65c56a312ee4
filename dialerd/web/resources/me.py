"""What an agent does by itself: its state, the record in front of it, its calls' dispositions, its callbacks and jobs.

Not here: what supervisors do to agents (agents.py). No path names an agent: it is the one the user is linked to, so
that nobody can act as another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from dialerd.domain.errors import ForbiddenError, NotFoundError
from dialerd.domain.queue import QueueSpec
from dialerd.domain.user import Right
from dialerd.domain.words import AgentState, AttemptId
from dialerd.ports import AgentRow, Asked, RunRow, Unit
from dialerd.usecases import agentpage, dnc, optout, preview, recordings
from dialerd.usecases import agents as use
from dialerd.usecases import callbacks as promised
from dialerd.usecases.standing import get_campaign
from dialerd.web.binding import Ask, Model, Route
from dialerd.web.resources import agents, callbacks, owncalls
from dialerd.web.resources.agents import AgentWithJobs, Login, Name, Pause, Switch
from dialerd.web.resources.callbacks import CallbackShown, GivenShown, OfWhom, Promised, When
from dialerd.web.resources.reach import own_agent

_MOST = 1000  # callbacks


class CodeShown(Model):
    code: str
    text: str
    positive: bool
    callback: bool


class CallShown(Model):
    """The call that the agent has, or finishes. `zones`: where the customer may be, by whose clock
    a callback is promised. `disposition`: once it has one; `dispositions`: those to choose of."""

    attempt_id: str
    campaign: str
    contact_id: int
    number: str
    zones: list[str]
    attributes: dict[str, str]
    connected_at: datetime | None
    ended_at: datetime | None
    disposition: str | None
    dispositions: list[CodeShown]


class OwnAgent(AgentWithJobs):
    """`pause_reasons`: those of its queues; none: any will do. `why_idle`: why it has no call, in a sentence."""

    call: CallShown | None
    pause_reasons: list[str]
    why_idle: str


class PreviewShown(Model):
    """`on_timeout`: what is done with it at `dial_at`, where the agent has asked for nothing."""

    agent: str
    campaign: str
    contact_id: int
    number: str
    attempts: int
    attributes: dict[str, str]
    shown_at: datetime
    dial_at: datetime
    left_s: float
    skips_left: int | None
    on_timeout: Asked
    asked: str | None


class Jobs(Model):
    """`open`: the campaigns that go on and that the agent can be given; `preferred`: it works for no others, if any."""

    open: list[str]
    preferred: list[str]


class NewJobs(Model):
    preferred: Annotated[list[Name], Field(max_length=100)]


class OptOutWish(Model):
    list: Annotated[str, Field(max_length=64)] = dnc.GLOBAL
    words: Annotated[str, Field(max_length=200)] = ""


class OptedOutShown(Model):
    list: str
    added: int
    callbacks: int


class OwnGiven(Model):
    attempt_id: Annotated[str, Field(max_length=40)]
    code: Annotated[str, Field(max_length=40)]
    callback: OwnPromise | None = None


class OwnPromise(Promised):
    """`mine`: this agent is to call."""

    mine: bool = False


class OwnCallback(Promised, OfWhom):
    mine: bool = True


def show_me(ask: Ask[None, None]) -> OwnAgent:
    """Where I am, whom I talk to, and why I have no call."""
    return _me(ask)


def login(ask: Ask[None, Login]) -> OwnAgent:
    """Have my phone reached; I am logged in when I have answered."""
    agents.log_in(ask, own_agent(ask.person), ask.body.endpoint)
    return _me(ask)


def logout(ask: Ask[None, None]) -> OwnAgent:
    """Log out, after my call and wrap-up."""
    return _act(ask, use.logout)


def pause(ask: Ask[None, Pause]) -> OwnAgent:
    """Get no more calls until I am ready again."""
    use.pause(ask.unit, own_agent(ask.person), reason=ask.body.reason, actor=ask.actor, now=ask.now)
    return _me(ask)


def ready(ask: Ask[None, None]) -> OwnAgent:
    """Get calls again; ends a pause or a wrap-up."""
    return _act(ask, use.ready)


def hangup(ask: Ask[None, None]) -> OwnAgent:
    """End my conversation; my phone is kept."""
    return _act(ask, use.hang_up)


def dial(ask: Ask[None, None]) -> OwnAgent:
    """Dial the record in front of me now."""
    return _act(ask, preview.ask_dial)


def skip(ask: Ask[None, None]) -> OwnAgent:
    """Pass the record in front of me on to others."""
    return _act(ask, preview.ask_skip)


def record(ask: Ask[None, Switch]) -> OwnAgent:
    """Record my call, or no more."""
    recordings.record_agent(ask.unit, own_agent(ask.person), wanted=ask.body.on, actor=ask.actor, now=ask.now)
    return _me(ask)


def opt_out(ask: Ask[None, OptOutWish]) -> OptedOutShown:
    """Never call the person again whom I talk to, or have talked to last."""
    done = optout.opt_out_of_agents_call(
        ask.unit,
        own_agent(ask.person),
        list_name=ask.body.list,
        words=ask.body.words,
        region=ask.house.region,
        actor=ask.actor,
        now=ask.now,
    )
    return OptedOutShown(list=done.record.list_name, added=done.added, callbacks=done.callbacks)


def show_preview(ask: Ask[None, None]) -> PreviewShown:
    """The record in front of me."""
    name = own_agent(ask.person)
    if ask.unit.previews.get(name) is None:
        raise NotFoundError("no record is in front of you", hint="wait for the next one")
    return preview_document(ask.unit, name, ask.now)


def preview_document(unit: Unit, name: str, now: datetime) -> PreviewShown:
    found = preview.shown(unit, name, now)
    return PreviewShown(
        agent=name,
        campaign=found.campaign,
        contact_id=found.row.contact_id,
        number=found.number,
        attempts=found.attempts_spent,
        attributes=dict(found.contact.contact.attributes) if found.contact else {},
        shown_at=found.row.shown_at,
        dial_at=found.row.dial_at,
        left_s=max(0.0, round((found.row.dial_at - now).total_seconds(), 1)),
        skips_left=found.skips_left,
        on_timeout=found.on_timeout,
        asked=found.row.asked,
    )


def give_disposition(ask: Ask[None, OwnGiven]) -> GivenShown:
    """Say how my present or last call went, for an hour after it; older ones are a supervisor's to change."""
    name, wanted = own_agent(ask.person), ask.body
    attempt = ask.unit.dialing.attempt(AttemptId(wanted.attempt_id))
    attempt = owncalls.check_last_call(ask.unit, name, attempt, ask.now)
    wish = None
    if wanted.callback is not None:
        owncalls.check_promise_after(ask.unit, name, attempt)
        wish = _own_wish(wanted.callback, name if wanted.callback.mine else None, ask.now)
    return callbacks.give(ask, wanted.attempt_id, wanted.code, wish)


def show_jobs(ask: Ask[None, None]) -> Jobs:
    """The jobs that are open to me, and those I prefer."""
    return _jobs(ask)


def set_jobs(ask: Ask[None, NewJobs]) -> Jobs:
    """Work for these jobs only; none: for any."""
    mine = {*use.open_campaigns(ask.unit, own_agent(ask.person)), *_me(ask).preferred}
    for name in ask.body.preferred:
        get_campaign(ask.unit, name)
        if name not in mine:
            raise ForbiddenError(f"campaign {name} is not open to you", hint="choose of those that are open")
    agentpage.set_preferred(ask.unit, own_agent(ask.person), ask.body.preferred, actor=ask.actor, now=ask.now)
    return _jobs(ask)


def _jobs(ask: Ask[None, Any]) -> Jobs:
    name = own_agent(ask.person)
    return Jobs(open=use.open_campaigns(ask.unit, name), preferred=sorted(use.get_agent(ask.unit, name).preferred))


def list_callbacks(ask: Ask[None, None]) -> list[CallbackShown]:
    """The callbacks that are mine and not over, by time."""
    found = promised.list_callbacks(
        ask.unit,
        campaign=None,
        agent=own_agent(ask.person),
        states=callbacks.OPEN_STATES,
        limit=_MOST,
        rulebook=ask.house.rulebook,
        now=ask.now,
    )
    return [callbacks.callback_document(each) for each in found.callbacks]


def add_callback(ask: Ask[None, OwnCallback]) -> CallbackShown:
    """Promise a call to somebody whom I see or have talked to in a campaign of my queues."""
    name = own_agent(ask.person)
    known = {row.spec.name: row.spec.queue for row in ask.unit.campaigns.all()}
    if known.get(ask.body.campaign) not in {queue.name for queue in use.queues_of(ask.unit, name)}:
        raise ForbiddenError("that campaign is of none of your queues", hint="ask a supervisor")
    wish = _own_wish(ask.body, name if ask.body.mine else None, ask.now)
    owncalls.check_promise(ask.unit, name, ask.body.campaign, ask.body.contact_id, wish, now=ask.now)
    return callbacks.promise(ask, ask.body.campaign, ask.body.contact_id, wish)


def move_callback(ask: Ask[None, When]) -> CallbackShown:
    """Give a callback of mine another time."""
    return callbacks.move(ask, _own_callback(ask), ask.body)


def dial_callback(ask: Ask[None, None]) -> CallbackShown:
    """Dial a callback of mine as soon as hours and rules let it."""
    number = _own_callback(ask)
    promised.dial_callback_now(ask.unit, number, actor=ask.actor, now=ask.now)
    return callbacks.shown_callback(ask, number)


def cancel_callback(ask: Ask[None, None]) -> None:
    """Cancel a callback of mine."""
    promised.cancel_callback(ask.unit, _own_callback(ask), actor=ask.actor, now=ask.now)


def _own_wish(given: Promised, agent: str | None, now: datetime) -> promised.Wish:
    return promised.Wish(
        at=given.moment(now),
        number=given.number,
        zone=given.zone,
        agent=agent,
        fallback_min=given.fallback_min,
        never_anybody=given.never_anybody,
        notes=given.notes,
    )


def _own_callback(ask: Ask[Any, Any]) -> int:
    number = int(ask.path["callback_id"])
    if promised.get_callback(ask.unit, number).agent != own_agent(ask.person):
        raise ForbiddenError(f"callback {number} is not yours", hint="ask a supervisor")
    return number


def _act(ask: Ask[None, None], do: Callable[..., object]) -> OwnAgent:
    do(ask.unit, own_agent(ask.person), actor=ask.actor, now=ask.now)
    return _me(ask)


def _me(ask: Ask[Any, Any]) -> OwnAgent:
    row = use.get_agent(ask.unit, own_agent(ask.person))
    return own_document(ask.unit, row, ask.unit.queues.all(), ask.unit.runs.unfinished())


def own_document(unit: Unit, row: AgentRow, queues: Sequence[QueueSpec], going: Sequence[RunRow]) -> OwnAgent:
    """`queues` and `going`: every queue, and every run that goes on; read once for many agents."""
    serves = [queue for queue in queues if row.name in queue.agents]
    names = [queue.name for queue in serves]
    shown = agents.agent_document(row, names)
    return OwnAgent(
        **shown.model_dump(),
        campaigns=sorted(run.spec.name for run in going if run.spec.queue in names),
        call=_call(unit, row),
        pause_reasons=agentpage.pause_reasons(serves),
        why_idle=agentpage.why_idle(row, serves),
    )


def _call(unit: Unit, row: AgentRow) -> CallShown | None:
    attempt_id = row.seen.attempt_id
    if attempt_id is None or row.seen.state is AgentState.PREVIEW:
        return None
    attempt = unit.dialing.attempt(attempt_id)
    run = None if attempt is None else unit.runs.get(attempt.run_id)
    if attempt is None or run is None:
        return None  # a caller, or the attempt's campaign was deleted
    contact = unit.contacts.get(unit.callbacks.contact_of(attempt.target_id))
    if contact is None:
        return None  # erased, or gone with its list, while the agent wraps up: it goes on without
    chosen = unit.dispositions.get(run.spec.dispositions) if run.spec.dispositions else None
    return CallShown(
        attempt_id=attempt_id,
        campaign=run.spec.name,
        contact_id=contact.id,
        number=attempt.number,
        zones=list(promised.zones_after(unit, run, attempt)),
        attributes=dict(contact.contact.attributes),
        connected_at=attempt.connected_at,
        ended_at=attempt.ended_at,
        disposition=attempt.final or (None if attempt.disposition is None else str(attempt.disposition)),
        dispositions=[
            CodeShown(code=each.code, text=each.text, positive=each.positive, callback=each.callback)
            for each in (chosen.disposition if chosen else ())
        ],
    )


_AGENT, _CALLBACKS = "/api/me/agent", "/api/me/callbacks"
_ONE = _CALLBACKS + "/{callback_id:[0-9]{1,18}}"
_OWN = Right.OWN
_VERBS: Mapping[str, Callable[..., OwnAgent]] = {
    "login": login,
    "logout": logout,
    "pause": pause,
    "ready": ready,
    "hangup": hangup,
    "dial": dial,
    "skip": skip,
    "record": record,
}

ROUTES: tuple[Route, ...] = (
    Route(method="GET", path=_AGENT, do=show_me, right=_OWN),
    *(Route(method="POST", path=f"{_AGENT}/{verb}", do=do, right=_OWN) for verb, do in _VERBS.items()),
    Route(method="POST", path=_AGENT + "/optout", do=opt_out, right=_OWN),
    Route(method="GET", path="/api/me/preview", do=show_preview, right=_OWN),
    Route(method="POST", path="/api/me/disposition", do=give_disposition, right=_OWN),
    Route(method="GET", path="/api/me/jobs", do=show_jobs, right=_OWN),
    Route(method="PUT", path="/api/me/jobs", do=set_jobs, right=_OWN, shows=show_jobs),
    Route(method="GET", path=_CALLBACKS, do=list_callbacks, right=_OWN),
    Route(method="POST", path=_CALLBACKS, do=add_callback, right=_OWN, status=201, idempotent=True),
    Route(method="PATCH", path=_ONE, do=move_callback, right=_OWN),
    Route(method="POST", path=_ONE + "/now", do=dial_callback, right=_OWN),
    Route(method="DELETE", path=_ONE, do=cancel_callback, right=_OWN),
)
