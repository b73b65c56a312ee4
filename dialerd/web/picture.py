"""What live events are made of: the whole as it is seen at one look, and how two looks differ.

Not here: looking again and again, and who is told (live.py). A look is one short read over everything; what it costs
grows with the campaigns that go on and the agents, not with contacts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic_core import to_json

from dialerd.domain.errors import StoreError
from dialerd.log import logger
from dialerd.ports import AgentRow, PreviewRow, Unit
from dialerd.usecases.status import Status, status
from dialerd.web.resources.agents import AgentShown, agent_document, without_call
from dialerd.web.resources.me import OwnAgent, PreviewShown, own_document, preview_document

_log = logger(__name__)

Queues = frozenset[str]


@dataclass(frozen=True, slots=True)
class Own:
    """What one agent is told of itself."""

    agent: OwnAgent
    preview: PreviewShown | None

    @property
    def document(self) -> dict[str, Any]:
        return {"agent": self.agent, "preview": self.preview}


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """`campaigns` and `agents` with the queues that they are of; `going`: the runs that go on, by campaign."""

    campaigns: Mapping[str, tuple[Queues, Status]]
    agents: Mapping[str, tuple[Queues, AgentShown]]
    rows: Mapping[str, AgentRow]
    previews: Mapping[str, PreviewRow]
    going: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is another than at the look before; `own`: of the agents that are connected. `gone_campaigns` and
    `gone_agents`: those that are there no more or have left some of their queues, with the queues that they were of.
    `calls`: the queues of the campaigns whose calls those agents have."""

    campaigns: Mapping[str, tuple[Queues, Status]] = field(default_factory=dict)
    agents: Mapping[str, tuple[Queues, AgentShown]] = field(default_factory=dict)
    gone_campaigns: Mapping[str, Queues] = field(default_factory=dict)
    gone_agents: Mapping[str, Queues] = field(default_factory=dict)
    own: Mapping[str, Own] = field(default_factory=dict)
    calls: Mapping[str, Queues] = field(default_factory=dict)

    @property
    def is_of_floor(self) -> bool:
        return bool(self.campaigns or self.agents or self.gone_campaigns or self.gone_agents)


def look(
    unit: Unit,
    now: datetime,
    before: Picture | None,
    *,
    whole: bool,
    listening: Collection[str] = (),
    fresh: Collection[str] = (),
) -> tuple[Picture, Change, Mapping[str, Own]]:
    """The picture, what is another than `before`, and what each agent of `fresh`, who begins to listen, sees of itself.

    `whole`: campaigns of which no run goes on, too. `listening`: the agents that want to be told of themselves.
    """
    queues = unit.queues.all()
    runs = unit.runs.unfinished()
    going = {run.spec.name: f"{run.number} {run.spec.queue or ''}" for run in runs}
    campaigns = dict(before.campaigns) if before is not None and not whole else {}
    known = {row.spec.name: row.spec.queue for row in unit.campaigns.all()} if whole or before is None else None
    looked_at = set(known) if known is not None else set(going) | (set(before.going) if before else set())
    for name in looked_at:
        row = unit.campaigns.get(name)
        if row is None:
            campaigns.pop(name, None)
            continue
        queue = row.spec.queue
        campaigns[name] = (frozenset((queue,) if queue else ()), status(unit, name, now))
    rows = {row.name: row for row in unit.agents.all()}
    serves: dict[str, list[str]] = {}
    for each in queues:
        for agent in each.agents:
            serves.setdefault(agent, []).append(each.name)
    agents = {}
    for name, seen in rows.items():
        names = serves.get(name, [])
        had = None if before is None else before.agents.get(name)
        if had is not None and before is not None and before.rows[name] == seen and had[1].queues == names:
            agents[name] = had
        else:
            agents[name] = (frozenset(names), agent_document(seen, names))
    previews = {row.agent: row for row in unit.previews.all()}
    picture = Picture(campaigns=campaigns, agents=agents, rows=rows, previews=previews, going=going)

    def own(name: str) -> Own | None:
        try:
            shown = preview_document(unit, name, now) if name in previews else None
            return Own(own_document(unit, rows[name], queues, runs), shown)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001  # one agent's defect is that agent's: all others are told
            _log.error("an agent's own page cannot be told", action="own_live_failed", agent=name, exc_info=error)
            return None

    def of_each(names: Collection[str]) -> dict[str, Own]:
        return {name: told for name in names if (told := own(name)) is not None}

    seen_first = of_each([name for name in fresh if name in rows])
    if before is None:
        return picture, Change(), seen_first
    moved = {name for name in agents if agents[name] is not before.agents.get(name)}
    shown = {name for name in {*previews, *before.previews} if previews.get(name) != before.previews.get(name)}
    told = set(listening) & rows.keys() if going != before.going else set(listening) & (moved | shown) & rows.keys()
    change = Change(
        campaigns={name: each for name, each in campaigns.items() if each != before.campaigns.get(name)},
        agents={name: agents[name] for name in moved},
        calls=_calls({name: agents[name] for name in moved}, campaigns),
        gone_campaigns=_left(before.campaigns, campaigns),
        gone_agents=_left(before.agents, agents),
        own={**of_each([name for name in told if name not in seen_first]), **_only(seen_first, told)},
    )
    return picture, change, seen_first


