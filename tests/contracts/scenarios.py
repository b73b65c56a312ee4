"""One suite for every exchange: what is done with a call to each kind of number, and the events that must come of it.

Not here: running it (test_simulated.py, test_real.py). The expected lists were taken from the real Asterisk 22; where
the simulated exchange differs from them, it is the one that is wrong.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from dialerd.domain.call import CallPlan
from dialerd.domain.call import events as ev
from dialerd.domain.words import AttemptId
from dialerd.ports import Exchange, ExchangeEvent
from dialerd.tasks import end, spawn
from tests.numbers import number


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A call to a number with `ending`. `after_verdict`: what is done with it then; `events` as `told` writes them."""

    ending: str
    events: list[str]
    detect: bool = True
    after_verdict: str = "hang up"  # hang up | play | hand over
    max_ring_s: float = 14.0


SCENARIOS: dict[str, Scenario] = {
    "a person": Scenario(ending="00", events=["Rang", "PickedUp", "Answered", "AmdHeard HUMAN", "Destroyed 16/-"]),
    "a machine": Scenario(ending="01", events=["Rang", "PickedUp", "Answered", "AmdHeard MACHINE", "Destroyed 16/-"]),
    "busy": Scenario(ending="02", events=["HangupRequested 17/486", "Destroyed 17/486"]),
    # an originate's own timeout is told by the end alone
    "no answer": Scenario(ending="03", events=["Rang", "Destroyed 19/480"], max_ring_s=3.0),
    "congestion": Scenario(ending="04", events=["HangupRequested 34/503", "Destroyed 34/503"]),
    "no such number": Scenario(ending="05", events=["HangupRequested 1/404", "Destroyed 1/404"]),
    "a late answer": Scenario(ending="06", events=["Rang", "PickedUp", "Answered", "AmdHeard HUMAN", "Destroyed 16/-"]),
    "early media, then unavailable": Scenario(
        ending="07", events=["Rang", "HangupRequested 19/480", "Destroyed 19/480"]
    ),
    "early media, then no such number": Scenario(
        ending="08", events=["Rang", "HangupRequested 1/404", "Destroyed 1/404"]
    ),
    "a silent line": Scenario(ending="09", events=["PickedUp", "Answered", "AmdHeard MACHINE", "Destroyed 16/-"]),
    "hangs up during the message": Scenario(
        ending="33",
        after_verdict="play",
        events=[
            "PickedUp",
            "Answered",
            "AmdHeard HUMAN",
            "HangupRequested -/-",
            "PlaybackEnded failed",
            "Destroyed 0/-",
        ],
    ),
    "hangs up while AMD listens": Scenario(
        ending="11", events=["PickedUp", "Answered", "HangupRequested 16/-", "Destroyed 16/-"]
    ),
    "a fax": Scenario(ending="14", events=["PickedUp", "Answered", "AmdHeard MACHINE", "Destroyed 16/-"]),
    "rejected": Scenario(ending="15", events=["HangupRequested 21/403", "Destroyed 21/403"]),
    "unavailable": Scenario(ending="16", events=["HangupRequested 19/480", "Destroyed 19/480"]),
    "no sound at all": Scenario(ending="19", events=["PickedUp", "Answered", "AmdHeard NOTSURE", "Destroyed 16/-"]),
    "declined": Scenario(ending="22", events=["HangupRequested 21/603", "Destroyed 21/603"]),
    "blocked by analytics": Scenario(ending="23", events=["HangupRequested 127/608", "Destroyed 127/608"]),
    "unwanted": Scenario(ending="24", events=["HangupRequested 127/607", "Destroyed 127/607"]),
    "the trunk behind is down": Scenario(ending="25", events=["HangupRequested 27/502", "Destroyed 27/502"]),
    "a message to its end": Scenario(
        ending="40",
        after_verdict="play",
        events=["PickedUp", "Answered", "AmdHeard HUMAN", "PlaybackEnded", "Destroyed 16/-"],
    ),
    # once the admin's dialplan has the call, its end is still told
    "handed to the dialplan": Scenario(
        ending="40", detect=False, after_verdict="hand over", events=["PickedUp", "Answered", "Destroyed 16/-"]
    ),
}


