"""The simulated route: ports.MessageRoute on any clock, with reports, replies and a link that breaks.

Not here: what recipients do (recipients.py). `record` is the other side's own account of what it took, `arrived` how
many of these have reached their recipients, `replies` how many were written back.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from dialerd.domain.errors import DialerdError
from dialerd.domain.words import AttemptId, Channel
from dialerd.ports import (
    About,
    Clock,
    Delivered,
    Dice,
    Message,
    MessageEvent,
    MessageSink,
    OptOutCame,
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
from dialerd.simulate.recipients import Reading, ReadingPlan, Recipients
from dialerd.tasks import spawn
from dialerd.turns import TakenBackError, Turns

_REPLY_S = 0.02  # from a message to its answer, on average
_AGAIN_S = 5.0  # until what was not acknowledged is told again


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteFaults:
    """Probabilities in [0, 1] per message or event."""

    lose_answer: float = 0.0  # the message is taken, and nobody hears of it
    late_answer_s: float = 0.0  # no probability: from when it is taken to the answer
    lose_report: float = 0.0
    double_report: float = 0.0
    double_reply: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenMessage:
    """One row: what the other side took, under which id."""

    message: Message
    id: str
    at: datetime


class SimulatedRoute:
    """Implements ports.MessageRoute. What it tells is told again until it is acknowledged, as a true SMSC does."""

    def __init__(
        self,
        name: str,
        channel: Channel,
        clock: Clock,
        dice: Dice,
        *,
        recipients: Recipients | None = None,
        faults: RouteFaults | None = None,
        messages_per_second: float = 10.0,
        window: int = 10,
    ) -> None:
        self.name = name
        self.channel = channel
        self.window = window
        self.rate = messages_per_second
        self.record: list[TakenMessage] = []
        self.faults = faults or RouteFaults()
        self._clock = clock
        self._dice = dice
        self._recipients = recipients or ReadingPlan()
        self._turns = Turns(clock, rate=messages_per_second, places=window)
        self._sink: MessageSink | None = None
        self._back_up = asyncio.Event()
        self._down_until = 0.0
        self._cuts = 0
        self.arrived = 0
        self.replies = 0

    # ports.MessageRoute

    @property
    def is_up(self) -> bool:
        return self._sink is not None and self._back_up.is_set()

    async def run(self, sink: MessageSink) -> None:
        self._sink = sink
        self._come_up()
        try:
            await asyncio.Event().wait()
        finally:
            self._sink = None
            self._back_up.clear()

    async def send(self, message: Message) -> SendReply:
        with self._turns.given(message.attempt_id) as given:
            try:
                async with given.turn():
                    return await self._carry(message)
            except TakenBackError:
                return taken_back(was_written=False)

    def take_back(self, attempt_id: AttemptId) -> None:
        self._turns.take_back(attempt_id)

    def may_have(self, attempt_id: AttemptId) -> bool:
        return self._turns.has_begun(attempt_id)

    async def _carry(self, message: Message) -> SendReply:
        if not self.is_up:
            return Refused(reason=f"route {self.name} is not connected", is_route_down=True)
        cuts = self._cuts
        await self._clock.sleep(self._about(_REPLY_S))
        if self._cuts != cuts and self._dice.draw() < 0.5:
            return Unclear(reason=f"route {self.name}: the link broke before the answer")  # and before it was taken
        reading = self._recipients.reading(message.recipient)
        if reading.refusal:
            return Refused(reason=reading.refusal, is_lasting=True)
        taken = TakenMessage(message=message, id=f"{self.name}-{len(self.record) + 1}", at=self._clock.now())
        self.record.append(taken)
        self._foretell(taken, reading)
        if self.faults.late_answer_s:
            await self._clock.sleep(self.faults.late_answer_s)
        if self._cuts != cuts or self._draws(self.faults.lose_answer):
            return Unclear(reason=f"route {self.name}: the link broke before the answer")
        return Sent(ids=(taken.id,))

    # What tests do to it

    def cut(self, duration_s: float) -> None:
        """The link breaks: messages under way get no answer; reports and replies wait until it is back."""
        self._cuts += 1
        was_up = self.is_up
        self._back_up.clear()
        self._down_until = max(self._down_until, self._clock.steady() + duration_s)
        if was_up and self._sink is not None:
            self._sink.on_route_event(self.name, RouteDown("the link broke"))
        self._clock.call_later(duration_s, self._come_up)

    def write_to_us(self, sender: str, text: str, *, recipient: str = "", about: About | None = None) -> None:
        """Somebody writes, of their own accord."""
        self._reply(sender, text, recipient=recipient, about=about or About(), is_automatic=False)

    # What comes back

    def _foretell(self, taken: TakenMessage, reading: Reading) -> None:
        self.arrived += reading.arrives
        if reading.reported and not self._draws(self.faults.lose_report):
            self._clock.call_later(
                self._about(reading.report_s),
                lambda: self._report(taken, arrives=reading.arrives, is_lasting=reading.is_lasting),
            )
        about = About(message_ids=(taken.id,)) if self.channel is Channel.EMAIL else About()
        sender = taken.message.recipient
        if reading.unsubscribes:
            self._clock.call_later(self._about(reading.reply_s), lambda: self._opt_out(sender, about))
        elif reading.reply:
            self._clock.call_later(
                self._about(reading.reply_s),
                lambda: self._reply(
                    sender,
                    reading.reply,
                    recipient=taken.message.sender,
                    about=about,
                    is_automatic=reading.is_automatic,
                ),
            )

    def _report(self, taken: TakenMessage, *, arrives: bool, is_lasting: bool) -> None:
        about = About(message_ids=(taken.id,))
        event: MessageEvent = Delivered(about=about, at=self._clock.now())
        if not arrives:
            event = Undelivered(about=about, at=self._clock.now(), reason="not delivered", is_lasting=is_lasting)
        self._tell(event, times=2 if self._draws(self.faults.double_report) else 1)

    def _reply(self, sender: str, text: str, *, recipient: str, about: About, is_automatic: bool) -> None:
        self.replies += 1
        event = ReplyCame(
            id=f"{self.name}-reply-{self.replies}",
            sender=sender,
            recipient=recipient,
            text=text,
            at=self._clock.now(),
            about=about,
            is_automatic=is_automatic,
        )
        self._tell(event, times=2 if self._draws(self.faults.double_reply) else 1)

    def _opt_out(self, sender: str, about: About) -> None:
        self.replies += 1
        event = OptOutCame(
            id=f"{self.name}-reply-{self.replies}",
            about=about,
            at=self._clock.now(),
            how="List-Unsubscribe",
            sender=sender,
        )
        self._tell(event, times=2 if self._draws(self.faults.double_reply) else 1)

    def _tell(self, event: MessageEvent, *, times: int) -> None:
        for _ in range(times):
            spawn(f"event of route {self.name}", self._until_acknowledged(event))

    async def _until_acknowledged(self, event: MessageEvent) -> None:
        while True:
            await self._back_up.wait()
            if self._sink is not None:
                try:
                    await self._sink.on_message_event(self.name, event)
                    return
                except DialerdError:
                    pass  # not acknowledged: it comes again
            await self._clock.sleep(self._about(_AGAIN_S))

    # The link, time and chance

    def _come_up(self) -> None:
        """Unless it is up, nobody listens, or another outage is not over."""
        if self._sink is None or self._back_up.is_set() or self._clock.steady() < self._down_until - 0.001:
            return
        self._back_up.set()
        self._sink.on_route_event(self.name, RouteUp())

    def _about(self, mean_s: float) -> float:
        return mean_s * (0.5 + self._dice.draw())

    def _draws(self, probability: float) -> bool:
        return probability > 0 and self._dice.draw() < probability
