"""A filter comes to the same in SQL as in Python, whatever it says and whoever wrote it."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.adapters.sql.filters import to_sql
from dialerd.adapters.sql.unit import SqlUnit
from dialerd.adapters.sqlite.connection import connect
from dialerd.adapters.sqlite.migrations import migrate
from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.contact import Contact
from dialerd.domain.filters import Filter, Record, matches, read_filter
from dialerd.domain.filters.parse import MAX_DEPTH
from dialerd.domain.phone import PhoneNumber
from dialerd.ports import RunRow
from tests.adapters.sqlite.stored import NOW, set_up
from tests.adapters.sqlite.test_cost import steps

TODAY = date(2026, 12, 1)

_names = st.sampled_from(["a", "b", '"odd name"', '"$.x"', '"0"', "age", "priority", "number", "list", "zone", '"é"'])
_texts = st.sampled_from(
    ["", " ", "CA", "ca", "10", "-3.5", "1e3", "0x1", "inf", "2026-12-01", "2026-02-30", "true", "É"]
)
_values = st.one_of(
    _texts.map(lambda text: f"'{text}'"),
    st.sampled_from(["10", "-3.5", "0", "true", "false", "today()", "today() + 3 days", "today() - 400 days"]),
)
_plain = st.tuples(_names, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), _values).map(" ".join)
_ages = st.tuples(_names, st.sampled_from(["<", "=", ">"]), st.integers(-9, 9)).map(
    lambda t: f"age({t[0]}) {t[1]} {t[2]}"
)
_likes = st.tuples(_names, st.sampled_from(["%", "c_", "C%", "1.", "%-12-%", "é", "_"])).map(
    lambda t: f"{t[0]} like '{t[1]}'"
)
_ones = st.tuples(_names, st.lists(_values, min_size=1, max_size=3)).map(lambda t: f"{t[0]} in ({', '.join(t[1])})")
_empties = _names.map(lambda name: f"{name} is empty")
_leaves = st.one_of(_plain, _ages, _likes, _ones, _empties)
_filters = st.recursive(
    _leaves,
    lambda part: st.one_of(
        st.tuples(part, st.sampled_from(["and", "or"]), part).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})"),
        part.map(lambda text: f"not ({text})"),
    ),
    max_leaves=5,
)
_attributes = st.dictionaries(st.sampled_from(["a", "b", "odd name", "$.x", "0", "age", "é"]), _texts, max_size=5)


def kept_by_sql(connection: sqlite3.Connection, tree: Filter) -> set[str]:
    sql, given = to_sql(tree, today=TODAY)
    return {row[0] for row in connection.execute(f"SELECT number FROM contact WHERE {sql}", given)}  # noqa: S608


@settings(max_examples=300, deadline=None)
@given(_filters, st.lists(st.tuples(_attributes, st.integers(0, 12)), min_size=1, max_size=4))
def test_sql_and_python_keep_the_same_contacts(text: str, people: list[tuple[dict[str, str], int]]) -> None:
    connection = connect(None)
    migrate(connection)
    unit = SqlUnit(connection)
    made = unit.lists.create("CA", "US", NOW)
    contacts = [
        Contact(numbers=(PhoneNumber(e164=f"+1212266{n:04}", zones=()),), attributes=attributes, priority=priority)
        for n, (attributes, priority) in enumerate(people)
    ]
    unit.contacts.add(made.id, contacts, NOW)
    tree = read_filter(text)
    expected = {
        each.numbers[0].e164
        for each in contacts
        if matches(
            tree,
            Record(
                number=each.numbers[0].e164,
                list="CA",
                priority=each.priority,
                zone=each.zone,
                attributes=each.attributes,
            ),
            today=TODAY,
        )
    }
    assert kept_by_sql(connection, tree) == expected
    assert kept_by_sql(connection, read_filter(str(tree))) == expected, "its text is the same filter"
    count = unit.contacts.count(["CA"], tree, today=TODAY)
    assert (count.contacts, count.kept) == (len(contacts), len(expected))
    assert len(unit.contacts.kept(["CA"], tree, today=TODAY, limit=9)) == len(expected)


@pytest.mark.parametrize(
    "text",
    [
        "a = '' or 1 = 1 --'",
        "a = '') OR 1=1 --'",
        "\"a') OR 1=1 --\" = 'x'",
        "\"$[0]\" = 'x'",
        "\"a.b\" = 'x'",
        '"\'; DROP TABLE contact; --" is not empty',
        "a like '%''; DELETE FROM contact; --'",
        "a = ':filter_0'",
        "\"?1\" = '?1'",
    ],
)
def test_hostile_words_keep_nobody_and_change_nothing(connection: sqlite3.Connection, unit: SqlUnit, text: str) -> None:
    set_up(unit, 3)
    before = connection.total_changes
    try:
        tree = read_filter(text.replace("\\'", "''"))
    except Exception as error:  # noqa: BLE001  # refused is as good as matching nobody
        assert "line 1" in str(error)
        return
    assert kept_by_sql(connection, tree) == set()
    assert connection.total_changes == before
    assert connection.execute("SELECT count(*) FROM contact").fetchone() == (3,)


def with_filter(unit: SqlUnit, text: str | None, people: list[dict[str, str]]) -> RunRow:
    run = set_up(unit, 1)
    made = unit.lists.create("people", "US", NOW)
    phones = [PhoneNumber(e164=f"+1212266{n:04}", zones=()) for n in range(len(people))]
    contacts = [Contact(numbers=(phone,), attributes=each) for phone, each in zip(phones, people, strict=True)]
    unit.contacts.add(made.id, contacts, NOW)
    spec = changed(run.spec, name="filtered", lists=("people",), filter=text)
    return unit.runs.create(unit.campaigns.put(spec, NOW).id, spec, NOW)


def changed(spec: CampaignSpec, **keys: Any) -> CampaignSpec:
    return spec.model_copy(update=keys)


def take_in(unit: SqlUnit, run: RunRow) -> int:
    while not unit.runs.prepare(run.id, size=2, draw=lambda: 0.5, now=NOW):
        pass
    after = unit.runs.get(run.id)
    assert after is not None
    return after.pending


def test_a_run_takes_in_only_whom_its_filter_keeps(unit: SqlUnit) -> None:
    people = [{"state": state} for state in ("CA", "NY", "CA", "TX", "CA")]
    assert take_in(unit, with_filter(unit, "state = 'CA'", people)) == 3


def test_a_run_is_dialed_in_the_order_of_an_attribute(unit: SqlUnit) -> None:
    run = with_filter(unit, None, [{"debt": debt} for debt in ("5", "50", "", "500")])
    unit.runs.set_spec(run.id, changed(run.spec, order="-debt"))
    take_in(unit, run)
    found = unit.dialing.candidates(run.id, dnc=None, limit=9, now=NOW)
    assert [target.number[-1] for target in found] == ["3", "1", "0", "2"]


def test_a_filter_that_keeps_nobody_is_looked_through_in_chunks(unit: SqlUnit, connection: sqlite3.Connection) -> None:
    run = with_filter(unit, "state = 'XX'", [{"state": "CA"}] * 400)
    cost = steps(connection, lambda: unit.runs.prepare(run.id, size=10, draw=lambda: 0.5, now=NOW))
    assert cost < 10 * 300
    assert take_in(unit, run) == 0


def test_a_changed_filter_lets_targets_go_and_takes_others_in(unit: SqlUnit) -> None:
    people = [{"n": str(n)} for n in range(6)]
    run = with_filter(unit, "n < 4", people)
    assert take_in(unit, run) == 4
    unit.runs.set_spec(run.id, changed(run.spec, filter="n > 1"))
    unit.runs.request_scrub(run.id)
    unit.runs.request_refill(run.id)
    scrubbed = [unit.runs.scrub(run.id, size=3, now=NOW) for _ in range(2)]
    assert [each.left_out for each in scrubbed] == [2, 0]
    assert take_in(unit, run) == 4
    after = unit.runs.get(run.id)
    assert after is not None
    assert (after.targets, after.done) == (6, 2)


def test_a_filter_that_is_taken_back_takes_back_what_it_let_go_as_it_was(unit: SqlUnit) -> None:
    run = with_filter(unit, None, [{"n": str(n)} for n in range(6)])
    assert take_in(unit, run) == 6
    unit.dialing.hold(unit.dialing.candidates(run.id, dnc=None, limit=1, now=NOW)[0], "retry", NOW + timedelta(hours=1))
    for text, kept in (("n > 2", 3), ("n > 1", 4), (None, 6)):
        unit.runs.set_spec(run.id, changed(run.spec, filter=text))
        unit.runs.request_scrub(run.id)
        unit.runs.request_refill(run.id)
        unit.runs.scrub(run.id, size=9, now=NOW)
        take_in(unit, run)
        after = unit.runs.get(run.id)
        assert after is not None
        assert (after.pending + after.waiting, after.targets) == (kept, 6)
        assert unit.runs.dispositions(run.id) == ({"cancelled": 6 - kept} if kept < 6 else {})
        assert after.waiting == (text is None), "a wait goes on"


def test_what_was_stopped_or_ended_does_not_come_back_with_another_filter(unit: SqlUnit) -> None:
    run = with_filter(unit, "n > 2", [{"n": str(n)} for n in range(6)])
    take_in(unit, run)
    unit.runs.cancel_targets(run.id, NOW, size=9)
    unit.runs.set_spec(run.id, changed(run.spec, filter=None))
    unit.runs.request_refill(run.id)
    take_in(unit, run)
    after = unit.runs.get(run.id)
    assert after is not None
    assert (after.pending, after.done) == (3, 3)


# As deep as may be, in every shape: joined on the right, where SQLite's parser must keep most in mind, and by not.
_DEEPEST = [
    "not " * MAX_DEPTH + "age(n) between 1 and 2",
    "n=1 and (n=1 or (" * (MAX_DEPTH // 2) + "n in (1, 'x')" + "))" * (MAX_DEPTH // 2),
    "n=1 and not (" * (MAX_DEPTH // 2) + "n not between 1 and today()" + ")" * (MAX_DEPTH // 2),
    "n=1 or not (" * (MAX_DEPTH // 2 - 1) + "n=1 and n=1 and age(n) not in (1)" + ")" * (MAX_DEPTH // 2 - 1),
]
_WIDEST = ["n in (" + ",".join(["1"] * 1990) + ")", "n=1or " * 660 + "n=1", "n=1and " * 570 + "n=1"]


@pytest.mark.parametrize("text", _DEEPEST + _WIDEST)
def test_whatever_can_be_read_can_be_obeyed(unit: SqlUnit, text: str) -> None:
    run = with_filter(unit, text, [{"n": "1"}, {"n": "2"}])
    take_in(unit, run)
    unit.runs.request_scrub(run.id)
    assert unit.runs.scrub(run.id, size=3, now=NOW).left_out == 0
    tree = read_filter(text)
    count = unit.contacts.count(["people"], tree, today=TODAY)
    assert (count.contacts, count.kept) == (2, len(unit.contacts.kept(["people"], tree, today=TODAY, limit=9)))


def test_today_is_the_campaigns_own_date(unit: SqlUnit) -> None:
    late = NOW.replace(hour=23, minute=30)
    people = [{"due": (late.date() + timedelta(days=days)).isoformat()} for days in (0, 1)]
    run = with_filter(unit, "due = today()", people)
    in_tokyo = changed(run.spec, hours={"timezone": "Asia/Tokyo", "mon-sun": "00:00-24:00"})
    assert in_tokyo.today(late) == late.date() + timedelta(days=1)
    assert run.spec.today(late) == late.date()
    unit.runs.set_spec(run.id, in_tokyo)
    assert unit.runs.prepare(run.id, size=9, draw=lambda: 0.5, now=late)
    (target,) = unit.dialing.candidates(run.id, dnc=None, limit=9, now=late)
    assert target.number == "+12122660001"