def told(event: ev.CallEvent) -> str:
    """An event with the facts that matter."""
    match event:
        case ev.AmdHeard(status, _):
            return f"AmdHeard {status}"
        case ev.HangupRequested(cause, sip_code) | ev.Destroyed(cause, sip_code):
            return f"{type(event).__name__} {_or_dash(cause)}/{_or_dash(sip_code)}"
        case ev.PlaybackEnded(_, failed):
            return "PlaybackEnded failed" if failed else "PlaybackEnded"
        case _:
            return type(event).__name__


def _or_dash(value: int | None) -> str:
    return "-" if value is None else str(value)


class Caller:
    """An ExchangeSink that plays every scenario at once and writes down what each was told."""

    def __init__(self, exchange: Exchange, on_done: Callable[[], None]) -> None:
        self._exchange = exchange
        self._on_done = on_done
        self._scenarios: dict[AttemptId, Scenario] = {}
        self.heard: dict[AttemptId, list[str]] = {}
        self.replies: dict[AttemptId, ev.CallEvent] = {}
        self.is_up = False

    async def place(self, index: int, scenario: Scenario, attempt_id: AttemptId) -> None:
        self._scenarios[attempt_id] = scenario
        self.heard[attempt_id] = []
        plan = CallPlan(
            attempt_id=attempt_id,
            dial_string=f"PJSIP/{number(index, scenario.ending)}@carrier",
            caller_id="+12125550100",
            amd=scenario.detect,
            max_ring_s=scenario.max_ring_s,
            min_ring_s=1,
            play="/sounds/message",
        )
        self.replies[attempt_id] = await self._exchange.originate(plan)

    @property
    def is_done(self) -> bool:
        return all(heard and heard[-1].startswith("Destroyed") for heard in self.heard.values())

    def on_exchange_event(self, exchange: str, event: ExchangeEvent) -> None:
        self.is_up = True
        self._on_done()

    def on_call_event(self, exchange: str, attempt_id: AttemptId, event: ev.CallEvent) -> None:
        heard, scenario = self.heard[attempt_id], self._scenarios[attempt_id]
        if heard[-1:] != ["Rang"] or not isinstance(event, ev.Rang):  # ringing is told once or twice
            heard.append(told(event))
        match event:
            case ev.Answered() if scenario.detect:
                spawn("detect", self._exchange.detect(attempt_id))
            case ev.Answered() | ev.AmdHeard():
                self._serve(attempt_id, scenario)
            case ev.PlaybackEnded(_, False):
                spawn("hang up", self._exchange.hang_up(attempt_id))
            case ev.Destroyed():
                self._on_done()

    def _serve(self, attempt_id: AttemptId, scenario: Scenario) -> None:
        match scenario.after_verdict:
            case "play":
                spawn("play", self._exchange.play(attempt_id, f"{attempt_id}-message", "/sounds/message"))
            case "hand over":
                spawn("hand over", self._exchange.hand_over(attempt_id, "lab-ivr", "s"))
            case _:
                spawn("hang up", self._exchange.hang_up(attempt_id))


async def play_all(exchange: Exchange) -> dict[str, list[str]]:
    """Every scenario on one exchange, all at once; what each was told."""
    moved = asyncio.Event()
    caller = Caller(exchange, moved.set)
    running = spawn("exchange", exchange.run(caller))
    while not (caller.is_up and exchange.is_alive):
        moved.clear()
        await moved.wait()
    ids = {name: AttemptId(f"d{index:032x}") for index, name in enumerate(SCENARIOS, start=FIRST_ID)}
    for index, (name, scenario) in enumerate(SCENARIOS.items()):
        await caller.place(index, scenario, ids[name])
    while not caller.is_done:
        moved.clear()
        async with asyncio.timeout(LIMIT_S):
            await moved.wait()
    await end(running)
    assert all(isinstance(reply, ev.OriginateTaken) for reply in caller.replies.values())
    return {name: caller.heard[attempt_id] for name, attempt_id in ids.items()}


FIRST_ID = 2**100
LIMIT_S = 40
