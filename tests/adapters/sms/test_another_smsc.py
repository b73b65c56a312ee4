"""Against an SMSC that shares no code with dialerd: nothing is lost with a link, what may be double is counted."""

from __future__ import annotations

import asyncio

from tests.bench.sms import measure


def test_every_message_arrives_through_a_link_that_is_cut_twice_and_each_that_came_twice_was_counted() -> None:
    found = asyncio.run(measure(200, (60, 130), rate=1000.0, window=10))
    assert found["cuts"] >= 2
    assert (found["sent"], found["lost"]) == (200, 0)
    assert found["taken_twice"] <= found["told_as_repeated"] <= 20, "at most the window at each cut"
    assert found["reports"] >= 100, "this SMSC brings no report again that was cut off"
