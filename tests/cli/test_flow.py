"""`dialerd flow` as a person types it: checked with line and file, drawn, tried, kept."""

from __future__ import annotations

import io
import json
import re

import pytest

from tests.cli.conftest import Terminal
from tests.domain.flow.samples import RENEWAL


def test_a_good_file_is_called_good_and_a_bad_one_is_pointed_at(terminal: Terminal) -> None:
    file = terminal.write("renewal.toml", RENEWAL)
    assert terminal.ok("flow", "check", file).out == "flow renewal: 11 nodes, nothing is wrong\n"
    file = terminal.write(
        "bad.toml", RENEWAL.replace('next = "menu"', 'next = "\x1b[31mmeun"'.replace("\x1b", "\\u001b"))
    )
    said = terminal.type("flow", "check", file)
    assert (said.code, said.out) == (1, f"{file}:11: node greeting: next leads to ?[31mmeun: no such node\n")
    document = terminal.type("flow", "check", file, "--json").document
    assert [each["line"] for each in document["complaints"]] == [11]
    applied = terminal.type("flow", "apply", file)
    assert (applied.code, applied.out) == (1, "")
    assert f"{file}:11: node greeting" in applied.err
    assert terminal.ok("--json", "flow", "list").document == []


def test_a_file_that_is_not_there_or_not_text_is_told(terminal: Terminal) -> None:
    assert "cannot be read" in terminal.type("flow", "check", str(terminal.home / "none.toml")).err
    (terminal.home / "latin.toml").write_bytes(b'name = "caf\xe9"')
    assert "not UTF-8" in terminal.type("flow", "check", str(terminal.home / "latin.toml")).err


def test_a_flow_is_applied_listed_shown_drawn_and_deleted(terminal: Terminal) -> None:
    file = terminal.write("renewal.toml", RENEWAL)
    terminal.ok("queue", "apply", terminal.write("sales.toml", 'name = "sales"'))
    assert "is created" in terminal.ok("flow", "apply", file).out
    assert "nothing to change" in terminal.ok("flow", "apply", file).out
    terminal.write("renewal.toml", RENEWAL.replace("in_min = 30", "in_min = 45"))
    assert "as version 2: node.later" in terminal.ok("flow", "apply", file).out
    (listed,) = terminal.ok("flow", "list", "--json").document
    assert (listed["flow"], listed["version"], listed["nodes"]) == ("renewal", 2, 11)
    again = terminal.write("again.toml", terminal.ok("flow", "show", "renewal", "--toml").out)
    assert "nothing to change" in terminal.ok("flow", "apply", again).out
    assert terminal.ok("flow", "show", "renewal", "--json").document["node"]["later"]["in_min"] == 45
    assert "collect type-your-account" in terminal.ok("flow", "show", "renewal").out
    assert terminal.ok("flow", "draw", "renewal").out == terminal.ok("flow", "draw", file).out
    assert terminal.ok("flow", "draw", "renewal", "--mermaid").out.startswith("flowchart TD\n")
    terminal.ok("flow", "delete", "renewal", "--yes")
    assert "no flow renewal" in terminal.type("flow", "show", "renewal").err


