"""A connection to PostgreSQL that the statements of adapters/sql run on, and what is said when there is none.

Not here: transactions (writer.py, store.py), the words (dialect.py), the schema (schema). psycopg is loaded with this
file, so that who keeps to SQLite needs none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any

import psycopg
from psycopg import pq
from psycopg.types.numeric import Int8Dumper
from psycopg.types.string import StrDumper

from dialerd.adapters.postgres.dialect import in_order
from dialerd.adapters.postgres.dialect import translated as said
from dialerd.adapters.sql.connection import Parameters
from dialerd.domain.errors import StoreError

SCHEMA = "dialerd"
"""Everything of ours stands in this schema, so that the database may have others."""

BUSY_S = 5.0
"""How long a writer waits for another process's transaction."""

_CONNECT_S = 5
_SILENT_S = 10
"""A machine that has not answered for so long is gone: to us the server, to the server the daemon whose turn it was."""

_AT_ONCE = 1000  # rows of one statement sent without waiting for an answer each

_OPTIONS = {
    "search_path": f"{SCHEMA}, pg_catalog",
    "lock_timeout": f"{int(BUSY_S * 1000)}",
    "tcp_keepalives_idle": "4",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": f"{_SILENT_S * 1000}",
    "client_encoding": "UTF8",
    "timezone": "UTC",
    "jit": "off",  # ours are many and short
    "synchronous_commit": "on",  # a commit that was answered survives a power cut
}

# What passes: no connection, no room, too many, locked, two that waited for each other, a transaction that the server
# has ended (it was idle for too long, as its machine slept) or that only reads yet (a standby which is to lead).
_PASSING = ("08", "25", "53", "55P03", "57", "40", "58")


@dataclass(frozen=True, slots=True)
class Address:
    """`url`: without a password, so that it may be told."""

    url: str
    password: str | None = None

    def __repr__(self) -> str:
        return f"Address({self.url!r})"

    def __str__(self) -> str:
        return f"database {self.url}"


class PgCursor:
    """Implements adapters.sql.connection.Cursor."""

    def __init__(self, cursor: psycopg.RawCursor[Any], *, changed: int | None = None) -> None:
        self._cursor = cursor
        self._changed = changed

    @property
    def rowcount(self) -> int:
        return int(self._cursor.rowcount) if self._changed is None else self._changed

    @property
    def lastrowid(self) -> int | None:
        (value,) = self._cursor.connection.execute("SELECT lastval()").fetchone() or (None,)
        return None if value is None else int(value)

    @property
    def description(self) -> Any:
        return self._cursor.description

    def fetchone(self) -> Any:
        return self._cursor.fetchone()

    def fetchall(self) -> list[Any]:
        rows: list[Any] = self._cursor.fetchall()
        return rows

    def __iter__(self) -> Iterator[Any]:
        return iter(self._cursor)


class PgConnection:
    """Implements adapters.sql.connection.Connection. In autocommit: transactions are begun and ended by name."""

    IntegrityError: type[Exception] = psycopg.IntegrityError

    def __init__(self, raw: psycopg.Connection[Any]) -> None:
        self.raw = raw

    def execute(self, sql: str, parameters: Parameters = (), /) -> PgCursor:
        text, values = said(sql).filled(parameters)
        cursor = psycopg.RawCursor(self.raw)
        cursor.execute(text.encode(), [plain(value) for value in values])
        return PgCursor(cursor)

    def executemany(self, sql: str, parameters: Iterable[Parameters], /) -> PgCursor:
        cursor = psycopg.RawCursor(self.raw)
        changed = 0
        for text, rows in in_order(list(parameters), said(sql)):
            for at in range(0, len(rows), _AT_ONCE):
                cursor.executemany(text.encode(), [[plain(v) for v in row] for row in rows[at : at + _AT_ONCE]])
                changed += max(cursor.rowcount, 0)
        return PgCursor(cursor, changed=changed)

    def say(self, words: str) -> None:
        """BEGIN, COMMIT and the like."""
        self.raw.execute(words.encode())

    @property
    def is_in_transaction(self) -> bool:
        return self.raw.info.transaction_status in (
            pq.TransactionStatus.INTRANS,
            pq.TransactionStatus.INERROR,
            pq.TransactionStatus.ACTIVE,
        )

    @property
    def is_closed(self) -> bool:
        return bool(self.raw.closed)

    def undo(self) -> None:
        """Roll back what is left to roll back; a connection that is gone has done so."""
        if self.is_in_transaction:
            with suppress(psycopg.Error):
                self.raw.execute("ROLLBACK")

    def close(self) -> None:
        with suppress(psycopg.Error):
            self.raw.close()


