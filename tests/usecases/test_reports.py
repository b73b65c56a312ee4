"""Reports are what the attempts table says, whatever happened to the attempts and in whichever order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.adapters.sql.unit import SqlUnit
from dialerd.adapters.sqlite.connection import connect
from dialerd.adapters.sqlite.migrations import migrate
from dialerd.domain.agents import Seen
from dialerd.domain.dispositionset import read_disposition_set
from dialerd.domain.errors import BadInputError, NotFoundError
from dialerd.domain.regulation import EMPTY
from dialerd.domain.words import AgentKind, AgentState
from dialerd.domain.words import Disposition as D
from dialerd.usecases import campaigns, dispositions, lists, reports
from tests.usecases.conftest import ACTOR, NOW, TRUNKS, House, spec

HOUR = timedelta(hours=1)


@pytest.fixture
def full(house: House) -> House:
    house.with_contacts(*(f"212266{n:04}" for n in range(1, 9)))
    house.start()
    return house


def test_one_call_is_counted_with_its_seconds_under_each_thing(full: House) -> None:
    (attempt,) = full.dial(1)
    full.end(
        attempt,
        D.ANSWERED_HUMAN,
        NOW + timedelta(seconds=30),
        answered_at=NOW + timedelta(seconds=5),
        agent="ann",
        connected_at=NOW + timedelta(seconds=7),
    )
    keys = {by: [row.key for row in reports.report(full.unit, by)] for by in reports.BYS}
    assert keys == {
        "campaign": ["spring"],
        "list": ["customers"],
        "agent": ["ann"],
        "hour": ["2026-03-02T15:00:00+00:00"],
        "disposition": ["answered_human"],
        "trunk": ["carrier"],
    }
    (row,) = reports.report(full.unit, "campaign")
    assert (row.attempts, row.answered, row.live, row.connected, row.positive) == (1, 1, 1, 1, 1)
    assert (row.duration_s, row.talk_s, row.mean_talk_s) == (30.0, 23.0, 23.0)


def test_abandoned_calls_are_a_share_of_those_that_a_person_answered(full: House) -> None:
    calls = full.dial(4)
    for attempt, ending in zip(calls, (D.ABANDONED, D.ANSWERED_HUMAN, D.BUSY, D.ANSWERING_MACHINE), strict=True):
        full.end(attempt, ending, NOW + timedelta(seconds=9), answered_at=None if ending is D.BUSY else NOW)
    (row,) = reports.report(full.unit, "campaign", campaign="spring")
    assert (row.attempts, row.answered, row.live, row.abandoned, row.abandoned_rate) == (4, 3, 2, 1, 0.5)
    found = reports.abandonment(full.unit, "spring", rulebook=EMPTY, now=NOW + HOUR)
    assert (found.live, found.abandoned, found.rate, found.cap) == (2, 1, 0.5, None)
    assert [(point.at, point.live, point.abandoned) for point in found.points] == [(NOW, 2, 1)]


def test_calls_that_have_not_ended_are_in_no_report(full: House) -> None:
    full.dial(3)
    assert reports.report(full.unit, "campaign") == []


def test_a_span_counts_whole_hours(full: House) -> None:
    first, second = full.dial(1)[0], full.dial(1, now=NOW + HOUR)[0]
    for attempt in (first, second):
        full.end(attempt, D.BUSY, attempt.claimed_at + timedelta(seconds=3))
    hours = [row.key for row in reports.by_hour(full.unit, "spring")]
    assert hours == ["2026-03-02T15:00:00+00:00", "2026-03-02T16:00:00+00:00"]
    since = reports.report(full.unit, "hour", since=NOW + HOUR)
    until = reports.report(full.unit, "hour", until=NOW + HOUR)
    assert [row.key for row in (*until, *since)] == hours
    assert reports.report(full.unit, "hour", since=NOW, until=NOW + 2 * HOUR) == [*until, *since]


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"by": "colour"}, BadInputError),
        ({"by": "hour", "campaign": "nowhere"}, NotFoundError),
        ({"by": "hour", "run": 1}, BadInputError),
        ({"by": "hour", "since": NOW, "until": NOW}, BadInputError),
    ],
)
def test_a_report_of_nothing_that_there_is_is_refused(
    full: House, asked: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        reports.report(full.unit, **asked)  # type: ignore[arg-type]


def test_times_of_agents_begin_with_what_they_did_before_the_span(full: House) -> None:
    full.unit.agents.put("ann", endpoint="PJSIP/1", kind=AgentKind.OUTBOUND, may_outbound=True, now=NOW)
    for state, minutes in ((AgentState.READY, -10), (AgentState.ON_CALL, 5), (AgentState.WRAP_UP, 8)):
        at = NOW + timedelta(minutes=minutes)
        full.unit.agents.set_seen("ann", Seen(state=state, since=at, idle_since=at), leg_id=None, asterisk=None, now=at)
    (ann,) = reports.agent_times(full.unit, since=NOW, until=NOW + timedelta(minutes=20))
    assert (ann.ready_s, ann.on_call_s, ann.wrap_up_s, ann.paused_s) == (300.0, 180.0, 720.0, 0.0)


def test_a_report_is_rows_of_text_for_csv(full: House) -> None:
    (attempt,) = full.dial(1)
    full.end(attempt, D.BUSY, NOW + timedelta(seconds=3))
    head, row = reports.as_rows("trunk", reports.report(full.unit, "trunk"))
    assert dict(zip(head, row, strict=True)) | {"trunk": "carrier", "attempts": "1", "talk_s": "0.0000"} == dict(
        zip(head, row, strict=True)
    )


# Whatever the order

_STEPS = st.lists(
    st.tuples(
        st.sampled_from([D.BUSY, D.ANSWERED_HUMAN, D.ABANDONED, D.NO_ANSWER]),
        st.sampled_from(["", "ann", "bob"]),
        st.integers(0, 3),
        st.lists(st.sampled_from(["sale", "no"]), max_size=2),
    ),
    min_size=1,
    max_size=8,
)
_SET = {"name": "sales", "disposition": [{"code": "sale", "text": "sold"}, {"code": "no", "text": "not sold"}]}
_TALLIED = "SELECT hour, agent, disposition, sum(attempts), sum(talk_ms) FROM tally GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
_COUNTED = """
SELECT substr(claimed_at, 1, 13), coalesce(agent, ''), coalesce(final, disposition), count(*),
  sum(CAST(round((julianday(ended_at) - julianday(coalesce(connected_at, answered_at))) * 86400000) AS INTEGER))