def test_what_the_settings_and_the_servers_lack_is_told(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    file = terminal.write("renewal.toml", RENEWAL)
    terminal.ok("queue", "apply", terminal.write("sales.toml", 'name = "sales"'))
    told = terminal.ok("flow", "apply", file).out
    assert "warning: it has texts to be spoken, and the settings have no [tts] command" in told
    assert "warning: it asks pay.example.com, which is not among [web] hosts" in told
    said = terminal.type("flow", "check", file, "--asterisk")
    assert (said.code, said.out.startswith(f"{file}:1: Asterisk pbx1 could not be asked for its sounds: ")) == (1, True)
    known = {each: [""] for each in ("hello", "sorry", "type-your-account", "press-1-2-3-or-9", "after-the-tone")}
    monkeypatch.setattr("dialerd.bootstrap.sounds", lambda _settings: {"pbx1": known})
    said = terminal.type("flow", "check", file, "--asterisk")
    lost = ", ".join(f"still-there in {each}" for each in ("en", "es", "pt_BR"))
    assert said.out == f"{file}:32: Asterisk pbx1 has no sound {lost}\n"
    known["still-there"] = ["en", "pt"]
    said = terminal.type("flow", "check", file, "--asterisk")
    assert said.out == f"{file}:32: Asterisk pbx1 has no sound still-there in es\n"
    known["still-there"] = ["en", "es", "pt"]
    assert terminal.ok("flow", "check", file, "--asterisk").out.endswith("nothing is wrong\n")


def test_the_schema_knows_every_node(terminal: Terminal) -> None:
    schema = json.loads(terminal.ok("flow", "schema").out)
    kinds = set(schema["properties"]["node"]["additionalProperties"]["discriminator"]["mapping"])
    assert {"play", "menu", "collect", "branch", "request", "sms", "email", "transfer", "hangup"} <= kinds


def type_lines(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


TOLD = ("--attribute", "first_name=Ann", "--attribute", "balance=99.50", "--attribute", "due_on=2026-12-24")


def test_a_flow_is_walked_through_with_typed_keys(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    file = terminal.write("renewal.toml", RENEWAL)
    type_lines(monkeypatch, "7", "1", "4711#", "r1", "0")
    said = terminal.ok("flow", "try", file, *TOLD).out
    assert "hears (en): sorry press-1-2-3-or-9" in said
    assert "would ask POST https://pay.example.com/v1/Ann" in said
    assert said.splitlines()[-3:] == ["disposition: paid", "attribute receipt = no. r1", "attribute paid_by = 1"]
    type_lines(monkeypatch, "1", "4711", "fail", "fail", "")
    said = terminal.ok("flow", "try", file, *TOLD).out
    assert "goes to queue sales" in said
    assert said.splitlines()[-1] == "disposition: answered_human"
    type_lines(monkeypatch, "")
    assert terminal.ok("flow", "try", file).out.splitlines()[-2:] == ["they hang up", "disposition: customer_hangup"]
    assert "no time zone" in terminal.type("flow", "try", file, "--zone", "Mars").err
    assert "NAME=VALUE" in terminal.type("flow", "try", file, "--attribute", "x").err


REMINDS = """\
name = "remind"
start = "due"
attributes = ["due_on", "amount", "first_name"]

[node.due]
do = "play"
say = ["your-policy", {date = "{{ due_on }}"}, {number = "{{ amount }}"}]
next = "ask"

[node.ask]
do = "menu"
say = {text = "Hello {{ first_name }}, press 1"}
keys = {1 = "bye"}
on_timeout = "bye"
on_invalid = "bye"

[node.bye]
do = "hangup"
"""


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            (),
            [
                "date '{{ due_on }}' is left out: there is no due_on",
                "number '{{ amount }}' is left out: there is no amount",
                "text 'Hello {{ first_name }}, press 1' has a gap: there is no first_name",
            ],
        ),
        (
            ("--attribute", "due_on=soon", "--attribute", "amount=12", "--attribute", "first_name=Ann"),
            ["date '{{ due_on }}' is left out: its value cannot be said so"],
        ),
        (("--attribute", "due_on=2026-12-24", "--attribute", "amount=12", "--attribute", "first_name=Ann"), []),
    ],
)
def test_what_a_person_would_not_hear_for_want_of_an_attribute_is_told(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...], told: list[str]
) -> None:
    file = terminal.write("remind.toml", REMINDS)
    type_lines(monkeypatch, "1")
    said = terminal.ok("flow", "try", file, *given).out
    assert re.findall(r"does not hear it: (.*)", said) == told
    assert "hears (en): your-policy" in said


WRITES = """\
name = "link"
start = "link"
attributes = ["link"]

[node.link]
do = "sms"
text = "See {{ link }}"
next = "letter"
on_fail = "letter"

[node.letter]
do = "email"
route = "post"
subject = "A link"
text = "{{ link }}"
next = "bye"
on_fail = "bye"

[node.bye]
do = "hangup"
"""


def test_messages_are_tried_without_being_sent_and_a_route_that_is_not_there_is_told(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = terminal.write("link.toml", WRITES)
    told = terminal.ok("flow", "apply", file).out
    assert "warning: it sends over sms, for which the settings have no route" in told
    assert "warning: it sends over email, for which the settings have no route" in told
    type_lines(monkeypatch, "", "")
    said = terminal.ok("flow", "try", file, "--attribute", "link=https://x.example").out
    assert "would send as sms: See https://x.example" in said
    assert "would send as email: A link | https://x.example" in said
    said = terminal.ok("flow", "try", file).out
    assert "would send as sms: nothing, for it cannot be written: the contact has no link" in said
