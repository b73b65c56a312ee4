"""Exactly once, whatever dies: the daemon, Asterisk, the connection between them; judged by the carrier's record."""

from __future__ import annotations

import random
import time
from collections import Counter
from functools import partial

import pytest

from tests.asterisk.cable import Cable
from tests.asterisk.dialer import Dialer, nothing_left, until
from tests.lab import Lab, peak_rate
from tests.numbers import number

pytestmark = pytest.mark.asterisk

COUNT, KILLS, RESTARTS, CUTS, RATE = 400, 20, 2, 5, 8
MIX = ("00", "02", "40", "01", "05", "20", "11", "03", "16", "40")


@pytest.mark.takes(105)
def test_no_number_is_called_twice_and_each_is_settled_once_through_kills_restarts_and_cuts(
    lab: Lab, dialer: Dialer
) -> None:
    cable = Cable(lab.port("http"))
    dialer.config.write_text(dialer.config.read_text().replace(lab.ari_url, f"http://127.0.0.1:{cable.port}"))
    numbers = [number(n, MIX[n % len(MIX)]) for n in range(COUNT)]
    dialer.campaign("hard", numbers, max_calls=40, calls_per_second=RATE, max_attempts=1)
    dice = random.Random(20)
    troubles = ["kill"] * KILLS + ["restart"] * RESTARTS + ["cut"] * CUTS
    dice.shuffle(troubles)
    moments = sorted(dice.sample(range(COUNT * 17 // 20), len(troubles)))  # by how many are done: it is still dialing
    mark, story = lab.mark(), []
    dialer.start()
    dialer.cli("campaign", "run", "hard")
    began = time.monotonic()
    for moment, trouble in zip(moments, troubles, strict=True):
        until(partial(_has_done, dialer, moment), limit_s=120, what=f"{moment} done", every_s=0.1)
        time.sleep(dice.uniform(0, 0.5))
        done = dialer.status("hard")
        story.append(f"{time.monotonic() - began:5.1f} s {trouble:8} {done['done']:3} done, {done['in_progress']:2} up")
        if trouble == "kill":
            dialer.kill()
            dialer.start(waits=False)
        elif trouble == "restart":
            lab.pbx.down(hard=True)
            lab.pbx.up()
        else:
            cable.cut()
    assert dialer.status("hard")["state"] == "active", "the troubles came while it was dialing"
    until(lambda: dialer.status("hard")["state"] == "completed", limit_s=300, what="the campaign", every_s=1)
    assert dialer.stop() == 0
    cable.close()

    calls, attempts, status = lab.record(since=mark), dialer.export("hard"), dialer.status("hard")
    invites = Counter(call.number for call in calls)
    settled = Counter(attempt["number"] for attempt in attempts if attempt["sip_code"] != "500")
    interrupted = status["dispositions"].get("interrupted", 0)
    print("\n" + "\n".join(story))
    print(f"{len(calls)} INVITEs for {COUNT} numbers; {len(attempts)} attempts, {interrupted} interrupted; {status}")
    print(f"peak {peak_rate(calls)} INVITEs in a second of {RATE}, {peak_rate(calls, window_s=2)} in two")
    twice = [each for each, count in invites.items() if count > 1]
    assert twice == [], "no number gets a second INVITE"
    # over two seconds: a loaded pbx may send some of them late
    assert peak_rate(calls, window_s=2) <= 2.5 * RATE, "a restart does not make it forget what it dialed a moment ago"
    assert set(settled) == set(numbers)
    assert all(attempt["disposition"] for attempt in attempts), "no attempt is left open"
    assert (status["done"], status["pending"], status["in_progress"]) == (COUNT, 0, 0)
    assert sum(status["dispositions"].values()) == len(attempts)
    nothing_left(lab)


def _has_done(dialer: Dialer, targets: int) -> bool:
    return int(dialer.status("hard")["done"]) >= targets


def test_a_second_daemon_on_the_same_database_is_refused(lab: Lab, dialer: Dialer) -> None:
    dialer.start()
    second = dialer.run_anew("daemon", "run")
    assert second.returncode == 1
    assert "already uses" in second.stderr
    assert dialer.stop() == 0


@pytest.mark.takes(16)
def test_calls_that_outlive_the_daemon_are_adopted_by_the_next_one(lab: Lab, dialer: Dialer) -> None:
    dialer.campaign("adopted", [number(n, "03") for n in range(3)], max_calls=3, calls_per_second=10, max_ring_s=15)
    mark = lab.mark()
    dialer.start()
    dialer.cli("campaign", "run", "adopted")
    until(lambda: len(lab.record(since=mark)) == 3, limit_s=60, what="three phones to ring")
    dialer.kill()
    dialer.start()
    until(lambda: "3 adopted" in dialer.log(), limit_s=60, what="the calls to be adopted")
    until(lambda: dialer.status("adopted")["state"] == "completed", limit_s=120, what="the phones to stop ringing")
    assert dialer.status("adopted")["dispositions"] == {"no_answer": 3}, "their end was seen by the second daemon"
    assert len(lab.record(since=mark)) == 3
