"""What tests of pages look with: somebody's own tab, and what axe finds wrong with what is shown.

Not here: what is looked at (the tests beside it).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.web.site import PASSWORD, Site

AXE = Path(__file__).parents[2] / "dialerd/web/ui/node_modules/axe-core/axe.min.js"


@contextmanager
def signed_in(chromium: Any, site: Site, user: str, heading: str) -> Iterator[Any]:
    """A tab in which `user` has signed in by the page and sees `heading`. A script that fails in it fails the test."""
    context = chromium.new_context(base_url=f"http://127.0.0.1:{site.port}", viewport={"width": 1280, "height": 720})
    tab = context.new_page()
    broken: list[str] = []
    tab.on("pageerror", lambda error: broken.append(str(error)))
    tab.on("console", lambda said: broken.append(said.text) if "Content Security Policy" in said.text else None)
    tab.goto("/")
    tab.get_by_label("Name").fill(user)
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    tab.get_by_role("heading", name=heading).first.wait_for()
    yield tab
    context.close()
    assert broken == []


def serious(tab: Any) -> list[tuple[str, str]]:
    """The rules of WCAG A and AA that what is shown breaks, each with the first piece of the page that does."""
    if not tab.evaluate("'axe' in window"):
        tab.evaluate(AXE.read_text())
    found = tab.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'], resultTypes: ['violations']})")
    worst = [each for each in found["violations"] if each["impact"] in ("serious", "critical")]
    return [(each["id"], each["nodes"][0]["html"]) for each in worst]


def is_too_wide(tab: Any) -> bool:
    """Whether the page itself would have to be scrolled sideways."""
    return bool(tab.evaluate("document.documentElement.scrollWidth > innerWidth"))
