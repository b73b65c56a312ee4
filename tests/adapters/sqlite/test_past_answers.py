"""What stays of a deleted campaign's abandon meters, also of one from before they were kept.

Not here: what the meters make of it (tests/usecases/test_regulation.py).
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from dialerd.adapters.sqlite import check
from dialerd.adapters.sqlite.connection import connect
from dialerd.adapters.sqlite.migrations import migrations


def test_campaigns_from_before_meters_were_kept_leave_theirs_when_they_are_deleted(tmp_path: Path) -> None:
    path, quarters = tmp_path / "a.db", ("2026-01-27T08:00", "2026-01-28T08:00", "2026-03-01T08:00")
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m030_past_answers")
        before.execute("INSERT INTO campaign (id, name, spec, created_at, updated_at) VALUES (1, 'c', '{}', '', '')")
        before.execute(
            "INSERT INTO run (id, campaign_id, number, spec, state, created_at)"
            " VALUES (1, 1, 1, '{}', 'completed', '2026')"
        )
        before.executemany("INSERT INTO live_answer VALUES (1, ?, 10, 1)", [(quarter,) for quarter in quarters])
    check(path)
    with closing(connect(path)) as after:
        after.execute("DELETE FROM campaign")
        kept = after.execute("SELECT campaign, quarter, answered, abandoned FROM past_answer").fetchall()
        assert kept == [("c", quarter, 10, 1) for quarter in quarters[1:]], "no meter looks back for longer"
        assert after.execute("SELECT * FROM past_campaign").fetchall() == [("c", "2026")]
