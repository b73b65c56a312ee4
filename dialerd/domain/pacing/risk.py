"""The chance that a sum of many independent yes-or-no things reaches a number, and the most calls under a risk.

Not here: what the things are (outlook.py) and how much risk may be taken (abandon.py).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_TAIL = (0.319381530, -0.356563782, 1.781477937, -1.821255978, 1.330274429)


def normal_tail(x: Array) -> tuple[Array, Array]:
    """P(Z > x) and the density at x of a standard normal (Abramowitz and Stegun 26.2.17, error below 1e-7)."""
    density = np.exp(-0.5 * x * x) * 0.3989422804014327
    t = 1.0 / (1.0 + 0.2316419 * np.abs(x))
    b1, b2, b3, b4, b5 = _TAIL
    beyond = density * (t * (b1 + t * (b2 + t * (b3 + t * (b4 + t * b5)))))  # P(Z > |x|)
    return 0.5 - np.copysign(0.5 - beyond, x), density  # a choice by the sign of x would cost as much as all above


_PER_SD = 4096.0
_FARTHEST_SD = 9.0


def _tables() -> tuple[Array, Array]:
    """At steps of a standard deviation from -9 to 9: P(Z > x), and what a unit of skewness takes off it."""
    x = np.arange(-_FARTHEST_SD, _FARTHEST_SD + 0.5 / _PER_SD, 1.0 / _PER_SD)
    tail, density = normal_tail(x)
    return tail, (1.0 - x * x) * density / 6.0


_TAILS, _SKEWS = _tables()
_MIDDLE = _FARTHEST_SD * _PER_SD + 0.5  # where x = 0 stands, and what rounds to the nearest step


def chance_of_at_least(number: float, mean: Array, variance: Array, third: Array) -> Array:
    """P(X >= number) of an integer sum X with these cumulants, elementwise.

    The refined normal approximation (Volkova 1996): continuity and skewness corrected, mostly within 0.03 of the
    exact Poisson-binomial for sums of five things, 0.01 for twenty and 0.003 for forty. The normal curve is looked up,
    which is off by less than 0.0001 of it and takes half the time: a dialer asks this some ten times per call.
    """
    spread = np.maximum(variance, 1e-9)
    sd = np.sqrt(spread)
    at = ((number - 0.5 - mean) / sd * _PER_SD + _MIDDLE).astype(np.intp)
    skewed = third / (sd * spread) * _SKEWS.take(at, mode="clip")
    found: Array = np.minimum(np.maximum(_TAILS.take(at, mode="clip") - skewed, 0.0), 1.0)
    return found


def most_under(risk: Callable[[int], float], allowed: float, most: int) -> int:
    """The largest n <= most with risk(n) <= allowed, where risk grows with n; 0 if there is none."""
    if most < 1 or risk(1) > allowed:
        return 0
    low, high = 1, 2
    while high <= most and risk(high) <= allowed:
        low, high = high, 2 * high
    high = min(high, most + 1)
    while high - low > 1:
        middle = (low + high) // 2
        if risk(middle) <= allowed:
            low = middle
        else:
            high = middle
    return low
