"""A route over SMPP 3.4: bound as a transceiver, bound again when the link is lost, nothing lost in between.

Not here: one link (smpplink.py), octets (pdu.py), texts (shortmessage.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from dialerd import tls
from dialerd.adapters.sms import messageid, shortmessage, status
from dialerd.adapters.sms.assembly import Assembly, Whole
from dialerd.adapters.sms.pdu import Bind, Command, Named, PduError, ShortMessage
from dialerd.adapters.sms.shortmessage import Receipt, State
from dialerd.adapters.sms.smpplink import Link, LinkLost
from dialerd.domain.backoff import Backoff
from dialerd.domain.errors import BadInputError, DialerdError
from dialerd.domain.sms import cut
from dialerd.domain.words import AttemptId, Channel
from dialerd.log import logger
from dialerd.ports import (
    About,
    Accepted,
    Clock,
    Delivered,
    Message,
    MessageEvent,
    MessageSink,
    Pieces,
    Refused,
    ReplyCame,
    RouteDown,
    RouteUp,
    SendReply,
    Sent,
    Unclear,
    Undelivered,
    taken_back,
)
from dialerd.routesettings import SmppSettings
from dialerd.tasks import spawn
from dialerd.turns import TakenBackError, Turns, Waiting

_log = logger(__name__)

_WAITS = Backoff(first_s=0.5, longest_s=30.0)
_CONNECT_S = 10.0
_PATIENCE_S = 60.0  # how long a message waits for the link to come back
_PAUSES = Backoff(first_s=1.0, longest_s=30.0)
_SHORTEST_SLEEP_S = 0.01
_REPEATS = 10  # of one part, whose answer was lost each time


Connect = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


class SmppRoute:
    """Implements ports.MessageRoute."""

    channel = Channel.SMS

    def __init__(self, settings: SmppSettings, clock: Clock, pieces: Pieces, *, connect: Connect | None = None) -> None:
        """`connect` opens a connection in place of TCP."""
        self._pieces = pieces
        self.name = settings.name
        self._connect = connect or self._connect_tcp
        self.window = settings.window
        self.rate = settings.messages_per_second
        self._settings = settings
        self._clock = clock
        self._turns = Turns(clock, rate=settings.messages_per_second, places=settings.window)
        self._link: Link | None = None
        self._bound = asyncio.Event()
        self._reason = "not connected yet"
        self._paused_until = 0.0
        self._pauses = _PAUSES
        self._refusal = ""
        self._reference = 0
        self._sink: MessageSink | None = None
        self._assembly = Assembly(clock, self._tell_later)

    @property
    def is_up(self) -> bool:
        return self._bound.is_set()

    # The link

    async def run(self, sink: MessageSink) -> None:
        self._sink = sink
        await self._take_up()
        waits = _WAITS
        while True:
            began_at = self._clock.steady()
            try:
                await self._connected(sink)
            except (LinkLost, OSError, TimeoutError, PduError, DialerdError) as error:
                self._say_lost(_explained(error), sink)
            waits = waits.after(self._clock.steady() - began_at)
            await self._clock.sleep(waits.wait_s)
            waits = waits.longer()

    async def _connected(self, sink: MessageSink) -> None:
        link = await self._open()
        serving = spawn(f"link of route {self.name}", _guarded(link))
        try:
            await self._bind(link)
            self._link = link
            self._reason = ""
            self._bound.set()
            _log.info(f"route {self.name} is bound", action="route_up", route=self.name)
            sink.on_route_event(self.name, RouteUp())
            raise await asyncio.shield(serving)
        finally:
            link.say_goodbye()
            serving.cancel()

    def _unbound(self) -> None:
        self._bound.clear()
        self._link = None

    async def _open(self) -> Link:
        async with asyncio.timeout(_CONNECT_S):
            reader, writer = await self._connect()
        return Link(
            self.name,
            reader,
            writer,
            clock=self._clock,
            enquire_s=self._settings.enquire_s,
            deliver=self._on_deliver,
            on_lost=self._unbound,
        )

    async def _connect_tcp(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        settings = self._settings
        context = tls.trusting(settings.ca_file) if settings.security == "tls" else None
        return await asyncio.open_connection(settings.host, settings.port, ssl=context)

    async def _bind(self, link: Link) -> None:
        settings = self._settings
        body = Bind(system_id=settings.system_id, password=settings.secret(), system_type=settings.system_type)
        try:
            answer = await link.request(Command.BIND_TRANSCEIVER, body)
        except ValueError as error:
            raise LinkLost(f"it cannot be bound: {error}") from None
        if answer.status != status.OK:
            raise LinkLost(f"it cannot be bound: {status.named(answer.status)}")

    def _say_lost(self, reason: str, sink: MessageSink) -> None:
        """Tell the engine every time, the log only when the reason is new."""
        if reason != self._reason:
            _log.error(f"no messages over route {self.name}: {reason}", action="route_down", route=self.name)
        self._reason = reason
        sink.on_route_event(self.name, RouteDown(reason))

    # Sending

    async def send(self, message: Message) -> SendReply:
        try:
            parts = cut(message.text, most=self._settings.max_parts)
        except BadInputError as error:
            return Refused(reason=str(error), is_lasting=True)
        self._reference += 1
        sender = message.sender or self._settings.sender
        written = shortmessage.written(parts, sender=sender, recipient=message.recipient, reference=self._reference)
        ids: list[str] = []
        repeated = 0
        with self._turns.given(message.attempt_id) as given:
            for sent, body in enumerate(written):
                reply = await self._send_part(body, given)
                if not isinstance(reply, Sent):
                    return _of_several(reply, sent=sent, of=len(parts))
                ids += reply.ids
                repeated += reply.repeated
        return Sent(ids=tuple(ids), parts=len(parts), repeated=repeated)

    def take_back(self, attempt_id: AttemptId) -> None:
        self._turns.take_back(attempt_id)

    def may_have(self, attempt_id: AttemptId) -> bool:
        return self._turns.has_begun(attempt_id)

    async def _send_part(self, body: ShortMessage, given: Waiting) -> SendReply:
        """One part; again, where that may be, when its answer was lost with the link."""
        written = 0
        give_up_at = self._clock.steady() + _PATIENCE_S
        while True:
            try:
                async with given.for_it():
                    link = await self._link_before(give_up_at)
                if link is None:
                    reason = f"route {self.name} {self._why_not()}"
                    return Unclear(reason=reason) if written else Refused(reason=reason, is_route_down=True)
                async with given.turn():
                    answer = await link.request(Command.SUBMIT_SM, body)
            except TakenBackError:
                return taken_back(was_written=written > 0)
            except LinkLost as error:
                written += error.was_written
                if written and (self._settings.when_unclear == "leave" or written > _REPEATS):
                    return Unclear(reason=f"route {self.name}: {error}")
                if written:
                    give_up_at = max(give_up_at, self._clock.steady() + _PATIENCE_S)
                continue
            except PduError as error:
                return Unclear(reason=f"route {self.name}: its answer cannot be read: {error}")
            except ValueError as error:
                return Refused(reason=f"route {self.name}: {error}", is_lasting=True)
            if answer.status == status.OK:
                self._pauses = _PAUSES
                name = answer.body.name if isinstance(answer.body, Named) else ""
                ids = (messageid.of_submission(name, self._settings.receipt_ids),) if name else ()
                return Sent(ids=ids, repeated=written)
            if answer.status not in status.THROTTLED:
                reason = f"route {self.name}: {status.named(answer.status)}"
                return Refused(
                    reason=reason,
                    is_lasting=answer.status in status.LASTING,
                    is_route_down=answer.status == status.UNBOUND,
                )
            self._pause(status.named(answer.status))

    async def _link_before(self, moment: float) -> Link | None:
        """The link, when it is there and not paused; None: not before that moment."""
        while True:
            left_s = moment - self._clock.steady()
            if left_s <= 0:
                return None
            if (pause_s := self._paused_until - self._clock.steady()) > 0:
                await self._clock.sleep(max(min(pause_s, left_s), _SHORTEST_SLEEP_S))
            elif self._link is not None:
                return self._link
            else:
                with suppress(TimeoutError):
                    async with asyncio.timeout(left_s):
                        await self._bound.wait()

    def _why_not(self) -> str:
        return f"is not connected: {self._reason}" if self._link is None else f"goes on resting: {self._refusal}"

    def _pause(self, reason: str) -> None:
        """Every message rests for a while: it is the route that is too fast, not this message."""
        if self._clock.steady() < self._paused_until:
            return
        self._refusal = reason
        pause_s, self._pauses = self._pauses.wait_s, self._pauses.longer()
        _log.warning(f"route {self.name} rests for {pause_s:g} s: {reason}", action="route_throttled", route=self.name)
        self._paused_until = self._clock.steady() + pause_s

    # What comes in

    async def _on_deliver(self, body: ShortMessage) -> int:
        """The status it is answered with: OK only when it is stored."""
        found = shortmessage.read(body)
        if isinstance(found, Receipt):
            return await self._report(found)
        piece = self._assembly.piece(found)
        if piece is None:
            return await self._tell(Whole(sender=found.sender, recipient=found.recipient, text=found.text))
        whole = self._assembly.add(piece)
        if whole is None:
            return await self._stored(self._pieces.keep(self.name, piece))
        return await self._tell(whole)

    async def _take_up(self) -> None:
        """The parts that an earlier daemon has acknowledged of texts that were not whole."""
        while True:
            try:
                pieces = await self._pieces.kept(self.name)
                break
            except DialerdError as error:
                _log.error(f"route {self.name}: {error}", action="pieces_not_read", route=self.name)
                await self._clock.sleep(_WAITS.longest_s)
        for piece in pieces:
            if (whole := self._assembly.add(piece)) is not None:  # it was being told, or had been
                self._tell_later(whole)

    async def _report(self, receipt: Receipt) -> int:
        if self._sink is None:
            return status.TEMPORARY
        return await self._stored(self._sink.on_message_event(self.name, self._reported(receipt)))

    def _reported(self, receipt: Receipt) -> MessageEvent:
        name = messageid.of_receipt(receipt.message_id, self._settings.receipt_ids)
        about, at = About(message_ids=(name,)), self._clock.now()
        match receipt.state:
            case State.DELIVRD:
                return Delivered(about=about, at=at)
            case State.ENROUTE | State.ACCEPTD:
                return Accepted(about=about, at=at)
        reason = receipt.state.name.lower() + (f", error {receipt.error}" if receipt.error else "")
        return Undelivered(about=about, at=at, reason=reason)

    async def _tell(self, whole: Whole) -> int:
        """Told before its parts are forgotten; what dies in between tells it again by the same id."""
        if self._sink is None:
            return status.TEMPORARY
        reply = ReplyCame(
            id=whole.id, sender=whole.sender, recipient=whole.recipient, text=whole.text, at=self._clock.now()
        )
        answer = await self._stored(self._sink.on_message_event(self.name, reply))
        if answer == status.OK and whole.piece is not None:
            self._assembly.stored(whole.piece)
            await self._stored(self._pieces.forget(self.name, whole.piece))
        return answer

    def _tell_later(self, whole: Whole) -> None:
        spawn(f"text of route {self.name}", self._until_told(whole))

    async def _until_told(self, whole: Whole) -> None:
        while await self._tell(whole) != status.OK:
            await self._clock.sleep(_WAITS.longest_s)

    async def _stored(self, writing: Awaitable[None]) -> int:
        try:
            await writing
        except DialerdError as error:
            _log.error(f"route {self.name}: not stored: {error}", action="event_not_stored", route=self.name)
            return status.TEMPORARY
        return status.OK


async def _guarded(link: Link) -> LinkLost:
    """A loss as a value: it is expected, and no task has crashed."""
    try:
        await link.serve()
    except LinkLost as error:
        return error
    return LinkLost("it was closed")


def _of_several(reply: Refused | Unclear, *, sent: int, of: int) -> SendReply:
    """What became of a text of which so many parts had been taken before."""
    return Unclear(reason=f"{sent} of {of} parts were sent; then {reply.reason}") if sent else reply


def _explained(error: Exception) -> str:
    if (trouble := tls.trouble(error)) is not None:
        return trouble
    if isinstance(error, TimeoutError):
        return f"it cannot be reached within {_CONNECT_S:g} s"
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return str(error)
