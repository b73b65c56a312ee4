"""Whose phone is rung and held follows what the agent wants now, and not what it wanted when the ringing began."""

from __future__ import annotations

import pytest

from dialerd.simulate.phones import BY_NAME
from dialerd.usecases import agents as usecases
from tests.simulation.callcenter import PHONES, agent, ask, poke, queue, staff
from tests.simulation.office import Office, in_office
from tests.simulation.world import START

SLOW, AT_ONCE = "PJSIP/agent1021", "PJSIP/agent1001"


async def ringing(office: Office) -> None:
    """An agent whose phone is rung and is picked up a second from now."""
    await office.start()
    await staff(office, queue(["ann"]), endpoints=[SLOW])
    await office.clock.sleep(1)
    assert (await agent(office, "ann")).leg_id is not None


def test_a_phone_that_rings_is_not_held_for_an_agent_who_has_logged_out_meanwhile() -> None:
    async def story(office: Office) -> None:
        await ringing(office)
        await ask(office, "ann", "logout")
        await office.clock.sleep(30)
        row = await agent(office, "ann")
        assert (row.seen.state, row.leg_id, dict(office.exchange.legs_up)) == ("logged_out", None, {})

    in_office(story, start=START)


def test_an_agent_who_logs_in_with_another_phone_while_one_rings_is_at_the_other_one() -> None:
    async def story(office: Office) -> None:
        await ringing(office)
        first, now = (await agent(office, "ann")).leg_id, office.clock.now()
        await office.store.write(lambda unit: usecases.logout(unit, "ann", actor="test", now=now))
        await office.store.write(
            lambda unit: usecases.login(unit, "ann", endpoint=AT_ONCE, allowed=PHONES, actor="test", now=now)
        )
        poke(office)
        await office.clock.sleep(0.5)
        row = await agent(office, "ann")
        assert row.seen.state == "ready"
        assert row.leg_id not in (None, first)
        await office.clock.sleep(30)
        assert list(office.exchange.legs_up) == [row.leg_id]
        assert (await agent(office, "ann")).wanted.reason == "", "the first phone's end is no failed login"

    in_office(story, start=START)


def test_an_agent_who_is_ready_anew_is_rung_at_once_and_not_when_the_next_try_would_have_been(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story(office: Office) -> None:
        await office.start()
        await staff(office, queue(["ann"]), endpoints=[AT_ONCE])
        await office.clock.sleep(1)
        (leg_id,) = office.exchange.legs_up
        with monkeypatch.context() as unplugged:
            unplugged.setitem(BY_NAME, "agent1001", BY_NAME["nobody"])
            office.exchange.vanish(leg_id)
            await office.clock.sleep(6)  # tried at once and 5 s later; then after 20 s
            assert (await agent(office, "ann")).seen.state == "paused"
        await ask(office, "ann", "ready")
        await office.clock.sleep(0.5)
        row = await agent(office, "ann")
        assert (row.seen.state, list(office.exchange.legs_up)) == ("ready", [row.leg_id])

    in_office(story, start=START)
