"""What a view shows of the table, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from dialerd.domain.errors import BadInputError
from dialerd.domain.view import PLAIN, ViewSpec, check_name, read_view, seen


@dataclass(frozen=True)
class Row:
    campaign: str
    state: str = "ready"
    priority: int = 5
    mode: str = "agentless"
    last_run_at: datetime | None = None


MONDAY, TUESDAY = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)
ROWS = [
    Row("never"),
    Row("monday", state="active", priority=1, mode="power", last_run_at=MONDAY),
    Row("tuesday", state="paused", priority=3, last_run_at=TUESDAY),
    Row("also-never", priority=3),
]


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        ({}, ["tuesday", "monday", "also-never", "never"]),
        ({"sort": "last_run_at"}, ["monday", "tuesday", "also-never", "never"]),
        ({"sort": "-priority"}, ["never", "also-never", "tuesday", "monday"]),
        ({"sort": "priority"}, ["monday", "also-never", "tuesday", "never"]),
        ({"sort": "campaign"}, ["also-never", "monday", "never", "tuesday"]),
        ({"states": ["active", "paused"]}, ["tuesday", "monday"]),
        ({"priorities": [3]}, ["tuesday", "also-never"]),
        ({"modes": ["power"]}, ["monday"]),
        ({"modes": ["power"], "priorities": [3]}, []),
    ],
)
def test_a_view_keeps_and_orders_lines(view: dict[str, object], shown: list[str]) -> None:
    assert [line.campaign for line in seen(read_view(view), ROWS)] == shown


def test_the_plain_view_shows_everything_the_last_run_first() -> None:
    assert ViewSpec() == PLAIN
    assert [line.campaign for line in seen(PLAIN, ROWS)] == ["tuesday", "monday", "also-never", "never"]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"columns": ["campaign", "password"]}, "password"),
        ({"sort": "password"}, "password"),
        ({"priorities": [6]}, "priorities"),
        ({"states": ["asleep"]}, "states"),
        ({"other": 1}, "unknown key"),
    ],
)
def test_a_view_that_cannot_be_shown_is_refused_with_what_is_wrong(table: dict[str, object], said: str) -> None:
    with pytest.raises(BadInputError, match=said):
        read_view(table)


@pytest.mark.parametrize("name", ["", "x" * 21, " padded", "two\nlines"])
def test_a_name_of_a_view_is_one_to_twenty_printable_characters(name: str) -> None:
    with pytest.raises(BadInputError, match="no name for a view"):
        check_name(name)


def test_a_view_survives_being_kept() -> None:
    view = read_view({"states": ["active"], "modes": ["power"], "columns": ["campaign"], "sort": "-left"})
    assert read_view(view.as_table()) == view
