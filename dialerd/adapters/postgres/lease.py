"""Whose turn it is to dial, or to lead those that dial: of the daemons on one database one has it. And whose name is
whose, among those that share campaigns.

Not here: what a daemon does while it stands by or helps, or when its turn is over (storehouse.py, seathouse.py).

The turn is an advisory lock held by the very connection that the daemon writes on. So a daemon whose turn is over can
claim no call any more, whatever it believes: with the lock it has lost the connection. PostgreSQL lets go of it as that
connection ends: at once where the daemon is killed, after some ten seconds where its machine is (connection.py).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from zlib import crc32

from dialerd.adapters.postgres.connection import Address, PgConnection, connect, translated
from dialerd.domain.errors import StoreError

TURN = 0x6469616C0003  # of the advisory lock
_NAMES = 0x6469616D  # the upper half of those of names

_OWN_SESSION = "SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()"
_END_SESSION = "SELECT pg_terminate_backend(pid, 3000) FROM pg_stat_activity WHERE pid = ? AND backend_start = ?"


class Lease:
    """The turn of this process, once `tried` has said so.

    `on_lost`: called, from the writer's thread, when the connection was lost and another daemon has the turn since.
    `key`: of the lock: the turn's, or a name's. Others go with it once they are `joined`, on the same connection: all
    are had, or none.
    """

    def __init__(self, address: Address, key: int = TURN) -> None:
        self._address = address
        self._keys = [key]
        self._held: PgConnection | None = None
        self._waiting: PgConnection | None = None  # asks again and again
        self._session: tuple[object, ...] | None = None  # of the connection that held the turn last
        self.on_lost: Callable[[], None] = lambda: None

    def tried(self) -> bool:
        """Whether it is this daemon's turn now. Raises StoreError."""
        connection = self._waiting or connect(self._address)
        self._waiting = None
        try:
            with translated(self._address):
                is_ours = all(_is_had(connection, key) for key in self._keys)
                if is_ours:
                    self._session = connection.execute(_OWN_SESSION).fetchone()
                    self._held = connection
                else:
                    connection.execute("SELECT pg_advisory_unlock_all()")
                    self._waiting = connection
        except StoreError:
            connection.close()
            raise
        return is_ours

    @property
    def is_held(self) -> bool:
        """Whether it was this daemon's turn when it asked last."""
        return self._held is not None

    def joined(self, key: int) -> bool:
        """Whether that lock is this daemon's as well from now on; to be asked of one that has its turn. Raises
        StoreError."""
        connection = self.connection()
        with translated(self._address):
            is_had = _is_had(connection, key)
        if is_had:
            self._keys.append(key)
        return is_had

    def connection(self) -> PgConnection:
        """The connection that holds the turn, made anew where it was lost and nobody else has it. Raises StoreError."""
        if self._held is None or self._held.is_closed:
            self._held = None
            if not self.tried() and not (self._ended_own() and self.tried()):
                self.on_lost()
                raise StoreError(f"{self._address}: another daemon has taken over by now", hint="start this one again")
        assert self._held is not None
        return self._held

    def _ended_own(self) -> bool:
        """Whether it was this daemon's lost connection that PostgreSQL still took for alive; now it is ended."""
        if self._waiting is None or self._session is None:
            return False
        with translated(self._address):
            row = self._waiting.execute(_END_SESSION, self._session).fetchone()
        return row is not None and bool(row[0])

    def close(self) -> None:
        for each in (self._held, self._waiting):
            if each is not None:
                each.close()


def _is_had(connection: PgConnection, key: int) -> bool:
    (is_had,) = connection.execute("SELECT pg_try_advisory_lock(?)", (key,)).fetchone()
    return bool(is_had)


def name_key(name: str) -> int:
    """Of the lock of a daemon's name. Two names that share one cannot both be used, which the second is told."""
    return (_NAMES << 32) + crc32(name.encode())


def holder(address: Address) -> str | None:
    """Where the daemon is whose turn it is; None: nobody has it, or it is not to be told."""
    with suppress(StoreError):
        connection = connect(address)
        try:
            with translated(address):
                row = connection.execute(
                    "SELECT coalesce(host(client_addr), 'this machine') || ', process ' || pid FROM pg_locks"
                    " JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND granted"
                    " AND (classid::bigint << 32) + objid::bigint = ? LIMIT 1",
                    (TURN,),
                ).fetchone()
        finally:
            connection.close()
        return None if row is None else str(row[0])
    return None
