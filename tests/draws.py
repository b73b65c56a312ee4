"""How many examples the drawn tests (hypothesis) look at: `pytest --draws 200 FILE` is a long look.

Not here: what is drawn, which each test says itself; the drawn campaigns with drawn troubles (tests/faults).
"""

from __future__ import annotations

import pytest
from hypothesis import Phase, settings


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--draws", type=int, default=1, help="times as many examples of each drawn test, new ones")


def pytest_itemcollected(item: pytest.Item) -> None:
    times = item.config.getoption("--draws")
    test = getattr(item, "obj", None)
    if times == 1 or test is None or not hasattr(test, "hypothesis"):
        return
    # Hypothesis has no public way to change a test's own @settings from outside. Parsing an option in forty decorators
    # would be one, and would have to be remembered in each new test.
    own: settings = test._hypothesis_internal_use_settings
    more = settings(own, max_examples=own.max_examples * times, derandomize=False, database=None, print_blob=True)
    test._hypothesis_internal_use_settings = settings(more, phases=[Phase.explicit, Phase.generate, Phase.shrink])
