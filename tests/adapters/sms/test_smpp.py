"""The SMPP route on virtual time: what is taken, refused, repeated and stored, whatever becomes of the link."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from dialerd.adapters.sms.pdu import Address, Command, ShortMessage
from dialerd.adapters.sms.smpp import SmppRoute
from dialerd.domain.errors import StoreError
from dialerd.domain.words import AttemptId
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
)
from dialerd.routesettings import SmppSettings
from dialerd.simulate.clock import VirtualClock, run_virtual
from dialerd.tasks import end, spawn
from tests.adapters.sms.smsc import MemoryPieces, Smsc

T = TypeVar("T")
ID = AttemptId("d" + "1" * 32)


class World:
    """A route to an SMSC, and its sink."""

    def __init__(self, **settings: object) -> None:
        self.clock = VirtualClock(datetime(2026, 12, 1, 15, 0, tzinfo=UTC))
        self.smsc = Smsc(self.clock)
        given = {
            "name": "smsc",
            "kind": "smpp",
            "host": "127.0.0.1",
            "security": "none",
            "system_id": "dialerd",
            "password": "hush",
            "sender": "+12125550100",
            "messages_per_second": 1000.0,
        }
        self.settings, self.pieces = SmppSettings.model_validate(given | settings), MemoryPieces()
        self.route = self.made()
        self.events: list[MessageEvent] = []
        self.route_events: list[RouteEvent] = []
        self.trouble = 0

    def made(self) -> SmppRoute:
        return SmppRoute(self.settings, self.clock, self.pieces, connect=self.smsc.connect)

    async def on_message_event(self, route: str, event: MessageEvent) -> None:
        if self.trouble:
            self.trouble -= 1
            raise StoreError("the disk is full")
        await self.clock.sleep(0.5)  # a commit takes its time
        self.events.append(event)

    def on_route_event(self, route: str, event: RouteEvent) -> None:
        self.route_events.append(event)

    async def send(self, text: str = "hello") -> SendReply:
        return await self.route.send(Message(attempt_id=ID, recipient="+12125550199", text=text))


def play(what: Callable[[World], Awaitable[T]], **settings: object) -> T:
    async def main() -> T:
        world = World(**settings)
        running = spawn("route", world.route.run(world))
        result = await what(world)
        await end(running)
        return result

    return run_virtual(main())


def incoming(octets: bytes, *, esm_class: int = 0, coding: int = 0) -> ShortMessage:
    return ShortMessage(
        source=Address(ton=1, npi=1, text="12125550199"),
        destination=Address(ton=1, npi=1, text="12125550100"),
        octets=octets,
        esm_class=esm_class,
        data_coding=coding,
    )


def part(number: int, text: bytes, *, of: int = 2) -> ShortMessage:
    return incoming(bytes([5, 0, 3, 77, of, number]) + text, esm_class=0x40)


def test_a_message_is_submitted_with_its_addresses_and_a_receipt_asked_for() -> None:
    async def what(world: World) -> None:
        assert await world.send("Grüße") == Sent(ids=("id1",))
        ((_, bind),) = world.smsc.binds
        assert (bind.system_id, bind.password, bind.version) == ("dialerd", "hush", 0x34)
        ((_, body),) = world.smsc.taken
        assert body.source == Address(ton=1, npi=1, text="12125550100")
        assert body.destination == Address(ton=1, npi=1, text="12125550199")
        assert (body.octets, body.data_coding, body.registered_delivery) == (b"Gr\x7e\x1ee", 0, 1)
        assert world.route.is_up and world.route_events == [RouteUp()]

    play(what)


def test_a_long_text_goes_in_parts_that_its_phone_puts_together() -> None:
    async def what(world: World) -> None:
        text = "ж" * 100
        assert await world.send(text) == Sent(ids=("id1", "id2"), parts=2)
        bodies = [body for _, body in world.smsc.taken]
        assert [body.esm_class for body in bodies] == [0x40, 0x40]
        headers = [body.octets[:6] for body in bodies]
        assert headers == [bytes([5, 0, 3, 1, 2, 1]), bytes([5, 0, 3, 1, 2, 2])]
        assert b"".join(body.octets[6:] for body in bodies).decode("utf-16-be") == text

    play(what)


def test_a_text_that_is_too_long_is_refused_before_it_is_sent() -> None:
    async def what(world: World) -> None:
        reply = await world.send("a" * 500)
        assert isinstance(reply, Refused) and reply.is_lasting
        assert world.smsc.taken == []

    play(what, max_parts=2)


def test_a_route_that_is_too_fast_rests_and_nothing_is_sent_twice() -> None:
    async def what(world: World) -> None:
        world.smsc.refusals = [0x58, 0x14, 0x58]
        replies = [await world.send(), await world.send()]
        assert all(isinstance(reply, Sent) and not reply.repeated for reply in replies)
        assert len(world.smsc.taken) == 2
        assert 7 <= world.smsc.taken[0][0] < 8, "rests of 1, 2 and 4 s"

    play(what)


def test_a_message_that_the_other_side_puts_off_for_a_minute_is_given_back_with_the_reason() -> None:
    async def what(world: World) -> SendReply:
        world.smsc.refusals = [0x58] * 20
        return await world.send()

    reply = play(what)
    assert isinstance(reply, Refused) and reply.is_route_down
    assert "goes on resting" in reply.reason and "0x58" in reply.reason


@pytest.mark.parametrize(
    ("status", "is_lasting", "is_route_down"),
    [(0x0B, True, False), (0x01, True, False), (0x08, False, False), (0x0A, False, False), (0x04, False, True)],
)
def test_a_refusal_says_whether_another_try_is_worth_it(status: int, is_lasting: bool, is_route_down: bool) -> None:
    async def what(world: World) -> SendReply:
        world.smsc.refusals = [status]
        return await world.send()

    reply = play(what)
    assert isinstance(reply, Refused)
    assert (reply.is_lasting, reply.is_route_down) == (is_lasting, is_route_down)


def test_a_message_whose_answer_was_lost_is_repeated_and_counted() -> None:
    async def what(world: World) -> None:
        world.smsc.cuts_before_answer = 2
        assert await world.send() == Sent(ids=("id3",), repeated=2)
        assert len(world.smsc.taken) == 3

    play(what)


def test_or_it_is_left_where_the_settings_say_so() -> None:
    async def what(world: World) -> None:
        world.smsc.cuts_before_answer = 1
        assert isinstance(await world.send(), Unclear)
        await world.clock.sleep(60)
        assert len(world.smsc.taken) == 1

    play(what, when_unclear="leave")


def test_what_was_not_sent_yet_waits_for_the_link_and_is_sent_once() -> None:
    async def what(world: World) -> None:
        await world.send()
        world.smsc.cut()
        world.smsc.is_unreachable = True
        sending = [spawn("send", world.send()) for _ in range(20)]
        await world.clock.sleep(20)
        assert len(world.smsc.taken) == 1 and not world.route.is_up
        world.smsc.is_unreachable = False
        assert [await each for each in sending] == [Sent(ids=(f"id{number}",)) for number in range(2, 22)]

    play(what)


def test_when_the_link_stays_away_the_message_is_given_back_unsent() -> None:
    async def what(world: World) -> None:
        world.smsc.is_unreachable = True
        reply = await world.send()
        assert isinstance(reply, Refused) and reply.is_route_down
        assert "Connection refused" in reply.reason
        assert world.clock.steady() == pytest.approx(60, abs=1)
        assert world.smsc.taken == []

    play(what)


def test_the_second_part_of_a_text_that_cannot_be_sent_leaves_it_unclear() -> None:
    async def what(world: World) -> None:
        sending = spawn("send", world.send("a" * 200))
        while not world.smsc.taken:
            await world.clock.sleep(0.001)
        world.smsc.refusals = [0x08]
        reply = await sending
        assert isinstance(reply, Unclear) and reply.reason.startswith("1 of 2 parts were sent")

    play(what)


def test_messages_keep_to_the_rate_and_to_the_window() -> None:
    async def what(world: World) -> None:
        world.smsc.answer_s = 1.0
        for each in [spawn("send", world.send()) for _ in range(40)]:
            await each
        moments = [at for at, _ in world.smsc.taken]
        assert world.smsc.most_waiting == 5
        assert all(later - earlier >= 0.99 for earlier, later in zip(moments, moments[5:], strict=False))

    play(what, window=5, messages_per_second=20.0)


def test_a_reply_is_acknowledged_only_when_it_is_stored() -> None:
    async def what(world: World) -> None:
        await world.send()
        world.trouble = 1
        world.smsc.deliver(incoming(b"Stop"))
        await world.clock.sleep(0.4)
        assert world.smsc.answers == [0x64], "not now: it comes again"
        world.smsc.deliver(incoming(b"Stop"))
        await world.clock.sleep(0.4)
        assert world.smsc.answers == [0x64] and world.events == []
        await world.clock.sleep(0.2)
        assert world.smsc.answers == [0x64, 0]
        (reply,) = world.events
        assert isinstance(reply, ReplyCame)
        assert (reply.sender, reply.recipient, reply.text, reply.id) == ("+12125550199", "+12125550100", "Stop", "")

    play(what)


def test_parts_of_a_reply_become_one_in_whatever_order_they_come() -> None:
    async def what(world: World) -> None:
        await world.send()
        for number, text in ((3, b"three"), (1, b"one "), (1, b"one "), (2, b"two ")):
            world.smsc.deliver(part(number, text, of=3))
        await world.clock.sleep(1)
        assert [event.text for event in world.events if isinstance(event, ReplyCame)] == ["one two three"]
        await world.clock.sleep(200)
        assert len(world.events) == 1

    play(what)


def test_a_last_part_that_was_not_stored_comes_again_and_finds_the_others() -> None:
    async def what(world: World) -> None:
        await world.send()
        world.trouble = 1
        for number, text in ((1, b"one "), (2, b"two"), (2, b"two")):
            world.smsc.deliver(part(number, text))
        await world.clock.sleep(2)
        assert world.smsc.answers == [0, 0x64, 0]
        assert [event.text for event in world.events if isinstance(event, ReplyCame)] == ["one two"]

    play(what)


def test_parts_outlive_the_daemon_that_acknowledged_them() -> None:
    async def what(world: World) -> None:
        await world.send()
        world.pieces.trouble = 1
        world.smsc.deliver(part(1, b"one "))
        world.smsc.deliver(part(1, b"one "))
        await world.clock.sleep(1)
        assert world.smsc.answers == [0x64, 0], "acknowledged when it is kept"
        another = world.made()
        running = spawn("another", another.run(world))
        await world.clock.sleep(1)
        world.smsc.deliver(part(2, b"two"))
        await world.clock.sleep(1)
        (reply,) = world.events
        assert isinstance(reply, ReplyCame) and reply.text == "one two"
        assert not world.pieces.all
        await end(running)

    play(what)


def test_a_text_that_was_told_when_its_daemon_died_is_told_again_by_the_same_name() -> None:
    async def what(world: World) -> None:
        await world.send()
        world.smsc.deliver(part(1, b"one "))
        await world.clock.sleep(1)
        left = dict(world.pieces.all)
        world.smsc.deliver(part(2, b"two"))
        await world.clock.sleep(1)
        world.pieces.all = left  # it dies before its parts are forgotten, and before the last one is acknowledged
        running = spawn("another", world.made().run(world))
        await world.clock.sleep(1)
        world.smsc.deliver(part(2, b"two"))
        await world.clock.sleep(1)
        told = [event for event in world.events if isinstance(event, ReplyCame)]
        assert [event.text for event in told] == ["one two", "one two"]
        assert told[0].id == told[1].id != ""
        await end(running)

    play(what)


def test_a_part_that_stays_alone_is_told_after_a_while() -> None:
    async def what(world: World) -> None:
        await world.send()
        world.smsc.deliver(part(2, b"the end"))
        await world.clock.sleep(119)
        assert world.events == []
        await world.clock.sleep(3)
        assert [event.text for event in world.events if isinstance(event, ReplyCame)] == ["[…]the end"]
        assert not world.pieces.all

    play(what)


def test_receipts_come_by_the_id_that_the_submission_was_given() -> None:
    async def what(world: World) -> None:
        await world.send()
        world.smsc.deliver(incoming(b"id:id1 sub:001 dlvrd:001 stat:DELIVRD err:000 text:hello", esm_class=4))
        await world.clock.sleep(1)
        (event,) = world.events
        assert isinstance(event, Delivered) and event.about.message_ids == ("id1",)

    play(what)


@pytest.mark.parametrize(
    ("receipt_ids", "taken_as", "reported_as", "is_known"),
    [
        ("as_sent", "1A2B", "1A2B", True),
        ("as_sent", "1A2B", "6699", False),
        ("hex_to_decimal", "1A2B", "6699", True),
        ("hex_to_decimal", "00001a2b", "0000006699", True),
        ("hex_to_decimal", "10", "10", False),
        ("hex_to_decimal", "no-number", "no-number", True),
        ("decimal_to_hex", "6699", "1a2b", True),
        ("decimal_to_hex", "0006699", "00001A2B", True),
        ("decimal_to_hex", "10", "10", False),
    ],
)
def test_a_receipt_with_its_id_in_another_base_is_about_the_message_that_was_taken(
    receipt_ids: str, taken_as: str, reported_as: str, is_known: bool
) -> None:
    async def what(world: World) -> None:
        world.smsc.name_of = lambda _: taken_as
        sent = await world.send()
        assert isinstance(sent, Sent)
        text = f"id:{reported_as} sub:001 dlvrd:001 stat:DELIVRD err:000 text:hello"
        world.smsc.deliver(incoming(text.encode(), esm_class=4))
        await world.clock.sleep(1)
        (event,) = world.events
        assert isinstance(event, Delivered) and (event.about.message_ids == sent.ids) is is_known

    play(what, receipt_ids=receipt_ids)


def test_a_link_that_is_silent_is_given_up_and_bound_again() -> None:
    async def what(world: World) -> None:
        await world.send()
        await world.clock.sleep(100)
        assert world.smsc.commands.count(Command.ENQUIRE_LINK) == 3
        assert len(world.smsc.binds) == 1
        world.smsc.is_silent = True
        await world.clock.sleep(40.5)
        assert world.route_events[-1] == RouteDown("no answer for 10 s")
        world.smsc.is_silent = False
        await world.clock.sleep(12)
        assert len(world.smsc.binds) == 2 and world.route.is_up

    play(what)


def test_a_wrong_password_is_said_once_and_tried_less_and_less_often() -> None:
    async def what(world: World) -> None:
        world.smsc.bind_status = 0x0E
        await world.clock.sleep(120)
        assert 5 <= len(world.smsc.binds) <= 9
        assert not world.route.is_up

    with capture_logs() as logs:
        play(what)
    said = [row["event"] for row in logs if row["log_level"] == "error"]
    assert said == ["no messages over route smsc: it cannot be bound: the password is wrong (0x0e)"]


@pytest.mark.parametrize("octets", [b"\0\0\0\1", b"\xff\xff\xff\xff", b"GET / HTTP/1.1\r\n\r\n"])
def test_somebody_who_speaks_no_smpp_is_hung_up_on(octets: bytes) -> None:
    async def what(world: World) -> None:
        await world.send()
        world.smsc.wires[-1].reader.feed_data(octets)
        await world.clock.sleep(0.1)
        assert isinstance(world.route_events[-1], RouteDown)
        assert isinstance(await world.send(), Sent)

    play(what)


def test_a_strange_pdu_is_answered_and_the_link_goes_on() -> None:
    async def what(world: World) -> None:
        await world.send()
        unknown = bytes.fromhex("00000010 00000103 00000000 00000007")  # data_sm
        cut_short = bytes.fromhex("00000012 00000005 00000000 00000008 0000")
        world.smsc.wires[-1].reader.feed_data(unknown + cut_short)
        await world.clock.sleep(0.1)
        assert world.smsc.commands[-2:] == [Command.GENERIC_NACK] * 2
        assert len(world.smsc.wires) == 1 and isinstance(await world.send(), Sent)

    play(what)


@settings(max_examples=40)
@given(st.lists(st.floats(0, 6), max_size=6), st.lists(st.booleans(), max_size=12), st.integers(1, 8))
def test_whenever_the_link_is_cut_nothing_is_lost_and_what_may_be_double_is_counted(
    cuts: list[float], faults: list[bool], window: int
) -> None:
    async def what(world: World) -> None:
        world.smsc.answer_s = 0.2
        world.smsc.refusals = [0x58 for is_fault in faults if is_fault]
        for at_s in cuts:
            world.clock.call_later(at_s, world.smsc.cut)
        sending = [spawn("send", world.send(f"number {number}")) for number in range(30)]
        replies = [await each for each in sending]
        texts = [body.octets.decode() for _, body in world.smsc.taken]
        assert set(texts) == {f"number {number}" for number in range(30)}, "each at least once"
        repeated = sum(reply.repeated for reply in replies if isinstance(reply, Sent))
        assert all(isinstance(reply, Sent) for reply in replies)
        assert len(texts) - 30 <= repeated, "none twice that was not told"

    play(what, window=window, messages_per_second=20.0)


@pytest.mark.parametrize("waits_for", ["its turn", "the link"])
def test_what_is_taken_back_while_it_waits_is_never_sent(waits_for: str) -> None:
    async def what(world: World) -> None:
        await world.send()
        if waits_for == "the link":
            world.smsc.cut()
            world.smsc.is_unreachable = True
        sending = spawn("send", world.send())
        await world.clock.sleep(0.5)
        began = world.clock.steady()
        world.route.take_back(ID)
        reply = await sending
        assert isinstance(reply, Refused) and reply.is_taken_back
        assert world.clock.steady() == began, "at once"
        world.smsc.is_unreachable = False
        await world.clock.sleep(300)
        assert len(world.smsc.taken) == 1
        assert isinstance(await world.send(), Sent), "the next is sent as ever"

    play(what, messages_per_second=1.0)


def test_what_is_on_the_wire_is_not_taken_back_and_what_became_of_it_is_known() -> None:
    async def what(world: World) -> None:
        world.smsc.answer_s = 5.0
        sending = spawn("send", world.send())
        while not world.smsc.taken:
            await world.clock.sleep(0.01)
        world.route.take_back(ID)
        assert await sending == Sent(ids=("id1",))
        assert len(world.smsc.taken) == 1

    play(what)


def test_what_may_have_been_sent_is_not_sent_again_once_it_is_taken_back_and_stays_unclear() -> None:
    async def what(world: World) -> None:
        world.smsc.cuts_before_answer = 1
        sending = spawn("send", world.send())
        while world.smsc.cuts_before_answer:
            await world.clock.sleep(0.01)
        world.route.take_back(ID)
        assert isinstance(await sending, Unclear)
        await world.clock.sleep(300)
        assert len(world.smsc.taken) == 1

    play(what)


def test_of_a_text_in_parts_the_rest_is_taken_back_and_it_is_told_that_some_were_sent() -> None:
    async def what(world: World) -> None:
        sending = spawn("send", world.send("a" * 400))
        while not world.smsc.taken:
            await world.clock.sleep(0.01)
        world.route.take_back(ID)
        reply = await sending
        assert isinstance(reply, Unclear) and reply.reason.startswith("1 of 3 parts were sent; then it was taken back")
        await world.clock.sleep(300)
        assert len(world.smsc.taken) == 1

    play(what, messages_per_second=1.0)
