"""What a campaign would come to: the production engine on virtual time against a drawn world, over several seeds.

Not here: the world (drawn.py), the agents (staff.py), how a forecast is asked for (cli/simulate.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import product

from dialerd.adapters.sqlite import SqliteStore
from dialerd.domain.campaign import CampaignSpec, OnHuman, read_campaign
from dialerd.domain.contact import Contact
from dialerd.domain.disposition import is_live
from dialerd.domain.errors import BadInputError
from dialerd.domain.phone import PhoneNumber
from dialerd.domain.queue import QueueSpec
from dialerd.domain.rates import Rates
from dialerd.domain.regulation import EMPTY, Rulebook
from dialerd.domain.trunk import Trunk
from dialerd.domain.words import AgentKind, Disposition, RunId, RunState
from dialerd.engine import Engine
from dialerd.ports import Unit
from dialerd.simulate.clock import SeededDice, VirtualClock, run_virtual
from dialerd.simulate.drawn import DrawnCallees
from dialerd.simulate.exchange import SimulatedExchange
from dialerd.simulate.staff import Staff

_REFRESH_S = 60.0
_QUEUE = "agents"
AGENTS = "agents"
"""The one thing beside a campaign's own keys that a comparison can vary: how many agents there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is forecast: the campaign, its trunk and packs, how many contacts and agents, and when it begins.

    `most_s`: when the forecast ends at the latest, in seconds from the start. `zones`: where the contacts are.
    """

    spec: CampaignSpec
    trunk: Trunk
    rates: Rates
    contacts: int
    start: datetime
    agents: int = 0
    queue: QueueSpec | None = None
    shift_s: float | None = None
    most_s: float = 86_400.0
    zones: Sequence[str] = ("Etc/UTC",)
    rulebook: Rulebook = EMPTY


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What one seed came to. Shares are of live answers (`abandoned`) or of the agents' logged-in time (`talking`)."""

    seed: int
    is_over: bool
    lasted_s: float
    calls: int
    reached: int
    calls_per_h: float
    abandoned: float
    talking: float


MEASURES = ("lasted_s", "calls", "reached", "calls_per_h", "abandoned", "talking")
PERCENTILES = (10, 50, 90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Several courses of one scene. `varied`: what sets it apart from the others of a comparison."""

    varied: Mapping[str, str]
    courses: Sequence[Course]

    def percentile(self, measure: str, share: int) -> float:
        """Of one of MEASURES over the seeds; the nearest one, no value in between is invented."""
        values = sorted(float(getattr(course, measure)) for course in self.courses)
        return values[min(len(values) - 1, round(share / 100 * (len(values) - 1)))]


def compare(scene: Scene, *, vary: Mapping[str, Sequence[str]], seeds: Sequence[int]) -> list[Forecast]:
    """A forecast for each combination of values; without any, one. Raises BadInputError for a value that cannot be."""
    combinations = [dict(zip(vary, values, strict=True)) for values in product(*vary.values())]
    scenes = [(varied, _varied(scene, varied)) for varied in combinations]  # all are read before any is played
    return [Forecast(varied=varied, courses=[play(each, seed) for seed in seeds]) for varied, each in scenes]


def _varied(scene: Scene, varied: Mapping[str, str]) -> Scene:
    keys = {key: _value(text) for key, text in varied.items() if key != AGENTS}
    spec = read_campaign(scene.spec.as_table() | keys, source="--vary") if keys else scene.spec
    agents = scene.agents
    if AGENTS in varied:
        if not varied[AGENTS].isdecimal():
            raise BadInputError(f"--vary agents: {varied[AGENTS]!r} is no number of agents")
        agents = int(varied[AGENTS])
    return replace(scene, spec=spec, agents=agents)


def _value(text: str) -> object:
    for read in (int, float):
        try:
            return read(text)
        except ValueError:
            continue
    return {"true": True, "false": False}.get(text, text)


def play(scene: Scene, seed: int) -> Course:
    """One day with one seed: the same again gives the same."""
    return run_virtual(_play(scene, seed))


async def _play(scene: Scene, seed: int) -> Course:
    clock, store = VirtualClock(scene.start.astimezone(UTC)), SqliteStore.in_memory()
    server = scene.trunk.servers[0]
    callees = DrawnCallees(scene.rates, clock, SeededDice(seed + 2))
    exchange = SimulatedExchange(server, clock, SeededDice(seed + 1), callees)
    names = [f"agent{n:03}" for n in range(scene.agents)]
    run_id = await store.write(lambda unit: _set_up(unit, scene, names))
    engine = Engine(
        store=store,
        clock=clock,
        dice=SeededDice(seed),
        exchanges={server: exchange},
        trunks={scene.trunk.name: replace(scene.trunk, servers=(server,))},
        min_ring_s=15.0,
        rulebook=scene.rulebook,
        refresh_s=_REFRESH_S,
    )
    await engine.start()
    staff = Staff(names, scene.rates, store, clock, SeededDice(seed + 3), shift_s=scene.shift_s)
    await staff.begin(engine)
    is_over = await engine.idle(scene.most_s)
    lasted_s = (clock.now() - scene.start).total_seconds()
    await engine.drain(0.0)
    await engine.close()
    dispositions = await store.read(lambda unit: unit.runs.dispositions(run_id))
    run = await store.read(lambda unit: unit.runs.get(run_id))
    await store.close()
    assert run is not None, "a run is never deleted here"
    live = sum(count for code, count in dispositions.items() if is_live(code))
    calls = len(exchange.record)
    return Course(
        seed=seed,
        is_over=is_over and run.state is RunState.COMPLETED,
        lasted_s=lasted_s,
        calls=calls,
        reached=live,
        calls_per_h=calls / lasted_s * 3600.0 if lasted_s else 0.0,
        abandoned=dispositions.get(Disposition.ABANDONED, 0) / live if live else 0.0,
        talking=staff.talked_s / (len(names) * min(lasted_s, scene.shift_s or lasted_s)) if names and lasted_s else 0.0,
    )


def _set_up(unit: Unit, scene: Scene, names: Sequence[str]) -> RunId:
    spec, now = _without_flow(scene.spec), scene.start
    for name in spec.lists:
        unit.lists.create(name, "US", now)
    first = unit.lists.get(spec.lists[0])
    assert first is not None, "just made"
    unit.contacts.add(first.id, [_contact(n, scene.zones) for n in range(scene.contacts)], now)
    if names:
        queue = scene.queue or QueueSpec(name=spec.queue or _QUEUE)
        unit.queues.put(queue.model_copy(update={"agents": tuple(names)}), now)
        for name in names:
            endpoint = f"PJSIP/{name}"
            unit.agents.put(name, endpoint=endpoint, kind=AgentKind.OUTBOUND, may_outbound=True, now=now)
    return unit.runs.create(unit.campaigns.put(spec, now).id, spec, now).id


def _without_flow(spec: CampaignSpec) -> CampaignSpec:
    """Nobody knows which keys people will press: a flow is taken for a message."""
    return spec.model_copy(update={"flow": None, "on_human": OnHuman(play="flow")}) if spec.flow else spec


def _contact(n: int, zones: Sequence[str]) -> Contact:
    """A number that nobody has: 999 is no country's code."""
    return Contact(numbers=(PhoneNumber(e164=f"+999{n:09}", zones=(zones[n % len(zones)],)),))