FROM attempt WHERE disposition IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


@settings(max_examples=25, deadline=None)
@given(steps=_STEPS)
def test_the_tallies_equal_what_the_attempts_say_whatever_ends_and_is_given(
    steps: list[tuple[D, str, int, list[str]]],
) -> None:
    connection = connect(None)
    migrate(connection)
    house = House(SqlUnit(connection))
    lists.create_list(house.unit, "customers", region="US", actor=ACTOR, now=NOW)
    dispositions.apply_set(house.unit, read_disposition_set(_SET, source="test"), actor=ACTOR, now=NOW)
    campaigns.apply_campaign(house.unit, spec(dispositions="sales"), trunks=TRUNKS, actor=ACTOR, now=NOW)
    house.with_contacts(*(f"212266{n:04}" for n in range(1, 9)))
    house.start()
    for ending, agent, hours, codes in steps:
        (attempt,) = house.dial(1, now=NOW + hours * HOUR)
        began = attempt.claimed_at + timedelta(seconds=1)
        house.end(
            attempt,
            ending,
            began + timedelta(seconds=40),
            answered_at=began,
            agent=agent or None,
            connected_at=began if agent else None,
        )
        for code in codes if ending is D.ANSWERED_HUMAN else []:
            dispositions.give(house.unit, attempt.id, code, actor=ACTOR, now=began + timedelta(seconds=50))
    assert connection.execute(_TALLIED).fetchall() == connection.execute(_COUNTED).fetchall()
    connection.close()
