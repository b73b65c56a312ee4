"""The simulated route: what is sent, reported and answered, through broken links and lost answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

from dialerd.domain.errors import StoreError
from dialerd.domain.words import Channel
from dialerd.ports import (
    Delivered,
    Message,
    MessageEvent,
    Refused,
    ReplyCame,
    RouteDown,
    RouteEvent,
    RouteUp,
    SendReply,
    Sent,
    Unclear,
    Undelivered,
)
from dialerd.simulate.clock import SeededDice, VirtualClock, run_virtual
from dialerd.simulate.routes import RouteFaults, SimulatedRoute
from dialerd.tasks import end, spawn

T = TypeVar("T")


class Reader:
    """A MessageSink that writes everything down; `trouble` of the coming events cannot be stored."""

    def __init__(self) -> None:
        self.events: list[MessageEvent] = []
        self.route_events: list[RouteEvent] = []
        self.trouble = 0

    async def on_message_event(self, route: str, event: MessageEvent) -> None:
        if self.trouble:
            self.trouble -= 1
            raise StoreError("the disk is full")
        self.events.append(event)

    def on_route_event(self, route: str, event: RouteEvent) -> None:
        self.route_events.append(event)


class World:
    def __init__(self, faults: RouteFaults, rate: float) -> None:
        self.clock = VirtualClock(datetime(2026, 12, 1, 15, 0, tzinfo=UTC))
        self.dice = SeededDice(1)
        self.sink = Reader()
        self.route = SimulatedRoute(
            "smsc", Channel.SMS, self.clock, self.dice, faults=faults, messages_per_second=rate, window=50
        )

    async def send(self, ending: str) -> SendReply:
        message = Message(
            attempt_id=self.dice.attempt_id(), recipient=f"+121255500{ending}", text="hello", sender="+12125550100"
        )
        return await self.route.send(message)


def play(what: Callable[[World], Awaitable[T]], *, faults: RouteFaults | None = None, rate: float = 10.0) -> T:
    async def main() -> T:
        world = World(faults or RouteFaults(), rate)
        running = spawn("route", world.route.run(world.sink))
        await world.clock.sleep(0)
        result = await what(world)
        await end(running)
        return result

    return run_virtual(main())


def test_a_message_is_taken_reported_and_answered_as_its_recipient_does() -> None:
    async def what(world: World) -> None:
        replies = [await world.send(ending) for ending in ("00", "01", "04", "05", "06", "07")]
        await world.clock.sleep(600)
        assert [type(reply) for reply in replies] == [Sent, Sent, Sent, Sent, Sent, Refused]
        ids = [reply.ids[0] if isinstance(reply, Sent) else "" for reply in replies]
        delivered = [e.about.message_ids[0] for e in world.sink.events if isinstance(e, Delivered)]
        assert sorted(delivered) == ids[:2]
        lasting = {e.about.message_ids[0]: e.is_lasting for e in world.sink.events if isinstance(e, Undelivered)}
        assert lasting == {ids[2]: False, ids[3]: True}
        (answer,) = (e for e in world.sink.events if isinstance(e, ReplyCame))
        assert (answer.sender, answer.recipient, answer.text) == ("+12125550001", "+12125550100", "YES")

    play(what)


def test_messages_go_at_the_rate_of_the_route() -> None:
    async def what(world: World) -> None:
        sending = [spawn("send", world.send("00")) for _ in range(40)]
        for each in sending:
            await each
        moments = [row.at.timestamp() for row in world.route.record]
        assert all(later - earlier >= 0.9 for earlier, later in zip(moments, moments[10:], strict=False))
        assert 3.8 < moments[-1] - moments[0] < 4.5

    play(what)


def test_while_the_link_is_cut_nothing_is_sent_and_what_was_under_way_is_unclear() -> None:
    async def what(world: World) -> None:
        await world.send("00")
        under_way = spawn("send", world.send("00"))
        await world.clock.sleep(0.005)
        world.route.cut(30)
        assert isinstance(await under_way, Unclear)
        taken = len(world.route.record)
        assert isinstance(refused := await world.send("00"), Refused) and refused.is_route_down
        assert len(world.route.record) == taken
        assert world.sink.events == [], "its report waits for the link"
        await world.clock.sleep(40)
        assert len(world.sink.events) == taken
        assert [type(e) for e in world.sink.route_events] == [RouteUp, RouteDown, RouteUp]
        assert isinstance(await world.send("00"), Sent)

    play(what, rate=1000)


def test_what_could_not_be_stored_comes_again_and_doubled_reports_come_twice() -> None:
    async def what(world: World) -> None:
        world.sink.trouble = 2
        await world.send("01")
        await world.clock.sleep(300)
        assert len([e for e in world.sink.events if isinstance(e, Delivered)]) == 2
        (first, second) = (e for e in world.sink.events if isinstance(e, ReplyCame))
        assert first.id == second.id

    play(what, faults=RouteFaults(double_report=1.0, double_reply=1.0))


def test_a_lost_answer_leaves_a_message_that_was_taken() -> None:
    async def what(world: World) -> None:
        assert isinstance(await world.send("00"), Unclear)
        assert len(world.route.record) == 1

    play(what, faults=RouteFaults(lose_answer=1.0))


def test_somebody_may_write_unasked_and_automatic_notices_say_so() -> None:
    async def what(world: World) -> None:
        world.route.write_to_us("+12125559999", "hello?")
        await world.send("08")
        await world.clock.sleep(60)
        told = [(e.sender, e.is_automatic) for e in world.sink.events if isinstance(e, ReplyCame)]
        assert told == [("+12125559999", False), ("+12125550008", True)]

    play(what)
