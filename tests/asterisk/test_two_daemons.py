"""Two daemons on one PostgreSQL: killed in turn while both dial one campaign, and one that stands by and takes over;
judged by the carrier's record."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest

from tests import stores
from tests.asterisk.dialer import Dialer, nothing_left, until
from tests.lab import Lab, peak_calls, peak_rate
from tests.numbers import number

pytestmark = pytest.mark.asterisk

MIX = ("00", "02", "40", "01", "05", "20", "11", "03", "16", "40")


@pytest.fixture
def paired(lab: Lab, tmp_path: Path) -> Iterator[Callable[..., tuple[list[Dialer], str]]]:
    """Two homes with one database, and its url."""
    server, name = stores.server(), f"pair{os.getpid()}"
    url = server.create(name)
    made: list[Dialer] = []

    def make(*, shares: bool) -> tuple[list[Dialer], str]:
        for which in ("one", "two"):
            home = tmp_path / which
            home.mkdir()
            named = f'\nshare_as = "{which}"' if shares else ""
            config = lab.dialerd_config("@here@").replace('path = "@here@"', f'url = "{url}"\nrun = "."{named}')
            assert url in config
            made.append(Dialer(home, config))
        return made, url

    yield make
    for each in made:
        each.kill()
        each.show_log_if_asked()
    server.drop(name)


@pytest.mark.takes(40)
def test_two_daemons_that_dial_at_once_and_are_killed_in_turn_lose_nothing_and_dial_nothing_twice(
    lab: Lab, paired: Callable[..., tuple[list[Dialer], str]]
) -> None:
    """Who leads is killed, and whoever helps, by turns; what is killed comes back within its lease."""
    count, kills = 60, 4
    (one, two), url = paired(shares=True)
    numbers = [number(n, MIX[n % len(MIX)]) for n in range(count)]
    one.campaign("shared", numbers, max_calls=20, calls_per_second=8, max_attempts=1)
    mark = lab.mark()
    one.start()
    two.start(waits=False)
    until(lambda: "daemon_helps" in two.log(), limit_s=60, what="a daemon that helps")
    leading, helping = one, two
    told = json.loads(two.cli("daemon", "list", "--json"))
    assert {row["name"]: row["leads"] for row in told} == {"one": True, "two": False}
    one.cli("campaign", "run", "shared")
    for turn in range(1, kills + 1):
        until(partial(_has_done, helping, turn * count // (kills + 3)), limit_s=120, what=f"turn {turn}")
        if turn % 2 == 0:  # who helps
            helped = helping.log().count("daemon_helps")
            helping.kill()
            helping.start(waits=False)
            until(partial(_says, helping, "daemon_helps", helped + 1), limit_s=60, what="the killed one to help again")
            continue
        led, helped = helping.log().count("taking_over"), leading.log().count("daemon_helps")
        leading.kill()
        until(partial(_says, helping, "taking_over", led + 1), limit_s=60, what="a take-over")
        leading.start(waits=False)
        until(partial(_says, leading, "daemon_helps", helped + 1), limit_s=60, what="the killed one to help")
        leading, helping = helping, leading
    until(lambda: helping.status("shared")["state"] == "completed", limit_s=300, what="the campaign", every_s=0.5)
    attempts = _judge(lab, mark, leading, numbers, kills)
    with psycopg.connect(url) as database:
        owners = Counter(owner for (owner,) in database.execute("SELECT owner FROM dialerd.attempt"))
    calls = lab.record(since=mark)
    peaks = peak_calls(calls), peak_rate(calls)
    print(f"attempts by owner: {dict(owners)}; at most {peaks[0]} calls at once, {peaks[1]} in a second")
    assert peaks[0] <= 20, "max_calls holds over both"
    assert peaks[1] <= 8, "so do the calls per second"
    assert sum(owners.values()) == len(attempts)
    assert owners[""] > 0 and owners["one"] + owners["two"] > 0, "both have dialed"
    assert helping.stop() == 0
    assert leading.stop() == 0
    nothing_left(lab)


@pytest.mark.takes(15)
def test_a_daemon_without_a_share_stands_by_and_takes_over(
    lab: Lab, paired: Callable[..., tuple[list[Dialer], str]]
) -> None:
    count = 12
    (dialing, waiting), _ = paired(shares=False)
    numbers = [number(n, MIX[n % 3]) for n in range(count)]
    dialing.campaign("shared", numbers, max_calls=20, calls_per_second=4, max_attempts=1)
    mark = lab.mark()
    dialing.start()
    waiting.start(waits=False)
    until(lambda: "standing_by" in waiting.log(), limit_s=60, what="a daemon that stands by")
    waiting.cli("campaign", "run", "shared")
    until(partial(_has_done, waiting, 2), limit_s=120, what="calls")
    dialing.kill()
    until(partial(_says, waiting, "taking_over", 1), limit_s=60, what="a take-over")
    dialing.start(waits=False)
    until(lambda: waiting.status("shared")["state"] == "completed", limit_s=300, what="the campaign", every_s=0.5)
    _judge(lab, mark, waiting, numbers, 1)
    assert dialing.stop() != 0, "one that stands by has nothing to drain"
    assert waiting.stop() == 0
    nothing_left(lab)


def _judge(lab: Lab, mark: int, dialer: Dialer, numbers: list[str], kills: int) -> list[dict[str, str]]:
    count = len(numbers)
    calls, attempts, status = lab.record(since=mark), dialer.export("shared"), dialer.status("shared")
    print(f"{len(calls)} INVITEs for {count} numbers, {kills} kills; {len(attempts)} attempts; {status}")
    invites = Counter(call.number for call in calls)
    settled = Counter(attempt["number"] for attempt in attempts if attempt["sip_code"] != "500")
    assert [each for each, times in invites.items() if times > 1] == [], "no number gets a second INVITE"
    assert set(settled) == set(numbers)
    assert all(attempt["disposition"] for attempt in attempts), "no attempt is left open"
    assert (status["done"], status["pending"], status["in_progress"]) == (count, 0, 0)
    assert sum(status["dispositions"].values()) == len(attempts)
    return attempts


def _says(dialer: Dialer, action: str, times: int) -> bool:
    return dialer.log().count(action) >= times


def _has_done(dialer: Dialer, targets: int) -> bool:
    return int(dialer.status("shared")["done"]) >= targets
