"""Files that were sent: kept until they are imported, one after the other, and how far each is.

Not here: the request that brings one (resources), taking rows in (usecases). A file has a name
of ours on the disk: what the sender calls it is shown and never used as a path.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from dialerd.domain.contact import RejectedRow
from dialerd.tasks import spawn

_KEPT = 200  # finished imports that can still be asked for
_REJECTED = 1000  # rows of each that are kept to be shown


@dataclass
class Upload:
    """`noun` and `list_name`: what it goes into, a contact list or a do-not-call list. `state`: waiting, running, done
    or failed; `trouble`: why it failed. `position` of `size` bytes are read."""

    id: str
    noun: str
    list_name: str
    file: str
    path: Path
    size: int
    started_at: datetime
    updated_at: datetime
    state: str = "waiting"
    trouble: str = ""
    position: int = 0
    line: int = 1
    counts: dict[str, int] = field(default_factory=dict)
    rejected: list[RejectedRow] = field(default_factory=list)

    def reject(self, rows: tuple[RejectedRow, ...] | list[RejectedRow]) -> None:
        self.rejected.extend(rows[: max(0, _REJECTED - len(self.rejected))])


class Uploads:
    """One per daemon. After a restart nothing of it is left; the list's own imports tell what came of a file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._all: OrderedDict[str, Upload] = OrderedDict()
        self._turn = asyncio.Lock()
        self._next = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def place(self) -> Path:
        """A new file's name, in a folder that only this user may look into."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._next += 1
        return self._folder / f"{self._next:06}.csv"

    def forget_old(self) -> None:
        """What a daemon before us has left; it cannot be gone on with."""
        if self._folder.is_dir():
            for path in self._folder.glob("*.csv"):
                with suppress(OSError):
                    path.unlink()

    def begin(
        self,
        path: Path,
        *,
        noun: str,
        list_name: str,
        file: str,
        now: datetime,
        work: Callable[[Upload], Coroutine[Any, Any, tuple[str, str]]],
    ) -> Upload:
        """Import it when its turn has come; whatever comes of it, the file goes. `work` tells state and trouble."""
        made = Upload(
            id=path.stem,
            noun=noun,
            list_name=list_name,
            file=file,
            path=path,
            size=path.stat().st_size,
            started_at=now,
            updated_at=now,
        )
        self._all[made.id] = made
        over = [each.id for each in self._all.values() if each.state in ("done", "failed")]
        for old in over[: max(0, len(over) - _KEPT)]:  # what waits or runs is never forgotten
            del self._all[old]

        async def in_turn() -> None:
            ending = "failed", "it was broken off"
            try:
                async with self._turn:
                    made.state = "running"
                    ending = await work(made)
            finally:
                await asyncio.to_thread(path.unlink, missing_ok=True)
                made.state, made.trouble = ending

        task = spawn(f"import of {made.id}", in_turn())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return made

    def of_list(self, noun: str, list_name: str) -> list[Upload]:
        """The latest first."""
        return [each for each in reversed(self._all.values()) if (each.noun, each.list_name) == (noun, list_name)]

    def get(self, noun: str, list_name: str, upload_id: str) -> Upload | None:
        found = self._all.get(upload_id)
        return found if found is not None and (found.noun, found.list_name) == (noun, list_name) else None

    async def close(self) -> None:
        """Chunks that are committed stay."""
        for each in list(self._tasks):
            each.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
