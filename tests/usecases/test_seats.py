"""Claims where several daemons dial: each leaves the others what they have up and their part of the pace, on both
stores; and who may claim at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from dialerd.domain.seat import LEASE_S, LOOK_AGAIN_S, Ceiling, Seat
from dialerd.domain.words import Disposition
from dialerd.ports import AttemptRow
from dialerd.usecases import campaigns, dialing, runs, seats
from tests.usecases.conftest import ACTOR, NOW, TRUNKS, WAY_OUT, House, spec

ONE, TWO = Seat("one", "1", leads=True, host="a, process 1"), Seat("two", "2", leads=False, host="b, process 2")
FAST = 1000.0


@pytest.fixture
def house(house: House) -> House:
    """Two daemons, and a run with six contacts that both may dial, as fast as they like."""
    campaigns.apply_campaign(house.unit, spec(max_calls=4, calls_per_second=FAST), trunks=TRUNKS, actor=ACTOR, now=NOW)
    house.with_contacts(*(f"212266000{n}" for n in range(1, 7)))
    house.start()
    enter(house, ONE, TWO)
    return house


def enter(house: House, *of: Seat, lease_s: float = LEASE_S) -> None:
    for each in of:
        house.unit.daemons.enter(each, lease_s=lease_s, now=NOW)


def claim(
    house: House,
    seat: Seat,
    *,
    limit: int = 50,
    calls_up: int = 0,
    trunk_room: int = 10,
    server_room: int = 10,
    rate: float = FAST,
    now: datetime = NOW,
) -> dialing.Claim:
    ceiling = Ceiling(seat=seat, trunk_room=trunk_room, server_room=server_room, rate=rate)
    way_out = replace(WAY_OUT, owner=seat.owner, ceiling=ceiling)
    new_id, run_id = house.ids(), house.latest().id
    return seats.claim(house.unit, run_id, limit=limit, way_out=way_out, calls_up=calls_up, new_id=new_id, now=now)


def claimed(house: House, seat: Seat, count: int, *, calls_up: int = 0, **given: Any) -> list[AttemptRow]:
    """That many, one by one: the pace allows few at a time."""
    found: list[AttemptRow] = []
    for _ in range(5000):
        if len(found) == count:
            return found
        found += claim(house, seat, limit=1, calls_up=calls_up + len(found), **given).attempts
    raise AssertionError(f"{len(found)} of {count} could be claimed")


def test_an_attempt_stands_under_the_helper_that_made_it_and_a_leaders_under_no_name(house: House) -> None:
    assert [each.owner for each in claimed(house, ONE, 1) + claimed(house, TWO, 1)] == ["", "two"]
    found = {row.name: (row.leads, row.calls) for row in house.unit.daemons.all()}
    assert found == {"one": (True, 1), "two": (False, 1)}


@pytest.mark.parametrize(
    "given", [{"calls_up": 2}, {"trunk_room": 2}, {"server_room": 2}], ids=["the run", "the trunk", "the server"]
)
def test_a_limit_holds_over_what_both_have_up(house: House, given: dict[str, Any]) -> None:
    theirs = claimed(house, TWO, 2)
    found = claim(house, ONE, **given)
    assert (list(found.attempts), found.is_dry, found.again_s) == ([], False, LOOK_AGAIN_S)
    house.end(theirs[0], Disposition.BUSY, NOW)
    assert len(claimed(house, ONE, 1, **given)) == 1


def test_the_pace_of_a_trunk_and_of_a_run_is_that_of_all(house: House) -> None:
    assert len(claim(house, ONE, rate=0.5).attempts) == 1
    found = claim(house, TWO, rate=0.5)
    assert list(found.attempts) == []
    assert found.again_s is not None and 1.5 < found.again_s <= 2.1


@pytest.mark.parametrize(
    ("entered", "lease_s", "gone", "may"),
    [
        ([ONE, TWO], LEASE_S, "", True),
        ([ONE, TWO], 5.0, "", False),  # it lasts no longer than what is claimed may take to be sent
        ([ONE, replace(TWO, session="3")], LEASE_S, "", False),  # another process has the name
        ([ONE, TWO], LEASE_S, "one", False),  # nobody leads
        ([ONE, TWO], LEASE_S, "two", False),
    ],
    ids=["all is well", "its lease is nearly over", "it was succeeded", "nobody leads", "it was taken away"],
)
def test_a_helper_claims_while_its_seat_is_its_own_and_somebody_leads(
    house: House, entered: list[Seat], lease_s: float, gone: str, may: bool
) -> None:
    house.unit.daemons.clear()
    enter(house, *entered, lease_s=lease_s)
    for seat in (ONE, TWO):
        if seat.name == gone:
            house.unit.daemons.leave(seat)
    found = claim(house, TWO)
    assert bool(found.attempts) is may
    if not may:
        assert (found.is_dry, found.again_s) == (False, 1.0)
        assert claim(house, ONE).attempts, "the leader is held by its turn alone"


@pytest.mark.parametrize(
    ("keys", "minutes"), [({"record": True}, 0), ({"finish": {"duration_min": 5}}, 6)], ids=["not shared", "over"]
)
def test_what_is_the_leaders_alone_or_over_is_not_claimed_by_a_helper(
    house: House, keys: dict[str, object], minutes: int
) -> None:
    by: dict[str, Any] = {"actor": ACTOR, "now": NOW}
    runs.pause_run(house.unit, "spring", **by)
    changed = spec(max_calls=4, calls_per_second=FAST, **keys)
    campaigns.apply_campaign(house.unit, changed, trunks=TRUNKS, **by)
    assert claim(house, ONE).is_dry, "nobody claims of a run that is paused"
    runs.resume_run(house.unit, "spring", **by)
    later = NOW + timedelta(minutes=minutes)
    assert claim(house, TWO, now=later).is_dry
    rows, why = seats.shared_runs(house.unit)
    assert (len(rows), list(why)) == ((0, ["spring"]) if "record" in keys else (1, []))
    assert claim(house, ONE, now=later).attempts, "the leader ends it"


def test_only_what_belongs_to_no_daemon_that_there_is_is_an_orphan_and_is_settled_once(house: House) -> None:
    (theirs,) = claimed(house, TWO, 1)
    claimed(house, ONE, 1)
    settled: list[str] = []

    def settle(_unit: object) -> None:
        settled.append("once")
        house.end(theirs, Disposition.INTERRUPTED, NOW)

    assert house.unit.daemons.orphans(ONE.own) == []
    assert house.unit.daemons.led_elsewhere([theirs.id], ONE.own) == {theirs.id}
    assert not seats.settle_orphan(house.unit, theirs, settle)
    house.unit.daemons.enter(TWO, lease_s=-1.0, now=NOW)
    assert house.unit.daemons.take_away(but="one") == ["two"]
    assert [each.id for each in house.unit.daemons.orphans(ONE.own)] == [theirs.id]
    assert house.unit.daemons.led_elsewhere([theirs.id], ONE.own) == {theirs.id}, "it rings on until it is settled"
    assert [seats.settle_orphan(house.unit, theirs, settle) for _ in range(2)] == [True, False]
    assert settled == ["once"]
    assert house.unit.daemons.led_elsewhere([theirs.id], ONE.own) == set()


def test_a_lease_is_renewed_by_its_own_session_and_a_seat_with_calls_is_not_given_back(house: House) -> None:
    (call,) = claimed(house, TWO, 1)
    assert house.unit.daemons.renew(TWO, lease_s=LEASE_S)
    assert not house.unit.daemons.renew(replace(TWO, session="3"), lease_s=LEASE_S)
    house.unit.daemons.leave(TWO)
    assert [row.name for row in house.unit.daemons.all()] == ["one", "two"]
    house.end(call, Disposition.BUSY, NOW)
    house.unit.daemons.leave(TWO)
    assert [row.name for row in house.unit.daemons.all()] == ["one"]


def test_a_pace_that_nobody_has_kept_for_an_hour_is_forgotten_and_allows_a_call_now(house: House) -> None:
    now_s, _ = house.unit.daemons.paces(())
    at = {"trunk old": now_s - 3700.0, "trunk used": now_s - 3500.0, "run 1": now_s + 2.0}
    for name, next_at in at.items():
        house.unit.daemons.set_pace(name, next_at)
    house.unit.daemons.take_away(but="one")
    later_s, left = house.unit.daemons.paces(at)
    assert {name: at for name, at in left.items() if at != later_s} == {
        "trunk used": now_s - 3500.0,
        "run 1": now_s + 2.0,
    }


def test_one_daemon_leads_and_what_is_told_of_a_lease_is_what_is_left_of_it(house: House) -> None:
    house.unit.daemons.enter(replace(TWO, leads=True), lease_s=-3.0, now=NOW)
    one, two = house.unit.daemons.all()
    assert (one.leads, two.leads) == (False, True)
    assert LEASE_S - 5 < one.left_s <= LEASE_S
    assert -8 < two.left_s <= -3
    assert (two.host, two.began_at) == ("b, process 2", NOW)
