"""The parts of incoming texts, kept until a text is whole and stored.

Not here: what a part is (shortmessage.py). They are kept in memory only: each but the last is acknowledged when it is
here, as an SMSC may send no second part before. One that never gets its others is told alone after a while.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from dialerd.adapters.sms.shortmessage import Text
from dialerd.ports import Clock, Timer

PATIENCE_S = 120.0
_MOST = 1000
GAP = "[…]"
"""In place of a part that has not come."""

_Key = tuple[str, str, int, int]


@dataclass(slots=True)
class _Pieces:
    timer: Timer
    texts: dict[int, str] = field(default_factory=dict)


class Assembly:
    """`give_up` is told of a text whose other parts have not come in time, as far as it is there."""

    def __init__(self, clock: Clock, give_up: Callable[[Text], None]) -> None:
        self._clock = clock
        self._give_up = give_up
        self._kept: dict[_Key, _Pieces] = {}

    def add(self, text: Text) -> Text | None:
        """The whole text, where this was all that it lacked; None: more is to come. Its parts are kept on."""
        if text.part is None:
            return text
        key = _key(text)
        if key not in self._kept:
            if len(self._kept) >= _MOST:
                self._too_late(next(iter(self._kept)))
            self._kept[key] = _Pieces(self._clock.call_later(PATIENCE_S, lambda: self._too_late(key)))
        pieces = self._kept[key]
        pieces.texts[text.part.number] = text.text
        if len(pieces.texts) < text.part.total:
            return None
        return replace(text, text=_joined(key, pieces))

    def stored(self, text: Text) -> None:
        """The text is safe: its parts are not needed any more."""
        if text.part is not None and (pieces := self._kept.pop(_key(text), None)) is not None:
            pieces.timer.cancel()

    def _too_late(self, key: _Key) -> None:
        pieces = self._kept.pop(key)
        pieces.timer.cancel()
        self._give_up(Text(sender=key[0], recipient=key[1], text=_joined(key, pieces)))


def _key(text: Text) -> _Key:
    assert text.part is not None, "of a part"
    return text.sender, text.recipient, text.part.reference, text.part.total


def _joined(key: _Key, pieces: _Pieces) -> str:
    return "".join(pieces.texts.get(number, GAP) for number in range(1, key[3] + 1))
