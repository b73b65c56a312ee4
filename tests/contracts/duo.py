"""Plays every leg scenario on one exchange at once: what each leg and each person's call was told, when, and replied.

Not here: the scenarios and what they must come to (legscenarios.py), calls without agents (caller.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dialerd.domain.call import CallPlan
from dialerd.domain.call import events as ev
from dialerd.domain.caller import CallerEvent
from dialerd.domain.leg import LegAnswered, LegEvent, LegGone, LegPlace, LegRang, bridge_of
from dialerd.domain.steering import Spy
from dialerd.domain.words import AttemptId, CallerId, LegId
from dialerd.ports import Clock, Exchange, ExchangeEvent
from dialerd.tasks import spawn
from tests.contracts.caller import drive, or_dash, seen_as, shown, told
from tests.contracts.legscenarios import LegScenario
from tests.numbers import number

_MUSIC = "default"
_ENDS_S = 0.3


@dataclass(slots=True)
class Duo:
    """One agent's leg and, where there is one, one person's call. `times`: the seconds of the leg's events."""

    scenario: LegScenario
    leg_id: LegId
    plan: CallPlan
    began: float
    events: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    call_events: list[str] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    taken: str = ""
    busy: int = 0  # step lists being done, and originates

    @property
    def is_over(self) -> bool:
        refused = self.taken not in ("", "OriginateTaken")
        leg = refused or any(event.startswith("LegGone") for event in self.events)
        call = not self.scenario.ending or any(event.startswith("Destroyed") for event in self.call_events)
        return leg and call and not self.busy


