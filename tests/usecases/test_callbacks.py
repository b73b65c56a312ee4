"""What can be asked of callbacks, and what claim and settle make of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from dialerd.domain.callback import Callback
from dialerd.domain.dispositionset import read_disposition_set
from dialerd.domain.errors import AlreadyExistsError, BadInputError, IllegalActionError, NotFoundError, RefusedError
from dialerd.domain.queue import read_queue
from dialerd.domain.regulation import EMPTY
from dialerd.domain.words import AgentKind, AttemptId, CallbackState, RunId, RunState, TargetState
from dialerd.domain.words import Disposition as D
from dialerd.ports import DncEntry
from dialerd.usecases import agents, callbacks, campaigns, dispositions, dnc, lists, owncallbacks, runs
from dialerd.usecases.callbacks import Shown, Wish
from dialerd.usecases.explain import explain
from tests.usecases.conftest import ACTOR, NOW, TRUNKS, WAY_OUT, House, spec

MIN, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NIGHT = NOW + timedelta(hours=13)  # 23:00 in New York; hours open at 8:00
MORNING = NOW + timedelta(hours=22)


@pytest.fixture
def three(house: House) -> House:
    house.with_contacts("2122660001", "2122660002", "2122660003")
    return house


def apply(house: House, **keys: Any) -> None:
    campaigns.apply_campaign(house.unit, spec(**keys), trunks=TRUNKS, actor=ACTOR, now=NOW)


def add(house: House, contact: int = 1, at: str | datetime = NOW + HOUR, now: datetime = NOW, **wish: Any) -> Callback:
    given = Wish(at=at, **wish)
    return callbacks.add_callback(house.unit, "spring", contact, given, region="US", actor=ACTOR, now=now)


def shown(house: House, callback: Callback, now: datetime = NOW) -> Shown:
    return callbacks.show_callback(house.unit, callback.id, rulebook=EMPTY, now=now)


def listed(house: House, *states: CallbackState, now: datetime = NOW, **given: Any) -> list[int]:
    asked = {"campaign": None, "agent": None, "limit": 99, "rulebook": EMPTY, **given}
    found = callbacks.list_callbacks(house.unit, states=states or tuple(CallbackState), now=now, **asked).callbacks
    return [each.callback.id for each in found]


def dialed(house: House, now: datetime, limit: int = 9) -> list[str]:
    return [attempt.number[-1] for attempt in house.dial(limit, now)]


def test_a_callback_is_dialed_at_its_time_before_every_other_target(three: House) -> None:
    three.start()
    add(three, 3, NOW + 2 * HOUR)
    add(three, 2, NOW + HOUR)
    assert dialed(three, NOW + HOUR - MIN, limit=0) == []
    assert three.unit.dialing.next_due_at(three.latest().id) == NOW + HOUR
    assert dialed(three, NOW + 2 * HOUR) == ["2", "3", "1"]


def test_until_then_the_contact_is_not_dialed_otherwise(three: House) -> None:
    three.start()
    made = add(three, 1)
    assert dialed(three, NOW) == ["2", "3"]
    assert shown(three, made).gate is not None
    found = explain(three.unit, "spring", 1, trunks=TRUNKS, now=NOW)
    assert (found.held_by, found.until) == ("callback", NOW + HOUR)
    assert "a callback is set for 2026-03-02T11:00-05:00" in found.closed[0].reason


def test_why_it_waits_is_its_time_without_the_time_that_stands_beside_it(three: House) -> None:
    three.start()
    assert callbacks.why(shown(three, add(three, 1))) == "its time"
    by_night = callbacks.why(shown(three, add(three, 2, NIGHT)))
    assert by_night.startswith("its time; then: ")
    assert by_night.endswith(" until 2026-03-03T13:00+00:00")


def test_outside_the_hours_it_waits_and_says_so(three: House) -> None:
    three.start()
    made = add(three, 1, NIGHT)
    told = shown(three, made)
    assert told.gate is not None and told.gate.name == "callback"
    assert told.later is not None and (told.later.name, told.later.until) == ("hours", MORNING)
    assert dialed(three, NIGHT, limit=1) == []
    told = shown(three, made, NIGHT)
    assert (told.state, told.gate and told.gate.name) == (CallbackState.DUE, "hours")
    assert explain(three.unit, "spring", 1, trunks=TRUNKS, now=NIGHT).held_by == "hours"
    assert dialed(three, MORNING, limit=1) == ["1"]
    assert shown(three, made, MORNING).late


def test_it_has_tries_of_its_own_beside_the_most_attempts(three: House) -> None:
    apply(three, max_attempts=1, callbacks={"tries": 2, "retry_after_min": 30.0})
    three.start()
    first = three.dial()[0]
    three.end(first, D.ANSWERED_HUMAN, NOW + MIN)
    made = add(three, 1, now=NOW + MIN)
    for at in (NOW + HOUR, NOW + HOUR + 31 * MIN):
        (attempt,) = three.dial(1, at)
        assert attempt.target_id == first.target_id
        told = shown(three, made, at)
        assert (told.state, told.callback.attempt_id) == (CallbackState.IN_PROGRESS, attempt.id)
        three.end(attempt, D.NO_ANSWER, at + MIN)
    told = shown(three, made, NOW + 3 * HOUR)
    assert (told.state, told.callback.tries, told.callback.disposition) == (CallbackState.EXPIRED, 2, D.NO_ANSWER)
    assert dialed(three, NOW + DAY) == ["2", "3"]


def test_only_a_call_that_another_may_follow_can_be_hung_up_late(three: House) -> None:
    apply(three, max_attempts=3, max_attempts_per_number=2, retry_after_min=1.0)
    three.start()
    add(three, 3)
    first, second, callback = three.claim(3, NOW), three.claim(3, NOW + HOUR - MIN), three.claim(3, NOW + HOUR)
    assert first.repeatable == {attempt.id for attempt in first.attempts}
    assert len(first.attempts) == 2 and not second.attempts
    assert len(callback.attempts) == 1 and not callback.repeatable
    three.end(first.attempts[0], D.CANCELLED, NOW + MIN)
    again = three.claim(3, NOW + 3 * MIN)
    assert len(again.attempts) == 1 and not again.repeatable  # of two at one number


def test_a_customer_who_is_reached_is_done_with(three: House) -> None:
    three.start()
    made = add(three, 1)
    (attempt,) = three.dial(1, NOW + HOUR)
    three.end(attempt, D.ANSWERED_HUMAN, NOW + HOUR + MIN)
    told = shown(three, made, NOW + HOUR + MIN)
    assert (told.state, told.late, told.callback.ended_at) == (CallbackState.DONE, False, NOW + HOUR + MIN)
    target = three.unit.dialing.target(three.latest().id, made.contact_id, dnc=None, now=NOW)
    assert target is not None and target.state is TargetState.DONE


def test_a_run_is_not_over_before_its_callbacks(house: House) -> None:
    house.with_contacts("2122660001")
    house.start()
    (attempt,) = house.dial()
    add(house, 1)  # while the call is up
    house.end(attempt, D.ANSWERED_HUMAN, NOW + MIN)
    assert (house.latest().state, house.latest().waiting) == (RunState.ACTIVE, 1)
    (attempt,) = house.dial(1, NOW + HOUR)
    house.end(attempt, D.ANSWERED_HUMAN, NOW + HOUR + MIN)
    assert house.latest().state is RunState.COMPLETED


def test_another_time_asked_for_during_the_call_ends_the_one_that_is_up(three: House) -> None:
    three.start()
    first = add(three, 1)
    (attempt,) = three.dial(1, NOW + HOUR)
    second = add(three, 1, NOW + 3 * HOUR, now=NOW + HOUR)
    three.end(attempt, D.BUSY, NOW + HOUR + MIN)
    assert shown(three, first, NOW + 2 * HOUR).state is CallbackState.DONE
    assert dialed(three, NOW + 2 * HOUR) == ["2", "3"]
    assert shown(three, second, NOW + 2 * HOUR).state is CallbackState.SCHEDULED
    assert dialed(three, NOW + 3 * HOUR) == ["1"]


def test_a_quota_spreads_them_over_the_intervals(three: House) -> None:
    apply(three, callbacks={"max": 1, "interval_min": 15})
    three.start()
    made = [add(three, n, NOW + HOUR + 5 * MIN) for n in (1, 2, 3)]
    assert [(each.planned_at - NOW) / MIN for each in made] == [65, 75, 90]
    assert "are taken before" in made[1].reason
    assert [dialed(three, NOW + n * MIN) for n in (65, 74, 75, 89, 90)] == [["1"], [], ["2"], [], ["3"]]


def test_no_more_than_the_quota_is_dialed_where_many_have_become_due_together(three: House) -> None:
    apply(three, callbacks={"max": 1, "interval_min": 15})
    three.start()
    made = [add(three, n, NIGHT) for n in (1, 2, 3)]
    assert dialed(three, MORNING) == ["1"]
    told = shown(three, made[1], MORNING)
    assert told.gate is not None and told.gate.reason == "1 callbacks of 1 in 15 minutes are dialed"
    assert dialed(three, MORNING + 15 * MIN) == ["2"]
    callbacks.dial_callback_now(three.unit, made[2].id, actor=ACTOR, now=MORNING + 16 * MIN)
    assert dialed(three, MORNING + 16 * MIN) == ["3"], "who asks for it now does not wait for the quota"


def test_it_can_be_moved_dialed_at_once_and_cancelled(three: House) -> None:
    apply(three, max_attempts=2)
    three.start()
    first, second, third = (add(three, n) for n in (1, 2, 3))
    assert callbacks.move_callback(three.unit, first.id, "2026-03-02T13:30", actor=ACTOR, now=NOW).planned_at == (
        NOW + 3.5 * HOUR
    )
    callbacks.dial_callback_now(three.unit, second.id, actor=ACTOR, now=NOW)
    assert dialed(three, NOW) == ["2"]
    callbacks.cancel_callback(three.unit, third.id, actor=ACTOR, now=NOW)
    assert dialed(three, NOW) == ["3"], "it goes on as it would have"
    assert dialed(three, NOW + 3.5 * HOUR) == ["1"]
    assert listed(three, CallbackState.CANCELLED) == [third.id]
    told = shown(three, third)
    assert (told.gate, told.callback.reason) == (None, f"cancelled by {ACTOR}")
    done = [each for each in three.audit() if each[1].startswith("callback")]
    assert [action for _, action, _ in done] == ["callback_added"] * 3 + [
        "callback_moved",
        "callback_hurried",
        "callback_cancelled",
    ]


def test_a_cancelled_one_leaves_a_settled_contact_settled(house: House) -> None:
    house.with_contacts("2122660001", "2122660002")
    house.start()
    (attempt,) = house.dial()
    house.end(attempt, D.ANSWERED_HUMAN, NOW + MIN)
    made = add(house, 1)
    counts = house.unit.runs.dispositions(house.latest().id)
    callbacks.cancel_callback(house.unit, made.id, actor=ACTOR, now=NOW + MIN)
    run = house.latest()
    assert (run.done, run.pending, run.waiting) == (1, 1, 0)
    assert house.unit.runs.dispositions(run.id) == counts
    assert dialed(house, NOW + HOUR) == ["2"]


@pytest.mark.parametrize(
    ("contact", "wish", "error", "said"),
    [
        (1, {"at": NOW - MIN}, BadInputError, "is past"),
        (1, {"at": "2026-03-01T10:00"}, BadInputError, "is past"),
        (1, {"at": "soon"}, BadInputError, "'soon' is no time"),
        (1, {"at": "2026-03-02T15:00", "zone": "Mars/Crater"}, BadInputError, "no time zone"),
        (9, {}, NotFoundError, "no contact 9"),
        (4, {}, BadInputError, "is in list others, which campaign spring does not call"),
        (1, {"number": "12"}, BadInputError, "'12'"),
        (1, {"agent": "ann"}, BadInputError, "campaign spring is agentless"),
        (1, {"fallback_min": 5.0}, BadInputError, "name the agent"),
        (1, {"notes": "x" * 1001}, BadInputError, "1001 characters"),
        (2, {}, AlreadyExistsError, "contact 2 has callback 1 in campaign spring already"),
        (3, {}, IllegalActionError, "on the do-not-call list global"),
        (1, {"number": "2122660002"}, IllegalActionError, "another contact is called at that number"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(
    three: House, contact: int, wish: dict[str, Any], error: type[RefusedError], said: str
) -> None:
    lists.create_list(three.unit, "others", region="US", actor=ACTOR, now=NOW)
    three.with_contacts("2122660004", name="others")
    three.start()
    add(three, 2)
    dnc.add_to_dnc(three.unit, ["2122660003"], region="US", source="", expires_at=None, actor=ACTOR, now=NOW)
    before = three.audit()
    with pytest.raises(error, match=said):
        add(three, contact, **wish)
    assert three.audit() == before


@pytest.mark.parametrize("state", ["cancelled", "done", "in_progress", "none"])
def test_one_that_is_not_to_come_cannot_be_moved_or_cancelled(three: House, state: str) -> None:
    three.start()
    made = add(three, 1)
    now = NOW + HOUR
    if state == "cancelled":
        callbacks.cancel_callback(three.unit, made.id, actor=ACTOR, now=NOW)
    elif state != "none":
        (attempt,) = three.dial(1, now)
        if state == "done":
            three.end(attempt, D.ANSWERED_HUMAN, now)
    number = 99 if state == "none" else made.id
    said = {"in_progress": "its call is up", "none": "no callback 99"}.get(state, f"it is {state}")
    with pytest.raises(RefusedError, match=said):
        callbacks.move_callback(three.unit, number, now + HOUR, actor=ACTOR, now=now)
    with pytest.raises(RefusedError, match=said):
        callbacks.cancel_callback(three.unit, number, actor=ACTOR, now=now)
    with pytest.raises(RefusedError, match=said):
        callbacks.dial_callback_now(three.unit, number, actor=ACTOR, now=now)


def test_a_number_that_gets_onto_a_do_not_call_list_loses_its_callback_at_once(three: House) -> None:
    dnc.create_dnc(three.unit, "mine", actor=ACTOR, now=NOW)
    dnc.create_dnc(three.unit, "strange", actor=ACTOR, now=NOW)
    apply(three, dnc="mine")
    three.start()
    made = [add(three, n) for n in (1, 2, 3)]
    for name, number, until in (
        ("global", "2122660001", None),
        ("mine", "2122660002", None),
        ("strange", "2122660003", None),
        ("mine", "2122660003", NOW + MIN),  # it is over before the callback is due
    ):
        dnc.add_to_dnc(
            three.unit, [number], region="US", source="", expires_at=until, actor=ACTOR, now=NOW, list_name=name
        )
    found = [shown(three, each).callback for each in made]
    assert [each.state for each in found] == ["cancelled", "cancelled", "scheduled"]
    assert [each.reason for each in found[:2]] == [
        "the number is on the do-not-call list global",
        "the number is on the do-not-call list mine",
    ]
    assert dialed(three, NOW + HOUR) == ["3"]


def test_an_entry_that_came_another_way_is_obeyed_by_the_claim(three: House) -> None:
    three.start()
    made = add(three, 1)
    three.unit.dnc.add([DncEntry(list_name="global", number="+12122660001", source="", added_at=NOW)])
    assert dialed(three, NOW + HOUR) == ["2", "3"]
    assert shown(three, made, NOW + HOUR).callback.reason == "the number is on the do-not-call list global"


def test_a_campaign_without_a_run_keeps_it_for_the_next_one(three: House) -> None:
    made = add(three, 2)
    told = shown(three, made)
    assert told.gate is not None and "waits for the campaign's next run" in told.gate.reason
    three.start()
    assert shown(three, made).run_number == 1
    assert dialed(three, NOW) == ["1", "3"]
    runs.stop_run(three.unit, "spring", actor=ACTOR, now=NOW)
    for attempt in three.unit.dialing.open_attempts():
        three.end(attempt, D.ANSWERED_HUMAN, NOW + MIN)
    assert three.latest().state is RunState.STOPPED
    assert shown(three, made, NOW + MIN).run_number is None
    three.start()
    assert shown(three, made).run_number == 2
    assert dialed(three, NOW + HOUR, limit=1) == ["2"]


def test_a_call_that_is_up_when_the_run_is_stopped_leaves_its_next_try_to_the_next_run(three: House) -> None:
    three.start()
    made = add(three, 1)
    (attempt,) = three.dial(1, NOW + HOUR)
    runs.stop_run(three.unit, "spring", actor=ACTOR, now=NOW + HOUR)
    three.end(attempt, D.NO_ANSWER, NOW + HOUR + MIN)
    told = shown(three, made, NOW + HOUR + MIN)
    assert (told.state, told.run_number, told.callback.tries) == (CallbackState.SCHEDULED, None, 1)


def test_one_that_no_run_could_dial_expires_and_gives_way_to_another(three: House) -> None:
    first = add(three, 1)
    after = first.expires_at
    assert shown(three, first, after).state is CallbackState.EXPIRED
    assert listed(three, CallbackState.EXPIRED, now=after) == [first.id]
    assert listed(three, CallbackState.SCHEDULED, CallbackState.DUE, now=after) == []
    second = add(three, 1, after + HOUR, now=after)
    assert shown(three, first, after).callback.reason == "no run of the campaign could dial it in time"
    assert listed(three, now=after) == [first.id, second.id]


def test_another_number_is_called_and_after_it_the_contacts_own_again(three: House) -> None:
    apply(three, max_attempts=3, callbacks={"tries": 1})
    three.start()
    add(three, 1, number="2122660009")
    (attempt,) = three.dial(1, NOW + HOUR)
    assert attempt.number == "+12122660009"
    three.end(attempt, D.BUSY, NOW + HOUR + MIN)
    assert dialed(three, NOW + DAY) == ["2", "3", "1"]


def test_a_cancelled_one_at_another_number_gives_the_contact_its_own_back(three: House) -> None:
    three.start()
    made = add(three, 1, number="2122660009")
    callbacks.cancel_callback(three.unit, made.id, actor=ACTOR, now=NOW)
    assert dialed(three, NOW) == ["1", "2", "3"]


def test_the_contacts_of_a_list_that_is_deleted_lose_theirs(three: House) -> None:
    made = add(three, 1)
    while not lists.delete_list(three.unit, "customers", actor=ACTOR, now=NOW):
        pass
    told = shown(three, made)
    assert (told.state, told.callback.reason) == (CallbackState.CANCELLED, "the contact was deleted")


def test_a_campaign_that_is_deleted_takes_its_callbacks_with_it(three: House) -> None:
    made = [add(three, n) for n in (1, 2, 3)]
    row = three.unit.campaigns.get("spring")
    assert row is not None
    assert [three.unit.campaigns.delete(row.id, size=2, forget=NOW) for _ in range(2)] == [False, True]
    assert listed(three) == []
    with pytest.raises(NotFoundError):
        shown(three, made[0])


def test_a_contact_that_the_filter_leaves_out_is_promised_nothing(three: House) -> None:
    apply(three, filter="priority > 5")
    with pytest.raises(BadInputError, match="the filter of campaign spring leaves contact 1 out"):
        add(three, 1)


# Of agents


@pytest.fixture
def staffed(three: House) -> House:
    """Ann and Bob serve a queue for the campaign; Cid has no permission."""
    for name in ("ann", "bob", "cid"):
        may = name != "cid"
        three.unit.agents.put(name, endpoint=f"PJSIP/{name}", kind=AgentKind.OUTBOUND, may_outbound=may, now=NOW)
    three.unit.queues.put(read_queue({"name": "sales", "agents": ["ann", "bob"]}, source="test"), NOW)
    apply(three, on_human=None, mode="progressive", queue="sales")
    three.start()
    return three


def claimed(house: House, now: datetime, *free: str, limit: int = 1) -> list[tuple[str, str | None]]:
    """Who was claimed for which agent, as the engine does: what waits for one that is free before all others, one for
    each; the rest again where all that was looked at was held."""
    due = owncallbacks.due_own(house.unit, free, runs=(house.latest().id,), now=now).own
    first = {own.agent: own for own in reversed(due)}
    told: list[tuple[str, str | None]] = []
    for own in sorted(first.values(), key=due.index)[:limit]:
        attempt = owncallbacks.dial_own(house.unit, own, way_out=WAY_OUT, packs=(), new_id=house.ids(), now=now)
        told += [] if attempt is None else [(attempt.number[-1], own.agent)]
    claim = house.claim(limit - len(told), now)
    while claim.held and not claim.attempts:
        claim = house.claim(limit - len(told), now)
    return told + [(attempt.number[-1], None) for attempt in claim.attempts]


def test_an_agents_own_waits_for_that_agent_and_then_is_anybodys(staffed: House) -> None:
    made = add(staffed, 3, agent="ann", fallback_min=30.0)
    due = NOW + HOUR
    assert claimed(staffed, due, "bob") == [("1", None)]
    told = shown(staffed, made, due)
    assert told.gate is not None
    assert (told.gate.reason, told.gate.until) == ("the callback waits for agent ann", due + 30 * MIN)
    assert callbacks.why(told) == "the callback waits for agent ann"
    assert claimed(staffed, due + 29 * MIN, "bob") == [("2", None)]
    assert claimed(staffed, due + 30 * MIN, "bob") == [("3", None)]


def test_a_free_agents_own_goes_before_all_others(staffed: House) -> None:
    add(staffed, 1, NOW + 30 * MIN)
    add(staffed, 3, agent="ann", fallback_min=90.0)
    due = NOW + HOUR
    assert claimed(staffed, due) == [("1", None)]
    assert claimed(staffed, due + MIN, "ann", "bob") == [("3", "ann")]
    assert claimed(staffed, due + 2 * MIN, "ann") == [("2", None)]


def test_a_free_agent_gets_one_of_several_at_a_time(staffed: House) -> None:
    for contact in (2, 3):
        add(staffed, contact, agent="ann", never_anybody=True)
    assert claimed(staffed, NOW + 3 * HOUR, "ann", limit=3) == [("2", "ann"), ("1", None)]
    assert claimed(staffed, NOW + 3 * HOUR, "ann", limit=3) == [("3", "ann")]


def test_one_without_a_fallback_waits_until_it_expires(staffed: House) -> None:
    made = add(staffed, 3, agent="ann", never_anybody=True)
    assert claimed(staffed, NOW + 5 * DAY, "bob", limit=3) == [("1", None), ("2", None)]
    assert claimed(staffed, made.expires_at + MIN, "bob", limit=3) == [("3", None)], "it goes on as it would have"
    assert shown(staffed, made, made.expires_at + MIN).state is CallbackState.EXPIRED


def test_what_waits_for_free_agents_is_told_by_time_a_few_of_each_and_of_the_runs_asked_for(staffed: House) -> None:
    for contact, agent in ((1, "ann"), (2, "bob"), (3, "ann")):
        add(staffed, contact, NOW + contact * HOUR, agent=agent)

    ours = staffed.latest().id

    def own(hours: int, *names: str, each: int = 9, run_id: RunId = ours) -> list[tuple[str, int]]:
        found = staffed.unit.callbacks.own(names, runs=(run_id,), until=NOW + hours * HOUR, each=each)
        return [(callback.agent, callback.contact_id) for callback in found]

    assert own(1, "ann", "bob") == [("ann", 1)]
    assert own(3, "ann", "bob") == [("ann", 1), ("bob", 2), ("ann", 3)]
    assert own(3, "ann", "bob", each=1) == [("ann", 1), ("bob", 2)]
    assert own(3, "cid") == []
    assert own(3, "ann", "bob", run_id=RunId(99)) == []


@pytest.mark.parametrize(("agent", "said"), [("dan", "there is no agent dan"), ("cid", "has no permission")])
def test_an_agent_who_is_not_there_or_may_not_is_promised_nothing(staffed: House, agent: str, said: str) -> None:
    with pytest.raises(RefusedError, match=said):
        add(staffed, 1, agent=agent)
    assert listed(staffed) == []


@pytest.mark.parametrize("minutes", [-1.0, 43_201.0, float("nan")])
def test_a_fallback_out_of_range_is_refused(staffed: House, minutes: float) -> None:
    with pytest.raises(BadInputError, match="out of range"):
        add(staffed, 1, agent="ann", fallback_min=minutes)


def test_a_deleted_agents_are_anybodys_at_once(staffed: House) -> None:
    made = add(staffed, 3, agent="ann", never_anybody=True)
    assert claimed(staffed, NOW + HOUR, "bob", limit=1) == [("1", None)]
    staffed.unit.queues.put(read_queue({"name": "sales", "agents": ["bob"]}, source="test"), NOW)
    agents.delete_agent(staffed.unit, "ann", actor=ACTOR, now=NOW + HOUR)
    assert shown(staffed, made, NOW + HOUR).callback.reason == "agent ann was deleted"
    assert claimed(staffed, NOW + HOUR, "bob", limit=1) == [("3", None)]


# Dispositions that ask for one

SALES: dict[str, Any] = {
    "name": "sales",
    "disposition": [
        {"code": "later", "callback": True},
        {"code": "in_an_hour", "callback": True, "callback_after_min": 60.0},
        {"code": "no"},
    ],
}


@pytest.fixture
def answered(three: House) -> tuple[House, AttemptId]:
    """A person was reached and is about to be given a disposition."""
    dispositions.apply_set(three.unit, read_disposition_set(SALES, source="test"), actor=ACTOR, now=NOW)
    apply(three, dispositions="sales", max_attempts=1)
    three.start()
    (attempt,) = three.dial()
    three.end(attempt, D.ANSWERED_HUMAN, NOW + MIN)
    return three, attempt.id


def give(house: House, attempt: AttemptId, code: str, wish: Wish | None = None) -> dispositions.Given:
    return dispositions.give(house.unit, attempt, code, callback=wish, actor=ACTOR, now=NOW + MIN)


def test_a_disposition_promises_a_call_at_its_own_time_or_the_one_given(answered: tuple[House, AttemptId]) -> None:
    house, attempt = answered
    given = give(house, attempt, "in_an_hour")
    assert given.callback is not None
    assert (given.callback.due_at, given.retry_at) == (NOW + 61 * MIN, NOW + 61 * MIN)
    again = give(house, attempt, "later", Wish(at="2026-03-02T14:00"))
    assert again.callback is not None
    assert (again.callback.id, again.callback.due_at) == (given.callback.id, NOW + 4 * HOUR)
    assert give(house, attempt, "later").callback == again.callback, "without a time the one that is set stays"
    assert dialed(house, NOW + 4 * HOUR) == ["1", "2", "3"]


def test_a_disposition_that_lacks_a_time_or_asks_for_no_call_is_refused(answered: tuple[House, AttemptId]) -> None:
    house, attempt = answered
    for code, wish, said in (
        ("later", None, "a callback needs a time"),
        ("later", Wish(at=NOW - MIN), "is past"),
        ("no", Wish(at=NOW + HOUR), "no asks for no callback"),
    ):
        with pytest.raises(BadInputError, match=said):
            give(house, attempt, code, wish)
    assert listed(house) == []
    assert "no" not in house.unit.runs.dispositions(house.latest().id)


def test_after_the_run_the_promise_is_kept_for_the_next_one_under_the_campaigns_new_name(
    answered: tuple[House, AttemptId],
) -> None:
    house, attempt = answered
    runs.stop_run(house.unit, "spring", actor=ACTOR, now=NOW + MIN)
    campaigns.rename_campaign(house.unit, "spring", "summer", actor=ACTOR, now=NOW + MIN)
    given = give(house, attempt, "in_an_hour")
    assert given.callback is not None
    assert given.callback.run_id is None
    assert shown(house, given.callback).campaign == "summer"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"code": "a", "callback": True, "retry_after_min": 5}, "a callback has tries of its own"),
        ({"code": "a", "callback_after_min": 5}, "callback_after_min is for callback = true"),
    ],
)
def test_a_set_whose_callbacks_make_no_sense_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInputError, match=said):
        read_disposition_set({"name": "s", "disposition": [wrong]}, source="test")
