"""Strategies: ordered steps over channels with a rule per outcome; one function says what comes after an attempt.

Not here: doing it (usecases/onward.py).
"""

from dialerd.domain.strategy.check import complaints, examine, read_strategy
from dialerd.domain.strategy.draw import drawing
from dialerd.domain.strategy.onward import (
    END,
    CallThem,
    Ending,
    GoOn,
    Onward,
    Plan,
    PlanStep,
    next_step,
    plain,
    plan_of,
)
from dialerd.domain.strategy.spec import MESSAGE_CODES, Do, Rule, Step, Strategy, Way

__all__ = [
    "END",
    "MESSAGE_CODES",
    "CallThem",
    "Do",
    "Ending",
    "GoOn",
    "Onward",
    "Plan",
    "PlanStep",
    "Rule",
    "Step",
    "Strategy",
    "Way",
    "complaints",
    "drawing",
    "examine",
    "next_step",
    "plain",
    "plan_of",
    "read_strategy",
]
