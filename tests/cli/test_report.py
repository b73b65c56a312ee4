"""`dialerd report`, `dialerd view` and the table that a view shows."""

from __future__ import annotations

import csv

from tests.cli.conftest import CAMPAIGN, Terminal

BYS = ["campaign", "list", "agent", "hour", "disposition", "trunk"]


def test_a_report_of_nothing_is_a_head_without_rows_in_every_form(ready: Terminal) -> None:
    for by in BYS:
        assert ready.ok("report", f"by-{by}", "--json").document == []
        assert ready.ok("report", f"by-{by}", "--campaign", "spring").out.split()[:2] == [by, "attempts"]
    (head,) = csv.reader(ready.ok("report", "by-hour", "--out", "-").out.splitlines())
    assert head[:3] == ["hour", "attempts", "answered"]
    assert ready.ok("report", "agent-times", "--json").document == []
    assert ready.ok("report", "abandoned", "spring", "--json").document["points"] == []


def test_a_report_goes_into_a_file(ready: Terminal) -> None:
    said = ready.ok("report", "by-trunk", "--out", str(ready.home / "trunks.csv"))
    assert said.out.startswith("0 rows are written to ")
    assert (ready.home / "trunks.csv").read_text().startswith("trunk,attempts,")


def test_a_report_of_no_campaign_is_refused(ready: Terminal) -> None:
    said = ready.type("report", "by-hour", "--campaign", "nowhere")
    assert (said.code, said.err) == (
        1,
        "dialerd: there is no campaign nowhere (see dialerd campaign list)\n",
    )


def _names(terminal: Terminal, *options: str) -> list[str]:
    return [each["campaign"] for each in terminal.ok("campaign", "list", "--json", *options).document]


def test_a_saved_view_decides_what_the_table_of_campaigns_shows(ready: Terminal) -> None:
    other = CAMPAIGN.replace("spring", "autumn") + "priority = 1\n"
    ready.ok("campaign", "apply", ready.write("autumn.toml", other))
    assert _names(ready) == ["autumn", "spring"]
    assert _names(ready, "--sort", "-priority") == ["spring", "autumn"]
    assert _names(ready, "--state", "ready", "--mode", "agentless") == ["autumn", "spring"]
    assert _names(ready, "--state", "active") == []
    ready.ok("view", "save", "urgent", "--priority", "5", "--column", "campaign", "--column", "connection")
    assert _names(ready, "--view", "urgent") == ["spring"]
    assert ready.ok("campaign", "list", "--view", "urgent").out.split() == [
        *("campaign", "connection"),
        *("spring", "sound", "hello-world"),
    ]
    ready.ok("view", "duplicate", "urgent", "late")
    ready.ok("view", "default", "late")
    assert _names(ready) == ["spring"]
    ready.ok("view", "save", "late", "--priority", "1", "--rename", "last", "--shared")
    assert _names(ready) == ["autumn"]
    shown = {each["view"]: each for each in ready.ok("view", "list", "--json").document}
    assert (shown["last"]["is_default"], shown["last"]["is_shared"], shown["urgent"]["priorities"]) == (True, True, [5])
    ready.ok("view", "default", "--off")
    assert _names(ready) == ["autumn", "spring"]
    ready.ok("view", "delete", "last", "--yes")
    assert [each["view"] for each in ready.ok("view", "list", "--json").document] == ["urgent"]


def test_a_view_of_too_long_a_name_is_refused(ready: Terminal) -> None:
    said = ready.type("view", "save", "x" * 21)
    assert (said.code, said.err.startswith("dialerd: 'xxxxxxxxxxxxxxxxxxxxx' is no name for a view")) == (1, True)


def test_the_floor_is_shown_and_a_call_that_nobody_has_is_not_steered(ready: Terminal) -> None:
    ready.ok("agent", "add", "ann", "--endpoint", "PJSIP/1")
    ready.ok("queue", "apply", ready.write("sales.toml", 'name = "sales"\nagents = ["ann"]\n'))
    shown = ready.ok("floor", "--json").document
    assert shown["queues"] == [{"queue": "sales", "agents": {"logged_out": 1}, "waiting": 0, "longest_wait_s": 0.0}]
    assert [each["agent"] for each in shown["agents"]] == ["ann"]
    assert "logged_out" in ready.ok("floor").out
    assert ready.ok("agent", "page", "ann", "--json").document["why_idle"] == "logged out"
    listens = ["listen", "ann", "--at", "PJSIP/2"]
    asked = (["mute", "ann"], ["dtmf", "ann", "1"], listens, ["move", "ann", "--queue", "sales"])
    for words in asked:
        said = ready.type("agent", *words)
        assert (said.code, said.err) == (
            1,
            "dialerd: agent ann talks to nobody (see what it does with dialerd agent show ann)\n",
        )
