"""A call with an agent is recorded on the real Asterisk: both voices, after the announcement, and as the agent asks.

Not here: when it may be (tests/domain/call/test_consent.py), the rows (tests/simulation/test_recordings.py).
"""

from __future__ import annotations

import json
import struct
import time
import wave
from pathlib import Path
from typing import Any

import pytest

from tests.asterisk.dialer import Dialer, nothing_left, until
from tests.lab import AGENTS, NAME_HZ, Lab, by_number, person_hz
from tests.lab.tones import RATE, share, span_of
from tests.numbers import number

pytestmark = pytest.mark.asterisk

AGENT = "agent1001"


def both_s(path: Path, *hz: float) -> float:
    """For how long the file has all these tones at once."""
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
        frames = file.readframes(file.getnframes())
    samples = struct.unpack(f"<{len(frames) // 2}h", frames)
    parts = [samples[first : first + RATE // 10] for first in range(0, len(samples) - RATE // 10 + 1, RATE // 10)]
    shares = [[share(part, each) for each in hz] for part in parts]
    return sum(all(each > 0.1 for each in some) and sum(some) > 0.7 for some in shares) / 10


def rows(dialer: Dialer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(dialer.cli("recording", "list", "--json"))
    return list(reversed(found))


def test_a_conversation_is_recorded_from_the_announcement_on_and_as_its_agent_asks(lab: Lab, dialer: Dialer) -> None:
    mark, person = lab.mark(), number(7, "50")
    dialer.start()
    dialer.staff("sales", [AGENT], wrap_up_s=1)
    until(lambda: set(dialer.agents().values()) == {"ready"}, limit_s=60, what="the agent ready")
    dialer.campaign("c", [person], mode="progressive", queue="sales", amd=True, record=True, consent="/sounds/name")
    dialer.cli("campaign", "run", "c")
    until(lambda: len(rows(dialer)) == 1, limit_s=60, what="the recording")
    time.sleep(3)  # of conversation
    dialer.cli("agent", "record", AGENT, "off")
    until(lambda: rows(dialer)[0]["ended_at"] is not None, limit_s=30, what="its end")
    dialer.cli("agent", "record", AGENT, "on")
    until(lambda: len(rows(dialer)) == 2, limit_s=30, what="the second recording")
    time.sleep(2)
    (call,) = by_number(lab.record(since=mark))[person]
    lab.hang_up(call)
    until(lambda: all(row["ended_at"] for row in rows(dialer)), limit_s=60, what="both ended")
    found = rows(dialer)
    assert [row["asked_by"] for row in found] == ["campaign", f"agent {AGENT}"]
    assert [row["trouble"] for row in found] == ["", ""]
    folder = lab.pbx.folder / "spool/recording"
    lasted = [both_s(folder / row["file"], person_hz(person), AGENTS[AGENT].hz) for row in found]
    assert min(lasted) > 1.5, f"both voices are in both files: {lasted}"
    assert all(row["duration_s"] >= 1 for row in found)
    heard = lab.heard(call)
    told, talk = span_of(heard, NAME_HZ), span_of(heard, AGENTS[AGENT].hz)
    assert told is not None
    assert talk is not None
    assert told[1] - told[0] == pytest.approx(2.0, abs=0.3)
    assert talk[0] >= told[1] - 0.1, "the agent is heard only when the announcement is over"
    until(lambda: dialer.status("c")["state"] == "completed", limit_s=60, what="the campaign")
    (attempt,) = dialer.export("c")
    assert attempt["recording"] == " ".join(row["recording"] for row in found)
    dialer.cli("person", "erase", person, "--yes")  # and the sound goes, too
    assert rows(dialer) == [], "shown no more, from that moment on"
    until(lambda: not any((folder / row["file"]).exists() for row in found), limit_s=120, what="the recordings deleted")
    assert dialer.export("c")[0]["number"] == "erased"
    assert dialer.stop() == 0
    nothing_left(lab)
