"""How much risk a call may take: from every abandon meter, paced against the tightest.

Not here: the risk of a call (risk.py, outlook.py); counting (the store, domain/regulation/meter.py).

The share of people abandoned is taken as `kappa * theta`, theta being the risk a call may take when it is dialed. kappa
is learnt as a Gamma posterior from what came of the risks taken. A meter with its reserve in hand is paced at its cap;
with less, at less, so that it is not run dry, and with more, at a little more. A meter that is over its cap: one call
per agent, where nobody can be abandoned. Running dry is what costs: agents idle until the share has sunk again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dialerd.domain.pacing.view import AbandonMeter

THETA_RANGE = (0.0005, 0.7)
RESERVE = 5.5
"""Abandoned calls a meter should have in hand, and as many again for each that the cap allows in `_SCALE_S` seconds.

A burst has to fit in: of a dozen calls ringing at an answer rate of 10 %, five people have answered at once and found
nobody. With 4 in hand a team of 5 ended one shift of 96 above its cap; with 6 one of 20 agents, and they ran dry more
often than with 8: less talk."""

_SCALE_S = 100.0
_LEAST, _MOST = 1e-3, 1.5
"""The share to aim at, in caps, however empty or full a meter is."""

_MEMORY = 80.0
"""Abandoned calls after which what was learnt of kappa has faded to a third."""

_KAPPA = (0.6, 6.0)
"""The first guess, and how many abandoned calls it counts for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """`theta`: the risk a call may take, 0: one call per ready agent. `meter`: the tightest, which set it. `room`: how
    many calls more may be abandoned by every meter."""

    theta: float
    meter: AbandonMeter
    room: float


class AbandonController:
    """`cap`: the run's own target share, held over the run besides every meter."""

    def __init__(self, *, cap: float) -> None:
        self.cap = cap
        self._abandoned = _KAPPA[1]
        self._taken = _KAPPA[1] / _KAPPA[0]
        self._theta = 0.0
        self._own = [0, 0]  # abandoned, live answers
        self._asked: tuple[object, ...] = ()
        self._allowed: Allowance | None = None

    @property
    def kappa(self) -> float:
        return self._abandoned / self._taken

    def learnt(self) -> dict[str, Any]:
        """What another one can take up, as plain numbers; the run's own count goes on."""
        return {"abandoned": round(self._abandoned, 4), "taken": round(self._taken, 4), "own": list(self._own)}

    def take_up(self, learnt: Mapping[str, Any]) -> None:
        abandoned, taken = float(learnt["abandoned"]), float(learnt["taken"])
        if not (abandoned > 0.0 and taken > 0.0):
            raise ValueError(f"kappa is {abandoned} / {taken}")
        (lost, live) = map(int, learnt["own"])
        self._abandoned, self._taken, self._own = abandoned, taken, [lost, live]

    def answered(self, *, abandoned: bool) -> None:
        """A person answered, and was or was not given an agent."""
        self._own[0] += abandoned
        self._own[1] += 1
        if self._theta > 0.0:
            kept = 1.0 - self.kappa * self._theta / _MEMORY
            self._abandoned = self._abandoned * kept + abandoned
            self._taken = self._taken * kept + self._theta

    def allow(self, meters: Sequence[AbandonMeter], *, waiting: int, live_per_s: float) -> Allowance:
        """`waiting`: people who have no agent yet; they may be abandoned and are taken off every meter's room.

        `live_per_s`: about how many people the team can serve in a second.
        """
        asked = (meters, waiting, live_per_s, self.cap, self._abandoned, self._taken, *self._own)
        if self._allowed is not None and asked == self._asked:  # most looks come between two answers
            return self._allowed
        own = AbandonMeter(name="this run", cap=self.cap, abandoned=self._own[0], live_answers=self._own[1])
        aim, meter = min(
            ((self._aim(meter, waiting, live_per_s), meter) for meter in (*meters, own)), key=lambda found: found[0]
        )
        self._theta = min(THETA_RANGE[1], max(THETA_RANGE[0], aim / self.kappa)) if aim > 0.0 else 0.0
        self._asked, self._allowed = (
            asked,
            Allowance(theta=self._theta, meter=meter, room=max(0.0, min(each.room for each in (*meters, own)))),
        )
        return self._allowed

    def _aim(self, meter: AbandonMeter, waiting: int, live_per_s: float) -> float:
        """The share of abandoned calls to aim at."""
        if meter.room < 0.0:
            return meter.room
        reserve = RESERVE * (1.0 + _SCALE_S * live_per_s * meter.cap)
        full = max(0.0, meter.room - waiting) / reserve
        return meter.cap * min(_MOST, max(_LEAST, full * min(1.0, full)))
