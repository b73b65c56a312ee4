"""Callbacks on the command line."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from dialerd import bootstrap
from tests.cli.conftest import Terminal


def test_one_is_added_listed_shown_moved_and_cancelled(ready: Terminal) -> None:
    said = ready.ok("callback", "add", "spring", "1", "--in", "60", "--notes", "ask for Ann").out
    assert "callback 1 is set for 20" in said
    assert "it waits for the campaign's next run" in said
    (found,) = ready.ok("callback", "list", "--json").document
    assert (found["callback"], found["campaign"], found["contact_id"], found["state"]) == (1, "spring", 1, "scheduled")
    assert (found["held_by"], found["notes"], found["zone"]) == ("run", "ask for Ann", "America/New_York")
    assert datetime.fromisoformat(found["time"]).utcoffset() != timedelta(0), "by the customer's clock"
    assert ready.ok("callback", "show", "1", "--json").document == found
    assert "next run" in ready.ok("callback", "list", "--campaign", "spring").out
    assert "is moved for" in ready.ok("callback", "move", "1", "--in", "120").out
    moved = datetime.fromisoformat(ready.ok("callback", "show", "1", "--json").document["time"])
    assert moved - datetime.fromisoformat(found["time"]) > timedelta(minutes=59)
    assert "is moved" in ready.ok("callback", "move", "1", "--now").out
    assert ready.ok("callback", "cancel", "1", "--yes").out == "callback 1 is cancelled\n"
    assert ready.ok("callback", "list", "--json").document == []
    (over,) = ready.ok("callback", "list", "--state", "cancelled", "--json").document
    assert over["why"].startswith("cancelled by cli")


def test_a_running_campaign_says_for_what_it_waits(ready: Terminal) -> None:
    ready.ok("campaign", "run", "spring")
    ready.ok("callback", "add", "spring", "2", "--in", "600")
    (found,) = ready.ok("callback", "list", "--json").document
    # no daemon has taken the contact in yet
    assert found["held_by"] == "run"
    assert found["why"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("add", "spring", "1"), 2, "either --at TIME or --in MINUTES"),
        (("add", "spring", "1", "--at", "2020-01-01T10:00"), 1, "is past"),
        (("add", "spring", "1", "--at", "teatime"), 1, "is no time"),
        (("add", "spring", "1", "--in", "-5"), 1, "is past"),
        (("add", "spring", "1", "--in", "1e300"), 1, "is no time"),
        (("add", "spring", "1", "--in", "nan"), 1, "is no time"),
        (("add", "spring", "7", "--in", "5"), 1, "no contact 7"),
        (("add", "none", "1", "--in", "5"), 1, "no campaign none"),
        (("add", "spring", "1", "--in", "5", "--agent", "ann"), 1, "campaign spring is agentless"),
        (("add", "spring", "1", "--in", "5", "--fallback", "3", "--no-fallback"), 2, "exclude each other"),
        (("move", "1", "--now", "--in", "5"), 2, "--now excludes"),
        (("move", "9", "--now"), 1, "no callback 9"),
        (("show", "9999999999999999999999"), 1, "no callback"),
        (("cancel", "9", "--yes"), 1, "no callback 9"),
        (("cancel", "9"), 1, "no callback 9"),  # before anything is asked
        (("list", "--state", "odd"), 2, "odd"),
    ],
)
def test_what_cannot_be_is_refused_with_a_line_that_says_why(
    ready: Terminal, words: tuple[str, ...], code: int, said: str
) -> None:
    found = ready.type("callback", *words)
    assert (found.code, said in found.err) == (code, True), found
    assert ready.ok("callback", "list", "--json").document == []


def test_a_time_is_the_customers_own(ready: Terminal) -> None:
    tomorrow = (bootstrap.now() + timedelta(days=1)).date()
    ready.ok("callback", "add", "spring", "1", "--at", f"{tomorrow}T12:00")
    ready.ok("callback", "add", "spring", "2", "--at", f"{tomorrow}T12:00", "--zone", "America/Los_Angeles")
    first, second = ready.ok("callback", "list", "--json").document
    assert (first["time"][11:16], second["time"][11:16]) == ("12:00", "12:00")
    apart = datetime.fromisoformat(second["time"]) - datetime.fromisoformat(first["time"])
    assert apart == timedelta(hours=3)
