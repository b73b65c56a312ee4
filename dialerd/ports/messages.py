"""A route is a way out for messages: an SMPP link, a gateway, an SMTP server. What is asked of it and what it tells.

Not here: any behaviour (adapters/sms, adapters/mail, simulate/routes.py), who is written to and what a reply does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dialerd.domain.words import AttemptId, Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is sent to one contact. `recipient` is a number in E.164 form, or an e-mail address.

    `sender` is what the recipient sees, empty: the route's own. `subject` and `html` are an e-mail's. `answers` is
    the id of the message from the contact that this one answers, empty: of none.
    """

    attempt_id: AttemptId
    recipient: str
    text: str
    subject: str = ""
    html: str = ""
    sender: str = ""
    answers: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The other side has taken it. `ids` are those it gave, by which reports may name it; empty: it gave none.

    `parts`: how many it was sent in. `repeated`: how many of them were sent again, since their answer was lost with
    the link; each of those may have arrived twice.
    """

    ids: tuple[str, ...] = ()
    parts: int = 1
    repeated: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """It was certainly not sent. `is_lasting`: this message will never be taken, to this recipient, in this form.

    `is_route_down`, `is_taken_back`: nothing is wrong with the message, and its contact has lost nothing.
    """

    reason: str
    is_lasting: bool = False
    is_route_down: bool = False
    is_taken_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """No answer came: it may have been sent, and nobody will ever know."""

    reason: str


SendReply = Sent | Refused | Unclear


def taken_back(*, was_written: bool) -> Refused | Unclear:
    """The reply to a message that was taken back while it waited; `was_written`: to be sent again, in part or whole."""
    if was_written:
        return Unclear(reason="it was taken back when it, or a part of it, may have been sent")
    return Refused(reason="it was taken back before it was sent", is_taken_back=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Which message a report or a reply is about, as far as the route can tell: one of these, or neither.

    `message_ids` are names that the other side knows messages by (an id of `Sent.ids`).
    """

    attempt_id: AttemptId | None = None
    message_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A report: it is on its way, behind the one who took it from us."""

    about: About
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A report: it has arrived. Of a message in several parts each part is reported by itself."""

    about: About
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """A report: it will not arrive. `is_lasting`: nor will another to the same recipient (a bounced address)."""

    about: About
    at: datetime
    reason: str
    is_lasting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyCame:
    """Somebody has written to us. `id` is the same when the route brings it again; empty: the protocol has none.

    `sender` is a number in E.164 form where the route can tell, or an address; `recipient` is where it was written to.
    `is_automatic`: by a machine (a vacation notice); it is kept, and no rule acts on it.
    """

    id: str
    sender: str
    recipient: str
    text: str
    at: datetime
    subject: str = ""
    about: About = About()
    is_automatic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOutCame:
    """Somebody asked, by a way made for nothing else, not to be written to (an e-mail's List-Unsubscribe).

    `id` as in ReplyCame. `how` is that way in a few words, for the record.
    """

    id: str
    about: About
    at: datetime
    how: str
    sender: str = ""


MessageEvent = Accepted | Delivered | Undelivered | ReplyCame | OptOutCame


@dataclass(frozen=True, slots=True)
class RouteUp:
    """Messages can be sent from now on."""


@dataclass(frozen=True, slots=True)
class RouteDown:
    """None can be; reports and replies wait at the other side."""

    reason: str


RouteEvent = RouteUp | RouteDown


class MessageSink(Protocol):
    """Where a route delivers."""

    async def on_message_event(self, route: str, event: MessageEvent) -> None:
        """Returns when it is committed: only then is it acknowledged to the other side.

        Raises DialerdError where that cannot be done now: it is not acknowledged, and comes again. What was
        acknowledged may come again too, when the link broke at that moment.
        """
        ...

    def on_route_event(self, route: str, event: RouteEvent) -> None:
        """Returns at once and never raises."""
        ...


class Mailbox(Protocol):
    """How far a route has read its mailbox: what it has told is not read again, whatever dies in between."""

    async def position(self, route: str) -> tuple[int, int] | None:
        """UIDVALIDITY and the last UID told; None: never read."""
        ...

    async def advance(self, route: str, uidvalidity: int, uid: int) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a text that came in several: number `number` of `total`, of those with the same `reference`.

    `began_at`: when the first of them came.
    """

    sender: str
    recipient: str
    reference: int
    total: int
    number: int
    text: str
    began_at: datetime


class Pieces(Protocol):
    """The parts of texts that are not whole yet: acknowledged when they are kept, and so the only copy."""

    async def kept(self, route: str) -> Sequence[Piece]: ...

    async def keep(self, route: str, piece: Piece) -> None:
        """Brought again it is kept once. Raises StoreError."""
        ...

    async def forget(self, route: str, piece: Piece) -> None:
        """It and the others of its text. Raises StoreError."""
        ...


class MessageRoute(Protocol):
    """One way out. No operation raises for what the other side does or does not do."""

    @property
    def name(self) -> str: ...

    @property
    def channel(self) -> Channel: ...

    @property
    def window(self) -> int:
        """How many `send` may be under way at once; more only wait longer."""
        ...

    @property
    def rate(self) -> float:
        """Messages a second that it sends at most."""
        ...

    @property
    def is_up(self) -> bool:
        """Whether a message given now would be sent soon."""
        ...

    async def run(self, sink: MessageSink) -> None:
        """Connect, deliver events, reconnect with backoff; returns when cancelled."""
        ...

    async def send(self, message: Message) -> SendReply:
        """Send it at the route's rate, for which it may wait. Cancelled, it may have been sent."""
        ...

    def take_back(self, attempt_id: AttemptId) -> None:
        """Do not send it after all: where it still waits, its `send` returns Refused at once. What the other side may
        have is not broken off: `send` returns what becomes of it. Unknown or sent: nothing happens."""
        ...

    def may_have(self, attempt_id: AttemptId) -> bool:
        """Whether the other side may have it, or a part of it, while its `send` is under way."""
        ...
