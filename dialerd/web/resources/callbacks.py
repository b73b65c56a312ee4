"""Callbacks: all of them for supervisors; and giving a call the disposition that may promise one.

Not here: an agent's own (me.py).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field, model_validator

from dialerd.domain.errors import BadInputError, NotFoundError
from dialerd.domain.user import Right
from dialerd.domain.words import ATTEMPT_ID, AttemptId, CallbackState, CampaignId
from dialerd.ports import Unit
from dialerd.usecases import asked as asking
from dialerd.usecases import callbacks as use
from dialerd.usecases import dispositions
from dialerd.usecases.standing import get_campaign
from dialerd.web.binding import BY_BODY, Ask, Model, Path, Route, changes_by_itself
from dialerd.web.paging import Asked, Page, cursor_of
from dialerd.web.resources.campaigns import check_own_queue, queues_of
from dialerd.web.resources.reach import campaigns_of, check_agent

OPEN_STATES = (CallbackState.SCHEDULED, CallbackState.DUE, CallbackState.IN_PROGRESS)
Minutes = Annotated[float, Field(ge=0, le=527_040)]


class CallbackShown(Model):
    """`time` and `asked_for` by the customer's clock; `why`: what it waits for, or how it ended."""

    callback: int
    campaign: str
    run: int | None
    contact_id: int
    number: str | None
    state: str
    time: datetime
    asked_for: datetime
    zone: str
    late: bool
    held_by: str | None
    why: str
    until: datetime | None
    agent: str | None
    fallback_min: float | None
    notes: str
    tries: int
    disposition: str | None
    attempt_id: str | None
    dialed_at: datetime | None
    expires_at: datetime | None
    created_by: str
    created_at: datetime
    ended_at: datetime | None


class When(Model):
    """`at`, by the customer's clock or with an offset; or `in_min` from now."""

    at: Annotated[str, Field(max_length=60)] | None = None
    in_min: Minutes | None = None

    def moment(self, now: datetime) -> str | datetime | None:
        return self.at if self.in_min is None else now + timedelta(minutes=self.in_min)


class Promised(When):
    """What goes with a disposition that asks for a callback, whoever is to call."""

    number: Annotated[str, Field(max_length=40)] | None = None
    zone: Annotated[str, Field(max_length=60)] | None = None
    fallback_min: Minutes | None = None
    never_anybody: bool = False
    notes: Annotated[str, Field(max_length=2000)] = ""

    @model_validator(mode="after")
    def _one_time(self) -> Promised:
        if self.at is not None and self.in_min is not None:
            raise ValueError("at and in_min exclude each other")
        return self


class Promise(Promised):
    """`agent`: who is to call."""

    agent: Annotated[str, Field(max_length=64)] | None = None

    def wish(self, now: datetime) -> use.Wish:
        return use.Wish(
            at=self.moment(now),
            number=self.number,
            zone=self.zone,
            agent=self.agent,
            fallback_min=self.fallback_min,
            never_anybody=self.never_anybody,
            notes=self.notes,
        )


class OfWhom(Model):
    campaign: Annotated[str, Field(max_length=64)]
    contact_id: Annotated[int, Field(ge=1, lt=2**63)]


class NewCallback(Promise, OfWhom):
    pass


class CallbacksAsked(Asked):
    campaign: str | None = None
    agent: str | None = None
    state: tuple[CallbackState, ...] = ()


class Given(Model):
    code: Annotated[str, Field(max_length=40)]
    callback: Promise | None = None


class GivenShown(Model):
    """`is_asked`: the call is up; it is given when that has ended."""

    attempt_id: str
    disposition: str
    is_asked: bool
    retry_at: datetime | None = None
    callback: int | None = None


def queues_of_callback(unit: Unit, path: Path) -> Collection[str]:
    return _queues_of_campaign(unit, use.get_callback(unit, _number(path)).campaign_id)


def queues_of_attempt(unit: Unit, path: Path) -> Collection[str]:
    attempt_id = path["attempt_id"]
    attempt = unit.dialing.attempt(AttemptId(attempt_id)) if ATTEMPT_ID.match(attempt_id) else None
    if attempt is None:
        raise NotFoundError(f"there is no attempt {attempt_id[:40]}", hint="see the attempt_id column of an export")
    run = unit.runs.get(attempt.run_id)
    return (run.spec.queue,) if run is not None and run.spec.queue else ()


def list_callbacks(ask: Ask[CallbacksAsked, None]) -> Page[CallbackShown]:
    """Callbacks by time, with what each waits for; without states those that are not over. A page may have fewer than
    `limit`."""
    found = use.list_callbacks(
        ask.unit,
        campaign=ask.query.campaign,
        agent=ask.query.agent,
        states=ask.query.state or OPEN_STATES,
        within=campaigns_of(ask.unit, ask.person),
        after=ask.query.after_moment(int),
        limit=ask.query.limit,
        rulebook=ask.house.rulebook,
        now=ask.now,
    )
    return Page(
        items=[callback_document(each) for each in found.callbacks],
        next=None if found.after is None else cursor_of(found.after),
    )


@changes_by_itself("state", "late", "held_by", "why", "until")
def show_callback(ask: Ask[None, None]) -> CallbackShown:
    """One callback, and what it waits for."""
    return shown_callback(ask, _number(ask.path))


def add_callback(ask: Ask[None, NewCallback]) -> CallbackShown:
    """Promise a contact of a campaign a call at a time."""
    queue = get_campaign(ask.unit, ask.body.campaign).spec.queue
    check_own_queue(ask.person, [queue] if queue else [])
    check_agent(ask.unit, ask.person, ask.body.agent)
    return promise(ask, ask.body.campaign, ask.body.contact_id, ask.body.wish(ask.now))


