"""The desk of messages: claims what is due for the routes that are up, sends it, settles it, and takes what comes back.

Not here: what a claim, a report or a reply means (usecases/messaging.py, replies.py), writing down what comes back
(reception.py), the routes (adapters, simulate).

A message's attempt is committed before it is sent, and it is given to its route once: what the route leaves unclear,
and what a dead daemon had given away, is settled as interrupted. That is the desk's promise, and no more: a route whose
`when_unclear` is "repeat" sends it again itself when the answer is lost with the link, and tells how often.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from dialerd.domain.answers import NO_ANSWERS, Answers
from dialerd.domain.errors import NotFoundError, StoreError
from dialerd.domain.replywords import ReplyWords
from dialerd.domain.words import AttemptId, Channel, RunId, RunState
from dialerd.engine.means import Means
from dialerd.engine.reception import Reception
from dialerd.engine.runline import RunLine
from dialerd.engine.surewriter import STORE_RETRY_S, SureWriter
from dialerd.log import logger
from dialerd.ports import (
    Delivered,
    Message,
    MessageEvent,
    MessageRoute,
    MessageRouteRow,
    Refused,
    RouteEvent,
    RouteUp,
    RunRow,
    SendReply,
    Timer,
    Unclear,
    Undelivered,
    Unit,
)
from dialerd.tasks import end, spawn
from dialerd.usecases import answering, messaging
from dialerd.usecases.answering import Answering

_log = logger(__name__)

_WAITED_AT_ONCE = 200  # targets settled per transaction whose time for an answer is over
_CHANNELS = (Channel.SMS, Channel.EMAIL)


@dataclass(slots=True)
class Line:
    """One way out. `sending`: the messages that it has been given and that are not settled; `answered`: those of them
    that it says were sent, or may have been."""

    route: MessageRoute
    sending: dict[AttemptId, asyncio.Task[None]] = field(default_factory=dict)
    answered: set[AttemptId] = field(default_factory=set)

    @property
    def room(self) -> int:
        return max(0, self.route.window - len(self.sending)) if self.route.is_up else 0

    @property
    def on_wire(self) -> list[AttemptId]:
        """Those whose recipients may have them."""
        return [each for each in self.sending if each in self.answered or self.route.may_have(each)]


@dataclass(frozen=True, slots=True)
class Rest:
    """Why a run is not looked at: nobody is due before `until` (None: not by time), or only over `routes`."""

    until: datetime | None
    routes: frozenset[str] = frozenset()

    def is_over(self, now: datetime, rooms: Mapping[str, int]) -> bool:
        return (self.until is not None and self.until <= now) or any(rooms.get(name) for name in self.routes)


class MessagingDesk:
    """Implements ports.MessageSink. The only one that sends."""

    def __init__(
        self,
        means: Means,
        routes: Mapping[str, MessageRoute],
        *,
        sure: SureWriter,
        words: ReplyWords,
        answers: Mapping[str, Answers],
        region: str,
        on_change: Callable[[], None],
        on_opt_out: Callable[[], None],
    ) -> None:
        self._store = means.store
        self._clock = means.clock
        self._dice = means.dice
        self._openings = means.openings
        self._runs = means.runs
        self._rulebook = means.rulebook
        self._lines = {name: Line(route) for name, route in routes.items()}
        answering = {
            name: Answering(answers=answers.get(name, NO_ANSWERS), words=words, new_id=means.dice.attempt_id)
            for name in routes
        }
        self._reception = Reception(means.store, means.clock, answering, region)
        self._sure = sure
        self._on_change = on_change
        self._on_opt_out = on_opt_out
        self._wake = asyncio.Event()
        self._dry: dict[tuple[RunId, Channel | None], Rest] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._is_stopped = False

    async def start(self) -> None:
        """Settle what an earlier daemon left unanswered; connect, and begin to send."""
        if count := await self._store.write(partial(messaging.interrupt_open, now=self._clock.now())):
            _log.warning(f"{count} messages were under way when the daemon ended", action="messages_interrupted")
        await self._store.write(self._make_known)
        self._runs.watch(self._settled_elsewhere)
        self._tasks = [
            spawn("messages", self._run()),
            *(spawn(f"route {name}", line.route.run(self)) for name, line in self._lines.items()),
        ]

    def _make_known(self, unit: Unit) -> None:
        """Write down which routes there are, for `campaign status --why`."""
        now = self._clock.now()
        unit.messages.set_routes(
            MessageRouteRow(
                name=name,
                channel=line.route.channel,
                window=line.route.window,
                rate=line.route.rate,
                is_up=False,
                since=now,
                reason="it is not connected yet",
            )
            for name, line in self._lines.items()
        )

    @property
    def is_broken(self) -> bool:
        """Whether a task that must run for ever has ended."""
        return any(task.done() for task in self._tasks) and not self._is_stopped

    @property
    def is_empty(self) -> bool:
        """No message is under way."""
        return not any(line.sending for line in self._lines.values())

    def changed(self) -> None:
        """Somebody changed the store: look anew at every run."""
        self._dry.clear()
        self._wake.set()

    def stop(self) -> None:
        """Claim nothing more; what is under way may finish."""
        self._is_stopped = True
        self._wake.set()

    async def close(self) -> None:
        """What is under way now, the next daemon settles."""
        sending = [task for line in self._lines.values() for task in line.sending.values()]
        await end(*self._tasks, *sending)

    def let_go(self, attempt_ids: Collection[AttemptId]) -> None:
        """Do not send those that wait for their turn: their people have opted out. Those on the wire end as they do."""
        for line in self._lines.values():
            for attempt_id in attempt_ids:
                if attempt_id in line.sending:
                    line.route.take_back(attempt_id)

    # Claiming

    async def _run(self) -> None:
        while not self._is_stopped:
            self._wake.clear()
            try:
                at = await self._pass()
            except StoreError as error:
                _log.error(f"no messages can be claimed: {error}", action="message_claim_failed")
                at = None
                self._clock.call_later(STORE_RETRY_S, self._wake.set)
            await self._wait(at)

    async def _wait(self, at: datetime | None) -> None:
        timer: Timer | None = None
        if at is not None:
            left_s = (at - self._clock.now()).total_seconds()
            timer = self._clock.call_later(max(0.0, left_s), self._wake.set)
        try:
            await self._wake.wait()
        finally:
            if timer is not None:
                timer.cancel()

    async def _pass(self) -> datetime | None:
        """One look at every active run that writes messages, highest priority first; when to look again."""
        lines = [line for line in self._runs.lines.values() if self._writes(line)]
        for line in sorted(lines, key=lambda line: (-line.row.spec.priority, self._dice.draw())):
            for channel in (None, *_CHANNELS):
                while not self._is_stopped and await self._fill(line, channel):
                    pass
        active = {line.row.id for line in lines}
        rests = (rest.until for (run_id, _), rest in self._dry.items() if run_id in active)
        return min((until for until in rests if until is not None), default=None)  # a paused run's may be past for long

    def _writes(self, line: RunLine) -> bool:
        return line.row.state is RunState.ACTIVE and line.row.spec.strategy is not None

    async def _fill(self, line: RunLine, channel: Channel | None) -> bool:
        """Claim for one run on one channel what there is room for; True: look again at once. None: those who wait."""
        now, key = self._clock.now(), (line.row.id, channel)
        lines = {name: each for name, each in self._lines.items() if each.route.channel is channel and each.route.is_up}
        rooms = {name: each.room for name, each in lines.items()}
        if not self._writes(line) or (key in self._dry and not self._dry[key].is_over(now, rooms)):
            return False
        self._dry.pop(key, None)
        if channel is None:
            return await self._end_waits(line)
        until = line.closed_until(now)
        if until is not None:
            self._dry[key] = Rest(until)
            return False
        if not any(rooms.values()):
            return False  # a route that comes up or answers wakes us
        try:
            claim = await self._openings.open(
                partial(
                    messaging.claim_messages,
                    run_id=line.row.id,
                    channel=channel,
                    rooms=rooms,
                    packs=self._rulebook.of(line.row.spec.regulations),
                    now=now,
                )
            )
        except NotFoundError as error:  # a pack was taken away since: nobody is written to so, and other runs go on
            self._runs.hold_messages(line, str(error))
            self._dry[key] = Rest(None)
            return False
        self._runs.hold_messages(line, "")
        for outgoing in claim.outgoing:
            self._send(outgoing)
        if claim.unsent:
            await self._look_at(line.row.id)
        if not claim.has_more:
            self._dry[key] = Rest(claim.due_at, claim.waits_for)
        return claim.has_more and bool(claim.outgoing or claim.unsent)

    async def _end_waits(self, line: RunLine) -> bool:
        run_id, now = line.row.id, self._clock.now()
        settled = await self._store.write(partial(messaging.end_waits, run_id=run_id, limit=_WAITED_AT_ONCE, now=now))
        if settled:
            await self._look_at(run_id)
        row, due_at = await self._store.read(lambda unit: (unit.runs.get(run_id), unit.dialing.next_due_at(run_id)))
        # Who was due stays so where the run was paused meanwhile, which is heard of soon: till then there is no moment.
        is_active = row is not None and row.state is RunState.ACTIVE
        self._dry[run_id, None] = Rest(due_at if is_active else None)
        return settled == _WAITED_AT_ONCE

    async def _look_at(self, run_id: RunId) -> None:
        row = await self._store.read(lambda unit: unit.runs.get(run_id))
        if row is not None:
            self._runs.settled(row)

    # Sending

    def way_out(self, channel: Channel, route: str | None) -> str | None:
        """The route that a message of a call goes over now, full or not, for somebody waits; None: none is up."""
        named = [self._lines[route]] if route in self._lines else [] if route is not None else self._lines.values()
        up = [line for line in named if line.route.is_up and line.route.channel is channel]
        return min(up, key=lambda line: (-line.room, line.route.name)).route.name if up else None

    def send_beside(self, outgoing: messaging.Outgoing, tell: Callable[[SendReply], None]) -> None:
        """Send a message of a call, whose attempt is committed; `tell` gets the route's answer, once."""
        self._send(outgoing, tell)

    def _send(self, outgoing: messaging.Outgoing, tell: Callable[[SendReply], None] | None = None) -> None:
        attempt_id, line = outgoing.attempt.id, self._lines[outgoing.attempt.trunk]

        def failed(_error: BaseException) -> None:  # a defect of a route must not leave an attempt open for ever
            spawn(f"settle {attempt_id}", self._settle(line, outgoing, Unclear(reason="the route failed"), tell))

        line.sending[attempt_id] = spawn(f"message {attempt_id}", self._carry(line, outgoing, tell), on_crash=failed)

    async def _carry(self, line: Line, outgoing: messaging.Outgoing, tell: Callable[[SendReply], None] | None) -> None:
        reply = await line.route.send(outgoing.message)
        if not isinstance(reply, Refused):
            line.answered.add(outgoing.attempt.id)
        await self._settle(line, outgoing, reply, tell)

    async def _settle(
        self,
        line: Line,
        outgoing: messaging.Outgoing,
        reply: SendReply,
        tell: Callable[[SendReply], None] | None,
    ) -> None:
        job = partial(messaging.settle_sent, outgoing=outgoing, reply=reply, now=self._clock.now())
        settled = await self._sure.write("how a message ended", job, attempt_id=outgoing.attempt.id)
        line.sending.pop(outgoing.attempt.id, None)
        line.answered.discard(outgoing.attempt.id)
        if tell is not None:
            tell(reply)
        if settled is not None:
            self._told(settled.run, settled.retry_at)
        self._wake.set()
        self._on_change()

    def _answer(self, line: Line, message: Message) -> None:
        """Write back to whoever has asked for it; the answer stands in the store."""
        name = f"answer {message.attempt_id}"
        line.sending[message.attempt_id] = spawn(name, self._carry_answer(line, message))

    async def _carry_answer(self, line: Line, message: Message) -> None:
        reply: SendReply = Unclear(reason="the route failed")
        try:
            reply = await line.route.send(message)
            job = partial(answering.answered, route=line.route.name, message=message, reply=reply)
            await self._sure.write("how an answer ended", job, attempt_id=message.attempt_id)
        finally:
            line.sending.pop(message.attempt_id, None)
            self._wake.set()
            self._on_change()

    def _told(self, row: RunRow, due_at: datetime | None) -> None:
        """A run has changed by one of its messages."""
        self._runs.more_due(row.id, due_at)
        self._runs.settled(row)  # which tells us, too

    def _settled_elsewhere(self, row: RunRow) -> None:
        """A target of the run may have come to a step of ours."""
        if row.spec.strategy is not None and not self._is_stopped:
            for channel in (None, *_CHANNELS):
                self._dry.pop((row.id, channel), None)
            self._wake.set()

    # ports.MessageSink

    async def on_message_event(self, route: str, event: MessageEvent) -> None:
        line = self._lines[route]
        on_wire = [each for one in self._lines.values() for each in one.on_wire]
        took = await self._reception.take(route, line.route.channel, event, on_wire=on_wire)
        if took.has_opted_out:
            self._on_opt_out()
        if took.answer is not None:
            self._answer(line, took.answer)
        elif not took.is_known and line.sending and _may_be_known_soon(event):
            raise StoreError(f"route {route}: no message is known by that name yet", may_pass=True)
        if not took.is_known and took.answer is None:
            _log.info("a report or a reply is about no message of ours", action="message_event_unknown", route=route)
        if took.run is not None:
            self._told(took.run, self._clock.now())
        self._on_change()

    def on_route_event(self, route: str, event: RouteEvent) -> None:
        is_up, reason = isinstance(event, RouteUp), "" if isinstance(event, RouteUp) else event.reason
        seen = partial(_seen, route=route, is_up=is_up, reason=reason, now=self._clock.now())
        self._store.post(seen)
        if is_up:
            _log.info(f"route {route} is up", action="route_up", route=route)
        else:
            _log.warning(f"route {route} is down: {reason}", action="route_down", route=route)
        self._dry.clear()
        self._wake.set()


def _may_be_known_soon(event: MessageEvent) -> bool:
    """Whether a report may be about a message whose sending, and so its name, is not written down yet: it is to be told
    again. By the name of its attempt a message is known before it is sent."""
    return isinstance(event, Delivered | Undelivered) and event.about.attempt_id is None


def _seen(unit: Unit, route: str, *, is_up: bool, reason: str, now: datetime) -> None:
    unit.messages.route_is(route, is_up=is_up, reason=reason, now=now)
