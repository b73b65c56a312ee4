"""Opening: any older database is brought up to date once, a newer or broken one is refused with a remedy."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from dialerd.adapters.sql.unit import SqlUnit
from dialerd.adapters.sqlite import SqliteStore, check, only_daemon
from dialerd.adapters.sqlite.connection import connect
from dialerd.adapters.sqlite.migrations import MIGRATIONS, migrate, migrations
from dialerd.domain.columnmap import ColumnMap
from dialerd.domain.errors import StoreError
from dialerd.domain.flow.path import Visit
from dialerd.domain.past import Past
from dialerd.domain.recording import recording_name
from dialerd.domain.replywords import Wish
from dialerd.domain.words import AttemptId, Channel, ContactId, ListId, RunId, TargetId
from dialerd.ports import AnswerRow, MessageRouteRow, Piece, RecordingRow
from tests.adapters.sqlite.stored import (
    NOW,
    attempt_at,
    contacts,
    create_list,
    list_names,
    newer_database,
    no_database,
    set_up,
)
from tests.domain.flow.samples import RENEWAL, read


def test_a_file_that_is_no_database_is_named_with_a_remedy(tmp_path: Path) -> None:
    no_database(tmp_path / "a.db")
    with pytest.raises(StoreError) as error:
        SqliteStore.open(tmp_path / "a.db")
    assert "a.db" in str(error.value)
    assert "restore a backup" in str(error.value)
    with pytest.raises(StoreError, match="folder exists"):
        SqliteStore.open(tmp_path / "nowhere" / "a.db")


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    newer_database(tmp_path / "a.db")
    with pytest.raises(StoreError, match="newer dialerd"):
        SqliteStore.open(tmp_path / "a.db")


_OPENER = """
import sys
from pathlib import Path
from dialerd.adapters.sqlite import SqliteStore
print("ready", flush=True)
sys.stdin.readline()
with SqliteStore.unit(Path(sys.argv[1]), write=True) as unit:
    unit.campaigns.all()
"""


def test_processes_that_open_a_new_database_at_once_all_succeed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _OPENER, str(tmp_path / "a.db")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    openers = [subprocess.Popen(command, text=True, **pipes) for _ in range(8)]  # type: ignore[call-overload]
    for each in openers:
        assert each.stdout.readline() == "ready\n"
    for each in openers:
        each.stdin.write("go\n")
        each.stdin.flush()
    assert [each.communicate()[1] for each in openers] == [""] * 8


_HOLDER = """
import sys
from pathlib import Path
from dialerd.adapters.sqlite import only_daemon
with only_daemon(Path(sys.argv[1])):
    print("ready", flush=True)
    sys.stdin.readline()
