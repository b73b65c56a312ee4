"""How long each call and each agent has been at it, as one array: what the estimates and the outlook look at.

Not here: what may be seen at all (view.py).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dialerd.domain.pacing.view import PacingView

Array = NDArray[np.float64]


class Ages(NamedTuple):
    """How long everything has been at it, in seconds: ringing, detecting, talking and wrapping `together`, of which the
    last three begin at `begins`."""

    together: Array
    begins: tuple[int, int, int]

    @property
    def ringing(self) -> Array:
        return self.together[: self.begins[0]]

    @property
    def detecting(self) -> Array:
        return self.together[self.begins[0] : self.begins[1]]

    @property
    def talking(self) -> Array:
        return self.together[self.begins[1] : self.begins[2]]

    @property
    def wrapping(self) -> Array:
        return self.together[self.begins[2] :]


def ages_of(view: PacingView) -> Ages:
    together = np.array((*view.ringing, *view.detecting, *view.talking, *view.wrapping), dtype=np.float64)
    detecting = len(view.ringing)
    talking = detecting + len(view.detecting)
    return Ages(together, (detecting, talking, talking + len(view.talking)))
