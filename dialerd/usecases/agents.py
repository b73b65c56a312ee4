"""What a person can ask of agents, and what the engine writes down of them.

Not here: their states and events (domain/agents.py), whom they work for (domain/assignment.py), legs (engine).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from dialerd.domain.agents import ASKED, MOST_PREFERRED, AgentEvent, Refusal, Seen, Wanted, ask
from dialerd.domain.campaign import NAME
from dialerd.domain.endpoints import check_endpoint
from dialerd.domain.errors import AlreadyExistsError, BadInputError, IllegalActionError, NotFoundError
from dialerd.domain.queue import QueueSpec, check_reason
from dialerd.domain.words import AgentKind, AgentState, LegId, WantedState
from dialerd.ports import AgentEventRow, AgentRow, Unit
from dialerd.usecases.callingback import release_agent
from dialerd.usecases.definitions import changes_of, note_deleted, told
from dialerd.usecases.standing import get_campaign
from dialerd.usecases.unlinking import unlink_agent

_LOG_OUT_FIRST = "log it out first: dialerd agent logout {}"


def get_agent(unit: Unit, name: str) -> AgentRow:
    row = unit.agents.get(name)
    if row is None:
        raise NotFoundError(f"there is no agent {name[:64]}", hint="see dialerd agent list")
    return row


# Who there is


def agent_at(unit: Unit, phone: str) -> AgentRow:
    """Whose phone that is; of several, who is logged in. Raises NotFoundError where that is nobody, or not one."""
    there = unit.agents.at(phone)
    working = [row for row in there if not _is_out(row)]
    found = working or there
    if len(found) != 1:
        said = f"phone {phone[:60]} is that of {'several agents' if found else 'no agent'}"
        raise NotFoundError(said, hint="name the agent")
    return found[0]


def add_agent(
    unit: Unit,
    name: str,
    *,
    endpoint: str,
    kind: AgentKind,
    may_outbound: bool,
    allowed: Sequence[str],
    actor: str,
    now: datetime,
) -> AgentRow:
    """Make an agent, logged out. `allowed`: the patterns of phones in the settings."""
    if not NAME.match(name):
        raise BadInputError(
            f"{name[:64]!r} is no name for an agent",
            hint="1 to 64 of a-z, 0-9, - _ . that begin with a letter or digit",
        )
    if unit.agents.get(name) is not None:
        raise AlreadyExistsError(f"there is an agent {name} already", hint="choose another name, or change that one")
    check_endpoint(endpoint, allowed)
    row = unit.agents.put(name, endpoint=endpoint, kind=kind, may_outbound=may_outbound, now=now)
    unit.audit.add(actor=actor, action="agent_added", subject=name, detail=told(changes_of(None, _table(row))), now=now)
    return row


def change_agent(
    unit: Unit,
    name: str,
    *,
    endpoint: str | None = None,
    kind: AgentKind | None = None,
    may_outbound: bool | None = None,
    allowed: Sequence[str],
    actor: str,
    now: datetime,
) -> bool:
    """Change what is given, obeyed for the agent's next call; False: it is so already.

    Another phone only while the agent is logged out: a person may be on the one it has.
    """
    row = get_agent(unit, name)
    wish = {
        "endpoint": row.endpoint if endpoint is None else check_endpoint(endpoint, allowed),
        "kind": row.kind if kind is None else kind,
        "may_outbound": row.may_outbound if may_outbound is None else may_outbound,
    }
    changes = {key: value for key, value in wish.items() if value != getattr(row, key)}
    if not changes:
        return False
    if "endpoint" in changes and not _is_out(row):
        raise IllegalActionError(
            f"agent {name} is {_word(row)} with {row.endpoint}: it cannot have another phone now",
            hint=_LOG_OUT_FIRST.format(name),
        )
    changed = unit.agents.put(
        name,
        endpoint=str(wish["endpoint"]),
        kind=AgentKind(str(wish["kind"])),
        may_outbound=bool(wish["may_outbound"]),
        now=now,
    )
    detail = told(changes_of(_table(row), _table(changed)))
    unit.audit.add(actor=actor, action="agent_changed", subject=name, detail=detail, now=now)
    return True


def delete_agent(unit: Unit, name: str, *, actor: str, now: datetime) -> None:
    """Refused while it is logged in, and while a queue names it. What happened to it stays; its callbacks are anybody's
    then, and its user takes nobody's calls."""
    row = get_agent(unit, name)
    if not _is_out(row):
        raise IllegalActionError(
            f"agent {name} is {_word(row)}: it cannot be deleted now", hint=_LOG_OUT_FIRST.format(name)
        )
    if serves := queues_of(unit, name):
        raise IllegalActionError(
            f"agent {name} serves queue {serves[0].name}", hint="take it out of that queue's file and apply it"
        )
    release_agent(unit, name)
    unit.agents.delete(name)
    unlink_agent(unit, name, actor=actor, now=now)
    note_deleted(unit, "agent", name, _table(row), actor=actor, now=now)


