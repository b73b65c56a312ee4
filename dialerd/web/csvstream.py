"""Rows as a CSV file that a browser keeps, sent as they are read: however many there are, few are in memory.

Not here: the rows (use cases), cells that a spreadsheet would take for formulas (adapters/files/csvwriter.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from aiohttp import web

from dialerd.ports import Unit
from dialerd.web.binding import Visit

T = TypeVar("T")

_CHUNK_S = 30.0  # whoever reads slower than that is let go


class StoreReader:
    """Reads the store from the thread that walks the rows, which waits for the store's."""

    def __init__(self, visit: Visit) -> None:
        self._loop, self._store = asyncio.get_running_loop(), visit.house.store

    def __call__(self, job: Callable[[Unit], T]) -> T:
        return asyncio.run_coroutine_threadsafe(self._store.read(job), self._loop).result()


async def csv_response(
    visit: Visit, name: str, columns: Sequence[str], rows: Iterable[Sequence[str]]
) -> web.StreamResponse:
    """`rows` is walked on a thread; what it raises before the first row is a problem as any other."""
    chunks = visit.house.csv_chunks(columns, rows)
    first = await asyncio.to_thread(next, chunks, None)
    response = web.StreamResponse(
        headers={"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": f'attachment; filename="{name}"'}
    )
    visit.equip(response)
    await response.prepare(visit.request)
    chunk = first
    while chunk is not None:
        async with asyncio.timeout(_CHUNK_S):
            await response.write(chunk)
        chunk = await asyncio.to_thread(next, chunks, None)
    await response.write_eof()
    return response
