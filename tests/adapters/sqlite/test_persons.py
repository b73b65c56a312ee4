"""A person is erased from every column that can hold one, and a new column makes somebody think of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dialerd.adapters.sql.persondata import KEPT, PLACES, SWEPT
from dialerd.adapters.sql.unit import SqlUnit
from dialerd.adapters.sqlite.connection import connect
from dialerd.adapters.sqlite.migrations import migrate
from dialerd.domain.person import Person, scrubbed
from dialerd.domain.retention import Kind
from dialerd.domain.words import ContactId

NUMBER, SECOND, EMAIL = "+12122660001", "+12122660002", "ann@example.com"
OTHER = "+12122660099"
MARK = "MARKER"  # in every free text of the person
ATTEMPT = "d" + "1" * 32
NOW = "2026-03-02T15:00:00.000000+00:00"


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    made = connect(None)
    migrate(made)
    yield made
    made.close()


def columns(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    return {
        (table, row[1])
        for (table,) in tables.fetchall()
        for row in connection.execute(f"PRAGMA table_xinfo({table})").fetchall()
    }


def test_every_column_is_erased_or_kept_for_a_reason(connection: sqlite3.Connection) -> None:
    erased = {(place.table, column) for place in PLACES for column in place.columns}
    erased |= {(table, column) for table, names in SWEPT.items() for column in names}
    kept = [(table, column) for rows in KEPT.values() for table, names in rows for column in names.split()]
    there = columns(connection)
    unknown = sorted(there - erased - set(kept))
    assert unknown == [], "new columns: can they hold a person? Then PLACES, else KEPT with the reason (persondata.py)"
    assert sorted((erased | set(kept)) - there) == [], "these are gone from the schema"
    assert len(kept) == len(set(kept)) and not erased & set(kept), "each has one fate"


def fill(connection: sqlite3.Connection) -> None:
    """The person in every place that there is, beside somebody else."""
    run = connection.execute
    run("PRAGMA foreign_keys = OFF")
    run("INSERT INTO contact_list (id, name, region, contacts, created_at) VALUES (1, 'l', 'US', 2, ?)", (NOW,))
    run("INSERT INTO campaign (id, name, spec, created_at, updated_at) VALUES (1, 'c', '{}', ?, ?)", (NOW, NOW))
    run(
        "INSERT INTO run (id, campaign_id, number, spec, state, created_at, finished_at)"
        " VALUES (1, 1, 1, '{}', 'completed', ?, ?)",
        (NOW, NOW),
    )
    attributes = json.dumps({"email": EMAIL.upper(), "name": MARK})
    for each, number, given in ((7, NUMBER, attributes), (8, OTHER, "{}")):
        run(
            "INSERT INTO contact (id, list_id, number, zones, attributes, created_at) VALUES (?, 1, ?, '[]', ?, ?)",
            (each, number, given, NOW),
        )
        run(
            "INSERT INTO target (id, run_id, contact_id, number, zones, state, rank, disposition, done_at)"
            " VALUES (?, 1, ?, ?, ?, 'done', 1, 'busy', ?)",
            (each, each, number, f'["{MARK if each == 7 else ""}"]', NOW),
        )
        for letter, to in (("1", number), ("2", EMAIL if each == 7 else OTHER)):
            run(
                "INSERT INTO attempt (id, target_id, run_id, number, trunk, asterisk, caller_id, claimed_at, ended_at,"
                " disposition, reason) VALUES (?, ?, 1, ?, 't', 'a', '+12125550100', ?, ?, 'busy', ?)",
                ("d" + letter * 31 + str(each), each, to, NOW, NOW, f"no such user {to.lstrip('+')}"),
            )
    run("UPDATE attempt SET id = ? WHERE target_id = 7 AND number = ?", (ATTEMPT, NUMBER))
    run("INSERT INTO contact_number VALUES (7, 2, ?, '[]')", (SECOND,))
    run("INSERT INTO contact_note (contact_id, at, actor, text) VALUES (7, ?, 'a', ?)", (NOW, MARK))
    run("INSERT INTO contact_past VALUES (7, 1, ?, 'busy', 0, ?)", (NOW, MARK))
    for state in ("done", "cancelled"):
        run(
            "INSERT INTO callback (campaign_id, contact_id, number, zones, zone, due_at, planned_at, expires_at,"
            " created_by, created_at, notes, state, ended_at)"
            " VALUES (1, 7, :number, '[]', 'UTC', :now, :now, :now, 'a', :now, :notes, :state, :now)",
            {"number": SECOND, "now": NOW, "notes": MARK, "state": state},
        )
    run("INSERT INTO preview VALUES ('a', 1, 7, 7, ?, ?, ?)", (NOW, NOW, None))
    for n, (sender, contact, attempt) in enumerate(((NUMBER, None, None), ("x@y.z", 7, None), ("q", None, ATTEMPT))):
        run(
            "INSERT INTO reply (route, reply_id, sender, recipient, subject, text, at, contact_id, attempt_id, did)"
            " VALUES ('r', ?, ?, '+12125550100', ?, ?, ?, ?, ?, ?)",
            (str(n), sender, MARK, f"{MARK} {NUMBER}", NOW, contact, attempt, MARK),
        )
    run(
        "INSERT INTO answer (id, route, recipient, wish, text, at, outcome, is_unsent) VALUES"
        " ('x', 'r', ?, 'help', ?, ?, '', 0)",
        (NUMBER, MARK, NOW),
    )
    run("INSERT INTO piece VALUES ('r', ?, '+12125550100', 1, 2, 1, ?, ?)", (NUMBER, MARK, NOW))
    run(
        "INSERT INTO call_request (agent, verb, detail, person, actor, asked_at) "
        " VALUES ('a', 'transfer', ?, ?, 'a', ?)",
        (f"{NUMBER} {MARK}", ATTEMPT, NOW),
    )
    run("INSERT INTO idempotency_key VALUES ('a', 'k', 'r', 201, ?, ?)", (f'{{"n": "{NUMBER}", "x": "{MARK}"}}', NOW))
    run(
        "INSERT INTO opt_out (id, address, addresses, how, list_name, at, actor, words, contact_id)"
        " VALUES (1, ?, ?, 'sms', 'global', ?, 'a', ?, 7)",
        (NUMBER, json.dumps([NUMBER]), NOW, MARK),
    )
    run("INSERT INTO opt_out_address (barred, opt_out_id) VALUES (?, 1)", (NUMBER,))
    run("INSERT INTO flow_path VALUES (?, 1, ?)", (ATTEMPT, json.dumps([MARK])))
    run("INSERT INTO dnc_entry VALUES (?, 1, 's', ?, NULL)", (NUMBER, NOW))
    run(
        "INSERT INTO recording (name, attempt_id, asterisk, asked_by, started_at) VALUES ('n', ?, 'a', 'c', ?)",
        (ATTEMPT, NOW),
    )
    for number in (NUMBER, OTHER):
        run("INSERT INTO past_call (number, claimed_at, campaign) VALUES (?, ?, 'gone')", (number, NOW))
    for subject, detail in (
        ("7", {"before": {"name": MARK}}),
        ("x", {"before": f"tel:{NUMBER[1:]}"}),
        (EMAIL, {}),
        ("8", {"a": OTHER}),
    ):
        action = "attribute_set" if subject in "78" else "x"
        run(
            "INSERT INTO audit (at, actor, action, subject, detail) VALUES (?, 'a', ?, ?, ?)",
            (NOW, action, subject, json.dumps(detail)),
        )
    run("PRAGMA foreign_keys = ON")


def everything(connection: sqlite3.Connection) -> dict[tuple[str, str], str]:
    """The text of every column."""
    return {
        (table, column): "\n".join(
            str(value)
            for (value,) in connection.execute(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL")  # noqa: S608
        )
        for table, column in columns(connection)
        if (table, column) != ("callback", "key")
    }


BARRED = {("dnc_entry", "number"), ("opt_out", "address"), ("opt_out", "addresses"), ("opt_out_address", "barred")}


@pytest.mark.parametrize(
    "by", [{"address": NUMBER}, {"address": SECOND}, {"address": EMAIL}, {"contact_id": ContactId(7)}]
)
def test_a_person_is_nowhere_any_more(connection: sqlite3.Connection, by: dict[str, object]) -> None:
    fill(connection)
    unit = SqlUnit(connection)
    person = unit.persons.find(**by)  # type: ignore[arg-type]
    assert person == Person(contacts=(ContactId(7),), addresses=(NUMBER, SECOND, EMAIL))
    held = unit.persons.held(person, with_audit=True)
    assert [title for title, rows in held.items() if not rows] == [], "all of it is told before it goes"
    assert len(held["audit"]) == 3
    every: dict[str, Any] = {"campaign": None, "attempt_id": None, "since": None, "limit": 9}
    assert len(unit.recordings.listed(**every)) == 1
    unit.persons.erase(person)
    assert unit.recordings.listed(**every) == [], "nobody listens to it until Asterisk has deleted it, either"
    while not unit.persons.sweep(size=2):
        pass
    left = {
        place: text
        for place, text in everything(connection).items()
        if place not in BARRED and any(each in text.lower() for each in (NUMBER[1:], SECOND[1:], EMAIL, MARK.lower()))
    }
    assert left == {}
    told = everything(connection)
    assert all(NUMBER in told[place] for place in BARRED), "the wish not to be called is kept"
    assert told["attempt", "disposition"].count("busy") == 4 and "erased" in told["attempt", "reason"]
    assert sorted(told["past_call", "number"].split()) == [OTHER, "erased"]
    assert OTHER in told["contact", "number"] and OTHER in told["audit", "detail"] and OTHER in told["target", "number"]
    assert connection.execute("SELECT contacts FROM contact_list").fetchone() == (1,)
    assert connection.execute("SELECT is_unwanted FROM recording").fetchall() == [(1,)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    (again,) = connection.execute("SELECT count(*) FROM audit").fetchone()
    assert again == 4, "no row of the audit log is lost"


def test_the_audit_log_is_changed_by_an_erasure_alone(connection: sqlite3.Connection) -> None:
    fill(connection)
    unit = SqlUnit(connection)
    unit.persons.erase(unit.persons.find(address=NUMBER))
    unit.persons.sweep(size=100)
    for statement in ("UPDATE audit SET detail = 'x'", "DELETE FROM audit"):
        with pytest.raises(sqlite3.IntegrityError, match="only be added to"):
            connection.execute(statement)
    connection.execute("UPDATE audit_door SET is_open = 1")
    with pytest.raises(sqlite3.IntegrityError, match="only be added to"):
        connection.execute("UPDATE audit SET actor = 'somebody else'")


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("to +12122660001 failed", "to erased failed"),
        ("12122660001", "erased"),
        ("Ann@Example.com,ann@example.com", "erased,erased"),
        ("+12122660003", "+12122660003"),
    ],
)
def test_a_text_is_kept_without_the_address(text: str, without: str) -> None:
    assert scrubbed(text, Person(contacts=(), addresses=(NUMBER, EMAIL)).needles) == without


def test_what_is_old_goes_in_small_steps_and_the_rest_stays(connection: sqlite3.Connection) -> None:
    fill(connection)
    unit = SqlUnit(connection)
    connection.execute("UPDATE recording SET ended_at = started_at")
    at = datetime.fromisoformat(NOW).astimezone(UTC)
    before, after = at - timedelta(days=1), at + timedelta(days=1)
    for kind, rows in {Kind.RECORDINGS: 1, Kind.CALLS: 2, Kind.MESSAGES: 4, Kind.AUDIT: 4}.items():
        assert unit.persons.due(kind, before=before) == 0 and unit.persons.forget(kind, before=before, size=1) == 0
        assert unit.persons.due(kind, before=after) == rows
        steps = 0
        while unit.persons.forget(kind, before=after, size=1):
            steps += 1
        assert steps >= rows // 2 and unit.persons.due(kind, before=after) == 0, kind
    told = everything(connection)
    assert NUMBER[1:] not in told["attempt", "number"] + told["target", "number"] + told["reply", "text"]
    assert told["attempt", "disposition"].count("busy") == 4 and told["audit", "id"] == ""
    assert told["callback", "id"] == "" and told["past_call", "number"] == ""
    assert NUMBER in told["contact", "number"], "a contact goes with its list, or by its own wish"