def connect(address: Address) -> PgConnection:
    """A connection with the schema's names in reach, which need not be there yet. Raises StoreError."""
    options = " ".join(f"-c {name}={value.replace(' ', '')}" for name, value in _OPTIONS.items())
    with translated(address):
        raw = psycopg.connect(
            address.url,
            password=address.password,
            autocommit=True,
            connect_timeout=_CONNECT_S,
            options=options,
            application_name="dialerd",
            keepalives_idle=4,
            keepalives_interval=2,
            keepalives_count=3,
            tcp_user_timeout=_SILENT_S * 1000,
        )
        raw.adapters.register_dumper(str, StrDumper)
        raw.adapters.register_dumper(int, Int8Dumper)
        raw.adapters.register_loader("numeric", _Numeric)
        raw.prepared_max = 400
        return PgConnection(raw)


class _Numeric:
    """PostgreSQL's sums of whole numbers come as numeric; ours are whole."""

    format = pq.Format.TEXT

    def __init__(self, oid: int, context: Any = None) -> None: ...

    def load(self, data: Any) -> int | float:
        text = bytes(data).decode()
        return float(text) if "." in text else int(text)


def plain(value: Any) -> Any:
    """As PostgreSQL takes it: its text has no NUL, neither itself nor in JSON."""
    if isinstance(value, str):
        text = str(value.value) if isinstance(value, Enum) else value
        if "\x00" in text:
            text = text.replace("\x00", "\ufffd")
        return text.replace("\\u0000", "\\ufffd") if "\\u0000" in text else text
    return value.value if isinstance(value, Enum) else value


@contextmanager
def translated(address: Address) -> Iterator[None]:
    """psycopg's errors as ours, with the database and what to do; never with the password."""
    try:
        yield
    except psycopg.IntegrityError as error:
        raise StoreError(
            f"{address}: {_first(error)}", hint="this is a defect of dialerd; nothing was changed"
        ) from error
    except psycopg.Error as error:
        code = error.sqlstate or "08"  # without a code: no server has answered
        raise StoreError(
            f"{address}: {_first(error)}", hint=_remedy(code, str(error)), may_pass=code.startswith(_PASSING)
        ) from error


def _first(error: psycopg.Error) -> str:
    """PostgreSQL's own word, in one line and without the row that it was about."""
    text = str(error.diag.message_primary or error).strip()
    return text.splitlines()[0] if text else type(error).__name__


def _remedy(code: str, text: str) -> str:
    remedies = {
        "28": "check the user of [database] url, password_file and the server's pg_hba.conf",
        "3D": "make the database: createdb -T template0 -E UTF8 -O USER NAME",
        "42501": "give the user of [database] url the database: ALTER DATABASE name OWNER TO user",
        "53": "give the server more room, or more connections (max_connections)",
        "55P03": "another program holds it; end that program",
        "57": "the server is starting or stopping; see its log",
        "08": "check that the server runs and can be reached from here, and the host and port of [database] url",
    }
    if "does not exist" in text and code == "08":  # what libpq itself says of a connection has no code
        code = "3D" if "database" in text else "28"
    elif ("password" in text or "authentication" in text or "pg_hba" in text) and code == "08":
        code = "28"
    found = next((remedy for start, remedy in remedies.items() if code.startswith(start)), None)
    return found or "see the log of the daemon and that of the server"


def check(address: Address) -> None:
    """For doctor: it answers, is one that we can use, and can be written. Raises StoreError."""
    from dialerd.adapters.postgres.schema import make

    connection = connect(address)
    try:
        make(connection, address)
    finally:
        connection.close()
