"""Toll fraud, tried on the real engine: nothing costly is dialed, whoever wants it, and a day's calls have an end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dialerd.domain.contact import Contact
from dialerd.domain.phone import PhoneNumber
from dialerd.domain.tolls import TollGuard
from dialerd.ports import Unit
from dialerd.usecases.explain import explain
from tests.simulation.callcenter import agent, queue, staff
from tests.simulation.office import Office, in_office
from tests.simulation.test_flows import Pressers, presses
from tests.simulation.test_optout import go
from tests.simulation.test_transfers import begin
from tests.simulation.world import START as FLOWS_AT
from tests.simulation.world import campaign, trunk

START = datetime(2026, 12, 1, 22, 0, tzinfo=UTC)
PREMIUM, SATELLITE, CANADA, HERE = "+19005550100", "+881612345678", "+14165550100", "+12126600040"


async def add(office: Office, *contacts: tuple[str, ...]) -> None:
    def job(unit: Unit) -> None:
        made = unit.lists.create("l", "US", office.clock.now())
        rows = [
            Contact(numbers=tuple(PhoneNumber(e164=each, zones=("UTC",)) for each in numbers)) for numbers in contacts
        ]
        unit.contacts.add(made.id, rows, office.clock.now())

    await office.store.write(job)


async def dialed_with(office: Office, tolls: TollGuard, *contacts: tuple[str, ...]) -> list[str]:
    office.trunks["carrier"] = replace(office.trunks["carrier"], tolls=tolls)
    await add(office, *contacts)
    await office.start()
    await office.apply(campaign())
    await go(office, "c")
    await office.clock.sleep(120)
    return sorted({call.number for call in office.record})


def test_costly_numbers_of_a_poisoned_list_are_not_dialed_and_each_says_why() -> None:
    async def story(office: Office) -> None:
        contacts = (PREMIUM,), (SATELLITE,), (HERE,), ("+19005550101", CANADA)
        assert await dialed_with(office, TollGuard(), *contacts) == sorted([HERE, CANADA]), "and its other number is"
        (run,) = await office.runs()
        assert (run.done, run.attempts) == (4, 2)
        told = await office.store.read(
            lambda unit: [explain(unit, "c", n, trunks=office.trunks, now=office.clock.now()) for n in (1, 2)]
        )
        assert [gate.reason for each in told for gate in each.closed if gate.name == "toll"] == [
            "the trunk does not dial the number: it is a premium-rate number (allow_premium)",
            "the trunk does not dial the number: it is in a satellite network (allow_satellite)",
        ]

    in_office(story, start=START)


def test_a_trunk_that_is_told_to_dials_them_and_one_for_a_country_dials_that_alone() -> None:
    async def opened(office: Office) -> None:
        guard = TollGuard(allow_premium=True, allow_satellite=True)
        assert await dialed_with(office, guard, (PREMIUM,), (SATELLITE,)) == [PREMIUM, SATELLITE]

    async def at_home(office: Office) -> None:
        assert await dialed_with(office, TollGuard(countries=("US",)), (CANADA,), (HERE,)) == [HERE]

    in_office(opened, start=START)
    in_office(at_home, start=START)


def test_an_agent_whose_phone_is_a_costly_number_is_not_rung_and_told_why() -> None:
    async def story(office: Office) -> None:
        await office.start()
        await staff(office, queue(["ann"]), endpoints=["PJSIP/19005550100@carrier"], allowed=["PJSIP/*@carrier"])
        await office.clock.sleep(5)
        assert office.exchange.legs_record == []
        row = await agent(office, "ann")
        assert row.seen.state == "logged_out"
        assert "premium-rate" in row.wanted.reason

    in_office(story, start=START)


@pytest.mark.parametrize("opens", [False, True])
def test_a_flow_transfers_to_a_costly_number_only_over_a_trunk_that_allows_it(opens: bool) -> None:
    async def story(office: Office) -> None:
        office.trunks["carrier"] = replace(office.trunks["carrier"], tolls=TollGuard(allow_premium=opens))
        await begin(office, "+12129765000")  # which [transfer] prefixes would let through
        await office.clock.sleep(60)
        dialed = [each.number for each in office.exchange.legs_record if "@" in each.number]
        assert dialed == (["PJSIP/+12129765000@carrier"] if opens else [])

    in_office(story, start=FLOWS_AT, callees=Pressers(presses("2")))


def test_a_days_calls_have_an_end_across_a_restart_and_midnight_opens_it() -> None:
    async def story(office: Office) -> None:
        office.trunks["carrier"] = replace(trunk(), servers=("simulated",), max_calls_per_day=3)
        await add(office, *((f"+121266{n:03d}40",) for n in range(8)))
        await office.start()
        await office.apply(campaign())
        await go(office, "c")
        await office.clock.sleep(60)
        assert len(office.record) == 3
        held = (await office.runs())[0].held
        assert held == "trunk carrier has made its 3 calls of today, UTC (max_calls_per_day)"
        told = await office.store.read(lambda unit: explain(unit, "c", 8, trunks=office.trunks, now=office.clock.now()))
        assert [gate.reason for gate in told.closed] == [held]
        await office.crash()
        await office.start()
        await office.clock.sleep(600)
        assert len(office.record) == 3, "they are counted from what is written"
        await office.until(datetime(2026, 12, 2, tzinfo=UTC) + timedelta(minutes=1))
        assert len(office.record) == 6
        await office.until(datetime(2026, 12, 3, tzinfo=UTC) + timedelta(minutes=1))
        assert len(office.record) == 8

    in_office(story, start=START)
