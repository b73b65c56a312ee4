"""What became of a contact in a run, moment by moment: chosen, dialed, ring, answer, AMD, agent, and what is next.

Not here: why it is not being called now, gate by gate (explain.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from dialerd.domain.amd import is_overruled
from dialerd.domain.disposition import MEANINGS
from dialerd.domain.errors import NotFoundError
from dialerd.domain.words import Channel, Disposition, TargetState
from dialerd.ports import AttemptRow, TargetRow, Unit
from dialerd.usecases.contacts import get_contact
from dialerd.usecases.standing import run_of

What = Literal["eligible", "chosen", "dialed", "ring", "answer", "amd", "agent", "end", "wrap_up", "next"]

_LONGEST_WRAP_UP = timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """`at` None: it is not known when, as of what comes next when something has to change first."""

    at: datetime | None
    what: What
    text: str
    attempt_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A contact in one run. `state`: of its target there."""

    campaign: str
    run: int
    contact_id: int
    number: str
    state: str
    moments: Sequence[Moment]


def timeline(unit: Unit, campaign: str, contact_id: int, *, run: int | None = None, now: datetime) -> Timeline:
    """The contact's way through a run, the active or last one. Raises NotFoundError, IllegalActionError."""
    row = run_of(unit, campaign, run)
    contact = get_contact(unit, contact_id)
    target = unit.dialing.target(row.id, contact.id, dnc=row.spec.dnc, now=now)
    if target is None:
        raise NotFoundError(
            f"contact {contact_id} is no target in run {row.number} of campaign {campaign}",
            hint=f"see why with dialerd contact explain {campaign} {contact_id}",
        )
    moments = [Moment(at=row.created_at, what="eligible", text=f"taken into run {row.number}")]
    for attempt in unit.floor.attempts_at(target.id):
        moments += _attempt(unit, attempt)
    moments.append(_next(unit, target))
    return Timeline(
        campaign=campaign,
        run=row.number,
        contact_id=contact.id,
        number=target.number,
        state=str(target.state),
        moments=moments,
    )


def _attempt(unit: Unit, attempt: AttemptRow) -> Iterator[Moment]:
    def moment(at: datetime | None, what: What, text: str) -> Moment:
        return Moment(at=at, what=what, text=text, attempt_id=attempt.id)

    allowed = f", allowed by {attempt.regulation}" if attempt.regulation else ""
    yield moment(attempt.claimed_at, "chosen", f"{attempt.number} over {attempt.trunk}{allowed}")
    if attempt.channel is not Channel.VOICE:
        yield moment(attempt.claimed_at, "dialed", f"a message ({attempt.channel}) was handed to {attempt.trunk}")
    elif attempt.spent:
        yield moment(attempt.claimed_at, "dialed", f"as {attempt.caller_id} through {attempt.asterisk}")
    if attempt.rang_at is not None:
        yield moment(attempt.rang_at, "ring", "the phone rang")
    if attempt.answered_at is not None:
        yield moment(attempt.answered_at, "answer", "somebody or something answered")
    if attempt.verdict is not None:
        heard = f" ({attempt.amd})" if attempt.amd else ""
        said = "held out, so given on as a person" if is_overruled(attempt.amd, attempt.verdict) else attempt.verdict
        yield moment(attempt.greeted_at or attempt.answered_at, "amd", f"{said}{heard}")
    if attempt.connected_at is not None:
        yield moment(attempt.connected_at, "agent", f"with {attempt.agent}" if attempt.agent else "with a member")
    if attempt.ended_at is not None:
        yield moment(attempt.ended_at, "end", _ending(attempt))
        wrapped = unit.floor.wrap_up_at(attempt, until=attempt.ended_at + _LONGEST_WRAP_UP)
        if wrapped is not None:
            began, ended = wrapped
            lasted = "" if ended is None else f" for {(ended - began).total_seconds():.0f} s"
            yield moment(began, "wrap_up", f"{attempt.agent} wrapped up{lasted}")


def _ending(attempt: AttemptRow) -> str:
    assert attempt.disposition is not None, "it has ended"
    text = f"{attempt.disposition}: {MEANINGS[attempt.disposition].text}"
    if attempt.final is not None and attempt.final != attempt.disposition:
        text = f"{attempt.final} (given; the system's is {attempt.disposition})"
    return f"{text}; {attempt.reason}" if attempt.reason else text


def _next(unit: Unit, target: TargetRow) -> Moment:
    match target.state:
        case TargetState.IN_PROGRESS:
            return Moment(at=None, what="next", text="it is being called")
        case TargetState.WAITING:
            promised = " (a callback)" if target.has_callback else ""
            return Moment(at=target.not_before, what="next", text=f"waits to be called{promised}")
        case TargetState.PENDING:
            return Moment(at=None, what="next", text="in line: it is called as pace and trunk allow")
        case _:
            settled = unit.callbacks.settled_as(target.id) or "settled"
            meaning = f" ({MEANINGS[Disposition(settled)].text})" if settled in set(Disposition) else ""
            return Moment(at=None, what="next", text=f"nothing: {settled}{meaning}")
