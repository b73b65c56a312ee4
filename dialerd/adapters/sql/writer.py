"""The one writer: jobs in order, those of one moment in one commit; long work in chunks between them.

Not here: what a job does, the database's own ways (each store's session). A job that fails is undone alone; a job's
result is told only after the commit.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Any, Protocol, TypeVar

from dialerd.adapters.sql.committimer import CommitTimer
from dialerd.domain.errors import StoreError
from dialerd.log import logger
from dialerd.ports import Unit

_log = logger(__name__)
T = TypeVar("T")
Job = Callable[[Unit], Any]

_AT_ONCE = 200  # jobs per commit: enough to share an fsync, few enough to answer soon

_AGAIN_S = 1.0  # after which what was posted in vain is tried again, unless something else is written before
_KEPT = 1000  # of what was posted in vain at most: each try does them all again

_DAMAGED = 10  # tries, after which what a damaged disk refuses is tried by itself once more, and given up

_BEHIND = StoreError("an earlier note waits to be written", may_pass=True)

_PASSED_OVER = 8  # commits at most before a patient job has its turn, though others are there


class Session(Protocol):
    """A connection that writes, in its database's own ways. Used by one thread at a time."""

    @property
    def place(self) -> str:
        """Which database, for people."""
        ...

    @property
    def unit(self) -> Unit: ...

    @property
    def is_in_transaction(self) -> bool: ...

    def translated(self) -> AbstractContextManager[None]:
        """The database's errors as StoreError."""
        ...

    def begin(self) -> None:
        """Begin a transaction once no other process writes."""
        ...

    def say(self, words: str) -> None:
        """COMMIT, SAVEPOINT and the like, alike in all databases."""
        ...

    def undo(self) -> None:
        """Roll back what is left to roll back; raises nothing."""
        ...

    def committed(self) -> None:
        """A commit is done: for what is due now and then."""
        ...

    def close(self) -> None: ...


def report(error: Exception) -> None:
    _log.error(f"a note about a call was not written: {error}", action="write_failed")


