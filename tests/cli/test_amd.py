"""`dialerd amd`: the report, and parameters tried on a folder of recordings."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from dialerd.adapters.sqlite import SqliteStore
from dialerd.domain.call import Facts, Outcome
from dialerd.domain.words import AttemptId, Verdict
from dialerd.domain.words import Disposition as D
from dialerd.ports import AttemptRow
from dialerd.usecases import dialing, runs
from tests.cli.conftest import Terminal
from tests.usecases.conftest import NOW, trunk


def record(file: Path, *spans: tuple[int, int]) -> None:
    """Write (level, ms) after each other as raw 16 bit sound."""
    file.parent.mkdir(parents=True, exist_ok=True)
    samples = [level for level, ms in spans for _ in range(8 * ms)]
    file.write_bytes(struct.pack(f"<{len(samples)}h", *samples))


@pytest.fixture
def recorded(terminal: Terminal) -> Path:
    folder = terminal.home / "calls"
    record(folder / "human/1.sln", (0, 300), (3000, 500), (0, 5000))
    record(folder / "human/shop/2.sln", (3000, 1900), (0, 4000))
    record(folder / "machine/1.sln", (0, 500), (3000, 5500))
    record(folder / "3.sln", (0, 500), (3000, 5500))
    return folder


def test_the_report_of_nothing_is_empty_and_a_campaign_that_is_not_there_is_named(ready: Terminal) -> None:
    assert ready.ok("amd", "report", "--json").document == []
    assert ready.ok("amd", "report").out.split()[:2] == ["campaign", "trunk"]
    assert "no campaign none" in ready.type("amd", "report", "--campaign", "none").err


def test_parameters_are_tried_on_labelled_folders_and_drawn(terminal: Terminal, recorded: Path) -> None:
    found = terminal.ok("amd", "tune", str(recorded), "--now", "2500,1500,800", "--json").document
    assert found["recordings"] == {"people": 2, "machines": 1, "left_out": 1}
    assert (found["now"]["people_lost"], found["now"]["machines_missed"]) == (1, 0)
    assert (found["suggested"]["people_lost"], found["suggested"]["machines_missed"]) == (0, 0)
    assert found["amd_conf"][0] == "[general]"
    said = terminal.ok("amd", "tune", str(recorded), "--now", "2500,1500,800", "--svg", str(terminal.home / "a.svg"))
    assert f"DIALERD_AMD={found['suggested']['amd']}" in said.out
    assert "That is few" in said.out
    assert (terminal.home / "a.svg").read_text().startswith("<svg ")


def test_a_table_can_say_who_answered_and_wrong_lines_of_it_are_named(terminal: Terminal, recorded: Path) -> None:
    labels = terminal.home / "labels.csv"
    labels.write_text("file,label\n3.sln,machine\nhuman/1.sln,human\n")
    found = terminal.ok("amd", "tune", str(recorded), "--labels", str(labels), "--json").document
    assert found["recordings"] == {"people": 1, "machines": 1, "left_out": 2}
    labels.write_text("file,label\n3.sln,fax\n")
    assert "line 2" in terminal.type("amd", "tune", str(recorded), "--labels", str(labels)).err


def test_what_cannot_be_tuned_on_is_refused_with_what_to_do(terminal: Terminal, recorded: Path) -> None:
    (terminal.home / "empty").mkdir()
    for words, told in (
        ((str(terminal.home / "empty"),), "has no recordings"),
        ((str(recorded), "--by-agents"), "of none of the 4 recordings"),
        ((str(recorded), "--now", "1,2,x"), "is no whole number"),
        ((str(recorded), "--by-agents", "--labels", "x.csv"), "only one of them"),
    ):
        said = terminal.type("amd", "tune", *words)
        assert said.code == 1 and told in said.err, said.err


def test_recordings_of_unknown_attempts_are_no_calls_and_files_without_one_are_refused(
    terminal: Terminal, recorded: Path
) -> None:
    assert "no recording with an attempt's id" in terminal.type("amd", "check", str(recorded)).err
    record(terminal.home / "amd" / f"d{1:032x}.sln", (0, 2500))
    assert terminal.ok("amd", "check", str(terminal.home / "amd"), "--json").document == []


def test_a_server_that_is_wrong_too_often_ends_in_an_alarm(ready: Terminal) -> None:
    """Of twenty calls that heard 2 s of nothing, all but two were called machines for it."""
    folder = ready.home / "amd"
    with SqliteStore.unit(ready.home / "dialerd.db", write=True) as unit:
        run = runs.run_campaign(unit, "spring", trunks={"carrier": trunk()}, actor="cli:ann", now=NOW)
        dialing.take_in(unit, run.id, draw=lambda: 0.5, now=NOW)
        (target,) = unit.dialing.candidates(run.id, dnc=None, limit=1, now=NOW)
        for n in range(20):
            attempt_id = AttemptId(f"d{n:032x}")
            attempt = AttemptRow(
                id=attempt_id,
                target_id=target.id,
                run_id=run.id,
                number=target.number,
                trunk="carrier",
                asterisk="pbx1",
                caller_id="+12125550100",
                claimed_at=NOW,
            )
            said = "MACHINE INITIALSILENCE-2000-2000" if n > 1 else "NOTSURE TOOLONG-2100"
            facts = Facts(placed_at=NOW, answered_at=NOW, verdict=Verdict.MACHINE, amd=said)
            unit.dialing.open_attempt(attempt)
            dialing.settle(unit, attempt_id, Outcome(disposition=D.ANSWERING_MACHINE, facts=facts, ended_at=NOW))
            record(folder / f"{attempt_id}.sln", (0, 2000))
    said_ = ready.type("amd", "check", str(folder))
    assert said_.code == 1 and "wrong on pbx1 in 10% of 20 calls" in said_.err
    (found,) = ready.ok("amd", "check", str(folder), "--limit", "0.1", "--json").document
    assert (found["checked"], found["agrees"], found["starved"], found["differs"]) == (20, 18, 2, 0)
