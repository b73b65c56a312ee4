"""The connection to one Asterisk: up only while its event stream is proven alive; back with backoff when it breaks.

Not here: single calls (exchange.py), what a message means (translate.py).
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import aiohttp

from dialerd import log
from dialerd.adapters.ari import readiness, translate
from dialerd.adapters.ari.client import connected
from dialerd.adapters.ari.http import HEARTBEAT_S, AriHttp, AriStatus, AriUnreachable
from dialerd.adapters.ari.readiness import Readiness
from dialerd.domain.backoff import Backoff
from dialerd.domain.caller import CallerCame, CallerEvent, CallerLeft, LinkCame
from dialerd.domain.words import CallerId
from dialerd.log import logger
from dialerd.ports import Clock, ExchangeDown, ExchangeSink, ExchangeUp, Turn
from dialerd.tasks import end, spawn

_log = logger(__name__)

_WAITS = Backoff(first_s=0.2, longest_s=5.0)
_REPLACED_WAIT_S = 30.0
_PROBE_S, _PROBE_LIMIT_S = 2.0, 5.0
_EXAMINE_TURNS = 5


class _Lost(Exception):
    """The stream cannot be trusted any more; the message is the reason."""


class _Replaced(_Lost):
    """Another client has our application."""


class Session:
    """`is_alive` is the one word on whether a call may be placed; it falls before anybody is told. `turn`: None where
    no other daemon can have it. `also`: another application whose calls are led from here, too."""

    def __init__(
        self,
        *,
        name: str,
        app: str,
        user: str,
        clock: Clock,
        open_http: Callable[[], AriHttp],
        turn: Turn | None = None,
        also: str | None = None,
    ) -> None:
        self.name = name
        self.app = app
        self.apps = (app,) if also is None else (app, also)
        self.is_alive = False
        self.http: AriHttp | None = None
        self.readiness = Readiness(endpoints={})
        self.reason = "not connected yet"
        self.caller_channels: dict[CallerId, str] = {}  # the channels' own ids
        self._up_since: float | None = None  # by the steady clock; None: not up since the last loss
        self._user = user
        self._clock = clock
        self._open_http = open_http
        self._turn = turn

    async def run(self, sink: ExchangeSink) -> None:
        """Connect and stay connected until cancelled."""
        waits = _WAITS
        while True:
            if self._turn is not None:  # whoever connects takes the application from whoever has it
                await self._turn.prove()
            try:
                await self._connected(sink)
            except (_Lost, AriStatus, AriUnreachable) as error:
                self.is_alive = False
                url = self.http.url if self.http else ""
                is_dead = isinstance(error, AriUnreachable) and error.refused
                self._say_lost(str(readiness.explained(error, url=url, user=self._user)), sink, is_dead=is_dead)
                if self._up_since is not None:
                    waits = waits.after(self._clock.steady() - self._up_since)
                self._up_since = None
                if self._turn is not None and isinstance(error, _Replaced):
                    await self._turn.defend()
                await self._clock.sleep(_REPLACED_WAIT_S if isinstance(error, _Replaced) else waits.wait_s)
                waits = waits.longer()
            finally:
                self.is_alive = False

    async def _connected(self, sink: ExchangeSink) -> None:
        self.http = http = self._open_http()
        async with connected(http) as client:
            self.readiness = await readiness.examine(http, client)
            if readiness.too_old(self.readiness.version):
                raise _Lost(f"its version {self.readiness.version} is too old: dialerd needs 20.18, 22.8 or later")
            events = await client.swagger.events.eventWebsocket(app=",".join(self.apps))
            try:
                # The filter lives in Asterisk's memory: set anew at every connect.
                unwanted = [{"type": kind} for kind in translate.UNWANTED]
                for app in self.apps:
                    await http.call("PUT", f"/applications/{app}/eventFilter", body={"disallowed": unwanted})
                self.is_alive, self.reason, self._up_since = True, "", self._clock.steady()
                _log.info(
                    f"connected to Asterisk {self.name}, version {self.readiness.version}",
                    action="asterisk_connected",
                    asterisk=self.name,
                )
                sink.on_exchange_event(self.name, ExchangeUp())
                await self._serve(events, http, client, sink)
            finally:
                self.is_alive = False
                await events.close()

    async def _serve(
        self, events: aiohttp.ClientWebSocketResponse, http: AriHttp, client: Any, sink: ExchangeSink
    ) -> None:
        """Read until the stream or the probe fails. Raises _Lost."""
        reader = spawn(f"events of {self.name}", self._guarded(self._read(events, sink)))
        probe = spawn(f"probe of {self.name}", self._guarded(self._probe(http, client)))
        try:
            done, _ = await asyncio.wait({reader, probe}, return_when=asyncio.FIRST_COMPLETED)
            raise done.pop().result()
        finally:
            self.is_alive = False
            await end(reader, probe)

    async def _guarded(self, work: Any) -> Exception:
        """A loss as a value: it is expected, and no task has crashed."""
        try:
            await work
        except (_Lost, AriStatus, AriUnreachable) as error:
            self.is_alive = False
            return error
        return _Lost("the event stream was closed")

    async def _read(self, events: aiohttp.ClientWebSocketResponse, sink: ExchangeSink) -> None:
        """Only parse, translate and hand on: a slow reader is dropped by Asterisk."""
        async for message in events:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            content = translate.parse(message.data)
            if (found := translate.to_event(content)) is not None:
                if log.is_detailed:
                    told = {"action": "ari_told", "asterisk": self.name, "attempt_id": found[0]}
                    _log.debug(f"Asterisk {self.name} tells: {type(found[1]).__name__}", **told)
                sink.on_call_event(self.name, *found)
            elif (of_leg := translate.to_leg_event(content)) is not None:
                sink.on_leg_event(self.name, *of_leg)
            elif (of_caller := translate.to_caller_event(content, exchange=self.name)) is not None:
                self._tell_of_caller(sink, *of_caller)
            elif isinstance(content, dict) and translate.replaced(content):
                raise _Replaced(f"another client has taken the application {self.app}: is a second dialerd running?")
        self.is_alive = False
        if isinstance(events.exception(), TimeoutError):
            raise _Lost(f"the event stream is dead: no sign of life for {HEARTBEAT_S * 1.5:g} s")
        raise _Lost(f"the event stream was closed (code {events.close_code})")

    def _tell_of_caller(self, sink: ExchangeSink, channel_id: str, caller_id: CallerId, event: CallerEvent) -> None:
        match event:
            case CallerCame() | LinkCame():
                self.caller_channels[caller_id] = channel_id
            case CallerLeft():
                self.caller_channels.pop(caller_id, None)
        sink.on_caller_event(self.name, caller_id, event)

    async def _probe(self, http: AriHttp, client: Any) -> None:
        """The stream's heartbeat does not show an Asterisk that answers nothing else: ask it something as well.

        Trunks come and go, so they are what is asked for; the rest changes when an admin mends it.
        """
        for turn in itertools.count(1):
            await self._clock.sleep(_PROBE_S)
            try:
                async with asyncio.timeout(_PROBE_LIMIT_S):
                    if turn % _EXAMINE_TURNS == 0:
                        self.readiness = await readiness.examine(http, client)
                    else:
                        self.readiness = replace(self.readiness, endpoints=await readiness.list_endpoints(http))
            except TimeoutError:
                raise _Lost(f"it did not answer within {_PROBE_LIMIT_S:g} s") from None

    def _say_lost(self, reason: str, sink: ExchangeSink, *, is_dead: bool) -> None:
        """Tell the engine every time, the log only when the reason is new."""
        if reason != self.reason:
            _log.error(f"no calls through Asterisk {self.name}: {reason}", action="asterisk_lost", asterisk=self.name)
        self.reason = reason
        sink.on_exchange_event(self.name, ExchangeDown(reason, is_dead=is_dead))
