"""scripts/bench agents: 20 agents and 500 answered calls on the real Asterisk with the whole daemon.

One JSON line: how long people wait between AMD's verdict and a two-way bridge (by Asterisk's own word), whether each
conversation was heard on both sides (by what the carrier recorded there), and whether each end is as the carrier saw
it. Not here: the lab (tests/lab), pacing's figures (scripts/bench pacing).
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.asterisk.dialer import Dialer, until
from tests.asterisk.witness import Conversation, Witness
from tests.lab import Lab
from tests.lab.agents import AGENTS
from tests.lab.plan import person_hz
from tests.lab.record import CarrierCall, by_number
from tests.lab.tones import seconds_of, sorted_out
from tests.numbers import EXPECTED, number

Row = Mapping[str, str]

PEOPLE = ("55", "56", "57", "58", "59")  # hang up 5 to 9 s after they answered, AMD's two included
OTHERS = ("02", "03", "05", "01", "15")
_GREETING_S = 1.5  # of a person; its tone begins after it
_UNHEARD_S = 1.0  # of a conversation: parts of a tenth at both ends, and what RTP's jitter buffers take
_CLOSE_S = 0.5  # between the carrier's end of a call and dialerd's


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation: dialerd's row, the carrier's, and the seconds from the bridge to the end."""

    row: Row
    call: CarrierCall
    seconds: float


def play(lab: Lab, home: Path, *, agents: int, answered: int) -> dict[str, object]:
    names = [f"agent{1001 + n}" for n in range(agents)]
    others = answered // 10
    endings = [*(PEOPLE[n % len(PEOPLE)] for n in range(answered)), *(OTHERS[n % len(OTHERS)] for n in range(others))]
    numbers = [number(n, ending) for n, ending in enumerate(endings)]
    dialer = Dialer(home, lab.dialerd_config(home / "bench.db"))
    mark, began = lab.mark(), time.monotonic()
    try:
        dialer.start()
        dialer.staff("sales", names, wrap_up_s=1)
        until(lambda: set(dialer.agents().values()) == {"ready"}, limit_s=30, what="every agent ready")
        dialer.campaign(
            "bench", numbers, mode="progressive", queue="sales", max_ring_s=15, max_attempts=1, order="random"
        )
        with Witness(lab) as witness:
            dialer.cli("campaign", "run", "bench")
            until(
                lambda: dialer.status("bench")["state"] == "completed",
                limit_s=60 + 15 * len(numbers) / agents,
                what=f"{len(numbers)} calls",
                every_s=1,
            )
        took_s = time.monotonic() - began
        rows = dialer.export("bench")
        stopped = dialer.stop()
    finally:
        dialer.kill()
        dialer.show_log_if_asked()
    until(lambda: "0 active channels" in lab.cli("pbx", "core show channels count"), limit_s=10, what="no channel left")
    return {
        "bench": "agents",
        "agents": agents,
        "calls": len(numbers),
        "took_s": round(took_s, 1),
        "exit_code": stopped,
        "bridges_left": lab.cli("pbx", "bridge show all").count("stasis"),
        **judge(lab, rows, by_number(lab.record(since=mark)), witness.conversations),
    }


def judge(
    lab: Lab, rows: Sequence[Row], calls: Mapping[str, Sequence[CarrierCall]], heard: Mapping[str, Conversation]
) -> dict[str, object]:
    wrong: list[str] = []
    talks: list[Talk] = []
    waits_ms: list[float] = []
    for row in rows:
        (call,) = calls[row["number"]]
        conversation = heard.get(row["attempt_id"], Conversation())
        if complaint := _end(row, call, conversation):
            wrong.append(f"{row['number']} {row['disposition']} by {row['agent'] or 'nobody'}: {complaint}")
        if conversation.two_way_at is not None and conversation.verdict_at is not None and call.ended_at is not None:
            waits_ms.append((conversation.two_way_at - conversation.verdict_at).total_seconds() * 1000)
            talks.append(Talk(row, call, (call.ended_at - conversation.two_way_at).total_seconds()))
    deaf_agents, deaf_people = _unheard_by_agents(lab, talks, calls), _unheard_by_people(lab, talks)
    waits_ms.sort()
    return {
        "answered": sum(bool(row["answered_at"]) for row in rows),
        "connected": len(talks),
        "dispositions": dict(Counter(row["disposition"] for row in rows)),
        "verdict_to_two_way_ms": {
            "p50": _percentile(waits_ms, 0.50),
            "p99": _percentile(waits_ms, 0.99),
            "max": _percentile(waits_ms, 1.0),
        },
        "calls_per_agent": sorted(Counter(talk.row["agent"] for talk in talks).values()),
        "wrong_ends": len(wrong),
        "people_who_did_not_hear_their_agent": len(deaf_people),
        "agents_who_did_not_hear_their_person": len(deaf_agents),
        "complaints": [*wrong, *deaf_people, *deaf_agents][:20],
    }


