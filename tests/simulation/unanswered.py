"""A store whose answer to some writes is lost after they were committed; on either database, on virtual time.

Not here: a disk that refuses (slowdisk.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.unit import SqlUnit
from dialerd.domain.errors import StoreError
from dialerd.ports import Store, Unit

T = TypeVar("T")


class Inline:
    """Implements ports.Store within one transaction of a connection, which is undone when it is over."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._unit = SqlUnit(connection)

    async def write(self, job: Callable[[Unit], T], *, patient: bool = False) -> T:
        return self._run(job)

    async def read(self, job: Callable[[Unit], T]) -> T:
        return self._run(job)

    def post(self, job: Callable[[Unit], object]) -> None:
        self._run(job)

    def _run(self, job: Callable[[Unit], T]) -> T:
        self._connection.execute("SAVEPOINT job")
        try:
            result = job(self._unit)
        except BaseException:  # whatever it was: undone, and raised on
            self._connection.execute("ROLLBACK TO job")
            raise
        self._connection.execute("RELEASE job")
        return result

    async def close(self) -> None: ...


class Unanswered:
    """Implements ports.Store. `times`: of each use case how many answers are lost; `lost` counts them."""

    def __init__(self, store: Store, times: Mapping[str, int]) -> None:
        self._store = store
        self._times = dict(times)
        self.lost = 0

    async def write(self, job: Callable[[Unit], T], *, patient: bool = False) -> T:
        result = await self._store.write(job, patient=patient)
        inner: Any = getattr(job, "func", job)
        left = self._times.get(inner.__name__, 0)
        if left and bool(getattr(result, "attempts", True)):  # a claim that has claimed nothing loses nothing
            self._times[inner.__name__] = left - 1
            self.lost += 1
            raise StoreError("server closed the connection unexpectedly", may_pass=True)
        return result

    async def read(self, job: Callable[[Unit], T]) -> T:
        return await self._store.read(job)

    def post(self, job: Callable[[Unit], object]) -> None:
        self._store.post(job)

    async def close(self) -> None:
        await self._store.close()
