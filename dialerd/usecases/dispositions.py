"""What a person can ask of custom dispositions: keep sets of them, and give one to an attempt.

Not here: the system's own dispositions, which every attempt has and keeps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from dialerd.domain import retry
from dialerd.domain.callback import Callback
from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.dispositionset import CustomDisposition, DispositionSet
from dialerd.domain.errors import BadInputError, IllegalActionError, NotFoundError
from dialerd.domain.strategy import CallThem, GoOn
from dialerd.domain.words import ATTEMPT_ID, AttemptId, Disposition, RunState
from dialerd.ports import AttemptRow, RunRow, Unit
from dialerd.usecases import callbacks, callingback, definitions, dialing
from dialerd.usecases.callbacks import Wish
from dialerd.usecases.finishing import finish_if_over, positive_codes
from dialerd.usecases.onward import after_given
from dialerd.usecases.promising import promise
from dialerd.usecases.standing import run_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An attempt's final disposition. `retry_at`: when its target is dialed again for it; None: it is settled.

    `callback`: what the customer was promised with it.
    """

    attempt_id: AttemptId
    system: Disposition
    final: str
    retry_at: datetime | None
    callback: Callback | None = None


def apply_set(
    unit: Unit, given: DispositionSet, *, actor: str, now: datetime, dry_run: bool = False
) -> definitions.Applied:
    """Create a set or bring it to `given`; the same file twice changes nothing. `dry_run`: only tell.

    Raises IllegalActionError where it lacks a code that a campaign's success or finish criterion is counted by.
    """
    before = unit.dispositions.get(given.name)
    users = [row.spec for row in unit.campaigns.all() if row.spec.dispositions == given.name]
    if missed := {spec.name: gone for spec in users if (gone := _unknown_codes(spec, given))}:
        raise IllegalActionError(
            f"the set of dispositions {given.name} would lack "
            + "; ".join(f"{', '.join(gone)}, which campaign {name} names" for name, gone in missed.items()),
            hint="keep them in the set, or take them out of the campaigns' positive and finish first",
        )
    return definitions.apply(
        unit,
        "disposition_set",
        given.name,
        old=before.as_table() if before else None,
        new=given.as_table(),
        put=lambda: unit.dispositions.put(given, now),
        actor=actor,
        now=now,
        dry_run=dry_run,
    )


def get_set(unit: Unit, name: str) -> DispositionSet:
    found = unit.dispositions.get(name)
    if found is None:
        raise NotFoundError(
            f"there is no set of dispositions {name}", hint="make it with dialerd disposition apply FILE.toml"
        )
    return found


def delete_set(unit: Unit, name: str, *, actor: str, now: datetime) -> None:
    """Refused while a campaign names it."""
    before = get_set(unit, name)
    users = [row.spec.name for row in unit.campaigns.all() if row.spec.dispositions == name]
    if users:
        raise IllegalActionError(
            f"the set of dispositions {name} is used by campaign {users[0]}", hint="apply that campaign without it"
        )
    unit.dispositions.delete(name)
    definitions.note_deleted(unit, "disposition_set", name, before.as_table(), actor=actor, now=now)


def check_codes(unit: Unit, spec: CampaignSpec) -> None:
    """Whether every code that a campaign names is one it can end in. Raises NotFoundError, BadInputError."""
    named = None if spec.dispositions is None else get_set(unit, spec.dispositions)
    if unknown := _unknown_codes(spec, named):
        raise BadInputError(
            f"campaign {spec.name}: there is no disposition {', '.join(unknown)}",
            hint="use one of the system's, or of the set that the campaign names with dispositions = ...",
        )


def _unknown_codes(spec: CampaignSpec, named: DispositionSet | None) -> list[str]:
    asked = {*spec.positive, *(spec.finish.disposition if spec.finish else ())}
    return sorted(asked - set(Disposition) - set(named.codes if named else ()))


def give(unit: Unit, attempt_id: str, code: str, *, callback: Wish | None = None, actor: str, now: datetime) -> Given:
    """Let a custom disposition take the place of the system's on a call that has ended; the system's is kept.

    The last one given holds. It settles the target, or has it dialed again, as its set says; never above the
    campaign's most attempts, per contact and per number. One that asks for a callback takes its time from `callback`
    or from its set; where the contact has a callback already and no time is given, that one stays.
    """
    attempt = unit.dialing.attempt(AttemptId(attempt_id)) if ATTEMPT_ID.match(attempt_id) else None
    if attempt is None:
        raise NotFoundError(f"there is no attempt {attempt_id[:40]}", hint="see the attempt_id column of an export")
    if attempt.disposition is None:
        raise IllegalActionError("the call is still up", hint="give it a disposition when it has ended")
    run = unit.runs.get(attempt.run_id)
    assert run is not None, "an attempt's run cannot be deleted without it"
    chosen = check_code(unit, run, code)
    promised = _promise(unit, run, attempt, chosen, callback, actor=actor, now=now)
    unit.dispositions.give(attempt.id, code)
    retry_at = None
    latest = unit.dialing.last_attempt(attempt.target_id)
    if latest is not None and latest.id == attempt.id and not run.state.is_over:
        retry_at = send_on(unit, run, attempt, code, after_min=chosen.retry_after_min, now=now)
    detail = {"attempt": attempt.id, "from": attempt.final or str(attempt.disposition), "to": code}
    unit.audit.add(actor=actor, action="disposition_given", subject=run.spec.name, detail=detail, now=now)
    finish_if_over(unit, run.id, now)
    return Given(attempt_id=attempt.id, system=attempt.disposition, final=code, retry_at=retry_at, callback=promised)


