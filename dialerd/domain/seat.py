"""Several daemons that dial the same campaigns: which of them leads, what it alone dials, the room and pace of all.

Not here: who has the turn to lead (adapters/postgres/lease.py), claiming under it (usecases/seats.py).

One daemon leads: it does all that is done once (schedules, imports, agents, messages). The others help: they dial the
calls that need nobody and nothing of the leader. Each has a lease that it renews; the calls of one whose lease is over
are settled by the leader, and it may claim nothing from that transaction on.
"""

from __future__ import annotations

from dataclasses import dataclass

from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.flow import FlowSpec
from dialerd.domain.flow.message import Message
from dialerd.domain.flow.nodes import Record, RecordCall
from dialerd.domain.flow.transfer import Transfer
from dialerd.domain.words import Mode

LEASE_S = 20.0
"""A daemon that has not renewed its lease for so long is taken for dead: its calls have rung their minimum by then."""

RENEW_S = 4.0
"""How often it is renewed: some that fail in a row do not end it."""

SEND_WITHIN_S = 1.0
"""What was claimed longer ago is not sent any more by a daemon that another may succeed: it may be settled by now, and
has lost its place in the pace of all."""

CLAIM_LEFT_S = 8.0
"""The least that a helper's lease must last for a claim: longer than what is claimed may take to be sent."""

LOOK_AGAIN_S = 0.25
"""When to ask again where the others have all the room: nobody tells that theirs has become free."""

CATCH_UP_S = 0.05
"""How far a pace that all share may lag and be made up for, so that late timers do not cost calls."""

HELD_UP_S = 3.0
"""The most that calls which came late hold up a pace."""

JITTER_S = 0.1
"""From a claim to its INVITE on the wire, more or less: so much longer is the period that holds a second's calls. One
that took longer holds up those after it."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A daemon among those that share campaigns. `session`: of this process; the next one of that name has another.
    `host`: where it runs, for people."""

    name: str
    session: str
    leads: bool
    host: str = ""

    @property
    def owner(self) -> str:
        """Under what its attempts stand: a leader's are the next leader's, without a name."""
        return "" if self.leads else self.name

    @property
    def own(self) -> frozenset[str]:
        """Whose open attempts are its own: a leader may have been a helper before."""
        return frozenset({self.name, self.owner})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """What a claim of `seat` must leave to the others: it may open as many calls as `trunk_room` and `server_room`
    say, less those that the others have up; over the trunk at `rate` calls per second together."""

    seat: Seat
    trunk_room: int
    server_room: int
    rate: float


def own_of(seat: Seat | None) -> frozenset[str]:
    """The owners of the attempts that this daemon takes for its own."""
    return frozenset({""}) if seat is None else seat.own


def kept_by_leader(spec: CampaignSpec, flow: FlowSpec | None) -> str:
    """Why a campaign is dialed by the leader alone; empty: helpers dial it as well. `flow`: what its flow is now."""
    if spec.mode is not Mode.AGENTLESS or spec.queue is not None:
        return "its calls are for agents, who are the leader's"
    if spec.strategy is not None:
        return "its strategy has messages, which the leader sends"
    if spec.record:
        return "its calls are recorded, and recordings are the leader's"
    if spec.flow is not None and flow is None:
        return f"its flow {spec.flow} cannot be read"
    for name, node in flow.node.items() if flow is not None else ():
        if isinstance(node, Transfer):
            return f"node {name} of its flow passes calls on, which the leader does"
        if isinstance(node, Message):
            return f"node {name} of its flow sends messages, which the leader does"
        if isinstance(node, Record | RecordCall):
            return f"node {name} of its flow records, and recordings are the leader's"
    return ""


def period_s(rate: float) -> float:
    """Between two calls of a pace that several keep: any second at the carrier holds at most its calls."""
    size = max(1, int(rate))
    return (size / rate + JITTER_S) / size


def opens_at(next_at: float, now: float, rate: float) -> float:
    """When a shared pace allows its next call (seconds of the database's clock). `next_at`: as it was put down; one
    later than any pace comes to is of a clock that was set back, or of a slower pace."""
    return next_at if next_at <= now + period_s(rate) + CATCH_UP_S + HELD_UP_S else now


def granted(next_at: float, now: float, rate: float) -> int:
    """How many calls it allows at `now`."""
    at = opens_at(next_at, now, rate)
    return 0 if at > now else 1 + int(min(now - at, CATCH_UP_S) / period_s(rate))


def held_up(next_at: float, now: float, late_s: float) -> float:
    """When it allows the next call after one that was sent so much later than it was allowed."""
    return min(max(next_at, now) + late_s, max(next_at, now + HELD_UP_S))


def after(next_at: float, now: float, rate: float, count: int) -> float:
    """When it allows the next call after `count` that were begun at `now`."""
    return max(opens_at(next_at, now, rate), now - CATCH_UP_S) + count * period_s(rate)
