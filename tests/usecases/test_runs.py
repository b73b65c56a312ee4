"""The life of a run as a person drives it, and the figures it is told in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from dialerd.domain.errors import BadInputError, IllegalActionError, NotFoundError
from dialerd.domain.words import AttemptId, Channel, RunState
from dialerd.domain.words import Disposition as D
from dialerd.ports import AttemptRow, RunRow
from dialerd.usecases import campaigns, lists, runs, status
from dialerd.usecases.standing import get_campaign
from tests.usecases.conftest import ACTOR, NOW, TRUNKS, House, spec, trunk

LATER = NOW + timedelta(seconds=30)


def act(house: House, action: str) -> RunRow:
    if action in ("run", "rerun"):
        start: Callable[..., RunRow] = getattr(runs, f"{action}_campaign")
        return start(house.unit, "spring", trunks=TRUNKS, actor=ACTOR, now=NOW)
    change: Callable[..., RunRow] = getattr(runs, f"{action}_run")
    return change(house.unit, "spring", actor=ACTOR, now=NOW)


@pytest.fixture
def full(house: House) -> House:
    house.with_contacts("2122660001", "2122660002", "2122660003")
    return house


@pytest.mark.parametrize(
    ("state", "possible"),
    [
        (None, {"run"}),
        (RunState.ACTIVE, {"pause", "stop"}),
        (RunState.PAUSED, {"resume", "stop"}),
        (RunState.STOPPING, set()),
        (RunState.COMPLETED, {"run", "rerun"}),
        (RunState.STOPPED, {"run", "rerun"}),
    ],
)
@pytest.mark.parametrize("action", ["run", "rerun", "pause", "resume", "stop"])
def test_each_state_allows_its_actions_and_refuses_the_rest_naming_them(
    full: House, state: RunState | None, possible: set[str], action: str
) -> None:
    if state is not None:
        full.unit.runs.set_state(full.start().id, state, NOW)
    if action in possible:
        act(full, action)
        assert full.audit()[-1][0] == ACTOR
        return
    before = full.audit()
    with pytest.raises(IllegalActionError, match=f"cannot be {action[:4]}") as raised:
        act(full, action)
    assert all(each in raised.value.hint for each in possible)
    assert full.audit() == before


def test_each_run_has_the_next_number_and_starts_on_all_contacts_afresh(full: House) -> None:
    full.start()
    act(full, "stop")
    second = full.start()
    assert (second.number, second.targets, second.pending, second.state) == (2, 3, 3, RunState.ACTIVE)


def test_stopping_without_a_call_up_ends_the_run_at_once_and_its_results_stay(full: House) -> None:
    full.start()
    stopped = act(full, "stop")
    assert stopped.state is RunState.STOPPED
    assert stopped.finished_at == NOW
    assert full.unit.runs.dispositions(full.latest().id) == {D.CANCELLED: 3}


def test_stopping_with_a_call_up_waits_for_its_end(full: House) -> None:
    full.start()
    (attempt,) = full.dial()
    stopping = act(full, "stop")
    assert (stopping.state, stopping.in_progress) == (RunState.STOPPING, 1)
    full.end(attempt, D.ANSWERED_HUMAN, LATER, answered_at=NOW)
    assert full.latest().state is RunState.STOPPED
    assert full.unit.runs.dispositions(full.latest().id) == {D.CANCELLED: 2, D.ANSWERED_HUMAN: 1}


def test_a_paused_run_can_be_stopped(full: House) -> None:
    full.start()
    act(full, "pause")
    assert act(full, "stop").state is RunState.STOPPED


def test_a_run_keeps_the_definition_it_began_with(full: House) -> None:
    full.start()
    act(full, "stop")
    campaigns.apply_campaign(full.unit, spec(max_attempts=9), trunks=TRUNKS, actor=ACTOR, now=NOW)
    assert full.latest().spec.max_attempts == 1
    assert full.start().spec.max_attempts == 9


def test_a_run_with_nobody_to_call_is_refused(house: House) -> None:
    with pytest.raises(IllegalActionError, match="nobody to call") as raised:
        act(house, "run")
    assert "list import customers" in raised.value.hint
    assert status.status(house.unit, "spring", NOW).state == "ready"


def test_an_infinite_run_may_begin_with_empty_lists(house: House) -> None:
    campaigns.apply_campaign(house.unit, spec(finite=False), trunks=TRUNKS, actor=ACTOR, now=NOW)
    assert act(house, "run").state is RunState.ACTIVE


def test_a_run_whose_list_was_deleted_since_is_refused(full: House) -> None:
    lists.delete_list(full.unit, "customers", actor=ACTOR, now=NOW)
    with pytest.raises(NotFoundError, match="list customers, which was deleted"):
        act(full, "run")


@pytest.mark.parametrize(
    ("trunks", "complaint"),
    [({}, "no trunk carrier"), ({"carrier": trunk(caller_id="+12125550199")}, "not allowed on trunk carrier")],
)
def test_a_run_is_refused_where_the_settings_have_lost_its_way_out(
    full: House, trunks: dict[str, object], complaint: str
) -> None:
    with pytest.raises(BadInputError, match=complaint):
        runs.run_campaign(full.unit, "spring", trunks=trunks, actor=ACTOR, now=NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize("action", ["run", "rerun", "pause", "resume", "stop"])
def test_an_unknown_campaign_is_not_found(empty: House, action: str) -> None:
    with pytest.raises(NotFoundError, match="no campaign spring"):
        act(empty, action)


def test_the_pace_is_the_runs_alone(full: House) -> None:
    full.start()
    new = runs.change_pace(full.unit, "spring", max_calls=7, calls_per_second=None, actor=ACTOR, now=NOW)
    assert (new.max_calls, new.calls_per_second) == (7, 1.0)
    assert full.latest().spec == new
    assert get_campaign(full.unit, "spring").spec.max_calls == 1
    assert full.audit()[-1] == (ACTOR, "run_paced", "spring")


@pytest.mark.parametrize(
    ("max_calls", "calls_per_second"), [(0, None), (-1, None), (10**6, None), (None, 0.0), (None, float("nan"))]
)
def test_an_impossible_pace_is_refused(full: House, max_calls: int | None, calls_per_second: float | None) -> None:
    full.start()
    with pytest.raises(BadInputError, match="new pace"):
        runs.change_pace(
            full.unit, "spring", max_calls=max_calls, calls_per_second=calls_per_second, actor=ACTOR, now=NOW
        )
    assert full.latest().spec == spec()


def test_a_pace_without_an_unfinished_run_is_refused(full: House) -> None:
    def pace() -> None:
        runs.change_pace(full.unit, "spring", max_calls=2, calls_per_second=None, actor=ACTOR, now=NOW)

    with pytest.raises(IllegalActionError):
        pace()
    full.start()
    act(full, "stop")
    with pytest.raises(IllegalActionError):
        pace()


def test_by_answer_rate_those_come_first_whose_number_was_answered_before(full: House) -> None:
    full.with_contacts("2122660004")
    full.start()
    for attempt, code in zip(full.dial(3), (D.NO_ANSWER, D.ANSWERED_HUMAN, D.ANSWERING_MACHINE), strict=True):
        full.end(attempt, code, LATER, answered_at=NOW)
    act(full, "stop")
    by_rate = spec(order="answer_rate")
    campaigns.apply_campaign(full.unit, by_rate, trunks=TRUNKS, actor=ACTOR, now=NOW)
    full.start()
    assert [attempt.number[-1] for attempt in full.dial(4, LATER)] == ["2", "4", "1", "3"]


def test_by_answer_rate_a_message_is_no_call_that_nobody_answered(full: House) -> None:
    full.with_contacts("2122660004")
    run = full.start()
    targets = full.unit.dialing.candidates(run.id, dnc=None, limit=3, now=NOW)
    ids = [AttemptId(f"d{n:032x}") for n in range(3)]
    told = ((Channel.VOICE, D.NO_ANSWER), (Channel.SMS, D.SENT), (Channel.AUTOMATED, D.NO_ANSWER))
    for attempt_id, target, (channel, code) in zip(ids, targets, told, strict=True):
        attempt = AttemptRow(
            id=attempt_id,
            target_id=target.id,
            run_id=run.id,
            number=target.number,
            trunk="",
            asterisk="",
            caller_id="",
            claimed_at=NOW,
            channel=channel,
        )
        full.unit.dialing.open_attempt(attempt)
        full.end(attempt, code, LATER)
    act(full, "stop")
    campaigns.apply_campaign(full.unit, spec(order="answer_rate"), trunks=TRUNKS, actor=ACTOR, now=NOW)
    full.start()
    assert [attempt.number[-1] for attempt in full.dial(4, LATER)] == ["2", "4", "1", "3"]
