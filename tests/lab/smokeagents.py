"""Rings every agent's phone at once, puts each that answers together with a person, and says what is not as planned.

Not here: the phones (agents.py) and the persons (plan.py). Witnesses: ARI, the carrier's record, and what both heard.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from tests.lab import tones
from tests.lab.agents import AGENTS, AgentPhone
from tests.lab.events import Ari
from tests.lab.lab import PASSWORD, Lab
from tests.lab.plan import person_hz
from tests.lab.record import CarrierCall, by_number
from tests.lab.rootfs import say

_APP = "labagents"
_RING_S, _UP_S = 6, 8.0  # rung so long; every call is up for so long
_TALK_S = 3.0  # at least this much of the other's tone must have been heard
_LEAVES_S = 3.0  # agent1025, after it first hears somebody


@dataclass(slots=True)
class _Pair:
    """An agent, the person for it, and what the pbx was told of the agent."""

    agent: AgentPhone
    number: str
    refused: bool = False
    up: int = 0
    end: tuple[int | None, int | None] | None = None


def run(lab: Lab) -> int:
    """0 when every phone did what it should."""
    started, mark, run_id = time.monotonic(), lab.mark(), f"{time.time_ns():020d}"
    pairs = [_Pair(agent, f"+1212556{n:03d}50") for n, agent in enumerate(AGENTS.values())]
    with Ari(lab.ari_url, PASSWORD, _APP) as ari:
        for index, pair in enumerate(pairs):
            pair.refused = not _ring(ari, f"agent{run_id}{index:02d}", pair.agent.dial_string)
            if pair.agent.answers_s is not None:
                _ring(ari, f"human{run_id}{index:02d}", f"PJSIP/{pair.number}@carrier")
        _follow(ari, run_id, pairs)
    time.sleep(0.3)  # the record's last lines
    calls = by_number(lab.record(since=mark))
    wrong = 0
    for pair in pairs:
        complaints = _judge(lab, pair, calls.get(pair.agent.name, []), calls.get(pair.number, []))
        wrong += bool(complaints)
        verdict = f"FAIL {pair.agent.name}: {complaints}" if complaints else f"ok   {pair.agent.name}"
        print(f"{verdict} ({pair.agent.text})")
    say(f"{len(pairs)} agents, {wrong} wrong, {time.monotonic() - started:.1f} s")
    return 1 if wrong else 0


def _ring(ari: Ari, channel: str, endpoint: str) -> bool:
    guard = {"TIMEOUT(absolute)": f"{_UP_S}"}
    body = {"endpoint": endpoint, "app": _APP, "timeout": _RING_S, "callerId": "+12125550100", "variables": guard}
    return ari.ask("POST", f"channels/{channel}", **body)[0] == 200


def _follow(ari: Ari, run_id: str, pairs: list[_Pair]) -> None:
    """Who is up first waits, the agent with music; a pair that is up is put together. The guard ends every call."""
    bridges, left = [], sum(not pair.refused for pair in pairs)
    for event in ari.events():
        channel: dict[str, Any] = event.get("channel", {})
        kind, index = channel.get("id", "")[:5], channel.get("id", "")[-2:]
        if event["type"] == "StasisStart":
            pair = pairs[int(index)]
            pair.up += 1
            if kind == "agent":
                ari.ask("POST", f"channels/{channel['id']}/moh?mohClass=default")
            if pair.up == 2:
                bridges.append(f"bridge{run_id}{index}")
                ari.ask("DELETE", f"channels/agent{run_id}{index}/moh")
                ari.ask("POST", f"bridges/{bridges[-1]}?type=mixing,dtmf_events")
                both = f"agent{run_id}{index},human{run_id}{index}"
                ari.ask("POST", f"bridges/{bridges[-1]}/addChannel?channel={both}")
        elif event["type"] == "ChannelDestroyed" and kind == "agent":
            pairs[int(index)].end = event["cause"], event.get("tech_cause")
            left -= 1
        if left == 0:
            break
    for bridge in bridges:
        ari.ask("DELETE", f"bridges/{bridge}")


def _judge(lab: Lab, pair: _Pair, agents: list[CarrierCall], persons: list[CarrierCall]) -> str:
    """What is not as planned; empty: nothing."""
    agent = pair.agent
    if pair.refused or not agent.has_contact:
        return (
            "" if pair.refused and not agent.has_contact and not agents else "it should have been refused, and only it"
        )
    if len(agents) != 1:
        return f"{len(agents)} INVITEs on the record"
    (call,) = agents
    if agent.answers_s is None:
        expected = (agent.cause or 19, agent.sip or 480)
        return "" if pair.end == expected and call.answered_at is None else f"pbx heard {pair.end}, not {expected}"
    if call.answered_at is None or call.ended_at is None or len(persons) != 1:
        return f"not answered, not over, or {len(persons)} INVITEs to its person"
    wrong = []
    if (call.answered_at - call.invited_at).total_seconds() < agent.answers_s:
        wrong.append("answered too early")
    leaves = agent.name == "agent1025"
    talk_s = 1.0 if leaves else _TALK_S
    if (heard := tones.seconds_of(lab.heard(call), person_hz(pair.number))) < talk_s:
        wrong.append(f"it heard its person's tone for {heard} s")
    if (heard := tones.seconds_of(lab.heard(persons[0]), agent.hz)) < talk_s:
        wrong.append(f"its tone was heard for {heard} s")
    lasted = (call.ended_at - call.answered_at).total_seconds()
    if leaves and not (call.hung_up_by == "callee" and _LEAVES_S < lasted < _LEAVES_S + 1.5):
        wrong.append(f"hung up by {call.hung_up_by} after {lasted:.1f} s")
    return "; ".join(wrong)