class ThreadWriter:
    """A thread with a queue. Group commit: what has queued up while one commit was on its way shares the next. Patient
    jobs come when no others are there, or have had their turns, each by itself: nobody waits for more than one of them.

    What was posted while the disk is full, or another program holds the database, is kept, and has a commit of its own
    before the next one: nobody waits for it who could write it again. What was posted later never goes before it. A
    place of the disk that cannot be read or written may stay so: what meets one is given up after a few tries.
    `rest`: done between two commits, to leave other processes the time to begin one of theirs.
    """

    def __init__(
        self, session: Session, *, rest: Callable[[], None] | None = None, timer: CommitTimer | None = None
    ) -> None:
        self._session = session
        self._timer = timer
        self._rest = rest
        self._queue: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._kept: list[_Item] = []
        self._is_closed = False
        self._thread = threading.Thread(target=self._work, name="store writer", daemon=True)
        self._thread.start()

    async def write(self, job: Callable[[Unit], T], *, patient: bool = False) -> T:
        if self._is_closed:
            raise self._closed()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._queue.put(_Item(job, loop, future, self._now(), patient=patient))
        # Shielded: a caller that goes away must not leave a committed claim unseen halfway.
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            future.add_done_callback(_heard)
            raise

    def post(self, job: Job) -> None:
        if self._is_closed:
            report(self._closed())
        else:
            self._queue.put(_Item(job, None, None, self._now()))

    def _closed(self) -> StoreError:
        return StoreError(f"{self._session.place} is closed", hint="dialerd is ending; start it again")

    async def close(self) -> None:
        self._is_closed = True  # the thread ends with what is queued now: later jobs would wait for ever
        self._queue.put(None)
        await asyncio.get_running_loop().run_in_executor(None, self._thread.join)
        self._session.close()

    def _work(self) -> None:
        patient: deque[_Item] = deque()
        passed_over, is_ending = 0, False
        while not is_ending or patient:
            now: list[_Item] = []
            for item in self._take(wait=not patient and not is_ending):
                if item is None:
                    is_ending = True
                else:
                    (patient if item.is_patient else now).append(item)
            if self._kept:
                now = self._catch_up(now)
            if now:
                self._commit(now)
                passed_over = passed_over + 1 if patient else 0
            if patient and (not now or passed_over >= _PASSED_OVER or self._queue.empty()):
                self._commit([patient.popleft()])
                passed_over = 0
            if self._rest is not None:
                self._rest()
        _answer(self._kept)

    def _take(self, *, wait: bool) -> list[_Item | None]:
        """What has queued up; `wait`: at least one, unless something is kept that is to be tried again."""
        items: list[_Item | None] = []
        if wait:
            with suppress(queue.Empty):
                items.append(self._queue.get(timeout=_AGAIN_S if self._kept else None))
        while len(items) < _AT_ONCE and not self._queue.empty():
            items.append(self._queue.get())
        return items

    def _now(self) -> float:
        return 0.0 if self._timer is None else self._timer.steady()

    def _commit(self, items: list[_Item]) -> None:
        began = self._now()
        try:
            with self._session.translated():
                self._session.begin()
                is_held = False
                for item in items:
                    if is_held and item.loop is None:
                        item.error = _BEHIND
                        continue
                    self._run(item)
                    is_held = is_held or item.may_be_kept
                self._session.say("COMMIT")
        except StoreError as error:
            self._session.undo()  # the next commit tries again; this thread must outlive every failure
            for item in items:
                item.result, item.error = None, item.error or error
        for item in items:
            item.tries += isinstance(item.error, StoreError) and item.error.is_damage
        over = self._keep(items)
        if self._timer is not None:  # before anybody hears of it: who does may look at the figures, or set the clock
            self._timer.committed(began, [(item.queued_at, item.job) for item in items])
        _answer(over)
        self._session.committed()

    def _catch_up(self, now: list[_Item]) -> list[_Item]:
        """Write what was kept, by itself: what somebody waits for does not fail with it. Back comes what is to be done
        now: without what was posted, which waits behind the kept, where that is in vain again."""
        kept, self._kept = self._kept, []
        parts = [kept] if kept[0].tries < _DAMAGED else [[each] for each in kept]  # the others are not lost with one
        while parts and not self._kept:
            self._commit(parts.pop(0))
        self._kept += [each for part in parts for each in part]
        if not self._kept:
            return now
        posted = [item for item in now if item.loop is None]
        for item in posted:
            item.error = _BEHIND
        if posted:
            kept, self._kept = self._kept, []
            _answer(self._keep([*kept, *posted]))
        return [item for item in now if item.loop is not None]

    def _keep(self, items: list[_Item]) -> list[_Item]:
        """Keep what was posted in vain for the next commit; back comes what is over, as it ended."""
        kept = [item for item in items if item.may_be_kept]
        if not kept:
            return items
        _log.warning(f"{len(kept)} notes about calls are kept for later: {kept[0].error}", action="write_kept")
        self._kept = kept[-_KEPT:]
        return [*(item for item in items if not item.may_be_kept), *kept[:-_KEPT]]

    def _run(self, item: _Item) -> None:
        """One job in a savepoint of its own, so that its failure undoes nobody else's work."""
        self._session.say("SAVEPOINT job")
        try:
            with self._session.translated():
                item.result, item.error = item.job(self._session.unit), None
        except Exception as error:  # handed to whoever asked
            if not self._session.is_in_transaction:
                # The database has undone everything (disk full, I/O, gone): all of this commit has failed.
                if isinstance(error, StoreError):
                    raise
                lost = f"{self._session.place}: a transaction was lost"
                raise StoreError(lost, hint="see the log of the daemon", may_pass=True) from error
            self._session.say("ROLLBACK TO job")
            item.error = error
        self._session.say("RELEASE job")


class _Item:
    """A job, who waits for it (nobody, where it was posted), and what came of it."""

    __slots__ = ("error", "future", "is_patient", "job", "loop", "queued_at", "result", "tries")

    def __init__(
        self,
        job: Job,
        loop: asyncio.AbstractEventLoop | None,
        future: asyncio.Future[Any] | None,
        queued_at: float,
        *,
        patient: bool = False,
    ) -> None:
        self.job = job
        self.is_patient = patient
        self.loop = loop
        self.future = future
        self.queued_at = queued_at
        self.result: Any = None
        self.error: Exception | None = None
        self.tries = 0  # in vain, on a damaged disk

    @property
    def may_be_kept(self) -> bool:
        if self.loop is not None or not isinstance(self.error, StoreError):
            return False
        return self.error.may_pass and not (self.error.is_damage and self.tries > _DAMAGED)


def _heard(future: asyncio.Future[Any]) -> None:
    """Whoever asked waits no more: that it has failed is nobody's to hear."""
    if not future.cancelled():
        future.exception()


def _answer(items: list[_Item]) -> None:
    """Tell everybody, with one wake-up per loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Item]] = {}
    for item in items:
        if item.loop is not None:
            by_loop.setdefault(item.loop, []).append(item)
        elif item.error is not None:
            report(item.error)
    for loop, waiting in by_loop.items():
        with suppress(RuntimeError):  # that loop is closed, and nobody waits any more
            loop.call_soon_threadsafe(_tell, waiting)


def _tell(items: list[_Item]) -> None:
    for item in items:
        if item.future is None or item.future.done():
            continue
        if item.error is not None:
            item.future.set_exception(item.error)
        else:
            item.future.set_result(item.result)
