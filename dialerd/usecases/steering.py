"""What a person can ask of a call that is up: mute, hold, keys, pass it on, ask first, listen, whisper, barge.

Not here: whether it can be done when the daemon looks (domain/steering.py), doing it (engine/steerdesk.py). A request
is kept and the daemon poked; `outcome` tells what came of it, within moments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from dialerd.domain.endpoints import check_endpoint
from dialerd.domain.errors import BadInputError, IllegalActionError, NotFoundError
from dialerd.domain.steering import KEYS, SPIES, TOO_LATE, Destination, PassingOn, Verb
from dialerd.domain.words import AgentState
from dialerd.ports import CallRequest, RequestId, Unit
from dialerd.usecases.agents import get_agent
from dialerd.usecases.contacts import read_number

_KEPT = timedelta(hours=1)
_FORGOTTEN_AT_ONCE = 100
_ON_CALL = frozenset({AgentState.ON_CALL, AgentState.INBOUND})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a request. `reason`: why it was refused."""

    state: Literal["asked", "done", "refused"]
    reason: str = ""


def mute(unit: Unit, agent: str, *, wanted: bool, actor: str, now: datetime) -> RequestId:
    """Let nobody hear the agent, or again; until its call ends."""
    return _ask(unit, agent, Verb.MUTE if wanted else Verb.UNMUTE, {}, actor=actor, now=now)


def hold(unit: Unit, agent: str, *, wanted: bool, actor: str, now: datetime) -> RequestId:
    """Let the person whom the agent talks to hear music and be heard by nobody, or no more of it."""
    return _ask(unit, agent, Verb.HOLD if wanted else Verb.RESUME, {}, actor=actor, now=now)


def keys(unit: Unit, agent: str, keys: str, *, actor: str, now: datetime) -> RequestId:
    """Send keys to the line of whom the agent talks to. They are in no log: they may be anything."""
    if not KEYS.match(keys):
        raise BadInputError("these are no keys", hint="1 to 32 of 0-9, *, #, A-D")
    return _ask(unit, agent, Verb.KEYS, {"keys": keys}, actor=actor, now=now)


def pass_on(
    unit: Unit, agent: str, to: Destination, *, rules: PassingOn, region: str, actor: str, now: datetime
) -> RequestId:
    """Have the agent's call go on with a queue, another agent, or a number that the settings allow; the agent wraps up.

    Asked by the agent it is a transfer, by a supervisor a move.
    """
    detail = _detail(unit, agent, to, rules=rules, region=region)
    return _ask(unit, agent, Verb.PASS_ON, detail, actor=actor, now=now)


def consult(
    unit: Unit, agent: str, to: Destination, *, rules: PassingOn, region: str, actor: str, now: datetime
) -> RequestId:
    """Have the agent talk to a free agent (of a queue), or a number that the settings allow, with its person on hold.

    Done once the two talk. `complete` gives them the person then, `take_back` ends it; whoever hangs up first, the
    others go on without them.
    """
    detail = _detail(unit, agent, to, rules=rules, region=region)
    return _ask(unit, agent, Verb.CONSULT, detail, actor=actor, now=now)


def complete(unit: Unit, agent: str, *, actor: str, now: datetime) -> RequestId:
    """Give the person to whom the agent asks about them; the agent wraps up."""
    return _ask(unit, agent, Verb.COMPLETE, {}, actor=actor, now=now)


def take_back(unit: Unit, agent: str, *, actor: str, now: datetime) -> RequestId:
    """Let go whom the agent asks, or rings, and let it go on with the person."""
    return _ask(unit, agent, Verb.TAKE_BACK, {}, actor=actor, now=now)


