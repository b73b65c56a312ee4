"""May we dial, and why not: one row per gate, in their order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.domain.gates import GATES, Facts, closed_gates, first_closed
from dialerd.domain.hours import ContactHours, Window
from dialerd.domain.regulation import Refused
from dialerd.domain.words import RunState, TargetState

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
ALWAYS = ContactHours(timezone="UTC", week=((Window(time(0), time(0)),),) * 7)
NIGHTS = ContactHours(timezone="UTC", week=((Window(time(20), time(0)),),) * 7)
OPEN = Facts(
    run_state=RunState.ACTIVE,
    target_state=TargetState.PENDING,
    zones=("UTC",),
    on_dnc=None,
    number_in_call=False,
    attempts_spent=0,
    max_attempts=1,
    not_before=None,
    hours=ALWAYS,
)


def refused(until: datetime | None) -> Refused:
    return Refused(rule="A-1", pack="a@1", reason="no calls", until=until)


def test_a_target_with_nothing_against_it_may_be_dialed() -> None:
    assert first_closed(OPEN, NOW) is None


@pytest.mark.parametrize(
    ("facts", "name", "until", "is_final"),
    [
        (replace(OPEN, run_state=None), "run", None, False),
        (replace(OPEN, run_state=RunState.PAUSED), "run", None, False),
        (replace(OPEN, target_state=None), "target", None, False),
        (replace(OPEN, target_state=TargetState.DONE), "target", None, True),
        (replace(OPEN, target_state=TargetState.IN_PROGRESS), "target", None, False),
        (replace(OPEN, left_out_by="a = 1"), "filter", None, False),
        (replace(OPEN, attempts_spent=1, max_attempts=2, fresh_ahead=3), "order", None, False),
        (replace(OPEN, on_dnc="global"), "dnc", None, True),
        (replace(OPEN, closed_by_tolls="it is a premium-rate number"), "toll", None, True),
        (replace(OPEN, attempts_spent=1), "attempts", None, True),
        (replace(OPEN, not_before=NOW + timedelta(hours=1)), "retry", NOW + timedelta(hours=1), False),
        (replace(OPEN, hours=NIGHTS), "hours", NOW.replace(hour=20), False),
        # at an unknown local hour nobody is called
        (replace(OPEN, hours=replace(NIGHTS, timezone="contact"), zones=()), "hours", None, True),
        # in zones that lie too far apart: looked at again, but not every few seconds
        (
            replace(OPEN, hours=replace(NIGHTS, timezone="contact"), zones=("America/New_York", "UTC")),
            "hours",
            NOW + timedelta(days=1),
            False,
        ),
        (replace(OPEN, regulation=refused(NOW + timedelta(hours=2))), "regulation", NOW + timedelta(hours=2), False),
        (replace(OPEN, regulation=refused(None)), "regulation", NOW + timedelta(days=1), False),
        (replace(OPEN, regulation=refused(None), zones=()), "regulation", None, True),
        (replace(OPEN, number_in_call=True), "number", None, False),
        (replace(OPEN, closed_way_out="Asterisk pbx1 is not connected"), "way_out", None, False),
    ],
)
def test_each_gate_closes_for_its_reason_and_says_until_when(
    facts: Facts, name: str, until: datetime | None, is_final: bool
) -> None:
    gate = first_closed(facts, NOW)
    assert gate is not None
    assert (gate.name, gate.until, gate.is_final) == (name, until, is_final)
    assert gate.reason


_facts = st.builds(
    Facts,
    run_state=st.sampled_from([None, *RunState]),
    target_state=st.sampled_from([None, *TargetState]),
    zones=st.sampled_from([(), ("UTC",), ("America/New_York", "Asia/Tokyo")]),
    on_dnc=st.sampled_from([None, "global"]),
    number_in_call=st.booleans(),
    attempts_spent=st.integers(0, 3),
    max_attempts=st.integers(1, 3),
    not_before=st.sampled_from([None, NOW, NOW + timedelta(hours=1)]),
    hours=st.sampled_from([ALWAYS, NIGHTS, replace(NIGHTS, timezone="contact")]),
    closed_way_out=st.sampled_from([None, "closed"]),
)


@given(_facts)
def test_explaining_and_dialing_never_disagree(facts: Facts) -> None:
    closed = list(closed_gates(facts, NOW))
    assert first_closed(facts, NOW) == (closed[0] if closed else None)
    assert len(closed) <= len(GATES)
