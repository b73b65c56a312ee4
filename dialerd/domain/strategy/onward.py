"""After an attempt: which step comes next and when. The one place where that is decided, with a strategy or without.

Not here: which rules there are (spec.py), retries within a voice step (retry.py), writing it down (usecases/onward.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dialerd.domain import retry
from dialerd.domain.retry import Exhausted, RetryAt, RetryPolicy, RetryRule
from dialerd.domain.strategy.spec import Do, Rule, Step, Strategy, Way
from dialerd.domain.words import SYSTEM_CODES, Channel, Disposition

END = "."
"""The step of a target that only waits for an answer: when its time is over it is settled."""

_ANY_NUMBER = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStep:
    """One step as the decisions need it. `policy`: how calls are retried where no rule speaks."""

    name: str
    channel: Channel
    policy: RetryPolicy
    step: Step | None = None  # None: the one step of the plain voice strategy


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A campaign's strategy, its own or the plain one. `max_attempts`: over all steps and channels."""

    steps: Sequence[PlanStep]
    max_attempts: int
    strategy: Strategy | None = None

    @property
    def first(self) -> PlanStep:
        return self.steps[0]

    def at(self, name: str) -> PlanStep:
        """The step of that name; one that is not there any more is the first."""
        return next((each for each in self.steps if each.name == name), self.first)


def plain(policy: RetryPolicy) -> Plan:
    """The strategy of a campaign that names none: calls, by its own retry rules."""
    return Plan(steps=(PlanStep(name="", channel=Channel.VOICE, policy=policy),), max_attempts=policy.max_attempts)


def plan_of(strategy: Strategy, *, max_attempts: int, is_mixed: bool = False) -> Plan:
    """`is_mixed`: the campaign has calls with agents and calls without."""
    steps = tuple(
        PlanStep(
            name=step.name,
            channel=Channel.AUTOMATED if is_mixed and step.channel is Way.VOICE else step.over,
            policy=RetryPolicy(max_attempts=step.tries or 1, retry_after_min=step.retry_after_min),
            step=step,
        )
        for step in strategy.step
    )
    return Plan(steps=steps, max_attempts=max_attempts, strategy=strategy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How an attempt ended, and what there was before it.

    `code`: the system's disposition, or the custom one in its place, which its set asks to try again `custom_after_min`
    minutes later (None: never). `attempts_spent` over all, and `at_step` at this step, count this attempt too;
    `same_before`: earlier spent attempts at this step with the code. The rest is as retry.decide takes it.
    """

    code: str
    spent: bool
    attempts_spent: int
    at_step: int
    same_before: int
    custom_after_min: float | None = None
    has_next: bool = False
    can_repeat: bool = True
    can_start_over: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class GoOn:
    """Another step, not before `at`; END, which has no channel: nothing more than waiting until then."""

    step: str
    channel: Channel | None
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallThem:
    """Nothing more by itself: a call is promised for that time."""

    at: datetime
    reason: str


Onward = RetryAt | GoOn | CallThem | Exhausted


def next_step(plan: Plan, at: str, ending: Ending, now: datetime) -> Onward:
    """What becomes of a target whose attempt at the step `at` has ended."""
    here = plan.at(at)
    if here.step is None or not ending.spent:
        return _again(here, None, ending, now)
    onward = _by_rules(plan, here, here.step, ending, now)
    if ending.attempts_spent < plan.max_attempts or not isinstance(onward, RetryAt | GoOn):
        return onward
    made = f"{ending.attempts_spent} of {plan.max_attempts} attempts made"
    return _on_to(plan, None, now + _waiting(here.step, ending.code), now, made)


def _by_rules(plan: Plan, here: PlanStep, step: Step, ending: Ending, now: datetime) -> Onward:
    rule = _rule(step, ending)
    if rule is None or rule.do is Do.RETRY:
        decision = _again(here, rule, ending, now)
        return decision if isinstance(decision, RetryAt) else _otherwise(plan, step, ending, decision, now)
    after = timedelta(minutes=rule.after_min or 0.0)
    reason = f"rule of step {step.name} for {ending.code}"
    if rule.do is Do.CALLBACK:
        return CallThem(at=now + after, reason=reason)
    assert plan.strategy is not None, "only its steps have rules"
    return _on_to(plan, plan.strategy.leads_to(step, rule), now + _waiting(step, ending.code) + after, now, reason)


def _rule(step: Step, ending: Ending) -> Rule | None:
    """The first rule for the disposition that is not used up by the times that it has occurred."""
    code = ending.code
    if code == Disposition.DELIVERED and not any(code in rule.on for rule in step.rule):
        code = Disposition.SENT.value  # it has been sent, too
    left = ending.same_before
    for rule in step.rule:
        if code in rule.on:
            if rule.max is None or left < rule.max:
                return rule
            left -= rule.max
    return None


def _again(here: PlanStep, rule: Rule | None, ending: Ending, now: datetime) -> RetryAt | Exhausted:
    """Whether the same step is tried once more: by its rule, by the disposition's own nature, or by its set."""
    is_custom = ending.code not in SYSTEM_CODES
    policy, after_min = here.policy, ending.custom_after_min
    if rule is not None:
        after_min = policy.retry_after_min if rule.after_min is None else rule.after_min
        own = RetryRule(disposition=_any(ending.code), after_min=after_min, max=_ANY_NUMBER, number=rule.number)
        policy = RetryPolicy(max_attempts=_ANY_NUMBER, retry_after_min=after_min, rules=(own,))
    elif is_custom and here.step is not None and here.step.tries is None:
        policy = RetryPolicy(max_attempts=_ANY_NUMBER, retry_after_min=policy.retry_after_min)
    if is_custom:
        return retry.decide_custom(
            policy,
            code=ending.code,
            after_min=after_min,
            attempts_spent=ending.at_step,
            now=now,
            can_repeat=ending.can_repeat,
            can_start_over=ending.can_start_over,
        )
    return retry.decide(
        policy,
        disposition=Disposition(ending.code),
        spent=ending.spent,
        attempts_spent=ending.at_step,
        same_before=ending.same_before,
        now=now,
        has_next=ending.has_next,
        can_repeat=ending.can_repeat,
        can_start_over=ending.can_start_over,
    )


def _any(code: str) -> Disposition:
    """A rule for a custom disposition is not looked up by it."""
    return Disposition(code) if code in SYSTEM_CODES else Disposition.FAILED


def _otherwise(plan: Plan, step: Step, ending: Ending, worn: Exhausted, now: datetime) -> Onward:
    """What the step does otherwise, when nothing more is tried at it."""
    assert plan.strategy is not None, "only its steps are given"
    at = now + _waiting(step, ending.code)
    reason = f"{worn.reason}; step {step.name} goes on otherwise"
    if step.otherwise == "next":
        return _on_to(plan, plan.strategy.after(step), at, now, reason)
    return _on_to(plan, None, at, now, worn.reason)


def _waiting(step: Step, code: str) -> timedelta:
    """How long a message's outcome may still change."""
    return timedelta(minutes=step.wait_min if code in (Disposition.SENT, Disposition.DELIVERED) else 0.0)


def _on_to(plan: Plan, head: Step | None, at: datetime, now: datetime, reason: str) -> GoOn | Exhausted:
    if head is not None:
        return GoOn(step=head.name, channel=plan.at(head.name).channel, at=at, reason=reason)
    if at > now:
        return GoOn(step=END, channel=None, at=at, reason="an answer may still come")
    return Exhausted(reason)