"""


def test_an_older_database_is_not_migrated_under_a_daemon_that_runs_on_it(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m051_talks")
        applied = before.execute("SELECT count(*) FROM _sqlite_migrations").fetchone()
    command = [sys.executable, "-c", _HOLDER, str(path)]
    with subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as daemon:
        assert daemon.stdout and daemon.stdin
        assert daemon.stdout.readline() == "ready\n"
        for open_it in (lambda: check(path), lambda: SqliteStore.open(path), lambda: command_of(path)):
            with pytest.raises(
                StoreError, match=f"older dialerd, and its daemon .process {daemon.pid}. runs; nothing"
            ) as said:
                open_it()
            assert "stop the daemon" in str(said.value)
        with closing(connect(path)) as after:
            assert after.execute("SELECT count(*) FROM _sqlite_migrations").fetchone() == applied
        daemon.stdin.close()
        daemon.wait()
    command_of(path)
    check(path)


def command_of(path: Path) -> None:
    with SqliteStore.unit(path, write=False) as unit:
        unit.campaigns.all()


def test_the_daemon_itself_migrates_and_commands_beside_one_of_the_same_version_go_on(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m051_talks")
    with only_daemon(path):
        command_of(path)
    command = [sys.executable, "-c", _HOLDER, str(path)]
    with subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as daemon:
        assert daemon.stdout and daemon.stdin
        assert daemon.stdout.readline() == "ready\n"
        command_of(path)
        check(path)
        daemon.stdin.close()


def test_migrating_again_changes_nothing(connection: sqlite3.Connection) -> None:
    before = connection.total_changes
    migrate(connection)
    assert connection.total_changes == before


# A row or two in each table of the first version, as its program wrote them.
_AT = "2026-12-01T09:00:00.000000+00:00"
_FIRST_ROWS: tuple[tuple[str, dict[str, object]], ...] = (
    ("contact_list", {"id": 3, "name": "l", "region": "US", "contacts": 2, "created_at": _AT}),
    (
        "contact",
        {"id": 7, "list_id": 3, "number": "+12122660001", "zones": "[]", "attributes": "{}", "created_at": _AT},
    ),
    ("contact", {"id": 8, "list_id": 3, "number": "+12122660002", "zones": "[]", "zone": "UTC", "created_at": _AT}),
    ("contact_number", {"contact_id": 8, "position": 2, "number": "+12122660003", "zones": "[]"}),
    ("dnc_list", {"id": 2, "name": "named"}),
    ("dnc_entry", {"number": "+12122660009", "list_id": 1, "source": "cli", "added_at": _AT}),
    ("dnc_entry", {"number": "+12122660009", "list_id": 2, "source": "cli", "added_at": _AT, "expires_at": "2027"}),
    ("campaign", {"id": 1, "name": "c", "spec": '{"name":"c"}', "created_at": _AT, "updated_at": _AT}),
    ("run", {"id": 1, "campaign_id": 1, "number": 1, "spec": "{}", "state": "active", "created_at": _AT}),
    ("target", {"id": 1, "run_id": 1, "contact_id": 7, "number": "+1", "zones": "[]", "state": "pending", "rank": 7.0}),
    (
        "target",
        {"id": 2, "run_id": 1, "contact_id": 8, "number": "+2", "zones": "[]", "state": "waiting", "rank": 8.0}
        | {"attempts_spent": 1, "not_before": _AT},
    ),
    (
        "attempt",
        {"id": "d" + "0" * 31 + "1", "target_id": 2, "run_id": 1, "number": "+2", "trunk": "carrier"}
        | {"asterisk": "pbx1", "caller_id": "+12125550100", "claimed_at": _AT, "ended_at": _AT, "cause": 17}
        | {"sip_code": 486, "disposition": "busy"},
    ),
    ("run_disposition", {"run_id": 1, "disposition": "busy", "n": 1}),
    ("audit", {"id": 1, "at": _AT, "actor": "cli:ann", "action": "run_started", "subject": "c", "detail": "{}"}),
)


def rows_of(connection: sqlite3.Connection, columns: dict[str, str]) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: connection.execute(f"SELECT {names} FROM {table} ORDER BY {names}").fetchall()  # noqa: S608
        for table, names in columns.items()
    }


def schema_of(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    return connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall()


@pytest.mark.parametrize("before", [each.__name__ for each in MIGRATIONS[1:]])
def test_a_database_from_before_each_migration_keeps_every_row_and_gets_the_schema_of_a_new_one(
    connection: sqlite3.Connection, before: str
) -> None:
    with closing(connect(None)) as old:
        migrations.apply(Database(old), stop_before=before)
        for table, row in _FIRST_ROWS:
            marks = ", ".join(f":{name}" for name in row)
            old.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", row)  # noqa: S608
        columns = {
            table: ", ".join(row[1] for row in old.execute(f"PRAGMA table_info({table})"))
            for table in dict(_FIRST_ROWS)
        }
        kept = rows_of(old, columns)
        assert all(kept.values())
        migrate(old)
        assert rows_of(old, columns) == kept
        assert old.execute("PRAGMA foreign_key_check").fetchall() == []
        assert old.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert schema_of(old) == schema_of(connection)
        assert dict(old.execute("SELECT name, entries FROM dnc_list")) == {"global": 1, "named": 1}


def test_a_database_of_the_first_version_keeps_its_rows_and_its_ids_go_on(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(connect(path)) as first:
        migrations.apply(Database(first), stop_before="m002_contacts")
        first.execute("INSERT INTO contact_list VALUES (1, 'l', 'US', 1, '2026-12-01')")
        first.execute("INSERT INTO contact (id, list_id, number, zones, created_at) VALUES (7, 1, '+1', '[]', '')")
        assert not first.in_transaction
    with SqliteStore.unit(path, write=True) as unit:
        old = unit.lists.get("l")
        assert old is not None
        unit.contacts.add(old.id, contacts(2), NOW)
        assert [row.id for row in unit.contacts.of_list(old.id, limit=9)] == [7, 8, 9]


def test_a_database_without_imports_gets_their_tables_and_keeps_its_lists(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m011_imports")
        before.execute("INSERT INTO contact_list VALUES (1, 'l', 'US', 0, '2026-12-01')")
    with SqliteStore.unit(path, write=True) as unit:
        old = unit.lists.get("l")
        assert old is not None
        unit.imports.put_map("m", ColumnMap(columns={"number": "Tel"}), NOW)
        unit.imports.put_drop(old.id, "/drop", "m")
        assert unit.imports.begin(old.id, "a.csv", NOW).list_name == "l"
        assert [drop.folder for drop in unit.imports.drops()] == ["/drop"]
        assert unit.lists.delete(old.id, size=9)
        assert unit.imports.drops() == []
        assert list(unit.imports.maps()) == ["m"]


def test_attempts_of_before_their_indexes_were_parted_are_found_counted_and_deleted_with_their_campaign(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.db"
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m022_claims")
        for table, row in _FIRST_ROWS:
            marks = ", ".join(f":{name}" for name in row)
            before.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", row)  # noqa: S608
        before.execute("UPDATE target SET state = 'in_progress' WHERE id = 1")
        before.execute(
            "INSERT INTO attempt (id, target_id, run_id, number, trunk, asterisk, caller_id, claimed_at)"
            " VALUES (?, 1, 1, '+1', 'carrier', 'pbx1', '+12125550100', ?)",
            ("d" + "0" * 31 + "2", _AT),
        )
        counted = before.execute("SELECT pending, waiting, in_progress, attempts FROM run").fetchone()
    with SqliteStore.unit(path, write=True) as unit:
        found = [unit.dialing.last_attempt(TargetId(id)) for id in (1, 2)]
        assert [(each.number, each.disposition) for each in found if each] == [("+1", None), ("+2", "busy")]
        with pytest.raises(StoreError, match="open attempt"):
            unit.dialing.open_attempt(found[0])  # type: ignore[arg-type]
    with closing(connect(path)) as after:
        assert after.execute("SELECT pending, waiting, in_progress, attempts FROM run").fetchone() == counted
        assert after.execute("PRAGMA foreign_key_list(attempt)").fetchall() == []
        after.execute("DELETE FROM target WHERE id = 1")
        assert after.execute("SELECT number FROM attempt").fetchall() == [("+2",)]
        after.execute("DELETE FROM target")
        assert after.execute("SELECT count(*) FROM attempt").fetchone() == (0,)
        assert after.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_run_from_before_pacers_told_of_themselves_tells_nothing_and_can(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m025_pacing")
        before.execute("INSERT INTO campaign (id, name, spec, created_at, updated_at) VALUES (1, 'c', '{}', '', '')")
        before.execute(
            "INSERT INTO run (id, campaign_id, number, spec, state, created_at) VALUES (1, 1, 1, '{}', 'active', '')"
        )
    with SqliteStore.unit(path, write=True) as unit:
        assert unit.runs.pacing(RunId(1)) is None
        unit.runs.set_pacing(RunId(1), {"limit": "x", "decisions": [{"calls": 3}]})
        assert unit.runs.pacing(RunId(1)) == {"limit": "x", "decisions": [{"calls": 3}]}


def test_what_a_pacer_learns_can_be_written_down_for_a_run_from_before_that_and_goes_with_it(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m030_pacer")
        before.execute("INSERT INTO campaign (id, name, spec, created_at, updated_at) VALUES (1, 'c', '{}', '', '')")
        before.execute(
            "INSERT INTO run (id, campaign_id, number, spec, state, created_at) VALUES (1, 1, 1, '{}', 'active', '')"
        )
    with SqliteStore.unit(path, write=True) as unit:
        assert unit.runs.learnt(RunId(1)) is None
        for seen in (3, 4):
            unit.runs.set_learnt(RunId(1), {"form": 1, "seen": [seen, 0.5]})
        assert unit.runs.learnt(RunId(1)) == {"form": 1, "seen": [4, 0.5]}
    with closing(connect(path)) as after:
        after.execute("DELETE FROM run")
        assert after.execute("SELECT count(*) FROM pacer").fetchone() == (0,)


def test_a_database_from_before_flows_can_keep_some(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m026_flow")
        create = "INSERT INTO campaign (id, name, spec, created_at, updated_at) VALUES (1, 'c', '{}', '', '')"
        before.execute(create)
    with SqliteStore.unit(path, write=True) as unit:
        assert unit.flows.all() == []
        unit.flows.put(read(RENEWAL), NOW)
        assert [(row.spec, row.version) for row in unit.flows.all()] == [(read(RENEWAL), 1)]
    with closing(connect(path)) as after:
        assert after.execute("SELECT name FROM campaign").fetchall() == [("c",)]


def test_a_database_from_before_recordings_has_none_and_can_keep_some(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m027_recording")
    with SqliteStore.unit(path, write=True) as unit:
        (target,) = unit.dialing.candidates(set_up(unit, 1).id, dnc=None, limit=1, now=NOW)
        attempt = attempt_at(target, 1)
        unit.dialing.open_attempt(attempt)
        assert unit.recordings.going_on() == []
        name = recording_name(attempt.id, "1")
        row = RecordingRow(name=name, attempt_id=attempt.id, asterisk="pbx1", asked_by="campaign", started_at=NOW)
        unit.recordings.add(row)
        assert unit.recordings.going_on() == [row]
        unit.recordings.end(name, now=NOW, duration_s=3.0)
        unit.recordings.end(name, now=NOW + timedelta(seconds=9), duration_s=None)
        (listed,) = unit.recordings.listed(campaign="c", attempt_id=attempt.id, since=NOW, limit=5)
        assert listed.recording == replace(row, ended_at=NOW, duration_s=3.0)
        assert unit.recordings.listed(campaign="other", attempt_id=None, since=None, limit=5) == []


def test_an_agent_from_before_it_could_ask_for_the_end_of_a_call_has_not_asked_and_can(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m034_hang_up")
        before.execute(
            "INSERT INTO agent (name, endpoint, kind, may_outbound, wanted, wanted_since, state, since, idle_since)"
            " VALUES ('ann', 'PJSIP/1', 'outbound', 1, 'ready', :at, 'on_call', :at, :at)",
            {"at": NOW.isoformat()},
        )
    with SqliteStore.unit(path, write=True) as unit:
        assert [row.hang_up_at for row in unit.agents.all()] == [None]
        unit.agents.ask_hang_up("ann", NOW)
        assert [row.hang_up_at for row in unit.agents.all()] == [NOW]


def test_what_is_under_way_before_there_were_strategies_is_calls_at_the_only_step(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m029_strategy")
        for table, row in _FIRST_ROWS:
            marks = ", ".join(f":{name}" for name in row)
            before.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", row)  # noqa: S608
    with SqliteStore.unit(path, write=True) as unit:
        (target,) = unit.dialing.candidates(RunId(1), dnc=None, limit=9, now=NOW)
        assert (target.step, target.channel) == ("", Channel.VOICE)
        last = unit.dialing.last_attempt(TargetId(2))
        assert last is not None
        assert (last.step, last.channel) == ("", Channel.VOICE)
        assert unit.strategies.all() == []
        assert unit.messages.open() == []


def test_attempts_from_before_greetings_were_timed_have_none_and_are_exported(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m035_greeting")
        before.execute("INSERT INTO campaign (id, name, spec, created_at, updated_at) VALUES (1, 'c', '{}', '', '')")
        before.execute(
            "INSERT INTO run (id, campaign_id, number, spec, state, created_at) VALUES (1, 1, 1, '{}', 'stopped', '')"
        )
        before.execute("INSERT INTO contact_list (id, name, region, created_at) VALUES (1, 'l', 'US', '')")
        before.execute("INSERT INTO contact (id, list_id, number, zones, created_at) VALUES (1, 1, '+1', '[]', '')")
        before.execute(
            "INSERT INTO target (id, run_id, contact_id, number, zones, rank, state)"
            " VALUES (1, 1, 1, '+1', '[]', 1, 'pending')"
        )
        before.execute(
            "INSERT INTO attempt (id, target_id, run_id, number, trunk, asterisk, caller_id, claimed_at)"
            " VALUES (:id, 1, 1, '+1', 't', 'a', '+2', :at)",
            {"id": "d" + "1" * 32, "at": NOW.isoformat()},
        )
    with SqliteStore.unit(path, write=False) as unit:
        (row,) = unit.dialing.export(RunId(1))
        assert row.attempt.greeted_at is None


def test_live_answers_that_were_counted_stay_and_automated_calls_are_not_among_those_to_come(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    attempt_id = "d" + "1" * 32
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m038_agents_calls")
        before.execute("INSERT INTO campaign (id, name, spec, created_at, updated_at) VALUES (1, 'c', '{}', '', '')")
        before.execute(
            "INSERT INTO run (id, campaign_id, number, spec, state, created_at) VALUES (1, 1, 1, '{}', 'stopped', '')"
        )
        before.execute("INSERT INTO contact_list (id, name, region, created_at) VALUES (1, 'l', 'US', '')")
        before.execute("INSERT INTO contact (id, list_id, number, zones, created_at) VALUES (1, 1, '+1', '[]', '')")
        before.execute(
            "INSERT INTO target (id, run_id, contact_id, number, zones, rank, state)"
            " VALUES (1, 1, 1, '+1', '[]', 1, 'pending')"
        )
    closed = "UPDATE attempt SET disposition = 'answered_human', ended_at = ? WHERE id = ?"
    counts = []
    for channel, is_old in (("automated", True), ("automated", False), ("voice", False)):
        with closing(connect(path)) as connection:
            if not is_old:
                migrations.apply(Database(connection))
            connection.execute(
                "INSERT INTO attempt (id, target_id, run_id, number, trunk, asterisk, caller_id, claimed_at, channel)"
                " VALUES (?, 1, 1, '+1', 't', 'a', '+2', ?, ?)",
                (attempt_id, NOW.isoformat(), channel),
            )
            connection.execute(closed, (NOW.isoformat(), attempt_id))
            connection.execute("DELETE FROM attempt")
            counts.append(connection.execute("SELECT sum(answered) FROM live_answer").fetchone()[0])
    assert counts == [1, 1, 2]


def test_machines_are_counted_from_now_on_and_what_was_counted_before_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m043_machines")
        before.execute("INSERT INTO campaign (id, name, spec, created_at, updated_at) VALUES (1, 'c', '{}', '', '')")
        before.execute("INSERT INTO live_answer VALUES (1, '2026-03-02T10:00', 10, 1)")
        before.execute("INSERT INTO past_answer VALUES ('old', '2026-03-02T10:00', 5, 2)")
    columns = "SELECT quarter, answered, abandoned, machines FROM "
    with closing(connect(path)) as after:
        migrations.apply(Database(after))
        assert after.execute(columns + "live_answer").fetchall() == [("2026-03-02T10:00", 10, 1, 0)]
        assert after.execute(columns + "past_answer").fetchall() == [("2026-03-02T10:00", 5, 2, 0)]


def test_a_mailbox_was_never_read_before_there_were_any_and_is_read_on_where_it_was_left(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m028_mailbox")
    with SqliteStore.unit(path, write=True) as unit:
        assert unit.messages.mailbox("news") is None
        unit.messages.advance_mailbox("news", 7, 41)
        unit.messages.advance_mailbox("news", 7, 42)
    with SqliteStore.unit(path, write=False) as unit:
        assert unit.messages.mailbox("news") == (7, 42)
        assert unit.messages.mailbox("other") is None


def test_open_attempts_from_before_messages_went_out_beside_calls_still_have_their_targets(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m039_beside")
        before.execute("INSERT INTO campaign (id, name, spec, created_at, updated_at) VALUES (1, 'c', '{}', '', '')")
        before.execute(
            "INSERT INTO run (id, campaign_id, number, spec, state, created_at) VALUES (1, 1, 1, '{}', 'stopped', '')"
        )
        before.execute("INSERT INTO contact_list (id, name, region, created_at) VALUES (1, 'l', 'US', '')")
        before.execute("INSERT INTO contact (id, list_id, number, zones, created_at) VALUES (1, 1, '+1', '[]', '')")
        before.execute(
            "INSERT INTO target (id, run_id, contact_id, number, zones, rank, state)"
            " VALUES (1, 1, 1, '+1', '[]', 1, 'in_progress')"
        )
        before.execute(
            "INSERT INTO attempt (id, target_id, run_id, number, trunk, asterisk, caller_id, claimed_at)"
            " VALUES (:id, 1, 1, '+1', 't', 'a', '+2', :at)",
            {"id": "d" + "1" * 32, "at": NOW.isoformat()},
        )
    with SqliteStore.unit(path, write=True) as unit:
        (call,) = unit.dialing.open_attempts()
        assert call.beside is None
        with pytest.raises(StoreError, match="open attempt already"):
            unit.dialing.open_attempt(replace(call, id=AttemptId("d" + "2" * 32)))
        text = replace(call, id=AttemptId("d" + "3" * 32), channel=Channel.SMS, beside=call.id)
        unit.dialing.open_beside(text)
        assert unit.dialing.open_attempts() == [call]
        assert unit.dialing.last_attempt(call.target_id) == call
        assert unit.messages.open() == [text.id]
        assert unit.dialing.made_beside(call.target_id, Channel.SMS) == 1
        assert unit.dialing.made_beside(call.target_id, Channel.EMAIL) == 0


def test_the_audit_log_of_before_there_were_users_is_kept_and_cannot_be_changed_any_more(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m036_users")
        before.execute(
            "INSERT INTO audit (at, actor, action, subject, detail) VALUES ('2026', 'cli:ann', 'x', 'y', '{}')"
        )
        before.execute("UPDATE audit SET at = ?", (_AT,))
    with SqliteStore.unit(path, write=True) as unit:
        assert unit.users.all() == []
        assert [row.actor for row in unit.audit.latest(limit=5)] == ["cli:ann"]
    with closing(connect(path)) as after:
        for statement in ("UPDATE audit SET actor = 'nobody'", "DELETE FROM audit"):
            with pytest.raises(sqlite3.IntegrityError, match="can only be added to"):
                after.execute(statement)


def test_a_transaction_opened_for_reading_cannot_write(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    check(path)
    with pytest.raises(StoreError, match="right to write"), SqliteStore.unit(path, write=False) as unit:
        create_list("sneaky", unit)
    with SqliteStore.unit(path, write=False) as unit:
        assert list_names(unit) == []


def test_a_full_disk_is_told_as_such_and_undoes_the_transaction(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with pytest.raises(StoreError, match="free room"), SqliteStore.unit(path, write=True) as unit:
        assert isinstance(unit, SqlUnit)
        unit.lists._connection.execute("PRAGMA max_page_count = 60")  # a small disk
        set_up(unit, 20_000)
    with SqliteStore.unit(path, write=False) as unit:
        assert list_names(unit) == []


def test_nobody_was_answered_before_answers_were_kept_and_who_is_stays_so(tmp_path: Path) -> None:
    path, at = tmp_path / "a.db", NOW
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m042_answers")
    with SqliteStore.unit(path, write=True) as unit:
        assert unit.messages.answered_at("+12125550100", Wish.HELP) is None
        for n, is_unsent in enumerate((False, True)):
            row = AnswerRow(
                id=AttemptId("d" + str(n) * 32),
                route="smsc",
                recipient="+12125550100",
                wish=Wish.HELP,
                text="hello",
                at=at + timedelta(hours=n),
            )
            unit.messages.add_answer(row)
            unit.messages.end_answer(row.id, "", is_unsent=is_unsent)
    with SqliteStore.unit(path, write=False) as unit:
        assert unit.messages.answered_at("+12125550100", Wish.HELP) == at
        assert unit.messages.answered_at("+12125550100", Wish.STOP) is None


def test_parts_of_texts_are_kept_from_now_on_each_once_and_forgotten_with_their_text(tmp_path: Path) -> None:
    path = tmp_path / "dialerd.db"
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m041_pieces")
    one = Piece(
        sender="+12125550199", recipient="+12125550100", reference=7, total=2, number=1, text="one ", began_at=NOW
    )
    other = replace(one, reference=8)
    with SqliteStore.unit(path, write=True) as unit:
        for piece in (other, one, replace(one, number=2), one):
            unit.messages.add_piece("smsc", piece)
        assert unit.messages.pieces("smsc") == [one, other, replace(one, number=2)] and not unit.messages.pieces("x")
        unit.messages.forget_pieces("smsc", replace(one, began_at=NOW + timedelta(seconds=1)))
        assert len(unit.messages.pieces("smsc")) == 3, "a later text with the same reference"
        unit.messages.forget_pieces("smsc", one)
        assert unit.messages.pieces("smsc") == [other]


def test_messages_that_wait_are_found_by_their_steps_and_routes_are_kept_from_now_on(tmp_path: Path) -> None:
    path = tmp_path / "dialerd.db"
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m047_message_steps")
        before.execute("PRAGMA foreign_keys = OFF")
        before.execute("BEGIN")
        for n, (step, channel, state, turn) in enumerate(
            [
                ("b", "sms", "pending", 1),
                ("a", "sms", "pending", 0),
                ("b", "sms", "pending", 0),
                ("c", "email", "pending", 0),
                ("d", "sms", "waiting", 0),
                ("b", "sms", "pending", -2),
                ("", "voice", "pending", 0),
            ],
            start=1,
        ):
            before.execute(
                "INSERT INTO target (id, run_id, contact_id, number, zones, rank, state, step, channel, turn)"
                " VALUES (?, 1, ?, ?, '[]', 0, ?, ?, ?, ?)",
                (n, n, f"+1212266{n:04}", state, step, channel, turn),
            )
        before.execute("COMMIT")
    with SqliteStore.unit(path, write=True) as unit:
        assert unit.strategies.message_steps(RunId(1), Channel.SMS) == ["a", "b"]
        assert unit.strategies.next_at(RunId(1), Channel.SMS, {"a": 5, "b": 5}, limit=9) == [2, 3, 1]
        assert unit.strategies.next_at(RunId(1), Channel.SMS, {"a": 5, "b": 1}, limit=9) == [2, 3]
        down = MessageRouteRow(
            name="smsc", channel=Channel.SMS, window=1, rate=1.0, is_up=False, since=NOW, reason="no route"
        )
        unit.messages.set_routes([down])
        unit.messages.route_is("smsc", is_up=False, reason="refused", now=NOW + timedelta(hours=1))
        assert unit.messages.routes() == [replace(down, reason="refused")]
        unit.messages.route_is("smsc", is_up=True, reason="", now=NOW + timedelta(hours=2))
        assert unit.messages.routes() == [replace(down, is_up=True, since=NOW + timedelta(hours=2), reason="")]
        assert unit.messages.load("smsc").open == 0


def test_contacts_from_before_pasts_were_kept_have_none_and_may_get_one(tmp_path: Path) -> None:
    path = tmp_path / "dialerd.db"
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m044_past")
        before.execute("INSERT INTO contact_list (id, name, region, created_at) VALUES (1, 'a', 'US', 'now')")
        before.execute(
            "INSERT INTO contact (id, list_id, number, zones, created_at) VALUES (7, 1, '+12122660001', '[]', 'now')"
        )
    past = Past(attempts=2, last_at=NOW, code="busy", is_over=False, source="lead 1")
    with SqliteStore.unit(path, write=True) as unit:
        assert unit.pasts.get(ContactId(7)) is None
        unit.pasts.put(ListId(1), [("+12122660001", past), ("+12122660002", past)])
        unit.pasts.put(ListId(1), [("+12122660001", replace(past, source="lead 2", attempts=1))])
        assert unit.pasts.get(ContactId(7)) == past, "another lead with the same number only ever adds"
        unit.pasts.put(ListId(1), [("+12122660001", replace(past, attempts=0, last_at=None))])
        assert unit.pasts.get(ContactId(7)) == replace(past, attempts=0, last_at=None)
        unit.lists.delete(ListId(1), size=5)
        assert unit.pasts.get(ContactId(7)) is None


def test_the_ways_of_calls_are_kept_from_now_on_each_once_and_as_long_as_their_attempts(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    call = AttemptId("d" + "0" * 32)
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m046_flow_path")
        before.execute("INSERT INTO campaign (id, name, spec, created_at, updated_at) VALUES (1, 'c', '{}', '', '')")
        before.execute(
            "INSERT INTO run (id, campaign_id, number, spec, state, created_at) VALUES (1, 1, 1, '{}', 'stopped', '')"
        )
        before.execute("INSERT INTO contact_list (id, name, region, created_at) VALUES (1, 'l', 'US', '')")
        before.execute("INSERT INTO contact (id, list_id, number, zones, created_at) VALUES (1, 1, '+1', '[]', '')")
        before.execute(
            "INSERT INTO target (id, run_id, contact_id, number, zones, rank, state)"
            " VALUES (1, 1, 1, '+1', '[]', 1, 'in_progress')"
        )
        before.execute(
            "INSERT INTO attempt (id, target_id, run_id, number, trunk, asterisk, caller_id, claimed_at, answered_at,"
            " connected_at, disposition, ended_at) VALUES (?, 1, 1, '+1', 't', 'a', '', '2026-12-01T15:00:00.000Z',"
            " '2026-12-01T15:00:10.000Z', '2026-12-01T15:00:20.000Z', 'answered_human', '2026-12-01T15:01:00.000Z')",
            (call,),
        )
    walked = (Visit("menu", 0.0, "1"), Visit("agent", 6.0))
    with SqliteStore.unit(path, write=True) as unit:
        assert list(unit.flows.paths(RunId(1))) == []
        unit.flows.keep_path(call, walked)
        unit.flows.keep_path(call, walked[:1])
        (row,) = unit.flows.paths(RunId(1))
        assert (row.path, row.disposition, row.waited_s) == (walked, "answered_human", 4.0)
    with closing(connect(path)) as after:
        after.execute("DELETE FROM attempt")
        assert after.execute("SELECT count(*) FROM flow_path").fetchone() == (0,)


def test_contacts_are_found_by_e_mail_also_those_that_were_there_before(tmp_path: Path) -> None:
    path = tmp_path / "dialerd.db"
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m049_contact_email")
        before.execute("INSERT INTO contact_list (name, region, created_at) VALUES ('l', 'US', '')")
        for n, email in enumerate((" Ann@Example.com", "bob@example.com", None)):
            attributes = json.dumps({} if email is None else {"email": email})
            before.execute(
                "INSERT INTO contact (list_id, number, zones, attributes, created_at) VALUES (1, ?, '[]', ?, ?)",
                (f"+1212266000{n}", attributes, NOW.isoformat()),
            )
    with SqliteStore.unit(path, write=False) as unit:
        assert [row.id for row in unit.contacts.find_by_email("ann@example.com", limit=9)] == [1]
        assert unit.contacts.find_by_email("bob@example.com", limit=0) == []
        assert unit.contacts.find_by_email("nobody@example.com", limit=9) == []


def test_a_database_from_before_people_could_be_forgotten_forgets_and_keeps_its_audit_log(tmp_path: Path) -> None:
    path = tmp_path / "dialerd.db"
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m045_forgetting")
        before.execute("INSERT INTO audit (at, actor, action, subject, detail) VALUES ('now', 'a', 'b', 'c', '{}')")
    with SqliteStore.unit(path, write=True) as unit:
        assert unit.persons.unwanted_recordings(limit=1) == [] and unit.persons.sweep(size=1)
    with closing(connect(path)) as after:
        assert after.execute("SELECT count(*) FROM audit").fetchone() == (1,)
        for statement in ("UPDATE audit SET detail = 'x'", "DELETE FROM audit"):
            with pytest.raises(sqlite3.IntegrityError, match="only be added to"):
                after.execute(statement)


def test_opt_outs_from_before_it_was_kept_that_they_were_taken_back_are_there_and_can_be(tmp_path: Path) -> None:
    path = tmp_path / "dialerd.db"
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m052_taken_back")
        before.execute(
            "INSERT INTO opt_out (id, address, addresses, how, list_name, at, actor, words)"
            " VALUES (1, '+12122660001', '[\"+12122660001\"]', 'sms', 'global', ?, 'reply', 'STOP')",
            (_AT,),
        )
        before.execute("INSERT INTO opt_out_address VALUES ('+12122660001', 1)")
    with SqliteStore.unit(path, write=True) as unit:
        (kept,) = unit.optouts.of("+12122660001")
        assert (kept.words, kept.taken_back_at, kept.taken_back_by) == ("STOP", None, "")
        unit.optouts.take_back("global", ["+12122660001"], by="cli:ann", now=NOW)
        (kept,) = unit.optouts.of("+12122660001")
        assert (kept.taken_back_at, kept.taken_back_by) == (NOW, "cli:ann")


def test_servers_of_a_database_from_before_they_were_known_are_all_used(tmp_path: Path) -> None:
    path = tmp_path / "dialerd.db"
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m053_servers")
    with SqliteStore.unit(path, write=True) as unit:
        assert (unit.servers.all(), unit.servers.trunks(), unit.servers.calls()) == ({}, {}, {})
        unit.servers.tell("pbx1", state="ready", reason="", now=NOW)
        assert unit.servers.all()["pbx1"].drained_at is None
