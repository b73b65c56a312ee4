"""The pages by keyboard alone: what can be pressed is reached by Tab and seen to be, menus and dialogs give way.

Not here: what the pages do (test_pages.py), the console's own keys (test_console.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dialerd.usecases import contacts
from dialerd.web.pages import Pages
from tests.e2e.seeing import signed_in
from tests.web.site import BY, Site, running

pytestmark = pytest.mark.browser

WALKED = {
    "c": "/campaigns",
    "f": "/floor",
    "q": "/queues",
    "b": "/callbacks",
    "l": "/lists",
    "o": "/outcomes",
    "d": "/dnc",
    "r": "/reports",
    "u": "/users",
    "a": "/audit",
}
"""Each by the second key of its jump."""
DEEPER = ("/campaigns/sales-calls", "/campaigns/sales-calls/edit", "/lists/customers", "/dnc/global")

# What can be pressed or typed into and is seen; a group of tabs or radios is one, as the keyboard has it.
_BEGIN = """() => {
  const kinds = "a[href], button, input, select, textarea, [tabindex='0']"
  const all = [...document.querySelectorAll(kinds)].filter((each) => !each.disabled
    && each.tabIndex >= 0 && each.checkVisibility({ visibilityProperty: true }))
  window.walk = { all, reached: new Set(), unseen: new Set() }
  document.activeElement?.blur()
  document.onfocusin = null
  window.walked ??= document.addEventListener("focusin", ({ target }) => {
    window.walk.reached.add(target)
    requestAnimationFrame(() => {
      const style = getComputedStyle(target)
      const isSeen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1
      if (document.activeElement === target && !isSeen) window.walk.unseen.add(target)
    })
  }) ?? true
  const fields = all.filter((each) => ["date", "datetime-local", "time"].includes(each.type)).length
  return all.length + 6 * fields + 2
}"""
_END = """() => {
  const name = (each) => each.outerHTML.slice(0, 120)
  const { all, reached, unseen } = window.walk
  return [all.filter((each) => each.isConnected && !reached.has(each)).map(name), [...unseen].map(name)]
}"""
# What has a hand of its own and is nothing that the keyboard knows.
_MOUSE_ONLY = """() => {
  const hasHand = (each) => getComputedStyle(each).cursor === "pointer"
  const known = "a, button, label, input, select, option, summary"
  return [...document.body.querySelectorAll("*")]
    .filter((each) => !each.matches(known) && hasHand(each) && !hasHand(each.parentElement) && each.checkVisibility())
    .map((each) => each.outerHTML.slice(0, 120))
}"""
_WITHIN = "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
_FOCUSED = "(({ textContent, outerHTML, ariaLabel }) => ariaLabel || textContent || outerHTML)(document.activeElement)"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    assert Pages().is_built, "scripts/ui builds the pages"
    with running(tmp_path_factory.mktemp("site")) as made:
        for number in ("+12125550142", "+12125550143"):
            made.do(
                lambda unit, number=number: contacts.add_contact(  # type: ignore[misc]
                    unit, "customers", [number], attributes={"first_name": "Ann"}, zone=None, priority=0, **BY
                )
            )
        yield made


def _settled(page: Any) -> None:
    page.get_by_role("heading", level=1).first.wait_for()
    page.get_by_text("Loading…").first.wait_for(state="detached")


def _jump(page: Any, key: str, path: str) -> None:
    """`g` and that key; again where a loaded machine took longer between them than anybody's fingers do."""
    for _ in range(10):
        page.keyboard.press("g")
        page.keyboard.press(key)
        if page.evaluate("location.pathname") == path:
            return
    raise AssertionError(f"g {key} leads to {page.url}, with the focus on {page.evaluate(_FOCUSED)}")


def _walk(page: Any) -> None:
    presses = page.evaluate(_BEGIN)
    for _ in range(presses):
        page.keyboard.press("Tab")
    unreached, unseen = page.evaluate(_END)
    assert unreached == [], f"{page.url}: Tab does not reach them"
    assert unseen == [], f"{page.url}: nobody sees that they have the focus"
    assert page.evaluate(_MOUSE_ONLY) == [], f"{page.url}: only a mouse can press them"


