"""`dialerd amd`: the report, and parameters tried on a folder of recordings."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from tests.cli.conftest import Terminal


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
