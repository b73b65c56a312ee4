"""How soon the first page can be used: from the click to the sign-in form and to the campaigns' table, in Chromium.

Each load is a browser's first one, with nothing kept; the API is over a database in memory, on the same machine.
Not here: what the pages do (tests/e2e).
"""

from __future__ import annotations

import importlib
import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

from tests.e2e.conftest import CHROMIUM
from tests.web.site import Site, running

_LOADS = 9
_PAGES = {
    "nothing": ("/api/health", "", "body"),
    "sign-in": ("/", "", "input[type=password]"),
    "campaigns": ("/campaigns", "root", "tbody tr"),
}
"""Path, who is signed in, and what can be used then; the first is what a browser takes here for no page at all."""
_WATCH = """
new MutationObserver(() => {
  if (document.querySelector(%s)) window.usableAt ??= performance.now();
}).observe(document, { subtree: true, childList: true });
"""


def load_ms(chromium: Any, site: Site, path: str, who: str, what: str) -> float:
    """From the start of the navigation until `what` is there, ms."""
    context = chromium.new_context(base_url=f"http://127.0.0.1:{site.port}")
    if who:
        name, _, value = site.browser(who).cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": f"http://127.0.0.1:{site.port}"}])
    context.add_init_script(_WATCH % json.dumps(what))
    page = context.new_page()
    page.goto(path)
    taken = page.wait_for_function("() => window.usableAt").json_value()
    context.close()
    return float(taken)


def main() -> None:
    try:
        driving = importlib.import_module("playwright.sync_api")  # not among what every checkout installs
    except ModuleNotFoundError:
        raise SystemExit("bench: playwright is not installed: scripts/test browser does that") from None
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as site, driving.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        for name, (path, who, what) in _PAGES.items():
            taken = sorted(load_ms(chromium, site, path, who, what) for _ in range(_LOADS))
            figures = {"bench": "pages", "page": name, "loads": _LOADS, "median_ms": round(statistics.median(taken))}
            print(json.dumps({**figures, "best_ms": round(taken[0]), "worst_ms": round(taken[-1]), "limit_ms": 1000}))
        chromium.close()


if __name__ == "__main__":
    main()
