"""An Asterisk that goes and comes while it is looked at: each call is known once, its slot taken once, settled once."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
import structlog

from dialerd.domain.words import AttemptId
from dialerd.ports import Reply
from tests.simulation.callcenter import attempts
from tests.simulation.office import Office, in_office
from tests.simulation.slowdisk import SlowDisk
from tests.simulation.test_optout import go
from tests.simulation.world import campaign

START = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
RINGING = 3


def in_use(office: Office) -> int:
    assert office.engine is not None
    return next(int(n) for name, _, n in office.engine.reading() if name == "dialerd_trunk_channels")


async def left_ringing(office: Office, *, read_s: float) -> None:
    """Calls that an earlier daemon has left, and one that begins on a disk that is slow to read."""
    await office.add(["03"] * RINGING)
    await office.start()
    await office.apply(campaign(max_ring_s=60, max_calls=RINGING))
    await office.clock.sleep(0.1)
    await go(office, "c")
    await office.clock.sleep(5)
    assert len(office.record) == RINGING
    await office.crash()
    office.store = SlowDisk(office.clock, office.store, read_s=read_s)
    await office.start()


@pytest.mark.parametrize("again_after_s", [0.1, 0.4, 0.7, 1.0, 1.3, 1.6])
def test_a_connection_that_breaks_while_calls_are_taken_over_takes_no_slot_twice(again_after_s: float) -> None:
    async def story(office: Office) -> None:
        with structlog.testing.capture_logs() as lines:
            await left_ringing(office, read_s=0.5)
            await office.clock.sleep(again_after_s)
            office.exchange.cut(0.05)
            await office.clock.sleep(20)
            assert in_use(office) == len(office.exchange._channels) == RINGING
            await office.clock.sleep(120)
        assert in_use(office) == 0
        assert Counter(row.attempt.disposition for row in await attempts(office)) == {"no_answer": RINGING}
        assert [line for line in lines if line["action"] == "task_crashed"] == []

    in_office(story, start=START)


def test_a_server_that_is_given_up_while_its_calls_are_taken_over_leaves_each_settled_once() -> None:
    async def story(office: Office) -> None:
        with structlog.testing.capture_logs() as lines:
            await left_ringing(office, read_s=0.5)
            assert office.engine is not None
            while len(office.engine._home.inherited) == RINGING:
                await office.clock.sleep(0.1)
            office.exchange.restart(300)  # one is taken over, the next is read
            office.engine._home.give_up("simulated", "Asterisk simulated was lost: a test")
            await office.clock.sleep(200)
        assert [line for line in lines if line["action"] == "task_crashed"] == []
        assert in_use(office) == 0
        rows = [row.attempt for row in await attempts(office)]
        assert Counter(row.disposition for row in rows) == {"interrupted": RINGING}

    in_office(story, start=START)


def test_a_call_whose_message_has_ended_meanwhile_is_ended_by_who_takes_it_over_and_is_no_stray(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story(office: Office) -> None:
        await office.add(["50"] * RINGING)
        await office.start()
        await office.apply(campaign(max_calls=RINGING))
        await office.clock.sleep(0.1)
        await go(office, "c")
        await office.clock.sleep(3)
        await office.crash()
        await office.clock.sleep(10)  # all that was played has ended, and nobody was there to hang up
        assert len(office.exchange._channels) == RINGING
        office.store = SlowDisk(office.clock, office.store, read_s=0.5)
        hang_up, asked = office.exchange.hang_up, list[AttemptId]()

        async def counting(attempt_id: AttemptId) -> Reply:
            asked.append(attempt_id)
            return await hang_up(attempt_id)

        monkeypatch.setattr(office.exchange, "hang_up", counting)
        await office.start()
        await office.clock.sleep(20)
        rows = [row.attempt for row in await attempts(office)]
        assert Counter(row.disposition for row in rows) == {"answered_human": RINGING}
        assert sorted(asked) == sorted(row.id for row in rows), "once each"

    in_office(story, start=START)
