"""The daemon's life as one sentence: lock, open, connect, ready, serve, drain, close. One that helps another lives
twice, where its turn to lead comes.

Not here: what it is made of (bootstrap.py) and what it does (engine).
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

from dialerd import bootstrap, log, operating
from dialerd.engine import Engine
from dialerd.log import logger
from dialerd.ports import Clock, Supervisor
from dialerd.seathouse import Place
from dialerd.settings import Settings
from dialerd.tasks import end, spawn

_log = logger(__name__)

_ALIVE_S = 2.0
_CLOSING_S = 60.0  # what is left to do once the drain is over, the last calls' hanging up included


def run(path: Path, settings: Settings) -> int:
    """Run until told to stop; the exit code. `path`: the settings file, to be read again when a reload is asked for.

    Raises DialerdError where it cannot start.
    """
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a reload that comes too early finds the settings just read
    log.configure(level=settings.log.level, form=settings.log.form)
    with bootstrap.only_daemon(settings) as place:
        if place.helps:
            code = asyncio.run(_help(path, settings, place))
            if code is not None:
                return code
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            place.lead()
            settings = operating.anew(path, settings)
        return asyncio.run(_serve(path, settings, place))


async def _serve(path: Path, settings: Settings, place: Place) -> int:
    """Until SIGTERM or SIGINT, then drain; a second signal ends the drain.

    Calls still up when the drain ends stay in Asterisk, and their attempts open in the store: the next daemon
    adopts them.
    """
    parts = bootstrap.build(settings, place)
    engine = parts.engine
    wishes = _Wishes()
    if place.stops:
        wishes.stop()
    live = _heeding(operating.Live(path, settings, parts), wishes)
    async with parts.listening(engine.poke), parts.hooks.listening(), parts.api.listening():
        parts.loop_watch.begin()
        await engine.start()
        parts.supervisor.ready("dialing")
        _log.info("dialerd is ready", action="daemon_ready")
        drops = spawn("watched folders", parts.drops.run(), on_crash=lambda _: wishes.broke())
        forgetting = spawn("retention", parts.forgetter.run(), on_crash=lambda _: wishes.broke())
        comparing = spawn("amd", parts.amd_watch.run(), on_crash=lambda _: wishes.broke())
        watch = spawn("watch", _watch(engine, parts.clock, parts.supervisor, wishes.broke))
        await wishes.first.wait()
        await _drain(parts, live, wishes, drops, forgetting, comparing)
        await end(watch)
        await engine.close()
        parts.loop_watch.end()
    await _close(parts, live)
    _log.info("dialerd has stopped", action="daemon_stopped")
    return 1 if wishes.is_broken else 0


async def _help(path: Path, settings: Settings, place: Place) -> int | None:
    """Dial beside the daemon that leads; None: it is this one's turn to lead, and the calls that are up are adopted.

    No API, hooks, watched folders or retention: those are the leader's.
    """
    parts = bootstrap.build(settings, place)
    engine = parts.engine
    wishes = _Wishes()
    live = _heeding(operating.Live(path, settings, parts), wishes)
    async with parts.listening(engine.poke):
        parts.loop_watch.begin()
        await engine.start()
        parts.supervisor.ready("helping: another daemon leads")
        _log.info("dialerd helps the daemon that leads", action="daemon_helps")
        watch = spawn("watch", _watch(engine, parts.clock, parts.supervisor, wishes.broke))
        turn = spawn("turn to lead", place.promoted())
        first = spawn("first signal", wishes.first.wait())
        await asyncio.wait({turn, first}, return_when=asyncio.FIRST_COMPLETED)
        leads = turn.done() and not wishes.first.is_set()
        if leads:
            await engine.hand_over()
        else:
            place.give_up()
            await end(turn)
            await _drain(parts, live, wishes)
        await end(watch, first, turn)
        await engine.close()
        parts.loop_watch.end()
    await _close(parts, live)
    if leads:
        place.stops = wishes.first.is_set()
        return None
    _log.info("dialerd has stopped", action="daemon_stopped")
    return 1 if wishes.is_broken else 0


def _heeding(live: operating.Live, wishes: _Wishes) -> operating.Live:
    """It, with what signals ask for: to stop, to read the settings again."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, wishes.stop)
    loop.add_signal_handler(signal.SIGHUP, live.reload)
    return live


async def _drain(parts: bootstrap.Parts, live: operating.Live, wishes: _Wishes, *beside: asyncio.Task[None]) -> None:
    """No new calls; those that are up may finish, for as long as the settings give them or until a second signal.
    `beside`: what is ended first; a file that is being read is taken up again by the next daemon."""
    drain_s = live.settings.engine.drain_s
    parts.supervisor.stopping(drain_s + live.settings.engine.min_ring_s + _CLOSING_S)
    _log.info(
        f"dialerd stops: no new calls, {drain_s:g} s for those that are up",
        action="daemon_stopping",
        broken=wishes.is_broken,
    )
    await end(*beside)
    drain = spawn("drain", parts.engine.drain(drain_s))
    await wishes.drained(drain)
    await end(drain)


async def _close(parts: bootstrap.Parts, live: operating.Live) -> None:
    """Once nothing runs any more."""
    live.close()
    if parts.traces is not None:
        await parts.traces.close()
    await parts.api.close()
    await parts.store.close()


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
    """Feed the watchdog whenever database and engine have answered; a broken engine ends the daemon, to be started
    afresh. One that hangs is ended by systemd, which hears nothing any more."""
    is_told = False
    while True:
        if engine.is_broken and not is_told:
            on_broken()
            is_told = True
        # While it drains: the loops that are asked have ended with whatever broke.
        if is_told or await engine.vitals.is_alive():
            supervisor.alive()
        await clock.sleep(_ALIVE_S)
