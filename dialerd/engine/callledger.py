"""What is written down of a call: what is learnt while it is up, an opt-out, and how it ended.

Not here: what a step makes of an event (domain/call), what a settled attempt means (usecases/flowing.py, dialing.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial

from dialerd.domain.call import Facts, Outcome
from dialerd.domain.disposition import MEANINGS
from dialerd.domain.errors import NotFoundError
from dialerd.domain.optout import How
from dialerd.domain.words import AttemptId, RunState
from dialerd.engine.blame import Blame
from dialerd.engine.callline import CallLine
from dialerd.engine.runkeeper import RunKeeper
from dialerd.engine.surewriter import SureWriter
from dialerd.engine.trunkdesk import TrunkDesk
from dialerd.log import logger
from dialerd.meters import Meters
from dialerd.ports import Clock, Store, Unit
from dialerd.usecases import dialing, flowing, seats
from dialerd.usecases.givingback import give_back
from dialerd.usecases.optout import opt_out

_log = logger(__name__)


class CallLedger:
    """A part of the call desk. `on_opt_out`: somebody's number is on a list now. `keeps` False: what is learnt of calls
    that are up is written with their ends alone, as nobody will adopt them."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        sure: SureWriter,
        runs: RunKeeper,
        trunks: TrunkDesk,
        meters: Meters,
        on_opt_out: Callable[[], None],
        *,
        keeps: bool = True,
    ) -> None:
        self._keeps = keeps
        self._store = store
        self._clock = clock
        self._sure = sure
        self._runs = runs
        self._blame = Blame(trunks)
        self._meters = meters
        self._on_opt_out = on_opt_out
        self._unsettled: set[AttemptId] = set()  # their ends wait to be written
        self._owed: set[AttemptId] = set()  # of these, what is given back once that is done

    @property
    def is_written(self) -> bool:
        """Nothing waits that must not be forgotten."""
        return self._sure.is_empty

    def learn(self, line: CallLine, known: Facts) -> None:
        """Write what has changed since `known`, behind the act: a caller must not wait for a disk."""
        attempt_id, facts = line.attempt.id, line.call.facts
        if self._keeps and _learnt(facts) != _learnt(known):
            self._store.post(partial(dialing.note, attempt_id=attempt_id, facts=facts))
        if (facts.given, facts.attributes) != (known.given, known.attributes):
            self._store.post(partial(flowing.keep, attempt_id=attempt_id, facts=facts))

    def late(self, line: CallLine, late_s: float) -> None:
        """It was sent so much later than claimed that the next call of the pace that daemons share must wait longer."""
        self._store.post(partial(seats.hold_up, attempt=line.attempt, late_s=late_s))

    def opt_out(self, line: CallLine) -> None:
        """Bar the number at once, and before anything is settled: nobody dials it in between."""
        attempt_id, now = line.attempt.id, self._clock.now()
        line.is_opting_out = True
        job = partial(_opt_out, attempt_id=attempt_id, now=now)
        done, in_vain = partial(self._opted_out, line), partial(self._go_on, line)
        self._sure.take("an opt-out", job, done, in_vain=in_vain, attempt_id=attempt_id)

    def _opted_out(self, line: CallLine, _done: None) -> None:
        self._on_opt_out()
        self._go_on(line)

    def _go_on(self, line: CallLine) -> None:
        """Nothing has to be written before its end any more."""
        line.is_opting_out = False
        if line.ending is not None:
            line.ending()

    def close(self, line: CallLine, outcome: Outcome, then: Callable[[bool], None]) -> None:
        """Settle the attempt, once and however long the disk refuses. `then` is told whether a look at the runs would
        see anything new."""
        outcome, congested = self._blame.judge(line.attempt, outcome)
        settle = partial(self._settle, line, outcome, congested, then)
        if line.is_opting_out:
            line.ending = settle
        else:
            settle()

    def _settle(
        self, line: CallLine, outcome: Outcome, congested: Sequence[AttemptId], then: Callable[[bool], None]
    ) -> None:
        """`congested`: earlier ones that ended for want of room as well, and are given back after it, in this order."""
        self._unsettled.add(line.attempt.id)
        job = partial(flowing.settle, attempt_id=line.attempt.id, outcome=outcome)
        done = partial(self._give_back, line, outcome, list(congested), then)
        self._sure.take("how a call ended", job, done, attempt_id=line.attempt.id)

    def _give_back(
        self,
        line: CallLine,
        outcome: Outcome,
        congested: list[AttemptId],
        then: Callable[[bool], None],
        settled: dialing.Settled | None,
    ) -> None:
        self._unsettled.discard(line.attempt.id)
        if line.attempt.id in self._owed:
            self._owed.discard(line.attempt.id)
            congested.append(line.attempt.id)
        if not congested:
            self._settled(line, outcome, then, settled)
            return
        attempt_id = congested.pop(0)
        if attempt_id in self._unsettled:  # the disk refused it, and took this call's
            self._owed.add(attempt_id)
            self._give_back(line, outcome, congested, then, settled)
            return

        def given_back(back: dialing.Settled | None) -> None:
            if back is not None:
                self._runs.more_due(back.run.id, back.retry_at)
            self._give_back(line, outcome, congested, then, settled)

        job = partial(give_back, attempt_id=attempt_id, now=outcome.now)
        self._sure.take("an attempt given back", job, given_back, attempt_id=attempt_id)

    def _settled(
        self, line: CallLine, outcome: Outcome, then: Callable[[bool], None], settled: dialing.Settled | None
    ) -> None:
        self._meters.ended[line.attempt.trunk, outcome.disposition.value] += 1
        _log.debug(
            f"attempt ended: {MEANINGS[outcome.disposition].text}",
            action="attempt_settled",
            attempt_id=line.attempt.id,
            run_id=line.attempt.run_id,
            disposition=outcome.disposition,
        )
        if settled is None:
            then(True)
            return
        run = self._runs.line_of(line.attempt)
        self._runs.more_due(line.attempt.run_id, settled.retry_at)
        self._runs.settled(settled.run)
        goes_on = settled.run.state is RunState.ACTIVE and not settled.run.spec.is_mixed
        # Nothing that a look would see: it has more to dial, and this one's slot is not free yet.
        then(run is None or run.is_dry or not goes_on)


def _opt_out(unit: Unit, attempt_id: AttemptId, now: datetime) -> None:
    with suppress(NotFoundError):  # the contact was erased meanwhile, and the address with it
        opt_out(unit, attempt_id, how=How.KEY_PRESS, region="", actor="daemon", now=now)


def _learnt(facts: Facts) -> tuple[object, ...]:
    """What is written down as soon as it is known."""
    return facts.answered_at, facts.verdict, facts.agent, facts.connected_at, facts.talks
