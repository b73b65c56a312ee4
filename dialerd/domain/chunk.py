"""How large the next chunk of a long job is, so that it holds the writer for a bounded time whatever a row costs.

Not here: doing it (engine/chunks.py). What a row costs shows only in doing it: a filter of four thousand characters is
a hundred times as dear as a plain one, and a list that is not in memory as dear again.
"""

from __future__ import annotations

FIRST = 50
"""Rows of the first chunk, when nothing is known: well under what a chunk may last with the dearest filter."""

AIM_S = 0.02
"""How long a chunk shall hold the writer; by design none may for longer than 0.05."""


def next_size(size: int, took_s: float, *, most: int) -> int:
    """Rows of the chunk after one of `size` rows that took so long: at most twice as many, and at most `most`."""
    wanted = int(size * AIM_S / took_s) if took_s > 0 else most
    return max(1, min(wanted, 2 * size, most))
