"""`dialerd campaign`, from the file to the export."""

from __future__ import annotations

import csv
import tomllib
from datetime import datetime

import pytest

from dialerd.usecases.export import COLUMNS
from tests.cli.conftest import CAMPAIGN, Terminal


def state(terminal: Terminal) -> str:
    return str(terminal.ok("campaign", "status", "spring", "--json").document["state"])


def test_a_file_is_applied_shown_and_applied_again_without_a_change(ready: Terminal) -> None:
    shown = ready.ok("campaign", "show", "spring", "--toml").out
    assert tomllib.loads(shown)["max_attempts"] == 2
    again = ready.write("again.toml", shown)
    assert ready.ok("campaign", "apply", again).out.startswith(
        "campaign spring is as the file says; nothing to change\n"
    )


def test_a_change_is_told_key_by_key_and_a_dry_run_makes_none(ready: Terminal) -> None:
    file = ready.write("spring.toml", CAMPAIGN.replace("max_attempts = 2", "max_attempts = 3"))
    said = ready.ok("campaign", "apply", file, "--dry-run")
    assert said.out == (
        "campaign spring would be changed\n  max_attempts: 2 -> 3\n  2 contacts, 0 of them on its do-not-call lists\n"
    )
    document = ready.ok("campaign", "apply", file, "--json").document
    assert document == {
        "campaign": "spring",
        "is_new": False,
        "dry_run": False,
        "changes": {"max_attempts": {"old": 2, "new": 3}},
        "state": "ready",
        "lacks": [],
        "warnings": [],
        "contacts": 2,
        "kept": 2,
        "on_dnc": 0,
    }
    assert ready.ok("campaign", "show", "spring", "--json").document["max_attempts"] == 3


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("max_attempts = 2", "max_atempts = 2", "max_atempts: unknown key"),
        ("max_attempts = 2", 'max_attempts = "2"', "max_attempts"),
        ("max_attempts = 2", 'filter = "x"', "filter: line 1, column 2: it ends too early"),
        ('"spring"', '"Spring Sale"', "name: a name is"),
        ('"spring"', '"spring', "is not TOML"),
        ('"customers"', '"nobody"', "names list nobody, which does not exist"),
        ('"carrier"', '"none"', "there is no trunk none (the settings have: carrier)"),
        ("+12125550100", "+12125550199", "is not allowed on trunk carrier"),
        ("", '[hours]\nmon = "20:00-09:00"\n', "hours"),
    ],
)
def test_a_wrong_file_is_refused_with_the_key_and_changes_nothing(
    ready: Terminal, old: str, new: str, complaint: str
) -> None:
    before = ready.ok("campaign", "show", "spring", "--json").out
    text = CAMPAIGN.replace(old, new) if old else CAMPAIGN + new
    said = ready.type("campaign", "apply", ready.write("wrong.toml", text))
    assert said.code == 1
    assert complaint in said.err
    assert said.err.count("\n") == 1
    assert ready.ok("campaign", "show", "spring", "--json").out == before


def test_a_run_is_started_held_paced_and_ended_without_a_daemon_which_is_told(ready: Terminal) -> None:
    said = ready.ok("campaign", "run", "spring")
    assert said.out == "run 1 of campaign spring is started\n"
    assert said.err == "no daemon is running on this database; it will act when it is started\n"
    ready.ok("campaign", "pause", "spring")
    assert state(ready) == "paused"
    ready.ok("campaign", "resume", "spring")
    said = ready.ok("campaign", "pace", "spring", "--max-calls", "7", "--calls-per-second", "2.5")
    assert said.out == "campaign spring: at most 7 calls at once, 2.5 a second\n"
    ready.ok("campaign", "stop", "spring", "--yes")
    assert state(ready) == "stopped"
    assert ready.ok("campaign", "rerun", "spring").out == "run 2 of campaign spring is started\n"


@pytest.mark.parametrize(("option", "value"), [("--max-calls", "0"), ("--calls-per-second", "nan")])
def test_an_impossible_pace_is_refused(ready: Terminal, option: str, value: str) -> None:
    ready.ok("campaign", "run", "spring")
    said = ready.type("campaign", "pace", "spring", option, value)
    assert (said.code, said.err.count("\n")) == (1, 1)
    assert option.strip("-").replace("-", "_") in said.err


def test_status_has_the_keys_of_the_contract_and_moments_with_an_offset(ready: Terminal) -> None:
    never = ready.ok("campaign", "status", "spring", "--json").document
    ready.ok("campaign", "run", "spring")
    found = ready.ok("campaign", "status", "spring", "--json").document
    assert (
        set(never)
        == set(found)
        == {
            *("campaign", "run", "state", "mode", "targets", "pending", "in_progress", "done", "attempts", "calls_now"),
            *("abandoned_rate", "dispositions", "started_at", "finished_at", "next_start_at", "reason", "held"),
            "actions",
        }
    )
    assert (never["state"], never["run"], never["started_at"]) == ("ready", None, None)
    assert (found["state"], found["run"], found["finished_at"]) == ("active", 1, None)
    assert datetime.fromisoformat(found["started_at"]).tzinfo is not None


def test_watching_ends_with_the_run(ready: Terminal) -> None:
    ready.ok("campaign", "run", "spring")
    ready.ok("campaign", "stop", "spring", "--yes")
    assert "stopped" in ready.ok("campaign", "status", "spring", "--watch").out


