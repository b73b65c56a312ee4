"""Calls that come by themselves, in power and predictive, to an agent whose phone rings for each; seen live.

Not here: preview and progressive, and a phone that is kept (test_calls.py).
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.asterisk.dialer import Dialer, until
from tests.e2e.office import AGENT, DESK, connect_phone, set_up
from tests.e2e.tabs import Tab
from tests.lab import AGENTS, Lab, person_hz
from tests.numbers import number

pytestmark = pytest.mark.browser

ON_DEMAND = 'legs = "on_demand"\nwrap_up_s = 2'
STAYS, LEAVES = "50", "56"


@pytest.mark.takes(50)
def test_power_and_predictive_are_seen_live_and_who_is_rung_for_a_call_asks_a_colleague_first(
    lab: Lab, dialer: Dialer, tab: Callable[[], Tab]
) -> None:
    set_up(lab, dialer, queue=ON_DEMAND)
    dialer.staff("support", [DESK])
    # More than one each: a phone that picks up after 2 s, on a busy machine, has let the person go.
    people, others = [number(n, STAYS) for n in range(20, 26)], [number(n, LEAVES) for n in range(30, 34)]
    dialer.campaign("rush", people, mode="power", queue="sales", ratio=1)
    dialer.campaign("ahead", others, mode="predictive", queue="sales")

    agent, boss = tab(), tab()
    agent.sign_in(AGENT)
    connect_phone(agent)
    agent.page.get_by_role("heading", name="No campaign for you now").wait_for()
    assert "Why not now: no campaign runs" in agent.reads()
    agent.dialog.wait_for(state="detached")
    assert "In a call" not in agent.reads(), "nobody is rung at login"

    boss.sign_in("sue", "/campaigns/rush")
    boss.press("Run")
    boss.press("Run", within=boss.dialog)
    boss.see("Active")
    agent.page.get_by_role("button", name="End call").wait_for()
    boss.page.get_by_role("heading", name="Pace", exact=True).wait_for()
    person = next(each for each in people if each in agent.reads())
    until(lambda: agent.hears(person_hz(person)) == [True], limit_s=60, what="the agent hears the person")

    # Ask first: the colleague is heard, the person is not; then the call is taken back.
    until(lambda: dialer.agents()[DESK] == "ready", limit_s=60, what="a colleague who is free")
    agent.press("Transfer")
    agent.dialog.get_by_label("To", exact=True).select_option("agent")
    agent.dialog.get_by_label("Name").fill(DESK)
    agent.press("Ask first", within=agent.dialog)
    asking = agent.page.get_by_role("group", name="Asking first")
    asking.get_by_text(f"You ask {DESK}.").wait_for()
    both = AGENTS[DESK].hz, person_hz(person)
    until(lambda: agent.hears(*both) == [True, False], limit_s=60, what="the agent hears whom it asks alone")
    asking.get_by_role("button", name="Take back").click()
    asking.wait_for(state="detached")
    until(lambda: agent.hears(*both) == [False, True], limit_s=60, what="the agent hears the person again")
    boss.press("Stop")
    boss.press("Stop", within=boss.dialog)
    boss.see("Stopping")
    agent.press("End call")
    boss.see("Stopped")

    boss.page.goto("/campaigns/ahead")
    boss.press("Run")
    boss.press("Run", within=boss.dialog)
    boss.page.get_by_role("heading", name="Pace", exact=True).wait_for()
    boss.page.get_by_role("heading", name="Abandoned share").wait_for()
    boss.see("Completed")
    assert AGENT in {row["agent"] for row in dialer.export("ahead")}
