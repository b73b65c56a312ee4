"""Preview on the real Asterisk: two agents look at records; one dials, one skips, and a timer dials the rest.

Not here: every rule of it (tests/simulation/test_preview.py).
"""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from tests.asterisk.dialer import Dialer, until
from tests.asterisk.test_agents import FIRST, SECOND, begin, finish, heard_each_other
from tests.lab import Lab
from tests.numbers import number

pytestmark = pytest.mark.asterisk

TIMER_S = 10


def shown(dialer: Dialer, agent: str) -> tuple[str, datetime]:
    """The number in front of an agent, and when it is dialed by itself."""
    record = json.loads(dialer.cli("agent", "preview", agent, "--json"))
    return record["number"], datetime.fromisoformat(record["dial_at"])


@pytest.mark.takes(25)
def test_records_are_dialed_by_hand_or_when_the_time_is_up_and_a_skipped_one_by_the_other_agent(
    lab: Lab, dialer: Dialer
) -> None:
    mark = lab.mark()
    begin(dialer, [FIRST, SECOND])
    people = [number(n, "54") for n in range(3)]
    dialer.campaign("c", people, mode="preview", queue="sales", **{"preview.timer_s": TIMER_S})
    dialer.cli("campaign", "run", "c")
    until(lambda: set(dialer.agents().values()) == {"preview"}, limit_s=30, what="both agents before a record")
    (first, first_at), (second, _) = shown(dialer, FIRST), shown(dialer, SECOND)
    assert sorted([first, second]) == people[:2]
    assert not [call for call in lab.record(since=mark) if call.number in people], "nobody is dialed yet"
    dialer.cli("agent", "dial", FIRST)
    dialer.cli("agent", "skip", SECOND)
    until(lambda: dialer.agents()[SECOND] == "preview", limit_s=30, what="the skipping agent before the next record")
    third, third_at = shown(dialer, SECOND)
    assert third == people[2]
    until(lambda: dialer.status("c")["state"] == "completed", limit_s=120, what="the campaign")
    rows = {row["number"]: row for row in dialer.export("c")}
    calls = finish(lab, dialer, mark)
    assert len(rows) == 3
    assert [rows[each]["agent"] for each in (first, second, third)] == [FIRST, FIRST, SECOND]
    assert calls[first][0].invited_at < first_at, "dialed by hand"
    assert 0 <= (calls[third][0].invited_at - third_at).total_seconds() < 5.0, "dialed by itself"
    for each in people:
        (person,) = calls[each]
        assert rows[each]["disposition"] == "answered_human"
        heard_each_other(lab, person, rows[each]["agent"], calls[rows[each]["agent"]], for_s=0.7)
