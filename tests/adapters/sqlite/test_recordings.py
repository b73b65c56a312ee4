"""Rows of recordings: each is ended once, whoever notices, and goes with its attempt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from dialerd.adapters.sql.unit import SqlUnit
from dialerd.domain.recording import recording_name
from dialerd.domain.words import Disposition
from dialerd.ports import AttemptRow, RecordingRow, RecordingWish
from tests.adapters.sqlite.stored import NOW, attempt_at, closed, set_up

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def attempts(unit: SqlUnit) -> Iterator[list[AttemptRow]]:
    """Two that are open, each recorded."""
    targets = unit.dialing.candidates(set_up(unit, 2).id, dnc=None, limit=2, now=NOW)
    made = [attempt_at(target, n) for n, target in enumerate(targets, 1)]
    unit.dialing.open_attempt(*made)
    for each in made:
        name = recording_name(each.id, "1")
        unit.recordings.add(
            RecordingRow(name=name, attempt_id=each.id, asterisk="pbx1", asked_by="campaign", started_at=NOW)
        )
    yield made


def test_a_recording_whose_call_was_settled_without_it_ends_with_the_call(
    unit: SqlUnit, attempts: list[AttemptRow]
) -> None:
    over, up = attempts
    unit.dialing.close_attempt(closed(over, Disposition.INTERRUPTED))
    unit.recordings.end_orphans(LATER)
    assert [row.attempt_id for row in unit.recordings.going_on()] == [up.id]
    (row,) = unit.recordings.listed(campaign=None, attempt_id=over.id, since=None, limit=5)
    assert row.recording.ended_at == NOW + timedelta(seconds=5)


def test_the_end_of_a_call_ends_its_recordings_and_drops_its_wish(unit: SqlUnit, attempts: list[AttemptRow]) -> None:
    over, up = attempts
    for each in attempts:
        unit.recordings.wish(RecordingWish(attempt_id=each.id, wanted=False, asked_by="agent ann"))
    unit.recordings.end_of(over.id, LATER)
    assert [row.attempt_id for row in unit.recordings.going_on()] == [up.id]
    assert [wish.attempt_id for wish in unit.recordings.wishes()] == [up.id]


def test_a_wish_that_has_changed_meanwhile_is_not_forgotten(unit: SqlUnit, attempts: list[AttemptRow]) -> None:
    before = RecordingWish(attempt_id=attempts[0].id, wanted=True, asked_by="agent ann")
    unit.recordings.wish(before)
    after = RecordingWish(attempt_id=attempts[0].id, wanted=False, asked_by="agent ann")
    unit.recordings.wish(after)
    unit.recordings.forget([before])
    assert unit.recordings.wishes() == [after]
    unit.recordings.forget([after])
    assert unit.recordings.wishes() == []
