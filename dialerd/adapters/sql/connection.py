"""What the statements ask of a connection: the part of Python's DB-API that SQLite's own has and PostgreSQL's is given.

Not here: opening one, transactions, how a statement is said to another database than SQLite (each store's own room).
Statements are written in SQLite's SQL, as far as it can be: `TRUE` and `FALSE` for what is a truth, `ON CONFLICT` with
its columns, parameters `?` or `:name`, one statement at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

Parameters = Sequence[Any] | Mapping[str, Any]


class Cursor(Protocol):
    """The rows that a statement has found, each a tuple, or how many it has changed."""

    @property
    def rowcount(self) -> int: ...

    @property
    def lastrowid(self) -> int | None:
        """The id of the row that was inserted last; to be asked before the next statement."""
        ...

    @property
    def description(self) -> Any:
        """The columns: a tuple each, whose first is the name."""
        ...

    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...
    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """One connection, within a transaction that somebody else begins and ends."""

    @property
    def IntegrityError(self) -> type[Exception]:  # noqa: N802  # DB-API's name
        """What is raised where a row would break the schema's word."""
        ...

    def execute(self, sql: str, parameters: Parameters = ..., /) -> Cursor: ...
    def executemany(self, sql: str, parameters: Iterable[Parameters], /) -> Cursor: ...
