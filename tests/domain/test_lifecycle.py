"""Every state and action of a campaign, and which fields may change in which state."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dialerd.domain.errors import IllegalActionError
from dialerd.domain.lifecycle import RUN_FIELDS, Action, campaign_state, check_edit, next_state
from dialerd.domain.words import CampaignState, RunState

# One column per action: the state of the run after it, "ok" where no run is changed, "-" where it is refused.
WRITTEN = """
state     run     pause   resume  stop      rerun   edit  clone  delete
draft     -       -       -       -         -       ok    ok     ok
ready     active  -       -       -         -       ok    ok     ok
scheduled -       -       -       -         -       ok    ok     ok
active    -       paused  -       stopping  -       -     ok     -
paused    -       -       active  stopping  -       ok    ok     -
stopping  -       -       -       -         -       -     ok     -
completed active  -       -       -         active  ok    ok     ok
stopped   active  -       -       -         active  ok    ok     ok
"""
_HEAD, *_ROWS = [line.split() for line in WRITTEN.strip().splitlines()]
EXPECTED = {
    (CampaignState(row[0]), Action(action)): cell
    for row in _ROWS
    for action, cell in zip(_HEAD[1:], row[1:], strict=True)
}
SOON = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(("state", "action"), list(EXPECTED))
def test_each_state_allows_an_action_or_refuses_it_with_what_is_possible(state: CampaignState, action: Action) -> None:
    expected = EXPECTED[state, action]
    if expected != "-":
        assert next_state(state, action, campaign="spring") == (None if expected == "ok" else RunState(expected))
        return
    with pytest.raises(IllegalActionError) as raised:
        next_state(state, action, campaign="spring")
    assert f"campaign spring is {state}, it cannot be {action.value[:4]}" in str(raised.value)
    possible = [other for other in Action if EXPECTED[state, other] != "-"]
    assert all(str(other) in raised.value.hint for other in possible)


def test_a_scheduled_campaign_is_not_run_by_hand_and_says_when_it_will_run() -> None:
    with pytest.raises(IllegalActionError, match="starts by itself at 2026-12-07T09:00\\+00:00") as raised:
        next_state(CampaignState.SCHEDULED, Action.RUN, campaign="spring", next_start_at=SOON)
    assert "schedule --off" in raised.value.hint


def test_a_draft_is_not_run_and_says_what_it_lacks() -> None:
    with pytest.raises(IllegalActionError, match="it has no trunk and no caller_id"):
        next_state(CampaignState.DRAFT, Action.RUN, campaign="spring", lacks=("trunk", "caller_id"))


@pytest.mark.parametrize(
    ("lacks", "run", "next_start_at", "state"),
    [
        (("trunk",), None, None, "draft"),
        (("trunk",), RunState.STOPPED, SOON, "draft"),
        ((), None, None, "ready"),
        ((), None, SOON, "scheduled"),
        ((), RunState.COMPLETED, SOON, "scheduled"),
        ((), RunState.COMPLETED, None, "completed"),
        ((), RunState.STOPPED, None, "stopped"),
        ((), RunState.ACTIVE, SOON, "active"),
        (("trunk",), RunState.PAUSED, None, "paused"),
        ((), RunState.STOPPING, None, "stopping"),
    ],
)
def test_an_unfinished_run_speaks_first_then_what_is_missing_then_the_schedule(
    lacks: tuple[str, ...], run: RunState | None, next_start_at: datetime | None, state: str
) -> None:
    assert campaign_state(lacks=lacks, run=run, next_start_at=next_start_at) == state


@pytest.mark.parametrize("state", CampaignState)
@pytest.mark.parametrize("field", ["lists", "mode", "order", "description", "priority", "retry", "finish", "name"])
def test_a_field_may_change_unless_a_run_depends_on_it(state: CampaignState, field: str) -> None:
    is_open = EXPECTED[state, Action.EDIT] == "ok"
    is_fixed = field in RUN_FIELDS and state in (CampaignState.PAUSED, CampaignState.COMPLETED)
    if is_open and not is_fixed:
        check_edit(state, {field}, campaign="spring")
        return
    with pytest.raises(IllegalActionError, match=field if is_open else "cannot be edited"):
        check_edit(state, {field, "description"}, campaign="spring")


def test_the_written_table_names_every_state_and_action() -> None:
    assert len(EXPECTED) == len(CampaignState) * len(Action)