def _detail(unit: Unit, agent: str, to: Destination, *, rules: PassingOn, region: str) -> dict[str, str]:
    """Where a call is to go on. Raises BadInputError, NotFoundError, IllegalActionError (a number that may not be)."""
    if sum(each is not None for each in (to.queue, to.agent, to.number)) != 1:
        raise BadInputError("a call goes on at one place", hint="name a queue, an agent or a number")
    if to.agent is not None:
        if to.agent == agent:
            raise BadInputError(f"agent {agent} has the call already", hint="name another agent")
        return {"agent": get_agent(unit, to.agent).name}
    if to.queue is not None:
        queue = unit.queues.get(to.queue)
        if queue is None or queue.kind != "stasis":
            raise NotFoundError(f"there is no queue {to.queue[:64]} of dialerd's own", hint="see dialerd queue list")
        return {"queue": queue.name}
    return {"number": _number(to.number or "", rules, region), "context": rules.context}


def _number(text: str, rules: PassingOn, region: str) -> str:
    found = read_number(text, region=region).e164
    if (refusal := rules.refusal(found)) is not None:
        raise IllegalActionError("calls may not be passed on to that number", hint=refusal)
    return found


def listen(
    unit: Unit, agent: str, verb: Verb, *, endpoint: str, allowed: Sequence[str], actor: str, now: datetime
) -> RequestId:
    """Ring the phone at `endpoint` and let it hear the agent's call; whisper: heard by the agent, barge: by both.

    Who listens already is heard so from now on. `allowed`: the patterns of phones in the settings.
    """
    assert verb in SPIES, "the others are not listening"
    phone = check_endpoint(endpoint, allowed)
    row = get_agent(unit, agent)
    if any(each.endpoint == phone and each.seen.state is not AgentState.LOGGED_OUT for each in unit.agents.all()):
        raise IllegalActionError(f"an agent works with {phone}", hint="listen with another phone")
    return _ask(unit, row.name, verb, {"endpoint": phone}, actor=actor, now=now)


def stop_listening(unit: Unit, agent: str, *, actor: str, now: datetime) -> RequestId:
    """Listen to that agent no more; only the actor's own listening ends."""
    return _ask(unit, agent, Verb.UNLISTEN, {}, actor=actor, now=now)


def _ask(unit: Unit, agent: str, verb: Verb, detail: Mapping[str, str], *, actor: str, now: datetime) -> RequestId:
    row = get_agent(unit, agent)
    if verb is not Verb.UNLISTEN and row.seen.state not in _ON_CALL:
        raise IllegalActionError(
            f"agent {agent} talks to nobody", hint=f"see what it does with dialerd agent show {agent}"
        )
    unit.floor.forget(now - _KEPT, size=_FORGOTTEN_AT_ONCE)
    person = row.seen.attempt_id if row.seen.state is AgentState.ON_CALL else None
    told = {key: value for key, value in detail.items() if key not in ("keys", "number")}
    unit.audit.add(
        actor=actor, action=f"call_{verb}", subject=agent, detail={"attempt": row.seen.attempt_id, **told}, now=now
    )
    return unit.floor.ask(
        CallRequest(id=RequestId(0), agent=agent, verb=verb, detail=detail, person=person, actor=actor, asked_at=now)
    )


def outcome(unit: Unit, request_id: RequestId, *, now: datetime) -> Outcome:
    """What came of a request. Raises NotFoundError for one that is long forgotten."""
    request = unit.floor.request(request_id)
    if request is None:
        raise NotFoundError(f"there is no request {request_id}", hint="ask again")
    if request.done_at is None:
        if now - request.asked_at > 4 * TOO_LATE:
            return Outcome("refused", "no daemon has looked at it")
        return Outcome("asked")
    return Outcome("refused", request.refusal) if request.refusal else Outcome("done")


# For the daemon


def note_done(unit: Unit, request_id: RequestId, *, refusal: str, now: datetime) -> None:
    """It has been done, or why not."""
    unit.floor.done(request_id, refusal=refusal, now=now)


def note_line(
    unit: Unit, agent: str, *, is_muted: bool, is_holding: bool, consults: str, listeners: Sequence[Mapping[str, str]]
) -> None:
    """What is done with an agent's call now."""
    unit.floor.set_line(agent, is_muted=is_muted, is_holding=is_holding, consults=consults, listeners=listeners)
