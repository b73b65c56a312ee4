"""What is forecast: the campaign with all that it names, the world it meets, and how both get into a database.

Not here: playing it (forecast.py), what the world is like (domain/rates.py, domain/habits.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.contact import EMAIL, Contact
from dialerd.domain.dispositionset import DispositionSet
from dialerd.domain.flow import FlowSpec
from dialerd.domain.habits import USUAL, Habits
from dialerd.domain.phone import PhoneNumber
from dialerd.domain.queue import QueueSpec
from dialerd.domain.rates import Rates
from dialerd.domain.regulation import EMPTY, Rulebook
from dialerd.domain.replywords import NO_WORDS, ReplyWords
from dialerd.domain.strategy import Strategy
from dialerd.domain.trunk import Trunk
from dialerd.domain.words import AgentKind, Channel, RunId
from dialerd.ports import Unit

_QUEUE = "agents"
_UNKNOWN = "x"  # the value of an attribute that a text names, where there is no contact to take one from
_TEN = 10  # numbers of one contact at most
_AREA = re.compile(r"\+1[2-9][0-9]{9}\Z")
_FIRST_IN_AREA, _IN_AREA = 2_000_000, 8_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """A route for messages, as the settings have it. `is_stand_in`: they have none for that channel."""

    name: str
    channel: Channel
    messages_per_second: float = 10.0
    window: int = 10
    is_stand_in: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is forecast: the campaign with what it names, its trunk and packs, how many contacts, and when it begins.

    `trunk` None: it calls nobody. `agents`: so many, each for every queue; None: as `queues` name them, the campaign's
    own and those that its flow transfers to. `people`: contacts that stand for all, one after the other, with made-up
    numbers. `most_s`: when the forecast ends at the latest, in seconds from the start.
    """

    spec: CampaignSpec
    trunk: Trunk | None
    rates: Rates
    habits: Habits = USUAL
    contacts: int
    start: datetime
    agents: int | None = 0
    queues: Sequence[QueueSpec] = ()
    flow: FlowSpec | None = None
    strategy: Strategy | None = None
    dispositions: DispositionSet | None = None
    ways_out: Sequence[WayOut] = ()
    words: ReplyWords = NO_WORDS
    transfer_prefixes: Sequence[str] = ()
    people: Sequence[Contact] = ()
    shift_s: float | None = None
    most_s: float = 86_400.0
    zones: Sequence[str] = ("Etc/UTC",)
    rulebook: Rulebook = EMPTY

    @property
    def names(self) -> list[str]:
        """The agents who work."""
        named = sorted(self.flow.agents) if self.flow is not None else []
        if self.agents is not None:
            return [f"agent{n:03}" for n in range(self.agents)] + named
        return list(dict.fromkeys([*(name for queue in self.queues for name in queue.agents), *named]))


def endpoint_of(agent: str) -> str:
    """The phone of an agent of the forecast."""
    return f"PJSIP/{agent}"


def set_up(unit: Unit, scene: Scene) -> RunId:
    """Put everything that the scene's campaign needs into an empty database, and begin a run of it."""
    spec, now = scene.spec, scene.start
    for name in spec.lists:
        unit.lists.create(name, "US", now)
    if spec.dnc is not None:
        unit.dnc.create(spec.dnc)
    first = unit.lists.get(spec.lists[0])
    assert first is not None, "just made"
    unit.contacts.add(first.id, _contacts(scene), now)
    for queue in _queues(scene):
        unit.queues.put(queue, now)
    for name in scene.names:
        unit.agents.put(name, endpoint=endpoint_of(name), kind=AgentKind.OUTBOUND, may_outbound=True, now=now)
    if scene.flow is not None:
        unit.flows.put(scene.flow, now)
    if scene.strategy is not None:
        unit.strategies.put(scene.strategy, now)
    if scene.dispositions is not None:
        unit.dispositions.put(scene.dispositions, now)
    return unit.runs.create(unit.campaigns.put(spec, now).id, spec, now).id


def _queues(scene: Scene) -> Iterator[QueueSpec]:
    queues = {queue.name: queue for queue in scene.queues}
    if not queues and scene.agents:
        queues[scene.spec.queue or _QUEUE] = QueueSpec(name=scene.spec.queue or _QUEUE)
    for queue in queues.values():
        if scene.agents is None:
            yield queue
        else:
            yield queue.model_copy(update={"agents": tuple(f"agent{n:03}" for n in range(scene.agents))})


def _contacts(scene: Scene) -> Iterator[Contact]:
    """Nobody's mailbox is in the domain invalid."""
    texts = _attributes(scene)
    for n in range(scene.contacts):
        if not scene.people:
            number = PhoneNumber(e164=_number(n, 0, ""), zones=(scene.zones[n % len(scene.zones)],))
            yield Contact(numbers=(number,), attributes=_with_address(texts, n))
            continue
        like = scene.people[n % len(scene.people)]
        numbers = tuple(
            PhoneNumber(e164=_number(n, at, each.e164), zones=each.zones) for at, each in enumerate(like.numbers[:_TEN])
        )
        yield replace(like, numbers=numbers, attributes=_with_address(like.attributes, n))


def _number(n: int, at: int, like: str) -> str:
    """The `at`th number of the `n`th contact: within North America in the area of the one that it is like, since hours
    and rules go by that; else one of +878 10, which was never given to anybody."""
    count = n * _TEN + at
    if _AREA.match(like) and count < _IN_AREA:
        return f"{like[:5]}{_FIRST_IN_AREA + count}"
    return f"+87810{count:010}"


def _with_address(attributes: Mapping[str, str], n: int) -> Mapping[str, str]:
    return {**attributes, EMAIL: f"p{n}@example.invalid"} if EMAIL in attributes else attributes


def _attributes(scene: Scene) -> Mapping[str, str]:
    names = set(scene.flow.attributes) if scene.flow is not None else set()
    if scene.strategy is not None:
        names |= {EMAIL}.union(*(asked for _, asked in scene.strategy.attributes))
    return dict.fromkeys(sorted(names), _UNKNOWN)
