"""What a campaign would come to: the production engine on virtual time against a drawn world, over several seeds.

Not here: the campaign and its world (scene.py), what is counted (findings.py), the people (drawn.py, listener.py,
recipients.py), the agents (staff.py), how a forecast is asked for (cli/simulate.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC
from itertools import product

from dialerd.adapters.sqlite import SqliteStore
from dialerd.domain.campaign import CampaignSpec, read_campaign
from dialerd.domain.disposition import is_live
from dialerd.domain.errors import BadInputError
from dialerd.domain.habits import check_habits
from dialerd.domain.tolls import TollGuard
from dialerd.domain.words import Disposition, RunState
from dialerd.domain.world import is_of_world, read_world
from dialerd.engine import Engine
from dialerd.simulate.clock import SeededDice, VirtualClock, run_virtual
from dialerd.simulate.drawn import DrawnCallees
from dialerd.simulate.exchange import SimulatedExchange
from dialerd.simulate.findings import Finding, Findings, findings_of
from dialerd.simulate.listener import DrawnListener
from dialerd.simulate.phones import DrawnPhones
from dialerd.simulate.premises import Premises
from dialerd.simulate.recipients import DrawnReaders
from dialerd.simulate.routes import SimulatedRoute
from dialerd.simulate.scene import Scene, endpoint_of, set_up
from dialerd.simulate.staff import Staff
from dialerd.simulate.stubs import SimulatedSpeech, SimulatedWeb

__all__ = ["AGENTS", "MEASURES", "PERCENTILES", "Course", "Forecast", "Scene", "compare", "play"]

_REFRESH_S = 60.0  # nobody but the agents writes to this store, who say so
_ANY_NUMBER = TollGuard(allow_premium=True, allow_satellite=True)  # those of made-up people are nobody's (scene.py)
_SERVER = "simulated"
AGENTS = "agents"
"""The one thing beside a campaign's own keys and the world's that a comparison can vary: how many agents there are."""


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
    findings: Findings = field(default_factory=dict)


MEASURES = ("lasted_s", "calls", "reached", "calls_per_h", "abandoned", "talking")
PERCENTILES = (10, 50, 90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Several courses of one scene. `varied`: what sets it apart from the others of a comparison."""

    varied: Mapping[str, str]
    courses: Sequence[Course]

    def percentile(self, measure: str, share: int) -> float:
        """Of one of MEASURES over the seeds; the nearest one, no value in between is invented."""
        return _nearest([float(getattr(course, measure)) for course in self.courses], share)

    @property
    def found(self) -> list[Finding]:
        """Whatever was counted in any of the courses."""
        return sorted({finding for course in self.courses for finding in course.findings})

    def finding(self, finding: Finding, share: int) -> float:
        """The same of what was counted; where it did not happen in a course, that counts as none."""
        return _nearest([course.findings.get(finding, 0.0) for course in self.courses], share)


def _nearest(values: Sequence[float], share: int) -> float:
    return sorted(values)[min(len(values) - 1, round(share / 100 * (len(values) - 1)))]


def compare(scene: Scene, *, vary: Mapping[str, Sequence[str]], seeds: Sequence[int]) -> list[Forecast]:
    """A forecast for each combination of values; without any, one. Raises BadInputError for a value that cannot be."""
    combinations = [dict(zip(vary, values, strict=True)) for values in product(*vary.values())]
    scenes = [(varied, _varied(scene, varied)) for varied in combinations]  # all are read before any is played
    return [Forecast(varied=varied, courses=[play(each, seed) for seed in seeds]) for varied, each in scenes]


def _varied(scene: Scene, varied: Mapping[str, str]) -> Scene:
    world = {key: text for key, text in varied.items() if is_of_world(key)}
    keys = {key: _value(text) for key, text in varied.items() if key != AGENTS and key not in world}
    spec = read_campaign(scene.spec.as_table() | keys, source="--vary") if keys else scene.spec
    rates, habits = read_world(world, over=(scene.rates, scene.habits), source="--vary")
    agents = scene.agents
    if AGENTS in varied:
        if not varied[AGENTS].isdecimal():
            raise BadInputError(f"--vary agents: {varied[AGENTS]!r} is no number of agents")
        agents = int(varied[AGENTS])
    if scene.flow is not None:
        check_habits(habits, scene.flow)
    return replace(scene, spec=_same_parts(scene.spec, spec), agents=agents, rates=rates, habits=habits)


def _same_parts(old: CampaignSpec, new: CampaignSpec) -> CampaignSpec:
    """Raises BadInputError where what is varied names something that was not brought along."""
    for key in ("flow", "strategy", "dispositions", "queue"):
        if getattr(old, key) != getattr(new, key):
            raise BadInputError(
                f"--vary {key}: forecast a campaign for each", hint="dialerd campaign clone makes another"
            )
    return new


def _value(text: str) -> object:
    for read in (int, float):
        try:
            return read(text)
        except ValueError:
            continue
    return {"true": True, "false": False}.get(text, text)


def play(scene: Scene, seed: int) -> Course:
    """One course with one seed: the same again gives the same."""
    return run_virtual(_play(scene, seed))


async def _play(scene: Scene, seed: int) -> Course:
    clock, store = VirtualClock(scene.start.astimezone(UTC)), SqliteStore.in_memory()
    habits, names, dice = scene.habits, scene.names, {n: SeededDice(seed + n) for n in range(8)}
    trunk = scene.trunk
    server = trunk.servers[0] if trunk is not None else _SERVER
    sounds: dict[str, float | None] = dict(habits.sound)
    exchange = SimulatedExchange(
        server,
        clock,
        dice[1],
        DrawnCallees(
            scene.rates,
            clock,
            dice[2],
            listener=lambda: DrawnListener(habits, lambda attempt_id: engine.desk.in_flow(attempt_id), dice[4]),
        ),
        premises=Premises(sounds=sounds, sound_s=habits.sound_s, context_s=habits.context_s),
        phones=DrawnPhones([endpoint_of(name) for name in names], habits.transfers, scene.rates.ring_s, dice[5]),
    )
    routes = [
        SimulatedRoute(
            way.name,
            way.channel,
            clock,
            dice[6],
            recipients=DrawnReaders(habits.writing(way.channel), dice[6]),
            messages_per_second=way.messages_per_second,
            window=way.window,
        )
        for way in scene.ways_out
    ]
    run_id = await store.write(lambda unit: set_up(unit, scene))
    engine = Engine(
        store=store,
        clock=clock,
        dice=dice[0],
        exchanges={server: exchange},
        trunks={trunk.name: replace(trunk, servers=(server,), tolls=_ANY_NUMBER)} if trunk is not None else {},
        min_ring_s=15.0,
        rulebook=scene.rulebook,
        refresh_s=_REFRESH_S,
        speech=SimulatedSpeech(habits, dice[7], sounds),
        web=SimulatedWeb(habits, clock, dice[7]),
        routes={route.name: route for route in routes},
        reply_words=scene.words,
        transfer_prefixes=scene.transfer_prefixes,
        gives_account=False,
    )
    await engine.start()
    staff = Staff(names, scene.rates, store, clock, dice[3], shift_s=scene.shift_s)
    await staff.begin(engine)
    is_over = await engine.idle(scene.most_s)
    lasted_s = (clock.now() - scene.start).total_seconds()
    await engine.drain(0.0)
    await engine.close()
    dispositions = await store.read(lambda unit: unit.runs.dispositions(run_id))
    run = await store.read(lambda unit: unit.runs.get(run_id))
    findings = await store.read(lambda unit: findings_of(unit, run_id, scene, routes))
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
        findings=findings,
    )
