"""Calls that are up, steered by people: mute, hold, keys, passed on; and listened to by supervisors.

Not here: ending a call, recording it (agents.py, me.py), what can be asked (usecases/steering.py), doing it (the
engine). Each of these asks, has the engine look, and answers once it is known what came of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import Field, TypeAdapter

from dialerd.domain.backoff import Backoff
from dialerd.domain.errors import ForbiddenError, IllegalActionError
from dialerd.domain.steering import LISTEN_RING_S, NUMBER_RING_S, Destination, Spy, Verb
from dialerd.domain.user import Person, Right
from dialerd.ports import Clock, RequestId, Unit
from dialerd.usecases import steering as use
from dialerd.usecases.agents import get_agent, queues_of
from dialerd.web.binding import Model, Streamed, Visit
from dialerd.web.problems import Problem
from dialerd.web.resources.agents import Name, Switch, queues_of_agent
from dialerd.web.resources.reach import check_call, own_agent
from dialerd.web.resources.session import read_model

_LIMIT_S = 5.0
_LOOKS = Backoff(first_s=0.02, longest_s=0.5)


class Keys(Model):
    """0-9, *, #, A-D."""

    keys: Annotated[str, Field(min_length=1, max_length=32)]


class Onward(Model):
    """Exactly one of these."""

    queue: Name | None = None
    agent: Name | None = None
    number: Annotated[str, Field(max_length=64)] | None = None


class Listening(Model):
    """`mode`: who hears whoever listens: nobody, the agent, or both. `endpoint`: the phone that is rung."""

    mode: Spy
    endpoint: Annotated[str, Field(max_length=200)]


class DoneShown(Model):
    request: int
    state: Literal["done"]


_SHOWN = TypeAdapter(DoneShown)


# What a supervisor does to an agent of its queues


async def mute(visit: Visit) -> web.StreamResponse:
    """Let nobody hear the agent, or again; until its call ends."""
    return await _switch(visit, visit.path["name"], use.mute)


async def hold(visit: Visit) -> web.StreamResponse:
    """Let the person whom the agent talks to hear music and be heard by nobody, or go on."""
    return await _switch(visit, visit.path["name"], use.hold)


async def send_keys(visit: Visit) -> web.StreamResponse:
    """Send keys to the line of whom the agent talks to."""
    return await _send_keys(visit, visit.path["name"])


async def move(visit: Visit) -> web.StreamResponse:
    """Take the agent's call away and give it to a queue, another agent, or a number that the settings allow."""
    return await _pass_on(visit, visit.path["name"])


async def listen(visit: Visit) -> web.StreamResponse:
    """Ring a phone and let it hear the agent's call; whisper and barge: be heard in it.

    Answered once that phone is in the call. Asked again by whoever listens, it changes the mode.
    """
    wish, name, allowed = await read_model(visit, Listening), visit.path["name"], visit.house.phones

    def job(unit: Unit, **by: Any) -> RequestId:
        return use.listen(unit, name, Verb(wish.mode.value), endpoint=wish.endpoint, allowed=allowed, **by)

    return await _ask(visit, name, job, limit_s=LISTEN_RING_S + _LIMIT_S)


async def unlisten(visit: Visit) -> web.StreamResponse:
    """Listen to the agent no more; only the own listening ends."""
    name = visit.path["name"]
    return await _ask(visit, name, lambda unit, **by: use.stop_listening(unit, name, **by), is_of_call=False)


# What an agent does itself


async def mute_me(visit: Visit) -> web.StreamResponse:
    """Let nobody hear me, or again; until my call ends."""
    return await _switch(visit, own_agent(visit.person), use.mute)


async def hold_mine(visit: Visit) -> web.StreamResponse:
    """Let the person whom I talk to hear music and be heard by nobody, or go on."""
    return await _switch(visit, own_agent(visit.person), use.hold)


async def send_my_keys(visit: Visit) -> web.StreamResponse:
    """Send keys to the line of whom I talk to."""
    return await _send_keys(visit, own_agent(visit.person))


async def transfer(visit: Visit) -> web.StreamResponse:
    """Pass my call on to a queue, another agent, or a number that the settings allow; I wrap up."""
    return await _pass_on(visit, own_agent(visit.person))


async def consult(visit: Visit) -> web.StreamResponse:
    """Talk to an agent, whoever of a queue is free, or a number, with my person on hold; answered once we talk."""
    wish, house, name = await read_model(visit, Onward), visit.house, own_agent(visit.person)
    to = Destination(queue=wish.queue, agent=wish.agent, number=wish.number)

    def job(unit: Unit, **by: Any) -> RequestId:
        return use.consult(unit, name, to, rules=house.passing, region=house.region, **by)

    return await _ask(visit, name, job, limit_s=NUMBER_RING_S + _LIMIT_S)


