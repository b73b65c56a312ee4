"""Work that goes on in steps, each a transaction of its own between which the dialing has its turn.

Not here: a step (use cases).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiohttp import web

from dialerd.ports import Unit
from dialerd.tasks import spawn
from dialerd.web.binding import Visit

_WAITED_S = 10.0


async def until_gone(visit: Visit, name: str, step: Callable[[Unit], bool]) -> web.StreamResponse:
    """Repeat a deleting step until nothing is left: 204 then, or 202 where that takes longer. What the first step
    refuses is raised; it has all the checks, If-Match too."""
    store, poke = visit.house.store, visit.house.poke

    def first(unit: Unit) -> bool:
        visit.check_seen(unit)
        return step(unit)

    async def rest() -> None:
        while not await store.write(step, patient=True):
            pass
        poke()

    if not await store.write(first):
        work = spawn(f"deleting {name}", rest())
        done, _ = await asyncio.wait({work}, timeout=_WAITED_S)
        if not done:
            return web.Response(status=202)
        await work
    poke()
    return web.Response(status=204)
