"""May we dial this target now, and if not, why not and until when: the one ordered list of gates.

The dial loop and `contact explain` call the same functions, so that they cannot drift apart.
Not here: how many may be dialed (pacing) and which is next (ordering).
To add a gate: a function `Facts, now -> Gate | None`, its place in GATES, a row in tests/domain/test_gates.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from dialerd.domain.callback import Judged, MayDial, TooLate, Waits
from dialerd.domain.hours import CONTACT_ZONE, ContactHours, opening
from dialerd.domain.regulation import Allowed, Refused
from dialerd.domain.words import RunState, TargetState

_UNREGULATED = Allowed(())
_LOOK_AGAIN = timedelta(days=1)  # where hours do not open within the days that are looked ahead, as zones lie apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that is known of one target when it is judged."""

    run_state: RunState | None  # None: the campaign has no run
    target_state: TargetState | None  # None: the contact is not in the run
    zones: tuple[str, ...]  # where the number may lie
    on_dnc: str | None  # the list that has the number
    number_in_call: bool  # any campaign has an open attempt at this number
    attempts_spent: int
    max_attempts: int
    not_before: datetime | None
    hours: ContactHours
    attempts_at_number: int = 0
    max_per_number: int = 1_000_000
    free_until: datetime | None = None  # until then the run's schedule goes before the contact hours
    regulation: Allowed | Refused = _UNREGULATED
    callback: Judged | None = None  # what its callback says; None: the target has none
    left_out_by: str | None = None  # the condition of the filter that the contact fails; a target has passed it
    fresh_ahead: int = 0  # pending targets of the run that were never tried; the dial loop's walk puts them first
    closed_before: str | None = None  # why what another dialer has done with the contact settles it
    closed_by_tolls: str | None = None  # why the trunk does not dial the number
    closed_way_out: str | None = None  # why no trunk or Asterisk can take a call at the moment

    @property
    def leaves_another(self) -> bool:
        """Whether the attempt that may be made now is no callback, and not the last at the contact or the number."""
        is_last = self.attempts_spent + 1 >= self.max_attempts or self.attempts_at_number + 1 >= self.max_per_number
        return self.callback is None and not is_last


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A closed gate. `until` None: no moment is known. `is_final`: the target will never be dialed in this run."""

    name: str
    reason: str
    until: datetime | None = None
    is_final: bool = False


def _run_gate(facts: Facts, _now: datetime) -> Gate | None:
    if facts.run_state is RunState.ACTIVE:
        return None
    state = facts.run_state or "not running"
    return Gate(name="run", reason=f"the campaign is {state}")


def _target_gate(facts: Facts, _now: datetime) -> Gate | None:
    match facts.target_state:
        case None:
            return Gate(name="target", reason="the contact is not a target of this run")
        case TargetState.DONE:
            return Gate(name="target", reason="the target is settled for this run", is_final=True)
        case TargetState.IN_PROGRESS:
            return Gate(name="target", reason="the target is being called right now")
        case _:
            return None


def _past_gate(facts: Facts, _now: datetime) -> Gate | None:
    if facts.closed_before is None:
        return None
    return Gate(name="past", reason=facts.closed_before, is_final=True)


def _filter_gate(facts: Facts, _now: datetime) -> Gate | None:
    if facts.left_out_by is None:
        return None
    return Gate(name="filter", reason=f"the campaign's filter leaves the contact out: not {facts.left_out_by}")


def _dnc_gate(facts: Facts, _now: datetime) -> Gate | None:
    if facts.on_dnc is None:
        return None
    return barred_by(facts.on_dnc)


def barred_by(list_name: str) -> Gate:
    """What closes for good at a number that a do-not-call list has."""
    return Gate(name="dnc", reason=f"the number is on the do-not-call list {list_name}", is_final=True)


def _toll_gate(facts: Facts, _now: datetime) -> Gate | None:
    if facts.closed_by_tolls is None:
        return None
    return Gate(name="toll", reason=f"the trunk does not dial the number: {facts.closed_by_tolls}", is_final=True)


def _callback_gate(facts: Facts, _now: datetime) -> Gate | None:
    match facts.callback:
        case None | MayDial():
            return None
        case Waits(reason, until):
            return Gate(name="callback", reason=reason, until=until)
        case TooLate(reason):
            return Gate(name="callback", reason=f"the callback has expired: {reason}")


def _attempts_gate(facts: Facts, _now: datetime) -> Gate | None:
    if facts.attempts_spent < facts.max_attempts or facts.callback is not None:  # a callback has tries of its own
        return None
    return Gate(
        name="attempts",
        reason=f"{facts.attempts_spent} of {facts.max_attempts} attempts are made",
        is_final=True,
    )


def _number_attempts_gate(facts: Facts, _now: datetime) -> Gate | None:
    if facts.attempts_at_number < facts.max_per_number or facts.callback is not None:
        return None
    reason = f"{facts.attempts_at_number} of {facts.max_per_number} attempts at the number are made"
    return Gate(name="number_attempts", reason=reason, is_final=True)


def _retry_gate(facts: Facts, now: datetime) -> Gate | None:
    if facts.not_before is None or facts.not_before <= now or facts.callback is not None:
        return None
    return Gate(name="retry", reason="the next try is not due yet", until=facts.not_before)


def _hours_gate(facts: Facts, now: datetime) -> Gate | None:
    if facts.free_until is not None and now < facts.free_until:
        return None
    state = opening(facts.hours, facts.zones, now)
    if state.is_open:
        return None
    if facts.hours.timezone == CONTACT_ZONE and not facts.zones:
        return Gate(name="hours", reason="no time zone is known for the number", is_final=True)
    if state.until is None:
        reason = "it is outside the contact hours, which do not open in all zones at once in the days ahead"
        return Gate(name="hours", reason=reason, until=now + _LOOK_AGAIN)
    return Gate(name="hours", reason="it is outside the contact hours", until=state.until)


def _regulation_gate(facts: Facts, now: datetime) -> Gate | None:
    refused = facts.regulation
    if not isinstance(refused, Refused):
        return None
    reason = f"rule {refused.rule} of {refused.pack}: {refused.reason}"
    if refused.until is None and not facts.zones:
        return Gate(name="regulation", reason=f"{reason}; no time zone is known for the number", is_final=True)
    return Gate(name="regulation", reason=reason, until=refused.until or now + _LOOK_AGAIN)


def _number_gate(facts: Facts, _now: datetime) -> Gate | None:
    if not facts.number_in_call:
        return None
    return Gate(name="number", reason="the number is in another call right now")


def _order_gate(facts: Facts, _now: datetime) -> Gate | None:
    if not (facts.fresh_ahead and facts.attempts_spent) or facts.callback is not None:
        return None
    return Gate(name="order", reason=f"{facts.fresh_ahead} targets that were not tried yet go first")


def _way_out_gate(facts: Facts, _now: datetime) -> Gate | None:
    if facts.closed_way_out is None:
        return None
    return Gate(name="way_out", reason=facts.closed_way_out)


GATES: tuple[Callable[[Facts, datetime], Gate | None], ...] = (
    _run_gate,
    _filter_gate,
    _target_gate,
    _past_gate,
    _dnc_gate,
    _toll_gate,
    _callback_gate,
    _attempts_gate,
    _number_attempts_gate,
    _retry_gate,
    _hours_gate,
    _regulation_gate,
    _number_gate,
    _order_gate,
    _way_out_gate,
)


TITLES: Mapping[str, str] = {
    "run": "the campaign is not running",
    "target": "the contact is not a target that is left",
    "filter": "the campaign's filter leaves the contact out",
    "past": "another dialer was done with the contact before it came here",
    "dnc": "the number is on a do-not-call list",
    "toll": "the trunk does not dial such numbers",
    "callback": "a callback waits for its time, its interval or its agent",
    "attempts": "every attempt is made",
    "number_attempts": "every attempt at the number is made",
    "retry": "the next try is not due yet",
    "preview": "an agent looks at the record before it is dialed",
    "hours": "it is outside the contact hours",
    "regulation": "a rule of the campaign's regulation packs refuses",
    "number": "the number is in another call right now",
    "order": "targets that were not tried yet go first",
    "way_out": "no trunk or Asterisk can take a call at the moment",
}
"""Each gate in general words, for counts of targets; a Gate's own reason is about one."""


def first_closed(facts: Facts, now: datetime) -> Gate | None:
    """The gate that holds the target back at `now`; None: it may be dialed."""
    return next(closed_gates(facts, now), None)


def closed_gates(facts: Facts, now: datetime) -> Iterator[Gate]:
    """Every closed gate in order, for explaining."""
    return (gate for check in GATES if (gate := check(facts, now)) is not None)
