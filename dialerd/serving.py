"""An HTTP server on this machine for as long as it is needed: opened at a place, closed whatever happens.

Not here: what it answers (who asks for it), and the REST API.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web


@asynccontextmanager
async def serving(application: web.Application, listen: str) -> AsyncIterator[None]:
    """Serve at `listen`, like 127.0.0.1:80 or [::1]:80, while entered. Raises OSError where the place is taken."""
    host, _, port = listen.rpartition(":")
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host.strip("[]"), int(port)).start()
        yield
    finally:
        await runner.cleanup()