def promise(ask: Ask[Any, Any], campaign: str, contact_id: int, wish: use.Wish) -> CallbackShown:
    made = use.add_callback(ask.unit, campaign, contact_id, wish, region=ask.house.region, actor=ask.actor, now=ask.now)
    return shown_callback(ask, made.id)


def move_callback(ask: Ask[None, When]) -> CallbackShown:
    """Give a callback another time."""
    return move(ask, _number(ask.path), ask.body)


def move(ask: Ask[Any, Any], number: int, to: When) -> CallbackShown:
    at = to.moment(ask.now)
    if at is None or (to.at is not None and to.in_min is not None):
        raise BadInputError("a callback needs one time", hint="give either at or in_min")
    use.move_callback(ask.unit, number, at, actor=ask.actor, now=ask.now)
    return shown_callback(ask, number)


def dial_callback(ask: Ask[None, None]) -> CallbackShown:
    """Dial it as soon as hours and rules let it."""
    use.dial_callback_now(ask.unit, _number(ask.path), actor=ask.actor, now=ask.now)
    return shown_callback(ask, _number(ask.path))


def cancel_callback(ask: Ask[None, None]) -> None:
    """Cancel a callback; the contact goes on as it would without it."""
    use.cancel_callback(ask.unit, _number(ask.path), actor=ask.actor, now=ask.now)


def give_disposition(ask: Ask[None, Given]) -> GivenShown:
    """Let a disposition of the campaign's set take the place of the system's."""
    wish = None if ask.body.callback is None else ask.body.callback.wish(ask.now)
    check_agent(ask.unit, ask.person, None if wish is None else wish.agent)
    return give(ask, ask.path["attempt_id"], ask.body.code, wish)


def give(ask: Ask[Any, Any], attempt_id: str, code: str, wish: use.Wish | None) -> GivenShown:
    """At once where the call has ended; else as it ends, and a callback then has to be promised after it."""
    attempt = ask.unit.dialing.attempt(AttemptId(attempt_id)) if ATTEMPT_ID.match(attempt_id) else None
    if attempt is not None and attempt.disposition is None:
        if wish is not None:
            raise BadInputError("the call is still up: a callback is promised when it has ended", hint="end it first")
        asking.give(ask.unit, attempt_id, code, actor=ask.actor, now=ask.now)
        return GivenShown(attempt_id=attempt_id, disposition=code, is_asked=True)
    given = dispositions.give(ask.unit, attempt_id, code, callback=wish, actor=ask.actor, now=ask.now)
    return GivenShown(
        attempt_id=attempt_id,
        disposition=given.final,
        is_asked=False,
        retry_at=given.retry_at,
        callback=None if given.callback is None else given.callback.id,
    )


def shown_callback(ask: Ask[Any, Any], number: int) -> CallbackShown:
    return callback_document(use.show_callback(ask.unit, number, rulebook=ask.house.rulebook, now=ask.now))


def callback_document(shown: use.Shown) -> CallbackShown:
    found, holds = shown.callback, shown.gate
    return CallbackShown(
        callback=found.id,
        campaign=shown.campaign,
        run=shown.run_number,
        contact_id=found.contact_id,
        number=found.number,
        state=str(shown.state),
        time=found.local(found.planned_at),
        asked_for=found.local(found.due_at),
        zone=found.zone,
        late=shown.late,
        held_by=holds.name if holds else None,
        why=use.why(shown),
        until=(shown.later or holds).until if holds else None,
        agent=found.agent,
        fallback_min=None if found.fallback_after is None else found.fallback_after.total_seconds() / 60,
        notes=found.notes,
        tries=found.tries,
        disposition=found.disposition,
        attempt_id=found.attempt_id,
        dialed_at=found.dialed_at,
        expires_at=found.expires_at,
        created_by=found.created_by,
        created_at=found.created_at,
        ended_at=found.ended_at,
    )


def _queues_of_campaign(unit: Unit, campaign_id: CampaignId) -> Collection[str]:
    row = next((each for each in unit.campaigns.all() if each.id == campaign_id), None)
    return () if row is None else queues_of(unit, {"name": row.spec.name})


def _by_body(_unit: Unit, _path: Path) -> Collection[str]:
    return BY_BODY


def _number(path: Path) -> int:
    return int(path["callback_id"])


_ALL, _ONE = "/api/callbacks", "/api/callbacks/{callback_id:[0-9]{1,18}}"
_STEER = Right.STEER

ROUTES: tuple[Route, ...] = (
    Route(method="GET", path=_ALL, do=list_callbacks, right=Right.SEE),
    Route(method="POST", path=_ALL, do=add_callback, right=_STEER, on=_by_body, status=201, idempotent=True),
    Route(method="GET", path=_ONE, do=show_callback, right=Right.SEE, on=queues_of_callback),
    Route(method="PATCH", path=_ONE, do=move_callback, right=_STEER, on=queues_of_callback, shows=show_callback),
    Route(method="POST", path=_ONE + "/now", do=dial_callback, right=_STEER, on=queues_of_callback),
    Route(method="DELETE", path=_ONE, do=cancel_callback, right=_STEER, on=queues_of_callback, shows=show_callback),
    Route(
        method="POST",
        path="/api/attempts/{attempt_id:[a-z0-9]{1,40}}/disposition",
        do=give_disposition,
        right=_STEER,
        on=queues_of_attempt,
    ),
)
