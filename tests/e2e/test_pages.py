"""The pages in a real Chromium, before the real API: what people do there is done, and what is stored is only shown.

`scripts/test browser` runs these; they need Chromium, playwright and the built pages.
Not here: the daemon and the phone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dialerd.usecases import contacts
from dialerd.web.pages import Pages
from tests.web.site import BY, PASSWORD, Site, running

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "dialerd/web/ui/node_modules/axe-core/axe.min.js"
SCRIPT = "<img src=x onerror=\"document.title='hurt'\">"
SEEN = (
    "/campaigns",
    "/campaigns/new",
    "/campaigns/sales-calls",
    "/campaigns/sales-calls/edit",
    "/floor",
    "/lists",
    "/lists/customers",
    "/reports",
    "/users",
    "/audit",
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
    context = chromium.new_context(base_url=f"http://127.0.0.1:{site.port}", viewport={"width": 1280, "height": 720})
    tab = context.new_page()
    broken: list[str] = []
    tab.on("pageerror", lambda error: broken.append(str(error)))
    tab.goto("/")
    tab.get_by_label("Name").fill("root")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    tab.get_by_role("heading", name="Campaigns").wait_for()
    yield tab
    context.close()
    assert broken == []


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
    page.get_by_role("button", name="Save & apply").click()
    page.get_by_label("Name of the view").fill("With agents")
    page.get_by_label("Make this the default view").check()
    page.get_by_role("button", name="Save & apply").click()
    page.get_by_role("row").filter(has_text="sales-calls").wait_for()
    assert page.get_by_role("row").filter(has_text="Agentless").count() == 0
    page.reload()
    page.get_by_role("row").filter(has_text="sales-calls").wait_for()
    assert page.get_by_role("row").filter(has_text="Agentless").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_is_found_by_axe_on_any_page_and_width(page: Any, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    for path in SEEN:
        page.goto(path)
        page.get_by_role("heading", level=1).wait_for()
        page.get_by_text("Loading…").first.wait_for(state="detached")
        page.evaluate(AXE.read_text())
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is wider than {width}"
            found = [(each["id"], each["nodes"][0]["html"]) for each in _axe(page)]
            assert found == [], f"{path} at {width}"


def _axe(page: Any) -> list[dict[str, Any]]:
    found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'], resultTypes: ['violations']})")
    return [each for each in found["violations"] if each["impact"] in ("serious", "critical")]
