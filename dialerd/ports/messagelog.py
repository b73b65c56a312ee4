"""What the store keeps of messages beside their attempts, and what can be asked of it.

Not here: the routes (messages.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dialerd.domain.replywords import Wish
from dialerd.domain.words import AttemptId, Channel, ContactId, RunId
from dialerd.ports.messages import Piece


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRow:
    """What somebody has written to us. `did`: what came of it, in a few words; empty: nothing."""

    route: str
    reply_id: str
    sender: str
    recipient: str
    subject: str
    text: str
    at: datetime
    attempt_id: AttemptId | None = None
    contact_id: ContactId | None = None
    did: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """What is written back by itself to a STOP or a HELP."""

    id: AttemptId
    route: str
    recipient: str
    wish: Wish
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRouteRow:
    """A route as the daemon sees it, `since` then. `window` messages may be under way at once; `rate` a second.
    `reason`: why it is down."""

    name: str
    channel: Channel
    window: int
    rate: float
    is_up: bool
    since: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RouteLoad:
    """How many messages a route has been given and has not answered for; the first of them at `since`."""

    open: int
    since: datetime | None


class MessageLog(Protocol):
    def add_ids(self, route: str, ids: Iterable[str], attempt_id: AttemptId) -> None:
        """The names that the route has given to the parts of a message."""
        ...

    def came_again(self, attempt_id: AttemptId, reason: str) -> None:
        """Write down of a message that is settled already, and without a reason, that it may have arrived twice."""
        ...

    def attempt_of(self, route: str, ids: Iterable[str]) -> AttemptId | None:
        """The attempt whose message has one of the names."""
        ...

    def delivered(self, route: str, ids: Iterable[str]) -> bool:
        """Note that those parts have arrived; True: with them every part of their message has."""
        ...

    def last_to(self, address: str, channel: Channel) -> AttemptId | None:
        """The latest message that has ended and went to an address."""
        ...

    def open_to(self, address: str, channel: Channel) -> list[AttemptId]:
        """The messages to an address that are not settled."""
        ...

    def is_open_at(self, address: str) -> bool:
        """Whether an attempt at an address is open."""
        ...

    def open(self) -> list[AttemptId]:
        """The messages that are not settled."""
        ...

    def has_reply(self, route: str, reply_id: str) -> bool: ...
    def add_reply(self, row: ReplyRow) -> None: ...

    def replies(self, contact_id: ContactId, *, limit: int) -> list[ReplyRow]:
        """What a contact has written, the latest first."""
        ...

    def latest_replies(self, *, before_id: int | None, limit: int) -> list[tuple[int, ReplyRow]]:
        """What was written to us, each with its number, the latest first; `before_id`: only what came before that."""
        ...

    def set_routes(self, rows: Iterable[MessageRouteRow]) -> None:
        """These are the routes there are, and how they stand; what was known of any before is forgotten."""
        ...

    def route_is(self, name: str, *, is_up: bool, reason: str, now: datetime) -> None:
        """`since` is kept where it was so before."""
        ...

    def routes(self) -> list[MessageRouteRow]: ...

    def load(self, route: str) -> RouteLoad: ...

    def words(self, run_id: RunId, channel: Channel) -> dict[str, int]:
        """How often each text was written back to the messages of a run; walks all replies, for people to ask."""
        ...

    def add_answer(self, row: AnswerRow) -> None: ...

    def end_answer(self, answer_id: AttemptId, outcome: str, *, is_unsent: bool = False) -> None:
        """`is_unsent`: it certainly was not sent."""
        ...

    def answered_at(self, recipient: str, wish: Wish) -> datetime | None:
        """When somebody was last answered to that, or may have been."""
        ...

    def is_answer(self, answer_id: AttemptId) -> bool: ...

    def interrupt_answers(self, outcome: str) -> int:
        """End those that are under way so; how many."""
        ...

    def mailbox(self, route: str) -> tuple[int, int] | None:
        """UIDVALIDITY and the last UID that the route has told of; None: it has never read."""
        ...

    def advance_mailbox(self, route: str, uidvalidity: int, uid: int) -> None: ...

    def pieces(self, route: str) -> list[Piece]:
        """The parts of texts that are not whole, in the order of their texts."""
        ...

    def add_piece(self, route: str, piece: Piece) -> None: ...

    def forget_pieces(self, route: str, piece: Piece) -> None:
        """Every part of the text that it is of."""
        ...