def snapshot_bytes(picture: Picture, seq: int, held_to: Queues | None) -> bytes:
    return to_json(
        {
            "type": "snapshot",
            "seq": seq,
            "campaigns": _of(picture.campaigns, held_to),
            "agents": _agents_of(picture.agents, _calls(picture.agents, picture.campaigns), held_to),
        }
    )


def change_bytes(change: Change, seq: int, held_to: Queues | None) -> bytes:
    """To whoever is held to queues, what has gone over to others is gone."""
    return to_json(
        {
            "type": "change",
            "seq": seq,
            "campaigns": _of(change.campaigns, held_to),
            "agents": _agents_of(change.agents, change.calls, held_to),
            "gone": {
                "campaigns": _gone(change.gone_campaigns, change.campaigns, held_to),
                "agents": _gone(change.gone_agents, change.agents, held_to),
            },
        }
    )


def own_bytes(own: Own) -> bytes:
    """What goes into a message to that agent (`with_own`)."""
    return to_json(own.document)


def head_bytes(kind: str, seq: int) -> bytes:
    """A message with nothing in it yet."""
    return to_json({"type": kind, "seq": seq})


def with_own(message: bytes, own: bytes) -> bytes:
    """One message of both: whoever hears of the floor and of itself takes them as one."""
    return message[:-1] + b"," + own[1:]


def _only(seen: Mapping[str, Own], names: Collection[str]) -> dict[str, Own]:
    return {name: own for name, own in seen.items() if name in names}


def _of(things: Mapping[str, tuple[Queues, Any]], held_to: Queues | None) -> list[Any]:
    return [each for queues, each in things.values() if held_to is None or not held_to.isdisjoint(queues)]


def _agents_of(
    agents: Mapping[str, tuple[Queues, AgentShown]], calls: Mapping[str, Queues], held_to: Queues | None
) -> list[AgentShown]:
    """To whoever is held to queues, an agent of theirs with a call of another queue is busy, and no more is told."""
    shown = _of(agents, held_to)
    if held_to is None:
        return shown
    return [
        each if not each.campaign or not held_to.isdisjoint(calls.get(each.campaign, ())) else without_call(each)
        for each in shown
    ]


def _calls(
    agents: Mapping[str, tuple[Queues, AgentShown]], campaigns: Mapping[str, tuple[Queues, Status]]
) -> dict[str, Queues]:
    names = {each.campaign for _, each in agents.values() if each.campaign}
    return {name: campaigns[name][0] for name in names if name in campaigns}


def _left(before: Mapping[str, tuple[Queues, Any]], now: Mapping[str, tuple[Queues, Any]]) -> dict[str, Queues]:
    return {name: queues for name, (queues, _) in before.items() if name not in now or not queues <= now[name][0]}


def _gone(left: Mapping[str, Queues], there: Mapping[str, tuple[Queues, Any]], held_to: Queues | None) -> list[str]:
    """Of `left` those that somebody has seen and sees no more; `there`: what is another and still there."""
    if held_to is None:
        return sorted(left.keys() - there.keys())
    mine = {name for name, queues in left.items() if not held_to.isdisjoint(queues)}
    return sorted(mine - {name for name, (queues, _) in there.items() if not held_to.isdisjoint(queues)})
