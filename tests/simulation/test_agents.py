"""People reach agents: every way in which they do, or do not, on the real engine and virtual time.

Not here: what happens when something breaks (test_agentfaults.py), the rules of a call (domain/call).
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from dialerd.simulate.record import peak_calls
from dialerd.usecases import runs
from tests.simulation.callcenter import agent_campaign, attempts, check_agents, poke, queue, staff
from tests.simulation.office import TRUNKS, Office, in_office
from tests.simulation.world import START

TEAM = [f"agent10{n:02}" for n in range(1, 6)]


async def start(office: Office, endings: list[str], **keys: object) -> None:
    await office.add(endings)
    await office.start()
    await office.apply(agent_campaign(**keys))  # type: ignore[arg-type]
    await run(office)


async def run(office: Office) -> None:
    now = office.clock.now()
    await office.store.write(lambda unit: runs.run_campaign(unit, "c", trunks=TRUNKS, actor="test", now=now))
    poke(office)


async def dispositions(office: Office) -> Counter[str]:
    return Counter(str(row.attempt.disposition) for row in await attempts(office))


def test_progressive_dials_one_call_for_each_ready_agent_and_everybody_reaches_one() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM))
        await start(office, ["00"] * 20)
        await office.until(START + timedelta(minutes=20))
        assert await dispositions(office) == {"answered_human": 20}
        assert peak_calls(office.record) == 5
        assert {row.attempt.agent for row in await attempts(office)} == set(TEAM)
        await check_agents(office)

    in_office(story, start=START)
