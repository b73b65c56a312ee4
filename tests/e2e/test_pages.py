"""The pages in a real Chromium, before the real API: what people do there is done, and what is stored is only shown.

`scripts/test browser` runs these; they need Chromium, playwright and the built pages.
Not here: the daemon and the phone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dialerd.domain.agents import Seen
from dialerd.domain.words import AgentState
from dialerd.usecases import contacts
from dialerd.web.pages import Pages
from tests.e2e.seeing import is_too_wide, serious, signed_in
from tests.web.site import BY, NOW, Site, running

pytestmark = pytest.mark.browser

SCRIPT = "<img src=x onerror=\"document.title='hurt'\">"
SEEN = (
    "/campaigns",
    "/campaigns/new",
    "/campaigns/sales-calls",
    "/campaigns/sales-calls/edit",
    "/floor",
    "/callbacks",
    "/dnc",
    "/lists",
    "/lists/customers",
    "/reports",
    "/users",
    "/audit",
)
DIALOGS = (
    ("/floor", "New agent", "New agent"),
    ("/callbacks", "New callback", "New callback"),
    ("/lists", "New list", "New list"),
    ("/lists/customers", "Upload CSV", "Upload to customers"),
    ("/dnc", "Add numbers", "Add numbers"),
    ("/users", "New user", "New user"),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    assert Pages().is_built, "scripts/ui builds the pages"
    with running(tmp_path_factory.mktemp("site")) as made:
        made.do(
            lambda unit: contacts.add_contact(
                unit, "customers", ["+12125550142"], attributes={"first_name": SCRIPT}, zone=None, priority=0, **BY
            )
        )
        yield made


@pytest.fixture
def page(chromium: Any, site: Site) -> Iterator[Any]:
    """A tab in which root has signed in by the page."""
    with signed_in(chromium, site, "root", "Campaigns") as tab:
        yield tab


def test_a_campaign_is_made_by_the_form_and_stands_in_the_table(page: Any) -> None:
    page.get_by_role("button", name="New campaign").click()
    page.get_by_label("Name").fill("by-hand")
    page.get_by_role("tab", name="Contacts").click()
    page.get_by_role("button", name="customers").click()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="by-hand").wait_for()
    page.keyboard.press("g")
    page.keyboard.press("c")
    row = page.get_by_role("row").filter(has_text="by-hand")
    row.wait_for()
    assert "Draft" in row.inner_text()


def test_what_the_api_refuses_stands_on_the_page_as_its_sentence(page: Any) -> None:
    page.goto("/campaigns/new")
    page.get_by_label("Name").fill("Not A Name")
    page.get_by_role("button", name="Save").click()
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert "a name is 1 to 64" in alert.inner_text()


def test_stored_script_is_shown_as_text_and_not_run(page: Any) -> None:
    page.goto("/lists/customers")
    page.get_by_text(SCRIPT).wait_for()
    assert page.locator("td img").count() == 0
    assert page.title() != "hurt"


def test_a_view_is_saved_applied_and_opened_with(page: Any) -> None:
    page.get_by_role("button", name="Filters", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Progressive").click()
    assert serious(page) == []
    page.get_by_role("button", name="Save & apply").click()
    page.get_by_label("Name of the view").fill("With agents")
    page.get_by_label("Make this the default view").check()
    page.get_by_role("button", name="Save & apply").click()
    page.get_by_role("dialog").wait_for(state="detached")  # when the view is kept: till then all rows stand behind it
    page.get_by_role("row").filter(has_text="Agentless").first.wait_for(state="detached")
    assert page.get_by_role("row").filter(has_text="sales-calls").count() == 1
    page.reload()
    page.get_by_role("row").filter(has_text="sales-calls").wait_for()
    assert page.get_by_role("row").filter(has_text="Agentless").count() == 0


def test_focus_stays_where_it_is_when_rows_change_places(page: Any, site: Site) -> None:
    def ann_is(state: AgentState) -> None:
        seen = Seen(state=state, since=NOW, idle_since=NOW)
        site.do(lambda unit: unit.agents.set_seen("ann", seen, leg_id=None, asterisk=None, now=NOW))

    ann_is(AgentState.LOGGED_OUT)
    page.goto("/floor")
    page.get_by_role("button", name="Actions: ben").focus()
    page.get_by_role("button", name="Actions: ann").focus()
    for state, shown in (
        (AgentState.PAUSED, "Paused"),
        (AgentState.READY, "Ready"),
        (AgentState.LOGGED_OUT, "Logged out"),
    ):
        ann_is(state)
        page.get_by_role("row").filter(has_text="ann").filter(has_text=shown).wait_for()
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Actions: ann"


def test_dialogs_are_sound_for_every_eye_and_are_left_by_a_key(page: Any) -> None:
    for path, opener, dialog in DIALOGS:
        page.goto(path)
        page.get_by_role("button", name=opener, exact=True).first.click()
        page.get_by_role("dialog", name=dialog).wait_for()
        assert serious(page) == [], dialog
        page.keyboard.press("Escape")
        page.get_by_role("dialog").wait_for(state="detached")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_is_found_by_axe_on_any_page_and_width(page: Any, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    for path in SEEN:
        page.goto(path)
        page.get_by_role("heading", level=1).wait_for()
        page.get_by_text("Loading…").first.wait_for(state="detached")
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 800})
            assert not is_too_wide(page), f"{path} is wider than {width}"
            assert serious(page) == [], f"{path} at {width}"
