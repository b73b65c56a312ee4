"""A commit whose answer is lost strands nobody: what was opened is taken back, at no cost, by the daemon that asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from dialerd.domain.words import RunState
from dialerd.ports import Unit
from dialerd.simulate.callees import Callees
from dialerd.usecases import runs
from dialerd.usecases.unsent import REASON
from tests import stores
from tests.simulation.callcenter import attempts, check_agents, poke
from tests.simulation.office import HOUR, TRUNKS, Office, in_office
from tests.simulation.test_callbacks import MIN, TEN
from tests.simulation.test_flowmessages import begin, employ
from tests.simulation.test_flows import Pressers, presses
from tests.simulation.test_own_callbacks import begun, talkers
from tests.simulation.test_preview import after, press, shown, start
from tests.simulation.test_strategy import TEXT_ONLY
from tests.simulation.test_strategy import Desk as Writing
from tests.simulation.unanswered import Inline, Unanswered
from tests.simulation.world import START, campaign

_Story = Callable[[Office, Unanswered], Awaitable[None]]


def losing(
    story: _Story, at: datetime = START, kind: str = "sqlite", callees: Callees | None = None, **times: int
) -> None:
    """Play a story on a store that loses so many answers of each use case."""

    async def play(office: Office) -> None:
        with stores.empty(kind) as connection:
            office.store = store = Unanswered(Inline(connection), times)
            await story(office, store)
            assert store.lost == sum(times.values()), "the answers were lost"
            assert await store.read(lambda unit: unit.dialing.open_attempts()) == []
            assert office.engine is not None
            await office.engine.drain(60.0)
            await office.crash()

    in_office(play, start=at, callees=callees)


async def reasons(office: Office) -> Counter[str]:
    return Counter(row.attempt.reason if not row.attempt.spent else "spent" for row in await attempts(office))


@pytest.mark.parametrize("kind", stores.KINDS)
def test_a_claim_without_an_answer_is_taken_back_and_its_people_are_called_once(kind: str) -> None:
    async def story(office: Office, store: Unanswered) -> None:
        await office.add(["00"] * 6)
        await office.apply(campaign(max_calls=3))
        await office.start()
        await office.store.write(_run)
        poke(office)
        await office.clock.sleep(120)
        (run,) = await office.runs()
        assert (run.state, run.done, run.in_progress) == (RunState.COMPLETED, 6, 0)
        assert Counter(Counter(call.number for call in office.record).values()) == {1: 6}
        assert (await reasons(office))["spent"] == 6
        assert (await reasons(office))[REASON] >= 2

    losing(story, kind=kind, claim=2)


def _run(unit: Unit) -> None:
    runs.run_campaign(unit, "c", trunks=TRUNKS, actor="test", now=START)


def test_an_own_callback_without_an_answer_frees_its_agent_and_is_dialed_for_that_one() -> None:
    async def story(office: Office, store: Unanswered) -> None:
        desk = await begun(office, "progressive", 2, ("ann", "bob"))
        await office.until(TEN + 20 * MIN)
        before = len((await talkers(office))[1])
        await desk.add(1, TEN + HOUR, agent="ann")
        await office.until(TEN + 2 * HOUR)
        assert (await talkers(office))[1][before:] == [None, "ann"]
        assert (await reasons(office))[REASON] == 1
        await check_agents(office)

    losing(story, at=TEN, dial_own=1)


def test_a_record_without_an_answer_is_not_left_with_an_agent() -> None:
    async def story(office: Office, store: Unanswered) -> None:
        await start(office, ["00"])
        assert await shown(office) == {"agent1001": 1}, "shown again at once, not after its lock's time"
        await press(office, "agent1001", "dial")
        await after(office, 15)
        assert await shown(office) == {"agent1001": 1}, "and again, after the rest of an attempt that was not spent"
        await press(office, "agent1001", "dial")
        await after(office, 30)
        assert len(office.record) == 1
        assert (await reasons(office)) == {REASON: 1, "spent": 1}
        await after(office, 60)
        await check_agents(office)

    losing(story, show=1, dial=1)


def test_a_message_without_an_answer_is_sent_once() -> None:
    async def story(office: Office, store: Unanswered) -> None:
        desk = Writing(office)
        await desk.begin(TEXT_ONLY, ["00", "00"])
        await office.until(START + timedelta(minutes=5))
        assert Counter(Counter(taken.message.recipient for taken in desk.sms.record).values()) == {1: 2}
        assert (await reasons(office)) == {REASON: 2, "spent": 2}

    losing(story, claim_messages=1)


def test_a_message_beside_a_call_without_an_answer_is_not_left_open() -> None:
    async def story(office: Office, store: Unanswered) -> None:
        routes = employ(office)
        await begin(office)
        await office.clock.sleep(120)
        assert routes["smsc"].record == []
        assert (await reasons(office)) == {REASON: 1, "spent": 1}

    losing(story, write_beside=1, callees=Pressers(presses("1")))
