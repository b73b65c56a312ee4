"""Doctor on daemons that share campaigns: a lease that is over and a missing leader are found, with what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dialerd.doctor.daemons import diagnose_daemons
from dialerd.ports.daemons import DaemonRow

ONE = DaemonRow(
    name="one", host="a, process 1", leads=True, began_at=datetime(2026, 3, 2, 15, 0, tzinfo=UTC), left_s=18.0, calls=3
)
TWO = replace(ONE, name="two", host="b, process 2", leads=False)


WRONG: list[tuple[list[DaemonRow], dict[str, str]]] = [
    ([], {}),
    ([ONE, TWO], {}),
    ([ONE, replace(TWO, left_s=-7.0)], {"daemon two": "over for 7 s; it was at b, process 2 and had 3 calls"}),
    ([TWO], {"leader": "no daemon leads"}),
    ([replace(ONE, left_s=-1.0), TWO], {"daemon one": "lease is over", "leader": "no daemon leads"}),
]


@pytest.mark.parametrize(("daemons", "wrong"), WRONG)
def test_what_is_wrong_with_daemons_is_found(daemons: list[DaemonRow], wrong: dict[str, str]) -> None:
    found = list(diagnose_daemons(daemons))
    assert {each.check for each in found} == {f"daemon {each.name}" for each in daemons} | wrong.keys()
    assert [each.check for each in found if not each.is_well] == list(wrong)
    for each in found:
        assert wrong.get(each.check, "") in each.seen
        assert bool(each.remedy) is not each.is_well
