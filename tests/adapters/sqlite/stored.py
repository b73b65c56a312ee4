"""What the tests of the store keep in it: contacts, a run of them, attempts; and files that are no good.

Not here: any test.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dialerd.adapters.sqlite import check
from dialerd.domain.campaign import read_campaign
from dialerd.domain.contact import Contact
from dialerd.domain.phone import PhoneNumber
from dialerd.domain.words import AttemptId, Disposition
from dialerd.ports import AttemptRow, RunRow, TargetRow, Unit

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
SPEC = read_campaign(
    {
        "name": "c",
        "lists": ["l"],
        "trunk": "carrier",
        "caller_id": "+12125550100",
        "on_human": {"play": "hello"},
        "max_attempts": 3,
    },
    source="test",
)


def contacts(count: int) -> list[Contact]:
    return [Contact(numbers=(PhoneNumber(e164=f"+1212{6_000_000 + n}", zones=("UTC",)),)) for n in range(count)]


def set_up(unit: Unit, count: int = 10) -> RunRow:
    made = unit.lists.create("l", "US", NOW)
    unit.contacts.add(made.id, contacts(count), NOW)
    run = unit.runs.create(unit.campaigns.put(SPEC, NOW).id, SPEC, NOW)
    while not unit.runs.prepare(run.id, size=1000, draw=lambda: 0.5, now=NOW):
        pass
    return run


def attempt_at(target: TargetRow, n: int) -> AttemptRow:
    return AttemptRow(
        id=AttemptId(f"d{n:032x}"),
        target_id=target.id,
        run_id=target.run_id,
        number=target.number,
        trunk="carrier",
        asterisk="pbx1",
        caller_id="+12125550100",
        claimed_at=NOW,
    )


def closed(attempt: AttemptRow, disposition: Disposition) -> AttemptRow:
    return replace(attempt, disposition=disposition, ended_at=NOW + timedelta(seconds=5))


def create_list(name: str, unit: Unit) -> None:
    unit.lists.create(name, "US", NOW)


def list_names(unit: Unit) -> list[str]:
    return [row.name for row in unit.lists.all()]


def other_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE other (x)")


def no_database(path: Path) -> None:
    path.write_bytes(b"hello, I am no database at all" * 100)


def newer_database(path: Path) -> None:
    check(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('dialerd', 'm999_future', '')"
        )
        connection.commit()
