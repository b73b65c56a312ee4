"""When a run has reached what it was for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from dialerd.domain.finish import Finish, ends_at, reached, warnings
from dialerd.domain.words import Mode

START = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


def reason(finish: Finish, dispositions: dict[str, int], *, minutes: float = 0) -> str | None:
    found = reached(
        finish,
        dispositions=dispositions,
        positive=("accepted", "answered_human"),
        started_at=START,
        now=START + timedelta(minutes=minutes),
    )
    return found.reason if found else None


@pytest.mark.parametrize(
    ("finish", "dispositions", "minutes", "expected"),
    [
        ({"duration_min": 720}, {}, 719.99, None),
        ({"duration_min": 720}, {}, 720, "it has run for 720 minutes"),
        ({"end": "2026-12-01T10:00:00+00:00"}, {}, 59.9, None),
        ({"end": "2026-12-01T10:00:00+00:00"}, {}, 60, "its end has come"),
        ({"end": "2026-12-01T05:00:00-05:00"}, {}, 60, "its end has come"),
        ({"disposition": {"accepted": 50}}, {"accepted": 49, "busy": 99}, 0, None),
        ({"disposition": {"accepted": 50}}, {"accepted": 50}, 0, "50 x accepted of 50"),
        ({"goal": {"positive": 3}}, {"accepted": 1, "answered_human": 1, "busy": 9}, 0, None),
        ({"goal": {"positive": 3}}, {"accepted": 2, "answered_human": 1}, 0, "3 positive outcomes of 3"),
        ({"goal": {"live": 3}}, {"accepted": 1, "answered_human": 1, "abandoned": 1}, 0, "3 live outcomes of 3"),
        ({"goal": {"live": 3}}, {"answered_human": 2, "answering_machine": 9, "fax": 9}, 0, None),
        ({"goal": {"positive": 9}, "disposition": {"busy": 1}}, {"busy": 1}, 0, "1 x busy of 1"),
        ({"duration_min": 60, "disposition": {"busy": 9}}, {"busy": 1}, 60, "it has run for 60 minutes"),
    ],
)
def test_each_criterion_by_itself_ends_a_run(
    finish: dict[str, Any], dispositions: dict[str, int], minutes: float, expected: str | None
) -> None:
    found = reason(Finish.model_validate(finish), dispositions, minutes=minutes)
    assert (found is None) if expected is None else expected in (found or "")


def test_the_earliest_of_the_times_ends_a_run() -> None:
    both = Finish.model_validate({"duration_min": 90, "end": "2026-12-01T10:00:00+00:00"})
    assert ends_at(both, started_at=START) == START + timedelta(hours=1)
    assert ends_at(both, started_at=START - timedelta(hours=1)) == START + timedelta(minutes=30)
    assert ends_at(Finish(goal={"live": 1}), started_at=START) is None


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ({}, "names no criterion"),
        ({"end": "2026-12-01T10:00:00"}, "needs an offset"),
        ({"end": "soon"}, "end is a moment like"),
        ({"duration_min": 0}, "greater than 0"),
        ({"goal": {"happy": 1}}, "positive"),
        ({"goal": {"positive": 0}}, "greater than or equal to 1"),
        ({"disposition": {"busy": 1.5}}, "integer"),
        ({"until": 3}, "Extra inputs"),
    ],
)
def test_a_criterion_that_means_nothing_is_refused(table: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Finish.model_validate(table)


def test_a_criterion_on_a_code_that_agents_always_overwrite_is_warned_about() -> None:
    finish = Finish.model_validate({"disposition": {"answered_human": 50, "busy": 9, "abandoned": 3, "accepted": 5}})
    assert warnings(finish, mode=Mode.AGENTLESS, now=START) == []
    (warning,) = [each for each in warnings(finish, mode=Mode.PREDICTIVE, now=START) if "answered_human" in each]
    assert "overwritten" in warning
    assert not [
        each for each in warnings(finish, mode=Mode.PREDICTIVE, now=START) if "busy" in each or "abandoned" in each
    ]


def test_an_end_that_has_passed_is_warned_about() -> None:
    finish = Finish.model_validate({"end": START})
    assert "2026-12-01T09:00+00:00 has passed" in warnings(finish, mode=Mode.AGENTLESS, now=START)[0]
    assert warnings(finish, mode=Mode.AGENTLESS, now=START - timedelta(seconds=1)) == []
