"""Asterisk's own queues as dialerd sees them: their members, who waits in them, and what is told of both.

Not here: the queue as its author writes it (queue.py), how Asterisk tells of it (adapters/ami), a call that is in one
(call/queued.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from dialerd.domain.words import AttemptId


class Duty(StrEnum):
    """What a member does at a moment."""

    FREE = "free"
    RINGING = "ringing"  # its phone rings for somebody
    TALKING = "talking"  # or on the phone for other reasons
    WRAPPING = "wrapping"  # within the queue's wrap-up time after its last call
    AWAY = "away"  # paused, or its phone cannot be reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member of one queue. `name` for people, `interface` is its phone: one may be a member of several queues.

    `status`: Asterisk's device state: 0 unknown, 1 not in use, 2 in use, 3 busy, 4 invalid, 5 unavailable, 6 ringing,
    7 ringing while in use, 8 on hold. `ended_at`: when its last call ended, to the second.
    """

    queue: str
    interface: str
    name: str
    status: int
    paused: bool = False
    in_call: bool = False
    ended_at: datetime | None = None
    wrap_up_s: float = 0.0

    @property
    def wraps_up_until(self) -> datetime | None:
        """When its time after the last call is over; None: it has had none, or the queue gives none."""
        if self.ended_at is None or not self.wrap_up_s:
            return None
        return self.ended_at + timedelta(seconds=self.wrap_up_s)

    def duty(self, now: datetime) -> Duty:
        """As app_queue itself judges it before it rings a member (a phone of unknown state is rung)."""
        if self.in_call or self.status in (2, 3, 7, 8):
            return Duty.TALKING
        if self.paused or self.status not in (0, 1, 6):
            return Duty.AWAY
        if self.status == 6:
            return Duty.RINGING
        until = self.wraps_up_until
        return Duty.WRAPPING if until is not None and until > now else Duty.FREE


# What is told of them


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuesSeen:
    """Everything at a moment. `queues`: their names; `waiting`: the unique ids of who waits, by queue, first first."""

    queues: frozenset[str]
    members: tuple[Member, ...]
    waiting: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class MemberSeen:
    """A member is new, or anything of it is."""

    member: Member


@dataclass(frozen=True, slots=True)
class MemberGone:
    """It is no member of that queue any more."""

    queue: str
    interface: str


@dataclass(frozen=True, slots=True)
class PersonJoined:
    """Somebody waits in a queue."""

    queue: str
    channel_id: str


@dataclass(frozen=True, slots=True)
class PersonLeft:
    """They do not wait in it any more: a member has them, or they have gone."""

    queue: str
    channel_id: str


@dataclass(frozen=True, slots=True)
class PersonTaken:
    """A member has picked up."""

    queue: str
    channel_id: str
    interface: str
    name: str


@dataclass(frozen=True, slots=True)
class TalkOver:
    """The conversation with a member has ended."""

    queue: str
    channel_id: str
    interface: str


@dataclass(frozen=True, slots=True)
class QueuesLost:
    """Nothing is told any more, for that reason, until everything is seen again."""

    reason: str


QueueEvent = QueuesSeen | MemberSeen | MemberGone | PersonJoined | PersonLeft | PersonTaken | TalkOver | QueuesLost


@dataclass(frozen=True, slots=True)
class Roster:
    """What is known of the queues of one Asterisk. Members by queue and interface; who waits by queue."""

    queues: frozenset[str] = frozenset()
    members: Mapping[tuple[str, str], Member] = field(default_factory=dict)
    waiting: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def after(self, event: QueueEvent, now: datetime) -> Roster:
        """The roster with that taken up. Events may come doubled; those of a conversation set the member's state at
        once, which Asterisk tells of separately and later."""
        match event:
            case QueuesSeen(queues=queues, members=members, waiting=waiting):
                return Roster(queues, {(each.queue, each.interface): each for each in members}, waiting)
            case MemberSeen(member):
                known = {**self.members, (member.queue, member.interface): member}
                return replace(self, members=known, queues=self.queues | {member.queue})
            case MemberGone(queue, interface):
                return replace(self, members={k: v for k, v in self.members.items() if k != (queue, interface)})
            case PersonJoined(queue, channel_id):
                others = tuple(each for each in self.waiting.get(queue, ()) if each != channel_id)
                return replace(self, waiting={**self.waiting, queue: (*others, channel_id)})
            case PersonLeft(queue, channel_id):
                return self._without(queue, channel_id)
            case PersonTaken(queue, channel_id, interface):
                return self._without(queue, channel_id)._with(queue, interface, in_call=True)
            case TalkOver(queue, _, interface):
                return self._with(queue, interface, in_call=False, ended_at=now)
            case QueuesLost():
                return Roster()

    def _without(self, queue: str, channel_id: str) -> Roster:
        left = tuple(each for each in self.waiting.get(queue, ()) if each != channel_id)
        return replace(self, waiting={**self.waiting, queue: left})

    def _with(self, queue: str, interface: str, **changes: object) -> Roster:
        member = self.members.get((queue, interface))
        if member is None:
            return self
        changed = replace(member, **changes)  # type: ignore[arg-type]  # keys are Member's own
        return replace(self, members={**self.members, (queue, interface): changed})

    def of(self, queue: str) -> list[Member]:
        return [member for (name, _), member in self.members.items() if name == queue]


def strangers(waiting: tuple[str, ...], ours: frozenset[AttemptId]) -> int:
    """How many of those who wait are not among `ours`: they take members too."""
    return sum(each not in ours for each in waiting)
