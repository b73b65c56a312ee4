"""The simulated exchange as the contract plays it: the lab's numbers, sounds and dialplan.

Not here: the scenarios (scenarios.py) and what they must come to.
"""

from __future__ import annotations

from datetime import UTC, datetime

from dialerd.simulate.callees import NumberPlan
from dialerd.simulate.clock import SeededDice, VirtualClock, run_virtual
from dialerd.simulate.exchange import SimulatedExchange
from dialerd.simulate.premises import Premises
from tests.contracts.caller import IVR, NO_CONTEXT, NO_SOUND, Heard, play_all
from tests.contracts.scenarios import SCENARIOS

LAB = Premises(sounds={NO_SOUND: None}, contexts={NO_CONTEXT: None, IVR: 6.8})


def play_on_the_simulated(seed: int) -> dict[str, Heard]:
    clock, dice = VirtualClock(datetime(2026, 12, 1, 15, 0, tzinfo=UTC)), SeededDice(seed)
    exchange = SimulatedExchange("simulated", clock, dice, NumberPlan(dice), premises=LAB)
    return run_virtual(play_all(exchange, clock, SCENARIOS))
