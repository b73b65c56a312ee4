"""The only place that creates asyncio tasks: named, kept, and never failing silently.

Not here: what the tasks do, and timers (ports.Clock).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from dialerd.log import logger

_log = logger(__name__)
_running: set[asyncio.Task[Any]] = set()


def spawn(
    name: str, work: Coroutine[Any, Any, Any], *, on_crash: Callable[[BaseException], None] | None = None
) -> asyncio.Task[Any]:
    """Run `work` as a task of that name. A crash is logged once, here, and told to `on_crash`."""
    task = asyncio.get_running_loop().create_task(work, name=name)
    _running.add(task)

    def ended(task: asyncio.Task[Any]) -> None:
        _running.discard(task)
        if task.cancelled() or (error := task.exception()) is None:
            return
        _log.error(f"task {name} crashed", action="task_crashed", task=name, exc_info=error)
        if on_crash is not None:
            on_crash(error)

    task.add_done_callback(ended)
    return task


async def end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks and wait until they have ended; their crashes were reported already."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
