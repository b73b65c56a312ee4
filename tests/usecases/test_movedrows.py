"""What was brought over from another dialer, on each kind of database."""

from __future__ import annotations

from tests.usecases.conftest import House


def test_a_count_that_was_brought_over_is_known_until_the_next_one(empty: House) -> None:
    pasts = empty.unit.pasts
    names = ["vicidial lead 1 calls", "vicidial lead 12 calls", "vicidial x-lead 1 calls"]
    pasts.set_brought("vicidial callback 1")
    pasts.set_counts(dict(zip(names, (3, 40, 0), strict=True)))
    pasts.set_counts({names[0]: 10})
    assert pasts.counts([*names, "vicidial lead 2 calls"]) == dict(zip(names, (10, 40, 0), strict=True))
    assert pasts.counts([]) == {} and pasts.is_brought("vicidial callback 1")
