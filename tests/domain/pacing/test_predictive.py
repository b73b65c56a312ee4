"""The predictive pace: what it never does whatever happens, how it begins, what it gains in an unknown world."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.domain.errors import BadInputError
from dialerd.domain.pacing import (
    Abandoned,
    AbandonMeter,
    AgentJoined,
    AgentLeft,
    CallAnswered,
    CallFailed,
    CallStarted,
    Connected,
    PacingEvent,
    PacingView,
    ProgressivePacer,
    TalkEnded,
    VerdictGiven,
    WrapUpEnded,
)
from dialerd.domain.pacing.account import Limit, as_table
from dialerd.domain.pacing.predictive import ENOUGH_CALLS, LOOK_S, PredictivePacer
from dialerd.domain.words import Disposition, Verdict
from tests.bench.pacing_shift import Outcome, Shift
from tests.bench.pacing_world import WORLDS

OVER = AbandonMeter(cap=0.03, abandoned=4, live_answers=100, name="rolling 24 hours")
ROOMY = AbandonMeter(cap=0.03, abandoned=100, live_answers=10_000, name="rolling 30 days")
SCARCE = AbandonMeter(cap=0.03, abandoned=2, live_answers=100, name="calendar month")

seconds = st.floats(0, 400)
ages = st.lists(seconds, max_size=15)
events: st.SearchStrategy[PacingEvent] = st.one_of(
    st.builds(CallStarted, seconds),
    st.builds(CallAnswered, seconds),
    st.builds(CallFailed, seconds, st.sampled_from([Disposition.NO_ANSWER, Disposition.BUSY, Disposition.CANCELLED])),
    st.builds(VerdictGiven, st.sampled_from(Verdict), seconds),
    st.just(Connected()),
    st.just(Abandoned()),
    st.builds(TalkEnded, seconds),
    st.builds(WrapUpEnded, seconds),
    st.just(AgentJoined()),
    st.just(AgentLeft()),
)
meters = st.builds(
    AbandonMeter,
    cap=st.sampled_from([0.01, 0.03, 0.05]),
    abandoned=st.integers(0, 40),
    live_answers=st.integers(0, 1500),
)
views = st.builds(
    PacingView,
    now=st.floats(0, 10_000),
    patience=st.sampled_from([0.5, 2.0]),
    min_ring_s=st.floats(0, 60),
    ready=ages,
    talking=ages,
    wrapping=ages,
    ringing=ages,
    detecting=ages,
    waiting=st.lists(seconds, max_size=3),
    meters=st.lists(meters, max_size=3),
)
UNANSWERED: PacingEvent = CallFailed(25.0, Disposition.NO_ANSWER)
FIRST_CALLS: tuple[PacingEvent, ...] = (CallAnswered(8.0), *[UNANSWERED] * 4) * 6
stories = st.lists(st.one_of(events, views), max_size=25).map(lambda story: (*FIRST_CALLS, *story))


def experienced() -> PredictivePacer:
    """It has dialed 400 calls, one a second: each fifth was answered by a person, after 8 s, talked to for 120 s."""
    pacer = PredictivePacer()
    for now in range(430):
        for ended, answered in ((now - 8, True), (now - 25, False)):
            if 0 <= ended < 400 and (ended % 5 == 0) == answered:
                pacer.observe(CallAnswered(8.0) if answered else CallFailed(25.0, Disposition.NO_ANSWER))
            if 0 <= ended < 400 and answered and ended % 5 == 0:
                for event in (VerdictGiven(Verdict.HUMAN, 1.0), Connected(), TalkEnded(120.0), WrapUpEnded(20.0)):
                    pacer.observe(event)
        lasts = [now - begun for begun in range(min(now, 400)) if now - begun < (8 if begun % 5 == 0 else 25)]
        pacer.decide(PacingView(now=float(now), ringing=lasts))
    return pacer


def shift(world: str, agents: int, pacer: PredictivePacer | ProgressivePacer, hours: float = 1.0) -> Outcome:
    return Shift(WORLDS[world], agents, 7, pacer, length_s=hours * 3600.0).play()


@settings(max_examples=60, deadline=None)
@given(stories, st.integers(1, 30), st.integers(1, 6))
def test_whatever_happens_in_whatever_order_it_stays_within_its_limits(
    story: Sequence[PacingEvent | PacingView], max_calls: int, most_per_agent: int
) -> None:
    pacer = PredictivePacer(max_calls=max_calls, most_per_agent=most_per_agent)
    for each in story:
        if not isinstance(each, PacingView):
            pacer.observe(each)
            continue
        calls = pacer.decide(each)
        agents = len(each.ready) + len(each.talking) + len(each.wrapping)
        one_per_agent = max(0, each.unclaimed)
        assert calls >= 0
        assert calls == 0 or calls + each.calls_for_agents <= max_calls
        assert calls <= max(one_per_agent, most_per_agent * agents - each.calls_for_agents)
        if any(meter.room < 0 for meter in each.meters):
            assert calls <= one_per_agent


@settings(max_examples=60, deadline=None)
@given(stories)
def test_whatever_happens_it_hangs_up_only_calls_that_rang_their_minimum_while_nobody_is_ready(
    story: Sequence[PacingEvent | PacingView],
) -> None:
    pacer = PredictivePacer()
    for each in story:
        if not isinstance(each, PacingView):
            pacer.observe(each)
            continue
        hung_up = pacer.cancel(each)
        assert len(set(hung_up)) == len(hung_up)
        assert all(each.ringing[index] >= each.min_ring_s for index in hung_up)
        assert not (hung_up and each.ready)


@settings(max_examples=20, deadline=None)
@given(stories)
def test_the_same_story_gives_the_same_decisions(story: Sequence[PacingEvent | PacingView]) -> None:
    def told() -> list[object]:
        pacer, found = PredictivePacer(), list[object]()
        for each in story:
            if isinstance(each, PacingView):
                found += [tuple(pacer.cancel(each)), pacer.decide(each)]
            else:
                pacer.observe(each)
        return [*found, pacer.account()]

    assert told() == told()


def taken_up(learnt: object) -> tuple[bool, PredictivePacer]:
    pacer = PredictivePacer()
    return pacer.take_up(json.loads(json.dumps(learnt))), pacer


@settings(max_examples=20, deadline=None)
@given(stories)
def test_whatever_was_learnt_another_one_goes_on_from_it(story: Sequence[PacingEvent | PacingView]) -> None:
    pacer = PredictivePacer()
    for each in story:
        if isinstance(each, PacingView):
            pacer.decide(each)
        else:
            pacer.observe(each)
    pacer.decide(PacingView(now=20_000.0))  # what was told last is taken in at a look
    is_taken, other = taken_up(pacer.learnt())
    before, after = pacer.account().estimates, other.account().estimates
    assert is_taken
    assert after.calls_ended == before.calls_ended
    assert after.ring_s == pytest.approx(before.ring_s, rel=0.02)
    assert after.talk_s == pytest.approx(before.talk_s, rel=0.15)  # what runs on is not handed on
    assert after.answer_rate == pytest.approx(before.answer_rate, rel=0.35)
    assert len(json.dumps(pacer.learnt())) < 12_000


def test_one_that_goes_on_dials_ahead_at_once_and_doubts_more_than_before() -> None:
    pacer = experienced()
    is_taken, other = taken_up(pacer.learnt())
    view = PacingView(now=1000.0, ready=[5.0] * 10, talking=[60.0] * 10, meters=[ROOMY])
    assert is_taken
    assert PredictivePacer().decide(view) == 10
    assert 20 <= other.decide(view) <= pacer.decide(view)


@pytest.mark.parametrize(
    "learnt",
    [{}, {"form": 0}, {"form": 1}, {"form": 1, "estimates": {"ring": []}}, [], None, {"form": 1, "estimates": 3}],
)
def test_what_cannot_be_taken_up_changes_nothing(learnt: object) -> None:
    pacer = experienced()
    before = pacer.account().estimates
    assert not pacer.take_up(learnt)  # type: ignore[arg-type]  # what another version may have written
    assert pacer.account().estimates == before


def test_it_begins_with_one_call_per_ready_agent_until_enough_calls_have_ended() -> None:
    pacer = PredictivePacer()
    view = PacingView(now=0.0, ready=[0.0] * 6, meters=[ROOMY])
    for _ in range(ENOUGH_CALLS - 1):
        pacer.observe(CallFailed(25.0, Disposition.NO_ANSWER))
        assert pacer.decide(view) == 6
    assert pacer.account().limit is Limit.LEARNING
    pacer.observe(CallFailed(25.0, Disposition.NO_ANSWER))
    assert pacer.decide(view) > 6


def test_a_big_team_does_not_dial_for_everybody_on_what_few_calls_have_told() -> None:
    pacer = PredictivePacer()
    for _ in range(ENOUGH_CALLS):
        pacer.observe(CallFailed(2.0, Disposition.FAILED))
    view = PacingView(now=3.0, ready=[3.0] * 500, ringing=[3.0] * 490, meters=[ROOMY])
    assert 10 <= pacer.decide(view) <= 10 + ENOUGH_CALLS
    assert pacer.account().limit is Limit.LEARNING


def test_calls_we_hung_up_ourselves_teach_nothing_about_how_people_answer() -> None:
    pacer = PredictivePacer()
    for _ in range(2 * ENOUGH_CALLS):
        pacer.observe(CallFailed(15.0, Disposition.CANCELLED))
    assert pacer.decide(PacingView(now=0.0, ready=[0.0] * 6, meters=[ROOMY])) == 6


def test_ready_agents_get_more_calls_than_one_each_where_a_fifth_answers() -> None:
    calls = experienced().decide(PacingView(now=1200.0, ready=[0.0] * 4, meters=[ROOMY]))
    assert 6 <= calls <= 20


def test_calls_are_dialed_for_agents_who_will_be_ready_by_the_answer() -> None:
    busy = PacingView(now=1200.0, talking=[5.0] * 20, wrapping=[15.0] * 10, meters=[ROOMY])
    assert experienced().decide(busy) > 0


FAR_OVER = PacingView(now=1200.0, ready=[0.0], talking=[9.0] * 5, wrapping=[1.0], ringing=[2.0] * 40, meters=[ROOMY])
HARDLY = PacingView(now=1200.5, ready=[0.0], talking=[9.0] * 5, wrapping=[1.0], ringing=[70.0] * 40, meters=[ROOMY])
"""As many calls that have rung for so long that nobody will answer them: whoever looks dials more."""


@pytest.mark.parametrize(
    ("view", "looks"),
    [
        (HARDLY, False),
        (replace(HARDLY, ringing=[70.0] * 35), False),  # phones that rang in vain do not tip what is far over
        (replace(HARDLY, ringing=[70.0] * 39, talking=[9.0] * 6, ready=()), False),  # somebody was connected
        (replace(HARDLY, ready=[0.0, 0.0]), True),
        (replace(HARDLY, talking=[9.0] * 4), True),
        (replace(HARDLY, talking=[9.0] * 3, ready=[0.0], ringing=[70.0] * 37, detecting=[14.0] * 3), True),
        (replace(HARDLY, wrapping=()), True),
        (replace(HARDLY, ringing=()), True),  # an agent has nobody at all
        (replace(HARDLY, now=1210.0), True),
    ],
)
def test_a_risk_far_above_what_is_allowed_is_not_looked_at_again_before_something_relieves_it(
    view: PacingView, looks: bool
) -> None:
    pacer = experienced()
    assert pacer.decide(FAR_OVER) == 0
    assert pacer.next_at(1200.0) > 1200.0 + LOOK_S
    assert (pacer.decide(view) > 0) is looks


def test_a_risk_hardly_above_what_is_allowed_is_looked_at_when_a_phone_has_rung_in_vain() -> None:
    pacer = experienced()
    view = PacingView(now=1200.0, ready=[0.0] * 4, meters=[ROOMY])
    allowed = pacer.decide(view)
    assert pacer.next_at(1200.0) == 1200.0 + LOOK_S
    assert pacer.decide(replace(view, ringing=[70.0] * allowed)) == 0
    assert pacer.decide(replace(view, ringing=[70.0] * (allowed - 1))) > 0


def test_calls_that_are_detected_or_waiting_leave_less_for_new_ones() -> None:
    def calls(*, ringing: int = 0, detecting: int = 0, waiting: int = 0) -> int:
        return experienced().decide(
            PacingView(
                now=1200.0,
                ready=[0.0] * 6,
                ringing=[2.0] * ringing,
                detecting=[0.5] * detecting,
                waiting=[0.5] * waiting,
                meters=[ROOMY],
            )
        )

    assert calls(detecting=4) < calls(ringing=4) < calls()
    assert calls(waiting=4) < calls(ringing=4)


def test_the_tightest_meter_binds_and_is_named() -> None:
    pacer = experienced()
    view = PacingView(now=1200.0, ready=[0.0] * 8, meters=[ROOMY, SCARCE])
    scarce = pacer.decide(view)
    assert pacer.account().meter == SCARCE
    assert scarce < experienced().decide(PacingView(now=1200.0, ready=[0.0] * 8, meters=[ROOMY]))


def test_a_meter_over_its_cap_lets_one_call_per_ready_agent_and_says_so() -> None:
    pacer = experienced()
    assert pacer.decide(PacingView(now=1200.0, ready=[0.0] * 8, ringing=[1.0] * 3, meters=[ROOMY, OVER])) == 5
    assert (pacer.account().limit, pacer.account().meter) == (Limit.OVER_CAP, OVER)


def test_the_runs_own_share_is_held_even_where_the_meters_have_room() -> None:
    pacer = experienced()
    for _ in range(3):
        pacer.observe(Abandoned())
    assert pacer.decide(PacingView(now=1200.0, ready=[0.0] * 8, meters=[ROOMY])) == 8
    assert (pacer.account().limit, pacer.account().meter.name) == (Limit.OVER_CAP, "this run")


def test_people_who_wait_count_as_good_as_abandoned() -> None:
    def theta(waiting: int) -> float:
        pacer = experienced()
        pacer.decide(PacingView(now=1200.0, waiting=[0.5] * waiting, talking=[5.0] * 9, meters=[SCARCE, ROOMY]))
        return pacer.account().theta

    assert theta(1) < theta(0)


def test_a_call_past_its_minimum_ring_is_hung_up_when_nobody_will_be_there_for_it() -> None:
    nobody = PacingView(now=1200.0, talking=[1.0] * 2, ringing=[16.0, 14.9, 20.0], waiting=[0.5], meters=[ROOMY])
    assert list(experienced().cancel(nobody)) == [0, 2]
    assert list(PredictivePacer(late_cancel=False).cancel(nobody)) == []


def test_a_call_rings_on_when_somebody_is_about_to_be_there_for_it() -> None:
    somebody = PacingView(now=1200.0, wrapping=[19.0] * 30, ringing=[16.0], meters=[ROOMY])
    assert list(experienced().cancel(somebody)) == []


def test_the_account_tells_the_estimates_the_limit_and_the_last_decisions() -> None:
    pacer = experienced()
    calls = pacer.decide(PacingView(now=1200.0, ready=[0.0] * 4, talking=[9.0], ringing=[3.0], meters=[ROOMY]))
    account = pacer.account()
    assert account.estimates.answer_rate == pytest.approx(0.2, rel=0.2)
    assert account.estimates.ring_s == pytest.approx(8.5, abs=1.0)
    assert account.estimates.talk_s == pytest.approx(120.0, rel=0.05)
    assert account.estimates.wrap_up_s == pytest.approx(20.0, rel=0.05)
    assert account.estimates.calls_ended == 400
    assert account.limit is Limit.RISK
    last = account.decisions[-1]
    assert (last.at, last.calls, last.in_flight, last.ready, last.busy) == (1200.0, calls, 1, 4, 1)


def test_another_target_holds_at_once() -> None:
    def theta(target: float) -> float:
        pacer = experienced()
        for _ in range(300):
            pacer.observe(Connected())
        pacer.change_pace(target=target, late_cancel=True)
        pacer.decide(PacingView(now=1200.0, ready=[0.0] * 8, meters=[ROOMY]))
        return pacer.account().theta

    assert theta(0.01) < theta(0.03)


def test_the_account_as_a_table_has_moments_of_the_clock_and_plain_values() -> None:
    pacer = experienced()
    pacer.decide(PacingView(now=1200.0, ready=[0.0] * 4, meters=[ROOMY]))
    now = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
    table = as_table(pacer.account(), steady=1201.5, now=now)
    assert json.loads(json.dumps(table)) == table
    assert table["at"] == "2026-12-01T12:00:00.000+00:00"
    assert table["decisions"][-1]["at"] == "2026-12-01T11:59:58.500+00:00"
    assert table["decisions"][-1]["ready"] == 4
    assert (table["meter"]["name"], table["meter"]["cap"]) == ("this run", 0.03)


@pytest.mark.parametrize("target", [0.0, -0.01, 0.51, float("nan")])
def test_a_target_that_is_no_share_is_refused(target: float) -> None:
    with pytest.raises(BadInputError, match="target"):
        PredictivePacer(target=target)


@pytest.mark.parametrize("world", ["amd", "drift"])
def test_an_unknown_world_is_paced_under_the_cap_with_far_more_talk_than_one_call_per_agent(world: str) -> None:
    predictive, progressive = (shift(world, 20, pacer) for pacer in (PredictivePacer(), ProgressivePacer()))
    assert predictive.share <= 0.03
    assert predictive.talk > 1.25 * progressive.talk


def test_a_sudden_rise_of_the_answer_rate_breaks_no_cap() -> None:
    outcome = shift("step", 10, PredictivePacer(), 2.4)
    assert outcome.share <= 0.03
    assert outcome.talk > 0.6
