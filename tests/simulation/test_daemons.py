"""Two daemons that dial one campaign, killed and frozen at any moment: nobody is called twice, nobody is lost, and the
limits hold over both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.domain.contact import Contact
from dialerd.domain.phone import PhoneNumber
from dialerd.domain.seat import LEASE_S, RENEW_S
from dialerd.domain.words import RunState
from dialerd.engine.calldesk import SLOT_GUARD_S
from dialerd.ports import AttemptRow, RunRow, Unit
from dialerd.simulate.clock import VirtualClock, run_virtual
from dialerd.simulate.record import peak_calls, peak_rate
from dialerd.usecases import campaigns, runs
from tests.numbers import number
from tests.simulation.daemons import Site
from tests.simulation.world import MAX_CALLS, RATE, campaign

START = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
MIX = ("00", "02", "40", "01", "05", "20", "11", "03")


def on_site(story: Callable[[Site], Coroutine[Any, Any, None]], *names: str, seed: int = 1) -> None:
    async def main() -> None:
        site = Site(VirtualClock(START), seed, *(names or ("one", "two")))
        try:
            await story(site)
        finally:
            await site.close()

    run_virtual(main())


async def run(site: Site, count: int, *, mix: Sequence[str] = MIX, **keys: object) -> None:
    """Have the campaign run on so many numbers, each to be dialed once."""

    def job(unit: Unit) -> None:
        made = unit.lists.create("l", "US", site.clock.now())
        phones = [PhoneNumber(e164=number(n, mix[n % len(mix)]), zones=("America/New_York",)) for n in range(count)]
        unit.contacts.add(made.id, [Contact(numbers=(phone,)) for phone in phones], site.clock.now())
        by: dict[str, Any] = {"trunks": {"carrier": site.trunk}, "actor": "test", "now": site.clock.now()}
        campaigns.apply_campaign(unit, campaign(max_attempts=1, **keys), **by)
        runs.run_campaign(unit, "c", **by)

    await site.store.write(job)


async def last(site: Site) -> RunRow:
    def job(unit: Unit) -> RunRow:
        row = unit.campaigns.get("c")
        assert row is not None
        found = unit.runs.latest(row.id)
        assert found is not None
        return found

    return await site.store.read(job)


async def over(site: Site, *, limit_s: float = 3600.0) -> RunRow:
    until = site.clock.steady() + limit_s
    while (row := await last(site)).state is not RunState.COMPLETED:
        assert site.clock.steady() < until, f"{row.done} of {row.targets} are done after an hour"
        await site.clock.sleep(1.0)
    return row


async def attempts(site: Site) -> list[AttemptRow]:
    row = await last(site)
    return await site.store.read(lambda unit: [each.attempt for each in unit.dialing.export(row.id)])


async def check(site: Site, count: int) -> list[AttemptRow]:
    row, made = await over(site), await attempts(site)
    dialed = Counter(call.number for call in site.exchange.record)
    assert [each for each, times in dialed.items() if times > 1] == [], "a number is dialed twice"
    assert (row.targets, row.done, row.attempts) == (count, count, len(made))
    assert [each.id for each in made if each.disposition is None] == [], "an attempt is left open"
    ended = {each.number: each.ended_at for each in made if each.ended_at is not None}
    assert [each for each in site.exchange.record if each.invited_at > ended[each.number]] == [], "dialed when settled"
    assert peak_calls(site.exchange.record) <= MAX_CALLS
    assert peak_rate(site.exchange.record) <= RATE
    for call in site.exchange.record:
        if call.ending == "dialer" and call.answered_at is None:
            assert call.ended_at is not None
            assert (call.ended_at - call.invited_at).total_seconds() >= 15, "a ringing phone was cancelled early"
    return made


def test_both_dial_and_the_limits_hold_over_both() -> None:
    async def story(site: Site) -> None:
        await run(site, 80)
        await site.open()
        made = await check(site, 80)
        assert peak_calls(site.exchange.record) == MAX_CALLS, "as many as the campaign may have"
        by = Counter(each.owner for each in made)
        assert min(by[""], by["two"]) >= 15, f"each dials its part: {by}"

    on_site(story)


_act = st.tuples(
    st.sampled_from(["one", "two"]),
    st.sampled_from(["kill", "kill", "freeze"]),
    st.floats(0.1, 60.0),  # when
    st.integers(1, 12),  # so many writes later
    st.booleans(),  # a kill: just after that one is written
    st.one_of(st.floats(1.1, 4.0), st.floats(4.0, 40.0)),  # for how long
)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), acts=st.lists(_act, min_size=1, max_size=6))
def test_daemons_that_are_killed_and_frozen_at_any_moment_dial_nobody_twice_and_lose_nobody(
    seed: int, acts: list[tuple[str, str, float, int, bool, float]]
) -> None:
    async def story(site: Site) -> None:
        for name, kind, at_s, writes, is_written, away_s in acts:
            daemon = site.daemons[name]
            doom = partial(daemon.doom, writes, is_written=is_written, away_s=away_s)
            act = partial(daemon.freeze, writes, away_s) if kind == "freeze" else doom
            site.clock.call_later(at_s, partial(_if_there, daemon, act))
        await run(site, 50)
        await site.open()
        await check(site, 50)

    on_site(story, seed=seed)


def _if_there(daemon: Any, act: Callable[[], None]) -> None:
    if daemon.is_there:
        act()


def test_the_calls_of_a_helper_that_stays_away_are_settled_by_the_daemon_that_leads() -> None:
    async def story(site: Site) -> None:
        await run(site, 30)
        await site.open()
        await site.clock.sleep(3.0)
        assert {each.owner for each in await attempts(site)} == {"", "two"}
        await site.daemons["two"].kill()
        made = await check(site, 30)
        assert {each.disposition for each in made if each.owner == "two"} >= {"interrupted"}
        last_at = max(each.ended_at for each in made if each.owner == "two" and each.ended_at is not None)
        assert 15 <= (last_at - START).total_seconds() <= 3 + LEASE_S + RENEW_S + 15 + RENEW_S + 1
        assert len(await site.store.read(lambda unit: unit.daemons.all())) == 1

    on_site(story)


def test_an_asterisk_that_is_slow_to_hang_up_a_lost_daemons_calls_costs_the_leader_no_lease() -> None:
    async def story(site: Site) -> None:
        await run(site, 30, mix=("03",))
        await site.open()
        await site.clock.sleep(3.0)
        await site.daemons["two"].kill()
        site.board.hang_up_s = 30.0
        left_s: list[float] = []
        while (await last(site)).state is not RunState.COMPLETED:
            await site.clock.sleep(1.0)
            rows = await site.store.read(lambda unit: unit.daemons.all())
            left_s += [row.left_s for row in rows if row.name == "one"]
        made = await check(site, 30)
        assert len([each for each in made if each.disposition == "interrupted"]) >= 2, "more than a lease, one by one"
        assert min(left_s) > LEASE_S - 2 * RENEW_S, "renewed as ever"

    on_site(story)


def test_a_helper_leads_when_the_leader_is_gone_and_takes_its_calls_over() -> None:
    async def story(site: Site) -> None:
        await run(site, 10, max_calls=10)
        await site.open()
        await site.clock.sleep(4.0)
        up = {each.id for each in await attempts(site) if each.disposition is None and not each.owner}
        await site.daemons["one"].kill()
        made = await check(site, 10)
        (row,) = [each for each in await site.store.read(lambda unit: unit.daemons.all()) if each.leads]
        assert row.name == "two"
        unheard = [each for each in made if each.id in up and each.answered_at is None]
        assert unheard, "calls that rang"
        assert "interrupted" not in {each.disposition for each in unheard}

    on_site(story)


@pytest.mark.parametrize(("comes_back", "ending"), [(True, "no_answer"), (False, "interrupted")])
def test_what_a_leader_dialed_while_it_helped_stays_its_own_until_its_lease_is_over(
    comes_back: bool, ending: str
) -> None:
    async def story(site: Site) -> None:
        await run(site, 30, mix=("03",))
        await site.open()
        while not (as_helper := {each.id for each in await attempts(site) if each.owner == "two"}):
            await site.clock.sleep(0.25)
        await site.daemons["one"].kill()
        await site.clock.sleep(3.0)
        assert site.leader is site.daemons["two"]
        await site.daemons["two"].kill()
        await site.clock.sleep(6.0)
        assert site.leader is site.daemons["three"]
        if comes_back:
            site.daemons["two"].start()
        made = await check(site, 30)
        assert {each.disposition for each in made if each.id in as_helper} == {ending}
        rest = {each.disposition for each in made if each.id not in as_helper and each.owner != "two"}
        assert rest == {"no_answer"}, "the next leader's"

    on_site(story, "one", "two", "three", seed=6)


@pytest.mark.parametrize("writes", range(1, 9))
def test_a_helper_that_was_frozen_sends_nothing_that_was_settled_meanwhile(writes: int) -> None:
    async def story(site: Site) -> None:
        await run(site, 30)
        await site.open()
        site.daemons["two"].freeze(writes, 60.0)
        await site.clock.sleep(120.0)
        await check(site, 30)
        assert site.dismissed == 1

    on_site(story)


def test_a_database_that_is_away_for_longer_than_a_lease_costs_nobody_a_call() -> None:
    async def story(site: Site) -> None:
        await run(site, 30)
        await site.open()
        await site.clock.sleep(2.0)
        site.store.is_away = True
        await site.clock.sleep(LEASE_S + 10)
        site.store.is_away = False
        made = await check(site, 30)
        assert (site.dismissed, "interrupted" in {each.disposition for each in made}) == (0, False)

    on_site(story)


@pytest.mark.parametrize("later_s", [0.0, 3.0, 9.0, 12.0])
def test_a_disk_that_stands_still_under_the_leaders_renewal_costs_no_helper_its_seat(later_s: float) -> None:
    async def story(site: Site) -> None:
        await run(site, 30)
        await site.open()
        await site.clock.sleep(2.0 + later_s)
        site.store.stalls_s = LEASE_S + 5
        await site.clock.sleep(2 * LEASE_S)
        made = await check(site, 30)
        assert (site.dismissed, "interrupted" in {each.disposition for each in made}) == (0, False)

    on_site(story)


def test_a_leader_that_shares_nothing_dismisses_the_helpers_and_dials_alone() -> None:
    async def story(site: Site) -> None:
        site.daemons["alone"].shares = False
        await run(site, 40)
        await site.open()
        await site.clock.sleep(3.0)
        await site.daemons["one"].kill()
        site.daemons["alone"].start()
        taken_at = site.clock.now()
        made = await check(site, 40)
        assert site.dismissed == 1
        assert {each.owner for each in made if each.claimed_at > taken_at} == {""}
        assert {each.owner for each in made} == {"", "two"}

    on_site(story, "one", "two", "alone")


def test_a_phone_that_a_lost_daemon_has_just_rung_rings_on_for_as_long_as_is_decent() -> None:
    async def story(site: Site) -> None:
        await site.open()
        await run(site, 30, mix=["03"])
        await site.clock.sleep(4.0)
        await site.store.write(lambda unit: unit.daemons.clear())
        made = await check(site, 30)
        assert site.dismissed == 1
        assert {each.disposition for each in made if each.owner == "two"} == {"no_answer"}, "it came back for them"

    on_site(story)


def test_a_slot_is_seen_free_by_others_when_the_carrier_has_seen_the_end() -> None:
    async def story(site: Site) -> None:
        await run(site, 1, max_calls=1)
        await site.open()
        while not (ended := [each for each in site.exchange.record if each.ended_at]):
            await site.clock.sleep(0.01)
        (attempt,) = await attempts(site)
        assert (len(ended), attempt.disposition) == (1, None)
        await site.clock.sleep(2 * SLOT_GUARD_S)
        (attempt,) = await attempts(site)
        assert attempt.disposition is not None

    on_site(story)
