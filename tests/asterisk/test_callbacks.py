"""Callbacks on the real Asterisk: one waits for its agent, one of anybody's goes to who is free, each when it is time.

Not here: every rule of them (tests/simulation/test_callbacks.py, test_own_callbacks.py).
"""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from tests.asterisk.dialer import Dialer, until
from tests.asterisk.test_agents import FIRST, SECOND, begin, finish, heard_each_other
from tests.lab import Lab
from tests.numbers import number

pytestmark = pytest.mark.asterisk


@pytest.mark.takes(19)
def test_an_own_callback_waits_for_its_agent_and_anybodys_goes_to_who_is_free_both_at_their_time(
    lab: Lab, dialer: Dialer
) -> None:
    mark = lab.mark()
    begin(dialer, [FIRST, SECOND])
    own, anybodys = people = [number(n, "54") for n in range(2)]
    dialer.campaign("c", people, mode="progressive", queue="sales", finite=False)
    dialer.cli("campaign", "run", "c")

    def attempts_made(count: int) -> bool:
        status = dialer.status("c")
        return (status["attempts"], status["in_progress"]) == (count, 0)

    until(lambda: attempts_made(2), limit_s=60, what="both called", every_s=0.5)
    contacts = {row["number"]: row["contact_id"] for row in dialer.export("c")}
    dialer.cli("agent", "pause", SECOND)
    dialer.cli("callback", "add", "c", contacts[own], "--in", "0", "--agent", SECOND, "--no-fallback")
    dialer.cli("callback", "add", "c", contacts[anybodys], "--in", "0.08")
    times = {row["number"]: datetime.fromisoformat(row["time"]) for row in callbacks(dialer)}
    until(lambda: attempts_made(3), limit_s=60, what="anybody's callback", every_s=0.5)
    (waiting,) = callbacks(dialer)
    assert (waiting["number"], waiting["why"]) == (own, f"the callback waits for agent {SECOND}")
    before_ready = datetime.now().astimezone()
    dialer.cli("agent", "ready", SECOND)
    until(lambda: attempts_made(4), limit_s=60, what="the agent's own callback", every_s=0.5)
    assert callbacks(dialer) == []
    last = {row["number"]: row for row in dialer.export("c")}
    calls = finish(lab, dialer, mark)
    assert [len(calls[each]) for each in people] == [2, 2]
    assert (last[own]["agent"], last[anybodys]["agent"]) == (SECOND, FIRST)
    assert 0 <= (calls[anybodys][1].invited_at - times[anybodys]).total_seconds() < 5.0, "dialed at its time"
    assert 0 <= (calls[own][1].invited_at - before_ready).total_seconds() < 5.0, "dialed as soon as its agent is ready"
    for each, agent in ((own, SECOND), (anybodys, FIRST)):
        assert last[each]["disposition"] == "answered_human"
        heard_each_other(lab, calls[each][1], agent, calls[agent], for_s=0.7)


def callbacks(dialer: Dialer) -> list[dict[str, str]]:
    """Those that are not over."""
    found: list[dict[str, str]] = json.loads(dialer.cli("callback", "list", "--json"))
    return found
