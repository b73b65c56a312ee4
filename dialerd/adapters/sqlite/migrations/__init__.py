"""The schema and how it came to be: ordered migrations, each recorded, each in one transaction (sqlite-utils).

Not here: the rows (one file per feature). A migration that has landed is never edited; a new one follows it: a file
of its own, named by its number and what it is for, and a line in MIGRATIONS.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

from sqlite_utils import Database, Migrations

from dialerd.adapters.sqlite.connection import connect, undo
from dialerd.adapters.sqlite.lock import running_daemon
from dialerd.adapters.sqlite.migrations.m001_first import m001_first
from dialerd.adapters.sqlite.migrations.m002_contacts import m002_contacts
from dialerd.adapters.sqlite.migrations.m011_imports import m011_imports
from dialerd.adapters.sqlite.migrations.m012_dnc import m012_dnc
from dialerd.adapters.sqlite.migrations.m013_deleting import m013_deleting
from dialerd.adapters.sqlite.migrations.m014_schedule import m014_schedule
from dialerd.adapters.sqlite.migrations.m015_regulation import m015_regulation
from dialerd.adapters.sqlite.migrations.m016_numbers import m016_numbers
from dialerd.adapters.sqlite.migrations.m017_lifecycle import m017_lifecycle
from dialerd.adapters.sqlite.migrations.m018_dispositions import m018_dispositions
from dialerd.adapters.sqlite.migrations.m019_agents import m019_agents
from dialerd.adapters.sqlite.migrations.m020_callbacks import m020_callbacks
from dialerd.adapters.sqlite.migrations.m021_past_calls import m021_past_calls
from dialerd.adapters.sqlite.migrations.m022_claims import m022_claims
from dialerd.adapters.sqlite.migrations.m023_preview import m023_preview
from dialerd.adapters.sqlite.migrations.m025_pacing import m025_pacing
from dialerd.adapters.sqlite.migrations.m026_flow import m026_flow
from dialerd.adapters.sqlite.migrations.m027_recording import m027_recording
from dialerd.adapters.sqlite.migrations.m028_mailbox import m028_mailbox
from dialerd.adapters.sqlite.migrations.m029_strategy import m029_strategy
from dialerd.adapters.sqlite.migrations.m030_pacer import m030_pacer
from dialerd.adapters.sqlite.migrations.m030_past_answers import m030_past_answers
from dialerd.adapters.sqlite.migrations.m031_hooks import m031_hooks
from dialerd.adapters.sqlite.migrations.m032_opt_out import m032_opt_out
from dialerd.adapters.sqlite.migrations.m033_messages import m033_messages
from dialerd.adapters.sqlite.migrations.m034_hang_up import m034_hang_up
from dialerd.adapters.sqlite.migrations.m035_greeting import m035_greeting
from dialerd.adapters.sqlite.migrations.m036_users import m036_users
from dialerd.adapters.sqlite.migrations.m037_reports import m037_reports
from dialerd.adapters.sqlite.migrations.m038_agents_calls import m038_agents_calls
from dialerd.adapters.sqlite.migrations.m038_floor import m038_floor
from dialerd.adapters.sqlite.migrations.m039_beside import m039_beside
from dialerd.adapters.sqlite.migrations.m041_pieces import m041_pieces
from dialerd.adapters.sqlite.migrations.m042_answers import m042_answers
from dialerd.adapters.sqlite.migrations.m043_machines import m043_machines
from dialerd.adapters.sqlite.migrations.m044_past import m044_past
from dialerd.adapters.sqlite.migrations.m045_forgetting import m045_forgetting
from dialerd.adapters.sqlite.migrations.m046_flow_path import m046_flow_path
from dialerd.adapters.sqlite.migrations.m047_message_steps import m047_message_steps
from dialerd.adapters.sqlite.migrations.m048_message_routes import m048_message_routes
from dialerd.adapters.sqlite.migrations.m049_contact_email import m049_contact_email
from dialerd.adapters.sqlite.migrations.m050_consults import m050_consults
from dialerd.adapters.sqlite.migrations.m051_talks import m051_talks
from dialerd.adapters.sqlite.migrations.m052_taken_back import m052_taken_back
from dialerd.adapters.sqlite.migrations.m053_servers import m053_servers
from dialerd.adapters.sqlite.migrations.m054_holdout import m054_holdout
from dialerd.adapters.sqlite.migrations.m055_daemons import m055_daemons
from dialerd.domain.errors import StoreError

MIGRATIONS = (
    m001_first,
    m002_contacts,
    m011_imports,
    m012_dnc,
    m013_deleting,
    m014_schedule,
    m015_regulation,
    m017_lifecycle,
    m016_numbers,
    m018_dispositions,
    m019_agents,
    m020_callbacks,
    m021_past_calls,
    m022_claims,
    m023_preview,
    m025_pacing,
    m030_past_answers,
    m031_hooks,
    m030_pacer,
    m032_opt_out,
    m026_flow,
    m027_recording,
    m034_hang_up,
    m029_strategy,
    m033_messages,
    m035_greeting,
    m038_agents_calls,
    m028_mailbox,
    m039_beside,
    m037_reports,
    m038_floor,
    m042_answers,
    m043_machines,
    m047_message_steps,
    m048_message_routes,
    m049_contact_email,
    m050_consults,
    m051_talks,
    m036_users,
    m041_pieces,
    m044_past,
    m046_flow_path,
    m045_forgetting,
    m052_taken_back,
    m053_servers,
    m054_holdout,
    m055_daemons,
)

migrations = Migrations("dialerd")
for each in MIGRATIONS:
    migrations()(each)

_names = frozenset(each.__name__ for each in MIGRATIONS)


def migrate(connection: sqlite3.Connection, database: Path | None = None) -> None:
    """Bring the database to this version's schema; harmless to repeat, also by two processes at once.

    `database`: the file, where a daemon may run on it. `connection` is in autocommit mode. Raises StoreError where a
    newer dialerd has written it, and where an older one's daemon runs on it: it would work on with what it knows.
    """
    if _is_new_in_memory(connection):
        _copy_into(connection)
    else:
        _migrate(connection, database)


def _migrate(connection: sqlite3.Connection, database: Path | None = None) -> None:
    db = Database(connection)
    if not _pending(db):
        return  # the usual case takes no lock: every command of the CLI comes through here
    if database is not None and (process := running_daemon(database)):
        raise StoreError(
            f"database {database} is one of an older dialerd, and its daemon (process {process}) runs;"
            " nothing was changed",
            hint="stop the daemon, then start it in this version, which brings the database up to date",
        )
    connection.execute("BEGIN IMMEDIATE")
    try:
        if _pending(db):  # another process may have done it while we waited
            migrations.apply(db)
        connection.execute("COMMIT")
    except BaseException:  # whatever it was: undone, closed, and raised on
        undo(connection)
        raise


def _is_new_in_memory(connection: sqlite3.Connection) -> bool:
    (_, _, file) = connection.execute("PRAGMA database_list").fetchone()
    return not file and connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None


def _copy_into(connection: sqlite3.Connection) -> None:
    """A hundredth of the time of going through them all: a forecast makes a database for each of its runs."""
    with closing(sqlite3.connect(":memory:")) as made:
        made.deserialize(_migrated())
        made.backup(connection)


@cache
def _migrated() -> bytes:
    with closing(connect(None)) as connection:
        _migrate(connection)
        return connection.serialize()


def refuse_newer(connection: sqlite3.Connection) -> None:
    """Raises StoreError where a newer dialerd has written the database; changes nothing."""
    _pending(Database(connection))


def _pending(db: Database) -> bool:
    """Whether there is something to migrate. Raises StoreError where a newer dialerd has written the database."""
    applied = {each.name for each in migrations.applied(db)}
    if applied - _names:
        (_, _, file) = db.execute("PRAGMA database_list").fetchone()
        raise StoreError(
            f"database {file or 'in memory'} was made by a newer dialerd",
            hint="install that version, or restore an older backup",
        )
    return bool(_names - applied)
