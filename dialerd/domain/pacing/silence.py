"""A silence: nobody answers for so long that something has failed, which may be mended at any moment.

Not here: how large the share of answers is (level.py), how many calls a silence lets be up (predictive.py).

Whoever counts a failed trunk's calls as calls that nobody wanted to answer dials ever more of them, and all are
answered when it is mended. So the events of a silence are held back until it shows what it was.
"""

from __future__ import annotations

_SILENT, _MOST_MISSED = 20.0, 60.0
"""So many answers that did not come are a silence; and so many are remembered, to be made up for by those that do."""

_BREAKS = 10.0
"""How many that did not come are made up for by one that does: a tenth of the usual share is low, and no silence."""

_DISPROVES = 6
"""After so many answers in it, it was none: people answer so seldom now."""


class Silence:
    """`usual`: the share of answers to begin with, then what it was when the last one came that was no silence's;
    `missed`: the answers that have not come since, in its measure."""

    def __init__(self, usual: float, missed: float = 0.0) -> None:
        self.usual = usual
        self.missed = missed
        self.is_on = missed >= _SILENT
        self._events, self._exposure = 0, 0.0  # since then

    def see(self, events: int, exposure: float, share: float) -> tuple[int, float]:
        """How many events and how much exposure to count for those that came: those of a silence are held back, its
        beginning is taken back. `share`: what is known without them."""
        self.missed = min(_MOST_MISSED, max(0.0, self.missed + self.usual * exposure - _BREAKS * events))
        was_on, before = self.is_on, self._exposure
        self._events, self._exposure = self._events + events, before + exposure
        self.is_on = self.missed >= _SILENT
        told = (events, exposure)
        if self.is_on:
            if self._events < _DISPROVES:
                return (0, 0.0) if was_on else (0, -before)
            self.is_on, self.missed, told = False, 0.0, (self._events, self._exposure)
            share = self._events / self._exposure
        if events:
            self.usual, self._events, self._exposure = share, 0, 0.0
        return told
