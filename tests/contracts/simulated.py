"""The simulated exchange as the contract plays it: the lab's numbers, sounds and dialplan.

Not here: the scenarios (scenarios.py) and what they must come to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from dialerd.domain.words import AttemptId
from dialerd.simulate.callees import Behaviour, NumberPlan, Reaction
from dialerd.simulate.clock import SeededDice, VirtualClock, run_virtual
from dialerd.simulate.exchange import SimulatedExchange
from dialerd.simulate.premises import Premises
from tests.contracts.caller import IVR, NO_CONTEXT, NO_SOUND, Heard, play_all
from tests.contracts.duo import Duo, play_duos
from tests.contracts.legscenarios import LEG_SCENARIOS
from tests.contracts.scenarios import SCENARIOS

LISTENERS: dict[str, tuple[Reaction, float, float | None]] = {
    "26": (Reaction(presses=((1.6, "2"),), leaves_s=15.5), 0.0, None),  # played to from half a second on
    "34": (Reaction(leaves_s=3.0), 0.0, None),  # from one second on
    "35": (Reaction(), 0.0, 4.0),
    "61": (Reaction(), 6.3, None),  # its greeting and beep, from the end of ours on
}
"""What callees of the lab do at a time of theirs, done by a listener: at what it hears, how it speaks and waits."""


@dataclass(frozen=True)
class _Listener:
    """Implements callees.Listener."""

    reaction: Reaction
    speaks_s: float
    patience_s: float | None

    def hears(self, attempt_id: AttemptId, length_s: float | None) -> Reaction:
        return self.reaction

    def is_asked(self, attempt_id: AttemptId) -> float:
        return self.speaks_s

    def waits(self, attempt_id: AttemptId) -> float | None:
        return self.patience_s


class _Listening(NumberPlan):
    """The lab's numbers; those of LISTENERS do of themselves nothing but answer, and hang up in the end."""

    def behaviour(self, number: str) -> Behaviour:
        found = super().behaviour(number)
        if number[-2:] not in LISTENERS:
            return found
        listener = _Listener(*LISTENERS[number[-2:]])
        return replace(found, presses=(), talks=(), leaves_s=60.0, listener=listener)


LAB = Premises(sounds={NO_SOUND: None}, contexts={NO_CONTEXT: None, IVR: 6.8})


def _exchange(seed: int) -> tuple[SimulatedExchange, VirtualClock]:
    clock, dice = VirtualClock(datetime(2026, 12, 1, 15, 0, tzinfo=UTC)), SeededDice(seed)
    return SimulatedExchange("simulated", clock, dice, _Listening(dice), premises=LAB), clock


def play_on_the_simulated(seed: int) -> dict[str, Heard]:
    return run_virtual(play_all(*_exchange(seed), SCENARIOS))


def play_duos_on_the_simulated(seed: int) -> dict[str, Duo]:
    return run_virtual(play_duos(*_exchange(seed), LEG_SCENARIOS))
