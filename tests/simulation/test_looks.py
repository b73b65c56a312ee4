"""When the dial loop looks again: at once where there is something to place, and not where nothing can have changed.

Not here: how many calls a look places (tests/domain/pacing).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from dialerd.domain.pacing import PacingView, ProgressivePacer
from dialerd.domain.rates import Rates
from dialerd.simulate.forecast import Scene, play
from tests.simulation.callcenter import agent_campaign, queue, staff
from tests.simulation.office import Office, in_office
from tests.simulation.test_agents import TEAM, at, start
from tests.simulation.world import START, trunk

_BUSY = "02"
_AT_ONCE_S = 0.2


class _Counted(ProgressivePacer):
    looks = 0

    def decide(self, view: PacingView) -> int:
        self.looks += 1
        return super().decide(view)


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


@pytest.mark.parametrize("mode", ["progressive", "power", "predictive"])
def test_a_trunk_that_is_too_small_for_the_team_is_kept_busy(mode: str) -> None:
    rates = Rates(answered=(0.0,), busy=1.0, invalid=0.0)  # nobody answers: only the slots hold it up
    small = Scene(spec=agent_campaign(mode), trunk=trunk(), rates=rates, contacts=40, start=START, agents=5)
    limited = play(replace(small, spec=agent_campaign(mode, max_calls=2)), 1)
    narrow = play(replace(small, trunk=replace(trunk(), max_channels=2)), 1)
    assert limited.is_over
    assert narrow.is_over
    assert narrow.lasted_s == pytest.approx(limited.lasted_s, rel=0.02)


def test_what_changes_nothing_for_the_pace_is_not_looked_at() -> None:
    """A call's start and its end are; what the exchange confirms and a slot that nobody waited for are not."""
    pacer = _Counted()

    async def story(office: Office) -> None:
        await staff(office, queue(TEAM))
        await start(office, [_BUSY] * 40)
        assert office.engine is not None
        await office.until(at(0.5))
        (line,) = office.engine.runs.lines.values()
        line.pacer = pacer
        await office.until(at(900))
        assert len(office.record) == 40

    in_office(story, start=START)
    assert 35 <= pacer.looks <= 80