def list_agents(unit: Unit) -> list[tuple[AgentRow, Sequence[str]]]:
    """Every agent with the names of the queues that it serves."""
    serves = queues_by_agent(unit)
    return [(row, serves.get(row.name, ())) for row in unit.agents.all()]


def queues_by_agent(unit: Unit) -> Mapping[str, Sequence[str]]:
    """The names of the queues of each agent that serves one; of thousands of agents in hundreds of queues, too."""
    serves: dict[str, list[str]] = {}
    for queue in unit.queues.all():
        for agent in queue.agents:
            serves.setdefault(agent, []).append(queue.name)
    return serves


def events(
    unit: Unit,
    name: str | None,
    *,
    since: datetime | None,
    after: tuple[datetime, int] | None = None,
    limit: int,
) -> list[AgentEventRow]:
    """What happened to an agent, or to all, the latest first; also to one that was deleted. `after`: time and id of the
    last one that was seen."""
    found = unit.agents.events(name, since=since, after=after, limit=limit)
    if name is not None and not found:
        get_agent(unit, name)
    return found


def queues_of(unit: Unit, name: str) -> list[QueueSpec]:
    """The queues that the agent serves."""
    return [queue for queue in unit.queues.all() if name in queue.agents]


def open_campaigns(unit: Unit, name: str) -> list[str]:
    """The campaigns that go on and whose calls the agent's queues take: what it can prefer and be given."""
    serves = {queue.name for queue in queues_of(unit, name)}
    return sorted(run.spec.name for run in unit.runs.unfinished() if run.spec.queue in serves)


# What they want to be


def login(
    unit: Unit, name: str, *, endpoint: str | None = None, allowed: Sequence[str], actor: str, now: datetime
) -> AgentRow:
    """Ask for an agent to be ready at its phone, or at `endpoint`, which is its phone from then on."""
    row = get_agent(unit, name)
    _ask(row, AgentEvent.LOG_IN)
    if row.seen.state is not AgentState.LOGGED_OUT:
        raise IllegalActionError(
            f"agent {name} is still {_word(row)}: it cannot log in yet", hint="wait until it has logged out"
        )
    phone = check_endpoint(endpoint or row.endpoint, allowed)
    for other in unit.agents.at(phone):
        if other.name != name and not _is_out(other):
            raise IllegalActionError(
                f"agent {other.name} is logged in with {phone}", hint="use another phone, or log that agent out"
            )
    unit.agents.put(name, endpoint=phone, kind=row.kind, may_outbound=row.may_outbound, now=now)
    changes = told(changes_of({"endpoint": row.endpoint}, {"endpoint": phone})) if phone != row.endpoint else {}
    return _want(unit, row, WantedState.READY, "", actor=actor, action="agent_login", now=now, more=changes)


def logout(unit: Unit, name: str, *, actor: str, now: datetime) -> AgentRow:
    """Ask for an agent to be logged out, after its call and wrap-up where it has one. Clears its preferences."""
    row = get_agent(unit, name)
    wanted = _ask(row, AgentEvent.LOG_OUT)
    unit.agents.unprefer(name)
    return _want(unit, row, wanted, "", actor=actor, action="agent_logout", now=now)


def pause(unit: Unit, name: str, *, reason: str = "", actor: str, now: datetime) -> AgentRow:
    """Ask for an agent to take no calls, after the one it has; for one of its queues' reasons, where they have any."""
    row = get_agent(unit, name)
    wanted = _ask(row, AgentEvent.PAUSE)
    _check_reason(reason, queues_of(unit, name))
    return _want(unit, row, wanted, reason, actor=actor, action="agent_paused", now=now)


def ready(unit: Unit, name: str, *, actor: str, now: datetime) -> AgentRow:
    """Ask for an agent that is logged in to take calls. Ends a pause and a wrap-up."""
    row = get_agent(unit, name)
    return _want(unit, row, _ask(row, AgentEvent.READY), "", actor=actor, action="agent_ready", now=now)


def hang_up(unit: Unit, name: str, *, actor: str, now: datetime) -> AgentRow:
    """Ask for the conversation of an agent to be ended; its wrap-up follows, and its phone is kept."""
    row = get_agent(unit, name)
    if row.seen.state not in (AgentState.ON_CALL, AgentState.INBOUND):
        raise IllegalActionError(
            f"agent {name} is {_word(row)}: it talks to nobody", hint=f"see what it does with dialerd agent show {name}"
        )
    unit.agents.ask_hang_up(name, now)
    detail = {"attempt": row.seen.attempt_id}
    unit.audit.add(actor=actor, action="agent_hangs_up", subject=name, detail=detail, now=now)
    return get_agent(unit, name)