async def complete(visit: Visit) -> web.StreamResponse:
    """Give my person to whom I ask about them; I wrap up."""
    name = own_agent(visit.person)
    return await _ask(visit, name, lambda unit, **by: use.complete(unit, name, **by))


async def cancel(visit: Visit) -> web.StreamResponse:
    """Let go whom I ask, or ring, and go on with my person."""
    name = own_agent(visit.person)
    return await _ask(visit, name, lambda unit, **by: use.take_back(unit, name, **by))


async def _switch(visit: Visit, name: str, verb: Callable[..., RequestId]) -> web.StreamResponse:
    wish = await read_model(visit, Switch)
    return await _ask(visit, name, lambda unit, **by: verb(unit, name, wanted=wish.on, **by))


async def _send_keys(visit: Visit, name: str) -> web.StreamResponse:
    wish = await read_model(visit, Keys)
    return await _ask(visit, name, lambda unit, **by: use.keys(unit, name, wish.keys, **by))


async def _pass_on(visit: Visit, name: str) -> web.StreamResponse:
    wish, house = await read_model(visit, Onward), visit.house
    to = Destination(queue=wish.queue, agent=wish.agent, number=wish.number)

    def job(unit: Unit, **by: Any) -> RequestId:
        if visit.person.agent != name:
            _check_reach(unit, visit.person, to)
        return use.pass_on(unit, name, to, rules=house.passing, region=house.region, **by)

    return await _ask(visit, name, job)


async def _ask(
    visit: Visit, name: str, job: Callable[..., RequestId], *, limit_s: float = _LIMIT_S, is_of_call: bool = True
) -> web.StreamResponse:
    """Have it asked and wait for what came of it. Raises IllegalActionError with the reason of a refusal, Problem where
    nothing is known within `limit_s`. `is_of_call`: it does something to the call that is up."""
    house, person, now = visit.house, visit.person, visit.house.clock.now()

    def asked(unit: Unit) -> RequestId:
        if is_of_call:
            check_call(unit, person, name)
        return job(unit, actor=person.actor, now=now)

    request = await house.store.write(asked)
    house.poke()
    looks, waited_s = _LOOKS, 0.0
    while waited_s < limit_s:
        found = await house.store.read(lambda unit: use.outcome(unit, request, now=house.clock.now()))
        if found.state == "refused":
            raise IllegalActionError(found.reason)
        if found.state == "done":
            shown = DoneShown(request=request, state="done")
            return web.Response(body=_SHOWN.dump_json(shown), content_type="application/json")
        await _pass_by(house.clock, looks.wait_s)
        waited_s, looks = waited_s + looks.wait_s, looks.longer()
    raise Problem(503, "unavailable", "it is not known yet what came of it", "look at the call, then ask again")


async def _pass_by(clock: Clock, wait_s: float) -> None:
    over = asyncio.Event()
    timer = clock.call_later(wait_s, over.set)
    try:
        await over.wait()
    finally:
        timer.cancel()


def _check_reach(unit: Unit, person: Person, to: Destination) -> None:
    """Raises ForbiddenError where a supervisor who is held to queues gives a call to others than theirs."""
    reached: list[str] = [] if to.queue is None else [to.queue]
    if to.agent is not None:
        reached += [queue.name for queue in queues_of(unit, get_agent(unit, to.agent).name)]
    if to.number is None and not person.serves(reached):
        raise ForbiddenError("that is of none of your queues", hint="give the call to a queue or an agent of yours")


_AGENT, _ME = "/api/agents/{name}", "/api/me/agent"


def _of_agent(verb: str, do: Callable[[Visit], Awaitable[web.StreamResponse]], takes: type[Model] | None) -> Streamed:
    return Streamed(
        method="POST",
        path=f"{_AGENT}/{verb}",
        do=do,
        right=Right.STEER,
        on=queues_of_agent,
        takes=takes,
        gives=DoneShown,
    )


def _of_me(verb: str, do: Callable[[Visit], Awaitable[web.StreamResponse]], takes: type[Model] | None) -> Streamed:
    return Streamed(method="POST", path=f"{_ME}/{verb}", do=do, right=Right.OWN, takes=takes, gives=DoneShown)


ROUTES: tuple[Streamed, ...] = (
    _of_agent("mute", mute, Switch),
    _of_agent("hold", hold, Switch),
    _of_agent("keys", send_keys, Keys),
    _of_agent("transfer", move, Onward),
    _of_agent("listen", listen, Listening),
    _of_agent("unlisten", unlisten, None),
    _of_me("mute", mute_me, Switch),
    _of_me("hold", hold_mine, Switch),
    _of_me("keys", send_my_keys, Keys),
    _of_me("transfer", transfer, Onward),
    _of_me("consult", consult, Onward),
    _of_me("complete", complete, None),
    _of_me("cancel", cancel, None),
)