def test_every_page_is_gone_to_by_keys_and_tab_reaches_all_that_can_be_pressed(chromium: Any, site: Site) -> None:
    with signed_in(chromium, site, "root", "Campaigns") as page:
        page.keyboard.press("?")
        page.get_by_role("dialog", name="Keys").wait_for()
        page.keyboard.press("Escape")
        page.get_by_role("dialog").wait_for(state="detached")
        for key, path in WALKED.items():
            page.keyboard.press("Escape")  # out of the field in which the walk may have ended
            _jump(page, key, path)
            _settled(page)
            _walk(page)
        for path in DEEPER:
            page.goto(path)
            _settled(page)
            _walk(page)
        for tab in ("General", "Contacts", "Outreach", "Schedule", "Dispositions", "TOML"):
            page.goto("/campaigns/new")
            page.get_by_role("tab", name="General").focus()
            while page.evaluate(_FOCUSED) != tab:
                page.keyboard.press("ArrowRight")
            _walk(page)


def test_rows_menus_and_dialogs_are_opened_and_left_by_keys(chromium: Any, site: Site) -> None:
    with signed_in(chromium, site, "root", "Campaigns") as page:
        _jump(page, "l", "/lists")
        page.get_by_role("link", name="customers").wait_for()
        page.keyboard.press("/")
        page.keyboard.type("cust?gc")  # none of these is a key while somebody types
        assert page.get_by_role("searchbox").input_value() == "cust?gc"
        page.get_by_role("searchbox").fill("")
        page.keyboard.press("Escape")
        page.keyboard.press("j")
        assert page.evaluate(_FOCUSED) == page.get_by_role("row").nth(1).get_by_role("link").inner_text()
        page.keyboard.press("Enter")
        page.wait_for_url("**/lists/*")

        _jump(page, "u", "/users")
        menu = page.get_by_role("button", name="Actions: ann")
        menu.focus()
        page.keyboard.press("Enter")
        page.get_by_role("menuitem").first.wait_for()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Escape")
        page.get_by_role("menu").wait_for(state="detached")
        assert page.evaluate(_FOCUSED) == "Actions: ann"

        page.keyboard.press("c")
        dialog = page.get_by_role("dialog", name="New user")
        dialog.wait_for()
        for _ in range(30):
            page.keyboard.press("Tab")
            assert page.evaluate(
                "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
            )
        dialog.get_by_label("Name").fill("zoe")
        page.keyboard.press("Escape")
        page.get_by_role("dialog", name="Leave without saving?").wait_for()
        page.keyboard.press("Escape")
        assert dialog.get_by_label("Name").input_value() == "zoe"
        page.keyboard.press("Escape")
        page.keyboard.press("Enter")  # on the question's first button: stay
        page.get_by_role("dialog", name="Leave without saving?").wait_for(state="detached")
        page.keyboard.press("Escape")
        page.get_by_role("dialog", name="Leave without saving?").get_by_role("button", name="Leave").press("Enter")
        page.get_by_role("dialog").first.wait_for(state="detached")
        assert page.evaluate(_FOCUSED) == "Actions: ann"  # where it was before

        page.goto("/campaigns")
        page.get_by_role("link", name="sales-calls").wait_for()
        page.keyboard.press("c")
        page.get_by_label("Description").fill("half of it")
        page.go_back()
        question = page.get_by_role("dialog", name="Leave without saving?")
        question.get_by_role("button", name="Cancel").press("Enter")
        question.wait_for(state="detached")
        assert page.get_by_label("Description").input_value() == "half of it"
        assert page.url.endswith("/campaigns/new")
        page.go_back()
        question.get_by_role("button", name="Leave").press("Enter")
        page.get_by_role("heading", name="Campaigns", level=1).wait_for()
        assert page.url.endswith("/campaigns")
