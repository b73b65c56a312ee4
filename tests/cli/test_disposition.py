"""Sets of custom dispositions on the command line."""

from __future__ import annotations

from tests.cli.conftest import CAMPAIGN, Terminal

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


def test_the_counts_of_a_run_tell_every_disposition_which_are_final_which_positive_and_the_conversion(
    ready: Terminal,
) -> None:
    ready.ok("disposition", "apply", ready.write("sales.toml", SALES))
    ready.ok("campaign", "apply", ready.write("spring.toml", CAMPAIGN + 'dispositions = "sales"'))
    ready.ok("campaign", "run", "spring")
    found = ready.ok("campaign", "dispositions", "spring", "--json").document
    assert (found["run"], found["dispositions"]["busy"], found["dispositions"]["accepted"]) == (1, 0, 0)
    assert (found["positive"], found["conversion"]) == (["accepted", "answered_human"], 0.0)
    assert found["custom"] == ["accepted", "later"]
    assert {"accepted", "rejected"} < set(found["final"])
    assert not {"busy", "later"} & set(found["final"])
    assert "positive outcome" in ready.ok("campaign", "dispositions", "spring").out


def test_the_counts_of_an_earlier_run_are_asked_for_by_its_number(ready: Terminal) -> None:
    for verb in ("run", "rerun"):
        ready.ok("campaign", verb, "spring")
        ready.ok("campaign", "stop", "spring", "--yes")
    assert ready.ok("campaign", "dispositions", "spring", "--run", "1", "--json").document["run"] == 1
    assert ready.ok("campaign", "dispositions", "spring", "--json").document["run"] == 2
    refused = ready.type("campaign", "dispositions", "spring", "--run", "3")
    assert (refused.code, "has no run 3" in refused.err, "runs 1 to 2" in refused.err) == (1, True, True)
