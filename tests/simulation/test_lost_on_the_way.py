"""Agents who are lost as they are connected: nothing is left of them, and the next one talks to the end.

Not here: agents who are lost at other moments (test_agentfaults.py).
"""

from __future__ import annotations

import pytest

from dialerd.domain.leg import LegPlace
from tests.simulation.callcenter import attempts, check_agents, queue, staff
from tests.simulation.office import Office, in_office
from tests.simulation.test_agents import ANN, TEAM, at, dispositions, start
from tests.simulation.world import START


async def lose_the_first_who_is_connected(office: Office) -> None:
    """Its phone is gone before the exchange's word that it is connected has come."""
    while not office.exchange.bridges_up:
        await office.clock.sleep(0.0001)
    (leg_id,) = (leg_id for leg_id, seen in office.exchange.legs_up.items() if seen.place is LegPlace.BRIDGED)
    office.exchange.vanish(leg_id)


@pytest.mark.parametrize("legs", ["kept", "on_demand"])
def test_an_agent_who_is_lost_as_it_is_connected_leaves_no_bridge(legs: str) -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN], legs=legs))
        await start(office, ["00"])
        await lose_the_first_who_is_connected(office)
        await office.until(at(60))
        assert await dispositions(office) == {"abandoned": 1}
        await check_agents(office)

    in_office(story, start=START)


@pytest.mark.parametrize("legs", ["kept", "on_demand"])
def test_who_loses_an_agent_on_the_way_talks_with_the_next_one_to_the_end(legs: str) -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM[:2], legs=legs))
        await start(office, ["00"])
        await lose_the_first_who_is_connected(office)
        await office.clock.sleep(1.0)
        (talk,) = (seen for seen in office.exchange.legs_up.values() if seen.place is LegPlace.BRIDGED)
        await office.until(at(200))
        (row,) = await attempts(office)
        assert (row.attempt.disposition, row.attempt.id) == ("answered_human", talk.attempt_id)
        assert office.record[0].ending == "callee"
        await check_agents(office)

    in_office(story, start=START)
