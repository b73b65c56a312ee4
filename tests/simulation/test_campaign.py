"""Whole campaigns of the real engine on virtual time."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from dialerd.domain.words import Disposition, RunState
from dialerd.simulate.clock import VirtualClock
from dialerd.simulate.demo import run_demo
from dialerd.simulate.exchange import SimulatedExchange
from dialerd.simulate.record import peak_calls, peak_rate
from dialerd.usecases import runs
from tests.numbers import EXPECTED, number
from tests.simulation.callcenter import agent_campaign, poke, queue, staff
from tests.simulation.office import TRUNKS, Office, in_office
from tests.simulation.world import (
    MAX_CALLS,
    RATE,
    START,
    campaign,
    check_invariants,
    run,
    trunk,
)


@pytest.mark.parametrize("ending", EXPECTED)
def test_each_kind_of_callee_comes_to_the_same_disposition_as_on_the_real_exchange(ending: str) -> None:
    outcome = run([ending])
    assert set(outcome.dispositions) == set(EXPECTED[ending])


def test_the_limits_of_a_campaign_hold_at_every_moment() -> None:
    outcome = run(["00", "02", "40", "05"] * 50)
    check_invariants(outcome, max_attempts=1)
    assert peak_calls(outcome.record) == MAX_CALLS
    assert peak_rate(outcome.record) <= RATE


def test_the_limits_of_a_trunk_hold_over_whatever_the_campaign_would_like() -> None:
    outcome = run(["40"] * 100, spec=campaign(max_calls=50, calls_per_second=50), way_out=trunk(max_channels=7))
    assert peak_calls(outcome.record) == 7
    outcome = run(["02"] * 100, spec=campaign(max_calls=50, calls_per_second=50), way_out=trunk(calls_per_second=3))
    assert peak_rate(outcome.record) == 3


def test_a_limit_is_set_and_lifted_while_the_run_goes_on() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(["agent1001", "agent1002", "agent1003"]))
        await office.add(["50"] * 3)
        await office.start()
        await office.apply(agent_campaign("progressive", max_calls=1))
        changes: list[Callable[..., object]] = [partial(runs.run_campaign, trunks=TRUNKS)]
        changes += [partial(runs.change_pace, max_calls=most) for most in (2, 10_000)]
        for calls, change in enumerate(changes, start=1):
            await office.store.write(partial(change, name="c", actor="test", now=office.clock.now()))
            poke(office)
            await office.clock.sleep(6.0)
            assert len(office.record) == calls

    in_office(story, start=START)


def test_a_slot_that_frees_is_filled_at_once() -> None:
    outcome = run(["40"] * 30, spec=campaign(max_calls=1, calls_per_second=50))
    calls = outcome.record
    gaps = [(b.invited_at - a.ended_at).total_seconds() for a, b in itertools.pairwise(calls) if a.ended_at]
    assert max(gaps) < 0.1


def test_the_same_seed_gives_the_same_campaign_and_another_seed_another() -> None:
    one, same, other = (run_demo(contacts=300, seed=seed) for seed in (3, 3, 4))
    assert [row.attempt for row in one.attempts] == [row.attempt for row in same.attempts]
    assert [row.attempt for row in one.attempts] != [row.attempt for row in other.attempts]


def test_a_campaign_of_2000_contacts_runs_to_its_end() -> None:
    outcome = run_demo(contacts=2000)
    assert outcome.run.state is RunState.COMPLETED
    check_invariants(outcome, max_attempts=2)
    assert outcome.run.targets == 2000


def test_retries_come_when_and_as_often_as_the_rules_say() -> None:
    spec = campaign(max_attempts=3, retry_after_min=30, retry=[{"disposition": "busy", "after_min": 5, "max": 1}])
    outcome = run(["02", "16", "05"], spec=spec)
    tries = {
        ending: [row.attempt.claimed_at for row in outcome.attempts if row.attempt.number.endswith(ending)]
        for ending in ("02", "16", "05")
    }
    assert [len(tries[ending]) for ending in ("02", "16", "05")] == [2, 3, 1]
    assert timedelta(minutes=5) <= tries["02"][1] - tries["02"][0] < timedelta(minutes=5, seconds=1)
    assert timedelta(minutes=30) <= tries["16"][1] - tries["16"][0] < timedelta(minutes=30, seconds=1)


def test_nobody_is_called_outside_the_hours_and_the_rest_is_called_when_they_open() -> None:
    spec = campaign(hours={"timezone": "UTC", "mon-fri": "09:00-09:01"}, max_calls=1)
    outcome = run(["00"] * 12, spec=spec, start=datetime(2026, 12, 4, 9, 0, 30, tzinfo=UTC))  # a Friday
    moments = [call.invited_at for call in outcome.record]
    assert all(moment.weekday() < 5 and moment.hour == 9 and moment.minute == 0 for moment in moments)
    assert {moment.date().isoformat() for moment in moments} == {"2026-12-04", "2026-12-07"}


def test_hours_in_the_contacts_zone_hold_for_the_number_and_not_for_us() -> None:
    spec = campaign(hours={"timezone": "contact", "mon-sun": "09:00-20:00"})
    outcome = run(["02"], spec=spec, start=datetime(2026, 12, 1, 12, 0, tzinfo=UTC))  # 7:00 in New York
    assert [call.invited_at.hour for call in outcome.record] == [14]


def test_a_trunk_that_refuses_calls_costs_no_contact_an_attempt() -> None:
    outcome = run(["02"] * 20, trouble=lambda exchange, _clock: exchange.refuse_originates(300))
    check_invariants(outcome, max_attempts=1)
    assert outcome.dispositions[Disposition.BUSY] == 20
    refused = outcome.dispositions[Disposition.NETWORK_FAILURE]
    assert refused < 40, "the trunk rested in between"


def test_nothing_is_dialed_while_the_event_stream_is_down() -> None:
    def trouble(exchange: SimulatedExchange, clock: VirtualClock) -> None:
        clock.call_later(5, lambda: exchange.cut(10))

    outcome = run(["02"] * 200, trouble=trouble)
    began = outcome.record[0].invited_at
    quiet = [c for c in outcome.record if 6 <= (c.invited_at - began).total_seconds() <= 14]
    assert quiet == []
    assert {call.number for call in outcome.record} == {number(n, "02") for n in range(200)}


def test_a_finish_criterion_ends_the_dialing_with_the_call_that_meets_it() -> None:
    outcome = run(["02"] * 60, spec=campaign(finish={"disposition": {"busy": 20}}))
    assert outcome.run.state is RunState.COMPLETED
    assert outcome.run.reason == "20 x busy of 20 are reached"
    assert 20 <= outcome.dispositions[Disposition.BUSY] < 20 + MAX_CALLS
    assert outcome.run.done == 60


def test_a_run_whose_time_is_over_places_no_further_call_and_ends_with_its_last() -> None:
    outcome = run(["40"] * 500, spec=campaign(finish={"duration_min": 1.25}))
    last = max(call.invited_at for call in outcome.record)
    assert timedelta(seconds=70) < last - START <= timedelta(seconds=75)
    assert outcome.run.state is RunState.COMPLETED
    assert outcome.run.reason == "it has run for 1.25 minutes"
    assert outcome.run.finished_at is not None
    assert max(call.ended_at for call in outcome.record if call.ended_at) <= outcome.run.finished_at
