"""Predictive pace: as many calls as keep the share of abandoned people under the cap, and no fewer.

Not here: the estimates (estimates.py), the risk (outlook.py, risk.py), the allowance (abandon.py).

A call is started when the chance that its person finds no agent, weighed over the moments at which it may be answered,
is within the allowance. That chance comes from what is in flight and how long each call and each agent has been at it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from dialerd.domain.errors import BadInputError
from dialerd.domain.pacing.abandon import AbandonController
from dialerd.domain.pacing.account import Account, Decision, Estimates, Limit
from dialerd.domain.pacing.ages import Ages, ages_of
from dialerd.domain.pacing.estimates import PacingEstimates
from dialerd.domain.pacing.events import (
    Abandoned,
    AgentJoined,
    AgentLeft,
    CallAnswered,
    CallFailed,
    CallStarted,
    Connected,
    PacingEvent,
    TalkEnded,
    VerdictGiven,
    WrapUpEnded,
)
from dialerd.domain.pacing.outlook import Excess, Outlook
from dialerd.domain.pacing.risk import chance_of_at_least, most_under
from dialerd.domain.pacing.view import PacingView

LOOK_S = 1.0
"""Time alone lowers the risk: calls that ring on will hardly be answered, agents who talk long are soon done. Beside
the looks at every event, looking twice as often gains less than 0.1 % of talk."""

_FAR_OVER = 2.0
_PATIENT_LOOKS = ((8.0, 4.0), (_FAR_OVER, 2.0))
"""Where the risk is so many times what is allowed, so many times that long: in a second it falls by a tenth, and only
once in a hundred times to the seventh part."""

ENOUGH_CALLS = 25
MOST_PER_AGENT = 20
_ENDED_PER_EXTRA = 2
"""Calls beyond one per agent wait for as many to have ended: a big team would dial them all on its first guesses."""

_FORM = 1
"""Of what is learnt, as it is written down; to be counted up when that changes."""

_KEPT_DECISIONS = 20
_CANCEL_FACTOR = 8.0
"""Hanging up wastes a call that was rung for long, so it takes more risk than dialing one does."""

_CANCEL_AT_LEAST = 0.08
_CANCEL_AT_MOST = 0.9
_CANCEL_CELLS = 2
"""The look-ahead of a late cancel, in seconds: who answers within them."""


class _Over(NamedTuple):
    """One more call was over the risk that is allowed, and is so until that moment unless something is relieved: the
    counts are those of then, with the calls that were allowed. `is_far`: no phone that rings in vain tips that."""

    until: float
    ready: int
    talking: int
    wrapping: int
    in_flight: int
    heard: int  # of those in flight: answered
    is_far: bool

    def holds(self, view: PacingView) -> bool:
        talking, heard = len(view.talking), len(view.detecting) + len(view.waiting)
        if (
            not self.until - _PATIENT_LOOKS[0][1] * LOOK_S <= view.now < self.until
            or len(view.ready) > self.ready
            or talking < self.talking
            or len(view.wrapping) != self.wrapping
        ):
            return False
        in_flight, served = heard + len(view.ringing), talking - self.talking
        lost = self.heard - heard - served if self.is_far else self.in_flight - in_flight - served
        return lost <= 0 and len(view.ready) <= in_flight


class PredictivePacer:
    """`target`: the run's own share of abandoned calls, held beside every meter of the view.

    `late_cancel`: whether calls are ever hung up, which happens past the view's minimum ring only. `max_calls`: calls
    for agents at once, all told; `most_per_agent`: calls per agent at work.
    """

    def __init__(
        self,
        *,
        target: float = 0.03,
        late_cancel: bool = True,
        max_calls: int = 10_000,
        most_per_agent: int = MOST_PER_AGENT,
    ) -> None:
        if not 0.0 < target <= 0.5:
            raise BadInputError(
                f"target = {target}: the share of abandoned calls to stay under is above 0, at most 0.5"
            )
        self.late_cancel = late_cancel
        self.max_calls = max_calls
        self.most_per_agent = most_per_agent
        self._estimates = PacingEstimates()
        self._controller = AbandonController(cap=target)
        self._outlook = Outlook()
        self._allowance = self._controller.allow((), waiting=0, live_per_s=0.0)
        self._limit = Limit.LEARNING
        self._times_over = 0.0  # what is allowed, so often in the risk of one more call, where none was allowed
        self._over: _Over | None = None
        self._decisions: deque[Decision] = deque(maxlen=_KEPT_DECISIONS)

    def observe(self, event: PacingEvent) -> None:
        match event:
            case CallAnswered() | CallFailed() | VerdictGiven() | TalkEnded() | WrapUpEnded() | AgentLeft():
                self._estimates.observe(event)
            case Connected():
                self._controller.answered(abandoned=False)
            case Abandoned():
                self._controller.answered(abandoned=True)
            case CallStarted() | AgentJoined():
                """The view has them."""

    def decide(self, view: PacingView) -> int:
        if self._over is not None and self._over.holds(view):
            return 0
        ages, self._times_over = self._look(view), 0.0
        agents = len(view.ready) + len(view.talking) + len(view.wrapping)
        estimates = self._estimates
        self._allowance = self._controller.allow(
            view.meters,
            waiting=len(view.waiting),
            live_per_s=agents / max(1.0, estimates.talk.mean_s + estimates.wrap_up.mean_s),
        )
        in_flight = view.calls_for_agents
        calls, limit = self._most(view, ages, agents, in_flight)
        self._over = self._over_with(view, calls) if limit is Limit.RISK else None
        room = max(0, self.max_calls - in_flight)
        if calls > room:
            calls, limit = room, Limit.MAX_CALLS
        if calls or limit is not self._limit:
            self._note(view, calls, limit)
        return calls

    def _over_with(self, view: PacingView, calls: int) -> _Over:
        over, heard = self._times_over, len(view.detecting) + len(view.waiting)
        longer = 1.0
        if view.ready or not self.late_cancel:  # else time alone may want calls hung up
            longer = next((longer for least, longer in _PATIENT_LOOKS if over >= least), 1.0)
        return _Over(
            view.now + LOOK_S * longer,
            ready=len(view.ready),
            talking=len(view.talking),
            wrapping=len(view.wrapping),
            in_flight=heard + len(view.ringing) + calls,
            heard=heard,
            is_far=over >= _FAR_OVER,
        )

    def _most(self, view: PacingView, ages: Ages, agents: int, in_flight: int) -> tuple[int, Limit]:
        unclaimed = len(view.ready) - in_flight
        floor = max(0, unclaimed)
        if not agents:
            return 0, Limit.NO_AGENTS
        if self._allowance.theta <= 0.0:
            return floor, Limit.OVER_CAP
        if self._estimates.ring.seen < ENOUGH_CALLS:
            return floor, Limit.LEARNING
        per_agent = self.most_per_agent * agents - in_flight
        known = unclaimed + self._estimates.ring.seen // _ENDED_PER_EXTRA
        most, bound = min((per_agent, Limit.PER_AGENT), (known, Limit.LEARNING), key=lambda found: found[0])
        if self._estimates.ring.level.silence.is_on:
            silent = self._most_in_silence(len(view.ready)) - in_flight
            most, bound = (silent, Limit.SILENCE) if silent < most else (most, bound)
        if most <= floor:
            return floor, bound
        excess = self._outlook.excess(ages, len(view.waiting))
        ready, allowed = len(view.ready), self._allowance.theta
        calls, first = 0, self._risk(excess, 1, ready)
        if first <= allowed:
            risk = partial(self._risk, excess, ready=ready)
            calls = most_under(lambda calls: first if calls == 1 else risk(calls), allowed, most)
        else:
            self._times_over = first / allowed
        return max(floor, calls), bound if calls == most else Limit.RISK

    def _most_in_silence(self, ready: int) -> int:
        """How many calls may be up where nobody answers any more: when that is mended, all that are dialed then are
        answered as usual, and whoever finds no agent must fit in what may be abandoned."""
        people = self._estimates.ring.level.silence.usual * self._estimates.amd.level.mean
        return int((ready + self._allowance.room) / people)

    def _look(self, view: PacingView) -> Ages:
        ages = ages_of(view)
        estimates = self._estimates
        if estimates.refresh(view.now, ages):
            self._outlook.refresh(
                estimates.ring, estimates.amd, estimates.talk, estimates.wrap_up,
                wraps=estimates.wraps(len(view.wrapping)), returns=estimates.returns, patience=view.patience,
            )  # fmt: skip
        return ages

    def _risk(self, excess: Excess, calls: int, ready: int) -> float:
        """The chance that the last of `calls` new ones, if a person answers it, finds no agent."""
        mean, variance, third, answers = excess.mean, excess.variance, excess.third, excess.answers
        if calls > 1:
            others, fresh = calls - 1, self._outlook.fresh
            came = others * fresh[0]
            mean, answers = mean + came, answers + came
            variance, third = variance + others * fresh[1], third + others * fresh[2]
        doubt = self._estimates.ring.level.relative_sd * answers
        return float(self._outlook.weights @ chance_of_at_least(ready, mean, variance + doubt * doubt, third))

    def cancel(self, view: PacingView) -> Sequence[int]:
        """The calls past the minimum ring while nobody is ready and whoever answers now will likely find nobody."""
        if not self.late_cancel or view.ready:
            return ()
        oldest = [index for index, age in enumerate(view.ringing) if age >= view.min_ring_s]
        if not oldest:
            return ()
        ages = self._look(view)
        excess = self._outlook.excess(ages, len(view.waiting))
        soon = slice(0, _CANCEL_CELLS)
        chance = chance_of_at_least(0, excess.mean[soon], excess.variance[soon], excess.third[soon])
        limit = min(_CANCEL_AT_MOST, max(_CANCEL_AT_LEAST, _CANCEL_FACTOR * self._allowance.theta))
        return oldest if float(chance.mean()) > limit else ()

    def next_at(self, now: float) -> float:
        return self._over.until if self._over is not None and self._over.until > now else now + LOOK_S

    def change_pace(self, *, target: float, late_cancel: bool) -> None:
        """Take other settings while the run goes on."""
        self._controller.cap, self._over = target, None
        self.late_cancel = late_cancel

    def learnt(self) -> dict[str, Any]:
        """All that another one needs to go on from here, as plain numbers: some kilobytes."""
        return {"form": _FORM, "estimates": self._estimates.learnt(), "controller": self._controller.learnt()}

    def take_up(self, learnt: Mapping[str, Any]) -> bool:
        """Go on from what another one has learnt; False: it is of another form, nothing is taken up."""
        estimates, controller = PacingEstimates(), AbandonController(cap=self._controller.cap)
        try:
            if learnt["form"] != _FORM:
                return False
            estimates.take_up(learnt["estimates"])
            controller.take_up(learnt["controller"])
        except (KeyError, TypeError, ValueError):
            return False
        self._estimates, self._controller, self._over = estimates, controller, None
        return True

    def account(self) -> Account:
        """What `campaign status --why` shows."""
        estimates = self._estimates
        level = estimates.ring.level
        return Account(
            estimates=Estimates(
                answer_rate=min(1.0, level.mean),
                answer_rate_sd=level.mean * level.relative_sd,
                human_rate=min(1.0, estimates.amd.level.mean),
                ring_s=estimates.ring.first_mean_s,
                talk_s=estimates.talk.mean_s,
                wrap_up_s=estimates.wrap_up.mean_s,
                calls_ended=estimates.ring.seen,
            ),
            theta=self._allowance.theta,
            meter=self._allowance.meter,
            limit=self._limit,
            decisions=tuple(self._decisions),
        )

    def _note(self, view: PacingView, calls: int, limit: Limit) -> None:
        self._limit = limit
        self._decisions.append(
            Decision(
                at=view.now,
                calls=calls,
                in_flight=view.calls_for_agents,
                ready=len(view.ready),
                busy=len(view.talking) + len(view.wrapping),
                theta=self._allowance.theta,
                limit=limit,
            )
        )
