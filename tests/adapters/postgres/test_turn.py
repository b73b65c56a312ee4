"""A daemon that may have been succeeded proves its turn before it takes anything, and ends where it cannot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from dialerd.adapters.postgres import ProvenTurn
from dialerd.domain.errors import StoreError
from dialerd.ports import Store
from dialerd.simulate.clock import VirtualClock, run_virtual

NOW = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)


class Line:
    """Implements what a turn needs of ports.Store: the connection answers, refuses, or is silent, until `until_s`."""

    def __init__(self, clock: VirtualClock, trouble: str, until_s: float) -> None:
        self._clock = clock
        self._trouble = trouble
        self._until_s = until_s

    async def write(self, job: Callable[[Any], Any]) -> Any:
        if self._clock.steady() < self._until_s:
            if self._trouble == "refuses":
                raise StoreError("the connection is lost", may_pass=True)
            await asyncio.Event().wait()
        return None


def tell(act: str, trouble: str, until_s: float) -> tuple[float, int]:
    """When the daemon went on, and how often it has left."""
    left: list[bool] = []

    async def story() -> float:
        clock = VirtualClock(NOW)
        turn = ProvenTurn(cast(Store, Line(clock, trouble, until_s)), clock, lambda: left.append(True))
        acts: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {"prove": turn.prove, "defend": turn.defend}
        await acts[act]()
        return clock.steady()

    return run_virtual(story()), len(left)


@pytest.mark.parametrize("act", ["prove", "defend"])
def test_a_turn_that_stands_is_proven_at_once(act: str) -> None:
    assert tell(act, "refuses", 0.0) == (0.0, 0)


@pytest.mark.parametrize(("trouble", "at_s"), [("refuses", 120.0), ("silent", 121.0)])
def test_who_cannot_prove_it_connects_to_no_asterisk_and_does_not_end_for_that(trouble: str, at_s: float) -> None:
    """PostgreSQL may only be restarting: nobody else has the calls."""
    assert tell("prove", trouble, 120.0) == (at_s, 0)


@pytest.mark.parametrize(("trouble", "at_s"), [("refuses", 9.0), ("silent", 10.0)])
def test_who_was_replaced_and_cannot_prove_it_ends_within_ten_seconds(trouble: str, at_s: float) -> None:
    assert tell("defend", trouble, 1000.0) == (at_s, 1)


def test_who_was_replaced_and_has_the_turn_all_the_same_goes_on() -> None:
    assert tell("defend", "refuses", 5.0) == (5.0, 0)
