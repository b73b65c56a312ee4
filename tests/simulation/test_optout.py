"""An opt-out on the real engine and virtual time: within a second nothing is left that would reach the person."""

from __future__ import annotations

from functools import partial

import pytest

from dialerd.domain.optout import How
from dialerd.domain.words import Channel, ContactId
from dialerd.simulate.clock import SeededDice
from dialerd.simulate.routes import SimulatedRoute
from dialerd.usecases import optout, runs
from tests.numbers import number
from tests.simulation.callcenter import agent_campaign, attempts, poke, queue, staff
from tests.simulation.office import HOUR, TRUNKS, Office, in_office
from tests.simulation.slowdisk import SlowDisk
from tests.simulation.test_strategy import LETTER, Desk
from tests.simulation.world import START, campaign

SECOND = 1.0


async def go(office: Office, *names: str) -> None:
    now = office.clock.now()
    for name in names:
        run = partial(runs.run_campaign, name=name, trunks=TRUNKS, actor="test", now=now)
        await office.store.write(run)
    poke(office)


async def opt_out(office: Office, who: str) -> None:
    """As another process does it: written, then the daemon is poked."""
    now = office.clock.now()
    await office.store.write(lambda unit: optout.opt_out(unit, who, how=How.CLI, region="US", actor="test", now=now))
    poke(office)


def test_k8_a_shown_record_is_taken_from_its_agent_who_gets_the_next_one_within_a_second() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(["agent1001"]))
        await office.add(["00", "00"])
        await office.start()
        await office.apply(agent_campaign("preview"))
        await go(office, "c")
        await office.clock.sleep(2)
        shown = await office.store.read(lambda unit: unit.previews.all())
        assert [row.contact_id for row in shown] == [ContactId(1)]
        await opt_out(office, number(0, "00"))
        await office.clock.sleep(SECOND)
        shown = await office.store.read(lambda unit: unit.previews.all())
        assert [row.contact_id for row in shown] == [ContactId(2)]
        await office.until(START + HOUR)
        assert {call.number for call in office.record} == {number(1, "00")}

    in_office(story, start=START)


def test_k8_two_campaigns_and_one_opt_out_neither_dials_the_number_again() -> None:
    async def story(office: Office) -> None:
        await office.add(["03"])
        await office.add(["03"], name="m")
        await office.start()
        keys = {"max_attempts": 5, "retry_after_min": 10}
        await office.apply(campaign(name="c", **keys))
        await office.apply(campaign(name="d", lists=["m"], **keys))
        await go(office, "c", "d")
        await office.clock.sleep(120)
        before = len(office.record)
        assert before >= 2
        await opt_out(office, number(0, "03"))
        await office.clock.sleep(SECOND)
        assert [(await office.runs(name))[0].state for name in ("c", "d")] == ["completed", "completed"]
        await office.until(START + 3 * HOUR)
        assert len(office.record) == before

    in_office(story, start=START)


def test_k8_a_phone_that_rings_is_let_go_as_soon_as_that_is_decent_and_an_answered_call_goes_on() -> None:
    async def story(office: Office) -> None:
        await office.add(["03", "10"])  # one is never answered, the other is on the phone by then
        await office.start()
        await office.apply(campaign(max_ring_s=60))
        await go(office, "c")
        await office.clock.sleep(8)
        assert [call.answered_at is not None for call in office.record] == [False, True]
        await opt_out(office, number(0, "03"))
        await opt_out(office, number(1, "10"))
        await office.until(START + HOUR)
        rows = {row.attempt.number: row.attempt for row in await attempts(office)}
        let_go, served = rows[number(0, "03")], rows[number(1, "10")]
        assert let_go.reason == "the number has been put on a do-not-call list"
        assert let_go.ended_at is not None
        assert 15 <= (let_go.ended_at - let_go.claimed_at).total_seconds() < 20
        assert served.disposition == "answered_human"

    in_office(story, start=START)


@pytest.mark.parametrize("how", ["reply", "cli"])
def test_k8_a_stop_takes_back_at_once_what_waits_to_be_sent_on_another_channel_of_another_campaign(how: str) -> None:
    """Not when the daemon looks at its runs the next time: a second is what an opt-out may take."""

    async def story(office: Office) -> None:
        desk = Desk(office)
        slow = SimulatedRoute("mail", Channel.EMAIL, office.clock, SeededDice(3), messages_per_second=1 / 600)
        office.routes["mail"] = slow
        letters = {"name": "write", "channel": "email", "template": "letter"}
        await desk.begin({"name": "remind", "template": {"letter": LETTER}, "step": [letters]}, ["10"] * 3)
        await office.clock.sleep(31)
        waiting = [row for row in await desk.rows() if row.disposition is None]
        assert [row.number for row in waiting] == ["p1@example.com", "p2@example.com"]
        if how == "reply":
            desk.sms.write_to_us(number(1, "10"), "STOP")
        else:
            await opt_out(office, "P1@example.com")
        await office.clock.sleep(SECOND)
        (let_go,) = [row for row in await desk.rows() if row.number == "p1@example.com"]
        assert (let_go.disposition, let_go.spent) == ("cancelled", False)
        (run,) = await office.runs()
        assert (run.done, run.in_progress) == (2, 1)
        assert [row.message.recipient for row in slow.record] == ["p0@example.com"]

    in_office(story, start=START)


@pytest.mark.parametrize("tries", [1, 30])
def test_an_opt_out_by_key_that_the_disk_refuses_is_written_before_the_drain_ends(tries: int) -> None:
    async def story(office: Office) -> None:
        inner = office.store
        disk = SlowDisk(office.clock, inner)
        office.store = disk
        await office.add(["40"])
        await office.start()
        await office.apply(campaign(opt_out_key="9", max_attempts=3, retry_after_min=1))
        await go(office, "c")
        await office.clock.sleep(3)
        (attempt,) = [row.attempt for row in await attempts(office)]
        disk.refuses = tries
        office.exchange.press(attempt.id, "9")
        began = office.clock.steady()
        assert office.engine is not None
        await office.engine.drain(60.0)
        assert office.clock.steady() - began < tries + 3, "and not to its limit"
        assert await inner.read(lambda unit: unit.dnc.check(number(0, "40"), office.clock.now()))
        assert (await office.runs())[0].done == 1, "nobody dials the number again"

    in_office(story, start=START)


def test_a_call_whose_opt_out_waits_for_the_disk_is_settled_after_it() -> None:
    """Else the number could be dialed in between, by another campaign."""

    async def story(office: Office) -> None:
        disk = SlowDisk(office.clock, office.store)
        office.store = disk
        await office.add(["40"])
        await office.start()
        await office.apply(campaign(opt_out_key="9"))
        await go(office, "c")
        await office.clock.sleep(3)
        (attempt,) = [row.attempt for row in await attempts(office)]
        disk.refuses = 1
        office.exchange.press(attempt.id, "9")  # which is tried again after a second
        await office.clock.sleep(0.9)
        (row,) = [row.attempt for row in await attempts(office)]
        barred = await office.store.read(lambda unit: unit.dnc.check(row.number, office.clock.now()))
        assert (row.disposition is None) == (not barred)
        await office.clock.sleep(1)
        (row,) = [row.attempt for row in await attempts(office)]
        assert row.disposition == "answered_human"

    in_office(story, start=START)
