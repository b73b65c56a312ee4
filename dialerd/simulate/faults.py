"""The faults a simulated exchange can be given, all drawn from its dice.

Not here: the outages that a test starts by name (cut, restart, refuse: methods of the exchange).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Probabilities in [0, 1] per event or request; `delay_s` is how late a delayed event or reply can be."""

    lose_reply: float = 0.0  # an originate is dialed, its reply lost
    lose_command: float = 0.0  # a command's reply is lost; about half of these were done
    delay_reply: float = 0.0  # a request takes longer: on its way in, or (an originate's) on its way back
    lose_event: float = 0.0
    double_event: float = 0.0
    delay_event: float = 0.0
    delay_s: float = 0.5


NONE = Faults()
