"""The agent's console in a real Chromium, in each state that an agent can be in: what is offered, by mouse and by key.

Not here: the phone, and calls on a real Asterisk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from dialerd.domain.agents import Seen
from dialerd.domain.words import AgentState, AttemptId
from dialerd.ports import Unit
from dialerd.usecases import contacts, runs
from dialerd.web.pages import Pages
from tests.e2e.seeing import is_too_wide, serious, signed_in
from tests.usecases.conftest import TRUNKS
from tests.web.site import BY, NOW, Site, running, talk

pytestmark = pytest.mark.browser

LONG_AGO = NOW - timedelta(minutes=5)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    assert Pages().is_built, "scripts/ui builds the pages"
    with running(tmp_path_factory.mktemp("site")) as made:
        made.do(
            lambda unit: contacts.add_contact(
                unit, "customers", ["+12125550142"], attributes={"first_name": "Ann"}, zone=None, priority=0, **BY
            )
        )
        made.do(lambda unit: runs.run_campaign(unit, "sales-calls", trunks=TRUNKS, **BY))
        talk(made)
        yield made


@pytest.fixture
def page(chromium: Any, site: Site) -> Iterator[Any]:
    """A tab in which ann has signed in."""
    with signed_in(chromium, site, "ann", "Console") as tab:
        yield tab


def _is(state: AgentState, **more: Any) -> Callable[[Unit], None]:
    def job(unit: Unit) -> None:
        seen = Seen(state=state, since=NOW, idle_since=LONG_AGO, **more)
        unit.agents.set_seen("ann", seen, leg_id=None, asterisk=None, now=NOW)

    return job


TALKS = _is(AgentState.ON_CALL, campaign="sales-calls", attempt_id=AttemptId("d" + "1" * 32))
STATES = (
    ("You are logged out", _is(AgentState.LOGGED_OUT)),
    ("No campaign for you now", _is(AgentState.READY, why="no campaign of its queues goes on")),
    ("Waiting for the next call of sales-calls", _is(AgentState.READY, campaign="sales-calls")),
    ("You are paused: lunch", _is(AgentState.PAUSED, reason="lunch")),
    ("A call is being placed for you", _is(AgentState.RESERVED, campaign="sales-calls")),
    ("Customer", TALKS),
    ("How did it end?", _is(AgentState.WRAP_UP, campaign="sales-calls")),
)


def test_the_console_says_what_is_each_state_and_is_sound_for_every_eye(page: Any, site: Site) -> None:
    for heading, job in STATES:
        site.do(job)
        page.get_by_role("heading", name=heading, exact=True).wait_for()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for width in (1280, 390):
                page.set_viewport_size({"width": width, "height": 800})
                assert not is_too_wide(page), f"{heading} is wider than {width}"
                assert serious(page) == [], f"{heading} in {scheme} at {width}"


def _asks(whom: str) -> Callable[[Unit], None]:
    return lambda unit: unit.floor.set_line("ann", is_muted=False, is_holding=bool(whom), consults=whom, listeners=[])


def test_whom_an_agent_asks_stands_with_its_call_until_they_hang_up(page: Any, site: Site) -> None:
    site.do(TALKS)
    site.do(_asks("bob"))
    asking = page.get_by_role("group", name="Asking first")
    asking.get_by_text("You ask bob.").wait_for()
    asking.get_by_role("button", name="Give the call").wait_for()
    asking.get_by_role("button", name="Take back").wait_for()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 800})
            assert not is_too_wide(page), f"the console is wider than {width}"
            assert serious(page) == [], f"in {scheme} at {width}"
    site.do(_asks(""))
    asking.wait_for(state="detached")
    assert page.get_by_role("button", name="Transfer").is_enabled()


def test_a_call_that_comes_while_another_page_is_looked_at_leads_to_the_console(chromium: Any, site: Site) -> None:
    site.do(_is(AgentState.READY))
    with signed_in(chromium, site, "ann", "Console") as page:
        page.goto("/campaigns")  # which is not for her: she is there by an old link
        page.get_by_role("heading", name="This page is not for your role").wait_for()
        page.get_by_text("Live", exact=True).wait_for()
        site.do(_is(AgentState.RESERVED, campaign="sales-calls"))
        page.get_by_role("alert").filter(has_text="A call has come to you").wait_for()
        page.wait_for_url("**/console")


def test_keys_open_what_they_say_and_none_acts_while_somebody_types(page: Any, site: Site) -> None:
    site.do(TALKS)
    page.get_by_role("heading", name="Customer").wait_for()
    page.keyboard.press("t")
    page.get_by_role("dialog", name="Transfer the call").wait_for()
    page.keyboard.press("Escape")
    page.get_by_label("Add note").focus()
    page.keyboard.type("t")
    assert page.get_by_role("dialog").count() == 0
    page.get_by_label("Add note").blur()
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    sheet.wait_for()
    assert "In the console" in sheet.inner_text()
    assert "New campaign" not in sheet.inner_text()
