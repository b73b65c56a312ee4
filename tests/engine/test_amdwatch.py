"""The daemon compares what is recorded of detection's calls with the replay, counts it, and tells of a server once."""

from __future__ import annotations

import asyncio
import os
import struct
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from dialerd.adapters.files.heardfolder import HeardFolder
from dialerd.domain.amdreplay import SHIPPED
from dialerd.domain.words import AttemptId
from dialerd.engine import AmdWatch
from dialerd.meters import Meters
from dialerd.ports import AttemptRow
from tests.engine.test_forgetter import NOW, PassingClock

SILENT = [0] * 100  # 2 s
RIGHT, LATE = "MACHINE INITIALSILENCE-2000-2000", "NOTSURE TOOLONG-2000"


def attempt_id(n: int) -> AttemptId:
    return AttemptId(f"d{n:032x}")


class Calls:
    """The recordings, and as much of a store as knows what was said of each."""

    def __init__(self) -> None:
        self.left: list[tuple[AttemptId, Sequence[int]]] = []
        self.said: dict[AttemptId, AttemptRow] = {}

    def add(self, *said: str, asterisk: str = "pbx1") -> None:
        for each in said:
            new = attempt_id(len(self.said))
            self.left.append((new, SILENT))
            row: Any = type("Row", (), {"id": new, "asterisk": asterisk, "amd": each})
            self.said[new] = row

    async def fresh(self, _now: object, *, most: int, seconds: float) -> list[tuple[AttemptId, Sequence[int]]]:
        taken, self.left = self.left[:most], self.left[most:]
        return taken

    async def read(self, job: Any) -> Any:
        dialing = type("Dialing", (), {"attempt": staticmethod(self.said.get)})
        return job(type("Unit", (), {"dialing": dialing}))


def watch(calls: Calls, meters: Meters) -> AmdWatch:
    store: Any = calls
    return AmdWatch(store, PassingClock(), calls, SHIPPED, meters)


def test_agreements_are_counted_by_server_and_few_at_a_time() -> None:
    calls, meters = Calls(), Meters()
    calls.add(*[RIGHT] * 18, LATE, "HUMAN HUMAN-700-700", RIGHT, asterisk="pbx2")
    calls.left.append((attempt_id(999), SILENT))  # of no attempt that is known
    watching = watch(calls, meters)
    asyncio.run(watching.look())
    assert meters.detections == {("pbx2", "agrees"): 18, ("pbx2", "starved"): 1, ("pbx2", "differs"): 1}
    asyncio.run(watching.look())
    assert (meters.detections["pbx2", "agrees"], sum(meters.detections.values())) == (19, 21)


def test_a_server_is_told_of_once_and_once_more_when_it_is_well(told: Any) -> None:
    calls = Calls()
    watching = watch(calls, Meters())

    def after(*said: str) -> list[str]:
        calls.add(*said)
        before = len(told)
        asyncio.run(watching.look())
        return [each["action"] for each in told[before:]]

    assert after(*[LATE] * 19) == []
    assert after(LATE) == ["amd_wrong"]
    assert after(*[RIGHT] * 5) == []
    for _ in range(4):
        assert after(*[RIGHT] * 20) == []
    assert after(*[RIGHT] * 20) == ["amd_right"]


def test_files_are_read_once_when_they_are_whole_and_those_of_before_are_left_alone(tmp_path: Path) -> None:
    def write(n: int, *, age_s: float, data: bytes = struct.pack("<320h", *[40] * 320)) -> None:
        file = tmp_path / f"{attempt_id(n)}.sln"
        file.write_bytes(data)
        os.utime(file, (at := NOW.timestamp() - age_s, at))

    def look(later_s: float = 0.0, most: int = 9) -> list[tuple[AttemptId, Sequence[int]]]:
        return asyncio.run(folder.fresh(NOW + timedelta(seconds=later_s), most=most, seconds=1.0))

    folder = HeardFolder(tmp_path)
    write(1, age_s=60)
    assert look() == []
    write(2, age_s=30)
    write(3, age_s=5)
    (tmp_path / "other.wav").write_bytes(b"")
    assert look() == [(attempt_id(2), [40, 40])]
    assert look() == []
    (tmp_path / f"{attempt_id(4)}.wav").write_bytes(b"no sound")
    os.utime(tmp_path / f"{attempt_id(4)}.wav", (NOW.timestamp() - 60, NOW.timestamp() - 60))
    assert look(later_s=20) == [(attempt_id(3), [40, 40])], "and what cannot be read is passed over"
    for n in range(5, 9):
        write(n, age_s=60)
    assert [len(look(most=3)), len(look(most=3))] == [3, 1]
    assert asyncio.run(HeardFolder(tmp_path / "none").fresh(NOW, most=3, seconds=1.0)) == []


def test_a_call_of_which_detection_has_long_heard_is_read_to_the_end_of_its_time(tmp_path: Path) -> None:
    given = replace(SHIPPED, total_analysis_time=15_000, initial_silence=16_000)
    calls, meters = Calls(), Meters()
    store: Any = calls
    watching = AmdWatch(store, PassingClock(), HeardFolder(tmp_path), given, meters)
    asyncio.run(watching.look())
    calls.add("NOTSURE TOOLONG-15000")
    file = tmp_path / f"{attempt_id(0)}.sln"
    file.write_bytes(bytes(2 * 8000 * 15))
    os.utime(file, (0.0, 0.0))
    asyncio.run(watching.look())
    assert meters.detections == {("pbx1", "agrees"): 1}


def test_a_folder_that_may_not_be_read_is_told_of_once(tmp_path: Path, told: Any) -> None:
    (tmp_path / "file").write_text("no folder")
    folder = HeardFolder(tmp_path / "file")
    for _ in range(2):
        assert asyncio.run(folder.fresh(NOW, most=3, seconds=1.0)) == []
    assert [each["action"] for each in told] == ["heard_folder_unreadable"]
