"""What was claimed is sent only where nobody else can have settled it meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar, cast

import pytest

from dialerd.domain.errors import StoreError
from dialerd.domain.words import AttemptId
from dialerd.engine.openings import Openings
from dialerd.ports import Clock, Store, Unit
from dialerd.simulate.clock import SeededDice
from tests.simulation.world import START

T = TypeVar("T")


class SetClock:
    """Of `Clock`, the two times that a claim asks for."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> Any:
        return START

    def steady(self) -> float:
        return self.seconds


class LateStore:
    """Of `Store`, the writing: the answer comes `commit_s` after the job is done."""

    def __init__(self, clock: SetClock, commit_s: float) -> None:
        self._clock = clock
        self._commit_s = commit_s

    async def write(self, job: Callable[[Unit], T]) -> T:
        done = job(cast("Unit", None))
        self._clock.seconds += self._commit_s
        return done


class Taken:
    """Of `SureWriter`: what it was asked to write however long the disk refuses."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def take(self, what: str, *_rest: object) -> None:
        self.told.append(what)


@pytest.mark.parametrize(("job_s", "commit_s", "is_sent"), [(5.0, 0.2, True), (0.0, 0.9, True), (0.0, 1.1, False)])
def test_a_claim_is_late_by_what_comes_after_it_and_not_by_its_own_length(
    job_s: float, commit_s: float, is_sent: bool
) -> None:
    clock, sure = SetClock(), Taken()
    store = cast("Store", LateStore(clock, commit_s))
    openings = Openings(store, cast("Clock", clock), SeededDice(1), cast("Any", sure), cast("Any", None), 1.0)

    def claim(unit: Unit, new_id: Callable[[], AttemptId]) -> AttemptId:
        new_id()
        clock.seconds += job_s
        return new_id()

    if is_sent:
        assert asyncio.run(openings.open(claim)).startswith("d")
        assert sure.told == []
    else:
        with pytest.raises(StoreError, match="another daemon"):
            asyncio.run(openings.open(claim))
        assert sure.told == ["what a claim without an answer has opened"]
