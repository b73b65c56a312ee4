"""What somebody at the carrier has heard: a recording as numbers, which tone is in it, and which clip.

Not here: making the recordings (conf/carrier/extensions.conf) and whose tone is which (agents.py, plan.py).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from itertools import pairwise

RATE = 8000
_PART_S = 0.1
_CLEAR = 0.8  # of all energy in a part: a tone by itself has nearly 1, a voice or a mixture less

_NEAR_HZ = 30

_PACKET = RATE // 50  # a clip that is played arrives in packets of 20 ms, its u-law bytes unchanged
_QUIET = 400  # of 32124: a packet below says nothing of which clip it is from
_ZERO = bytes.maketrans(b"\x7f", b"\xff")  # both are 0, and only one of them survives a mixer

MUSIC = (262.0, 330.0)  # of the lab's music on hold (audio.py)


def _linear(code: int) -> int:
    """One u-law byte as ITU-T G.711 expands it."""
    code = ~code & 0xFF
    magnitude = (((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)
    return 0x84 - magnitude if code & 0x80 else magnitude - 0x84


_LINEAR = [_linear(code) for code in range(256)]


def samples(ulaw: bytes) -> list[int]:
    """A u-law recording as linear samples, 8000 a second."""
    return [_LINEAR[code] for code in ulaw]


def share(part: Sequence[int], hz: float) -> float:
    """How much of the energy in `part` is a sine of that frequency: 0 to 1 (Goertzel). Silence has none."""
    total = sum(sample * sample for sample in part)
    if total == 0:
        return 0.0
    turn = 2 * math.cos(2 * math.pi * hz / RATE)
    last = before = 0.0
    for sample in part:
        last, before = sample + turn * last - before, last
    power = last * last + before * before - turn * last * before
    return 2 * power / (len(part) * total)


def seconds_of(ulaw: bytes, *hz: float) -> float:
    """For how long the recording has that tone, or those tones together, and nothing else; in steps of a tenth."""
    heard = samples(ulaw)
    step = int(RATE * _PART_S)
    parts = [heard[first : first + step] for first in range(0, len(heard) - step + 1, step)]
    return round(sum(sum(share(part, each) for each in hz) > _CLEAR for part in parts) * _PART_S, 1)


def span_of(ulaw: bytes, hz: float) -> tuple[float, float] | None:
    """From when to when, in seconds and in steps of a tenth, the recording has that tone; None: never."""
    heard = samples(ulaw)
    step = int(RATE * _PART_S)
    firsts = range(0, len(heard) - step + 1, step)
    having = [first for first in firsts if share(heard[first : first + step], hz) > _CLEAR]
    return (having[0] / RATE, having[-1] / RATE + _PART_S) if having else None


def sorted_out(ulaw: bytes, candidates: Collection[int]) -> dict[int, float]:
    """Which of those tones the recording has by themselves, and for how long each; none for shorter than a tenth.

    One pass over a long recording: a tone crosses zero twice per period, so that only the nearest one is looked for.
    """
    heard = samples(ulaw)
    step, seconds = int(RATE * _PART_S), dict[int, float]()
    for first in range(0, len(heard) - step + 1, step):
        part = heard[first : first + step]
        crossings = sum((one < 0) is not (next_one < 0) for one, next_one in pairwise(part))
        nearest = min(candidates, key=lambda hz: abs(hz - crossings / 2 / _PART_S))
        if abs(nearest - crossings / 2 / _PART_S) < _NEAR_HZ and share(part, nearest) > _CLEAR:
            seconds[nearest] = round(seconds.get(nearest, 0.0) + _PART_S, 1)
    return seconds


def share_heard(ulaw: bytes, clip: bytes) -> float:
    """How much of what can be heard of that clip, both u-law, is in the recording as it was played: 0 to 1."""
    heard, clip = ulaw.translate(_ZERO), clip.translate(_ZERO)
    packets = [clip[first : first + _PACKET] for first in range(0, len(clip) - _PACKET + 1, _PACKET)]
    loud = [packet for packet in packets if max(map(abs, samples(packet))) > _QUIET]
    return sum(packet in heard for packet in loud) / len(loud)
