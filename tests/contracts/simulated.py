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
from tests.contracts.duo import Duo, play_duos
from tests.contracts.legscenarios import LEG_SCENARIOS
from tests.contracts.scenarios import SCENARIOS

LAB = Premises(sounds={NO_SOUND: None}, contexts={NO_CONTEXT: None, IVR: 6.8})


def _exchange(seed: int) -> tuple[SimulatedExchange, VirtualClock]:
    clock, dice = VirtualClock(datetime(2026, 12, 1, 15, 0, tzinfo=UTC)), SeededDice(seed)
    return SimulatedExchange("simulated", clock, dice, NumberPlan(dice), premises=LAB), clock


def play_on_the_simulated(seed: int) -> dict[str, Heard]:
    return run_virtual(play_all(*_exchange(seed), SCENARIOS))


def play_duos_on_the_simulated(seed: int) -> dict[str, Duo]:
    return run_virtual(play_duos(*_exchange(seed), LEG_SCENARIOS))
