"""The referee of the fault runs sees a fault: each is planted into the daemon, and some seed among a few tells of it.

Not here: the runs of the daemon as it is (test_seeds.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count, islice
from typing import Any

import pytest

from dialerd.domain import agents
from dialerd.domain.agents import AgentEvent
from dialerd.domain.call import CallPlan
from dialerd.domain.words import AgentState
from dialerd.engine import performer
from dialerd.engine.agentline import AgentLine
from dialerd.engine.runline import RunLine
from dialerd.ports import Exchange
from dialerd.usecases import dialing
from tests.faults.drawn import Drawn, draw
from tests.faults.house import House
from tests.faults.life import Wire
from tests.faults.play import play, play_drawn
from tests.faults.test_found import story

_SEEDS = 20


def forgets_agents(house: House, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(house.engine.agents.reservations, "over", lambda attempt_id: None)  # type: ignore[union-attr]


def forgets_slots(house: House, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(house.engine._trunks, "give_back", lambda trunk, server: None)  # type: ignore[union-attr]


def forgets_to_settle(house: House, patch: pytest.MonkeyPatch) -> None:
    def settles_not(line: Any, outcome: Any, then: Any) -> None:
        """As if the write had been lost."""

    patch.setattr(house.engine.desk._ledger, "_settle", settles_not)  # type: ignore[union-attr]


def settles_twice(house: House, patch: pytest.MonkeyPatch) -> None:
    house.connection.execute("DROP TRIGGER IF EXISTS planted")
    house.connection.execute(
        "CREATE TEMP TRIGGER planted AFTER UPDATE OF disposition ON main.attempt WHEN OLD.disposition IS NULL BEGIN"
        " UPDATE attempt SET disposition = 'busy' WHERE id = NEW.id; END"
    )


def miscounts(house: House, patch: pytest.MonkeyPatch) -> None:
    house.connection.execute("DROP TRIGGER IF EXISTS attempt_closed")


def dials_unasked(house: House, patch: pytest.MonkeyPatch) -> None:
    async def reconciles_not(exchange: Exchange, before: object) -> None:
        """It takes itself for reconciled."""

    house.engine._trunks.ready = Ready({"simulated"})  # type: ignore[union-attr]
    patch.setattr(house.engine._home, "_look", reconciles_not)  # type: ignore[union-attr]


class Ready(set[str]):
    """Exchanges that are ready, whatever is heard of them."""

    def discard(self, exchange: object) -> None:
        """It stays ready."""


def dials_into_silence(house: House, patch: pytest.MonkeyPatch) -> None:
    house.engine._trunks.ready = Ready({"simulated"})  # type: ignore[union-attr]
    patch.setattr(Wire, "is_alive", True)
    patch.setattr(Wire, "trouble", lambda wire, **wanted: None)


def books_an_agent_twice(house: House, patch: pytest.MonkeyPatch) -> None:
    """Who talks counts as free."""
    talking = {**agents.TABLE[AgentState.ON_CALL], AgentEvent.CONNECT: AgentState.ON_CALL}
    patch.setitem(agents.TABLE, AgentState.ON_CALL, talking)  # a dict, in fact
    at_work = (AgentState.READY, AgentState.ON_CALL)
    patch.setattr(AgentLine, "is_free", property(lambda line: line.seen.state in at_work and line._can_be_reached))


def passes_closed_gates(house: House, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(dialing, "first_closed", lambda facts, now: None)
    patch.setattr(RunLine, "closed_until", lambda line, now: None)


def dials_twice(house: House, patch: pytest.MonkeyPatch) -> None:
    async def twice(exchange: Exchange, plan: CallPlan, *, is_ready: bool) -> Any:
        await exchange.originate(plan)
        return await exchange.originate(plan)

    patch.setattr(performer, "originate", twice)


def cancels_early(house: House, patch: pytest.MonkeyPatch) -> None:
    house.engine._loop._min_ring_s = 0.0  # type: ignore[union-attr]


def dials_before_it_writes(house: House, patch: pytest.MonkeyPatch) -> None:
    inner = house.life.write  # type: ignore[union-attr]

    async def late(job: Any, *, patient: bool = False) -> Any:
        if getattr(job, "func", None) is not dialing.claim:
            return await inner(job, patient=patient)
        kept: list[Any] = []

        def undone(unit: Any) -> None:
            kept.append(job(unit))
            raise KeyError

        try:
            await inner(undone)
        except KeyError:
            house.life.post(job)  # type: ignore[union-attr]
        return kept[0]

    patch.setattr(house.life, "write", late)


def any_seed(drawn: Drawn) -> bool:
    return True


def has_agents(drawn: Drawn) -> bool:
    return drawn.agents > 1 and drawn.mode in {"power", "progressive", "predictive"}


def closes_its_hours(drawn: Drawn) -> bool:
    return "hours" in drawn.keys and drawn.keys["max_attempts"] > 1 and drawn.mode == "agentless"


def has_early(kind: str) -> Callable[[Drawn], bool]:
    return lambda drawn: any(each.kind == kind and each.at_s < 30 for each in drawn.happenings)


@pytest.mark.parametrize(
    ("plant", "words", "among"),
    [
        (forgets_agents, "is left reserved", any_seed),
        (forgets_slots, "is taken for in use", any_seed),
        (forgets_to_settle, "is left open", any_seed),
        (settles_twice, "was settled twice", any_seed),
        (miscounts, "is counted", any_seed),
        (dials_unasked, "before the exchange was asked for its calls", any_seed),
        (dials_into_silence, "while nothing was heard of the exchange", has_early("cut")),
        (books_an_agent_twice, "people at once", has_agents),
        (passes_closed_gates, "outside the hours", closes_its_hours),
        (dials_twice, "was placed twice", any_seed),
        (cancels_early, "was cancelled after", has_early("terminate")),
        (dials_before_it_writes, "is not written down as open", any_seed),
    ],
)
def test_the_referee_sees_a_planted_fault(
    plant: Callable[[House, pytest.MonkeyPatch], None],
    words: str,
    among: Callable[[Drawn], bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for seed in islice((seed for seed in count() if among(draw(seed))), _SEEDS):
        verdict = play(seed, meddle=lambda house: plant(house, monkeypatch))
        if any(words in each for each in verdict.broken):
            assert f"scripts/bench faults --seed {seed}" in str(verdict)
            return
    pytest.fail(f"no seed of {_SEEDS} has seen it")


def test_the_referee_sees_a_call_to_somebody_barred_while_an_agent_looks_at_the_record(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By hand: whoever only waits is settled as barred at once, so that few seeds come to a gate."""
    barred = story("preview", "03 03 03", (2.0, "dnc", 0.0, 0.1), preview={"timer_s": 5})
    verdict = play_drawn(replace(barred, refresh_s=10.0), meddle=lambda house: passes_closed_gates(house, monkeypatch))
    assert any("on the do-not-call list" in each for each in verdict.broken)