def check_code(unit: Unit, run: RunRow, code: str) -> CustomDisposition:
    """The disposition of the run's set with that code. Raises IllegalActionError (it has no set), BadInputError."""
    if run.spec.dispositions is None:
        raise IllegalActionError(
            f"campaign {run.spec.name} names no set of dispositions", hint='name one in its file: dispositions = "..."'
        )
    named = get_set(unit, run.spec.dispositions)
    chosen = named.get(code)
    if chosen is None:
        raise BadInputError(
            f"the set {run.spec.dispositions} has no disposition {code[:40]}", hint=f"it has: {', '.join(named.codes)}"
        )
    return chosen


def _promise(
    unit: Unit,
    run: RunRow,
    attempt: AttemptRow,
    chosen: CustomDisposition,
    wish: Wish | None,
    *,
    actor: str,
    now: datetime,
) -> Callback | None:
    """The callback that a disposition asks for. Raises BadInputError where its time is missing or nobody asked."""
    if not chosen.callback:
        if wish is not None:
            raise BadInputError(
                f"{chosen.code} asks for no callback", hint="give one that does, or add it with dialerd callback add"
            )
        return None
    later = None if chosen.callback_after_min is None else now + timedelta(minutes=chosen.callback_after_min)
    return callbacks.promise_after(unit, run, attempt, wish or Wish(), default_at=later, actor=actor, now=now)


def send_on(
    unit: Unit, run: RunRow, attempt: AttemptRow, code: str, *, after_min: float | None, now: datetime
) -> datetime | None:
    """Settle the target of an attempt that was given `code`, or have it wait for what comes next; when that is due."""
    if run.state is RunState.STOPPING:  # nobody is called again, and who was is not counted as cancelled
        unit.dispositions.settle_target(attempt.target_id, code, now)
        return None
    after = after_given(unit, run, attempt, code, after_min=after_min, now=now)
    onward = after.onward
    callback_at = callingback.stays(unit, attempt.target_id, after.at)
    if callback_at is not None:
        return callback_at
    if isinstance(onward, CallThem):
        unit.dispositions.settle_target(attempt.target_id, code, now)
        return promise(unit, run, attempt, onward, now)
    if isinstance(onward, retry.Exhausted):
        unit.dispositions.settle_target(attempt.target_id, code, now)
        return None
    if not unit.dispositions.wait_target(attempt.target_id, onward.at):
        return None
    if isinstance(onward, GoOn):
        unit.strategies.set_step(attempt.target_id, onward.step, onward.channel)
    elif run.spec.strategy is not None:
        unit.strategies.set_step(attempt.target_id, attempt.step, attempt.channel)
    if after.number is not None:
        unit.dialing.set_number(attempt.target_id, after.number)
    is_settled = dialing.settle_barred(unit, run, unit.callbacks.contact_of(attempt.target_id), now)
    return None if is_settled else onward.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One disposition of a run. `final`: a contact is not dialed at the same number again because of it."""

    count: int
    positive: bool
    final: bool
    custom: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How a run's attempts ended, by final disposition, those that did not occur included."""

    run: RunRow
    counts: Mapping[str, Count]

    @property
    def positive(self) -> int:
        """How many outcomes count as success."""
        return sum(each.count for each in self.counts.values() if each.positive)

    @property
    def conversion(self) -> float:
        """Positive outcomes as a share of all targets."""
        return self.positive / self.run.targets if self.run.targets else 0.0


def count(unit: Unit, campaign: str, number: int | None = None) -> Counts:
    """The counts of the run with that number, or of the active or last one; the most frequent first."""
    run = run_of(unit, campaign, number)
    named = unit.dispositions.get(run.spec.dispositions) if run.spec.dispositions else None
    found = unit.runs.dispositions(run.id)
    codes = map(str, [*found, *(named.codes if named else ()), *Disposition])
    positive = positive_codes(unit, run)
    counts = {
        code: Count(
            count=found.get(code, 0),
            positive=code in positive,
            final=_is_final(run, named, code),
            custom=code not in set(Disposition),
        )
        for code in dict.fromkeys(codes)
    }
    return Counts(run=run, counts=counts)


def _is_final(run: RunRow, named: DispositionSet | None, code: str) -> bool:
    if code in set(Disposition):
        return retry.is_final(run.spec.retry_policy, Disposition(code))
    custom = named.get(code) if named else None
    return custom is None or custom.retry_after_min is None
