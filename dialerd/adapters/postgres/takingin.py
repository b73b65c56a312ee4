"""A whole database of SQLite's, taken into an empty one on PostgreSQL: every row, or none.

Not here: opening the file and bringing it up to date (adapters/sqlite/backup.py), that no daemon runs (storehouse.py).
The tables and columns are the same in both (a test compares them). No trigger runs: what they count has been counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from graphlib import TopologicalSorter
from typing import Any

import psycopg
from psycopg import sql

from dialerd.adapters.postgres.connection import SCHEMA, Address, connect, plain, translated
from dialerd.adapters.postgres.schema import make
from dialerd.adapters.postgres.writer import BEGIN
from dialerd.adapters.sql.connection import Connection
from dialerd.domain.errors import RefusedError, StoreError

_OURS = ("casefolding", "schema_step", "wall")
"""What PostgreSQL has beside SQLite's tables, and a view of both."""

_BEGUN_WITH = {"dnc_list": 1, "contact_mark": 1, "audit_door": 1}
"""The rows that an empty database has."""

_COLUMNS = """
SELECT table_name, column_name, data_type FROM information_schema.columns
WHERE table_schema = %s AND is_generated = 'NEVER' AND identity_generation IS DISTINCT FROM 'ALWAYS'
ORDER BY table_name, ordinal_position
"""
_REFERENCES = """
SELECT of.relname, at.relname FROM pg_constraint JOIN pg_class AS of ON of.oid = conrelid
JOIN pg_class AS at ON at.oid = confrelid WHERE contype = 'f' AND of.relnamespace = %s::regnamespace
"""
_NEXT_ID = """
SELECT setval(pg_get_serial_sequence(%(table)s, 'id'), greatest(1, (SELECT coalesce(max(id), 0) FROM {table}))::bigint,
  EXISTS (SELECT 1 FROM {table}))
"""


def take_in(source: Connection, address: Address) -> int:
    """Copy all rows of `source`, whose schema is up to date; how many. Raises StoreError, RefusedError."""
    connection = connect(address)
    try:
        make(connection, address)
        with translated(address):
            connection.say(BEGIN)
            try:
                taken = _take_in(source, connection.raw, address)
                connection.say("COMMIT")
            except BaseException:  # whatever it was: undone, and raised on
                connection.undo()
                raise
            connection.say("ANALYZE")  # how statements are gone about follows what is there
        return taken
    finally:
        connection.close()


def _take_in(source: Connection, target: psycopg.Connection[Any], address: Address) -> int:
    columns: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in target.execute(_COLUMNS, (SCHEMA,)):
        if table not in _OURS:
            columns.setdefault(table, []).append((column, kind))
    for table in columns:
        if _count(target, table) > _BEGUN_WITH.get(table, 0):
            hint = "make another one with createdb, and name that in [database] url"
            raise RefusedError(f"{address} is not empty: {table} has rows already", hint=hint)
    order = TopologicalSorter({table: set[str]() for table in columns})
    for table, needed in target.execute(_REFERENCES, (SCHEMA,)):
        if table != needed:  # what refers to its own table is looked at when all of it is there
            order.add(table, needed)
    taken = 0
    for table in order.static_order():
        name = sql.Identifier(SCHEMA, table)
        target.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(name))
        target.execute(sql.SQL("DELETE FROM {}").format(name))
        names = [column for column, _ in columns[table]]
        copying = sql.SQL("COPY {} ({}) FROM STDIN").format(name, sql.SQL(", ").join(map(sql.Identifier, names)))
        with target.cursor().copy(copying) as copy:
            for row in _rows(source, table, columns[table]):
                copy.write_row(row)
                taken += 1
        target.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(name))
        if any(column == "id" and kind == "bigint" for column, kind in columns[table]):
            at = {"table": f'{SCHEMA}."{table}"'}
            if target.execute("SELECT pg_get_serial_sequence(%(table)s, 'id')", at).fetchone() != (None,):
                target.execute(sql.SQL(_NEXT_ID).format(table=name), at)
    there = sum(_count(target, table) for table in columns)
    if there != taken:
        raise StoreError(f"{address}: of {taken} rows {there} have arrived", hint="this is a defect of dialerd")
    return taken


def _rows(source: Connection, table: str, columns: Sequence[tuple[str, str]]) -> Iterator[list[Any]]:
    """A table's rows in the order in which they came: attempts are known by it."""
    truths = [kind == "boolean" for _, kind in columns]
    names = ", ".join(f'"{column}"' for column, _ in columns)
    order = " ORDER BY rowid" if table == "attempt" else ""
    for row in source.execute(f'SELECT {names} FROM "{table}"{order}'):  # noqa: S608  # names of our own schema
        yield [_as(each, is_truth) for each, is_truth in zip(row, truths, strict=True)]


def _as(value: Any, is_truth: bool) -> Any:
    return bool(value) if is_truth and value is not None else plain(value)


def _count(target: psycopg.Connection[Any], table: str) -> int:
    row = target.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(SCHEMA, table))).fetchone()
    assert row is not None, "a count is a row"
    return int(row[0])
