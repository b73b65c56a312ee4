"""How many calls a trunk has made since a moment: what was dialed, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from dialerd.domain.words import Disposition
from dialerd.ports import Unit
from tests.adapters.sqlite.stored import NOW, attempt_at, closed, set_up


def test_what_an_asterisk_refused_to_place_is_none_of_the_days_calls(unit: Unit) -> None:
    run = set_up(unit)
    targets = unit.dialing.candidates(run.id, dnc=None, limit=9, now=NOW)
    up, busy, refused, congested, earlier = (attempt_at(targets[n], n) for n in range(5))
    unit.dialing.open_attempt(up, busy, refused, congested, replace(earlier, claimed_at=NOW - timedelta(hours=1)))
    unit.dialing.close_attempt(replace(closed(busy, Disposition.BUSY), cause=17))
    unit.dialing.close_attempt(replace(closed(refused, Disposition.NETWORK_FAILURE), spent=False))
    unit.dialing.close_attempt(replace(closed(congested, Disposition.NETWORK_FAILURE), spent=False, sip_code=503))
    assert unit.servers.calls_since(NOW) == {"carrier": 3}
