"""Callbacks: when one is due, whose it is, what holds it, what comes after a try."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.domain.callback import (
    WINDOW,
    Again,
    Callback,
    CallbackRules,
    ForAgent,
    ForAny,
    Judged,
    MayDial,
    Over,
    TooLate,
    Waits,
    after,
    check_due,
    interval_of,
    is_late,
    judge,
    plan,
    read_due,
    state_at,
)
from dialerd.domain.errors import BadInputError
from dialerd.domain.retry import UNSPENT_RETRY_S
from dialerd.domain.words import CallbackId, CallbackState, CampaignId, ContactId, Disposition, Mode

NOW = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
MIN = timedelta(minutes=1)
ANNS: dict[str, Any] = {"agent": "ann", "fallback_after": 10 * MIN}
NY, LA = "America/New_York", "America/Los_Angeles"


def callback(due_at: datetime = NOW, **changes: Any) -> Callback:
    made = Callback(
        id=CallbackId(1),
        campaign_id=CampaignId(1),
        contact_id=ContactId(1),
        number="+12122660001",
        zones=(NY,),
        zone=NY,
        due_at=due_at,
        planned_at=due_at,
        expires_at=due_at + timedelta(days=7),
        created_by="cli:ann",
        created_at=NOW - timedelta(days=1),
    )
    return replace(made, **changes)


@pytest.mark.parametrize(
    ("text", "zones", "at"),
    [
        ("2026-12-01T15:00", (NY,), datetime(2026, 12, 1, 20, 0, tzinfo=UTC)),
        ("2026-12-01 15:00", (LA,), datetime(2026, 12, 1, 23, 0, tzinfo=UTC)),
        ("2026-12-01T15:00+01:00", (), datetime(2026, 12, 1, 14, 0, tzinfo=UTC)),
        ("2026-12-01T15:00Z", (NY, LA), datetime(2026, 12, 1, 15, 0, tzinfo=UTC)),
        ("2026-12-01T15:00", (NY, "America/Detroit"), datetime(2026, 12, 1, 20, 0, tzinfo=UTC)),  # one clock
        ("2027-03-14T02:30", (NY,), datetime(2027, 3, 14, 7, 0, tzinfo=UTC)),  # left out: the first moment after
        ("2026-11-01T01:30", (NY,), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),  # twice: the first one
    ],
)
def test_a_time_is_read_by_the_customers_own_clock_unless_it_has_an_offset(
    text: str, zones: tuple[str, ...], at: datetime
) -> None:
    assert read_due(text, zones=zones) == at


@pytest.mark.parametrize(
    ("text", "zones", "said"),
    [
        ("tomorrow", (NY,), "no time"),
        ("", (NY,), "no time"),
        ("0001-01-01T00:00+14:00", (NY,), "no time"),
        ("2026-12-01T15:00", (NY, LA), "may be in America/New_York, America/Los_Angeles"),
        ("2026-12-01T15:00", (), "no known time zone"),
    ],
)
def test_a_time_that_could_mean_several_moments_or_none_is_refused(
    text: str, zones: tuple[str, ...], said: str
) -> None:
    with pytest.raises(BadInputError, match=said):
        read_due(text, zones=zones)


@pytest.mark.parametrize(("away", "said"), [(-MIN, "past"), (timedelta(days=400), "more than 366 days")])
def test_a_time_that_is_past_or_too_far_ahead_is_refused(away: timedelta, said: str) -> None:
    with pytest.raises(BadInputError, match=said):
        check_due(NOW + away, NOW)
    check_due(NOW, NOW)


@pytest.mark.parametrize(
    ("made", "given", "expected"),
    [
        (callback(), {}, MayDial(ForAny())),
        (callback(NOW + MIN), {}, Waits("a callback is set for 2026-12-01T10:01-05:00", NOW + MIN)),
        # power mode dials ahead of its agents, the others at the time itself
        (callback(NOW + WINDOW), {"mode": Mode.POWER}, MayDial(ForAny())),
        (callback(NOW + WINDOW + MIN), {"mode": Mode.POWER}, Waits("a callback is set", NOW + MIN)),
        (callback(NOW + WINDOW), {"mode": Mode.PREDICTIVE}, Waits("a callback is set", NOW + WINDOW)),
        # the quota of its interval
        (callback(), {"rules": CallbackRules(max=2), "dialed": 1}, MayDial(ForAny())),
        (callback(), {"rules": CallbackRules(max=2), "dialed": 2}, Waits("2 callbacks of 2 in 15", NOW + 15 * MIN)),
        (callback(is_urgent=True), {"rules": CallbackRules(max=2), "dialed": 2}, MayDial(ForAny())),
        # an agent's own
        (callback(**ANNS), {}, Waits("the callback waits for agent ann", NOW + 10 * MIN)),
        (callback(**ANNS), {"agent": "bob"}, Waits("the callback waits for agent ann", NOW + 10 * MIN)),
        (callback(**ANNS), {"agent": "ann"}, MayDial(ForAgent("ann", NOW + 10 * MIN))),
        (callback(NOW - 10 * MIN, **ANNS), {}, MayDial(ForAny("agent ann did not come free until 2026-12-01T10:00"))),
        (callback(NOW - 600 * MIN, agent="ann"), {}, Waits("the callback waits", NOW + timedelta(days=7) - 600 * MIN)),
        (callback(agent="ann"), {"mode": Mode.AGENTLESS}, MayDial(ForAny("the campaign has no agents"))),
        (callback(NOW - timedelta(days=7)), {}, TooLate("it could not be dialed until 2026-12-01T10:00-05:00")),
    ],
)
def test_a_callback_is_dialed_at_its_time_within_its_quota_and_by_its_agent(
    made: Callback, given: dict[str, object], expected: Judged
) -> None:
    found = judge(made, **{"rules": CallbackRules(), "mode": Mode.PROGRESSIVE, "now": NOW, **given})  # type: ignore[arg-type]
    assert type(found) is type(expected)
    match found, expected:
        case Waits(reason, until), Waits(said, at):
            assert reason.startswith(said)
            assert until == at
        case MayDial(ForAny(reason)), MayDial(ForAny(said)):
            assert reason.startswith(said)
        case _:
            assert found == expected


def test_a_callback_is_due_from_its_time_and_expired_from_its_end() -> None:
    end = NOW + timedelta(days=7)
    shown = [state_at(callback(), at) for at in (NOW - MIN, NOW, end - MIN, end)]
    assert shown == [CallbackState.SCHEDULED, CallbackState.DUE, CallbackState.DUE, CallbackState.EXPIRED]
    assert state_at(callback(state=CallbackState.IN_PROGRESS), end) is CallbackState.IN_PROGRESS


def test_a_callback_is_late_once_it_is_outside_the_window_around_the_time_asked_for() -> None:
    assert [is_late(callback(), at) for at in (NOW, NOW + WINDOW, NOW + WINDOW + MIN)] == [False, False, True]
    dialed = callback(state=CallbackState.DONE, dialed_at=NOW + MIN, ended_at=NOW + 60 * MIN)
    assert not is_late(dialed, NOW + 999 * MIN)


@given(
    st.lists(st.integers(0, 600), max_size=40).map(sorted),
    st.integers(0, 600),
    st.integers(1, 5),
    st.integers(1, 120),
)
def test_whatever_is_planned_before_no_interval_gets_more_than_its_quota(
    minutes: list[int], wanted: int, most: int, length: int
) -> None:
    rules = CallbackRules(max=most, interval_min=length)
    wanted_at = NOW + wanted * MIN
    start = interval_of(wanted_at, rules)[0]
    taken = [NOW + each * MIN for each in minutes if NOW + each * MIN >= start]
    found = plan(wanted_at, rules, iter(taken))
    begin, end = interval_of(found.at, rules)
    assert sum(begin <= each < end for each in taken) < most
    assert found.at == wanted_at or found.at == begin > wanted_at
    assert bool(found.reason) == (found.at != wanted_at)
    at = start
    while found.at != wanted_at and at < begin:  # every interval before has no room
        until = interval_of(at, rules)[1]
        assert sum(at <= each < until for each in taken) >= most
        at = until


@pytest.mark.parametrize(
    ("disposition", "tries", "spent", "expected"),
    [
        (Disposition.ANSWERED_HUMAN, 1, True, Over(CallbackState.DONE, "")),
        (Disposition.CUSTOMER_HANGUP, 1, True, Over(CallbackState.DONE, "")),
        (Disposition.INTERRUPTED, 1, True, Over(CallbackState.DONE, "")),  # never again by itself
        (Disposition.NO_ANSWER, 1, True, Again(NOW + 10 * MIN, "no_answer is tried again")),
        (Disposition.ABANDONED, 2, True, Again(NOW + 10 * MIN, "abandoned is tried again")),  # ours, not the customer's
        (Disposition.NO_ANSWER, 3, True, Over(CallbackState.EXPIRED, "3 of 3 tries are made")),
        (
            Disposition.NETWORK_FAILURE,
            0,
            False,
            Again(NOW + timedelta(seconds=UNSPENT_RETRY_S), "the trunk refused; no try was spent"),
        ),
    ],
)
def test_a_callback_that_reaches_nobody_is_tried_again_and_one_that_does_is_done(
    disposition: Disposition, tries: int, spent: bool, expected: Again | Over
) -> None:
    made = callback(tries=tries, state=CallbackState.IN_PROGRESS)
    found = after(made, disposition=disposition, spent=spent, rules=CallbackRules(), now=NOW)
    assert found == expected


def test_a_try_that_would_come_after_the_end_is_not_made() -> None:
    made = callback(tries=1, expires_at=NOW + MIN)
    found = after(made, disposition=Disposition.BUSY, spent=True, rules=CallbackRules(), now=NOW)
    assert found == Over(CallbackState.EXPIRED, "the next try would come too late")
