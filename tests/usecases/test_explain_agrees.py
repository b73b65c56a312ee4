"""What a contact is told and what the next claims do are the same, whatever was done to its campaign before."""

from __future__ import annotations

import itertools
import sqlite3

from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.adapters.sql.unit import SqlUnit
from dialerd.domain.errors import DialerdError
from dialerd.domain.gates import Gate
from dialerd.domain.words import AttemptId, RunState
from dialerd.usecases import dialing
from dialerd.usecases.explain import explain
from tests.usecases.conftest import TRUNKS
from tests.usecases.test_any_order import SEVERAL, World

_STEPS = ["dial", "dial", "busy", "busy", "wrong", "answered", "a minute", "dnc", "pause", "filter", "scrub", "resume"]


def _rehearse(world: World) -> set[int]:
    """The contacts that the next claims would dial: done on a copy."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    connection = world.unit.audit._connection
    assert isinstance(connection, sqlite3.Connection)
    connection.backup(copy)
    unit, ids = SqlUnit(copy), (AttemptId(f"d{n:032x}") for n in itertools.count(100_000))
    way_out = dialing.WayOut(trunk="carrier", asterisk="pbx1")
    for _ in range(6):  # a barred number sends a contact to its next one, which the claim after that sees
        dialing.claim(unit, world.latest().id, limit=50, way_out=way_out, new_id=lambda: next(ids), now=world.now)
    opened = "SELECT contact_id FROM attempt JOIN target ON target.id = target_id WHERE attempt.id >= ?"
    found = {contact_id for (contact_id,) in copy.execute(opened, (f"d{100_000:032x}",))}
    copy.close()
    return found


def _holds(gate: Gate) -> bool:
    """Whether it keeps the contact from the claims of this moment: others may go first, and other numbers of it."""
    return gate.name != "order" and not (gate.reason.endswith("is dialed in its place") and gate.until is None)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["contacts-first", "numbers-first"]),
    st.sampled_from([1, 2]),
    st.lists(st.tuples(st.sampled_from(_STEPS), st.integers(0, 9)), max_size=30),
)
def test_nothing_holds_whom_the_next_claims_dial_and_something_holds_everybody_else(
    numbers: str, per_number: int, steps: list[tuple[str, int]]
) -> None:
    world = World(SEVERAL, numbers=numbers, max_attempts=3, max_attempts_per_number=per_number)
    for what, n in [("run", 0), ("take in", 0), *steps]:
        try:
            world.do(what, n)
        except DialerdError as error:
            assert str(error)
    if world.latest().state is RunState.ACTIVE:
        world.unit.dialing.promote(world.latest().id, world.now)
    told = {n: explain(world.unit, "spring", n, trunks=TRUNKS, now=world.now) for n in range(1, len(SEVERAL) + 1)}
    free = {n for n, each in told.items() if not any(map(_holds, each.closed))}
    assert free == _rehearse(world)
