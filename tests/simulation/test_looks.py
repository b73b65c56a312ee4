"""When the dial loop looks again: at once where there is something to place.

Not here: how many calls a look places (tests/domain/pacing).
"""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from tests.simulation.callcenter import queue, staff
from tests.simulation.office import Office, in_office
from tests.simulation.test_agents import TEAM, at, start
from tests.simulation.world import START

_BUSY = "02"
_AT_ONCE_S = 0.2


def test_a_slot_that_is_free_again_is_used_at_once() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM))
        await start(office, [_BUSY] * 30, max_calls=2)
        await office.until(at(600))
        began = sorted(call.invited_at for call in office.record)
        ended = sorted(call.ended_at for call in office.record if call.ended_at is not None)
        assert len(began) == len(ended) == 30
        for free_at, next_at in zip(ended, began[2:], strict=False):
            assert timedelta(0) < next_at - free_at < timedelta(seconds=_AT_ONCE_S)

    in_office(story, start=START)


def test_a_token_that_is_back_is_used_at_once() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM))
        await start(office, [_BUSY] * 10, calls_per_second=1.0)
        await office.until(at(600))
        began = sorted(call.invited_at for call in office.record)
        assert len(began) == 10
        for before, after in pairwise(began):
            assert after - before < timedelta(seconds=1 + _AT_ONCE_S)

    in_office(story, start=START)
