# ruff: noqa: S608  # all that is put into these statements are constants of this file
"""Databases of ten million rows for scripts/bench store, made by a few statements of SQL in a minute or two.

Not here: what is measured on them (store.py).
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from dialerd.adapters.sql.rows import to_json, to_text
from dialerd.adapters.sqlite.connection import connect
from dialerd.adapters.sqlite.migrations import migrate
from dialerd.domain.campaign import CampaignSpec, read_campaign

NOW = datetime(2026, 12, 1, 17, 0, tzinfo=UTC)  # a Tuesday noon in New York

# Numbers rise with n; whoever walks them by rank or by contact jumps about in them, as in real lists.
_SCATTERED = "('+1' || (2000000000 + (n * 7919) % 6700417 + (n / 6700417) * 7000000))"
_SERIES = "WITH RECURSIVE series(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM series WHERE n < :last)"


def spec(name: str, contacts: str, **changes: object) -> CampaignSpec:
    table: dict[str, object] = {
        "name": name,
        "lists": [contacts],
        "trunk": "carrier",
        "caller_id": "+12125550100",
        "on_human": {"play": "hello-world"},
        "max_attempts": 3,
        "hours": {"timezone": "contact", "mon-sun": "00:00-24:00"},
        **changes,
    }
    return read_campaign(table, source="the benchmark")


def new_database(path: Path) -> None:
    with closing(connect(path)) as connection:
        migrate(connection)


def fill_list(path: Path, name: str, count: int) -> None:
    """A contact list of `count` contacts."""
    with _bulk(path, "contact") as connection:
        (first,) = connection.execute("SELECT highest + 1 FROM contact_mark").fetchone()
        (list_id,) = connection.execute(
            "INSERT INTO contact_list (name, region, contacts, created_at) VALUES (?, 'US', ?, ?) RETURNING id",
            (name, count, to_text(NOW)),
        ).fetchone()
        connection.execute(
            f"{_SERIES} INSERT INTO contact (id, list_id, number, zones, priority, created_at)"
            f" SELECT n, :list_id, {_SCATTERED}, '[\"America/New_York\"]', abs(n * 31 % 5), :now FROM series",
            {"first": first, "last": first + count - 1, "list_id": list_id, "now": to_text(NOW)},
        )
        connection.execute("UPDATE contact_mark SET highest = highest + ?", (count,))


def fill_dnc(path: Path, name: str, count: int) -> None:
    """A do-not-call list of `count` numbers: every seventh contact is on it, in a short list as in a long one."""
    with _bulk(path, "dnc_entry") as connection:
        connection.execute("INSERT OR IGNORE INTO dnc_list (name) VALUES (?)", (name,))
        connection.execute(
            f"{_SERIES} INSERT INTO dnc_entry (number, list_id, source, added_at)"
            f" SELECT {_SCATTERED}, (SELECT id FROM dnc_list WHERE name = :name), 'bench', :now"
            " FROM (SELECT n * 7 AS n FROM series) ORDER BY 1",
            {"first": 0, "last": count - 1, "name": name, "now": to_text(NOW)},
        )
        connection.execute("UPDATE dnc_list SET entries = entries + ? WHERE name = ?", (count, name))


def fill_run(path: Path, of: CampaignSpec, count: int, *, attempts: int = 0) -> int:
    """An active run of `count` pending targets in drawn order, `attempts` settled attempts behind it; its id."""
    with _bulk(path, "target", "attempt") as connection:
        now = to_text(NOW)
        (campaign_id,) = connection.execute(
            "INSERT INTO campaign (name, spec, created_at, updated_at) VALUES (?, ?, ?, ?) RETURNING id",
            (of.name, to_json(of.as_table()), now, now),
        ).fetchone()
        (run_id,) = connection.execute(
            "INSERT INTO run (campaign_id, number, spec, state, is_prepared, created_at, pending, attempts, taken_in)"
            " VALUES (?, 1, ?, 'active', 1, ?, ?, ?, ?) RETURNING id",
            (campaign_id, to_json(of.as_table()), now, count, attempts, count),
        ).fetchone()
        (first,) = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM target").fetchone()
        connection.execute(
            f"{_SERIES} INSERT INTO target (id, run_id, contact_id, number, zones, state, rank)"
            f" SELECT n, :run_id, n - :first + 1, {_SCATTERED}, '[\"America/New_York\"]', 'pending',"
            " abs(random() / 9223372036854775808.0) FROM series",
            {"first": first, "last": first + count - 1, "run_id": run_id},
        )
        connection.execute(
            f"{_SERIES} INSERT INTO attempt (id, target_id, run_id, number, trunk, asterisk, caller_id, claimed_at,"
            " ended_at, cause, disposition)"
            " SELECT printf('d%08x%024x', n * (4294967295 / :last), n), :first_target + n % :targets, :run_id,"
            f" {_SCATTERED}, 'carrier', 'pbx1', '+12125550100',"
            " strftime('%Y-%m-%dT%H:%M:%S', 1780000000 + n / 10, 'unixepoch') || '.000000+00:00',"
            " strftime('%Y-%m-%dT%H:%M:%S', 1780000020 + n / 10, 'unixepoch') || '.000000+00:00', 17,"
            " CASE n % 4 WHEN 0 THEN 'busy' WHEN 1 THEN 'no_answer' WHEN 2 THEN 'answered_human'"
            " ELSE 'answering_machine' END FROM series WHERE :attempts",
            {
                "first": 1,
                "last": max(1, attempts),
                "attempts": attempts,
                "first_target": first,
                "targets": count,
                "run_id": run_id,
            },
        )
        return int(run_id)


class _bulk:  # noqa: N801  # used as a verb
    """A connection without journal, triggers and the indexes of `tables`, which come back, built by sorting, after."""

    def __init__(self, path: Path, *tables: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._tables = tables
        self._later: list[str] = []

    def __enter__(self) -> sqlite3.Connection:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1000000", "foreign_keys = OFF"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute("PRAGMA temp_store = MEMORY")
        for table in self._tables:
            rows = self._connection.execute(
                "SELECT type, name, sql FROM sqlite_master WHERE tbl_name = ? AND type IN ('index', 'trigger')"
                " AND sql IS NOT NULL",
                (table,),
            ).fetchall()
            for kind, name, sql in rows:
                self._connection.execute(f"DROP {kind} {name}")
                self._later.append(sql)
        self._connection.execute("BEGIN")
        return self._connection

    def __exit__(self, *_: object) -> None:
        self._connection.execute("COMMIT")
        for sql in self._later:
            self._connection.execute(sql)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.close()
