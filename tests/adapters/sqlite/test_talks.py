"""Databases from before agents asked others about their calls, and before talks of passed-on calls were kept.

Not here: opening databases as such (test_migrations.py).
"""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

from sqlite_utils import Database

from dialerd.adapters.sqlite import SqliteStore
from dialerd.adapters.sqlite.connection import connect
from dialerd.adapters.sqlite.migrations import migrations
from dialerd.domain.call import Facts, Talk
from dialerd.domain.words import AttemptId
from tests.adapters.sqlite.stored import NOW
from tests.adapters.sqlite.test_migrations import _FIRST_ROWS


def test_no_agent_of_before_asked_anybody_about_its_call_and_who_does_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m050_consults")
        before.execute("BEGIN")
        before.execute(
            "INSERT INTO agent (name, endpoint, kind, may_outbound, wanted, wanted_since, state, since, idle_since)"
            " VALUES ('ann', 'PJSIP/ann', 'outbound', 1, 'ready', ?, 'ready', ?, ?)",
            (NOW.isoformat(),) * 3,
        )
        before.execute("COMMIT")
    with SqliteStore.unit(path, write=True) as unit:
        (ann,) = unit.agents.all()
        assert ann.consults == ""
        unit.floor.set_line("ann", is_muted=False, is_holding=True, consults="bob", listeners=[])
        (ann,) = unit.agents.all()
        assert (ann.consults, ann.is_holding) == ("bob", True)


def test_talks_of_before_nobody_passed_on_are_the_attempts_own(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m051_talks")
        for table, row in _FIRST_ROWS:
            marks = ", ".join(f":{name}" for name in row)
            before.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", row)  # noqa: S608
        (attempt_id,) = before.execute("SELECT id FROM attempt LIMIT 1").fetchone()
    with SqliteStore.unit(path, write=True) as unit:
        assert unit.dialing.talks(AttemptId(attempt_id)) == []
        kept = Talk(agent="ann", began_at=NOW, ended_at=NOW + timedelta(seconds=5), queue="sales")
        for _ in range(2):
            unit.dialing.note(AttemptId(attempt_id), Facts(placed_at=NOW, talks=(kept,)))
        assert unit.dialing.talks(AttemptId(attempt_id)) == [kept], "once, however often it is noted"
