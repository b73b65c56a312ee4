"""When the store fails while records are shown, nobody stays in front of none."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from dialerd.domain.campaign import read_campaign
from dialerd.domain.errors import StoreError
from dialerd.domain.pacing import AgentlessPacer
from dialerd.domain.regulation import EMPTY
from dialerd.domain.words import AgentState, CampaignId, RunId, RunState
from dialerd.engine.agentdesk import AgentDesk
from dialerd.engine.means import Means
from dialerd.engine.openings import Openings
from dialerd.engine.previewdesk import PreviewDesk
from dialerd.engine.runkeeper import RunKeeper
from dialerd.engine.runline import RunLine
from dialerd.engine.sounddesk import SoundDesk
from dialerd.engine.surewriter import SureWriter
from dialerd.engine.trunkdesk import TrunkDesk
from dialerd.ports import RunRow, Store
from dialerd.simulate.clock import SeededDice, VirtualClock, run_virtual

NOW = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)


class Team:
    """Two agents who are free until they are shown a record."""

    def __init__(self) -> None:
        self.states = dict.fromkeys(["ann", "bob"], AgentState.READY)
        self.reservations = self

    def watch(self, on_state: Callable[[str, AgentState], None]) -> None:
        return None

    def preview(self, run_id: RunId, count: int, *, but: Collection[str]) -> list[str]:
        names = [name for name, state in self.states.items() if state is AgentState.READY and name not in but][:count]
        self.states.update(dict.fromkeys(names, AgentState.PREVIEW))
        return names

    def let_go(self, agent: str) -> None:
        self.states[agent] = AgentState.READY


class BrokenStore:
    async def write(self, job: Callable[..., Any]) -> Any:
        raise StoreError("the disk is full")


def run_line() -> RunLine:
    spec = read_campaign(
        {"name": "c", "mode": "preview", "queue": "sales", "lists": ["l"], "trunk": "t", "caller_id": "+12125550100"},
        source="test",
    )
    facts = dict.fromkeys(["pending", "waiting", "in_progress", "done", "attempts"], 0)
    row = RunRow(
        id=RunId(1),
        number=1,
        campaign_id=CampaignId(1),
        spec=spec,
        state=RunState.ACTIVE,
        is_prepared=True,
        created_at=NOW,
        finished_at=None,
        ending=RunState.STOPPED,
        reason="",
        held="",
        ends_at=None,
        precedence=False,
        is_scrub_due=False,
        **facts,
    )
    return RunLine(row=row, pacer=AgentlessPacer(max_calls=1, calls_per_second=1.0))


def test_agents_whose_record_cannot_be_written_are_free_again() -> None:
    async def story() -> None:
        team, clock, store = Team(), VirtualClock(NOW), cast(Store, BrokenStore())
        sure = SureWriter(store, clock, lambda: None)
        means = Means(
            store=store,
            clock=clock,
            dice=SeededDice(1),
            openings=cast(Openings, None),
            runs=cast(RunKeeper, None),
            trunks=TrunkDesk({}, {}, clock),
            agents=cast(AgentDesk, team),
            sounds=cast(SoundDesk, None),
            rulebook=EMPTY,
        )
        desk = PreviewDesk(means, sure=sure, place=lambda *_: None, on_change=lambda: None)
        with pytest.raises(StoreError):
            await desk.show(run_line(), (), 2)
        assert set(team.states.values()) == {AgentState.READY}

    run_virtual(story())
