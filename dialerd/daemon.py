"""The daemon's life as one sentence: lock, open, connect, ready, serve, drain, close.

Not here: what it is made of (bootstrap.py) and what it does (engine).
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

from dialerd import bootstrap, log
from dialerd.engine import Engine
from dialerd.log import logger
from dialerd.ports import Clock, Supervisor
from dialerd.settings import Settings
from dialerd.tasks import end, spawn

_log = logger(__name__)

_ALIVE_S = 2.0


def run(settings: Settings) -> int:
    """Run until told to stop; the exit code. Raises DialerdError where it cannot start."""
    log.configure(level=settings.log.level, form=settings.log.form)
    with bootstrap.only_daemon(settings):
        return asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> int:
    """Until SIGTERM or SIGINT, then drain; a second signal ends the drain.

    Calls still up when the drain ends stay in Asterisk, and their attempts open in the store: the next daemon
    adopts them.
    """
    parts = bootstrap.build(settings)
    engine, drain_s = parts.engine, settings.engine.drain_s
    wishes = _Wishes()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, wishes.stop)
    async with parts.listening(engine.poke), parts.hooks.listening(), parts.api.listening():
        await engine.start()
        parts.supervisor.ready("dialing")
        _log.info("dialerd is ready", action="daemon_ready")
        drops = spawn("watched folders", parts.drops.run(), on_crash=lambda _: wishes.broke())
        forgetting = spawn("retention", parts.forgetter.run(), on_crash=lambda _: wishes.broke())
        watch = spawn("watch", _watch(engine, parts.clock, parts.supervisor, wishes.broke))
        await wishes.first.wait()
        parts.supervisor.stopping()
        _log.info(
            f"dialerd stops: no new calls, {drain_s:g} s for those that are up",
            action="daemon_stopping",
            broken=wishes.is_broken,
        )
        await end(drops, forgetting)  # a file that is being read is taken up again by the next daemon
        drain = spawn("drain", engine.drain(drain_s))
        await wishes.drained(drain)
        await end(watch, drain)
        await engine.close()
    await parts.api.close()
    await parts.store.close()
    _log.info("dialerd has stopped", action="daemon_stopped")
    return 1 if wishes.is_broken else 0


class _Wishes:
    """What the signals asked for so far."""

    def __init__(self) -> None:
        self.first = asyncio.Event()
        self.second = asyncio.Event()
        self.is_broken = False

    def stop(self) -> None:
        (self.second if self.first.is_set() else self.first).set()

    def broke(self) -> None:
        self.is_broken = True
        self.first.set()

    async def drained(self, drain: asyncio.Task[None]) -> None:
        """Until the drain is over or somebody asks a second time."""
        hurry = spawn("second signal", self.second.wait())
        await asyncio.wait({drain, hurry}, return_when=asyncio.FIRST_COMPLETED)
        await end(hurry)


async def _watch(engine: Engine, clock: Clock, supervisor: Supervisor, on_broken: Callable[[], None]) -> None:
    """Feed the watchdog while every lasting task lives; a broken engine ends the daemon, to be started afresh."""
    while not engine.is_broken:
        supervisor.alive()
        await clock.sleep(_ALIVE_S)
    on_broken()
    while True:
        supervisor.alive()  # still draining
        await clock.sleep(_ALIVE_S)
