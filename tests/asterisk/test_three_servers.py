"""Three real Asterisks behind one carrier: calls go to all of them, around one that dies, and to its agents' phones.

Not here: how a server is chosen (tests/domain/test_server.py), links that fail at any moment (tests/simulation).
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from tests.asterisk.dialer import Dialer, nothing_left, until
from tests.asterisk.test_agents import heard_each_other
from tests.lab import Lab
from tests.lab.lab import PBXS
from tests.lab.record import by_number
from tests.numbers import number

pytestmark = pytest.mark.asterisk

STAYS_3_S = "33"
AGENT = "agent1001"  # its phone is known to the first server alone
PEOPLE, AT_ONCE = 60, 12


@pytest.fixture
def three(lab: Lab, tmp_path: Path) -> Iterator[Dialer]:
    lab.up(servers=3)
    config = lab.dialerd_config_of_many(tmp_path / "dialerd.db", servers=3)
    first, trunk, rest = config.partition("[[trunk]]\n")
    second = trunk + rest.partition("[[")[0].replace('"carrier"', '"second"').replace(
        '["pbx1", "pbx2", "pbx3"]', '["pbx2"]'
    )
    assert '["pbx2"]' in second
    made = Dialer(tmp_path, f"{first}{second}{trunk}{rest}")
    yield made
    made.kill()
    made.show_log_if_asked()
    for kind in PBXS[1:]:
        lab.instance(kind).down(hard=True)


@pytest.mark.takes(20)
def test_calls_go_to_all_servers_and_around_one_that_is_killed_until_it_is_back(lab: Lab, three: Dialer) -> None:
    mark, numbers = lab.mark(), [number(n, STAYS_3_S) for n in range(PEOPLE)]
    three.campaign("c", numbers, amd=False, max_calls=AT_ONCE, calls_per_second=12, max_attempts=1)
    three.start()
    until(lambda: len(_said(three, "reconciled")) == 3, limit_s=60, what="three servers ready", every_s=0.05)
    three.cli("campaign", "run", "c")
    until(lambda: len(_attempts(three)) >= 9 and _channels(lab, "pbx2") > 0, limit_s=60, what="calls on all three")
    lab.instance("pbx2").down(hard=True)
    until(lambda: _claimed_since(three, _lost_at(three)) >= 4, limit_s=60, what="calls on the others")
    lab.instance("pbx2").up()
    until(lambda: len(_said(three, "reconciled")) == 4, limit_s=60, what="the killed one ready again")
    until(lambda: _claimed_since(three, _said(three, "reconciled")[-1], "pbx2") > 0, limit_s=60, what="calls on it")
    assert three.status("c")["state"] == "active", "it was dialing all the time"
    three.cli("campaign", "pace", "c", "--max-calls", "60", "--calls-per-second", "50")
    until(lambda: three.status("c")["state"] == "completed", limit_s=120, what="the campaign")
    assert three.stop() == 0

    calls, attempts, status = lab.record(since=mark), _attempts(three), three.status("c")
    lost, back = _lost_at(three), _said(three, "reconciled")[-1]
    print(f"{len(calls)} INVITEs for {PEOPLE} numbers; by server {Counter(each[0] for each in attempts)}; {status}")
    spread = Counter(server for server, *_ in attempts[:9])
    assert len(spread) == 3
    assert max(spread.values()) <= 4, f"a call goes to the one with the most room: {spread}"
    cut = {(server, claimed < lost) for server, claimed, _, disposition in attempts if disposition == "interrupted"}
    assert cut <= {("pbx2", True)}, "only what was up there when it died was cut"
    assert [each for each in attempts if each[0] == "pbx2" and lost < each[1] < back] == [], "nothing while it is away"
    invites = Counter(call.number for call in calls)
    assert [each for each, count in invites.items() if count > 1] == [], "no number gets a second INVITE"
    assert {attempt_number for _, _, attempt_number, _ in attempts} == set(numbers)
    assert all(disposition for *_, disposition in attempts), "no attempt is left open"
    assert (status["done"], status["pending"], status["in_progress"]) == (PEOPLE, 0, 0)
    until(lambda: not any(_channels(lab, kind) for kind in PBXS), limit_s=30, what="no channel left")


@pytest.mark.takes(12)
def test_an_agent_and_a_person_on_another_server_hear_each_other(lab: Lab, three: Dialer) -> None:
    mark, person = lab.mark(), number(3, "57")
    three.start()
    three.staff("sales", [AGENT], wrap_up_s=1)
    until(lambda: three.agents() == {AGENT: "ready"}, limit_s=60, what="the agent ready")
    three.campaign("c", [person], mode="progressive", queue="sales", trunk="second")
    three.cli("campaign", "run", "c")
    until(lambda: three.status("c")["state"] == "completed", limit_s=120, what="the campaign")
    (row,) = three.export("c")
    ((server, *_),) = _attempts(three)
    assert three.stop() == 0
    nothing_left(lab)
    until(lambda: all(each.ended_at for each in lab.record(since=mark)), limit_s=30, what="the record's last lines")
    calls = by_number(lab.record(since=mark))
    assert (server, row["agent"], row["disposition"]) == ("pbx2", AGENT, "answered_human")
    assert len(calls[AGENT]) == len(calls[person]) == 1
    heard_each_other(lab, calls[person][0], AGENT, calls[AGENT], for_s=1.5)
    assert (_channels(lab, "pbx2"), _channels(lab, "pbx3")) == (0, 0), "no link is left"


def _channels(lab: Lab, kind: str) -> int:
    """By its own word."""
    said = lab.cli(kind, "core show channels count")
    return int(said.partition(" active channel")[0].split()[-1])


def _said(dialer: Dialer, action: str) -> list[datetime]:
    """When the daemon said so."""
    lines = [json.loads(line) for line in dialer.log().splitlines() if f'"{action}"' in line]
    return [datetime.fromisoformat(line["timestamp"]) for line in lines]


def _lost_at(dialer: Dialer) -> datetime:
    until(lambda: bool(_said(dialer, "asterisk_lost")), limit_s=60, what="the news that one is lost", every_s=0.05)
    return _said(dialer, "asterisk_lost")[0]


def _attempts(dialer: Dialer) -> list[tuple[str, datetime, str, str | None]]:
    """Each one's server, moment, number and disposition, in order, but those that never left it."""
    with closing(sqlite3.connect(dialer.home / "dialerd.db")) as connection:
        rows = connection.execute(
            "SELECT asterisk, claimed_at, number, disposition FROM attempt WHERE spent IS NOT FALSE ORDER BY claimed_at"
        ).fetchall()
    return [(server, datetime.fromisoformat(at), to, disposition) for server, at, to, disposition in rows]


def _claimed_since(dialer: Dialer, moment: datetime, server: str = "") -> int:
    return sum(at > moment and server in ("", where) for where, at, *_ in _attempts(dialer))
