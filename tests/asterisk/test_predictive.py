"""Predictive on the real Asterisk: a drawn mix comes to what the carrier saw; who finds no agent hears the message.

Not here: how well it paces (scripts/bench pacing), every rule of it (tests/simulation/test_predictive.py).
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime

import pytest

from tests.asterisk.dialer import Dialer, until
from tests.asterisk.test_agents import FIRST, SECOND, SLACK_S, begin, finish, heard_each_other
from tests.lab import Lab, peak_calls
from tests.lab.agents import AGENTS
from tests.lab.audio import MESSAGE
from tests.lab.tones import seconds_of, share_heard
from tests.numbers import BY_AMD, EXPECTED, number

pytestmark = pytest.mark.asterisk

TEAM = [f"agent{1001 + n}" for n in range(8)]
PEOPLE = ("54", "55", "56")  # hang up 4 to 6 s after they answered, AMD's two included
LATE = "71"
SHARES = {"02": 24, "05": 12, "03": 4, "01": 8, "54": 10, "55": 10, "56": 10}


@pytest.mark.takes(36)
def test_predictive_dials_ahead_of_its_agents_and_each_end_is_what_the_carrier_saw(lab: Lab, dialer: Dialer) -> None:
    endings = list(Counter(SHARES).elements())
    random.Random(11).shuffle(endings)
    numbers = [number(n, ending) for n, ending in enumerate(endings)]
    mark = lab.mark()
    begin(dialer, TEAM)
    dialer.campaign(
        "c", numbers, mode="predictive", queue="sales", max_ring_s=5, abandon_message=MESSAGE, abandon_target=0.2
    )
    dialer.cli("campaign", "run", "c")
    until(lambda: dialer.status("c")["state"] == "completed", limit_s=180, what="the campaign", every_s=1)
    rows = dialer.export("c")
    calls = finish(lab, dialer, mark)
    assert Counter(row["number"] for row in rows) == Counter(numbers)
    peak = peak_calls(calls[each][0] for each in numbers)
    print(f"\n{len(TEAM)} agents, at most {peak} calls up, {dict(Counter(row['disposition'] for row in rows))}")
    talked: Counter[str] = Counter()
    for row in rows:
        (seen,) = calls[row["number"]]
        ending, got = row["number"][-2:], row["disposition"]
        assert bool(row["answered_at"]) == (seen.answered_at is not None), (row, seen)
        assert seen.ended_at is not None
        assert abs((datetime.fromisoformat(row["ended_at"]) - seen.ended_at).total_seconds()) < SLACK_S, (row, seen)
        if got == "answered_human" and ending in PEOPLE:
            assert seen.hung_up_by == "callee"
            heard_each_other(lab, seen, row["agent"], calls[row["agent"]], for_s=0.5 if ending == "54" else 1.0)
            talked[row["agent"]] += 1
        elif got == "abandoned":
            assert ending in PEOPLE
        elif got != "customer_hangup":
            assert got in EXPECTED.get(ending, ()) or {got, ending} <= {*BY_AMD, *PEOPLE}, (row, seen)
    assert set(talked) == set(TEAM), "everybody has work"
    assert sum(talked.values()) >= 24
    assert peak > len(TEAM), "it dials for agents who still talk"


@pytest.mark.takes(18)
def test_who_answers_after_an_agent_has_paused_hears_the_message(lab: Lab, dialer: Dialer) -> None:
    mark = lab.mark()
    begin(dialer, [FIRST, SECOND])
    people = [number(n, LATE) for n in range(2)]
    dialer.campaign("c", people, mode="predictive", queue="sales", abandon_message=MESSAGE)
    dialer.cli("campaign", "run", "c")
    until(lambda: {call.number for call in lab.record(since=mark)} >= set(people), limit_s=60, what="both rung")
    dialer.cli("agent", "pause", FIRST)
    until(lambda: dialer.status("c")["state"] == "completed", limit_s=120, what="the campaign", every_s=1)
    rows = dialer.export("c")
    calls = finish(lab, dialer, mark)
    abandoned, served = sorted(rows, key=lambda row: row["agent"])
    assert (abandoned["disposition"], abandoned["agent"]) == ("abandoned", "")
    (person,) = calls[abandoned["number"]]
    assert share_heard(lab.heard(person), lab.clip(MESSAGE)) > 0.9, "the person heard the message"
    assert all(seconds_of(lab.heard(person), AGENTS[agent].hz) == 0 for agent in (FIRST, SECOND))
    assert person.hung_up_by == "caller", "after the message"
    assert (served["disposition"], served["agent"]) == ("answered_human", SECOND)
    heard_each_other(lab, calls[served["number"]][0], SECOND, calls[SECOND], for_s=1.5)
