"""How a campaign's calls go: who answers at which hour, how long they ring, talk and are worked on after.

Not here: what is made of it (simulate/), the past calls themselves (the store).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import fmean, pstdev
from zoneinfo import ZoneInfo

from dialerd.domain.errors import BadInputError
from dialerd.domain.words import Disposition, Verdict

LEAST_CALLS = 200
"""Past calls from which rates are taken: a share of 30 % is known to some 3 points then."""

_LEAST_IN_HOUR = 30
_NOT_DIALED = frozenset({Disposition.CANCELLED, Disposition.INTERRUPTED, Disposition.NETWORK_FAILURE, None})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Shares are of all calls, `machine` of those that are answered.

    `answered` has one share, or 24: by the hour of the wall clock of `zone`. Seconds are means; talk and the work after
    it spread as `spread` (standard deviation over mean) says. Raises BadInputError for what cannot be.
    """

    answered: Sequence[float] = (0.30,)
    machine: float = 0.40
    busy: float = 0.05
    invalid: float = 0.03
    ring_s: float = 12.0
    amd_s: float = 2.0
    talk_s: float = 150.0
    wrap_up_s: float = 20.0
    spread: float = 0.8
    zone: str = "UTC"

    def __post_init__(self) -> None:
        if len(self.answered) not in (1, 24):
            raise BadInputError(f"{len(self.answered)} answer rates", hint="give one, or 24, one for each hour")
        shares = (*self.answered, self.machine, self.busy, self.invalid)
        if not all(0.0 <= share <= 1.0 for share in shares) or max(self.answered) + self.busy + self.invalid > 1.0:
            raise BadInputError(
                "the shares lie between 0 and 1, and those of all calls come to no more than 1 together"
            )
        if not (0.0 < self.ring_s <= 120.0 and 0.0 < self.talk_s <= 7200.0 and 0.0 <= self.wrap_up_s <= 3600.0):
            raise BadInputError(
                "ring, talk or wrap-up cannot be so long or so short",
                hint="seconds: ring up to 120, talk up to 7200, wrap-up up to 3600",
            )
        if not (0.0 <= self.spread <= 5.0 and 0.0 <= self.amd_s <= 30.0):
            raise BadInputError("the spread lies between 0 and 5, detection takes up to 30 s")


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCall:
    """What of an attempt its rates are taken from."""

    claimed_at: datetime
    answered_at: datetime | None
    connected_at: datetime | None
    ended_at: datetime | None
    verdict: Verdict | None
    disposition: Disposition | None


def measured(calls: Iterable[PastCall], *, zone: str, otherwise: Rates) -> Rates:
    """The rates of past calls; what they do not tell (detection, the work after a talk) is as in `otherwise`.

    Raises BadInputError where they are too few to tell anything.
    """
    dialed = [call for call in calls if call.disposition not in _NOT_DIALED]
    if len(dialed) < LEAST_CALLS:
        raise BadInputError(
            f"{len(dialed)} past calls are too few to forecast from: {LEAST_CALLS} are needed",
            hint="give the rates yourself: dialerd simulate --help",
        )
    answered = [call for call in dialed if call.answered_at is not None]
    rings = [(call.answered_at - call.claimed_at).total_seconds() for call in answered if call.answered_at is not None]
    talks = [talk_s for call in answered if (talk_s := _talk_s(call)) is not None]
    ended = Counter(call.disposition for call in dialed)
    rates = replace(
        otherwise,
        answered=_by_hour(dialed, ZoneInfo(zone)),
        busy=ended[Disposition.BUSY] / len(dialed),
        invalid=ended[Disposition.INVALID_NUMBER] / len(dialed),
        zone=zone,
    )
    if answered:
        machines = sum(call.verdict is Verdict.MACHINE for call in answered)
        rates = replace(rates, machine=machines / len(answered), ring_s=max(0.1, fmean(rings)))
    if talks:
        talk_s = max(1.0, fmean(talks))
        rates = replace(rates, talk_s=talk_s, spread=min(5.0, pstdev(talks) / talk_s))
    return rates


def _by_hour(dialed: Sequence[PastCall], zone: ZoneInfo) -> tuple[float, ...]:
    """The share answered in each hour; of an hour with few calls, the share of all."""
    calls, answered = Counter[int](), Counter[int]()
    for call in dialed:
        hour = call.claimed_at.astimezone(zone).hour
        calls[hour] += 1
        answered[hour] += call.answered_at is not None
    overall = answered.total() / calls.total()
    return tuple(answered[hour] / calls[hour] if calls[hour] >= _LEAST_IN_HOUR else overall for hour in range(24))


def _talk_s(call: PastCall) -> float | None:
    began_at = call.connected_at
    if began_at is None and call.disposition is Disposition.ANSWERED_HUMAN:
        began_at = call.answered_at
    return None if began_at is None or call.ended_at is None else (call.ended_at - began_at).total_seconds()
