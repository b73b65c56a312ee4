"""The schema of PostgreSQL: made whole at the level of SQLite's migration m053, then by a file for each later one.

Not here: SQLite's migrations, which every new table or column begins with (adapters/sqlite/migrations): its twin is a
file of SQL here, and a line in STEPS; a test compares the two. A file that has landed is never edited.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from dialerd.adapters.postgres.connection import SCHEMA, Address, PgConnection, translated
from dialerd.domain.errors import StoreError

STEPS = ("m053_functions", "m053_tables", "m053_triggers", "m054_holdout", "m055_daemons")

_MAKING = 0x6469616C0001  # of the advisory lock while the schema is made


def make(connection: PgConnection, address: Address) -> None:
    """Make what is missing of the schema, in one transaction. Raises StoreError, also for a database that is not ours
    to use: of another encoding, or of a later dialerd."""
    with translated(address):
        if _steps(connection) == list(STEPS):
            return
        connection.say("BEGIN")
        try:
            connection.execute("SELECT pg_advisory_xact_lock(?)", (_MAKING,))
            _make(connection, address)
            connection.say("COMMIT")
        except BaseException:  # whatever it was: undone, and raised on
            connection.undo()
            raise


def _make(connection: PgConnection, address: Address) -> None:
    (encoding,) = connection.execute("SELECT getdatabaseencoding()").fetchone()
    if encoding != "UTF8":
        hint = "make another one: createdb -T template0 -E UTF8 -O USER NAME"
        raise StoreError(f"{address} keeps text as {encoding}, not as UTF8", hint=hint)
    done = _steps(connection)
    later = [name for name in done or () if name not in STEPS]
    if later:
        hint = "install that version of dialerd, or use a backup from before it"
        raise StoreError(f"{address} was brought up by a later dialerd ({later[-1]})", hint=hint)
    if done is None:
        # Another schema of this name is somebody else's.
        connection.say(f"CREATE SCHEMA {SCHEMA}")
        connection.say('CREATE TABLE schema_step (n bigint PRIMARY KEY, name text COLLATE "C" NOT NULL UNIQUE)')
    for n, name in enumerate(STEPS):
        if name not in (done or ()):
            connection.say(files(__name__).joinpath(f"{name}.sql").read_text("utf-8"))
            if name == "m053_functions":
                connection.execute("INSERT INTO casefolding SELECT key, value FROM json_each(?)", (_casefolding(),))
            connection.execute("INSERT INTO schema_step VALUES (?, ?)", (n, name))


def _steps(connection: PgConnection) -> list[str] | None:
    """What has been done; None: nothing."""
    row = connection.execute("SELECT to_regclass(?) IS NOT NULL", (f"{SCHEMA}.schema_step",)).fetchone()
    if not row[0]:
        return None
    return [name for (name,) in connection.execute("SELECT name FROM schema_step ORDER BY n")]


@cache
def _casefolding() -> str:
    letters = (chr(code) for code in range(0x80, 0x110000) if not 0xD800 <= code < 0xE000)
    folded = {each: each.casefold() for each in letters if each.casefold() != each}
    capitals = {chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)}
    return json.dumps(folded | capitals)
