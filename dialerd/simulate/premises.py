"""What is installed on the simulated exchange: how long its sounds are and how long its dialplan keeps a call.

Not here: what the exchange does with it (exchange.py).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """Seconds by name of a sound, and of a dialplan context; None: there is no such thing. Any other: the default."""

    sounds: Mapping[str, float | None] = field(default_factory=dict)
    contexts: Mapping[str, float | None] = field(default_factory=dict)
    index: Mapping[str, Collection[str]] | None = None  # what it tells of its sounds, if it does
    sound_s: float = 3.0
    context_s: float = 5.0

    def length_of(self, sound: str) -> float | None:
        return self.sounds.get(sound, self.sound_s)

    def stay_in(self, context: str) -> float | None:
        return self.contexts.get(context, self.context_s)


PLAIN = Premises()
