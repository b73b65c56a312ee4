"""Sets of custom dispositions on the command line."""

from __future__ import annotations

from tests.cli.conftest import Terminal

SALES = """
name = "sales"
[[disposition]]
code = "accepted"
positive = true
[[disposition]]
code = "later"
retry_after_min = 60
"""


def test_a_set_is_applied_listed_shown_and_deleted(ready: Terminal) -> None:
    file = ready.write("sales.toml", SALES)
    assert "would be kept, with 2 dispositions" in ready.ok("disposition", "apply", file, "--dry-run").out
    assert "is kept" in ready.ok("disposition", "apply", file).out
    assert "is so already" in ready.ok("disposition", "apply", file).out
    assert ready.ok("disposition", "list", "--json").document[0]["codes"] == ["accepted", "later"]
    assert ready.ok("disposition", "show", "sales", "--json").document["disposition"][0]["positive"] is True
    ready.ok("disposition", "delete", "sales", "--yes")
    assert "no set of dispositions sales" in ready.type("disposition", "show", "sales").err


def test_giving_one_to_an_attempt_that_is_not_there_is_refused(ready: Terminal) -> None:
    assert "there is no attempt" in ready.type("disposition", "give", "d" + "0" * 32, "accepted").err


def test_the_counts_of_a_run_tell_every_disposition_and_the_conversion(ready: Terminal) -> None:
    ready.ok("campaign", "run", "spring")
    assert ready.ok("campaign", "dispositions", "spring", "--json").document["busy"] == 0
    assert "positive outcome" in ready.ok("campaign", "dispositions", "spring").out
