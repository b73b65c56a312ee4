"""The FastAGI server: one connection per hook, every step of it limited in time and length.

Not here: reading a request (request.py), what a hook does (hooks.py).

An own server, not pyst2's classes: its fastagi does not import on Python 3, and its AGI lets a line break in a value
begin a second command. A dialplan waits while this answers, so it answers within its limits or hangs up; then the
dialplan goes on with what it had set before (asterisk-conf: DIALERD_STATUS=DOWN).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial

from dialerd import log
from dialerd.agi import hooks
from dialerd.agi.replies import Said, Status, read_reply, set_variable
from dialerd.agi.request import MAX_LINE, MAX_LINES, BadRequest, Request, read_request
from dialerd.domain.errors import BadInputError, NotFoundError, RefusedError
from dialerd.log import logger
from dialerd.ports import Clock, Store
from dialerd.tasks import spawn

_log = logger(__name__)

_BACKLOG = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`whole_s`: from a connection to its end. `work_s`: for the database; then the status is SLOW. `at_once`:
    connections; more are closed unheard, and their dialplans go on."""

    whole_s: float = 4.0
    work_s: float = 1.5
    at_once: int = 200


class AgiServer:
    """`poke`: have the engine look at the store, called after every hook that has written."""

    def __init__(
        self,
        listen: str,
        store: Store,
        clock: Clock,
        setting: hooks.Setting,
        poke: Callable[[], None],
        limits: Limits | None = None,
    ) -> None:
        host, _, port = listen.rpartition(":")
        self._host, self._port = host.strip("[]"), int(port)
        self._listen = listen
        self._store = store
        self._clock = clock
        self._setting = setting
        self._poke = poke
        self._limits = limits or Limits()
        self._open = 0

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """While the context lasts. Where the port is taken there are no hooks, and the log says so: calls go first."""
        try:
            server = await asyncio.start_server(self._serve, self._host, self._port, limit=MAX_LINE, backlog=_BACKLOG)
        except OSError as error:
            text = f"no hooks for the dialplan: [agi] listen {self._listen} cannot be used: {error.strerror or error}"
            _log.error(text, action="agi_failed")
            yield
            return
        self._port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            server.close()

    @property
    def port(self) -> int:
        """Where it listens; another than asked for where that was 0."""
        return self._port

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        try:
            if self._open <= self._limits.at_once:
                async with asyncio.timeout(self._limits.whole_s):
                    await self._talk(reader, writer)
        except (TimeoutError, OSError, EOFError, ValueError) as error:
            # ValueError: a line longer than the reader's limit. Asterisk sends none of these by itself.
            _log.debug(f"a hook's connection ended early: {type(error).__name__}", action="agi_broken")
        finally:
            self._open -= 1
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hear the request, do it, say what came of it; the status last, so that what is half told has none."""
        lines: list[bytes] = []
        while (line := await reader.readuntil(b"\n")) not in (b"\n", b"\r\n"):
            lines.append(line)
            if len(lines) > MAX_LINES:
                raise ValueError("too many lines")
        try:
            answer = await self._answer(read_request(lines))
        except BadRequest as error:
            _log.warning(f"a hook was refused: {error}", action="agi_refused")
            answer = {"DIALERD_REASON": str(error), "DIALERD_STATUS": Status.BAD_INPUT}
        for name, value in answer.items():
            writer.write(set_variable(name, value))
            while (said := read_reply(await reader.readuntil(b"\n"))) is Said.HUNG_UP:
                pass
            if said is Said.REFUSED:
                return

    async def _answer(self, request: Request) -> Mapping[str, str]:
        """The variables to set, the status last."""
        hook = hooks.HOOKS.get(request.hook)
        if hook is None:
            raise BadRequest(f"there is no hook {request.hook}")
        job = partial(hook.run, request=request, setting=self._setting, now=self._clock.now())
        work = spawn(f"hook {request.hook}", _outcome(self._store.write(job) if hook.writes else self._store.read(job)))
        done, _ = await asyncio.wait({work}, timeout=self._limits.work_s)
        if not done:
            _log.warning(f"hook {request.hook} had no answer in time", action="agi_slow", hook=request.hook)
            return {"DIALERD_STATUS": Status.SLOW}
        found = work.result()
        answered = {} if isinstance(found, Exception) else found
        attempt_id = answered.get("DIALERD_ATTEMPT") or log.attempt_in(" ".join(request.arguments))
        if log.is_detailed and attempt_id:
            _log.debug(f"hook {request.hook} was asked", action="agi_asked", hook=request.hook, attempt_id=attempt_id)
        if isinstance(found, Exception):
            return {"DIALERD_REASON": _reason(found), "DIALERD_STATUS": _status(found)}
        if hook.writes:
            self._poke()
        return {**found, "DIALERD_STATUS": Status.OK}


async def _outcome(work: Awaitable[Mapping[str, str]]) -> Mapping[str, str] | Exception:
    """What a hook found, or why it was refused, as a value: that is expected, and no task has crashed."""
    try:
        return await work
    except RefusedError as error:
        return error
    except Exception as error:  # noqa: BLE001  # the edge: a hook that is broken is told of, and ends no daemon
        _log.error("a hook failed", action="agi_failed", exc_info=error)
        return error


def _status(error: Exception) -> Status:
    match error:
        case NotFoundError():
            return Status.NOT_FOUND
        case BadInputError():
            return Status.BAD_INPUT
        case RefusedError():
            return Status.REFUSED
        case _:
            return Status.FAILED


def _reason(error: Exception) -> str:
    return error.message if isinstance(error, RefusedError) else "see the log of dialerd"
