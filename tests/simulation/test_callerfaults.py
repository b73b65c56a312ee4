"""Callers when something breaks: whatever it is, nobody waits for ever, and no agent is kept for somebody who is gone.

Not here: the faults of campaigns' calls with agents (test_agentfaults.py), callers when all is well (test_callers.py).
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.domain.errors import IllegalActionError
from dialerd.domain.words import AgentKind, AgentState
from dialerd.simulate.faults import NONE, Faults
from tests.simulation.callcenter import agent, ask, log_in
from tests.simulation.drawnfaults import FAULTS
from tests.simulation.office import Office, in_office
from tests.simulation.test_agentfaults import happen
from tests.simulation.test_callers import TEAM, play, state_of, team
from tests.simulation.world import START

_happenings = st.lists(
    st.tuples(st.sampled_from(["cut", "restart", "vanish", "crash"]), st.floats(0.5, 120), st.floats(0.1, 15)),
    max_size=5,
)
_calls = st.lists(st.tuples(st.floats(0, 120), st.floats(0, 60), st.floats(0, 60)), min_size=1, max_size=8)


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    faults=FAULTS,
    happenings=_happenings,
    calls=_calls,
    legs=st.sampled_from(["kept", "on_demand"]),
)
def test_the_invariants_hold_under_any_mix_of_faults(
    seed: int,
    faults: Faults,
    happenings: list[tuple[str, float, float]],
    calls: list[tuple[float, float, float]],
    legs: str,
) -> None:
    """`calls`: when somebody calls, how long they wait at most and how long they talk."""

    async def story(office: Office) -> None:
        await team(office, [AgentKind.INBOUND, AgentKind.BLENDED], legs=legs)
        office.exchange.line.faults = faults
        began = office.clock.now()
        steps = sorted(
            [(at_s, kind, rest) for kind, at_s, rest in happenings] + [(c[0], "call", c[1:]) for c in calls],
            key=lambda step: step[0],
        )
        for at_s, kind, rest in steps:
            await office.until(began + timedelta(seconds=at_s))
            if isinstance(rest, tuple):
                office.exchange.call_in("sales", patience_s=rest[0], talk_s=rest[1])
            else:
                await happen(office, kind, rest)
        office.exchange.line.faults = NONE
        for _ in range(4):  # a supervisor brings back whoever was given up
            for name in TEAM:
                await make_ready(office, name)
            await office.clock.sleep(60.0)
        assert not office.exchange._callers, "a caller waits for ever"
        assert {await state_of(office, name) for name in TEAM} == {AgentState.READY}
        late = [office.exchange.call_in("sales", talk_s=5) for _ in TEAM]
        await office.clock.sleep(10)
        assert all(caller.has_talked for caller in late), "both agents take callers again"
        await office.clock.sleep(60)
        assert await office.exchange.bridges() == []

    in_office(story, start=START, seed=seed, refresh_s=2.0)


async def make_ready(office: Office, name: str) -> None:
    for wish in (log_in(office, name), ask(office, name, "ready")):
        try:
            await wish
        except IllegalActionError:
            continue


@pytest.mark.parametrize("loses", ["came", "left"])
def test_a_caller_of_whom_nothing_is_heard_is_found_within_half_a_minute(loses: str) -> None:
    async def story(office: Office) -> None:
        await team(office, [AgentKind.INBOUND])
        deaf = Faults(lose_event=1.0)
        office.exchange.line.faults = deaf if loses == "came" else NONE
        caller = office.exchange.call_in("sales", talk_s=30)
        await office.clock.sleep(1)
        office.exchange.line.faults = deaf if loses == "left" else NONE
        await office.clock.sleep(31)
        office.exchange.line.faults = NONE
        await office.clock.sleep(30)
        if loses == "came":
            assert caller.has_talked
        else:
            assert caller.ending == "callee"
            assert (await agent(office, TEAM[0])).seen.state in (AgentState.WRAP_UP, AgentState.READY)

    play(story)
