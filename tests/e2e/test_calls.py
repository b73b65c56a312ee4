"""A day's work in the browser, before the daemon and the real Asterisk: admin, agent with its phone, supervisor.

Not here: the pages by themselves (test_pages.py).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from tests.asterisk.dialer import Dialer, until
from tests.e2e.office import AGENT, DESK, PHONE, connect_phone, make_campaign, make_list, set_up
from tests.e2e.tabs import AGENT_HZ, Tab
from tests.lab import AGENTS, Lab, by_number, person_hz
from tests.lab.tones import seconds_of
from tests.numbers import number
from tests.web.site import Browser

pytestmark = pytest.mark.browser

STATES = {"ready": "Ready", "preview": "Preview", "on_call": "On a call", "wrap_up": "Wrap-up"}
"""As the API names them, and as the floor does."""


def moments(root: Browser) -> dict[str, float]:
    """When each of the agent's states first began, by its history."""
    events = root.get(f"/api/agents/{AGENT}/events").document["items"]
    first: dict[str, float] = {}
    for each in sorted(events, key=lambda each: str(each["at"])):
        first.setdefault(each["state"], datetime.fromisoformat(each["at"]).timestamp())
    return first


@pytest.mark.takes(60)
def test_a_campaign_from_its_file_to_a_promised_callback(
    lab: Lab, dialer: Dialer, tab: Callable[[], Tab], tmp_path: Path
) -> None:
    mark = lab.mark()
    person, other, third = number(8, "50"), number(9, "50"), number(11, "50")
    root = set_up(lab, dialer)

    admin, agent, floor = tab(), tab(), tab()
    admin.sign_in("root")
    make_list(admin, "spring", [person, other], tmp_path)

    floor.sign_in("sue", "/floor")
    floor.see("Logged out")
    floor.watch(AGENT)
    agent.sign_in(AGENT)
    connect_phone(agent)
    agent.see("In a call")

    make_campaign(admin, "spring", "preview")
    agent.page.get_by_role("button", name="Dial").wait_for()
    assert "Zoe" in agent.reads(), "who is shown before being called"
    agent.page.keyboard.press("d")
    agent.page.get_by_role("button", name="End call").wait_for()
    hz = person_hz(person)
    until(lambda: agent.hears(hz) == [True], limit_s=60, what="the agent hears the person")
    talk = by_number(lab.record(since=mark))[person][0]
    until(lambda: seconds_of(lab.heard(talk), AGENT_HZ) > 1, limit_s=60, what="the person hears the agent")

    # The supervisor whispers: the agent hears it, the person does not.
    assert agent.hears(AGENTS[DESK].hz) == [False]
    floor.choose(f"Actions: {AGENT}", "Whisper")
    floor.dialog.get_by_label("On my phone").fill(f"PJSIP/{DESK}")
    floor.press("Whisper", within=floor.dialog)
    until(lambda: agent.hears(hz, AGENTS[DESK].hz) == [True, True], limit_s=60, what="the agent hears who whispers")
    floor.page.get_by_text("1 listening").wait_for()

    # The agent has chosen its campaigns; the supervisor clears that.
    row = floor.page.locator("tr").filter(has=floor.page.get_by_text(f"PJSIP/{PHONE}"))
    agent.press("spring")
    agent.press("Save")
    until(lambda: "Any" not in row.inner_text(), limit_s=60, what="the supervisor sees what the agent has chosen")
    floor.choose(f"Actions: {AGENT}", "Clear preferred campaigns")
    until(lambda: "Any" in row.inner_text(), limit_s=60, what="the supervisor sees that it is cleared")

    agent.press("End call")
    agent.page.get_by_role("heading", name="How did it end?").wait_for()
    agent.page.keyboard.press("2")
    agent.dialog.get_by_label("When").fill("2027-01-04T10:30")
    agent.dialog.get_by_label("Notes").fill("after lunch")
    agent.press("Save", within=agent.dialog)
    agent.page.get_by_text("after lunch").wait_for()
    assert seconds_of(lab.heard(talk), AGENTS[DESK].hz) == 0, "who whispers is not heard by the person"

    delays = {}
    for state, shown in STATES.items():
        seen = floor.seen_at(shown)
        delays[state] = round(seen - moments(root)[state], 2)
    print("seen on the floor after, s:", json.dumps(delays))  # noqa: T201  # a figure that is asked for
    # Promised is within a second: 0.20 to 0.53 s on a quiet machine. The margin is for the one that tests at load.
    assert max(delays.values()) < 3, delays
    assert sorted(delays.values())[len(delays) // 2] < 1.5, delays

    promised = json.loads(dialer.cli("callback", "list", "--json"))
    assert [each["notes"] for each in promised] == ["after lunch"]
    (given,) = [row for row in dialer.export("spring") if row["number"] == person]
    assert (given["disposition"], given["agent"]) == ("call_me_later", AGENT)

    # A progressive one: the call comes up by itself.
    dialer.cli("campaign", "stop", "spring", "--yes")
    agent.press("Done, next call")
    make_list(admin, "summer", [third], tmp_path)
    make_campaign(admin, "summer", "progressive")
    agent.page.get_by_role("button", name="End call").wait_for()
    assert third in agent.reads()
    until(lambda: agent.hears(person_hz(third)) == [True], limit_s=60, what="the agent hears the next person")

    # Asterisk dies under the call: the phone says so, registers again by itself, and is rung again.
    agent.listen_for("Connection lost, trying again")  # it may be back before one can look
    lab.restart("pbx", hard=True)
    agent.noticed("Connection lost, trying again")
    agent.page.get_by_role("heading", name="How did it end?").wait_for()
    agent.see("In a call")
    agent.press("Done, next call")
    until(lambda: dialer.agents()[AGENT] == "ready", limit_s=60, what="the agent ready again with the same phone")


def test_nobody_sees_what_is_not_theirs(lab: Lab, dialer: Dialer, tab: Callable[[], Tab]) -> None:
    set_up(lab, dialer)
    stranger = tab()
    for path in ("/", "/floor", "/users"):
        stranger.page.goto(path)
        stranger.page.get_by_role("heading", name="Sign in").wait_for()
    for who, path, is_theirs in (
        (AGENT, "/floor", False),
        (AGENT, "/campaigns", False),
        (AGENT, "/console", True),
        ("sue", "/users", False),
        ("sue", "/floor", True),
        ("root", "/audit", True),
    ):
        someone = tab()
        someone.sign_in(who)
        someone.page.goto(path)
        told = someone.page.get_by_text("not for your role")
        if is_theirs:
            someone.page.get_by_role("heading", level=1).wait_for()
            assert told.count() == 0, (who, path)
        else:
            told.wait_for()
