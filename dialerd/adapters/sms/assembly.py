"""The parts of incoming texts, put together; one that never gets its others is told alone after a while.

Not here: what a part is (shortmessage.py), keeping parts through a restart (ports.Pieces, as smpp.py uses it).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from dialerd.adapters.sms.shortmessage import Text
from dialerd.ports import Clock, Piece, Timer

PATIENCE_S = 120.0
_MOST = 1000
GAP = "[…]"
"""In place of a part that has not come."""

_Key = tuple[str, str, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A text as far as it is here. `id`: the same whenever it is put together from these parts; empty: it had none.

    `piece`: one of its parts, by which it is forgotten.
    """

    sender: str
    recipient: str
    text: str
    id: str = ""
    piece: Piece | None = None


@dataclass(slots=True)
class _Pieces:
    timer: Timer
    began_at: datetime
    texts: dict[int, str] = field(default_factory=dict)


class Assembly:
    """`give_up` is told of a text whose other parts have not come in time, as far as it is there."""

    def __init__(self, clock: Clock, give_up: Callable[[Whole], None]) -> None:
        self._clock = clock
        self._give_up = give_up
        self._kept: dict[_Key, _Pieces] = {}

    def piece(self, text: Text) -> Piece | None:
        """A part as it is kept; None: the text is no part. The parts of one text share the moment of the first."""
        if text.part is None:
            return None
        part, key = text.part, (text.sender, text.recipient, text.part.reference, text.part.total)
        began_at = self._kept[key].began_at if key in self._kept else self._clock.now()
        return Piece(
            sender=text.sender,
            recipient=text.recipient,
            reference=part.reference,
            total=part.total,
            number=part.number,
            text=text.text,
            began_at=began_at,
        )

    def add(self, piece: Piece) -> Whole | None:
        """The whole text, where this was all that it lacked; None: more is to come. Its parts are kept on."""
        key = _key(piece)
        if key not in self._kept:
            if len(self._kept) >= _MOST:
                self._too_late(next(iter(self._kept)))
            timer = self._clock.call_later(PATIENCE_S, lambda: self._too_late(key))
            self._kept[key] = _Pieces(timer, piece.began_at)
        pieces = self._kept[key]
        pieces.texts[piece.number] = piece.text
        return _joined(key, pieces, piece) if len(pieces.texts) == piece.total else None

    def stored(self, piece: Piece) -> None:
        """Its text is safe: its parts are not needed any more."""
        if (pieces := self._kept.pop(_key(piece), None)) is not None:
            pieces.timer.cancel()

    def _too_late(self, key: _Key) -> None:
        pieces = self._kept.pop(key)
        pieces.timer.cancel()
        number, text = next(iter(pieces.texts.items()))
        sender, recipient, reference, total = key
        piece = Piece(
            sender=sender,
            recipient=recipient,
            reference=reference,
            total=total,
            number=number,
            text=text,
            began_at=pieces.began_at,
        )
        self._give_up(_joined(key, pieces, piece))


def _key(piece: Piece) -> _Key:
    return piece.sender, piece.recipient, piece.reference, piece.total


def _joined(key: _Key, pieces: _Pieces, piece: Piece) -> Whole:
    sender, recipient, reference, total = key
    text = "".join(pieces.texts.get(number, GAP) for number in range(1, total + 1))
    name = f"{reference} of {total} from {sender} to {recipient} since {pieces.began_at.isoformat()}"
    return Whole(sender=sender, recipient=recipient, text=text, id=name, piece=piece)
