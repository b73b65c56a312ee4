"""Agents and queues on the command line; a login waits for the daemon where there is one."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Thread

import pytest

from dialerd.adapters.controlsocket import socket_path
from dialerd.adapters.sqlite import SqliteStore
from dialerd.domain.agents import Seen
from dialerd.domain.words import AgentState
from dialerd.ports import PreviewRow, Unit
from dialerd.usecases import agents, dialing, preview
from tests.cli.conftest import SETTINGS, Terminal
from tests.usecases.conftest import NOW

QUEUE = 'name = "sales"\nagents = ["ann"]\npause_reasons = ["lunch"]\n'
POWER = """
name = "hot"
mode = "power"
queue = "sales"
lists = ["customers"]
trunk = "carrier"
caller_id = "+12125550100"
"""


@pytest.fixture
def staffed(ready: Terminal) -> Terminal:
    ready.ok("agent", "add", "ann", "--endpoint", "PJSIP/1001")
    ready.ok("queue", "apply", ready.write("sales.toml", QUEUE))
    return ready


@contextmanager
def daemon(terminal: Terminal, act: Callable[[Unit], None]) -> Iterator[None]:
    """A daemon that hears one poke and acts on the database."""
    path = terminal.home / "dialerd.db"
    door = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    door.settimeout(10)
    door.bind(str(socket_path(path)))

    def serve() -> None:
        door.recv(16)
        with SqliteStore.unit(path, write=True) as unit:
            act(unit)

    thread = Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        thread.join()
        door.close()
        Path(socket_path(path)).unlink()


def is_seen(state: AgentState) -> Callable[[Unit], None]:
    return lambda unit: agents.note_seen(
        unit, "ann", Seen(state=state, since=NOW, idle_since=NOW), leg_id=None, asterisk=None, now=NOW
    )


def test_a_login_waits_until_the_daemon_has_the_agent(staffed: Terminal) -> None:
    with daemon(staffed, is_seen(AgentState.READY)):
        said = staffed.ok("agent", "login", "ann")
    assert said.out == "agent ann is logged in with PJSIP/1001\n"
    shown = staffed.ok("agent", "show", "ann", "--json").document
    assert (shown["state"], shown["wanted"]["state"], shown["queues"]) == ("ready", "ready", ["sales"])
    assert shown["since"] == "2026-03-02T15:00:00+00:00"


def test_a_login_whose_phone_cannot_be_reached_fails_with_the_reason(staffed: Terminal) -> None:
    with daemon(staffed, lambda unit: agents.login_failed(unit, "ann", "PJSIP/1001 is not registered", _now(unit))):
        said = staffed.type("agent", "login", "ann")
    assert said.code == 1
    assert "PJSIP/1001 is not registered" in said.err
    (event,) = staffed.ok("agent", "events", "ann", "--json").document
    assert (event["state"], event["reason"]) == ("logged_out", "PJSIP/1001 is not registered")


def _now(unit: Unit) -> datetime:
    row = unit.agents.get("ann")
    assert row is not None
    return row.wanted.since


def test_a_login_that_takes_too_long_says_so_and_goes_on(staffed: Terminal) -> None:
    with daemon(staffed, lambda unit: None):
        said = staffed.type("agent", "login", "ann", "--wait-s", "0")
    assert said.code == 1
    assert "is not in after 0 s" in said.err
    assert staffed.ok("agent", "show", "ann", "--json").document["wanted"]["state"] == "ready"


def test_a_login_without_waiting_and_one_without_a_daemon_only_say_what_is_to_be(staffed: Terminal) -> None:
    said = staffed.ok("agent", "login", "ann")
    assert "is to be logged in" in said.out
    assert "no daemon is running" in said.err
    staffed.ok("agent", "logout", "ann")
    with daemon(staffed, lambda unit: None):
        said = staffed.ok("agent", "login", "ann", "--no-wait")
    assert ("is to be logged in" in said.out, said.err) == (True, "")


def test_an_agent_logs_in_pauses_comes_back_and_leaves(staffed: Terminal) -> None:
    staffed.ok("agent", "login", "ann")
    staffed.ok("agent", "pause", "ann", "--reason", "lunch")
    assert staffed.ok("agent", "list", "--json").document[0]["wanted"]["reason"] == "lunch"
    assert "logged_out, to be paused" in staffed.ok("agent", "list").out
    staffed.ok("agent", "ready", "ann")
    staffed.ok("agent", "logout", "ann")
    assert "logged_out, to be" not in staffed.ok("agent", "list").out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("login", "ann"), 1, "logged in already"),
        (("login", "nobody"), 1, "no agent nobody"),
        (("add", "ann", "--endpoint", "PJSIP/1"), 1, "already"),
        (("add", "bob", "--endpoint", "Local/911@out"), 1, "the settings allow PJSIP/*; see [agents] endpoints"),
        (("add", "bob", "--endpoint", "PJSIP/911@carrier"), 1, "no phone"),
        (("add", "Bob", "--endpoint", "PJSIP/1"), 1, "no name for an agent"),
        (("add", "bob"), 2, "--endpoint"),
        (("add", "bob", "--endpoint", "PJSIP/1", "--kind", "lazy"), 2, "lazy"),
        (("change", "ann"), 2, "give --endpoint"),
        (("change", "ann", "--endpoint", "PJSIP/1002"), 1, "cannot have another phone"),
        (("pause", "ann"), 1, "a pause needs a reason"),
        (("hangup", "ann"), 1, "it talks to nobody"),
        (("pause", "ann", "--reason", "beach"), 1, "lunch"),
        (("prefer", "ann"), 2, "name one campaign"),
        (("prefer", "ann", "nope"), 1, "no campaign nope"),
        (("unprefer", "ann"), 2, "--all"),
        (("unprefer", "ann", "spring", "--all"), 2, "--all"),
        (("unprefer", "ann", "spring"), 1, "does not prefer campaign spring"),
        (("delete", "ann", "--yes"), 1, "log it out first"),
        (("events", "nobody"), 1, "no agent nobody"),
        (("events", "--since", "yesterday"), 2, "is no time"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line_and_changes_nothing(
    staffed: Terminal, words: tuple[str, ...], code: int, said: str
) -> None:
    staffed.ok("agent", "login", "ann")
    before = staffed.ok("agent", "list", "--json").document
    refused = staffed.type("agent", *words)
    assert refused.code == code
    assert said in refused.err
    assert code == 2 or refused.err.count("\n") == 1
    assert staffed.ok("agent", "list", "--json").document == before


def test_a_record_is_seen_and_dialed_and_without_one_that_is_told(staffed: Terminal) -> None:
    for verb in ("preview", "dial", "skip"):
        assert "agent ann is shown no record" in staffed.type("agent", verb, "ann").err
    staffed.ok("campaign", "apply", staffed.write("hot.toml", POWER.replace("power", "preview")))
    staffed.ok("campaign", "run", "hot")
    with SqliteStore.unit(staffed.home / "dialerd.db", write=True) as unit:
        row = unit.campaigns.get("hot")
        assert row is not None
        run = unit.runs.latest(row.id)
        assert run is not None
        dialing.take_in(unit, run.id, draw=lambda: 0.5, now=NOW)
        hours = {"timezone": "UTC", "mon-sun": "00:00-24:00"}
        unit.runs.set_spec(run.id, run.spec.model_copy(update={"hours": hours}))
        shown = preview.show(unit, run.id, "ann", packs=(), now=NOW)
        assert isinstance(shown, PreviewRow)
    document = staffed.ok("agent", "preview", "ann", "--json").document
    assert (document["number"], document["attributes"]["first_name"]) == ("+12122660001", "Ann")
    assert (document["campaign"], document["left_s"], document["skips_left"]) == ("hot", 0.0, None)
    assert "is to be dialed" in staffed.ok("agent", "dial", "ann").out
    assert staffed.ok("agent", "show", "ann", "--json").document["campaigns"] == ["hot"]
    assert "has asked to dial" in staffed.type("agent", "skip", "ann").err


def test_preferences_are_set_shown_and_cleared(staffed: Terminal) -> None:
    assert "works for spring only" in staffed.ok("agent", "prefer", "ann", "spring").out
    assert staffed.ok("agent", "show", "ann", "--json").document["preferred"] == ["spring"]
    assert "works for any campaign" in staffed.ok("agent", "unprefer", "ann", "--all").out


def test_an_agent_is_changed_and_deleted_once_no_queue_names_it(staffed: Terminal) -> None:
    assert "is changed" in staffed.ok("agent", "change", "ann", "--no-outbound", "--kind", "inbound").out
    assert "is so already" in staffed.ok("agent", "change", "ann", "--no-outbound").out
    assert "inbound, no campaigns" in staffed.ok("agent", "list").out
    assert "serves queue sales" in staffed.type("agent", "delete", "ann", "--yes").err
    staffed.ok("queue", "delete", "sales", "--yes")
    staffed.ok("agent", "delete", "ann", "--yes")
    assert staffed.ok("agent", "list", "--json").document == []


def test_the_phones_of_the_settings_are_obeyed_and_checked(terminal: Terminal) -> None:
    terminal.write("dialerd.toml", SETTINGS + '\n[agents]\nendpoints = ["PJSIP/1*", "Local/*@desks"]\n')
    terminal.ok("agent", "add", "ann", "--endpoint", "Local/7@desks")
    assert "no phone" in terminal.type("agent", "add", "bob", "--endpoint", "PJSIP/2001").err
    terminal.write("dialerd.toml", SETTINGS + '\n[agents]\nendpoints = ["anything"]\n')
    refused = terminal.type("config", "check")
    assert (refused.code, "agents.endpoints" in refused.err) == (2, True)


def test_a_queue_is_applied_shown_listed_and_deleted(staffed: Terminal) -> None:
    changed = staffed.write("sales.toml", QUEUE + "wrap_up_s = 5\n")
    assert "wrap_up_s: 30.0 -> 5" in staffed.ok("queue", "apply", changed, "--dry-run").out
    assert "would be changed" in staffed.ok("queue", "apply", changed, "--dry-run").out
    assert staffed.ok("queue", "apply", changed, "--json").document["changes"]["wrap_up_s"]["new"] == 5.0
    assert "nothing to change" in staffed.ok("queue", "apply", changed).out
    assert staffed.ok("queue", "show", "sales", "--json").document["wrap_up_s"] == 5.0
    staffed.ok("campaign", "apply", staffed.write("hot.toml", POWER))
    (listed,) = staffed.ok("queue", "list", "--json").document
    assert (listed["agents"], listed["logged_in"], listed["ready"], listed["campaigns"]) == (1, 0, 0, ["hot"])
    assert "used by campaign hot" in staffed.type("queue", "delete", "sales", "--yes").err
    staffed.ok("campaign", "delete", "hot", "--yes")
    staffed.ok("queue", "delete", "sales", "--yes")
    assert "no queue sales" in staffed.type("queue", "show", "sales").err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (QUEUE.replace("ann", "bob"), "agent bob: there is none"),
        (QUEUE + "colour = 1\n", "colour: unknown key"),
        (QUEUE + "patience_s = 3\n", "patience_s"),
        ("name = ", "is not TOML"),
    ],
)
def test_a_queue_file_that_is_wrong_is_refused_by_name(staffed: Terminal, text: str, said: str) -> None:
    refused = staffed.type("queue", "apply", staffed.write("other.toml", text))
    assert (refused.code, said in refused.err) == (1, True)


def test_a_campaign_names_a_queue_that_is_there(ready: Terminal) -> None:
    assert "there is no queue sales" in ready.type("campaign", "apply", ready.write("hot.toml", POWER)).err
