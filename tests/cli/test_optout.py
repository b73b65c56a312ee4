"""`dialerd optout` as a person types it."""

from __future__ import annotations

from tests.cli.conftest import Terminal


def test_a_person_is_opted_out_and_shown_with_the_record(terminal: Terminal) -> None:
    terminal.ready()
    done = terminal.ok("--json", "optout", "add", "(212) 266-0001", "--how", "agent", "--words", "never again").document
    assert (done["added"], done["record"]["how"]) == (1, "agent")
    (kept,) = terminal.ok("optout", "show", "2122660001", "--json").document
    assert (kept["address"], kept["words"], kept["list_name"]) == ("+12122660001", "never again", "global")
    assert "never again" in terminal.ok("optout", "show", "2122660001").out
    assert "nobody" in terminal.ok("optout", "show", "2122660002").out
    assert [each["list_name"] for each in terminal.ok("dnc", "check", "2122660001", "--json").document] == ["global"]


def test_an_opt_out_that_was_taken_back_is_shown_as_such(terminal: Terminal) -> None:
    terminal.ready()
    terminal.ok("optout", "add", "2122660001")
    terminal.ok("dnc", "remove", "2122660001")
    (kept,) = terminal.ok("optout", "show", "2122660001", "--json").document
    assert kept["taken_back_by"].startswith("cli")
    shown = terminal.ok("optout", "show", "2122660001").out
    assert kept["taken_back_at"][:19] in shown
    assert "by cli" in shown


def test_what_is_no_number_and_an_agent_without_a_call_are_refused(terminal: Terminal) -> None:
    terminal.ready()
    assert terminal.type("optout", "add", "nobody").code == 1
    said = terminal.type("agent", "optout", "sue")
    assert (said.code, said.err.count("\n")) == (1, 1)
    assert "talked to nobody" in said.err
