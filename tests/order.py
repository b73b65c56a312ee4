"""In which order tests run, and which of them one worker runs together: hooks of pytest and pytest-xdist.

Not here: how many workers there are (scripts/test).
"""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

_WHOLE = ("tests/asterisk/test_machines.py", "tests/contracts/test_real.py")
"""Their calls are made once for all tests of the module."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, or the last of several workers would still have one when the others have nothing left."""
    items.sort(key=_seconds, reverse=True)


def _seconds(item: pytest.Item) -> float:
    taken = item.get_closest_marker("takes")
    return 0.0 if taken is None else float(taken.args[0])


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    """With --dist loadscope tests are handed out one by one, those of a module in `_WHOLE` to one worker.

    pytest-xdist's own loadgroup does not see its marks under pytest 9.
    """
    return _OneByOne(config, log) if config.getvalue("dist") == "loadscope" else None


class _OneByOne(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return module if module in _WHOLE else nodeid