def test_an_export_has_the_header_of_the_contract_even_without_an_attempt(ready: Terminal) -> None:
    ready.ok("campaign", "run", "spring")
    out = ready.home / "out.csv"
    assert ready.ok("campaign", "export", "spring", "--out", str(out)).out == f"0 attempts are written to {out}\n"
    with out.open(newline="") as handle:
        assert list(csv.reader(handle)) == [list(COLUMNS)]
    said = ready.type("campaign", "export", "spring", "--out", str(ready.home / "none" / "out.csv"))
    assert (said.code, "cannot be written" in said.err) == (1, True)


def test_an_export_goes_to_standard_output_or_tells_its_count_as_json(ready: Terminal) -> None:
    ready.ok("campaign", "run", "spring")
    said = ready.ok("campaign", "export", "spring", "--out", "-", "--run", "all", "--since", "2026-12-01")
    assert said.out.splitlines() == [",".join(COLUMNS)]
    out = ready.home / "out.csv"
    words = ("campaign", "export", "spring", "--run", "1", "--disposition", "busy", "--json")
    assert ready.ok(*words, "--out", str(out)).document == {"campaign": "spring", "file": str(out), "attempts": 0}
    for wrong in (("--out", "-"), ("--out", "x", "--since", "soon"), ("--out", "x", "--run", "last")):
        assert ready.type(*words, *wrong).code == 2


def test_a_campaign_is_cloned_and_deleted(ready: Terminal) -> None:
    ready.ok("campaign", "clone", "spring", "summer")
    ready.ok("campaign", "delete", "spring", "--yes")
    assert [each["campaign"] for each in ready.ok("campaign", "list", "--json").document] == ["summer"]


def test_a_running_campaign_is_neither_changed_nor_deleted_nor_run_twice(ready: Terminal) -> None:
    ready.ok("campaign", "run", "spring")
    file = ready.write("spring.toml", CAMPAIGN.replace("max_attempts = 2", "max_attempts = 3"))
    for words in (("apply", file), ("delete", "spring", "--yes"), ("run", "spring")):
        said = ready.type("campaign", *words)
        assert said.code == 1
        assert "(possible: clone, pause, stop)" in said.err
    assert ready.type("list", "delete", "customers", "--yes").code == 1


def test_a_campaign_that_lacks_something_is_kept_as_a_draft_and_says_what(ready: Terminal) -> None:
    file = ready.write("draft.toml", 'name = "draft"\nlists = ["customers"]\n')
    assert "it is a draft: to run, it needs trunk, caller_id, on_human" in ready.ok("campaign", "apply", file).out
    assert ready.ok("campaign", "status", "draft", "--json").document["state"] == "draft"
    said = ready.type("campaign", "run", "draft")
    assert (said.code, "it has no trunk" in said.err) == (1, True)


def test_status_tells_why_nothing_is_dialed(ready: Terminal) -> None:
    ready.ok("campaign", "run", "spring")
    found = ready.ok("campaign", "status", "spring", "--why", "--json").document
    assert [hold["gate"] for hold in found["why"]] == ["daemon"]
    assert "held by" in ready.ok("campaign", "status", "spring", "--why").out


def test_a_renamed_campaign_is_found_under_its_new_name_alone(ready: Terminal) -> None:
    ready.ok("campaign", "rename", "spring", "summer")
    assert ready.ok("campaign", "show", "summer", "--json").document["name"] == "summer"
    assert ready.type("campaign", "show", "spring").code == 1


def test_a_schedule_is_set_shown_and_taken_off(ready: Terminal) -> None:
    said = ready.type("campaign", "schedule", "spring", "--start", "2099-01-05T09:00", "--every", "1 week")
    assert "schedule: timezone is missing" in said.err
    given = ("--start", "2099-01-05T09:00", "--every", "1 week", "--on", "mon,thu", "--timezone", "Europe/London")
    shown = ready.ok("campaign", "schedule", "spring", *given, "--json").document
    assert [each["start_at"] for each in shown][:2] == ["2099-01-05T09:00:00+00:00", "2099-01-08T09:00:00+00:00"]
    status = ready.ok("campaign", "status", "spring", "--json").document
    assert (status["state"], status["next_start_at"]) == ("scheduled", "2099-01-05T09:00:00+00:00")
    assert "starts by itself at 2099-01-05T09:00+00:00" in ready.type("campaign", "run", "spring").err
    ready.ok("campaign", "clone", "spring", "summer")
    assert "has no schedule" in ready.type("campaign", "schedule", "summer").err
    ready.ok("campaign", "schedule", "spring", "--off")
    assert ready.ok("campaign", "status", "spring", "--json").document["state"] == "ready"


def test_a_schedule_without_a_start_is_a_usage_error(ready: Terminal) -> None:
    assert ready.type("campaign", "schedule", "spring", "--every", "1 day").code == 2


def test_doctor_says_nothing_of_a_draft_which_says_itself_what_it_lacks(ready: Terminal) -> None:
    ready.ok("campaign", "apply", ready.write("draft.toml", 'name = "draft"\nlists = ["customers"]\n'))
    assert "campaign draft" not in ready.type("doctor").out


def test_a_schedule_is_set_or_taken_off_and_never_both(terminal: Terminal) -> None:
    terminal.ready()
    said = terminal.ok("campaign", "schedule", "spring", "--start", "2099-12-01T09:00", "--timezone", "UTC", "--json")
    assert said.document[0]["start_at"] == "2099-12-01T09:00:00+00:00"
    both = terminal.type("campaign", "schedule", "spring", "--off", "--start", "2099-12-02T09:00")
    assert (both.code, "--off goes by itself" in both.err) == (2, True)
    assert terminal.ok("campaign", "status", "spring", "--json").document["state"] == "scheduled"
    assert terminal.ok("campaign", "schedule", "spring", "--off", "--json").document == []
    assert terminal.ok("campaign", "status", "spring", "--json").document["state"] == "ready"