def _ask(row: AgentRow, event: AgentEvent) -> WantedState:
    """What the agent wants to be from `event` on. Raises IllegalActionError."""
    assert event in ASKED, "the others are the engine's"
    asked = ask(event, wanted=row.wanted.state, seen=row.seen.state, agent=row.name)
    if isinstance(asked, Refusal):
        raise IllegalActionError(asked.reason, hint=asked.hint)
    return asked


def _want(
    unit: Unit,
    row: AgentRow,
    state: WantedState,
    reason: str,
    *,
    actor: str,
    action: str,
    now: datetime,
    more: Mapping[str, object] = MappingProxyType({}),
) -> AgentRow:
    """Write the wish down, also where it is the same as before: `since` tells the engine that it was asked anew, as by
    an agent who has the phone back."""
    unit.agents.set_wanted(row.name, Wanted(state=state, since=now, reason=reason))
    detail = {**({"reason": reason} if reason else {}), **more}
    unit.audit.add(actor=actor, action=action, subject=row.name, detail=detail, now=now)
    return get_agent(unit, row.name)


def _check_reason(reason: str, queues: Sequence[QueueSpec]) -> None:
    """Raises BadInputError for a reason that none of the agent's queues has; a queue without reasons takes any."""
    if reason:
        try:
            check_reason(reason)
        except ValueError as error:
            raise BadInputError(f"{reason[:60]!r} is no reason to pause: {error}") from None
    if not queues or any(not queue.pause_reasons for queue in queues):
        return
    known = sorted({each for queue in queues for each in queue.pause_reasons})
    if reason not in known:
        said = f"there is no reason {reason!r} to pause" if reason else "a pause needs a reason"
        raise BadInputError(said, hint=f"the agent's queues have: {', '.join(known)}")


# Which campaigns they prefer


def prefer(unit: Unit, name: str, campaigns: Sequence[str], *, actor: str, now: datetime) -> AgentRow:
    """Add to the campaigns that the agent works for: from then on it works for none but these. At most 20."""
    row = get_agent(unit, name)
    for campaign in campaigns:
        get_campaign(unit, campaign)
    added = [each for each in dict.fromkeys(campaigns) if each not in row.preferred]
    if len(row.preferred) + len(added) > MOST_PREFERRED:
        raise IllegalActionError(
            f"agent {name} prefers {len(row.preferred)} campaigns: with {len(added)} more these would be more than"
            f" {MOST_PREFERRED}",
            hint="take others off first: dialerd agent unprefer",
        )
    for campaign in added:
        unit.agents.prefer(name, campaign)
    if added:
        unit.audit.add(actor=actor, action="agent_prefers", subject=name, detail={"added": added}, now=now)
    return get_agent(unit, name)


def unprefer(unit: Unit, name: str, campaigns: Sequence[str] | None, *, actor: str, now: datetime) -> AgentRow:
    """Take campaigns off the agent's preferences; None: all of them, and it works for any again."""
    row = get_agent(unit, name)
    unknown = [each for each in campaigns or () if each not in row.preferred]
    if unknown:
        preferred = ", ".join(sorted(row.preferred)) or "none"
        raise NotFoundError(f"agent {name} does not prefer campaign {unknown[0][:64]}", hint=f"it prefers: {preferred}")
    removed = sorted(row.preferred if campaigns is None else set(campaigns))
    for campaign in removed:
        unit.agents.unprefer(name, campaign)
    if removed:
        unit.audit.add(actor=actor, action="agent_prefers", subject=name, detail={"removed": removed}, now=now)
    return get_agent(unit, name)


# What the engine writes down


def note_seen(unit: Unit, name: str, seen: Seen, *, leg_id: LegId | None, asterisk: str | None, now: datetime) -> None:
    """Where an agent is at `now`, as the engine sees it, and the leg it has."""
    unit.agents.set_seen(name, seen, leg_id=leg_id, asterisk=asterisk, now=now)


def login_failed(unit: Unit, name: str, reason: str, now: datetime) -> None:
    """The phone of an agent that wanted to log in could not be reached: it is logged out, and told why.

    Who has asked for something else meanwhile (wants to pause) is logged out all the same; who has logged out stays so.
    """
    row = unit.agents.get(name)
    if row is None or row.wanted.state is WantedState.LOGGED_OUT:
        return
    unit.agents.set_wanted(name, Wanted(state=WantedState.LOGGED_OUT, since=now, reason=reason))
    unit.agents.log(name, at=now, state=AgentState.LOGGED_OUT, reason=reason)


def _table(row: AgentRow) -> dict[str, object]:
    """What an agent is defined by."""
    return {"endpoint": row.endpoint, "kind": str(row.kind), "may_outbound": row.may_outbound}


def _is_out(row: AgentRow) -> bool:
    """Whether it neither is logged in nor wants to be."""
    return row.wanted.state is WantedState.LOGGED_OUT and row.seen.state is AgentState.LOGGED_OUT


def _word(row: AgentRow) -> str:
    state = row.seen.state if row.seen.state is not AgentState.LOGGED_OUT else AgentState(row.wanted.state)
    return state.replace("_", " ")
