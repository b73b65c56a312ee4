"""The pages in a real Chromium, before the real API: what people do there is done, and what is stored is only shown.

`scripts/test browser` runs these; they need Chromium, playwright and the built pages.
Not here: the daemon and the phone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
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
    "/queues",
    "/callbacks",
    "/outcomes",
    "/dnc",
    "/dnc/global",
    "/lists",
    "/lists/customers",
    "/reports",
    "/users",
    "/audit",
)
DIALOGS = (
    ("/floor", "New agent", "New agent"),
    ("/callbacks", "New callback", "New callback"),
    ("/queues", "New queue", "New queue"),
    ("/queues", "sales", "Change sales"),
    ("/outcomes", "New set", "New set"),
    ("/dnc/global", "Upload CSV", "Upload to global"),
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


def test_a_queue_and_outcomes_are_made_changed_and_deleted_by_their_pages(page: Any, site: Site) -> None:
    root = site.browser("root")
    dialog = page.get_by_role("dialog")
    page.keyboard.press("g")
    page.keyboard.press("q")
    page.get_by_role("button", name="New queue").click()
    dialog.get_by_label("Name").fill("night")
    dialog.get_by_role("button", name="ben").click()
    dialog.get_by_label("Agents' phones").select_option("on_demand")
    dialog.get_by_label("Ring at most (seconds)").fill("12")
    dialog.get_by_label("Reasons to pause").fill("lunch, training ")
    dialog.get_by_role("button", name="Create").click()
    page.get_by_role("row").filter(has_text="night").wait_for()
    queue = root.get("/api/queues/night").document
    assert (queue["agents"], queue["legs"], queue["ring_s"]) == (["ben"], "on_demand", 12)
    assert queue["pause_reasons"] == ["lunch", "training"]
    page.get_by_role("button", name="night", exact=True).click()
    dialog.get_by_label("Kind").select_option("app_queue")
    dialog.get_by_role("button", name="Save").click()
    dialog.wait_for(state="detached")
    assert root.get("/api/queues/night").document["kind"] == "app_queue"
    page.get_by_role("button", name="Actions: night").click()
    page.get_by_role("menuitem", name="Delete").click()
    dialog.get_by_role("button", name="Delete").click()
    page.get_by_role("row").filter(has_text="night").wait_for(state="detached")

    page.goto("/outcomes")
    page.get_by_role("button", name="New set").first.click()
    dialog.get_by_label("Name").fill("renewals")
    sold, later = dialog.get_by_role("group", name="Outcome 1"), dialog.get_by_role("group", name="Outcome 2")
    sold.get_by_label("What agents read").fill("Sold!")
    later.get_by_label("What agents read").fill("Call me later")
    later.get_by_label("Then").select_option("callback")
    dialog.get_by_role("button", name="Up: Outcome 2").click()
    dialog.get_by_role("button", name="Create").click()
    page.get_by_role("row").filter(has_text="renewals").wait_for()
    first, second = root.get("/api/dispositions/renewals").document["disposition"]
    assert (first["code"], first["text"], first["callback"]) == ("call_me_later", "Call me later", True)
    assert (second["code"], second["positive"]) == ("sold", True)


def test_a_file_of_numbers_goes_onto_a_do_not_call_list_and_each_is_seen_there(page: Any, tmp_path: Path) -> None:
    (tmp_path / "wishes.csv").write_text("number\n2122660031\nbad\n2122660032\n")
    page.goto("/dnc")
    page.get_by_role("link", name="global").click()
    page.get_by_role("button", name="Upload CSV").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("CSV file").set_input_files(tmp_path / "wishes.csv")
    dialog.get_by_label("Source").fill("letters")
    dialog.get_by_role("button", name="Upload CSV").click()
    dialog.get_by_text("2 numbers were added.").wait_for()
    assert "bad" in dialog.get_by_role("region", name="Rows that cannot be used").inner_text()
    dialog.get_by_role("button", name="Close").click()
    row = page.get_by_role("row").filter(has_text="+12122660031")
    row.filter(has_text="letters").wait_for()
    page.get_by_role("button", name="Take +12122660032 off the list?").click()
    dialog.get_by_role("button", name="Take off").click()
    page.get_by_text("+12122660032", exact=True).wait_for(state="detached")
    row.wait_for()


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