def _end(row: Row, call: CarrierCall, conversation: Conversation) -> str:
    """What is not right about the end of a call; empty: nothing."""
    ending = row["number"][-2:]
    if bool(row["answered_at"]) != (call.answered_at is not None):
        return "answered only in one of the two records"
    if call.ended_at is None:
        return "the carrier still has it up"
    if abs((datetime.fromisoformat(row["ended_at"]) - call.ended_at).total_seconds()) > _CLOSE_S:
        return f"ended at {row['ended_at']}, by the carrier at {call.ended_at}"
    if ending not in PEOPLE:
        return "" if row["disposition"] in EXPECTED[ending] else "not what this number comes to"
    if conversation.two_way_at is None:
        return "nobody talked with this person"
    if row["disposition"] != "answered_human":
        return "not what a person comes to who has talked"
    return "" if call.hung_up_by == "callee" else f"hung up by the {call.hung_up_by}, and the person would have"


def _unheard_by_people(lab: Lab, talks: Iterable[Talk]) -> list[str]:
    """Whoever has not heard the tone of the agent that dialerd names for as long as the conversation was."""
    found = []
    for talk in talks:
        seconds = seconds_of(lab.heard(talk.call), AGENTS[talk.row["agent"]].hz)
        if seconds < talk.seconds - _UNHEARD_S:
            found.append(f"{talk.row['number']} heard {talk.row['agent']} for {seconds} s of {talk.seconds:.1f} s")
    return found


def _unheard_by_agents(lab: Lab, talks: Iterable[Talk], calls: Mapping[str, Sequence[CarrierCall]]) -> list[str]:
    """Tones of people that an agent has heard for a shorter time than the conversations with them were."""
    expected: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for talk in talks:
        assert talk.call.answered_at is not None
        talked_s = min(talk.seconds, (_lasted(talk.call) - _GREETING_S))
        expected[talk.row["agent"]][person_hz(talk.row["number"])] += max(0.0, talked_s - _UNHEARD_S)
    found = []
    for agent, tones in expected.items():
        recordings = b"".join(lab.heard(leg) for leg in calls[agent])
        heard = sorted_out(recordings, tones)
        found += [
            f"{agent} heard {hz} Hz for {heard.get(hz, 0.0)} s of {seconds:.1f} s"
            for hz, seconds in tones.items()
            if heard.get(hz, 0.0) < seconds
        ]
    return found


def _lasted(call: CarrierCall) -> float:
    assert call.answered_at is not None and call.ended_at is not None
    return (call.ended_at - call.answered_at).total_seconds()


def _percentile(values: Sequence[float], share: float) -> float | None:
    return round(values[min(len(values) - 1, int(share * len(values)))], 1) if values else None


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--agents", type=int, default=20)
    parser.add_argument("--answered", type=int, default=500)
    given = parser.parse_args()
    lab = Lab(f"bench{os.getpid()}")
    lab.up()
    try:
        with tempfile.TemporaryDirectory(prefix="dialerd-bench-") as folder:
            print(json.dumps(play(lab, Path(folder), agents=given.agents, answered=given.answered)), flush=True)
    finally:
        lab.down()


if __name__ == "__main__":
    main()
