"""The daemon is killed at steps all through calls with agents: just before and just after a thing that it writes.

Not here: other faults and any mix of them (test_agentfaults.py, test_steering.py), calls without agents
(test_faults.py).
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from dialerd.domain.errors import IllegalActionError, RefusedError
from dialerd.domain.words import AgentKind, RunState
from dialerd.usecases import runs
from tests.simulation.callcenter import attempts, queue, staff
from tests.simulation.office import Office, in_office
from tests.simulation.test_agentfaults import act, make_ready, unless_refused
from tests.simulation.test_agents import ANN, TEAM, at, start
from tests.simulation.test_callbacks import Desk
from tests.simulation.test_steering import BOB, nothing_left, steer
from tests.simulation.world import START

_PEOPLE = ["00", "02", "00", "03", "00", "01", "00"]
_STORY = (
    (12.0, "hold"),
    (16.0, "caller"),
    (22.0, "resume"),
    (26.0, "pass on to the queue"),
    (30.0, "listen"),
    (36.0, "pass on to bob"),
    (40.0, "call me later"),
)


async def begin(office: Office, mode: str, legs: str) -> None:
    names = TEAM[:3]
    await staff(office, queue(names, legs=legs))
    now = office.clock.now()
    await office.store.write(
        lambda unit: unit.agents.put(
            names[2], endpoint=f"PJSIP/{names[2]}", kind=AgentKind.BLENDED, may_outbound=True, now=now
        )
    )
    keys: dict[str, object] = {"preview": {"timer_s": 3}} if mode == "preview" else {}
    await start(office, _PEOPLE, mode=mode, callbacks={"tries": 1}, **keys)


async def happen(office: Office, what: str) -> None:
    with suppress(RefusedError, IllegalActionError):
        match what:
            case "caller":
                office.exchange.call_in("sales", patience_s=20, talk_s=8)
            case "pass on to the queue":
                await steer(office, "to", queue="sales")
            case "pass on to bob":
                await steer(office, "to", agent=BOB)
            case "call me later":
                await Desk(office).add(1, at(100), agent=ANN, fallback_min=1.0)
            case _:
                await steer(office, what)


@pytest.mark.parametrize("is_written", [True, False])
@pytest.mark.parametrize("legs", ["kept", "on_demand"])
@pytest.mark.parametrize("mode", ["progressive", "power", "preview", "predictive"])
@pytest.mark.parametrize("step", [15, 43, 58, 80])
def test_a_daemon_killed_at_any_step_leaves_nobody_over(step: int, mode: str, legs: str, is_written: bool) -> None:
    play(step, mode, legs, is_written)


def play(step: int, mode: str, legs: str, is_written: bool) -> None:
    """A campaign whose calls are held, heard, passed on and asked for again, with a caller between them."""

    async def story(office: Office) -> None:
        await begin(office, mode, legs)
        office.doom(step, is_written=is_written, away_s=1.5)
        for at_s, what in _STORY:
            await office.until(at(at_s))
            await happen(office, what)
        for _ in range(12):  # a supervisor brings back whoever was given up
            await office.clock.sleep(60.0)
            for name in TEAM[:3]:
                await make_ready(office, name)
            await unless_refused(act(office, runs.resume_run))
            (run,) = await office.runs()
            if run.state is RunState.COMPLETED:
                break
        assert run.state is RunState.COMPLETED
        await office.until(office.clock.now() + timedelta(seconds=60))
        assert not office.exchange._callers
        assert all(row.attempt.disposition is not None for row in await attempts(office))
        for contact in (1, 3, 5, 7):
            assert len(Desk(office).dialed(contact)) <= (2 if contact == 1 else 1), "somebody was called again"
        await nothing_left(office, are_passed_on=True)

    in_office(story, start=START, refresh_s=2.0)
