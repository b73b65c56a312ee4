"""A route over a gateway with Kannel's interface: texts go out by its sendsms, reports and texts come in by HTTP.

Not here: the listener (listener.py). The gateway cuts a long text itself; nothing is asked of it that smsbox 1.4 lacks.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ssl
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from dialerd import tls
from dialerd.adapters.sms.listener import Answer, listener
from dialerd.domain.backoff import Backoff
from dialerd.domain.errors import BadInputError, DialerdError
from dialerd.domain.sms import Alphabet, cut
from dialerd.domain.words import ATTEMPT_ID, AttemptId, Channel
from dialerd.log import logger
from dialerd.ports import (
    About,
    Accepted,
    Clock,
    Delivered,
    Message,
    MessageEvent,
    MessageSink,
    Refused,
    ReplyCame,
    RouteDown,
    SendReply,
    Sent,
    Unclear,
    Undelivered,
    taken_back,
)
from dialerd.presence import Presence
from dialerd.routesettings import GatewaySettings
from dialerd.serving import serving
from dialerd.turns import TakenBackError, Turns, Waiting

_log = logger(__name__)

_ANSWER_S = 15.0
_CONNECT_S = 5.0
_PATIENCE_S = 60.0  # how long a message waits for the gateway to come back
_WAITS = Backoff(first_s=0.5, longest_s=10.0)
_REPEATS = 10
_REPORTS = 1 + 2 + 8 + 16  # dlr-mask: delivered, not delivered, taken by the SMSC, refused by it
_HEADERS = {
    "username": "X-Kannel-Username",
    "password": "X-Kannel-Password",
    "from": "X-Kannel-From",
    "to": "X-Kannel-To",
    "coding": "X-Kannel-Coding",
    "dlr-mask": "X-Kannel-DLR-Mask",
    "dlr-url": "X-Kannel-DLR-Url",
}
_CODING = {Alphabet.GSM7: "0", Alphabet.UCS2: "2"}


class _Again(aiohttp.ClientError):
    """aiohttp would ask a second time by itself, and nobody would have counted it."""


def _once_each() -> aiohttp.TraceConfig:
    """Let each request have one connection: aiohttp repeats a GET whose connection breaks before the answer."""

    async def check(_session: aiohttp.ClientSession, context: Any, _params: Any) -> None:
        if context.trace_request_ctx:
            raise _Again("the link broke before the answer")
        context.trace_request_ctx.add("connected")

    config = aiohttp.TraceConfig()
    config.on_connection_create_start.append(check)
    return config


class GatewayRoute:
    """Implements ports.MessageRoute."""

    channel = Channel.SMS

    def __init__(self, settings: GatewaySettings, clock: Clock) -> None:
        self.name = settings.name
        self.window = settings.window
        self.rate = settings.messages_per_second
        self._settings = settings
        self._clock = clock
        self._turns = Turns(clock, rate=settings.messages_per_second, places=settings.window)
        self._presence = Presence(settings.name, clock, self._unreachable)
        self._secret = ""
        self._password = ""
        self._http: aiohttp.ClientSession | None = None
        self._tls: ssl.SSLContext | None = None
        self._sink: MessageSink | None = None

    @property
    def is_up(self) -> bool:
        return self._presence.is_there

    async def run(self, sink: MessageSink) -> None:
        self._sink = sink
        waits = _WAITS
        while True:
            try:
                await self._listening(sink)
            except (OSError, DialerdError) as error:  # the port is taken, a password cannot be read
                _log.error(f"no messages over route {self.name}: {error}", action="route_down", route=self.name)
                sink.on_route_event(self.name, RouteDown(str(error)))
            await self._clock.sleep(waits.wait_s)
            waits = waits.longer()

    async def _listening(self, sink: MessageSink) -> None:
        self._secret, self._password = self._settings.shared_secret(), self._settings.secret()
        # No connection is used twice: one that the gateway closes just then would leave a message unclear.
        self._tls = tls.trusting(self._settings.ca_file) if self._settings.url.startswith("https:") else None
        connector = aiohttp.TCPConnector(force_close=True, limit=self.window, ssl=self._tls or True)
        timeout = aiohttp.ClientTimeout(total=_ANSWER_S, sock_connect=_CONNECT_S)
        paths = {"/report": self._on_report, "/text": self._on_text}
        async with (
            aiohttp.ClientSession(connector=connector, timeout=timeout, trace_configs=[_once_each()]) as self._http,
            serving(listener(paths), self._settings.listen),
        ):
            try:
                await self._presence.watch(sink)
            finally:
                self._http = None

    async def _unreachable(self) -> str | None:
        parts = urlsplit(self._settings.url)
        try:
            async with asyncio.timeout(_CONNECT_S):
                port = parts.port or (443 if parts.scheme == "https" else 80)
                _, writer = await asyncio.open_connection(parts.hostname, port, ssl=self._tls)
                writer.close()
        except TimeoutError:
            return f"it cannot be reached within {_CONNECT_S:g} s"
        except OSError as error:
            return tls.trouble(error) or error.strerror or str(error)
        return None

    # Sending

    async def send(self, message: Message) -> SendReply:
        try:
            parts = cut(message.text, most=self._settings.max_parts)
        except BadInputError as error:
            return Refused(reason=str(error), is_lasting=True)
        query = {
            "username": self._settings.username,
            "password": self._password,
            "from": message.sender or self._settings.sender,
            "to": message.recipient,
            "text": message.text,
            "charset": "UTF-8",
            "coding": _CODING[parts.alphabet],
            "dlr-mask": str(_REPORTS),
            "dlr-url": self._report_url(message.attempt_id),
        }
        with self._turns.given(message.attempt_id) as given:
            reply = await self._carry(query, given)
        return replace(reply, parts=len(parts)) if isinstance(reply, Sent) else reply

    def take_back(self, attempt_id: AttemptId) -> None:
        self._turns.take_back(attempt_id)

    def may_have(self, attempt_id: AttemptId) -> bool:
        return self._turns.has_begun(attempt_id)

    async def _carry(self, query: Mapping[str, str], given: Waiting) -> SendReply:
        """Until there is an answer, or patience is over."""
        written = 0
        give_up_at = self._clock.steady() + _PATIENCE_S
        while True:
            try:
                async with given.for_it():
                    is_there = await self._presence.before(give_up_at)
                if not is_there:
                    reason = f"route {self.name} is not connected: {self._presence.reason}"
                    return Unclear(reason=reason) if written else Refused(reason=reason, is_route_down=True)
                async with given.turn():
                    reply = await self._ask(query)
            except TakenBackError:
                return taken_back(was_written=written > 0)
            match reply:
                case Sent():
                    return Sent(repeated=written)
                case Refused(is_route_down=False):
                    return reply
                case Unclear():
                    written += 1
                    if self._settings.when_unclear == "leave" or written > _REPEATS:
                        return reply

    async def _ask(self, query: Mapping[str, str]) -> SendReply:
        http = self._http
        if http is None:
            return self._lost(Refused(reason=self._presence.reason, is_route_down=True))
        try:
            async with http.request(self._settings.method, self._settings.url, **self._form(query)) as response:
                return self._read(response.status, await response.text(errors="replace"))
        except aiohttp.ClientConnectorError as error:
            reason = tls.trouble(error) or error.os_error.strerror or str(error.os_error)
            return self._lost(Refused(reason=reason, is_route_down=True))
        except TimeoutError:
            return self._lost(Unclear(reason=f"route {self.name}: no answer for {_ANSWER_S:g} s"))
        except aiohttp.ClientError as error:
            return self._lost(Unclear(reason=f"route {self.name}: {error or type(error).__name__}"))

    def _form(self, query: Mapping[str, str]) -> dict[str, Any]:
        if self._settings.method == "get":
            return {"params": query, "trace_request_ctx": set()}
        headers = {_HEADERS[key]: value for key, value in query.items() if key in _HEADERS}
        headers["Content-Type"] = "text/plain; charset=UTF-8"
        return {"headers": headers, "data": query["text"].encode(), "trace_request_ctx": set()}

    def _read(self, status: int, text: str) -> SendReply:
        """smsbox answers 202 with "0: Accepted for delivery" or "3: Queued for later delivery"."""
        said = " ".join(text.split())[:200]
        if status in (200, 202):
            return Sent()
        if status == 503:
            return self._lost(Refused(reason=said, is_route_down=True))
        reason = f"route {self.name}: {status} {said}"
        return Unclear(reason=reason) if status >= 500 else Refused(reason=reason)

    def _lost(self, reply: Refused | Unclear) -> SendReply:
        self._presence.lost(reply.reason)
        return reply

    # What comes in

    def _report_url(self, attempt_id: AttemptId) -> str:
        """Where this one message is reported to: who knows it can say nothing of another."""
        return f"{self._settings.reports_to}/report?attempt={attempt_id}&sign={self._sign(attempt_id)}&state=%d"

    def _sign(self, attempt_id: str) -> str:
        return hmac.new(self._secret.encode(), attempt_id.encode(), hashlib.sha256).hexdigest()[:32]

    async def _on_report(self, query: Mapping[str, str]) -> Answer:
        attempt_id = query.get("attempt", "")
        if not ATTEMPT_ID.match(attempt_id) or not hmac.compare_digest(
            self._sign(attempt_id).encode(), query.get("sign", "").encode()
        ):
            return Answer.FORBIDDEN
        event = self._reported(AttemptId(attempt_id), query.get("state", ""))
        return Answer.UNKNOWN if event is None else await self._tell(event)

    def _reported(self, attempt_id: AttemptId, state: str) -> MessageEvent | None:
        about, at = About(attempt_id=attempt_id), self._clock.now()
        match state:
            case "1":
                return Delivered(about=about, at=at)
            case "2":
                return Undelivered(about=about, at=at, reason="not delivered to the phone")
            case "16":
                return Undelivered(about=about, at=at, reason="refused by the SMSC")
            case "4" | "8":
                return Accepted(about=about, at=at)
        return None

    async def _on_text(self, query: Mapping[str, str]) -> Answer:
        if not hmac.compare_digest(self._secret.encode(), query.get("secret", "").encode()):
            return Answer.FORBIDDEN
        if not query.get("from"):
            return Answer.UNKNOWN
        return await self._tell(
            ReplyCame(
                id=query.get("id", ""),
                sender=query["from"],
                recipient=query.get("to", ""),
                text=query.get("text", ""),
                at=self._clock.now(),
            )
        )

    async def _tell(self, event: MessageEvent) -> Answer:
        if self._sink is None:
            return Answer.LATER
        try:
            await self._sink.on_message_event(self.name, event)
        except DialerdError as error:
            _log.error(f"route {self.name}: not stored: {error}", action="event_not_stored", route=self.name)
            return Answer.LATER
        return Answer.DONE