class Duos:
    """An ExchangeSink that does what the scenario of each duo says."""

    def __init__(self, exchange: Exchange, clock: Clock, scenarios: Mapping[str, LegScenario]) -> None:
        self._exchange = exchange
        self._clock = clock
        self._scenarios = scenarios
        self.moved = asyncio.Event()
        self.duos: list[Duo] = []
        self._by_channel: dict[LegId | AttemptId, Duo] = {}

    def begin(self) -> None:
        for index, scenario in enumerate(self._scenarios.values()):
            self._begin(index, scenario)

    @property
    def is_over(self) -> bool:
        return all(duo.is_over for duo in self.duos)

    def _begin(self, index: int, scenario: LegScenario) -> None:
        digits = f"{2**110 + index:032x}"
        plan = CallPlan(
            attempt_id=AttemptId(f"d{digits}"),
            dial_string=f"PJSIP/{number(500 + index, scenario.ending or '05')}@carrier",
            caller_id="+12125550100",
            amd=True,
            max_ring_s=14.0,
            min_ring_s=1,
        )
        duo = Duo(scenario, LegId(f"a{digits}"), plan, self._clock.steady())
        self.duos.append(duo)
        self._by_channel |= {duo.leg_id: duo, plan.attempt_id: duo}
        self._spawn(duo, self._dial(duo))

    async def _dial(self, duo: Duo) -> None:
        duo.taken = await self._command(duo, "dial leg")
        if duo.scenario.ending:
            await self._exchange.originate(duo.plan)

    def on_exchange_event(self, exchange: str, event: ExchangeEvent) -> None:
        self.moved.set()

    def on_caller_event(self, exchange: str, caller_id: CallerId, event: CallerEvent) -> None: ...

    def on_leg_event(self, exchange: str, leg_id: LegId, event: LegEvent) -> None:
        duo = self._by_channel[leg_id]
        if isinstance(event, LegRang) and "LegRang" in duo.events:
            return  # told twice, see caller.py
        name = type(event).__name__
        codes = f" {or_dash(event.cause)}/{or_dash(event.sip_code)}" if isinstance(event, LegGone) else ""
        duo.events.append(f"{name}{codes}")
        duo.times.append(self._clock.steady() - duo.began)
        self._follow(duo, name, is_up=isinstance(event, LegAnswered) and "Answered" in duo.call_events)

    def on_call_event(self, exchange: str, attempt_id: AttemptId, event: ev.CallEvent) -> None:
        duo = self._by_channel[attempt_id]
        if isinstance(event, ev.Rang) and "Rang" in duo.call_events:
            return
        duo.call_events.append(told(event))
        self._follow(duo, type(event).__name__, is_up=isinstance(event, ev.Answered) and "LegAnswered" in duo.events)

    def _follow(self, duo: Duo, name: str, *, is_up: bool) -> None:
        for each in (name, *(["both"] if is_up else [])):
            if steps := duo.scenario.does.get(each):
                self._spawn(duo, self._do(duo, steps))
        self.moved.set()

    def _spawn(self, duo: Duo, work: Coroutine[Any, Any, None]) -> None:
        async def counted() -> None:
            await work
            duo.busy -= 1
            self.moved.set()

        duo.busy += 1
        spawn(duo.leg_id, counted())

    async def _do(self, duo: Duo, steps: Sequence[str]) -> None:
        for step in steps:
            if step.endswith(" s"):
                await self._clock.sleep(float(step[:-2]))
            else:
                duo.replies.append(await self._command(duo, step))

    async def _command(self, duo: Duo, step: str) -> str:
        exchange, leg_id, attempt_id = self._exchange, duo.leg_id, duo.plan.attempt_id
        match step:
            case "dial leg":
                dial_string = f"PJSIP/{duo.scenario.phone}"
                reply: object = await exchange.dial_leg(
                    leg_id, dial_string, caller_id="+12125550100", ring_s=duo.scenario.ring_s
                )
            case "hold":
                reply = await exchange.hold(leg_id, _MUSIC)
            case "connect":
                reply = await exchange.connect(leg_id, attempt_id)
            case "join":
                reply = await exchange.join(leg_id, attempt_id)
            case "end bridge":
                reply = await exchange.end_bridge(attempt_id)
            case "hang up leg":
                reply = await exchange.hang_up_leg(leg_id)
            case "hang up":
                reply = await exchange.hang_up(attempt_id)
            case "detect":
                reply = await exchange.detect(attempt_id)
            case "look" | "leg" | "bridge":
                return await self._look(duo, step)
            case "mute" | "unmute":
                reply = await exchange.mute(leg_id, step == "mute")
            case "comfort" | "no comfort":
                reply = await exchange.comfort(attempt_id, _MUSIC if step == "comfort" else None)
            case "keys":
                reply = await exchange.send_keys(attempt_id, "1#")
            case "listen to nobody":
                reply = await exchange.spy(leg_id, LegId(f"a{leg_id[2:]}f"), Spy.LISTEN)
            case "listen no more":
                reply = await exchange.end_spy(leg_id)
            case _:
                raise AssertionError(f"no command is called {step}")
        return shown(reply)

    async def _look(self, duo: Duo, what: str) -> str:
        async def see() -> str:
            match what:
                case "leg":
                    return await self._place(duo)
                case "bridge":
                    return await self._bridge(duo.plan.attempt_id)
                case _:
                    return shown(await self._exchange.look(duo.plan.attempt_id, None))

        return await seen_as(duo.scenario.replies, duo.replies, self._clock, see)

    async def _bridge(self, attempt_id: AttemptId) -> str:
        """Whether the person's bridge is there to stay: a removed one is listed until its thread has ended."""
        for _ in range(2):
            if bridge_of(attempt_id) not in await self._exchange.bridges():
                return "no bridge"
            await self._clock.sleep(_ENDS_S)
        return "bridge"

    async def _place(self, duo: Duo) -> str:
        seen = (await self._exchange.legs()).get(duo.leg_id)
        if seen is None:
            return "gone"
        if seen.place is not LegPlace.BRIDGED:
            return str(seen.place)
        assert seen.bridge_id == bridge_of(duo.plan.attempt_id)
        return f"bridged {'with its person' if seen.attempt_id == duo.plan.attempt_id else 'alone'}"


async def play_duos(exchange: Exchange, clock: Clock, scenarios: Mapping[str, LegScenario]) -> dict[str, Duo]:
    """Every scenario, all at once; what came of each."""
    duos = Duos(exchange, clock, scenarios)
    await drive(exchange, clock, duos)
    return dict(zip(scenarios, duos.duos, strict=True))


def check(duo: Duo) -> None:
    """It came to what its scenario says."""
    scenario = duo.scenario
    assert duo.taken == scenario.taken
    for heard, said in (
        (duo.events, scenario.events),
        (duo.call_events, scenario.call_events),
        (duo.replies, scenario.replies),
    ):
        assert heard == said, f"{heard} came, and not {said}"
