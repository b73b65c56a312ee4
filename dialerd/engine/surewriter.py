"""What must not be forgotten is written, however long the disk refuses it; and how much of that waits.

Not here: what is written (usecases), notes that may be lost (Store.post).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from dialerd.domain.errors import StoreError
from dialerd.log import logger
from dialerd.ports import Clock, Store, Unit
from dialerd.tasks import spawn

_log = logger(__name__)
T = TypeVar("T")

STORE_RETRY_S = 1.0
_TOLD_EVERY = 60  # tries in vain of which one is logged: a full disk refuses hundreds of calls every second


class SureWriter:
    """`on_empty`: told each time that nothing waits any more."""

    def __init__(self, store: Store, clock: Clock, on_empty: Callable[[], None]) -> None:
        self._store = store
        self._clock = clock
        self._on_empty = on_empty
        self._waiting = 0

    @property
    def is_empty(self) -> bool:
        return self._waiting == 0

    def take(
        self,
        what: str,
        job: Callable[[Unit], T],
        then: Callable[[T], None],
        *,
        in_vain: Callable[[], None] | None = None,
        **ids: Any,
    ) -> None:
        """Write beside everything else. It counts from now on; `then` gets the result once it is committed. `in_vain`:
        the job itself has failed, which is a defect, is in the log, and may not hold up what waits for it."""
        self._waiting += 1
        carry = self._carry(what, job, then, in_vain, ids)
        spawn(f"write {what} {' '.join(map(str, ids.values()))}", carry)

    async def _carry(
        self,
        what: str,
        job: Callable[[Unit], T],
        then: Callable[[T], None],
        in_vain: Callable[[], None] | None,
        ids: dict[str, Any],
    ) -> None:
        is_written = False
        try:
            result = await self._insist(what, job, ids)
            is_written = True
        finally:
            self._waiting -= 1
            if not is_written and in_vain is not None:
                in_vain()
        then(result)
        if self.is_empty:
            self._on_empty()

    async def write(self, what: str, job: Callable[[Unit], T], **ids: Any) -> T:
        """Write and wait for it. `what` for people: "how a call ended"; `ids` for the log."""
        self._waiting += 1
        try:
            return await self._insist(what, job, ids)
        finally:
            self._waiting -= 1
            if self.is_empty:
                self._on_empty()

    async def _insist(self, what: str, job: Callable[[Unit], T], ids: dict[str, Any]) -> T:
        tries = 0
        while True:
            try:
                return await self._store.write(job)
            except StoreError as error:
                if tries % _TOLD_EVERY == 0:
                    _log.error(f"{what} cannot be written yet: {error}", action="write_refused", tries=tries + 1, **ids)
                tries += 1
                await self._clock.sleep(STORE_RETRY_S)
