"""How fast a trunk is used, learnt from what its calls come to: a refusal for want of room halves it, calls that come
through open it again.

Not here: the token bucket that it is the rate of (pacing/rate.py), which endings mean want of room (causes.py), and
that they cost a contact nothing (engine/blame.py).

Some refusals are the destinations' own doing (a 503 of a far network), so a trunk counts as congested only once
CONGESTED_AT of its LATEST calls found no room. One that refuses some calls then gets fewer a second: half, once a
second at most, for all that was under way at the first refusal will be refused as well. One that refuses every call
rests, twice as long each time. All moments are seconds on any steady clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

LATEST = 20
"""Ended calls by which a trunk is judged."""

CONGESTED_AT = 5
SLOWER, FASTER, SLOWEST = 0.5, 1.03, 0.1
"""Factors of the pace, at a refusal and at a call that came through, and the least that it becomes. After a halving 24
calls that come through make it whole: about as many as a trunk of 50 calls a second ends in half a second."""

NEWS_S = 1.0
"""Refusals within this time are one piece of news."""

FIRST_REST_S, LONGEST_REST_S = 1.0, 30.0

_NEVER = float("-inf")

CONGESTED = "the trunk is congested"
"""Why an attempt is not spent that a congested trunk had no room for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle:
    """What has been learnt of one trunk. Frozen: each piece of news makes the next one.

    `pace`: the share of its calls per second that it is given. `latest`: whether each call found room, the last one
    last; `refused` of them in a row did not. `reason`: why it is slowed or rests; empty: it is neither.
    """

    pace: float = 1.0
    latest: tuple[bool, ...] = ()
    refused: int = 0
    slowed_at: float = _NEVER
    rest_s: float = 0.0
    closed_until: float = _NEVER
    reason: str = ""

    @property
    def is_congested(self) -> bool:
        """Whether the last refusal was the trunk's, and not only that call's."""
        return self.latest.count(False) >= CONGESTED_AT

    def rests(self, now: float) -> bool:
        return now < self.closed_until

    def after_room(self) -> Throttle:
        """A call over it came to something: a phone, a person, a number that does not exist."""
        if self.pace >= 1.0 and not self.refused and len(self.latest) == LATEST and all(self.latest):
            return self  # nothing is new: the usual case
        pace = min(1.0, self.pace * FASTER)
        reason = self.reason if pace < 1.0 else ""
        return replace(self, pace=pace, refused=0, latest=_with(self.latest, True), reason=reason)

    def after_refusal(self, now: float) -> Throttle:
        """A call over it ended for want of room."""
        told = replace(self, refused=self.refused + 1, latest=_with(self.latest, False))
        if not told.is_congested:
            return told
        if told.refused >= CONGESTED_AT:
            return told.down(now, f"{told.refused} calls in a row found no room")
        if now < told.slowed_at + NEWS_S:
            return told
        reason = f"{told.latest.count(False)} of its last {len(told.latest)} calls found no room"
        return replace(told, slowed_at=now, pace=max(SLOWEST, told.pace * SLOWER), reason=reason)

    def down(self, now: float, reason: str) -> Throttle:
        """It takes no call: it rests, longer each time it says so."""
        if self.rests(now):
            return self
        rest_s = min(LONGEST_REST_S, self.rest_s * 2 or FIRST_REST_S)
        return replace(self, rest_s=rest_s, closed_until=now + rest_s, reason=reason)

    def after_taken(self) -> Throttle:
        """An exchange took a call for it: the next rest is a short one again, unless calls are still refused."""
        return self if self.refused or not self.rest_s else replace(self, rest_s=0.0)


def _with(latest: tuple[bool, ...], found_room: bool) -> tuple[bool, ...]:
    return (*latest[1 - LATEST :], found_room)
