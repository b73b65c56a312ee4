"""Every state and event of an agent, what may be asked in each, and who takes the next call."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.domain.agents import (
    ASKED,
    SYSTEM_BUSY,
    AgentEvent,
    Refusal,
    Seen,
    Wanted,
    ask,
    longest_idle,
    next_state,
    standing,
    step,
    wrap_up_ends_at,
)
from dialerd.domain.words import AgentState, AttemptId, WantedState

S, E, W = AgentState, AgentEvent, WantedState
NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
CALL = AttemptId("d" + "0" * 31 + "1")

# "wish": the state that is wanted, "-": refused.
WRITTEN = """
event         logged_out  ready     reserved  preview   on_call  inbound  wrap_up  paused
LOG_IN        wish        -         -         -         -        -        -        -
LOG_OUT       -           wish      -         -         on_call  inbound  wish     wish
READY         -           wish      -         -         on_call  inbound  wish     wish
PAUSE         -           wish      -         -         on_call  inbound  wish     wish
DIAL          -           -         -         reserved  -        -        -        -
SKIP          -           -         -         wish      -        -        -        -
RESERVE       -           reserved  -         -         -        -        -        -
RELEASE       -           -         wish      wish      -        -        -        -
SHOW          -           preview   -         -         -        -        -        -
CONNECT       on_call     on_call   on_call   -         -        -        on_call  on_call
TAKE_INBOUND  inbound     inbound   inbound   -         -        -        inbound  inbound
CALL_ENDED    -           -         -         -         wrap_up  wrap_up  -        -
WRAP_UP_OVER  -           -         -         -         -        -        wish     -
LEG_LOST      logged_out  paused    paused    paused    wrap_up  wrap_up  wrap_up  paused
LEG_BACK      logged_out  ready     reserved  preview   on_call  inbound  wrap_up  wish
"""
_HEAD, *_ROWS = [line.split() for line in WRITTEN.strip().splitlines()]
EXPECTED = {
    (AgentState(state), AgentEvent[row[0]]): cell
    for row in _ROWS
    for state, cell in zip(_HEAD[1:], row[1:], strict=True)
}


def seen(state: AgentState = S.READY, **changes: object) -> Seen:
    return replace(Seen(state=state, since=NOW, idle_since=NOW), **changes)  # type: ignore[arg-type]


def wanted(state: WantedState = W.READY, reason: str = "") -> Wanted:
    return Wanted(state=state, since=NOW, reason=reason)


def moved(before: Seen, event: AgentEvent, *, by: Wanted | None = None, s: float = 10, **more: object) -> Seen:
    after = step(
        before,
        event,
        wanted=by or wanted(),
        agent="ann",
        now=NOW + timedelta(seconds=s),
        **more,  # type: ignore[arg-type]
    )
    assert isinstance(after, Seen), after
    return after


def test_the_written_table_names_every_state_and_event() -> None:
    assert len(EXPECTED) == len(AgentState) * len(AgentEvent)


@pytest.mark.parametrize("wish", WantedState)
@pytest.mark.parametrize(("state", "event"), list(EXPECTED))
def test_each_event_leads_where_the_table_says_or_is_refused_with_what_is_possible(
    state: AgentState, event: AgentEvent, wish: WantedState
) -> None:
    got = next_state(state, event, wanted=wish, agent="ann")
    cell = EXPECTED[state, event]
    if cell != "-":
        assert got == (wish if cell == "wish" else cell)
        return
    assert isinstance(got, Refusal)
    assert "agent ann" in got.reason
    assert ("system busy" in got.reason) == (state in SYSTEM_BUSY)
    if state not in SYSTEM_BUSY:
        asked = [*ASKED, E.DIAL, E.SKIP]
        assert got.hint == "possible: " + ", ".join(each for each in asked if EXPECTED[state, each] != "-")


@pytest.mark.parametrize("state", sorted(SYSTEM_BUSY))
@pytest.mark.parametrize("event", list(ASKED))
def test_an_agent_for_whom_calls_are_dialed_can_neither_log_out_nor_change_its_state(
    state: AgentState, event: AgentEvent
) -> None:
    for wish in WantedState:
        refused = ask(event, wanted=wish, seen=state, agent="ann")
        assert isinstance(refused, Refusal)
        assert "system busy" in refused.reason


def test_logging_in_twice_is_refused_even_before_the_phone_has_been_reached() -> None:
    assert ask(E.LOG_IN, wanted=W.LOGGED_OUT, seen=S.LOGGED_OUT, agent="ann") is W.READY
    refused = ask(E.LOG_IN, wanted=W.READY, seen=S.LOGGED_OUT, agent="ann")
    assert isinstance(refused, Refusal)
    assert "logged in already" in refused.reason


def test_between_calls_the_wish_counts_and_in_a_call_the_call() -> None:
    assert standing(W.PAUSED, S.READY) is S.PAUSED
    assert standing(W.LOGGED_OUT, S.ON_CALL) is S.ON_CALL
    assert ask(E.LOG_IN, wanted=W.LOGGED_OUT, seen=S.READY, agent="ann") is W.READY, "the engine had not looked yet"


@pytest.mark.parametrize("during", [S.ON_CALL, S.INBOUND])
@pytest.mark.parametrize(("event", "after"), [(E.PAUSE, S.PAUSED), (E.LOG_OUT, S.LOGGED_OUT), (E.READY, S.READY)])
def test_what_is_asked_for_during_a_call_comes_after_it_and_its_wrap_up(
    during: AgentState, event: AgentEvent, after: AgentState
) -> None:
    asked = ask(event, wanted=W.READY, seen=during, agent="ann")
    assert isinstance(asked, WantedState)
    by = wanted(asked, "lunch" if asked is W.PAUSED else "")
    still = moved(seen(during, attempt_id=CALL), event, by=by)
    assert (still.state, still.since) == (during, NOW)
    wrapping = moved(still, E.CALL_ENDED, by=by)
    assert (wrapping.state, wrapping.attempt_id) == (S.WRAP_UP, CALL)
    settled = moved(wrapping, E.WRAP_UP_OVER, by=by, s=40)
    assert (settled.state, settled.reason, settled.attempt_id) == (after, by.reason, None)


def test_a_reservation_that_came_to_nothing_keeps_an_agents_place_and_a_call_does_not() -> None:
    reserved = moved(seen(), E.RESERVE, attempt_id=CALL)
    released = moved(reserved, E.RELEASE, s=20)
    assert (released.state, released.since) == (S.READY, NOW + timedelta(seconds=20))
    assert (released.idle_since, released.attempt_id) == (NOW, None)
    shown = moved(released, E.SHOW, s=30)
    assert moved(shown, E.SKIP, s=40).idle_since == NOW
    talked = moved(moved(reserved, E.CONNECT), E.CALL_ENDED, s=60)
    assert moved(talked, E.WRAP_UP_OVER, s=90).idle_since == NOW + timedelta(seconds=90)


def test_being_ready_again_and_again_does_not_cost_an_agent_its_place() -> None:
    assert moved(seen(), E.READY) == seen()


def test_an_agent_that_lost_its_phone_is_paused_with_that_reason_until_it_is_back() -> None:
    lost = moved(seen(S.RESERVED, attempt_id=CALL), E.LEG_LOST, reason="its phone has hung up")
    assert (lost.state, lost.reason, lost.attempt_id) == (S.PAUSED, "its phone has hung up", None)
    assert moved(lost, E.LEG_BACK).state is S.READY
    lunch = moved(lost, E.LEG_BACK, by=wanted(W.PAUSED, "lunch"))
    assert (lunch.state, lunch.reason) == (S.PAUSED, "lunch")


def test_another_reason_to_pause_begins_another_pause() -> None:
    lunch = moved(seen(), E.PAUSE, by=wanted(W.PAUSED, "lunch"))
    training = moved(lunch, E.PAUSE, by=wanted(W.PAUSED, "training"), s=50)
    assert (training.reason, training.since) == ("training", NOW + timedelta(seconds=50))


def test_logging_out_ends_the_work_for_a_campaign() -> None:
    working = seen(campaign="spring", why="the only one")
    gone = moved(working, E.LOG_OUT, by=wanted(W.LOGGED_OUT))
    assert (gone.state, gone.campaign, gone.why) == (S.LOGGED_OUT, "", "")
    assert moved(working, E.RESERVE).campaign == "spring"


def test_the_longest_idle_agent_takes_the_call_and_equals_go_by_name() -> None:
    assert longest_idle({}) is None
    idle = {"bob": NOW, "ann": NOW, "cid": NOW - timedelta(seconds=1)}
    assert longest_idle(idle) == "cid"
    del idle["cid"]
    assert longest_idle(idle) == "ann"


def test_wrap_up_has_a_limit() -> None:
    assert wrap_up_ends_at(seen(S.WRAP_UP), 30) == NOW + timedelta(seconds=30)


@given(st.lists(st.tuples(st.sampled_from(AgentEvent), st.sampled_from(WantedState)), max_size=30))
def test_whatever_the_order_no_agent_gets_a_second_call_and_none_is_stuck(
    events: list[tuple[AgentEvent, WantedState]],
) -> None:
    now, here = NOW, seen(S.LOGGED_OUT)
    wish = W.LOGGED_OUT
    for event, asked in events:
        now += timedelta(seconds=1)
        if event in ASKED:
            got = ask(event, wanted=wish, seen=here.state, agent="ann")
            wish = wish if isinstance(got, Refusal) else got
        after = step(here, event, wanted=wanted(wish, asked), agent="ann", now=now, attempt_id=CALL)
        if isinstance(after, Refusal):
            continue
        if after.state in (S.RESERVED, S.PREVIEW) and after.state is not here.state:
            assert here.state in (S.READY, S.PREVIEW)
        assert after.since <= now
        assert (after.attempt_id is None) == (after.state in (S.LOGGED_OUT, S.READY, S.PAUSED))
        here = after
    # From wherever it is, the events that must come bring it to rest.
    for event in (E.RELEASE, E.CALL_ENDED, E.WRAP_UP_OVER):
        after = step(here, event, wanted=wanted(wish), agent="ann", now=now)
        here = here if isinstance(after, Refusal) else after
    assert here.state in (S.LOGGED_OUT, S.READY, S.PAUSED)
